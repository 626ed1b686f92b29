"""The memory that idle threads take: resident bytes for each of 10,000 that wait for an event."""

import sys
import threading
import time

n = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


event = threading.Event()
before = resident()
start = time.perf_counter()
threads = [threading.Thread(target=event.wait) for _ in range(n)]
for t in threads:
    t.start()
started = time.perf_counter() - start
grown = resident() - before
event.set()
for t in threads:
    t.join()
print(f"bytes {grown} each {grown / n:.0f} start_us {started / n * 1e6:.1f}")
