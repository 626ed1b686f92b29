"""Every kind of parameter and argument, and what is said when they do not fit."""


def message(f, *args, **kwargs):
    try:
        f(*args, **kwargs)
    except TypeError as error:
        return str(error)
    raise AssertionError("no TypeError")


def all_kinds(a, b=2, /, c=3, *args, d, e=5, **kwargs):
    return a, b, c, args, d, e, kwargs


assert all_kinds(1, d=4) == (1, 2, 3, (), 4, 5, {})
assert all_kinds(1, 9, 8, 7, 6, d=4, e=0, f=1) == (1, 9, 8, (7, 6), 4, 0, {"f": 1})
assert all_kinds(1, d=4, a=10, b=11) == (1, 2, 3, (), 4, 5, {"a": 10, "b": 11})
assert all_kinds(*[1, 2], *(3,), **{"d": 4}, **{"x": 5}) == (1, 2, 3, (), 4, 5, {"x": 5})
assert all_kinds(*"ab", d=0, *[3]) == ("a", "b", 3, (), 0, 5, {})


def f(a, b):
    return a, b


assert message(f) == "f() missing 2 required positional arguments: 'a' and 'b'"
assert message(f, 1) == "f() missing 1 required positional argument: 'b'"
assert message(f, 1, 2, 3) == "f() takes 2 positional arguments but 3 were given"
assert message(f, 1, a=2) == "f() got multiple values for argument 'a'"
assert message(f, 1, c=2) == "f() got an unexpected keyword argument 'c'"
assert message(lambda: f(**{1: 2})) == "keywords must be strings"
assert message(lambda: f(1, **{"b": 1}, **{"b": 2})).endswith("got multiple values for keyword argument 'b'")
assert message(lambda: f(*1)).endswith("argument after * must be an iterable, not int")
assert message(lambda: f(**1)).endswith("argument after ** must be a mapping, not int")


def three(a, b, c):
    pass


assert message(three) == "three() missing 3 required positional arguments: 'a', 'b', and 'c'"


def defaults(a, b=1):
    pass


assert message(defaults, 1, 2, 3) == "defaults() takes from 1 to 2 positional arguments but 3 were given"


def keyword_only(*, a, b=0):
    return a, b


assert message(keyword_only) == "keyword_only() missing 1 required keyword-only argument: 'a'"
assert message(keyword_only, 1) == "keyword_only() takes 0 positional arguments but 1 was given"
assert message(keyword_only, 1, a=2) == (
    "keyword_only() takes 0 positional arguments but 1 positional argument (and 1 keyword-only argument) were given"
)


def positional_only(a, /):
    return a


assert message(positional_only, a=1) == (
    "positional_only() got some positional-only arguments passed as keyword arguments: 'a'"
)


class C:
    def method(self, a):
        pass


assert message(C().method) == "C.method() missing 1 required positional argument: 'a'"
assert message(C, 1) == "C() takes no arguments"

# Defaults are evaluated once, when the function is made.
log = []


def noted(value):
    log.append(value)
    return value


def shared(x=noted([])):
    x.append(1)
    return x


assert shared() is shared() and log == [[1, 1]]
assert shared.__defaults__ == ([1, 1],)
shared.__defaults__ = ([5],)
assert shared() == [5, 1]
assert keyword_only.__kwdefaults__ == {"b": 0}

# Arguments are evaluated from left to right.
order = []


def see(x):
    order.append(x)
    return x


all_kinds(see(1), *see([2]), d=see(3), **see({"e": 4}))
assert order == [1, [2], 3, {"e": 4}]

# Keyword names need not be identifiers; the dictionary is a copy.
given = {"not a name": 1}


def catch(**kwargs):
    kwargs["new"] = 2
    return kwargs


assert catch(**given) == {"not a name": 1, "new": 2} and given == {"not a name": 1}


# A mapping of any type will do.
class Mapping:
    def keys(self):
        return ["a", "b"]

    def __getitem__(self, key):
        return key.upper()


assert f(**Mapping()) == ("A", "B")

# Many arguments.
many = tuple(range(1000))
assert catch.__code__.co_argcount == 0
assert (lambda *args: args)(*many) == many
assert (lambda **kw: kw)(**{f"k{i}": i for i in range(500)})["k499"] == 499
