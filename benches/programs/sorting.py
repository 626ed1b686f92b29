"""Sorting: the builtin with and without keys, and two sorts in Python."""

import sys


def numbers(n, seed=42):
    x = seed
    result = []
    for _ in range(n):
        x = (x * 1103515245 + 12345) & 0x7FFFFFFF
        result.append(x)
    return result


def quicksort(items):
    if len(items) <= 1:
        return items
    pivot = items[len(items) // 2]
    return (
        quicksort([x for x in items if x < pivot])
        + [x for x in items if x == pivot]
        + quicksort([x for x in items if x > pivot])
    )


def insertion(items):
    for i in range(1, len(items)):
        x, j = items[i], i
        while j and items[j - 1] > x:
            items[j] = items[j - 1]
            j -= 1
        items[j] = x
    return items


size = int(sys.argv[1]) if len(sys.argv) > 1 else 14
for _ in range(size):
    data = numbers(30_000)
    a = sorted(data)
    b = sorted(data, key=lambda x: -x)
    assert a[::-1] == b
    floats = sorted([x / 7 for x in data])
    words = sorted([str(x) for x in data])
    pairs = sorted([(x % 100, x) for x in data])
    a.sort(reverse=True)
    assert quicksort(data[:10_000]) == sorted(data[:10_000])
    insertion(data[:300])
