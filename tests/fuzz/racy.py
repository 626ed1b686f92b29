"""Random programs whose threads race over shared objects: whatever they do, the interpreter must not crash or hang.

    python racy.py [--seeds FROM:TO] [--seconds S] [--jobs N] [--limit S] [--keep DIR] [-- OPTION…]
    python racy.py --show SEED

Each seed makes one program (`_programs.py`), which is run in a process of its own. Python exceptions are what
programs without locks deserve; a signal, a `SystemError`, a panic of the engine, or no end within the limit is a
failure. `--show` prints the program of a seed; run on its own it repeats what the seed does as far as races allow.
`-- -X gil=1` gives options to the interpreter.
"""

import argparse
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from _programs import program

BAD = (b"SystemError", b"panicked at", b"Fatal Python error", b"internal error", b"memory allocation of")


class Run:
    """The process of one seed."""

    def __init__(self, seed, folder, options, limit):
        self.seed, self.start = seed, time.monotonic()
        self.limit = limit
        self.file = os.path.join(folder, f"racy_{seed}.py")
        with open(self.file, "w") as f:
            f.write(program(seed))
        self.output = tempfile.TemporaryFile()
        self.process = subprocess.Popen([sys.executable, *options, self.file], stdin=subprocess.DEVNULL,
                                        stdout=self.output, stderr=subprocess.STDOUT, cwd=folder)

    def verdict(self):
        """What is wrong, or "" if nothing is; None while it runs."""
        code = self.process.poll()
        late = time.monotonic() - self.start > self.limit
        if code is None and not late:
            return None
        if code is None:
            self.dump()
            self.process.kill()
            self.process.wait()
        self.output.seek(0)
        self.text = self.output.read()
        self.output.close()
        if code is None:
            return f"no end within {self.limit:.0f} s"
        if code < 0:
            return f"signal {-code}"
        for bad in BAD:
            if bad in self.text:
                return bad.decode()
        if b"done" not in self.text:
            return f"exit code {code}"
        os.unlink(self.file)
        return ""


    def dump(self):
        """Writes beside the program where its threads are, if there is a debugger."""
        gdb = shutil.which("gdb")
        if gdb:
            with open(self.file + ".threads", "wb") as out:
                subprocess.run([gdb, "-p", str(self.process.pid), "-batch", "-ex", "thread apply all bt 40"],
                               stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.DEVNULL, timeout=60)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--show", type=int, metavar="SEED", help="print the program of a seed")
    parser.add_argument("--seeds", default="", help="FROM:TO (default: at random)")
    parser.add_argument("--seconds", type=float, default=3, help="how long to go on (default %(default)s)")
    parser.add_argument("--jobs", type=int, default=1, help="programs at one time (default %(default)s)")
    parser.add_argument("--limit", type=float, default=60, help="seconds one program may take (default %(default)s)")
    parser.add_argument("--keep", help="a folder for the programs that failed (default: a temporary one)")
    parser.add_argument("options", nargs="*", help="of the interpreter, after --")
    options = parser.parse_args()
    if getattr(sys, "_is_gil_enabled", lambda: False)():
        options.options += ["-X", "gil=1"]
    if options.show is not None:
        print(program(options.show), end="")
        return
    seeds = iter(lambda: random.randrange(1 << 30), None)
    if options.seeds:
        first, last = options.seeds.split(":")
        seeds = iter(range(int(first), int(last)))
    folder = options.keep or tempfile.mkdtemp(prefix="racy")
    os.makedirs(folder, exist_ok=True)
    end = time.monotonic() + options.seconds
    running, count, failed = [], 0, 0
    more = True
    while more or running:
        while more and len(running) < options.jobs:
            seed = next(seeds, None)
            more = seed is not None and time.monotonic() < end
            if more:
                running.append(Run(seed, folder, options.options, options.limit))
                count += 1
        for run in running[:]:
            verdict = run.verdict()
            if verdict is None:
                continue
            running.remove(run)
            if verdict:
                failed += 1
                print(f"seed {run.seed}: {verdict}: {run.file}", flush=True)
                # A panic's message stands before its long backtrace.
                at = max(run.text.find(b"panicked at") - 200, 0)
                sys.stdout.buffer.write(run.text[at:at + 2000] + b"\n...\n" + run.text[-1500:] + b"\n")
                sys.stdout.flush()
        time.sleep(0.002)
    print(f"{count} programs, {failed} failed")
    if not failed and not options.keep:
        os.rmdir(folder)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
