"""All threads get one value of one shared dictionary by its method, and one item of one shared object."""

from _work import main

shared = {"key": 3, "other": 4}


class Box:
    value = 5


box = Box()


def work(size, thread):
    for _ in range(size):
        total = 0
        for _ in range(1000):
            total += shared.get("key") + shared.get("none", 1) + box.value
        assert total == 9000


main(work, 4000)
