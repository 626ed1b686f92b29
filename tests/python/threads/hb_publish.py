"""Happens-before: a store of a reference → a load that reads it. Publishing through a variable is safe."""

from _stress import rounds, while_others_run


class Box:
    __slots__ = ("a", "b", "rest")


class Plain:
    pass


published = attribute_holder = None
cell_list, cell_dict = [None], {"k": None}
N = rounds(2000)


def make(i):
    box = Box()
    box.a = i
    box.b = [i, str(i)]
    box.rest = {"i": i, "t": (i, (i,))}
    plain = Plain()
    plain.x, plain.box = i, box
    return plain


def publish():
    global published
    for i in range(N):
        new = make(i)
        published = new
        cell_list[0] = make(i)
        cell_dict["k"] = make(i)


def check(plain):
    if plain is not None:
        i = plain.x
        box = plain.box
        assert box.a == i and box.b == [i, str(i)] and box.rest == {"i": i, "t": (i, (i,))}


def read():
    check(published)
    check(cell_list[0])
    check(cell_dict["k"])


while_others_run(publish, read, read)
