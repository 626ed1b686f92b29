"""Classes: creation, inheritance, resolution order, super, class hooks."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


class A:
    """Says what A is."""

    attribute = 1

    def who(self):
        return "A"


class B(A):
    def who(self):
        return "B" + super().who()


class C(A):
    def who(self):
        return "C" + super().who()


class D(B, C):
    def who(self):
        return "D" + super().who()


assert D().who() == "DBCA"
assert [k.__name__ for k in D.__mro__] == ["D", "B", "C", "A", "object"] and D.mro() == list(D.__mro__)
assert A.__doc__ == "Says what A is." and B.__doc__ is None
assert A.__name__ == "A" and A.__qualname__ == "A" and A.__module__ == "__main__" and A.__bases__ == (object,)
assert A.who.__qualname__ == "A.who" and repr(A) == "<class '__main__.A'>"
assert repr(A()).startswith("<__main__.A object at 0x")
assert D.__base__ is B and B.__subclasses__() == [D] and A.__subclasses__() == [B, C]
assert message(TypeError, lambda: type("X", (A, B), {})).startswith(
    "Cannot create a consistent method resolution order (MRO) for bases"
)
assert message(TypeError, lambda: type("X", (A, A), {})) == "duplicate base class A"
assert message(TypeError, lambda: type("X", (bool,), {})) == "type 'bool' is not an acceptable base type"

# super in its long forms.
assert super(B, D()).who() == "CA" and super(D, D()).who() == "BCA"
assert super(B, D).who(D()) == "CA"
assert message(TypeError, lambda: super(D, A())) == (
    "super(type, obj): obj (instance of A) is not an instance or subtype of type (D)."
)
assert message(AttributeError, lambda: super(A, A()).nothing) == "'super' object has no attribute 'nothing'"


def outside():
    super()


assert message(RuntimeError, outside) == "super(): no arguments"

# Bound and unbound methods.
d = D()
m = d.who
assert m() == "DBCA" and m.__self__ is d and m.__func__ is D.who and m == d.who and m != D().who
assert D.who(d) == "DBCA"
assert message(TypeError, lambda: D.who()) == "D.who() missing 1 required positional argument: 'self'"

# __new__ and __init__.
class New:
    def __new__(cls, *args):
        self = super().__new__(cls)
        self.args = args
        return self

    def __init__(self, *args):
        self.count = len(args)


n = New(1, 2)
assert n.args == (1, 2) and n.count == 2


class Other:
    def __new__(cls):
        return 42

    def __init__(self):
        raise AssertionError("not called: the object is of another type")


assert Other() == 42
assert message(TypeError, lambda: object(1)) == "object() takes no arguments"


class BadInit:
    def __init__(self):
        return 1


assert message(TypeError, BadInit) == "__init__() should return None, not 'int'"


# __init_subclass__, __set_name__, __class_getitem__.
class Base:
    registry = []

    def __init_subclass__(cls, /, tag=None, **kwargs):
        super().__init_subclass__(**kwargs)
        Base.registry.append((cls.__name__, tag))


class Child(Base, tag="x"):
    pass


class Grandchild(Child):
    pass


assert Base.registry == [("Child", "x"), ("Grandchild", None)]
assert message(TypeError, lambda: type("X", (A,), {}, tag=1)) == "X.__init_subclass__() takes no keyword arguments"


class Name:
    def __set_name__(self, owner, name):
        self.owner, self.name = owner, name


class Named:
    field = Name()

    def __class_getitem__(cls, item):
        return cls.__name__, item


assert Named.field.name == "field" and Named.field.owner is Named
assert Named[1, 2] == ("Named", (1, 2))
assert message(TypeError, lambda: A[1]) == "type 'A' is not subscriptable"

# Attributes.
class Dynamic:
    def __getattr__(self, name):
        if name.startswith("x"):
            return name
        raise AttributeError(f"no {name}")


o = Dynamic()
assert o.xyz == "xyz" and message(AttributeError, lambda: o.y) == "no y" and not hasattr(o, "y")


class All:
    def __getattribute__(self, name):
        return ("all", name)


assert All().anything == ("all", "anything") and All().__class__ == ("all", "__class__")
assert type(All()) is All

# Slots.
class Slots:
    __slots__ = ("a", "_b", "__c")

    def set(self):
        self.__c = 3
        return self.__c


s = Slots()
s.a = 1
assert s.a == 1 and s.set() == 3 and Slots.a.__get__(s) == 1
assert message(AttributeError, lambda: s._b) == "'Slots' object has no attribute '_b'"
assert message(AttributeError, lambda: setattr(s, "z", 1)) == (
    "'Slots' object has no attribute 'z' and no __dict__ for setting new attributes"
)
assert not hasattr(s, "__dict__")
del s.a
assert not hasattr(s, "a")


class SlotsWithDict(Slots):
    pass


sd = SlotsWithDict()
sd.z = 1
sd.a = 2
assert vars(sd) == {"z": 1}
assert message(ValueError, lambda: type("X", (), {"__slots__": ("a",), "a": 1})) == (
    "'a' in __slots__ conflicts with class variable"
)


class S1:
    __slots__ = ("x",)


class S2:
    __slots__ = ("y",)


assert message(TypeError, lambda: type("X", (S1, S2), {})) == "multiple bases have instance lay-out conflict"

# Changing classes while they are in use.
class Mutable:
    def f(self):
        return 1


m = Mutable()
assert m.f() == 1
Mutable.f = lambda self: 2
assert m.f() == 2
m.f = lambda: 3
assert m.f() == 3
del m.f, Mutable.f
assert not hasattr(m, "f")
Mutable.__len__ = lambda self: 7
assert len(m) == 7
m.__len__ = lambda: 8
assert len(m) == 7


class Left:
    v = "left"


class Right:
    v = "right"


class Swap(Left):
    pass


swap = Swap()
assert swap.v == "left"
Swap.__bases__ = (Right,)
assert swap.v == "right"
swap.__class__ = Mutable
assert type(swap) is Mutable and len(swap) == 7
assert message(TypeError, lambda: setattr(swap, "__class__", int)).startswith("__class__ assignment only supported for")

# __dict__ is live.
o = A()
o.__dict__["made"] = 1
assert o.made == 1
o.other = 2
assert o.__dict__ == {"made": 1, "other": 2}
o.__dict__ = {"z": 3}
assert o.z == 3 and not hasattr(o, "made")
assert A.__dict__["attribute"] == 1 and type(A.__dict__).__name__ == "mappingproxy"
assert not hasattr(A.__dict__, "__setitem__")
assert dir(o)[-1] == "z" and "who" in dir(o)

# type() makes classes; nested and local ones have long names.
T = type("T", (A,), {"x": 5, "f": lambda self: self.x})
assert T().f() == 5 and T.__name__ == "T" and T().who() == "A"


def local():
    class L:
        class M:
            pass
    return L


assert local().M.__qualname__ == "local.<locals>.L.M"
assert message(TypeError, lambda: setattr(int, "x", 1)) == "cannot set 'x' attribute of immutable type 'int'"

# instances, conversion methods
class Text:
    def __str__(self):
        return "str"

    def __format__(self, spec):
        return f"format {spec}"

    def __bytes__(self):
        return b"bytes"

    def __repr__(self):
        return "repr"


assert str(Text()) == "str" and f"{Text():>3}" == "format >3" and bytes(Text()) == b"bytes" and f"{Text()!r}" == "repr"
assert str([Text()]) == "[repr]"


class BadStr:
    def __str__(self):
        return 1


assert message(TypeError, lambda: str(BadStr())) == "__str__ returned non-string (type int)"


# Subclasses of builtin types.
class MyList(list):
    def __init__(self, *args):
        super().__init__(*args)
        self.extra = 1

    def total(self):
        return sum(self)


class MyInt(int):
    def __add__(self, other):
        return MyInt(int(self) + other)


class MyDict(dict):
    def __missing__(self, key):
        return key * 2


class MyStr(str):
    pass


ml = MyList([1, 2, 3])
assert ml.total() == 6 and ml == [1, 2, 3] and ml.extra == 1 and type(ml[:]) is list
assert MyInt(5) + 1 == 6 and type(MyInt(5) + 1) is MyInt and MyInt("12") * 2 == 24
assert MyDict(a=1)["b"] == "bb" and MyDict().get("b") is None
assert MyStr("x") + "y" == "xy" and type(str(MyStr("x"))) is str and {MyStr("k"): 1}["k"] == 1
