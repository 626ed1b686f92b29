"""Special methods of Python classes run in the loop of their caller, and behave as everywhere else."""

import sys
import threading


class Box:
    def __getitem__(self, key):
        if key == "raise":
            raise KeyError(key)
        if key == "deep":
            return self[key]
        return key, sys._getframe(1).f_code.co_name

    def __call__(self, *args, **kwargs):
        return args, kwargs


class Child(Box):
    def __call__(self, a, b=2):
        if a == "deep":
            return self(a)
        return a, b


def read(box, key):
    return box[key]


def small(box):
    return box[0], box[-1]


box, child = Box(), Child()
for _ in range(3):
    assert read(box, 5) == (5, "read")
    assert small(child) == ((0, "small"), (-1, "small"))
    assert box(1, 2, k=3) == ((1, 2), {"k": 3})
    assert box() == ((), {}) and child(1) == (1, 2) and child(1, 5) == (1, 5)
    assert child(a=7) == (7, 2)

# Errors come to the caller, and both run into the recursion limit.
for broken, error in (
    (lambda: read(box, "raise"), KeyError),
    (lambda: read(box, "deep"), RecursionError),
    (lambda: child("deep"), RecursionError),
    (lambda: child(), TypeError),
    (lambda: child(1, 2, 3), TypeError),
):
    try:
        broken()
    except error as e:
        assert e.__traceback__.tb_frame.f_code.co_name == "<module>", e
    else:
        raise AssertionError(error)

# What the class defines now counts, not what it had.
Box.__getitem__ = lambda self, key: "new"
assert read(box, 1) == "new" and read(child, 1) == "new"
Child.__getitem__ = None
try:
    read(child, 1)
except TypeError:
    pass
else:
    raise AssertionError("no error")
del Child.__getitem__
Child.__call__ = lambda self: "called"
assert child() == "called"
# An attribute of the instance does not.
child.__call__ = lambda: "instance"
assert child() == "called"
# Static and class methods, and callables of other kinds.
Child.__call__ = staticmethod(lambda: "static")
assert child() == "static"
Child.__call__ = classmethod(lambda cls: cls.__name__)
assert child() == "Child"
Child.__call__ = Box()
assert child(4) == ((4,), {})
del Child.__call__
assert child(4) == ((4,), {})


class Twice:
    def __call__(self, x):
        return x * 2


class Ints:
    def __getitem__(self, i):
        return i + 1


twice, ints = Twice(), Ints()


def numbers():
    for i in range(3):
        yield twice(i) + read(ints, i) + ints[i]


assert list(numbers()) == [2, 6, 10]
assert [twice(i) for i in range(3)] == [0, 2, 4]


# Threads that call while the class changes see the old or the new method.
class Changing:
    def __getitem__(self, i):
        return "old"

    def __call__(self):
        return "old"


shared, seen, done = Changing(), set(), threading.Event()


def look():
    mine = set()
    while not done.is_set():
        mine.add(shared[0])
        mine.add(shared())
    seen.update(mine)


threads = [threading.Thread(target=look) for _ in range(2)]
for thread in threads:
    thread.start()
for i in range(200):
    Changing.__getitem__ = lambda self, i, text=("old", "new")[i % 2]: text
    Changing.__call__ = lambda self, text=("old", "new")[i % 2]: text
done.set()
for thread in threads:
    thread.join()
assert seen <= {"old", "new"}, seen
