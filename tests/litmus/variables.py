"""Variables, globals, attributes, slots, cells: one load, one store; what a thread published is seen whole."""

from _litmus import add, litmus, main, row

# Where a variable may be: how a place is made, read and written. Each has two variables, `x` and `y`.


class Attributes:
    def __init__(self): self.x = self.y = 0


class Slots:
    __slots__ = "x", "y"
    def __init__(self): self.x = self.y = 0


def attributes(): return Attributes()


def cells():
    class Cells:
        pass
    x = y = 0

    def read_x(): return x
    def read_y(): return y

    def write_x(value):
        nonlocal x
        x = value

    def write_y(value):
        nonlocal y
        y = value
    return read_x, read_y, write_x, write_y


def module_globals():
    names = {}
    exec(GLOBALS, names)
    names["x"] = names["y"] = 0
    return names["read_x"], names["read_y"], names["write_x"], names["write_y"]


GLOBALS = compile("""
def read_x(): return x
def read_y(): return y
def write_x(value):
    global x
    x = value
def write_y(value):
    global y
    y = value
""", "globals", "exec")


def class_attributes():
    class C:
        x = y = 0
    return C


def rx(o): return o.x
def ry(o): return o.y
def wx(o, v): o.x = v
def wy(o, v): o.y = v


PLACES = {
    "attribute": (Attributes, rx, ry, wx, wy),
    "slot": (Slots, rx, ry, wx, wy),
    "class attribute": (class_attributes, rx, ry, wx, wy),
    "cell": (cells, lambda f: f[0](), lambda f: f[1](), lambda f, v: f[2](v), lambda f, v: f[3](v)),
    "global": (module_globals, lambda f: f[0](), lambda f: f[1](), lambda f, v: f[2](v), lambda f, v: f[3](v)),
    "list item": (lambda: [0, 0], lambda s: s[0], lambda s: s[1], lambda s, v: s.__setitem__(0, v),
                  lambda s, v: s.__setitem__(1, v)),
    "dict item": (lambda: {"x": 0, "y": 0}, lambda d: d["x"], lambda d: d["y"], lambda d, v: d.__setitem__("x", v),
                  lambda d, v: d.__setitem__("y", v)),
}

for place, (new, read_x, read_y, write_x, write_y) in PLACES.items():
    row("read or write of a variable is one indivisible load or store; the last store wins; a reader sees an object as "
        "it was when stored, or newer")

    def write(value, f=write_x): return lambda s: f(s, value)

    def end(s, x=read_x, y=read_y): return x(s), y(s)

    add(f"{place}: one store", new, [write(2**70), read_x], end, {(None, v, (2**70, 0)) for v in (0, 2**70)})
    add(f"{place}: two stores", new, [write("one"), write(1.5), (read_x, read_x)], end)
    # Once the newer is seen, the older is not seen again.
    add(f"{place}: stores in order", new, [(write(1), write(2)), (read_x, read_x)], end)
    add(f"{place}: both see one order", new, [write(1), write(2), (read_x, read_x), (read_x, read_x)], end)

    row("happens-before: a store of a reference -> a load that reads it")

    def publish(s, x=write_x, y=write_y):
        x(s, [1, 2, 3])
        y(s, {"made": (4, 5), "list": [6]})

    def consume(s, x=read_x, y=read_y):
        got = y(s)
        return (got["made"], got["list"][0], x(s)) if got else None

    add(f"{place}: publish an object", new, [publish, consume], None, {(None, None), (None, ((4, 5), 6, (1, 2, 3)))})
    # Message passing: y is seen, so is what came before it.
    add(f"{place}: message", new, [(write(1), lambda s, f=write_y: f(s, 1)), (read_y, read_x)], None)

    def load_buffering(read, write): return lambda s: (read(s), write(s, 1))[0]
    add(f"{place}: loads before stores", new, [load_buffering(read_x, write_y), load_buffering(read_y, write_x)], None,
        {(0, 0), (0, 1), (1, 0)})

    # No promise is made here: both may miss the other's store.
    def store_buffering(write, read): return lambda s: (write(s, 1), read(s))[1]
    add(f"{place}: stores before loads", new, [store_buffering(write_x, read_y), store_buffering(write_y, read_x)], None,
        {(0, 0), (0, 1), (1, 0), (1, 1)}, {(0, 0)})

    # By way of a third: what it read of one is seen by who reads of it.
    def relay(s, x=read_x, y=write_y):
        if x(s):
            y(s, 1)
            return True

    add(f"{place}: message by a third", new, [write(1), relay, (read_y, read_x)], None,
        lambda a, b, c: c != (1, 0) and (c[0] == 0 or b is True))

row("x += 1 is several operations: not atomic, with or without the GIL")


@litmus
class add_to_an_attribute:
    def new(): return Attributes()
    def a(o): o.x += 1
    def b(o): o.x += 1
    def end(o): return o.x
    allowed = {(None, None, 1), (None, None, 2)}
    interesting = {(None, None, 1)}


row("adding different attributes to one object from two threads loses none")


class Empty:
    pass


@litmus
class add_attributes:
    def new(): return Empty()
    def a(o): o.a = 1; o.b = 2
    def b(o): o.c = 3; o.d = 4
    def c(o): o.b2 = 5; return o.b2
    def end(o): return sorted(vars(o).items())
    allowed = {(None, None, 5, (("a", 1), ("b", 2), ("b2", 5), ("c", 3), ("d", 4)))}


@litmus
class add_and_delete_attributes:
    def new():
        o = Empty()
        o.old = 0
        return o
    def a(o): o.a = 1; o.b = 2
    def b(o): del o.old
    def c(o): return o.__dict__.get("a", "none")
    def end(o): return sorted(vars(o).items())
    allowed = {(None, None, c, (("a", 1), ("b", 2))) for c in (1, "none")}


@litmus
class add_attributes_and_write_the_dict:
    def new(): return Empty()
    def a(o): o.a = 1
    def b(o): vars(o)["b"] = 2
    def c(o): o.c = 3
    def end(o): return sorted(vars(o).items()), o.a, o.b, o.c
    allowed = {(None, None, None, ((("a", 1), ("b", 2), ("c", 3)), 1, 2, 3))}


@litmus
class replace_the_dict:
    def new(): return Empty()
    def a(o): o.__dict__ = {"a": 1}
    def b(o): o.b = 2
    def end(o): return sorted(vars(o).items())
    allowed = {(None, None, (("a", 1),)), (None, None, (("a", 1), ("b", 2)))}


if __name__ == "__main__":
    main()
