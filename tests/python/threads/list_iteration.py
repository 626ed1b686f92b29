"""Row: iterating a list while others change it never fails and sees each index as it is then."""

from _stress import rounds, together, while_others_run

items = list(range(100))
N = rounds(5000)


def change():
    for i in range(N):
        items.append(1000 + i)
        items.pop(0)
        if i % 100 == 0:
            items.extend(range(2000, 2010))
            del items[:10]


def iterate():
    for item in items:
        assert 0 <= item < 1000 + N or 2000 <= item < 2010
    for i, item in enumerate(items):
        assert item >= 0
    for item in reversed(items):
        assert item >= 0
    [x for x in items]
    tuple(items)
    assert sum(items) >= 0 and max(items, default=0) >= 0 and min(items, default=0) >= 0


while_others_run(change, iterate, iterate)


# A list that shrinks and grows under a running iterator.
def shrink():
    for _ in range(N):
        items.clear()
        items.extend((1, 2, 3))


def check():
    for item in items:
        assert item in (1, 2, 3)


items[:] = [1, 2, 3]
while_others_run(shrink, check, check)
