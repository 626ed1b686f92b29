"""tuple."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


t = (1, 2, 3, 2)
assert t[0] == 1 and t[-1] == 2 and t[1:3] == (2, 3) and t[::-1] == (2, 3, 2, 1) and len(t) == 4 and t.count(2) == 2 and t.index(3) == 2
assert t + (4,) == (1, 2, 3, 2, 4) and t * 2 == t + t and () * 5 == () and 3 in t and 9 not in t and t == (1, 2, 3, 2) and t != [1, 2, 3, 2]
assert (1, 2) < (1, 3) < (2,) and () < (1,) and hash((1, 2)) == hash((1, 2)) and hash(()) == hash(tuple()) and {(1, "a"): 5}[1, "a"] == 5
assert tuple("ab") == ("a", "b") and tuple([1]) == (1,) and tuple() is () and tuple(t) is t and t[:] == t
assert repr((1,)) == "(1,)" and repr(()) == "()" and repr((1, (2, "a"))) == "(1, (2, 'a'))" and [*t] == [1, 2, 3, 2] and max(t) == 3
for f, kind, said in (
    (lambda: t[9], IndexError, "tuple index out of range"), (lambda: t["a"], TypeError, "tuple indices must be integers or slices, not str"),
    (lambda: t + [1], TypeError, 'can only concatenate tuple (not "list") to tuple'), (lambda: t.index(9), ValueError, "tuple.index(x): x not in tuple"),
    (lambda: hash(([],)), TypeError, "unhashable type: 'list'"), (lambda: tuple(1), TypeError, "'int' object is not iterable"),
    (lambda: exec("t[0] = 1", {"t": t}), TypeError, "'tuple' object does not support item assignment"),
    (lambda: t.append, AttributeError, "'tuple' object has no attribute 'append'"), (lambda: t < 1, TypeError, "'<' not supported between instances of 'tuple' and 'int'"),
):
    assert message(kind, f) == said, message(kind, f)


class P(tuple):
    def __new__(cls, x, y):
        return super().__new__(cls, (x, y))

    @property
    def x(self):
        return self[0]


p = P(1, 2)
assert p == (1, 2) and p.x == 1 and type(p + ()) is tuple and hash(p) == hash((1, 2)) and len(p) == 2
p.extra = 5
assert p.extra == 5
a = tuple(range(1000))
assert a[999] == 999 and sum(a) == 499500 and a[10:20] == tuple(range(10, 20))
