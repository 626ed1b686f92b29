"""list: every method, slices, messages."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


a = [3, 1, 2]
assert a.append(4) is None and a == [3, 1, 2, 4] and len(a) == 4 and a[0] == 3 and a[-1] == 4 and a[1:3] == [1, 2]
assert a.extend("ab") is None and a[-2:] == ["a", "b"] and a.pop() == "b" and a.pop(0) == 3 and a.pop(-1) == "a" and a == [1, 2, 4]
a.insert(1, "x")
a.insert(-100, "first")
a.insert(100, "last")
assert a == ["first", 1, "x", 2, 4, "last"] and a.index(2) == 3 and a.index(4, 2, 5) == 4 and a.count(1) == 1 and "x" in a and 9 not in a
a.remove("x")
assert a == ["first", 1, 2, 4, "last"] and a.reverse() is None and a == ["last", 4, 2, 1, "first"] and a.copy() == a and a.copy() is not a
a.clear()
assert a == [] and not a
b = [5, 3, 8, 1]
assert b.sort() is None and b == [1, 3, 5, 8] and sorted(b, reverse=True) == [8, 5, 3, 1]
b.sort(key=lambda x: -x)
assert b == [8, 5, 3, 1]
pairs = [(1, "b"), (0, "z"), (1, "a"), (0, "y")]
pairs.sort(key=lambda p: p[0])
assert pairs == [(0, "z"), (0, "y"), (1, "b"), (1, "a")]
pairs.sort(key=lambda p: p[0], reverse=True)
assert pairs == [(1, "b"), (1, "a"), (0, "z"), (0, "y")]
big = [(i * 7919) % 10007 for i in range(10007)]
assert sorted(big) == list(range(10007)) and sorted([str(x) for x in big[:500]])[0] == "0" and sorted([1.5, 1, -2, 2**70, True]) == [-2, 1, True, 1.5, 2**70]

# Slices against a model.
model = list(range(10))
for start in (None, -12, -3, 0, 2, 9, 12):
    for stop in (None, -12, -2, 0, 5, 12):
        for step in (None, 1, 2, 3, -1, -2):
            indices = range(*slice(start, stop, step).indices(10))
            assert model[start:stop:step] == [model[i] for i in indices]
            copy = model[:]
            del copy[start:stop:step]
            assert copy == [x for i, x in enumerate(model) if i not in indices]
            copy = model[:]
            copy[start:stop:step] = ["s"] * len(indices)
            assert [i for i, x in enumerate(copy) if x == "s"] == sorted(indices)
c = [0, 1, 2, 3]
c[1:3] = [9, 9, 9]
assert c == [0, 9, 9, 9, 3]
c[1:4] = []
assert c == [0, 3]
c[1:1] = "ab"
assert c == [0, "a", "b", 3]
c[:] = c
c[2:] = (x for x in range(2))
assert c == [0, "a", 0, 1]
c += (5,)
c *= 2
assert c == [0, "a", 0, 1, 5] * 2 and [1] * 0 == [] and [1] * -1 == [] and 2 * [1] == [1, 1] and [1] + [2] == [1, 2]
nested = [[]] * 2
nested[0].append(1)
assert nested == [[1], [1]]

assert [1, 2] < [1, 3] and [1] < [1, 0] and [] < [1] and [1, 2] == [1, 2] and [1] != [2] and not [1] == (1,) and [1, 2] >= [1, 2]
assert list() == [] and list("ab") == ["a", "b"] and list({1: 2}) == [1] and list(range(3)) == [0, 1, 2] and [*reversed([1, 2])] == [2, 1]
assert repr([1, "a", [None]]) == "[1, 'a', [None]]" and str([]) == "[]" and list.__doc__ and [].__len__() == 0
it = iter([1, 2])
assert next(it) == 1 and it.__length_hint__() == 1 and list(it) == [2] and list(it) == []
grow = [1]
for x in grow:
    if len(grow) < 5:
        grow.append(x + 1)
assert grow == [1, 2, 3, 4, 5]

for f, kind, said in (
    (lambda: [][0], IndexError, "list index out of range"), (lambda: [].__setitem__(0, 1), IndexError, "list assignment index out of range"),
    (lambda: [].pop(), IndexError, "pop from empty list"), (lambda: [1].pop(5), IndexError, "pop index out of range"),
    (lambda: [1].remove(2), ValueError, "list.remove(x): x not in list"), (lambda: [1].index(2), ValueError, "list.index(x): x not in list"),
    (lambda: [1]["a"], TypeError, "list indices must be integers or slices, not str"), (lambda: [1] + (2,), TypeError, 'can only concatenate list (not "tuple") to list'),
    (lambda: [1] * 1.5, TypeError, "can't multiply sequence by non-int of type 'float'"), (lambda: hash([]), TypeError, "unhashable type: 'list'"),
    (lambda: list(5), TypeError, "'int' object is not iterable"), (lambda: [1, "a"].sort(), TypeError, "'<' not supported between instances of 'str' and 'int'"),
    (lambda: [].append(), TypeError, "list.append() takes exactly one argument (0 given)"), (lambda: [1, 2, 3].__setitem__(slice(0, 3, 2), [1]), ValueError, "attempt to assign sequence of size 1 to extended slice of size 2"),
    (lambda: [1][::0], ValueError, "slice step cannot be zero"), (lambda: [].sort(1), TypeError, "sort() takes no positional arguments"),
    (lambda: [].extend(1), TypeError, "'int' object is not iterable"), (lambda: [1].__delitem__(3), IndexError, "list assignment index out of range"),
    (lambda: [1].x, AttributeError, "'list' object has no attribute 'x'"), (lambda: [].insert(1), TypeError, "insert expected 2 arguments, got 1"),
    (lambda: list(x=1), TypeError, "list() takes no keyword arguments"), (lambda: [1] < 1, TypeError, "'<' not supported between instances of 'list' and 'int'"),
):
    assert message(kind, f) == said, message(kind, f)


class Eq:
    def __eq__(self, other):
        raise KeyError("eq")


assert message(KeyError, lambda: [Eq()].index(1)) == "'eq'" and (e := Eq()) in [e]
bad = [3, 2, 1]
assert message(ZeroDivisionError, lambda: bad.sort(key=lambda x: 1 // (x - 1))).endswith("zero") and sorted(bad) == [1, 2, 3]
