"""Daemon threads that collect while the interpreter ends: whatever one of them holds when it stops for good (the import
lock, in a callback of a weak reference), the end comes."""

import subprocess
import sys

from _stress import rounds

SCRIPT = """
import gc, sys, threading
b = threading.Barrier(6)
def run():
    b.wait()
    while True:
        sys.setprofile(None)
        gc.collect()
for _ in range(5):
    threading.Thread(target=run, daemon=True).start()
b.wait()
print("at the end")
"""

for _ in range(rounds(12)):
    done = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "at the end\n", ""), done
