"""All threads call methods of one shared object, which reads its attributes."""

from _work import main


class Shared:
    def __init__(self):
        self.a, self.b = 3, 4
        self.other = self

    def length(self):
        return self.a * self.a + self.b * self.b

    def twice(self, x):
        return self.other.length() + x


shared = Shared()


def work(size, thread):
    for _ in range(size):
        total = 0
        for i in range(1000):
            total += shared.twice(i)
        assert total == 524_500


main(work, 5000)
