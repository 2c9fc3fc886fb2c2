"""Asks pyHanko whether signatures last. Usage: pyhanko_ltv.py ROOT.pem LEVEL FILE… (LEVEL: b-t, b-lt or b-lta)

Prints one JSON line per file: {"file", "signatures": [{"field", "intact", "valid", "trusted", "docmdp_ok", "stamped",
"process"}]}; "process" is what the process of ETSI EN 319 102-1, 5.6.3 came to for b-lta, which starts from stamps over the
document. For b-lt and b-lta every certificate needs revocation data, and all of it has to come out of the file.
"""

import asyncio
import json
import logging
import sys

from pyhanko.keys import load_certs_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import DocumentSecurityStore, validate_pdf_signature
from pyhanko.sign.validation.ades import ades_lta_validation
from pyhanko.sign.validation.policy_decl import (
    PdfSignatureValidationSpec,
    RevinfoOnlineFetchingRule,
    RevocationInfoGatheringSpec,
    SignatureValidationSpec,
)
from pyhanko_certvalidator import ValidationContext
from pyhanko_certvalidator.context import CertValidationPolicySpec
from pyhanko_certvalidator.policy_decl import CertRevTrustPolicy, RevocationCheckingPolicy, RevocationCheckingRule
from pyhanko_certvalidator.registry import SimpleTrustManager

logging.disable(logging.CRITICAL)


def process(roots, signature):
    """The long-term process, over what the file itself holds."""
    rule = RevocationCheckingRule.CRL_OR_OCSP_REQUIRED
    policy = CertValidationPolicySpec(
        trust_manager=SimpleTrustManager.build(trust_roots=roots),
        revinfo_policy=CertRevTrustPolicy(RevocationCheckingPolicy(rule, rule)),
    )
    spec = SignatureValidationSpec(
        cert_validation_policy=policy,
        revinfo_gathering_policy=RevocationInfoGatheringSpec(RevinfoOnlineFetchingRule.LOCAL_ONLY),
    )
    result = asyncio.run(ades_lta_validation(signature, PdfSignatureValidationSpec(spec)))
    return result.ades_subindic.standard_name


def judge(roots, level, path):
    is_long = level in ("b-lt", "b-lta")
    signatures = []
    with open(path, "rb") as file:
        reader = PdfFileReader(file, strict="hibrida" not in path)
        context = {"trust_roots": roots, "allow_fetching": False}
        if is_long:
            context["revocation_mode"] = "require"
        for signature in reader.embedded_regular_signatures:
            if is_long:
                store = DocumentSecurityStore.read_dss(reader)
                validation = store.as_validation_context(dict(context))
            else:
                validation = ValidationContext(**context)
            status = validate_pdf_signature(signature, validation)
            stamp = status.timestamp_validity
            signatures.append({
                "field": signature.field_name,
                "intact": status.intact,
                "valid": status.valid,
                "trusted": status.trusted,
                "docmdp_ok": status.docmdp_ok,
                "stamped": bool(stamp and stamp.valid and stamp.trusted),
                "process": process(roots, signature) if level == "b-lta" else None,
            })
    return {"file": path, "signatures": signatures}


if __name__ == "__main__":
    anchors = list(load_certs_from_pemder([sys.argv[1]]))
    for name in sys.argv[3:]:
        print(json.dumps(judge(anchors, sys.argv[2], name)))
