class Vector:
    def __init__(self, x, y):
        self.x, self.y = x, y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __rmul__(self, k):
        return Vector(k * self.x, k * self.y)

    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)

    def __len__(self):
        return 2

    def __getitem__(self, i):
        return (self.x, self.y)[i]

    def __call__(self, k):
        return k * self.x

    def __bool__(self):
        return bool(self.x or self.y)

    def __str__(self):
        return f"<{self.x}, {self.y}>"

    def __contains__(self, value):
        return value in (self.x, self.y)


v = Vector(1, 2)
print(v + v, 3 * v, v == Vector(1, 2), len(v), v[1], v(10), bool(Vector(0, 0)), 2 in v)
print(list(v), *v)
