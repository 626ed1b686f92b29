"""range and slice."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


assert list(range(5)) == [0, 1, 2, 3, 4] and list(range(2, 8, 3)) == [2, 5] and list(range(5, 0, -2)) == [5, 3, 1] and list(range(0)) == [] and list(range(3, 1)) == []
r = range(0, 100, 7)
assert len(r) == 15 and r[3] == 21 and r[-1] == 98 and r[2:5] == range(14, 35, 7) and r[::-1] == range(98, -7, -7) and 21 in r and 22 not in r and "x" not in r
assert r.index(21) == 3 and r.count(21) == 1 and r.count(22) == 0 and r.start == 0 and r.stop == 100 and r.step == 7 and list(reversed(r))[0] == 98
assert range(0) == range(5, 5) and range(0, 3, 2) == range(0, 4, 2) and hash(range(0, 3, 2)) == hash(range(0, 4, 2)) and range(1) != [0] and bool(range(0)) is False
assert repr(range(5)) == "range(0, 5)" and repr(range(1, 5, 2)) == "range(1, 5, 2)" and max(range(10)) == 9 and sum(range(101)) == 5050
huge = range(10**30)
assert 10**29 in huge and huge[10**25] == 10**25 and huge[-1] == 10**30 - 1 and len(range(2**62)) == 2**62 and next(iter(huge)) == 0
assert message(OverflowError, lambda: len(huge)) == "Python int too large to convert to C ssize_t" and list(range(2**70, 2**70 + 2)) == [2**70, 2**70 + 1]
assert message(ValueError, lambda: range(1, 2, 0)) == "range() arg 3 must not be zero" and message(TypeError, lambda: range(1.5)) == "'float' object cannot be interpreted as an integer"
assert message(IndexError, lambda: range(3)[5]) == "range object index out of range" and message(ValueError, lambda: range(3).index(9)) == "range.index(x): x not in range"
assert message(TypeError, lambda: range()) == "range expected at least 1 argument, got 0" and message(AttributeError, lambda: setattr(r, "start", 1)) == "readonly attribute"
total = 0
for i in range(-5, 6):
    total += i
assert total == 0 and [i for i in range(3) for _ in range(i)] == [1, 2, 2]
it = iter(range(3))
assert next(it) == 0 and it.__length_hint__() == 2 and list(it) == [1, 2] and next(it, None) is None

s = slice(1, 10, 2)
assert (s.start, s.stop, s.step) == (1, 10, 2) and s.indices(5) == (1, 5, 2) and slice(None).indices(3) == (0, 3, 1) and slice(-2, None).indices(5) == (3, 5, 1)
assert slice(None, None, -1).indices(3) == (2, -1, -1) and repr(slice(1, None)) == "slice(1, None, None)" and slice(1) == slice(None, 1) and slice(1, 2) < slice(1, 3)
assert hash(slice(1, 2)) == hash(slice(1, 2)) and message(ValueError, lambda: slice(0, 1, 0).indices(3)) == "slice step cannot be zero"
assert message(TypeError, lambda: [1][slice("a", 2)]) == "slice indices must be integers or None or have an __index__ method"
