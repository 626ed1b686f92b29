"""The recursion limit is that of all threads, of those that run already too, and counts what they are in."""

import sys
import threading

import _stress

limit = sys.getrecursionlimit()


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


def fails(n):
    try:
        depth(n)
    except RecursionError:
        return True
    return False


# A thread that runs sees a limit that another sets.
asked, answered = threading.Semaphore(0), threading.Semaphore(0)
seen = []


def runs():
    for _ in range(3):
        asked.acquire()
        seen.append(fails(1500))
        answered.release()


thread = threading.Thread(target=runs)
thread.start()
for n in limit, 4000, limit:
    sys.setrecursionlimit(n)
    asked.release()
    answered.acquire()
thread.join()
assert seen == [True, False, True], seen


# Generators and native code in between are levels as well, and are given back, whichever way they end.
def chain(n):
    if n:
        yield from chain(n - 1)
    yield n


def through_native(n):
    return n and max(map(through_native, [n - 1]))


def free():
    """How many plain levels there are left."""
    low, high = 0, 20_000
    while low < high:
        middle = (low + high + 1) // 2
        if fails(middle):
            high = middle - 1
        else:
            low = middle
    return low


before = free()
assert list(chain(400)) == list(range(401))
assert through_native(100) == 0
waiting = chain(300)
assert next(waiting) == 0
assert free() == before
waiting.close()
try:
    list(chain(5000))
except RecursionError:
    pass
try:
    through_native(5000)
except RecursionError:
    pass
assert free() == before, (free(), before)


def in_generator():
    yield free()


assert before - 4 <= next(in_generator()) < before


# Threads that go deep while the limit goes up and down end well, or with the error.
done = threading.Event()


def goes_deep():
    outcomes = set()
    while not done.is_set():
        outcomes.add(fails(1500))
        assert list(chain(50)) == list(range(51))
    return outcomes


def sets():
    try:
        for i in range(_stress.rounds(200)):
            sys.setrecursionlimit((4000, limit)[i % 2])
    finally:
        done.set()


for outcomes in _stress.together(sets, goes_deep, goes_deep)[1:]:
    assert outcomes <= {True, False}
sys.setrecursionlimit(limit)
one, other = _stress.together(free, free)
assert one == other and before > one > before - 20, (one, other, before)
assert fails(1500)
