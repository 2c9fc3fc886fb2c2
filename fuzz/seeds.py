"""Seeds for the fuzz targets out of a generated corpus: `python fuzz/seeds.py CORPUS`. Small files of every class, and
what is embedded in them."""

import collections
import json
import pathlib
import re
import sys

HERE, CORPUS = pathlib.Path(__file__).parent, pathlib.Path(sys.argv[1])
LARGEST, EACH = 40_000, 2

seen = collections.Counter()
folders = {name: HERE / "corpus" / name for name in ("facts", "document", "judge", "cms", "evidence", "certificate", "path")}
for folder in folders.values():
    folder.mkdir(parents=True, exist_ok=True)
for entry in json.loads((CORPUS / "manifest.json").read_text())["files"]:
    path = CORPUS / entry["file"]
    if path.stat().st_size > LARGEST or seen[entry["class"]] >= EACH:
        continue
    seen[entry["class"]] += 1
    data = path.read_bytes()
    for name in ("facts", "document", "judge"):
        (folders[name] / path.name).write_bytes(data)
    for number, digits in enumerate(re.findall(rb"/Contents ?<([0-9a-fA-F]{200,})>", data)):
        value = bytes.fromhex(digits.decode()[: len(digits) // 2 * 2]).rstrip(b"\0")
        for name in ("cms", "evidence"):
            (folders[name] / f"{path.stem}-{number}").write_bytes(value)
    for number, stream in enumerate(re.findall(rb"stream\r?\n(\x30[\x81-\x84].*?)\r?\nendstream", data, re.S)):
        for name in ("evidence", "certificate", "path"):
            (folders[name] / f"{path.stem}-{number}").write_bytes(stream)
print(sum(seen.values()), "files")
