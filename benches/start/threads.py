"""Starting and joining a thread."""

import sys
import threading
import time

size = int(sys.argv[1]) if len(sys.argv) > 1 else 5000


def nothing():
    pass


start = time.perf_counter()
for _ in range(size):
    thread = threading.Thread(target=nothing)
    thread.start()
    thread.join()
print(f"seconds {time.perf_counter() - start:.6f} work {size}")
