"""What Taipan is for: threads that run at the same time.

First the program that the project began with, then work for the processor, by one thread and by as many as there are
cores, and the factor between the two.
"""

import os
import sys
import time
from threading import Thread


def thread_func(n):
    print(f"I'm thread number {n}!")


for i in range(4):
    thread = Thread(target=thread_func, args=[i])
    thread.start()
    thread.join()


def count_primes(limit):
    """Work for the processor, and for nothing else."""
    count = 0
    for n in range(2, limit):
        i = 2
        while i * i <= n:
            if n % i == 0:
                break
            i += 1
        else:
            count += 1
    return count


def measure(threads, limit):
    """Seconds for that many threads, each of which does the whole work."""
    results = []
    workers = [Thread(target=lambda: results.append(count_primes(limit))) for _ in range(threads)]
    start = time.perf_counter()
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert results == [results[0]] * threads
    return time.perf_counter() - start


limit = int(sys.argv[1]) if len(sys.argv) > 1 else 300_000
cores = len(os.sched_getaffinity(0))
gil = "on" if sys._is_gil_enabled() else "off"
print(f"\n{cores} cores, the GIL is {gil}")
one = measure(1, limit)
print(f"1 thread:  {one:.2f} s")
many = measure(cores, limit)
print(f"{cores} threads: {many:.2f} s for {cores} times the work: {cores * one / many:.2f} times the throughput")
