class A:
    x = 1

    def __init__(self, v):
        self.v = v

    def get(self):
        return self.v

    @property
    def twice(self):
        return self.v * 2

    @classmethod
    def make(cls, v):
        return cls(v)

    def __add__(self, other):
        return A(self.v + other.v)

    def __repr__(self):
        return f"A({self.v!r})"


class B(A):
    def __init__(self, v):
        super().__init__(v + 1)

    def get(self):
        return super().get() * 10


for i in range(50):
    a, b = A(i), B.make(i)
    assert a.get() == i and b.get() == (i + 1) * 10 and b.twice == 2 * i + 2
assert repr(A(1) + A(2)) == "A(3)" and isinstance(b, A) and A.x == 1
A.x = 5
assert b.x == 5
b.x = 6
assert (A.x, b.x) == (5, 6)
del b.x
assert b.x == 5
assert b.__dict__ == {"v": 50}


def read(o):
    return o.v


o = A(3)
for _ in range(20):
    assert read(o) == 3
A.v = property(lambda self: "descriptor")
assert read(o) == "descriptor"
del A.v
assert read(o) == 3


class Slots:
    __slots__ = ("p", "q")


s = Slots()
s.p = 1
assert s.p == 1
try:
    s.r = 2
except AttributeError:
    pass
else:
    assert False
m = o.get
assert m() == 3
A.get = lambda self: "new"
assert o.get() == "new" and m() == 3
