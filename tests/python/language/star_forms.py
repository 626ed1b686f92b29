"""`*` and `**` wherever the grammar has them."""

a, b = [1, 2], (3, 4)
assert [*a, *b] == [1, 2, 3, 4] and (*a, 9) == (1, 2, 9) and {*a, *b, 1} == {1, 2, 3, 4}
assert {**{"x": 1, "y": 2}, "y": 3, **{"z": 4}} == {"x": 1, "y": 3, "z": 4}
t = *a, *b
assert t == (1, 2, 3, 4)


def f(*args, **kwargs):
    return args, kwargs


assert f(*a, *b, 5, *(), k=1, **{"l": 2}, m=3, **{}) == ((1, 2, 3, 4, 5), {"k": 1, "l": 2, "m": 3})
assert f(*(x for x in a), **dict(q=1)) == ((1, 2), {"q": 1})
assert [*map(str, a)] == ["1", "2"] and [*{"k": 1}] == ["k"] and [*"ab", *range(2)] == ["a", "b", 0, 1]


def returns():
    return *a, 3


def yields():
    yield *a, 3


assert returns() == (1, 2, 3) and list(yields()) == [(1, 2, 3)]
collected = []
for x in *a, *b:
    collected.append(x)
assert collected == [1, 2, 3, 4]
for x, *rest in [(1, 2, 3), "ab"]:
    collected.append(rest)
assert collected[4:] == [[2, 3], ["b"]]
*start, end = 1, 2, 3
assert start == [1, 2] and end == 3
(*x, y), *z = (1, 2, 3), 4
assert (x, y, z) == ([1, 2], 3, [4])
with_subscript = {(1, 2, 3): "found"}
assert with_subscript[*a, 3] == "found"


class Index:
    def __getitem__(self, key):
        return key

    def __setitem__(self, key, value):
        self.last = key, value


i = Index()
assert i[*a] == (1, 2) and i[*a, ...] == (1, 2, ...) and i[1:2, *b] == (slice(1, 2), 3, 4) and i[()] == ()
i[*a] = 5
assert i.last == ((1, 2), 5)


def annotated(*args: *tuple[int, str]):
    pass


assert str(annotated.__annotations__["args"]) == "*tuple[int, str]"


class Meta(type):
    def __new__(mcls, name, bases, namespace, **kwargs):
        cls = super().__new__(mcls, name, bases, namespace)
        cls.kwargs = kwargs
        return cls


class C(*[int], **{"metaclass": Meta, "k": 1}):
    pass


assert issubclass(C, int) and C.kwargs == {"k": 1}
print_args = lambda *, k=1, **kw: (k, kw)
assert print_args(**{"k": 2, "z": 3}) == (2, {"z": 3})


def message(f):
    try:
        f()
    except TypeError as error:
        return str(error)


assert message(lambda: [*1]) == "Value after * must be an iterable, not int"
assert message(lambda: {**1}) == "'int' object is not a mapping"
for source, said in {
    "*a": "can't use starred expression here", "*a = 1": "starred assignment target must be in a list or tuple",
    "a, *b, *c = 1": "multiple starred expressions in assignment", "del *a": "cannot delete starred",
    "f(**a, *b)": "iterable argument unpacking follows keyword argument unpacking",
    "f(a=1, 2)": "positional argument follows keyword argument", "[*a for a in b]": "iterable unpacking cannot be used in comprehension",
    "{**a for a in b}": "dict unpacking cannot be used in dict comprehension",
    "f(**a, 1)": "positional argument follows keyword argument unpacking", "def f(*): pass": "named arguments must follow bare *",
    "def f(**k, a): pass": "arguments cannot follow var-keyword argument", "def f(a, a): pass": "duplicate argument 'a' in function definition",
    "def f(a=1, b): pass": "parameter without a default follows parameter with a default", "def f(a, /, b, /): pass": "/ may appear only once",
    "f(a=1, a=2)": "keyword argument repeated: a",
}.items():
    try:
        compile(source, "x", "exec")
    except SyntaxError as error:
        assert error.msg == said, (source, error.msg)
    else:
        raise AssertionError(source)
