"""One place in the code that sees objects of many classes, whose attributes change meanwhile."""

import operator


class Base:
    kind = "base"

    def __init__(self, x):
        self.x = x

    @property
    def double(self):
        return self.x * 2

    native = property(operator.attrgetter("x"))

    def method(self):
        return self.x


classes = [type(f"C{i}", (Base,), {}) for i in range(10)]


def look(o):
    return o.x, o.double, o.native, o.method(), o.kind


def expect(double, kind):
    for _ in range(100):
        for i, cls in enumerate(classes):
            assert look(cls(i)) == (i, double(i), i, i, kind)


expect(lambda x: x * 2, "base")
Base.double = property(lambda self: self.x * 3)
expect(lambda x: x * 3, "base")
Base.kind = "changed"
expect(lambda x: x * 3, "changed")
Base.double = 7
expect(lambda x: 7, "changed")

# The getter of a property may be changed in place, and what comes before it in the class.
p = property(lambda self: 1)
Base.double = p
expect(lambda x: 1, "changed")
p.__init__(lambda self: 2)
expect(lambda x: 2, "changed")
for i, cls in enumerate(classes):
    cls.double = i
for i, cls in enumerate(classes):
    assert look(cls(5))[1] == i
    del cls.double
expect(lambda x: 2, "changed")

# A property's error is its own; __getattr__ is asked.
Base.double = property(lambda self: self.missing)
for cls in classes:
    try:
        look(cls(1))
    except AttributeError as error:
        assert error.name == "missing"
    else:
        raise AssertionError("no error")
Base.__getattr__ = lambda self, name: name
expect(lambda x: "missing", "changed")

# Stores that add an attribute, until a class wants to know of them.
Base.__setattr__ = lambda self, name, value: object.__setattr__(self, name, value + 1)
assert [cls(1).x for cls in classes] == [2] * 10
del Base.__setattr__
assert [cls(1).x for cls in classes] == [1] * 10
Base.x = property(lambda self: 0, lambda self, value: None)
assert [cls(1).x for cls in classes] == [0] * 10
del Base.x
assert [cls(1).x for cls in classes] == [1] * 10

# What cannot have attributes says so.
for value in 5, None, (1,), object():
    for change in delattr, lambda v, name: setattr(v, name, 1):
        try:
            change(value, "there")
        except AttributeError as error:
            assert str(error).endswith("has no attribute 'there' and no __dict__ for setting new attributes"), error
        else:
            raise AssertionError("no error")
