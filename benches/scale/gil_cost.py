"""What the GIL costs two computing threads, and how long a thread that comes back from I/O waits beside a computing one.

`ratio`: the time of two threads that do half the work each, over that of one thread that does it all: with a GIL 1 at
best. `turn_ms`: the longest, over 200 rounds, from a byte's arrival in a pipe to the reader's first step; `interval_ms`
is the switch interval.
"""

import os
import sys
import threading
import time

size = int(sys.argv[1]) if len(sys.argv) > 1 else 3_000_000


def compute(n):
    total = 0
    for i in range(n):
        total += i & 7
    return total


def timed(f):
    start = time.perf_counter()
    f()
    return time.perf_counter() - start


def together(n):
    threads = [threading.Thread(target=compute, args=(n,)) for _ in range(2)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


compute(size // 10)
one = min(timed(lambda: compute(2 * size)) for _ in range(5))
two = min(timed(lambda: together(size)) for _ in range(5))

stop = False


def spin():
    while not stop:
        compute(1000)


r, w = os.pipe()
waits = []


def read():
    while True:
        sent = float(os.read(r, 100))
        waits.append(time.perf_counter() - sent)
        if len(waits) == 200:
            return


spinner, reader = threading.Thread(target=spin), threading.Thread(target=read)
spinner.start()
reader.start()
for n in range(200):
    os.write(w, repr(time.perf_counter()).encode())
    while len(waits) <= n:
        time.sleep(0.001)
stop = True
spinner.join()
reader.join()
waits.sort()
print(
    f"one_s {one:.4f} two_s {two:.4f} ratio {two / one:.3f} turn_ms {waits[-1] * 1e3:.2f} "
    f"median_turn_ms {waits[100] * 1e3:.2f} interval_ms {sys.getswitchinterval() * 1e3:.1f}"
)
