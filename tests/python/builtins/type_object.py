"""type, object, super objects, functions and their attributes, GenericAlias, unions."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


o = object()
assert repr(o).startswith("<object object at 0x") and o == o and o != object() and hash(o) == hash(o) and bool(o) and object.__doc__
assert message(AttributeError, lambda: setattr(o, "x", 1)) == "'object' object has no attribute 'x' and no __dict__ for setting new attributes"
assert message(TypeError, lambda: object(1)) == "object() takes no arguments" and type(type) is type and isinstance(type, type) and type.__mro__ == (type, object)
assert int.__name__ == "int" and int.__module__ == "builtins" and int.__bases__ == (object,) and list.__qualname__ == "list" and repr(int) == "<class 'int'>"
assert message(TypeError, lambda: type("a", (), {}, 1)) .startswith("type() takes 1 or 3 arguments") and message(TypeError, type).startswith("type() takes 1 or 3 arguments")


def f(a, b=2, *args, c=3, **kw):
    """Doc."""


assert f.__name__ == "f" and f.__doc__ == "Doc." and f.__defaults__ == (2,) and f.__kwdefaults__ == {"c": 3} and f.__module__ == "__main__" and f.__qualname__ == "f"
assert f.__globals__ is globals() and f.__closure__ is None and f.__dict__ == {} and repr(f).startswith("<function f at 0x") and f.__builtins__["len"] is len
f.attribute = 5
assert f.attribute == 5 and f.__dict__ == {"attribute": 5}
f.__name__ = "renamed"
f.__defaults__ = None
assert f.__name__ == "renamed" and message(TypeError, f) == "f() missing 2 required positional arguments: 'a' and 'b'"
assert message(TypeError, lambda: setattr(f, "__name__", 5)) == "__name__ must be set to a string object"
assert repr(lambda: 0).startswith("<function <lambda> at 0x") and (lambda: 0).__name__ == "<lambda>"


class C:
    def m(self):
        """Method doc."""


c = C()
assert repr(c.m).startswith("<bound method C.m of <__main__.C object at 0x") and c.m.__doc__ == "Method doc." and c.m == c.m and hash(c.m) == hash(c.m) and c.m is not c.m
assert c.m.__name__ == "m" and type(c.m)(C.m, 5).__self__ == 5 and message(AttributeError, lambda: setattr(c.m, "x", 1)) == (
    "'method' object has no attribute 'x' and no __dict__ for setting new attributes"
)
assert [].append.__self__ == [] and [].append.__name__ == "append" and repr([].append).startswith("<built-in method append of list object at 0x")
assert repr(str.join) == "<method 'join' of 'str' objects>" and repr(int.__add__) == "<slot wrapper '__add__' of 'int' objects>"
assert repr((5).__add__).startswith("<method-wrapper '__add__' of int object at 0x") and str.join.__objclass__ is str

# Generic aliases and unions.
g = list[int]
assert g.__origin__ is list and g.__args__ == (int,) and repr(g) == "list[int]" and g == list[int] and hash(g) == hash(list[int]) and g() == [] and type(g).__name__ == "GenericAlias"
assert dict[str, list[int]].__args__ == (str, list[int]) and repr(tuple[int, ...]) == "tuple[int, ...]" and isinstance([], g.__origin__)
assert message(TypeError, lambda: isinstance([], list[int])) == "isinstance() argument 2 cannot be a parameterized generic"
u = int | str | None
assert u.__args__ == (int, str, type(None)) and repr(u) == "int | str | None" and u == str | None | int and isinstance(None, u) and int | int == int and hash(u) == hash(None | int | str)
assert message(TypeError, lambda: int | 5) == "unsupported operand type(s) for |: 'type' and 'int'"

# Comparison methods by default; reduce; sizeof; dir.
assert C() != C() and not C() == C() and message(TypeError, lambda: C() < C()) == "'<' not supported between instances of 'C' and 'C'"
assert c.__eq__(5) is NotImplemented and c.__ne__(c) is False and c.__sizeof__() > 0 and c.__reduce_ex__(2)[1] == (C,) and "m" in c.__dir__()
assert c.__str__() == repr(c) and c.__format__("") == str(c) and message(TypeError, lambda: c.__format__("x")) == "unsupported format string passed to C.__format__"
assert C.__subclasshook__(int) is NotImplemented and c.__init_subclass__() is None and c.__getstate__() is None
assert set(dir(object)) >= {"__class__", "__delattr__", "__dir__", "__doc__", "__eq__", "__format__", "__ge__", "__getattribute__", "__getstate__", "__gt__", "__hash__"}
s = super(C, c)
assert repr(s).startswith("<super: <class 'C'>, <C object>>") and s.__thisclass__ is C and s.__self__ is c and s.__self_class__ is C
assert type(iter([])).__name__ == "list_iterator" and type(iter(())).__name__ == "tuple_iterator" and type(iter({})).__name__ == "dict_keyiterator" and type(iter("")).__name__ == "str_ascii_iterator"


# A class may refuse to be subscripted.
class Never:
    __class_getitem__ = None


assert message(TypeError, lambda: Never[int]) == "type 'Never' is not subscriptable"

# A namespace with other keys than strings works, with a warning.
import warnings

with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    odd = type("Odd", (), {1: 2, "a": 3})
    type("Even", (), {"a": 3})
assert odd.__dict__[1] == 2 and odd.a == 3
assert [str(w.message) for w in seen] == ["non-string key in the __dict__ of class Odd"], seen


# Special methods follow the order of resolution that a metaclass's `mro` gives, not the base's.
class Sized:
    def __len__(self):
        return 9


class Root:
    pass


class Base(Root):
    pass


class OwnOrder(type):
    def mro(cls):
        return [cls, Base, Sized, object] if cls.__name__ == "Derived" else super().mro()


class Derived(Base, metaclass=OwnOrder):
    pass


assert len(Derived()) == 9
