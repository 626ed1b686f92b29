"""Generators: chains, recursion, send, expressions."""

import sys


def count(n):
    i = 0
    while i < n:
        yield i
        i += 1


def squares(source):
    for x in source:
        yield x * x


def evens(source):
    for x in source:
        if x % 2 == 0:
            yield x


def tree(depth):
    if depth:
        yield from tree(depth - 1)
        yield depth
        yield from tree(depth - 1)


def average():
    total = n = 0
    value = None
    while True:
        got = yield value
        total += got
        n += 1
        value = total / n


size = int(sys.argv[1]) if len(sys.argv) > 1 else 45
for _ in range(size):
    sum(evens(squares(count(100_000))))
    sum(tree(12))
    running = average()
    next(running)
    for i in range(40_000):
        running.send(i)
    sum(x * y for x in range(200) for y in range(200))
    dict(zip(count(20_000), squares(range(20_000))))
