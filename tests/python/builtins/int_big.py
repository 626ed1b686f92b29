"""Integers beyond a machine word: the operators against rules that hold for all, at the edges of words."""

import random

random.seed(20)
EDGES = [0, 1, 31, 60, 61, 62, 63, 64, 65, 127, 128, 129, 192, 512, 640, 4000, 20_000]
numbers = []
for bits in EDGES:
    power = 1 << bits
    numbers += [power - 1, power, power + 1, random.getrandbits(bits + 1)]
numbers += [-n for n in numbers]


class Whole(int):
    pass


def decimal(n):
    """The decimal text without `str` of a large number."""
    if n < 0:
        return "-" + decimal(-n)
    parts = []
    while n >= 10 ** 9:
        n, low = divmod(n, 10 ** 9)
        parts.append(f"{low:09d}")
    return str(n) + "".join(reversed(parts))


for a in numbers:
    assert -(-a) == a and ~a == -a - 1 and abs(a) == (a if a >= 0 else -a)
    assert a ^ a == 0 and a & -1 == a and a | 0 == a and a ^ -1 == ~a
    assert int(hex(a), 16) == a and int(bin(a), 2) == a and int(oct(a), 8) == a
    if abs(a) < 10 ** 1200:
        assert str(a) == decimal(a) and int(str(a)) == a
    length = a.bit_length() // 8 + 1
    assert int.from_bytes(a.to_bytes(length, "big", signed=True), "big", signed=True) == a
    w = Whole(a)
    w.note = "kept"
    w.other = [a]
    assert w == a and hash(w) == hash(a) and type(w + 0) is int and w + 0 == a and w.note == "kept" and w.other == [a]
    assert type(int(w)) is int and int(w) == a and repr(w) == repr(a) if abs(a) < 10 ** 1200 else True
    for n in (0, 1, 63, 64, 65, 200):
        assert a << n == a * 2 ** n and a >> n == a // 2 ** n
        assert (a << n) >> n == a
    if abs(a) < 1 << 1000:
        assert float(a) == float(decimal(a))
        assert (a < float(a)) + (a == float(a)) + (a > float(a)) == 1
    for b in numbers:
        total = a + b
        assert total - b == a and total - a == b
        assert (a & b) + (a | b) == total and (a | b) - (a & b) == a ^ b
        assert (a < b) == (a - b < 0) and (a == b) == (a - b == 0)
        product = a * b
        assert product == b * a and (a + 1) * b == product + b
        if b:
            q, r = divmod(a, b)
            assert q * b + r == a and (0 <= r < b or b < r <= 0)
            assert a // b == q and a % b == r and product // b == a and product % b == 0

for bad in (lambda: 1 << -1, lambda: (1 << 100) >> -1, lambda: (1 << 100) << -(1 << 100)):
    try:
        bad()
    except ValueError as e:
        assert str(e) == "negative shift count"
    else:
        raise AssertionError("no ValueError")
for bad in (lambda n: n // 0, lambda n: n % 0, lambda n: divmod(n, 0)):
    try:
        bad(1 << 100)
    except ZeroDivisionError:
        pass
    else:
        raise AssertionError("no ZeroDivisionError")
assert 0 << (1 << 100) == 0 and (-1) >> (1 << 100) == -1 and (1 << 70) >> (1 << 70) == 0
