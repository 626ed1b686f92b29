"""Row: one runs a generator; the other gets `ValueError: generator already executing`."""

import threading

from _stress import rounds, together


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


inside, go_on = threading.Event(), threading.Event()


def generator():
    inside.set()
    go_on.wait()
    yield "value"


g = generator()


def first():
    return next(g)


def second():
    inside.wait()
    said = [message(ValueError, lambda: next(g)), message(ValueError, lambda: g.send(None)), message(ValueError, g.close)]
    said.append(message(ValueError, lambda: g.throw(KeyError)))
    go_on.set()
    return said


assert together(first, second) == ["value", ["generator already executing"] * 4]

# The same of a coroutine.
inside.clear()
go_on.clear()


async def coroutine():
    inside.set()
    go_on.wait()


c = coroutine()


def run():
    return message(StopIteration, lambda: c.send(None))


def disturb():
    inside.wait()
    said = message(ValueError, lambda: c.send(None))
    go_on.set()
    return said


assert together(run, disturb) == ["", "coroutine already executing"]

# At full speed: each value to one caller, in order.
N = rounds(5000)


def numbers():
    for i in range(N):
        yield i


g = numbers()


def take():
    got = []
    while True:
        try:
            got.append(next(g))
        except ValueError as error:
            assert str(error) == "generator already executing"
        except StopIteration:
            return got


parts = together(take, take, take)
assert all(part == sorted(part) for part in parts)
assert sorted(x for part in parts for x in part) == list(range(N))
