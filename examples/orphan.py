"""A process outlives its parent: a thread cannot."""

import os
import subprocess
import sys
import time

CHILD = """
import os, sys, time
parent = os.getppid()
print(f"child: my parent is alive", flush=True)
sys.stdout.close()
while os.getppid() == parent:
    time.sleep(0.01)
with open(sys.argv[1], "w") as file:
    file.write("child: my parent has gone, and I go on")
"""


def parent(path):
    """Starts the child, and ends without waiting for it."""
    child = subprocess.Popen([sys.executable, "-c", CHILD, path], stdout=subprocess.PIPE, text=True)
    print(child.stdout.readline(), end="")
    print("parent: I end", flush=True)
    # No destructor, no warning about a child that still runs.
    os._exit(0)


def main():
    path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"orphan-{os.getpid()}")
    subprocess.run([sys.executable, __file__, path], check=True)
    while not (os.path.exists(path) and os.path.getsize(path)):
        time.sleep(0.01)
    with open(path) as file:
        print(file.read())
    os.unlink(path)


if __name__ == "__main__":
    if len(sys.argv) > 1:
        parent(sys.argv[1])
    else:
        main()
