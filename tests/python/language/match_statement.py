"""`match`: every kind of pattern."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


class Point:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


class Color:
    RED = 1
    GREEN = "green"


def kind(value):
    match value:
        case 0 | 1 | -1:
            return "small"
        case 1.5 | 2 + 3j | -4.5 - 1j:
            return "number"
        case "text" | b"bytes":
            return "literal"
        case None:
            return "None"
        case True:
            return "True"
        case Color.GREEN:
            return "value"
        case Point(0, 0):
            return "origin"
        case Point(x, y=0):
            return f"on x at {x}"
        case Point(x=x, y=y) if x == y:
            return f"diagonal {x}"
        case Point():
            return "point"
        case []:
            return "empty"
        case [x]:
            return f"one {x}"
        case [1, *_, 9]:
            return "1 to 9"
        case (str(a), int() | float() as b):
            return f"str and number {a} {b}"
        case [[a, b], c]:
            return f"nested {a}{b}{c}"
        case [first, *rest] if len(rest) < 3:
            return f"{first} and {rest}"
        case {"type": "a", "value": v}:
            return f"map a {v}"
        case {"type": t, **rest} if rest:
            return f"map {t} {rest}"
        case {"type": _}:
            return "map with a type"
        case {}:
            return "some map"
        case str(s):
            return f"str {s}"
        case int(n) if n > 100:
            return "large"
        case int():
            return "int"
    return "nothing"


cases = [
    (0, "small"), (1, "small"), (-1, "small"), (1.5, "number"), (2 + 3j, "number"), (-4.5 - 1j, "number"),
    ("text", "literal"), (b"bytes", "literal"), (None, "None"), ("green", "value"),
    (Point(0, 0), "origin"), (Point(5, 0), "on x at 5"), (Point(4, 4), "diagonal 4"), (Point(1, 2), "point"),
    ([], "empty"), ((), "empty"), ([7], "one 7"), ([1, 5, 5, 9], "1 to 9"), ((1, 9), "1 to 9"),
    (["a", 2.5], "str and number a 2.5"), ([[1, 2], 3], "nested 123"), ([4, 5], "4 and [5]"), (range(3), "0 and [1, 2]"),
    (list(range(10)), "nothing"), ({"type": "a", "value": 3, "more": 1}, "map a 3"),
    ({"type": "b", "k": 1}, "map b {'k': 1}"), ({"type": "b"}, "map with a type"), ({}, "some map"), ({"x": 1}, "some map"),
    ("other", "str other"), (1000, "large"), (50, "int"), (3.25, "nothing"), ({1, 2}, "nothing"), (b"x", "nothing"),
    (bytearray(b"12"), "nothing"),
]
for value, expected in cases:
    assert kind(value) == expected, (value, kind(value), expected)
assert kind(True) == "small" and kind(False) == "small"


# True, False and None are compared by identity.
def identity(x):
    match x:
        case True:
            return "T"
        case False:
            return "F"
        case None:
            return "N"
    return "-"


assert [identity(x) for x in (True, False, None, 1, 0, 1.0)] == ["T", "F", "N", "-", "-", "-"]

# Names stay bound after the statement, also those of a pattern whose guard failed.
match (1, 2):
    case (a, b) if a > b:
        raise AssertionError
    case (c, _):
        pass
assert (a, b, c) == (1, 2, 1)

match 5:
    case whole:
        assert whole == 5

match 1, 2:
    case a, b:
        assert (a, b) == (1, 2)

match [1, 2, 3]:
    case *start, last:
        assert start == [1, 2] and last == 3

match {"k": {"inner": [1, {"deep": "yes"}]}}:
    case {"k": {"inner": [_, {"deep": found}]}}:
        assert found == "yes"

match [1, [2, [3]]]:
    case [int(x), [int(y), [int(z)]]] as all_of_it:
        assert (x, y, z) == (1, 2, 3) and all_of_it == [1, [2, [3]]]

match ("go", "north"):
    case ("go", ("north" | "south") as direction) | ("walk", direction):
        assert direction == "north"


# Words that are no keywords.
match = case = type = 1
assert match + case + type == 3
match = [1]
match[0]
print = lambda *a: a
match (case):
    case 1:
        pass
del match, case, type, print


# Class patterns in detail.
class Two:
    __match_args__ = ("a",)
    a = 1


def too_many():
    match Two():
        case Two(1, 2):
            pass


def none_accepted():
    class None_:
        pass
    match None_():
        case None_(1):
            pass


def twice():
    match Two():
        case Two(1, a=2):
            pass


def no_class():
    match 1:
        case len():
            pass


assert message(TypeError, too_many) == "Two() accepts 1 positional sub-pattern (2 given)"
assert message(TypeError, none_accepted) == "None_() accepts 0 positional sub-patterns (1 given)"
assert message(TypeError, twice) == "Two() got multiple sub-patterns for attribute 'a'"
assert message(TypeError, no_class) == "called match pattern must be a class"


def builtin(x):
    match x:
        case bool(b):
            return "bool", b
        case int(i):
            return "int", i
        case dict(d):
            return "dict", d
        case list([x, y]):
            return "list of two", x, y
        case frozenset(f) | set(f):
            return "set", f
        case float(f):
            return "float", f


assert builtin(True) == ("bool", True) and builtin(5) == ("int", 5) and builtin({1: 2}) == ("dict", {1: 2})
assert builtin([1, 2]) == ("list of two", 1, 2) and builtin({1}) == ("set", {1}) and builtin(0.5) == ("float", 0.5)
assert builtin([1]) is None


# Mappings are asked with get; keys that are equal in a pattern are refused.
class Missing(dict):
    def __missing__(self, key):
        raise AssertionError


match Missing(a=1):
    case {"b": _}:
        raise AssertionError
    case {"a": a}:
        assert a == 1


def duplicate():
    class K:
        x = "a"
    match {"a": 1, "b": 2}:
        case {K.x: 1, "a": 1}:
            pass


assert message(ValueError, duplicate) == "mapping pattern checks duplicate key ('a')"

for source in (
    "match 1:\n case x: pass\n case y: pass", "match 1:\n case _: pass\n case 1: pass",
    "match 1:\n case [a, a]: pass", "match 1:\n case {'a': 1, 'a': 2}: pass", "match 1:\n case 1 | x: pass",
    "match 1:\n case [*a, *b]: pass", "match 1:\n case {**a, 'x': 1}: pass", "match 1:\n case C(a=1, a=2): pass",
    "match 1:\n case 1 + 2: pass", "match 1:\n case f'x': pass", "match 1:\n case x as _: pass", "match 1:\n pass",
):
    message(SyntaxError, lambda: compile(source, "x", "exec"))
