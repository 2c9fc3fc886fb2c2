"""Whole processes, measured in turns with the programs they are compared with; prints the table of docs/performance.md."""

import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
CARTORIO = ROOT / "target/release/cartorio"
MIB = 1024 * 1024


def pdf_of(size: int) -> bytes:
    """A page whose content is followed by a stream of bytes that do not compress, as scans are."""
    noise = random.Random(2026).randbytes(size)
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /I 4 0 R >> >> >>",
        b"<< /Type /XObject /Subtype /Image /Width 1 /Height %d /BitsPerComponent 8 /ColorSpace /DeviceGray /Length %d >>\nstream\n%s\nendstream"
        % (size, size, noise),
    ]
    out = bytearray(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 5\n0000000000 65535 f\r\n" + b"".join(b"%010d 00000 n\r\n" % offset for offset in offsets)
    out += b"trailer\n<< /Size 5 /Root 1 0 R /ID [<00> <00>] >>\nstartxref\n%d\n%%%%EOF\n" % start
    return bytes(out)


def timed(command: list, before=lambda: None) -> tuple[float, int]:
    """Seconds and peak resident KiB of one whole process."""
    before()
    start = time.perf_counter()
    child = os.fork()
    if child == 0:
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        os.execvpe(str(command[0]), [str(part) for part in command], ENVIRONMENT)
    _, status, usage = os.wait4(child, 0)
    seconds = time.perf_counter() - start
    if status != 0:
        sys.exit(f"{command} ended with {status}")
    return seconds, usage.ru_maxrss


def in_turns(commands: dict, rounds: int) -> dict:
    """Medians; each round runs every command once, so that what disturbs one disturbs all."""
    seconds = {name: [] for name in commands}
    memory = {}
    for _ in range(rounds):
        for name, (command, before) in commands.items():
            spent, peak = timed(command, before)
            seconds[name].append(spent)
            memory[name] = max(peak, memory.get(name, 0))
    return {name: (statistics.median(values), memory[name]) for name, values in seconds.items()}


def row(what: str, ours: float, other: str, theirs: float, bar: float) -> None:
    ratio = ours / theirs
    held = "yes" if ratio <= bar else "**no**"
    print(f"| {what} | {ours * 1000:.1f} ms | {other} | {theirs * 1000:.1f} ms | {ratio:.2f} | ≤ {bar:g} | {held} |")


folder = pathlib.Path(tempfile.mkdtemp(dir=os.environ.get("CARTORIO_BENCH_FOLDER")))
ENVIRONMENT = {**os.environ, "CARTORIO_HOME": str(folder / "home")}
nothing = lambda: None

try:
    for name, size in (("small", 300 * 1024), ("large", 100 * MIB)):
        (folder / f"{name}.pdf").write_bytes(pdf_of(size))
        subprocess.run([CARTORIO, "sign", folder / f"{name}.pdf"], check=True, env=ENVIRONMENT)
    small, large = folder / "small-assinado.pdf", folder / "large-assinado.pdf"

    print("| what | ours | compared with | theirs | ratio | bar | held |")
    print("|---|---|---|---|---|---|---|")
    found = in_turns({"ours": ([CARTORIO, "verify", small], nothing), "pdfsig": (["pdfsig", small], nothing)}, 41)
    row("`cartorio verify`, 300 KiB", found["ours"][0], "`pdfsig`", found["pdfsig"][0], 1.0)

    hash_only = ["openssl", "dgst", "-sha256", large]
    found = in_turns({"ours": ([CARTORIO, "verify", large], nothing), "openssl": (hash_only, nothing)}, 11)
    row("`cartorio verify`, 100 MiB", found["ours"][0], "`openssl dgst -sha256`", found["openssl"][0], 1.5)
    beyond = found["ours"][1] / 1024 - large.stat().st_size / MIB
    print(f"| `cartorio verify`, 100 MiB: memory beyond the file | {beyond:.1f} MiB | | | | ≤ 64 MiB | {'yes' if beyond <= 64 else '**no**'} |")

    out, copy = folder / "out.pdf", folder / "copy.pdf"
    sign = [CARTORIO, "sign", folder / "large.pdf", "--out", out]
    fresh = lambda path: lambda: path.unlink(missing_ok=True)
    commands = {
        "ours": (sign, fresh(out)),
        "cp": (["cp", folder / "large.pdf", copy], fresh(copy)),
        "hash": (["openssl", "dgst", "-sha256", folder / "large.pdf"], nothing),
    }
    found = in_turns(commands, 11)
    allowed = 3 * found["cp"][0] + found["hash"][0]
    row("`cartorio sign`, 100 MiB", found["ours"][0], "3 × `cp` + one hash", allowed, 1.0)
    print(f"\n`cp` alone took {found['cp'][0] * 1000:.1f} ms, one hash {found['hash'][0] * 1000:.1f} ms.")

    times = json.loads(subprocess.run(["node", "tests/bench/window.mjs"], check=True, capture_output=True, cwd=ROOT).stdout)
    print(f"\nThe window, from its start to a button that can be pressed: first {times[0]} ms, median of {len(times)} {statistics.median(times):.0f} ms.")
finally:
    shutil.rmtree(folder, ignore_errors=True)
