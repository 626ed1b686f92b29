"""Comprehensions of every kind."""

import sys


def run(n):
    a = [x * 2 for x in range(n)]
    b = [x for x in a if x % 3 == 0]
    c = {x: x + 1 for x in b}
    d = {x % 100 for x in a}
    e = [(x, y) for x in range(100) for y in range(n // 1000)]
    f = [[x + y for x in range(10)] for y in range(n // 20)]
    g = [str(x) for x in range(n // 4)]
    h = {k: v for v, k in enumerate(g)}
    i = [k for k, v in h.items() if v & 1]
    j = [x if x & 1 else -x for x in a]
    return len(b) + len(c) + len(d) + len(e) + len(f) + len(g) + len(h) + len(i) + len(j)


size = int(sys.argv[1]) if len(sys.argv) > 1 else 30
for _ in range(size):
    run(100_000)
