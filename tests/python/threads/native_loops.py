"""Loops in native code over shared containers: no crash, and each element as one access gives it."""

from functools import reduce

from _stress import rounds, while_others_run

d = {i: i for i in range(100)}
items = list(range(100))
N = rounds(2000)


def change():
    for i in range(N):
        d[100 + i % 50] = i
        d.pop(100 + i * 3 % 50, None)
        items.append(i)
        items.pop(0)


def tolerant(f):
    try:
        return f()
    except RuntimeError as error:
        assert "changed" in str(error) or "mutated" in str(error), error
    except KeyError:
        pass


def loops():
    for f in (
        lambda: sum(d.values()), lambda: dict(zip(d, d.values())), lambda: list(d.items()), lambda: max(d),
        lambda: sorted(d), lambda: reduce(lambda a, b: a + b, items), lambda: sum(items), lambda: set(items),
        lambda: "".join(map(str, items)), lambda: tuple(d.items()), lambda: any(x < 0 for x in items),
        lambda: list(map(d.get, items)), lambda: dict.fromkeys(items), lambda: [*d, *items], lambda: bytes(x % 256 for x in items),
        lambda: str(items), lambda: repr(d), lambda: "%s" % (items,), lambda: sorted(items, key=lambda x: -x),
        lambda: list(zip(items, items)), lambda: list(enumerate(items)), lambda: frozenset(d), lambda: {**d},
    ):
        result = tolerant(f)
    assert result is None or all(key == 0 or key > -1 for key in result)


while_others_run(change, loops, loops)
