"""Row: a list looks empty while it is sorted; an append meanwhile raises ValueError in the sorter."""

from _stress import rounds, together
import threading

# In one thread, from the key function.
items = list(range(20, 0, -1))
seen = []


def key(x):
    seen.append((len(items), list(items)))
    return x


items.sort(key=key)
assert items == list(range(1, 21)) and all(look == (0, []) for look in seen)


def touching(x):
    if x == 5:
        items.append("extra")
    return x


try:
    items.sort(key=touching)
except ValueError as error:
    assert str(error) == "list modified during sort"
else:
    raise AssertionError

# Two threads, in step: the other looks and appends while the key function waits.
items = [3, 1, 2]
inside, go_on = threading.Event(), threading.Event()


def waits(x):
    inside.set()
    go_on.wait()
    return x


def sorter():
    try:
        items.sort(key=waits)
    except ValueError as error:
        return str(error)


def appender():
    inside.wait()
    look = items[:]
    items.append("lost")
    go_on.set()
    return look


assert together(sorter, appender) == ["list modified during sort", []]
assert items == [1, 2, 3]

# At full speed: the elements are kept, in order if nothing came between.
N = rounds(300)
items = list(range(100))


def sort():
    failed = 0
    for i in range(N):
        try:
            items.sort(reverse=i % 2)
        except ValueError as error:
            assert str(error) == "list modified during sort"
            failed += 1
    return failed


def read():
    for _ in range(N * 5):
        look = list(items)
        assert look in ([], list(range(100)), list(range(99, -1, -1))), look
        try:
            assert 0 <= items[50] < 100
        except IndexError:
            pass


together(sort, read)
assert sorted(items) == list(range(100))

items = list(range(50))


def append():
    for i in range(N):
        items.append(i)


together(sort, append)
assert set(items) >= set(range(50)) and len(items) <= 50 + N
