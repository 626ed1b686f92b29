"""Closures, cells, lambdas and functions as arguments."""

import sys


def make_counter():
    n = 0

    def step(k):
        nonlocal n
        n += k
        return n

    return step


def compose(f, g):
    return lambda x: f(g(x))


def run(n):
    step = make_counter()
    add = lambda x: x + 1
    double = lambda x: x * 2
    both = compose(add, compose(double, add))
    total = 0
    for i in range(n):
        step(1)
        total += both(i) & 3
        total += make_counter()(i) & 1
    total += sum(map(lambda x: x & 1, range(n)))
    total += len(list(filter(lambda x: x % 3 == 0, range(n))))
    return total + step(0)


size = int(sys.argv[1]) if len(sys.argv) > 1 else 45
for _ in range(size):
    run(40_000)
