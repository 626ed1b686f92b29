"""Row: class creation, method tables, `__class__` assignment, `type.__setattr__` are seen whole, never stale."""

from _stress import rounds, together, while_others_run

N = rounds(3000)


class C:
    def version(self):
        return 0


class Sub(C):
    pass


published = 0


def change():
    global published
    for i in range(1, N):
        C.version = lambda self, i=i: i
        published = i


def call():
    o, s = C(), Sub()
    for _ in range(N):
        least = published
        # A store that has returned is seen by every later call, through every cache.
        assert o.version() >= least and s.version() >= least and super(Sub, s).version() >= least


together(change, call, call)


# A special method that comes and goes is there or not, never another.
class Has:
    def __len__(self):
        return 5

    extra = property(lambda self: "property")


def toggle():
    for _ in range(N):
        del Has.__len__
        Has.__len__ = lambda self: 7


def use():
    h = Has()
    try:
        assert len(h) in (5, 7)
    except TypeError as error:
        assert str(error) == "object of type 'Has' has no len()"


while_others_run(toggle, use, use)


# __class__ assignment: the methods of the one or the other.
class A:
    name = "A"

    def pair(self):
        return ("A", "A")


class B:
    name = "B"

    def pair(self):
        return ("B", "B")


o = A()
o.kept = "kept"


def switch():
    for _ in range(N):
        o.__class__ = B
        o.__class__ = A


def look():
    assert o.pair() in (("A", "A"), ("B", "B")) and o.name in "AB" and o.kept == "kept"
    assert type(o) in (A, B) and isinstance(o, (A, B))


while_others_run(switch, look, look)


# Classes made by many threads at once, of one base.
class Base:
    registry = []

    def __init_subclass__(cls):
        Base.registry.append(cls)


def make(t):
    def run():
        for i in range(rounds(100)):
            cls = type(f"T{t}_{i}", (Base,), {"value": (t, i)})
            assert cls().value == (t, i) and issubclass(cls, Base)
            Base.shared = i
            assert cls.shared >= 0
    return run


together(*(make(t) for t in range(3)))
assert len(Base.registry) == len(set(Base.registry)) == 3 * rounds(100)
assert set(Base.registry) == set(Base.__subclasses__())


# Bases exchanged while methods are called.
class Left:
    def side(self):
        return "left"


class Right:
    def side(self):
        return "right"


class Hangs(Left):
    pass


def exchange():
    for _ in range(N // 10):
        Hangs.__bases__ = (Right,)
        Hangs.__bases__ = (Left,)


h = Hangs()


def ask():
    assert h.side() in ("left", "right")


while_others_run(exchange, ask, ask)
