"""Which name is meant: local, enclosing, global, builtin."""

x = "global"


def reads():
    return x


def shadows():
    x = "local"
    return x


def declares():
    global x
    x = "changed"
    return x


assert reads() == "global" and shadows() == "local" and x == "global"
assert declares() == "changed" and reads() == "changed"


def unbound():
    try:
        return x
    except UnboundLocalError as error:
        return str(error)
    x = 1


assert unbound() == "cannot access local variable 'x' where it is not associated with a value"


def global_in_nested():
    x = "enclosing"

    def inner():
        global x
        return x

    return inner()


assert global_in_nested() == "changed"


def nonlocal_through():
    x = 1

    def middle():
        def inner():
            nonlocal x
            x += 1
            return x
        return inner
    middle()()
    return x


assert nonlocal_through() == 2

# Builtins can be shadowed and found again.
len = lambda x: "mine"
assert len([]) == "mine"
del len
assert len([1]) == 1


def locals_view():
    a = 1
    b = 2
    view = locals()
    view["a"] = 100
    view["new"] = 5
    return a, sorted(view), view is locals()


assert locals_view() == (1, ["a", "b", "new"], False)


class Body:
    a = 1
    locals()["b"] = 2
    c = a + b
    for i in range(3):
        pass
    global made_global
    made_global = "yes"


assert Body.b == 2 and Body.c == 3 and Body.i == 2 and made_global == "yes"
assert not hasattr(Body, "made_global")
assert globals()["x"] == "changed" and globals() is globals()
globals()["made"] = 1
assert made == 1


def loop_leaves_variable():
    for i in range(3):
        pass
    return i


assert loop_leaves_variable() == 2


def except_deletes_variable():
    e = 1
    try:
        raise KeyError
    except KeyError as e:
        pass
    try:
        e
    except UnboundLocalError:
        return True


assert except_deletes_variable()

# Comprehensions have their own variables, but the first iterable is evaluated outside.
i = "kept"
assert [i for i in range(3)] == [0, 1, 2] and i == "kept"


class Outer:
    items = [1, 2]
    doubled = [x * 2 for x in items]
    try:
        inner = [y for _ in items for y in items]
    except NameError as error:
        seen = str(error)


assert Outer.doubled == [2, 4] and Outer.seen == "name 'items' is not defined"

# Private names are mangled in classes.
class Mangle:
    __secret = 1

    def __init__(self):
        self.__x = 2

    def get(self):
        return self.__secret, self.__x, self.__dunder__

    __dunder__ = 3


assert Mangle._Mangle__secret == 1 and vars(Mangle()) == {"_Mangle__x": 2} and Mangle().get() == (1, 2, 3)
try:
    __debug__
except NameError:
    raise AssertionError
