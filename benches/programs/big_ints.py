"""Integers beyond a machine word."""

import sys


def fibonacci(n):
    a, b = 0, 1
    for _ in range(n):
        a, b = b, a + b
    return a


def pi_digits(n):
    q, r, t, k, m, x = 1, 0, 1, 1, 3, 3
    digits = []
    while len(digits) < n:
        if 4 * q + r - t < m * t:
            digits.append(m)
            q, r, m = 10 * q, 10 * (r - m * t), (10 * (3 * q + r)) // t - 10 * m
        else:
            q, r, t, k, m, x = q * k, (2 * q + r) * x, t * x, k + 1, (q * (7 * k + 2) + r * x) // (t * x), x + 2
    return digits


size = int(sys.argv[1]) if len(sys.argv) > 1 else 80
for _ in range(size):
    fibonacci(8000)
    assert pi_digits(300)[:5] == [3, 1, 4, 1, 5]
    factorial = 1
    for i in range(2, 1200):
        factorial *= i
    assert len(str(factorial)) == 3173
    assert int(str(factorial)) == factorial
    assert pow(3, 10 ** 60 + 7, 10 ** 61 + 9) > 0
    x = 1
    for i in range(20_000):
        x = (x << 3 ^ i) & (1 << 200) - 1
