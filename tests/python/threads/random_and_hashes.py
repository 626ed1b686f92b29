"""Row: random.Random and hashes: each call is atomic."""

import hashlib
import random

from _stress import rounds, together

N = rounds(3000)
shared = random.Random(5)


def draw():
    return [shared.getrandbits(64) for _ in range(N)]


# The numbers of the one stream, each given to one caller.
got = [n for part in together(draw, draw, draw) for n in part]
again = random.Random(5)
assert sorted(got) == sorted(again.getrandbits(64) for _ in range(3 * N))


def other_methods():
    for _ in range(N):
        assert 0 <= shared.random() < 1 and 1 <= shared.randint(1, 6) <= 6 and shared.choice("abc") in "abc"


together(other_methods, other_methods)

h = hashlib.sha256()


def update():
    for _ in range(N):
        h.update(b"x" * 64)


together(update, update)
assert h.digest() == hashlib.sha256(b"x" * 128 * N).digest()

large = b"y" * 100_000
h = hashlib.md5()


def update_large():
    for _ in range(20):
        h.update(large)


together(update_large, update_large, lambda: [h.copy().digest() for _ in range(50)])
assert h.digest() == hashlib.md5(large * 40).digest()
