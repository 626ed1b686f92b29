"""Dictionaries: counting, looking up, building, iterating, merging."""

import sys


def run(n):
    counts = {}
    for i in range(n):
        key = i * 7919 % 1009
        counts[key] = counts.get(key, 0) + 1
    words = [f"word{i % 500}" for i in range(n // 4)]
    index = {}
    for i, word in enumerate(words):
        if word in index:
            index[word].append(i)
        else:
            index[word] = [i]
    total = 0
    for key, value in counts.items():
        total += key * value
    pairs = {(i, i + 1): i for i in range(n // 8)}
    for i in range(n // 8):
        total += pairs[i, i + 1]
    merged = {**counts, **{k: 0 for k in range(500)}}
    for key in list(merged):
        if key % 2:
            del merged[key]
    total += len(merged)
    for word in words:
        total += len(index[word])
    return total


size = int(sys.argv[1]) if len(sys.argv) > 1 else 45
for _ in range(size):
    run(100_000)
