"""Lists: indexing, appending, popping, slicing, nested lists."""

import sys


def sieve(n):
    flags = [True] * n
    flags[0] = flags[1] = False
    for i in range(2, int(n ** 0.5) + 1):
        if flags[i]:
            for j in range(i * i, n, i):
                flags[j] = False
    return sum(flags)


def matrix(n):
    a = [[i + j for j in range(n)] for i in range(n)]
    b = [[i - j for j in range(n)] for i in range(n)]
    c = [[0] * n for _ in range(n)]
    for i in range(n):
        row = c[i]
        for j in range(n):
            s = 0
            for k in range(n):
                s += a[i][k] * b[k][j]
            row[j] = s
    return c[n - 1][0]


def stack(n):
    items = []
    for i in range(n):
        items.append(i)
        if i % 3 == 2:
            items.pop()
            items.pop()
    return len(items)


def queens(n):
    def place(row, columns, left, right):
        if row == n:
            return 1
        count = 0
        for c in range(n):
            if not columns[c] and not left[row + c] and not right[row - c]:
                columns[c] = left[row + c] = right[row - c] = True
                count += place(row + 1, columns, left, right)
                columns[c] = left[row + c] = right[row - c] = False
        return count

    return place(0, [False] * n, [False] * 2 * n, [False] * 2 * n)


size = int(sys.argv[1]) if len(sys.argv) > 1 else 70
for _ in range(size):
    assert sieve(100_000) == 9592
    matrix(45)
    stack(60_000)
    assert queens(6) == 4
    parts = list(range(2000))
    for i in range(200):
        parts = parts[i:] + parts[:i]
