#!/usr/bin/env python3
"""Asks three programs about every file of a corpus and compares their answers with what is right by construction.

compare.py OUT [--cartorio PATH] [--only CLASS]… [--skip PROGRAM] [--list]

Accepted means: cartorio says `valid`; pdfsig says "Signature is Valid." of every signature; pyHanko, with its difference
policy and our root, has a good bottom line for every signature. Exit status 1 if cartorio accepts a forgery or gives a
verdict that the manifest does not name.
"""

import argparse
import collections
import datetime
import json
import logging
import multiprocessing
import os
import pathlib
import re
import resource
import subprocess
import sys
import time

SECONDS, MEMORY_KIB = 10, 512 * 1024
HERE = pathlib.Path(__file__).resolve().parent


class Answer:
    """What a program said: accepted or not, the word it used, and how much it took."""

    def __init__(self, word, accepted=False, failed=False, code="", seconds=0.0, memory=0):
        self.word, self.accepted, self.failed, self.code = word, accepted, failed, code
        self.seconds, self.memory = seconds, memory


def run(command):
    """Output, exit status (None: out of time), seconds, memory in KiB."""
    start = time.monotonic()
    with (
        open(os.devnull) as nothing,
        subprocess.Popen(command, stdin=nothing, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process,
    ):
        try:
            out, _ = process.communicate(timeout=SECONDS)
            status = process.returncode
        except subprocess.TimeoutExpired:
            process.kill()
            out, status = process.communicate()[0], None
    return out, status, time.monotonic() - start


def measured(command):
    """`run`, and the memory the command needed."""
    script = (
        "import resource,subprocess,sys\n"
        "code=subprocess.call(sys.argv[1:])\n"
        "print('\\nMEMORY',resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)\n"
        "sys.exit(code if code>=0 else 128-code)"
    )
    out, status, seconds = run([sys.executable, "-S", "-c", script, *command])
    body, _, memory = out.rpartition(b"\nMEMORY ")
    return body or out, status, seconds, int(memory) if body and memory.strip().isdigit() else 0


def ask_cartorio(program, out, entry):
    command = [
        program,
        "verify",
        "--json",
        "--offline",
        "--trust",
        str(out / entry["trust"]),
        "--revocation",
        entry["revocation"],
    ]
    if entry["at"]:
        command += ["--at", entry["at"]]
    body, status, seconds, memory = measured([*command, str(out / entry["file"])])
    if status is None:
        return Answer("timeout", failed=True, seconds=seconds, memory=memory)
    try:
        report = json.loads(body)["files"][0]
    except (ValueError, KeyError, IndexError):
        return Answer(f"exit {status}", failed=True, seconds=seconds, memory=memory)
    codes = [s["code"] for s in report["signatures"] if s["verdict"] == report["verdict"]]
    codes += [f["code"] for f in report["findings"]]
    return Answer(
        report["verdict"],
        report["verdict"] == "valid",
        code=" ".join(dict.fromkeys(codes)),
        seconds=seconds,
        memory=memory,
    )


def ask_pdfsig(out, entry):
    body, status, seconds = run(["pdfsig", str(out / entry["file"])])
    if status is None:
        return Answer("timeout", failed=True, seconds=seconds)
    if status < 0:
        return Answer(f"signal {-status}", failed=True, seconds=seconds)
    total = len(re.findall(rb"^Signature #\d+:", body, re.M))
    good = body.count(b"Signature is Valid.")
    return Answer(f"{good}/{total}", total > 0 and good == total, seconds=seconds)


def pyhanko_worker(pipe):
    """Answers in a process of its own: it can be stopped, and its memory is bounded."""
    from pyhanko.keys import load_certs_from_pemder
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.validation import validate_pdf_signature, validate_pdf_timestamp
    from pyhanko_certvalidator import ValidationContext

    logging.disable(logging.CRITICAL)
    resource.setrlimit(resource.RLIMIT_AS, (3 << 30, 3 << 30))

    def judge(path, root, at, revocation):
        context = {
            "trust_roots": list(load_certs_from_pemder([root])),
            "allow_fetching": False,
            "revocation_mode": "hard-fail" if revocation == "required" else "soft-fail",
        }
        if at:
            context["moment"] = datetime.datetime.fromisoformat(at.replace("Z", "+00:00"))
        with open(path, "rb") as file:
            reader = PdfFileReader(file)
            if reader.encrypted:
                reader.decrypt("")
            lines = [
                validate_pdf_signature(s, ValidationContext(**context)).bottom_line
                for s in reader.embedded_regular_signatures
            ]
            lines += [
                bool(validate_pdf_timestamp(s, ValidationContext(**context)).bottom_line)
                for s in reader.embedded_timestamp_signatures
            ]
        return len(lines), sum(lines)

    while True:
        try:
            total, good = judge(*pipe.recv())
            pipe.send((f"{good}/{total}", total > 0 and good == total, False))
        except EOFError:
            return
        except BaseException as error:  # whatever it throws is its answer
            pipe.send((type(error).__name__, False, True))


class PyHanko:
    """One worker for many files; a new one after a time-out or a crash."""

    def __init__(self):
        self.process = None

    def _start(self):
        self.pipe, other = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=pyhanko_worker, args=(other,), daemon=True)
        self.process.start()
        other.close()

    def ask(self, out, entry):
        if self.process is None:
            self._start()
        start = time.monotonic()
        self.pipe.send((str(out / entry["file"]), str(out / entry["trust"]), entry["at"], entry["revocation"]))
        try:
            if self.pipe.poll(SECONDS):
                word, accepted, failed = self.pipe.recv()
                return Answer(word, accepted, failed, seconds=time.monotonic() - start)
            word = "timeout"
        except EOFError:
            word = "crash"
        self.process.kill()
        self.process.join()
        self.process = None
        return Answer(word, failed=True, seconds=time.monotonic() - start)


