"""All threads append to one list."""

from _work import main

items = []


def work(size, thread):
    for _ in range(size):
        append = items.append
        for i in range(1000):
            append(i)
        if len(items) > 500_000:
            items.clear()


main(work, 15_000)
