"""Happens-before: Lock.release → the acquire that gets it. Also RLock and Semaphore."""

import threading

from _stress import rounds, together

N = rounds(2000)


def exchange(acquire, release):
    """Several fields written under a lock are seen together under it."""
    class State:
        a = b = c = 0

    state = State()
    state.a = state.b = state.c = 0
    items = []

    def run():
        for _ in range(N):
            acquire()
            a, b, c = state.a, state.b, state.c
            assert a == b == c == len(items), (a, b, c, len(items))
            items.append(a)
            state.a = a + 1
            state.b = b + 1
            state.c = c + 1
            release()

    together(run, run, run)
    assert state.a == 3 * N and items == list(range(3 * N))


lock = threading.Lock()
exchange(lock.acquire, lock.release)
lock = threading.RLock()
exchange(lock.acquire, lock.release)
semaphore = threading.Semaphore(1)
exchange(semaphore.acquire, semaphore.release)

# A lock may be released by another thread: it hands over.
full, empty = threading.Lock(), threading.Lock()
full.acquire()
box = None


def put():
    global box
    for i in range(N):
        empty.acquire()
        box = (i, [i])
        full.release()


def take():
    for i in range(N):
        full.acquire()
        assert box == (i, [i])
        empty.release()


together(put, take)
