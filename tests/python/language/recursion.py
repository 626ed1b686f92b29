"""Recursion is limited, deep data included, and the program goes on after the error."""

import sys


def raises_recursion(f):
    try:
        f()
    except RecursionError as error:
        return str(error)
    raise AssertionError("no RecursionError")


def plain():
    return plain()


def through_method():
    class C:
        def m(self):
            return self.m()
    C().m()


def through_lambda():
    f = lambda: f()
    f()


def through_repr():
    class C:
        def __repr__(self):
            return repr(self)
    repr(C())


def through_getattr():
    class C:
        def __getattr__(self, name):
            return getattr(self, name)
    C().x


def through_add():
    class C:
        def __add__(self, other):
            return self + other
    C() + 1


def through_eq():
    class C:
        __hash__ = None

        def __eq__(self, other):
            return self == other
    C() == C()


def through_init():
    class C:
        def __init__(self):
            C()
    C()


def through_call():
    class C:
        pass
    C.__call__ = lambda self: self()
    C()()


def through_map():
    def f(x):
        return list(map(f, [x]))
    f(1)


def through_sort():
    def f(x):
        return sorted([1, 2], key=f)
    f(1)


def through_generator():
    def g():
        yield from g()
    next(g())


def through_property():
    class C:
        @property
        def p(self):
            return self.p
    C().p


def through_exec():
    exec(code, {"code": code})


code = compile("exec(code, {'code': code})", "x", "exec")
for f in (
    plain, through_method, through_lambda, through_repr, through_getattr, through_add, through_eq, through_init,
    through_call, through_map, through_sort, through_generator, through_property, through_exec,
):
    assert "recursion" in raises_recursion(f), f
    assert "recursion" in raises_recursion(f), f


# Deep data.
def nest(make, depth=100_000):
    x = make(None)
    for _ in range(depth):
        x = make(x)
    return x


deep_list = nest(lambda x: [x])
raises_recursion(lambda: repr(deep_list))
raises_recursion(lambda: repr(nest(lambda x: (x,))))
# Whether these fit is the engine's affair; that it survives them is not.
for f in (lambda: hash(nest(lambda x: (x,))), lambda: deep_list == nest(lambda x: [x])):
    try:
        f()
    except RecursionError:
        pass
raises_recursion(lambda: repr(nest(lambda x: {1: x})))
del deep_list

# Cycles are shown, not followed.
cycle = [1]
cycle.append(cycle)
assert repr(cycle) == "[1, [...]]"
d = {}
d["d"] = d
assert repr(d) == "{'d': {...}}"
t = ([],)
t[0].append(t)
assert repr(t) == "([(...)],)"
other = [1]
other.append(other)
raises_recursion(lambda: cycle == other)

# The limit can be set, and is per depth, not per number of calls.
limit = sys.getrecursionlimit()
assert limit == 1000


def depth(n):
    return 0 if n == 0 else 1 + depth(n - 1)


assert depth(900) == 900
raises_recursion(lambda: depth(1100))
sys.setrecursionlimit(5000)
assert depth(4500) == 4500
sys.setrecursionlimit(limit)
raises_recursion(lambda: depth(1100))
try:
    sys.setrecursionlimit(0)
except ValueError as error:
    assert str(error) == "recursion limit must be greater or equal than 1"
else:
    raise AssertionError

# Recursion inside a handler of RecursionError ends too.
def handler():
    try:
        handler()
    except RecursionError:
        raise


raises_recursion(handler)
assert depth(500) == 500
