"""Metaclasses: calls, namespaces, conflicts, instance checks."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


log = []


class Meta(type):
    @classmethod
    def __prepare__(mcls, name, bases, **kwargs):
        log.append(("prepare", name, kwargs))
        return {"prepared": True}

    def __new__(mcls, name, bases, namespace, **kwargs):
        log.append(("new", name, "method" in namespace))
        return super().__new__(mcls, name, bases, namespace)

    def __init__(cls, name, bases, namespace, **kwargs):
        log.append(("init", name))
        super().__init__(name, bases, namespace)

    def __call__(cls, *args):
        log.append(("call", args))
        return super().__call__()

    def on_class(cls):
        return cls.__name__

    @property
    def upper(cls):
        return cls.__name__.upper()

    def __getattr__(cls, name):
        return ("meta getattr", name)

    def __len__(cls):
        return 9

    def __iter__(cls):
        return iter("abc")

    def __contains__(cls, item):
        return item == 1

    def __getitem__(cls, item):
        return ("meta item", item)

    def __add__(cls, other):
        return "added"

    def __repr__(cls):
        return f"<{cls.__name__}>"


class C(metaclass=Meta, option=1):
    def method(self):
        pass


assert log == [("prepare", "C", {"option": 1}), ("new", "C", True), ("init", "C")]
log.clear()
instance = C(5)
assert log == [("call", (5,))] and type(instance) is C
assert C.prepared and C.on_class() == "C" and C.upper == "C" and C.nothing == ("meta getattr", "nothing")
assert not hasattr(instance, "on_class") and not hasattr(instance, "nothing")
assert len(C) == 9 and list(C) == ["a", "b", "c"] and 1 in C and 2 not in C and C[5] == ("meta item", 5)
assert C + 1 == "added" and repr(C) == "<C>" and type(C) is Meta


class Sub(C):
    pass


assert type(Sub) is Meta


class Other(type):
    pass


assert message(TypeError, lambda: Other("X", (C,), {})).startswith("metaclass conflict: the metaclass of a derived class")


class Both(Meta, Other):
    pass


class X(C, metaclass=Both):
    pass


assert type(X) is Both


# Any callable will do.
def make(name, bases, namespace, **kwargs):
    return name, bases, sorted(k for k in namespace if not k.startswith("__")), kwargs


class Made(1 .__class__, metaclass=make, k=2):
    a = 1


assert Made == ("Made", (int,), ["a"], {"k": 2})


# The namespace may be of any mapping type; it sees the order of definitions.
class Recorder(dict):
    def __init__(self):
        self.order = []

    def __setitem__(self, key, value):
        self.order.append(key)
        super().__setitem__(key, value)


class Ordered(type):
    @classmethod
    def __prepare__(mcls, name, bases):
        return Recorder()

    def __new__(mcls, name, bases, namespace):
        cls = super().__new__(mcls, name, bases, dict(namespace))
        cls.order = [name for name in namespace.order if not name.startswith("__")]
        return cls


class O(metaclass=Ordered):
    b = 1
    a = 2
    b = 3

    def c(self):
        pass


assert O.order == ["b", "a", "b", "c"]


# isinstance and issubclass ask the metaclass.
class Checks(type):
    def __instancecheck__(cls, instance):
        return instance == "yes"

    def __subclasscheck__(cls, subclass):
        return subclass is int


class Checked(metaclass=Checks):
    pass


assert isinstance("yes", Checked) and not isinstance("no", Checked)
assert issubclass(int, Checked) and not issubclass(str, Checked)
assert isinstance(1, (str, (Checked, int)))
assert message(TypeError, lambda: isinstance(1, 1)) == (
    "isinstance() arg 2 must be a type, a tuple of types, or a union"
)
assert isinstance(1, int | str) and not isinstance(1.0, int | str) and isinstance(None, int | None)
assert message(TypeError, lambda: issubclass(1, int)) == "issubclass() arg 1 must be a class"


# __mro_entries__ replaces bases that are no classes.
class Entry:
    def __mro_entries__(self, bases):
        return (list,)


class FromEntry(Entry()):
    pass


assert issubclass(FromEntry, list) and FromEntry.__orig_bases__[0].__class__ is Entry


# mro() may be overridden.
class Base:
    inherited = 1


class Reverse(type):
    def mro(cls):
        return [cls, object]


class Cut(Base, metaclass=Reverse):
    pass


assert Cut.__mro__ == (Cut, object) and not hasattr(Cut, "inherited")


# The class cell is set when __new__ of type ran.
class Cell(type):
    def __new__(mcls, name, bases, namespace):
        assert "__classcell__" in namespace
        cls = super().__new__(mcls, name, bases, namespace)
        assert cls().me() is cls
        return cls


class HasCell(metaclass=Cell):
    def me(self):
        return __class__


class Loses(type):
    def __new__(mcls, name, bases, namespace):
        namespace.pop("__classcell__", None)
        return super().__new__(mcls, name, bases, namespace)


def lose():
    class L(metaclass=Loses):
        def me(self):
            return __class__


assert message(RuntimeError, lose).startswith("__class__ not set defining 'L' as <class")


# A metaclass with a base that is no metaclass: the class's namespace is shown all the same.
class Plain:
    pass


class Mixed(Plain, type):
    pass


class OfMixed(metaclass=Mixed):
    x = 1


assert "x" in OfMixed.__dict__ and type(OfMixed.__dict__).__name__ == "mappingproxy"
