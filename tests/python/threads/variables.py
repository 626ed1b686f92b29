"""Row: read or write of a variable, global, attribute, slot, cell."""

from _stress import rounds, together, while_others_run

N = rounds(20_000)


class Plain:
    pass


class Slots:
    __slots__ = ("value",)


shared = ("a", "a")
plain, slots = Plain(), Slots()
plain.value = slots.value = shared
# Values of every representation: small and big integers, floats of all tags and boxed, pointers, specials.
VALUES = [0, -1, 2**61, -(2**61), 2**62, 2**80, 1.5, -2.75, 0.0, 1e300, 5e-324, float("inf"), None, True, "text", ("t",)]
EXPECTED = {(type(v), v) for v in VALUES}


def cells():
    value = VALUES[0]

    def write():
        nonlocal value
        for i in range(N):
            value = VALUES[i % len(VALUES)]

    def read():
        for _ in range(N):
            v = value
            assert (type(v), v) in EXPECTED, v

    return write, read


def write_global():
    global shared
    for i in range(N):
        shared = VALUES[i % len(VALUES)]


def read_global():
    for _ in range(N):
        v = shared
        assert (type(v), v) in EXPECTED or v == ("a", "a"), v


def write_attributes():
    for i in range(N):
        v = VALUES[i % len(VALUES)]
        plain.value = v
        slots.value = v


def read_attributes():
    for _ in range(N):
        for v in (plain.value, slots.value):
            assert (type(v), v) in EXPECTED or v == ("a", "a"), v


together(*cells(), write_global, read_global, write_attributes, read_attributes)

# What a thread stored last before it ended is what is there, or what another stored last.
last = {}


def last_store(name):
    def write():
        for i in range(N):
            plain.last = (name, i)
    return write


together(last_store("x"), last_store("y"))
assert plain.last in (("x", N - 1), ("y", N - 1))


# A reader never goes back: it sees what was stored, or newer.
class Counter:
    n = 0


def count():
    for i in range(N):
        Counter.n = i
        plain.n = i


plain.n = 0


def watch():
    a = b = 0
    for _ in range(N):
        new_a, new_b = Counter.n, plain.n
        assert new_a >= a and new_b >= b
        a, b = new_a, new_b


together(count, watch, watch)
