"""`del` of names, items, attributes, slices and nested targets."""

a, b, c = 1, 2, 3
del a, (b, [c])
for name in "abc":
    assert name not in globals()

items = list(range(10))
del items[0], items[-1], items[1:3]
assert items == [1, 4, 5, 6, 7, 8]
del items[::2]
assert items == [4, 6, 8]

d = {"x": 1, "y": 2}
del d["x"]
assert d == {"y": 2}
try:
    del d["x"]
except KeyError as error:
    assert error.args == ("x",)


class C:
    pass


o = C()
o.a = 1
del o.a
try:
    del o.a
except AttributeError as error:
    assert str(error) == "'C' object has no attribute 'a'"
else:
    raise AssertionError


def local():
    x = 1
    del x
    try:
        x
    except UnboundLocalError as error:
        assert str(error) == "cannot access local variable 'x' where it is not associated with a value"
    try:
        del x
    except UnboundLocalError as error:
        assert str(error) == "cannot access local variable 'x' where it is not associated with a value"
    x = 2
    return x


assert local() == 2


def cell():
    x = 1

    def inner():
        return x

    assert inner() == 1
    del x
    try:
        inner()
    except NameError as error:
        assert str(error) == "cannot access free variable 'x' where it is not associated with a value in enclosing scope"
    else:
        raise AssertionError
    x = 3
    return inner()


assert cell() == 3


def delete_global():
    global g
    del g


g = 1
delete_global()
try:
    g
except NameError as error:
    assert str(error) == "name 'g' is not defined"
try:
    delete_global()
except NameError as error:
    assert str(error) == "name 'g' is not defined"

log = []


class Hooks:
    def __delitem__(self, key):
        log.append(("item", key))

    def __delattr__(self, key):
        log.append(("attr", key))


h = Hooks()
del h[1], h[1:2], h[...], h[1, 2], h.name
assert log == [("item", 1), ("item", slice(1, 2)), ("item", ...), ("item", (1, 2)), ("attr", "name")]

try:
    del (1).real
except AttributeError:
    pass
try:
    t = (1,)
    del t[0]
except TypeError as error:
    assert str(error) == "'tuple' object doesn't support item deletion"
