"""List, set, dictionary comprehensions and generator expressions."""

assert [x for x in range(5)] == [0, 1, 2, 3, 4]
assert [x for x in range(10) if x % 2 if x > 4] == [5, 7, 9]
assert [(x, y) for x in range(3) for y in range(x)] == [(1, 0), (2, 0), (2, 1)]
assert [[y * x for y in range(3)] for x in range(2)] == [[0, 0, 0], [0, 1, 2]]
assert {x % 3 for x in range(10)} == {0, 1, 2}
assert {k: v for k, v in zip("ab", (1, 2))} == {"a": 1, "b": 2}
assert {x: y for x in range(2) for y in range(2)} == {0: 1, 1: 1}
assert list(x for x in "abc" if x != "b") == ["a", "c"]
assert sum(x * x for x in range(4)) == 14
assert [a + b for a, (b, *c) in [(1, (2, 3)), (4, (5,))]] == [3, 9]
assert [x for x, in [(1,), (2,)]] == [1, 2]
assert [*range(3), *"ab"] == [0, 1, 2, "a", "b"] and {**{"a": 1}, "b": 2} == {"a": 1, "b": 2}

# Variables of their own; those around them stay.
x = "outer"
[x for x in range(3)]
{x: 0 for x in range(3)}
assert x == "outer"


def function(n):
    k = 10
    result = [k + i + n for i in range(3)]
    assert "i" not in locals()
    return result


assert function(1) == [11, 12, 13]


def captures():
    return [lambda: (i, j) for i in range(2) for j in range(2)]


assert [f() for f in captures()] == [(1, 1)] * 4


def nested_captures(k):
    return [[(lambda: x * k)() for x in range(y)] for y in range(3)]


assert nested_captures(3) == [[], [0], [0, 3]]


def same_name(x):
    before = x
    result = [x for x in [x, x + 1]]
    assert x == before
    return result


assert same_name(5) == [5, 6]


def cell_of_same_name():
    x = 1
    f = lambda: x
    values = [x for x in range(5)]
    return f(), x, values[-1]


assert cell_of_same_name() == (1, 1, 4)

# Walrus binds outside.
assert [last := n for n in range(4)] == [0, 1, 2, 3] and last == 3


def walrus():
    any((hit := n) > 2 for n in range(10))
    return hit


assert walrus() == 3

# The first iterable is evaluated at once, the rest later.
def fails():
    raise KeyError("now")


try:
    (x for x in fails())
except KeyError:
    pass
else:
    raise AssertionError
later = (y for x in [1] for y in fails())
try:
    next(later)
except KeyError:
    pass
try:
    (x for x in 5)
except TypeError as error:
    assert str(error) == "'int' object is not iterable"

# An exception inside leaves the outer variable as it was.
x = "kept"
try:
    [1 / x for x in (1, 0)]
except ZeroDivisionError:
    pass
assert x == "kept"


def exception_in_function():
    x = "kept"
    try:
        [1 // x for x in (1, 0)]
    except ZeroDivisionError:
        return x


assert exception_in_function() == "kept"


class Body:
    n = 3
    items = [i for i in range(n)]
    names = {k: v for k, v in {"a": n}.items()}


assert Body.items == [0, 1, 2] and Body.names == {"a": 3} and not hasattr(Body, "i")

# Conditional expressions, nested calls, many loops.
assert [("even" if x % 2 == 0 else "odd") for x in range(3)] == ["even", "odd", "even"]
assert len([1 for a in range(3) for b in range(3) for c in range(3) for d in range(3) if a <= b <= c <= d]) == 15
assert max((len(w), w) for w in "some words here".split()) == (5, "words")


async def asynchronous():
    async def source():
        for i in range(3):
            yield i

    async def twice(x):
        return x * 2

    a = [x async for x in source()]
    b = {x: await twice(x) async for x in source() if x}
    c = [await twice(x) for x in range(3)]
    d = [y async for y in (x + 1 async for x in source())]
    return a, b, c, d


try:
    asynchronous().send(None)
except StopIteration as stop:
    assert stop.value == ([0, 1, 2], {1: 2, 2: 4}, [0, 2, 4], [1, 2, 3])
