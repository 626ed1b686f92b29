"""Operator methods: reflected, priorities, NotImplemented, messages."""


def message(f):
    try:
        f()
    except TypeError as error:
        return str(error)
    raise AssertionError("no TypeError")


NAMES = {
    "add": "+", "sub": "-", "mul": "*", "matmul": "@", "truediv": "/", "floordiv": "//", "mod": "%", "pow": "**",
    "lshift": "<<", "rshift": ">>", "and": "&", "or": "|", "xor": "^",
}


class Left:
    pass


class Right:
    pass


for name in NAMES:
    setattr(Left, f"__{name}__", lambda self, other, name=name: ("left", name, other))
    setattr(Right, f"__r{name}__", lambda self, other, name=name: ("right", name, other))

for name, sign in NAMES.items():
    space = {"l": Left(), "r": Right()}
    assert eval(f"l {sign} 1", space) == ("left", name, 1)
    assert eval(f"1 {sign} r", space) == ("right", name, 1)
    assert eval(f"l {sign} r", space)[0] == "left"
    said = message(lambda: eval(f"r {sign} 1", space))
    shown = "** or pow()" if sign == "**" else sign
    assert said == f"unsupported operand type(s) for {shown}: 'Right' and 'int'", said
    said = message(lambda: exec(f"r {sign}= 1", space))
    assert said == f"unsupported operand type(s) for {sign}=: 'Right' and 'int'", said


# A subclass on the right goes first if it overrides.
class Base:
    def __add__(self, other):
        return "base add"

    def __radd__(self, other):
        return "base radd"


class Plain(Base):
    pass


class Own(Base):
    def __radd__(self, other):
        return "own radd"


assert Base() + Plain() == "base add"
assert Base() + Own() == "own radd"


class Declines:
    def __add__(self, other):
        return NotImplemented

    def __eq__(self, other):
        return NotImplemented

    __hash__ = None


assert isinstance((Declines() + Right())[2], Declines)
assert message(lambda: Declines() + 1) == "unsupported operand type(s) for +: 'Declines' and 'int'"
d = Declines()
assert d == d and d != Declines()
assert message(lambda: hash(d)) == "unhashable type: 'Declines'"
assert message(lambda: d < d) == "'<' not supported between instances of 'Declines' and 'Declines'"


class Unary:
    def __neg__(self):
        return "neg"

    def __pos__(self):
        return "pos"

    def __invert__(self):
        return "invert"

    def __abs__(self):
        return "abs"

    def __round__(self, n="none"):
        return ("round", n)

    def __index__(self):
        return 3


u = Unary()
assert (-u, +u, ~u, abs(u), round(u), round(u, 2)) == ("neg", "pos", "invert", "abs", ("round", "none"), ("round", 2))
assert [10, 20, 30, 40][u] == 40 and hex(u) == "0x3" and [1] * u == [1, 1, 1] and "abcd"[u:] == "d"
assert message(lambda: -"a") == "bad operand type for unary -: 'str'"
assert message(lambda: ~1.5) == "bad operand type for unary ~: 'float'"


class Compare:
    def __init__(self, result):
        self.result = result

    def __lt__(self, other):
        return self.result

    def __eq__(self, other):
        return self.result

    __hash__ = None


# Comparisons may give anything; `!=` without a method of its own is the opposite of `==`.
assert (Compare([]) < 1) == [] and (1 > Compare("x")) == "x"
assert (Compare([]) != 1) is True and (Compare([1]) != 1) is False
calls = []


def middle():
    calls.append(1)
    return 5


assert 1 < middle() < 10 and len(calls) == 1
assert not 10 < middle() < 1 / 1
assert (1 < 2 == 2 in [2]) is True

# Containment falls back on iteration and then on indices.
class Iterates:
    def __iter__(self):
        return iter([1, 2, 3])


class Indexes:
    def __getitem__(self, i):
        if i > 2:
            raise IndexError
        return i * 10


assert 2 in Iterates() and 5 not in Iterates()
assert 20 in Indexes() and 5 not in Indexes() and list(Indexes()) == [0, 10, 20]
assert message(lambda: 1 in 5).startswith("argument of type 'int' is not a container or iterable")

# pow with three arguments, and divmod.
class Pow:
    def __pow__(self, e, m=None):
        return e, m

    def __divmod__(self, other):
        return "divmod", other


assert Pow() ** 2 == (2, None) and pow(Pow(), 2, 3) == (2, 3) and divmod(Pow(), 1) == ("divmod", 1)

# Truth: `__bool__`, then `__len__`, else true.
class Len:
    def __len__(self):
        return 0


class BadBool:
    def __bool__(self):
        return 1


assert not Len() and object()
assert message(lambda: not BadBool()) == "__bool__ should return bool, returned int"

# `and`, `or` and `not` give operands and evaluate no more than needed.
assert (0 or [] or "x" or 1 / 0) == "x" and (1 and "" and 1 / 0) == ""
assert (not []) is True
assert (1 if [] else 2 if {} else 3) == 3
