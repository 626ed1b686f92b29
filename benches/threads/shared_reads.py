"""All threads read one shared dictionary and one shared list."""

from _work import main

table = {f"key{i}": i for i in range(1000)}
keys = list(table)


def work(size, thread):
    for _ in range(size):
        total = 0
        for key in keys:
            total += table[key]
        for i in range(0, 1000):
            total += table[keys[i]]
        assert total == 999_000


main(work, 5000)
