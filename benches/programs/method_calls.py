"""Calls of small methods and functions."""

import sys


class Counter:
    def __init__(self):
        self.n = 0

    def inc(self):
        self.n += 1

    def get(self):
        return self.n

    def add(self, k, scale=1):
        self.n += k * scale


def identity(x):
    return x


def three(a, b, c):
    return b


def run(n):
    c = Counter()
    inc, get = c.inc, c.get
    for i in range(n):
        c.inc()
        c.add(1)
        c.add(1, scale=2)
        inc()
        get()
        identity(i)
        three(i, i, i)
    return c.get()


size = int(sys.argv[1]) if len(sys.argv) > 1 else 65
for _ in range(size):
    assert run(50_000) == 250_000
