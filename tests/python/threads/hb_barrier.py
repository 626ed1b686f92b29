"""Happens-before: Barrier.wait → all its returns."""

import threading

from _stress import rounds, together

THREADS = 4
N = rounds(100)
slots = [None] * THREADS
ran = []
barrier = threading.Barrier(THREADS, action=lambda: ran.append(list(slots)))


def work(t):
    def run():
        places = []
        for i in range(N):
            slots[t] = (t, i)
            places.append(barrier.wait())
            assert slots == [(n, i) for n in range(THREADS)]
            barrier.wait()
        return places
    return run


results = together(*(work(t) for t in range(THREADS)))
for places in zip(*results):
    assert sorted(places) == list(range(THREADS))
assert len(ran) == 2 * N and all(None not in look for look in ran)
assert barrier.parties == THREADS and barrier.n_waiting == 0 and not barrier.broken

# A barrier that breaks wakes all.
barrier = threading.Barrier(3)
entered = threading.Semaphore(0)


def waits():
    entered.release()
    try:
        barrier.wait()
    except threading.BrokenBarrierError:
        return "broken"


def breaks():
    entered.acquire()
    entered.acquire()
    barrier.abort()
    return "broken"


assert together(waits, waits, breaks) == ["broken"] * 3 and barrier.broken
barrier.reset()
assert not barrier.broken
try:
    barrier.wait(0.001)
except threading.BrokenBarrierError:
    pass
else:
    raise AssertionError
