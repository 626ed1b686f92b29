"""Descriptors and the order in which attributes are looked up."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


class Data:
    def __get__(self, instance, owner):
        return ("data", instance is not None, owner.__name__)

    def __set__(self, instance, value):
        instance.__dict__["log"] = value

    def __delete__(self, instance):
        instance.__dict__["log"] = "deleted"


class NonData:
    def __get__(self, instance, owner=None):
        return ("non-data", instance is not None)


class SetOnly:
    def __set__(self, instance, value):
        instance.__dict__["set_only"] = value * 2


class C:
    data = Data()
    non = NonData()
    set_only = SetOnly()


o = C()
assert o.data == ("data", True, "C") and C.data == ("data", False, "C")
o.__dict__["data"] = "hidden"
assert o.data == ("data", True, "C")
o.data = 5
assert o.log == 5
del o.data
assert o.log == "deleted"
assert o.non == ("non-data", True)
o.non = "own"
assert o.non == "own" and C.non == ("non-data", False)
del o.non
assert o.non == ("non-data", True)
assert isinstance(o.set_only, SetOnly)
o.set_only = 4
assert o.set_only == 8
C.data = "replaced"
assert o.data == "hidden"


# property
class P:
    def __init__(self):
        self._x = 1

    def get(self):
        """The doc."""
        return self._x

    def put(self, value):
        self._x = value

    def drop(self):
        self._x = None

    x = property(get, put, drop)
    read_only = property(get)
    write_only = property(fset=put)

    @property
    def y(self):
        return self._x * 2

    @y.setter
    def y(self, value):
        self._x = value // 2

    @y.deleter
    def y(self):
        self._x = "y gone"


p = P()
assert p.x == 1 and P.x.__doc__ == "The doc." and P.x.fget is P.get and isinstance(P.x, property)
p.x = 5
assert p.y == 10
p.y = 40
assert p.x == 20
del p.y
assert p.x == "y gone"
del p.x
assert p.x is None
assert message(AttributeError, lambda: setattr(p, "read_only", 1)) == "property 'read_only' of 'P' object has no setter"
assert message(AttributeError, lambda: delattr(p, "read_only")) == "property 'read_only' of 'P' object has no deleter"
assert message(AttributeError, lambda: p.write_only) == "property 'write_only' of 'P' object has no getter"
assert P.y.__name__ == "y"


class Errs:
    @property
    def broken(self):
        raise AttributeError("inside")

    def __getattr__(self, name):
        return "fallback " + name


assert Errs().broken == "fallback broken"


# classmethod and staticmethod
class M:
    @classmethod
    def c(cls, x=0):
        return cls.__name__, x

    @staticmethod
    def s(x):
        return x

    @classmethod
    def __class_helper(cls):
        return 1


class N(M):
    pass


assert M.c() == ("M", 0) and N.c(1) == ("N", 1) and N().c() == ("N", 0) and N.s(3) == N().s(3) == 3
assert M.__dict__["c"].__func__.__name__ == "c" and M.__dict__["s"](5) == 5
assert M.c.__self__ is M and M.__dict__["s"].__wrapped__ is M.s

# Functions are descriptors.
def f(self, *args):
    return self, args


assert f.__get__(1)(2) == (1, (2,)) and f.__get__(None, int) is f
bound = f.__get__("s", str)
assert bound.__self__ == "s" and bound.__func__ is f and bound() == ("s", ())
C.f = f
assert o.f(1)[1] == (1,)
C.builtin = len
assert o.builtin([1, 2]) == 2

# Slots of builtin types.
assert int.__add__(1, 2) == 3 and (5).__add__(2) == 7 and int.__add__.__get__(1, int)(2) == 3
assert str.upper("a") == "A" and list.append.__get__([])(1) is None
assert message(TypeError, lambda: str.upper(1)) == "descriptor 'upper' for 'str' objects doesn't apply to a 'int' object"
assert message(TypeError, lambda: int.__add__("a", 1)) == "descriptor '__add__' requires a 'int' object but received a 'str'"
assert (1).__add__("a") is NotImplemented and type(int.__add__).__name__ == "wrapper_descriptor"
assert type(str.upper).__name__ == "method_descriptor" and type("".upper).__name__ == "builtin_function_or_method"
assert type(int.real).__name__ == "getset_descriptor" and int.real.__get__(5) == 5

# __getattribute__ and __setattr__.
class Logged:
    def __setattr__(self, name, value):
        super().__setattr__(name, (name, value))

    def __delattr__(self, name):
        super().__setattr__("deleted", name)


l = Logged()
l.a = 1
del l.a
assert l.a == ("a", 1) and l.deleted == "a"
object.__setattr__(l, "raw", 3)
assert l.raw == 3 and object.__getattribute__(l, "raw") == 3

# A descriptor found through a caching call site must be seen when it is added later.
class Late:
    pass


def read(x):
    return x.v


late = Late()
late.v = "instance"
for _ in range(100):
    assert read(late) == "instance"
Late.v = property(lambda self: "property")
for _ in range(100):
    assert read(late) == "property"
del Late.v
assert read(late) == "instance"
