def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


assert fib(15) == 610


def f(a, b=2, *args, c=3, **kw):
    return a, b, args, c, kw


assert f(1) == (1, 2, (), 3, {})
assert f(1, 5, 6, 7, c=8, d=9) == (1, 5, (6, 7), 8, {"d": 9})
assert f(*[1, 2], **{"c": 4}) == (1, 2, (), 4, {})


def counter():
    n = 0

    def inc():
        nonlocal n
        n += 1
        return n

    return inc


c = counter()
assert (c(), c(), c()) == (1, 2, 3)
assert [x * y for x in range(3) for y in range(2) if x] == [0, 1, 0, 2]
assert {k: v for k, v in [(1, 2), (3, 4)]} == {1: 2, 3: 4}
assert (lambda x, /, *, y: x - y)(5, y=2) == 3
a, *b, d = [1, 2, 3, 4]
assert (a, b, d) == (1, [2, 3], 4)
try:
    f()
except TypeError as e:
    assert str(e) == "f() missing 1 required positional argument: 'a'", str(e)
else:
    assert False
try:
    fib(1, 2)
except TypeError as e:
    assert str(e) == "fib() takes 1 positional argument but 2 were given", str(e)
else:
    assert False


def deep(n):
    return deep(n + 1)


try:
    deep(0)
except RecursionError as e:
    assert "maximum recursion depth exceeded" in str(e)
else:
    assert False
