"""Cells: shared, rebound, made anew on each entry."""


def make():
    n = 0

    def get():
        return n

    def put(value):
        nonlocal n
        n = value

    return get, put


get, put = make()
get2, put2 = make()
put(5)
assert get() == 5 and get2() == 0
assert get.__closure__[0].cell_contents == 5
assert get.__code__.co_freevars == ("n",) and make.__code__.co_cellvars == ("n",)
get.__closure__[0].cell_contents = 7
assert get() == 7

# All lambdas of a loop share one variable; a default keeps a value.
late = [lambda: i for i in range(3)]
assert [f() for f in late] == [2, 2, 2]
early = [lambda i=i: i for i in range(3)]
assert [f() for f in early] == [0, 1, 2]


def loop():
    functions = []
    for i in range(3):
        def f():
            return i
        functions.append(f)
    return functions


assert [f() for f in loop()] == [2, 2, 2]


def each(i):
    return lambda: i


assert [f() for f in [each(i) for i in range(3)]] == [0, 1, 2]


# Parameters, also starred, may be cells; so may the loop variable and the exception.
def parameters(a, *args, b=1, **kwargs):
    return lambda: (a, args, b, kwargs)


assert parameters(1, 2, b=3, c=4)() == (1, (2,), 3, {"c": 4})


def nested(a):
    def one(b):
        def two(c):
            def three():
                nonlocal a
                a += b + c
                return a
            return three
        return two
    return one


three = nested(1)(10)(100)
assert three() == 111 and three() == 221


def exception_cell():
    try:
        raise ValueError("x")
    except ValueError as e:
        f = lambda: str(e)
        assert f() == "x"
    try:
        f()
    except NameError:
        return "gone"


assert exception_cell() == "gone"


# A class body is no enclosing scope for its methods.
x = "global"


def class_scope():
    x = "function"

    class C:
        x = "class"
        seen = x

        def method(self):
            return x

        items = [x for _ in range(1)]

    return C


C = class_scope()
assert C.seen == "class" and C().method() == "function"
assert C.items == ["function"], C.items


def class_reads_enclosing():
    y = "function"

    class C:
        z = y
        y = "class"

    return C


try:
    C = class_reads_enclosing()
except UnboundLocalError as error:
    raise AssertionError(error)
except NameError as error:
    # `y` is assigned in the body: it is looked up there, then in the globals.
    assert str(error) == "name 'y' is not defined"

try:
    def before():
        def inner():
            return value
        result = inner()
        value = 1
        return result
    before()
except NameError as error:
    assert str(error) == (
        "cannot access free variable 'value' where it is not associated with a value in enclosing scope"
    )
else:
    raise AssertionError


# Recursion through a cell.
def recursive():
    def even(n):
        return n == 0 or odd(n - 1)

    def odd(n):
        return n != 0 and even(n - 1)

    return even


assert recursive()(100) and not recursive()(7)
