"""Starting this interpreter on an empty program, by posix_spawn: what `taipan -c pass` costs."""

import os
import sys
import time

size = int(sys.argv[1]) if len(sys.argv) > 1 else 20


def run():
    pid = os.posix_spawn(sys.executable, [sys.executable, "-c", "pass"], os.environ)
    assert os.waitpid(pid, 0)[1] == 0


run()
start = time.perf_counter()
for _ in range(size):
    run()
print(f"seconds {time.perf_counter() - start:.6f} work {size}")
