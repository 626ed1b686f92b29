"""Type parameters, `type` statements (PEP 695, 696)."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def identity[T](x: T) -> T:
    return x


assert identity(5) == 5
(T,) = identity.__type_params__
assert T.__name__ == "T" and type(T).__name__ == "TypeVar" and repr(T) == "T"
assert identity.__annotations__ == {"x": T, "return": T}


def many[T: int, U: (str, bytes), *Ts, **P, D = list[int]](*args: *Ts) -> T:
    return args


T, U, Ts, P, D = many.__type_params__
assert T.__bound__ is int and T.__constraints__ == () and U.__constraints__ == (str, bytes) and U.__bound__ is None
assert type(Ts).__name__ == "TypeVarTuple" and type(P).__name__ == "ParamSpec" and D.__default__ == list[int]
assert T.has_default() is False and D.has_default() is True
assert T.__infer_variance__ is True and T.__covariant__ is False


class Box[T]:
    def __init__(self, value: T):
        self.value = value

    def map[U](self, f: "Callable[[T], U]") -> "Box[U]":
        return Box(f(self.value))

    kind = T


assert Box.__type_params__[0] is Box.kind and Box(1).map(str).value == "1"
assert Box.__parameters__ == Box.__type_params__ and Box[int].__origin__ is Box and Box[int].__args__ == (int,)
assert Box[int](5).value == 5 and [b.__name__ for b in Box.__bases__] == ["Generic"]
assert Box.map.__type_params__[0].__name__ == "U" and Box.map.__qualname__ == "Box.map"


class Derived[K, V = int](Box[K], dict):
    pass


assert Derived.__type_params__[1].__default__ is int and issubclass(Derived, Box)
assert [b.__name__ for b in Derived.__orig_bases__ if hasattr(b, "__name__")][0] == "Box"

type Alias = list[int]
assert Alias.__name__ == "Alias" and Alias.__value__ == list[int] and type(Alias).__name__ == "TypeAliasType"
assert repr(Alias) == "Alias" and Alias.__type_params__ == ()
type Pair[A, B = A] = tuple[A, B]
A, B = Pair.__type_params__
assert Pair.__value__ == tuple[A, B] and B.__default__ is A and Pair[int, str].__args__ == (int, str)

# Values are evaluated when they are asked for.
type Later = NotYet | None
assert message(NameError, lambda: Later.__value__) == "name 'NotYet' is not defined"
NotYet = int
assert Later.__value__ == int | None
type Recursive = list[Recursive] | int
assert Recursive.__value__.__args__[0].__args__[0] is Recursive


def bound_later[T: Unknown](x: T): ...


assert message(NameError, lambda: bound_later.__type_params__[0].__bound__) == "name 'Unknown' is not defined"

# Scopes: the parameter is seen in the function, its annotations and nested scopes, not outside.
del T


def shadows[T](x: T = 1):
    def inner():
        return T
    return inner()


assert shadows() is shadows.__type_params__[0]
assert message(NameError, lambda: T) == "name 'T' is not defined"


class Outer[T]:
    class Inner:
        t = T

    def method(self):
        return T

    items = [T for _ in range(1)]


assert Outer.Inner.t is Outer.__type_params__[0] is Outer().method() is Outer.items[0]


def decorated():
    order = []

    def decorate(f):
        order.append("decorate")
        return f

    @decorate
    def f[T](x: T = order.append("default")):
        pass

    return order


assert decorated() == ["default", "decorate"]

type = 5
assert type == 5
del type
for source in ("def f[T, T](): pass", "class C[T = int, U]: pass", "def f[]( ): pass", "type X[T] = (yield)"):
    message(SyntaxError, lambda: compile(source, "x", "exec"))
assert message(SyntaxError, lambda: compile("def f[T, T](): pass", "x", "exec")).startswith("duplicate type parameter 'T'")
assert message(SyntaxError, lambda: compile("class C[T = int, U]: pass", "x", "exec")).startswith(
    "non-default type parameter 'U' follows default type parameter"
)
