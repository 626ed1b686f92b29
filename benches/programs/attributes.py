"""Reading and storing attributes; calling methods, inherited ones and properties too."""

import sys


class Point:
    scale = 2

    def __init__(self, x, y):
        self.x = x
        self.y = y

    def move(self, dx, dy):
        self.x += dx
        self.y += dy
        return self

    def length(self):
        return self.x * self.x + self.y * self.y

    @property
    def double(self):
        return self.x * self.scale

    @classmethod
    def origin(cls):
        return cls(0, 0)

    @staticmethod
    def add(a, b):
        return a + b


class Point3(Point):
    def __init__(self, x, y, z):
        super().__init__(x, y)
        self.z = z

    def length(self):
        return super().length() + self.z * self.z


class Slots:
    __slots__ = ("a", "b")

    def __init__(self):
        self.a = 0
        self.b = 1

    def step(self):
        self.a, self.b = self.b, self.a + 1


def run(n):
    points = [Point(1, 2), Point3(1, 2, 3), Point(3, 4)]
    slots = Slots()
    total = 0
    for i in range(n):
        p = points[i % 3]
        p.move(1, -1)
        total += p.length() & 15
        total += p.double & 3
        total += Point.add(p.x, p.scale) & 7
        slots.step()
        total += slots.a & 1
    return total


def read_only(n):
    p = Point(1, 2)
    total = 0
    for _ in range(n):
        total += p.x + p.y + p.x + p.y + p.scale
    return total


size = int(sys.argv[1]) if len(sys.argv) > 1 else 40
for _ in range(size):
    run(40_000)
    assert read_only(60_000) == 480_000
