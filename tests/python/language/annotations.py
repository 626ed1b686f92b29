"""Annotations are evaluated when they are asked for (PEP 649, 749)."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


log = []


def note(x):
    log.append(x)
    return x


def f(a: note(1), b: note(2) = 3, *args: note(4), c: note(5), **kw: note(6)) -> note(7):
    pass


assert log == []
assert f.__annotations__ == {"a": 1, "b": 2, "args": 4, "c": 5, "kw": 6, "return": 7} and log == [1, 2, 4, 5, 6, 7]
assert f.__annotations__ is f.__annotations__ and len(log) == 6
assert f.__annotate__(1) == {"a": 1, "b": 2, "args": 4, "c": 5, "kw": 6, "return": 7}


def forward(x: Later):
    pass


assert message(NameError, lambda: forward.__annotations__) == "name 'Later' is not defined"
assert message(NotImplementedError, lambda: forward.__annotate__(3)) == ""
Later = int
assert forward.__annotations__ == {"x": int}
assert (lambda: 0).__annotations__ == {} and (lambda: 0).__annotate__ is None
forward.__annotations__ = {"y": str}
assert forward.__annotations__ == {"y": str} and forward.__annotate__ is None
forward.__annotations__ = None
assert forward.__annotations__ == {}


class C:
    x: int
    y: "text" = 1
    z: Sub
    (w): note("never kept")
    self_made: C

    def method(self, other: C) -> Sub:
        local: undefined_name
        another: undefined_name = 5
        return another

    class Sub:
        pass


assert C.__annotations__ == {"x": int, "y": "text", "z": C.Sub, "self_made": C} and C.y == 1 and not hasattr(C, "x")
assert C().method(1) == 5 and C.method.__annotations__["other"] is C


class Derived(C):
    pass


assert Derived.__annotations__ == {}
assert type(C.__annotate__).__name__ == "function" and Derived.__annotate__ is None


# Conditional annotations are there if the statement ran.
class Conditional:
    if True:
        a: int
    else:
        b: int
    for _ in range(2):
        c: str


assert Conditional.__annotations__ == {"a": int, "c": str}

module_variable: note("module")
if False:
    not_run: int
assert __annotate__(1) == {"module_variable": "module"}


# Names come from the scope around, as it is then.
def scope():
    T = int

    class Inner:
        x: T

    def g(a: T): ...

    T = str
    return Inner.__annotations__, g.__annotations__


assert scope() == ({"x": str}, {"a": str})


class Names:
    T = float
    x: T

    def m(self, a: T): ...


assert Names.__annotations__ == {"x": float} and Names.m.__annotations__ == {"a": float}

# The future statement makes them text.
space = {}
exec("from __future__ import annotations\ndef f(a: x.y[1], b: 'q') -> (lambda: 0): pass\nclass C:\n v: not_there", space)
assert space["f"].__annotations__ == {"a": "x.y[1]", "b": "'q'", "return": "lambda: 0"}
assert space["C"].__annotations__ == {"v": "not_there"}
for source in ("x: (yield)", "def f(a: (yield)): pass", "def f() -> (await x): pass", "(a, b): int", "def f(a: (b := 1)): pass"):
    message(SyntaxError, lambda: compile(source, "x", "exec"))