def wrong(entry, answer):
    """(false accept, false reject) of an answer."""
    may = "valid" in entry["expect"]
    return answer.accepted and not may, not answer.accepted and entry["expect"] == ["valid"]


def find_cartorio():
    for profile in ("release", "debug"):
        path = HERE.parents[1] / "target" / profile / "cartorio"
        if path.exists():
            return str(path)
    return None


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("out", type=pathlib.Path)
    arguments.add_argument("--cartorio", default=find_cartorio())
    arguments.add_argument("--only", action="append", help="a class; may be repeated")
    arguments.add_argument("--skip", action="append", default=[], choices=["cartorio", "pdfsig", "pyhanko"])
    arguments.add_argument("--list", action="store_true", help="also list what pdfsig and pyHanko got wrong")
    arguments = arguments.parse_args()
    out = arguments.out
    files = json.loads((out / "manifest.json").read_text(encoding="utf-8"))["files"]
    files = [entry for entry in files if not arguments.only or entry["class"] in arguments.only]

    programs = {}
    if "cartorio" not in arguments.skip and arguments.cartorio:
        programs["cartorio"] = lambda entry: ask_cartorio(arguments.cartorio, out, entry)
    if "pdfsig" not in arguments.skip:
        programs["pdfsig"] = lambda entry: ask_pdfsig(out, entry)
    if "pyhanko" not in arguments.skip:
        pyhanko = PyHanko()
        programs["pyhanko"] = lambda entry: pyhanko.ask(out, entry)

    rows = collections.defaultdict(lambda: collections.defaultdict(collections.Counter))
    unexpected, others, failed = [], [], False
    for entry in files:
        group = (entry["class"], entry["kind"])
        rows[group]["all"]["files"] += 1
        for name, ask in programs.items():
            answer = ask(entry)
            accept, reject = wrong(entry, answer)
            cell = rows[group][name]
            cell["accept"] += accept
            cell["reject"] += reject
            cell["failed"] += answer.failed
            cell["ms"] += round(answer.seconds * 1000)
            if name == "cartorio":
                heavy = f" {answer.memory >> 10} MiB" if answer.memory > MEMORY_KIB else ""
                if answer.word not in entry["expect"] or heavy:
                    unexpected.append((entry, answer, heavy))
                failed |= answer.word not in entry["expect"] or (entry["kind"] == "forgery" and answer.accepted)
            elif accept or reject:
                others.append((name, entry, answer))

    print(
        f"FA: accepted though not allowed. FR: genuine, not accepted. EX: exceptions, crashes, more than {SECONDS} s.\n"
    )
    print("| class | kind | files |" + "".join(f" {n} FA | FR | EX | s |" for n in programs))
    print("|---|---|--:|" + "--:|--:|--:|--:|" * len(programs))
    total = collections.defaultdict(collections.Counter)
    for (cls, kind), row in sorted(rows.items()):
        print(f"| {cls} | {kind} | {row['all']['files']} |" + "".join(_cells(row[n]) for n in programs))
        for name, cell in row.items():
            total[name].update(cell)
    print(f"| **all** | | {total['all']['files']} |" + "".join(_cells(total[n]) for n in programs))

    if "cartorio" in programs:
        print(f"\n{len(unexpected)} files where cartorio says something else:\n")
        print("| file | kind | expected | got | code | note |\n|---|---|---|---|---|---|")
        for entry, answer, heavy in unexpected:
            print(
                f"| {entry['file']} | {entry['kind']} | {', '.join(entry['expect'])} | {answer.word}{heavy} | {answer.code} "
                f"| {entry['note']} |"
            )
    elif "cartorio" not in arguments.skip:
        print("\ncartorio is not built: name it with --cartorio")
    if arguments.list:
        print("\n| program | file | kind | got | note |\n|---|---|---|---|---|")
        for name, entry, answer in others:
            print(f"| {name} | {entry['file']} | {entry['kind']} | {answer.word} | {entry['note']} |")
    return 1 if failed else 0


def _cells(cell):
    return f" {cell['accept']} | {cell['reject']} | {cell['failed']} | {cell['ms'] / 1000:.1f} |"


if __name__ == "__main__":
    sys.exit(main())
