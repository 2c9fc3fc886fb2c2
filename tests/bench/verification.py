"""Verification of many files and of small ones, in turns with pdfsig and pyHanko; prints the second table of
docs/performance.md. `python verification.py FOLDER-OF-THE-CORPUS`."""

import json
import os
import pathlib
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CARTORIO, MEASURE = ROOT / "target/release/cartorio", ROOT / "target/release/measure"
PYTHON = ROOT / ".judges/bin/python"
FILES, DISTINCT, SIZE = 1000, 40, 300 * 1024
sys.path.insert(0, str(pathlib.Path(__file__).parent))

PYHANKO = """
import sys, pathlib, time
from pyhanko.keys import load_cert_from_pemder
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext
context = ValidationContext(trust_roots=[load_cert_from_pemder(sys.argv[1])], allow_fetching=False)
start = time.perf_counter()
for path in sorted(pathlib.Path(sys.argv[2]).glob('*.pdf')):
    with open(path, 'rb') as file:
        for signature in PdfFileReader(file, strict=False).embedded_signatures:
            assert validate_pdf_signature(signature, context).intact
print(time.perf_counter() - start)
"""


def pdf_of(size, seed):
    noise = random.Random(seed).randbytes(size)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /I 4 0 R >> >> >>",
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray /Length %d >>\nstream\n%s\nendstream"
        % (size, size, noise),
    ]
    out, offsets = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"), []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f\r\n" + b"".join(b"%010d 00000 n\r\n" % offset for offset in offsets)
    out += b"trailer\n<< /Size 5 /Root 1 0 R /ID [<00> <00>] >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def run(command, **more):
    return subprocess.run([str(part) for part in command], check=True, capture_output=True, text=True, env=ENVIRONMENT, **more)


def seconds(command, codes=(0,)):
    start = time.perf_counter()
    done = subprocess.run([str(part) for part in command], capture_output=True, env=ENVIRONMENT)
    assert done.returncode in codes, f"{command[0]} ended with {done.returncode}"
    return time.perf_counter() - start


def peak(command):
    """Peak resident MiB of one whole process."""
    script = "import subprocess,resource,sys;subprocess.call(sys.argv[1:],stdout=subprocess.DEVNULL);print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss/1024)"
    return float(run([sys.executable, "-c", script, *command]).stdout)


folder = pathlib.Path(tempfile.mkdtemp(dir=os.environ.get("CARTORIO_BENCH_FOLDER")))
ENVIRONMENT = {**os.environ, "CARTORIO_HOME": str(folder / "home")}
try:
    run([CARTORIO, "demo", "--out", folder / "demo"])
    root = folder / "demo/demo-root.pem"
    (folder / "plain").mkdir()
    (folder / "many").mkdir()
    for number in range(DISTINCT):
        plain = folder / f"plain/{number}.pdf"
        plain.write_bytes(pdf_of(SIZE, number))
        run([CARTORIO, "sign", plain])
        signed = folder / f"plain/{number}-assinado.pdf"
        for copy in range(number, FILES, DISTINCT):
            shutil.copy(signed, folder / f"many/certidao-{copy:04}.pdf")
    verify = [CARTORIO, "verify", "--offline", "--json", "--trust", root]
    ours = min(seconds([*verify, folder / "many"]) for _ in range(3))
    loop = f"for f in {folder}/many/*.pdf; do pdfsig -nocert $f >/dev/null; done"
    pdfsig = seconds(["bash", "-c", loop])
    pyhanko = float(run([PYTHON, "-c", PYHANKO, root, folder / "many"]).stdout)
    print("| what | ours | compared with | theirs | times as fast | bar | held |")
    print("|---|---|---|---|---|---|---|")
    for name, theirs, bar in (("pyHanko, one process", pyhanko, 20), ("a loop of `pdfsig`", pdfsig, 3)):
        times = theirs / ours
        held = "yes" if times >= bar else "**no**"
        print(f"| `cartorio verify FOLDER`, {FILES} files of 300 KiB | {ours:.2f} s | {name} | {theirs:.2f} s | {times:.0f} | ≥ {bar} | {held} |")
    few = folder / "few"
    few.mkdir()
    for path in sorted((folder / "many").iterdir())[: FILES // 10]:
        shutil.copy(path, few)
    small, large = peak([*verify, few]), peak([*verify, folder / "many"])
    print(f"\nMemory: {small:.0f} MiB for {FILES // 10} files, {large:.0f} MiB for {FILES}.")

    found = json.loads(run([MEASURE, "p95", sys.argv[1] + "/pki/root.pem", sys.argv[1] + "/files"]).stdout)
    held = "yes" if found["p95"] <= 5 else "**no**"
    print(f"\nIn process, offline, {found['count']} files of the corpus of at most 1 MiB, hostile ones included: median {found['p50']:.2f} ms, "
          f"p95 {found['p95']:.2f} ms (bar 5 ms: {held}), slowest {found['max']:.0f} ms.")

    many = folder / "fifty.pdf"
    shutil.copy(folder / "plain/0-assinado.pdf", many)
    for number in range(49):
        out = folder / "next.pdf"
        run([CARTORIO, "sign", many, "--out", out, "--overwrite"])
        out.replace(many)
    one = folder / "one.pdf"
    one.write_bytes(pdf_of(many.stat().st_size - 12_000, 99))
    run([CARTORIO, "sign", one])
    found = json.loads(run([MEASURE, "many", root, many, folder / "one-assinado.pdf"]).stdout)
    print(f"\nFifty signatures ({many.stat().st_size // 1024} KiB): {found['many']:.2f} ms, of which one pass of hashing is {found['many_hash']:.2f} ms; "
          f"one signature on a file of the same size: {found['one']:.2f} ms, hashing {found['one_hash']:.2f} ms. Hashing {found['many_hash'] / found['one_hash']:.2f} to 1.")
finally:
    shutil.rmtree(folder, ignore_errors=True)
