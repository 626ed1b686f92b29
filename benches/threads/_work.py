"""Runs one piece of work in N threads: each does the whole of it, so that twice the threads is twice the work."""

import sys
import threading
import time


def main(work, default):
    """`work(size, thread)` in as many threads as the first argument says; prints the wall time of the work alone."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    size = int(sys.argv[2]) if len(sys.argv) > 2 else default
    ready = threading.Barrier(count + 1)
    threads = []
    for i in range(count):
        def run(i=i):
            ready.wait()
            work(size, i)
        threads.append(threading.Thread(target=run))
    for thread in threads:
        thread.start()
    ready.wait()
    start = time.perf_counter()
    for thread in threads:
        thread.join()
    print(f"seconds {time.perf_counter() - start:.6f} work {count * size}")
