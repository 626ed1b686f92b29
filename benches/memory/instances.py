"""1,000,000 small instances in a list."""

from _measure import measure


class Point:
    def __init__(self, x, y):
        self.x = x
        self.y = y


measure(lambda n: [Point(i, None) for i in range(n)])
