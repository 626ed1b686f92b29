"""Recursive calls."""

import sys


def fib(n):
    if n < 2:
        return n
    return fib(n - 1) + fib(n - 2)


def ackermann(m, n):
    if m == 0:
        return n + 1
    if n == 0:
        return ackermann(m - 1, 1)
    return ackermann(m - 1, ackermann(m, n - 1))


def tak(x, y, z):
    return z if y >= x else tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y))


size = int(sys.argv[1]) if len(sys.argv) > 1 else 200
for _ in range(size):
    assert fib(22) == 17711
    assert ackermann(2, 60) == 123
    assert tak(14, 8, 2) == 3
