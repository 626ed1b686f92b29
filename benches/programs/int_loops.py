"""Integer arithmetic in loops."""

import sys


def collatz(limit):
    longest = 0
    for start in range(1, limit):
        n, steps = start, 0
        while n != 1:
            if n % 2 == 0:
                n //= 2
            else:
                n = 3 * n + 1
            steps += 1
        if steps > longest:
            longest = steps
    return longest


def primes(limit):
    count = 0
    for n in range(2, limit):
        i = 2
        while i * i <= n:
            if n % i == 0:
                break
            i += 1
        else:
            count += 1
    return count


def bits(n):
    x, total = 12345, 0
    for i in range(n):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
        total += (x >> 16) ^ (i & 255)
    return total


size = int(sys.argv[1]) if len(sys.argv) > 1 else 30
for _ in range(size):
    assert collatz(3000) == 216
    assert primes(6000) == 783
    assert bits(100_000) == 1638469320
