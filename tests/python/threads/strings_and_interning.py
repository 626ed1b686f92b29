"""Immutable objects shared by threads: hashes, interning, lazily built indices."""

import sys

from _stress import rounds, together

N = rounds(300)


def work(t):
    def run():
        for i in range(N):
            text = "é漢🐍" * 20 + str(i)
            # The same string object is indexed by all.
            assert shared[i][2] == "🐍" and shared[i][59] == "🐍" and shared[i][-1] == str(i)[-1]
            assert hash(shared[i]) == hash(text) and shared[i] == text
            assert sys.intern(f"name{i}") is sys.intern("name" + str(i))
            assert shared[i].encode() == text.encode() and len(shared[i]) == len(text)
            assert hash(tuples[i]) == hash((i, str(i))) and tuples[i] in {(i, str(i))}
        return [id(sys.intern(f"interned{i}")) for i in range(N)]
    return run


shared = ["é漢🐍" * 20 + str(i) for i in range(N)]
tuples = [(i, str(i)) for i in range(N)]
keep = [sys.intern(f"interned{i}") for i in range(N)]
results = together(*(work(t) for t in range(4)))
assert all(result == results[0] for result in results)
