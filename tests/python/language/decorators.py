"""Decorators: any expression, applied from the bottom up, on functions and classes."""

log = []


def note(name):
    log.append(("eval", name))

    def decorate(f):
        log.append(("apply", name))
        return f

    return decorate


@note("a")
@note("b")
def f(x=log.append("default")):
    return 1


assert log == [("eval", "a"), ("eval", "b"), "default", ("apply", "b"), ("apply", "a")]


def doubled(f):
    return lambda *args: f(*args) * 2


def plus(n):
    return lambda f: lambda *args: f(*args) + n


@plus(1)
@doubled
def g(x):
    return x


assert g(5) == 11

table = {"d": [doubled]}


@table["d"][0]
def h():
    return 4


assert h() == 8


@(lambda f: "replaced")
def i():
    pass


assert i == "replaced"


@(x := doubled)
def j():
    return 2


assert j() == 4 and x is doubled


@lambda cls: (cls, cls.__name__)
class C:
    pass


assert C[1] == "C"


class Registry:
    def __init__(self):
        self.items = {}

    def add(self, name):
        def decorate(f):
            self.items[name] = f
            return f
        return decorate


registry = Registry()


@registry.add("one")
def one():
    return 1


assert registry.items["one"] is one and one() == 1


class WithCall:
    def __init__(self, f):
        self.f, self.calls = f, 0

    def __call__(self, *args):
        self.calls += 1
        return self.f(*args)

    def __get__(self, instance, owner):
        return lambda *args: self(instance, *args)


class D:
    @WithCall
    def method(self, x):
        return x


assert D().method(3) == 3


@doubled
async def coroutine():
    pass


try:
    coroutine()
except TypeError as error:
    assert "coroutine" in str(error)

try:
    @None
    def k():
        pass
except TypeError as error:
    assert str(error) == "'NoneType' object is not callable"
assert "k" not in globals()
