"""Raising and catching; try where nothing is raised; with statements."""

import sys


class Own(Exception):
    pass


def raises(i):
    if i % 2:
        raise Own(i)
    raise ValueError("even")


def deep(n):
    if n == 0:
        raise KeyError("deep")
    deep(n - 1)


class Manager:
    def __enter__(self):
        return self

    def __exit__(self, *args):
        return False


def run(n):
    total = 0
    d = {}
    for i in range(n):
        try:
            raises(i)
        except Own as error:
            total += error.args[0]
        except ValueError:
            total += 1
        try:
            d[i]
        except KeyError:
            total += 1
        try:
            total += 1
        finally:
            total -= 1
        with Manager():
            total += 1
        if i % 50 == 0:
            try:
                deep(20)
            except KeyError:
                pass
    return total


size = int(sys.argv[1]) if len(sys.argv) > 1 else 35
for _ in range(size):
    run(40_000)
