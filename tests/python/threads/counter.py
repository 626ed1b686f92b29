"""`x += 1` is several operations; under a lock it counts right, and a lost update is never an invented value."""

import threading

from _stress import rounds, together

N = rounds(20_000)
lock = threading.Lock()
locked = unlocked = 0
d = {"n": 0}


def count():
    global locked, unlocked
    for _ in range(N):
        with lock:
            locked += 1
            d["n"] += 1
        unlocked += 1


together(count, count, count, count)
assert locked == d["n"] == 4 * N
assert 1 <= unlocked <= 4 * N
