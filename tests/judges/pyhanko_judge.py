"""Asks pyHanko about every signature of a file. Usage: pyhanko_judge.py ROOT.pem FILE…

Prints one JSON line per file: {"file", "signatures": [{"field", "intact", "valid", "trusted", "coverage",
"modification", "docmdp_ok", "bottom_line"}]}.
"""

import json
import logging
import sys

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)


def judge(roots, path):
    signatures = []
    with open(path, "rb") as file:
        # Hybrid files are read as such; pyHanko refuses them in strict mode only for being hybrid.
        reader = PdfFileReader(file, strict=not path.endswith("hibrida-assinado.pdf"))
        for signature in reader.embedded_signatures:
            context = ValidationContext(trust_roots=roots, allow_fetching=False)
            status = validate_pdf_signature(signature, context)
            signatures.append({
                "field": signature.field_name,
                "intact": status.intact,
                "valid": status.valid,
                "trusted": status.trusted,
                "coverage": status.coverage.name,
                "modification": status.modification_level.name if status.modification_level else None,
                "docmdp_ok": status.docmdp_ok,
                "bottom_line": status.bottom_line,
            })
    return {"file": path, "signatures": signatures}


if __name__ == "__main__":
    anchors = list(load_certs_from_pemder([sys.argv[1]]))
    for name in sys.argv[2:]:
        print(json.dumps(judge(anchors, name)))
