"""Row: deque.append/appendleft/pop/popleft, SimpleQueue.put/get, count.__next__ are linearisable."""

import queue
from collections import deque

from _stress import rounds, together

N = rounds(4000)
d = deque()


def put(t, method):
    def run():
        for i in range(N):
            method((t, i))
    return run


def take(method, total):
    def run():
        got = []
        while len(taken) < total:
            try:
                item = method()
            except IndexError:
                continue
            got.append(item)
            taken.append(None)
        return got
    return run


taken = []
_, _, a, b = together(put(0, d.append), put(1, d.appendleft), take(d.pop, 2 * N), take(d.popleft, 2 * N))
assert sorted(a + b) == sorted((t, i) for t in range(2) for i in range(N)) and not d

# One producer, one consumer: the order is kept.
taken = []
_, got = together(put(0, d.append), take(d.popleft, N))
assert got == [(0, i) for i in range(N)]

# With a maximum length it never holds more.
d = deque(maxlen=10)


def watch():
    for _ in range(N):
        assert len(d) <= 10


together(put(0, d.append), put(1, d.appendleft), watch)
assert len(d) == 10

# rotate, extend and iteration.
d = deque(range(100))


def turn():
    for i in range(N):
        d.rotate(i % 5 - 2)


def iterate():
    for _ in range(N // 10):
        try:
            assert all(0 <= x < 100 for x in d)
        except RuntimeError as error:
            assert str(error) == "deque mutated during iteration"


together(turn, iterate, iterate)
assert sorted(d) == list(range(100))

q = queue.SimpleQueue()


def get(n):
    return lambda: [q.get() for _ in range(n)]


_, _, a, b = together(put(0, q.put), put(1, q.put), get(N), get(N))
assert sorted(a + b) == sorted((t, i) for t in range(2) for i in range(N)) and q.empty()
for part in (a, b):
    for t in range(2):
        mine = [i for owner, i in part if owner == t]
        assert mine == sorted(mine)
try:
    q.get_nowait()
except queue.Empty:
    pass
else:
    raise AssertionError
try:
    q.get(timeout=0.001)
except queue.Empty:
    pass
else:
    raise AssertionError

# Many getters that wait, woken one by one.
results = together(*[get(1)] * 10, put(5, q.put) if N == 10 else lambda: [q.put(i) for i in range(10)])
assert sorted(x for part in results[:10] for x in part) == list(range(10))
