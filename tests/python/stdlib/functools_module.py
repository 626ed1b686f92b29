from functools import *


@lru_cache(maxsize=2)
def f(x):
    calls.append(x)
    return x * 2


calls = []
assert [f(1), f(1), f(2), f(3), f(1)] == [2, 2, 4, 6, 2] and calls == [1, 2, 3, 1] and f.cache_info() == (1, 4, 2, 2) and f.__wrapped__(5) == 10
f.cache_clear()
p = partial(pow, 2)
assert p(3) == 8 and p.func is pow and p.args == (2,) and partial(int, base=2)("101") == 5 and partial(p, 4)() == 16 and partial(pow, Placeholder, 2)(3) == 9
assert reduce(lambda a, b: a + b, [1, 2, 3]) == 6 and reduce(max, [], 5) == 5 and sorted([3, 1], key=cmp_to_key(lambda a, b: a - b)) == [1, 3]


@total_ordering
class T:
    def __init__(self, v):
        self.v = v

    def __eq__(self, o):
        return self.v == o.v

    def __lt__(self, o):
        return self.v < o.v

    @cached_property
    def c(self):
        calls.append("c")
        return 5

    @singledispatchmethod
    def m(self, x):
        return "any"

    @m.register
    def _(self, x: int):
        return "int"


t = T(1)
assert t >= T(0) and t <= T(1) and t.c == t.c == 5 and calls.count("c") == 1 and t.m(1) == "int" and t.m("a") == "any"


@singledispatch
def g(x):
    return "any"


@g.register(list)
def _(x):
    return "list"


assert g(1) == "any" and g([]) == "list"


@wraps(f)
def w():
    pass


assert w.__name__ == "f" and w.__wrapped__ is f
try:
    reduce(max, [])
except TypeError as error:
    assert str(error) == "reduce() of empty iterable with no initial value"
