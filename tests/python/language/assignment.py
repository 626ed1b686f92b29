"""Targets of assignment, and the order in which things happen."""

a = b = c = []
assert a is b is c

a, b = b, a
[a, (b, c), *d] = 1, (2, 3), 4, 5
assert (a, b, c, d) == (1, 2, 3, [4, 5])
*a, b = "xyz"
assert a == ["x", "y"] and b == "z"
a, *b, c = range(5)
assert (a, b, c) == (0, [1, 2, 3], 4)
(a,) = [1]
assert a == 1
[] = ()
() = []
*a, = "ab"
assert a == ["a", "b"]


def message(f):
    try:
        f()
    except (ValueError, TypeError) as error:
        return f"{type(error).__name__}: {error}"


def few():
    a, b, c = 1, 2


def few_star():
    a, *b, c, d = 1, 2


def many():
    a, b = 1, 2, 3


def no_iterable():
    a, b = 1


def many_of_iterator():
    a, b = iter("abc")


assert message(few) == "ValueError: not enough values to unpack (expected 3, got 2)"
assert message(few_star) == "ValueError: not enough values to unpack (expected at least 3, got 2)"
assert message(many) == "ValueError: too many values to unpack (expected 2, got 3)"
assert message(no_iterable) == "TypeError: cannot unpack non-iterable int object"
assert message(many_of_iterator) == "ValueError: too many values to unpack (expected 2)"

# The value first, then the targets from left to right, each with its own parts in order.
order = []


class Note:
    def __init__(self, name):
        object.__setattr__(self, "name", name)

    def __setitem__(self, key, value):
        order.append(("item", self.name, key, value))

    def __setattr__(self, key, value):
        order.append(("attr", self.name, key, value))


def note(x):
    order.append(x)
    return x


x, y = Note("x"), Note("y")
x[note("k")], y.attr = note(1), note(2)
assert order == [1, 2, "k", ("item", "x", "k", 1), ("attr", "y", "attr", 2)], order

# A name bound earlier in the same statement is used by the later targets.
i, data = 0, [0, 0, 0]
i, data[i] = 2, "set"
assert data == [0, 0, "set"]

# Augmented assignment: in place where there is a method for it, once for each part of the target.
class InPlace:
    def __init__(self):
        self.log = []


for name in ("add", "sub", "mul", "matmul", "truediv", "floordiv", "mod", "pow", "lshift", "rshift", "and", "or", "xor"):
    def method(self, other, name=name):
        self.log.append((name, other))
        return self

    setattr(InPlace, f"__i{name}__", method)

v = InPlace()
keep = v
v += 1
v -= 2
v *= 3
v @= 4
v /= 5
v //= 6
v %= 7
v **= 8
v <<= 9
v >>= 10
v &= 11
v |= 12
v ^= 13
assert v is keep
assert v.log == list(zip("add sub mul matmul truediv floordiv mod pow lshift rshift and or xor".split(), range(1, 14)))

calls = []


def index():
    calls.append("index")
    return 0


items = [10]
items[index()] += 5
assert items == [15] and calls == ["index"]


class Holder:
    n = 1


h = Holder()
h.n += 1
assert h.n == 2 and Holder.n == 1
t = ([],)
try:
    t[0] += [1]
except TypeError as error:
    assert str(error) == "'tuple' object does not support item assignment"
assert t == ([1],)
one = two = [1]
one += [2]
assert two == [1, 2]
one = one + [3]
assert two == [1, 2]

n = 7
n //= 2
n **= 3
n <<= 1
n ^= 1
assert n == 55
s = "a"
s *= 3
s += "b"
assert s == "aaab"
x = 10
x /= 4
assert x == 2.5

# Annotated targets.
z: int = 3
assert z == 3
(z): int = 4
h.n: int = 9
assert h.n == 9
w: int
try:
    w
except NameError:
    pass
else:
    raise AssertionError
