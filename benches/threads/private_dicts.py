"""Private dictionaries."""

from _work import main


def work(size, thread):
    for _ in range(size):
        d = {}
        for i in range(20_000):
            key = i * 7919 % 1009
            d[key] = d.get(key, 0) + 1
        for i in range(20_000):
            assert d[i % 1009] > 0


main(work, 150)
