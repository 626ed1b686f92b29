"""All threads call one closure, which reads the variables that it captured."""

from _work import main


def outer():
    a, b, table = 3, 4, (1, 2, 3, 4)

    def inner(x):
        return a * x + b + table[x & 3]

    return inner


shared = outer()


def work(size, thread):
    for _ in range(size):
        total = 0
        for i in range(1000):
            total += shared(i)
        assert total == 1_505_000, total


main(work, 5000)
