#!/usr/bin/env python3
"""Writes the corpus: generate.py OUT [--only CLASS]"""

import argparse
import collections
import importlib
import importlib.util
import pathlib
import shutil
import sys
import time

from common import Corpus

MODULES = [
    "genuine",
    "structure",
    "hostile",
    "cms_attacks",
    "evidence",
    "attacks_roles",
    "attacks_evidence",
    "attacks_shown",
    "attacks_streams",
    "attacks_drawn",
    "attacks_read",
    "attacks_gaps",
    "evidence_believed",
    "evidence_standing",
    "evidence_later",
]


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("out", type=pathlib.Path)
    arguments.add_argument("--only", help="one class")
    arguments = arguments.parse_args()
    if not arguments.only:
        shutil.rmtree(arguments.out / "files", ignore_errors=True)
    corpus = Corpus(arguments.out, arguments.only)
    for name in MODULES:
        if importlib.util.find_spec(name) is None:
            print(f"{name}: not there")
            continue
        start, before = time.monotonic(), len(corpus.files)
        importlib.import_module(name).build(corpus)
        print(f"{name}: {len(corpus.files) - before} files, {time.monotonic() - start:.1f} s")
    corpus.finish()
    kinds = collections.Counter(entry["kind"] for entry in corpus.files)
    size = sum((corpus.out / entry["file"]).stat().st_size for entry in corpus.files)
    print(", ".join(f"{kind} {count}" for kind, count in kinds.items()), f"- {size / 1e6:.1f} MB")
    for failure in corpus.failures:
        print(failure, file=sys.stderr)
    return 1 if corpus.failures else 0


if __name__ == "__main__":
    sys.exit(main())
