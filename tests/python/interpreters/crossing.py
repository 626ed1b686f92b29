"""What passes between interpreters, and how: as it is, by its code, by its pickle, or not at all."""

import sys
from concurrent import interpreters
from concurrent.interpreters import NotShareableError

import _interpqueues as low
import concurrent.interpreters._queues

there = low.create(0, 3, 1)
plain = low.create(0, 3, 0)


def trip(v, queue=there):
    low.put(queue, v)
    return low.get(queue)[0]


def refused(v, cause=None, queue=there):
    try:
        low.put(queue, v)
    except NotShareableError as error:
        assert str(error) == f"{v!r} does not support cross-interpreter data", str(error)
        assert type(error.__cause__) is (cause or type(None)), repr(error.__cause__)
    else:
        raise AssertionError(f"{v!r} passed")


# By type, without a fallback.
for v in (None, True, 0, -1, sys.maxsize, -sys.maxsize - 1, 1.5, float("inf"), "", "text", "\ud800", b"", b"bytes",
          (), (1, ("a", (None,)))):
    got = trip(v, plain)
    assert type(got) is type(v) and got == v and interpreters.is_shareable(v)
assert trip((float("nan"),), plain)[0] != 0
refused(2**63, OverflowError, plain)
refused((1, 2**63), NotShareableError, plain)
for v in (..., NotImplemented, 1j, [], {}, {1}, frozenset(), bytearray(), range(3), object, object(), sys, len, (lambda: 1)):
    assert not interpreters.is_shareable(v)
    refused(v, None, plain)
refused((1, (2, [])), NotShareableError, plain)
assert interpreters.is_shareable((object(),)) and interpreters.is_shareable(2**63)


class Text(str):
    pass


assert not interpreters.is_shareable(Text("x"))
got = trip(Text("x"))
assert type(got) is Text and got == "x"

# With the full fallback.
for v in (2**1000, 1j, ..., [1, [2]], {"a": (1, [2])}, {1}, frozenset({2}), bytearray(b"x"), range(3), len, int, (1, [2])):
    got = trip(v)
    assert type(got) is type(v) and got == v
mutable = [1]
assert trip(mutable) is not mutable and trip((mutable, mutable))[0] is not mutable
refused(sys)
refused((1, sys), NotShareableError)


class NoPickle:
    def __reduce__(self):
        raise ZeroDivisionError


class NoUnpickle:
    def __reduce__(self):
        return int, ("no number",)


refused(NoPickle())
low.put(there, NoUnpickle())
try:
    low.get(there)
except NotShareableError as error:
    assert str(error) == "object could not be unpickled" and type(error.__cause__) is ValueError
else:
    raise AssertionError
assert low.get_count(there) == 0

# Deep, but not endless.
deep = ()
for _ in range(5000):
    deep = (deep,)
got = trip(deep)
for _ in range(5000):
    (got,) = got
assert got == ()


# Functions without state pass by their code, others by their name.
def stateless(a: int):
    "The docstring."
    return len((a,))


def with_default(a=1):
    return a


def with_global():
    return stateless


def outer():
    def inner(x):
        return x + 1

    def closure():
        return inner

    return inner, closure


got = trip(stateless)
assert got is not stateless and got.__code__ == stateless.__code__ and got(2) == 1
assert (got.__name__, got.__doc__, got.__module__) == ("stateless", "The docstring.", "__main__")
assert trip(with_default) is with_default and trip(with_global) is with_global
assert trip(outer()[0])(3) == 4 and trip((outer()[0],))[0](3) == 4
assert trip(lambda x: x * 2)(4) == 8
refused(outer()[1])
refused(stateless.__code__)

# Memory is shared.
data = bytearray(b"hello world")
view = memoryview(data)
got = trip(view)
assert got.tobytes() == b"hello world" and not got.readonly and got.format == "B"
assert type(got.obj).__name__ == "CrossInterpreterBufferView"
got[0] = ord("J")
assert data[:5] == b"Jello"
assert trip(view[::2]).tolist() == list(data[::2]) and trip(view[::2]).strides == (2,)
assert trip(view[1:7].cast("H")).format == "H"
assert trip(memoryview(b"constant")).readonly
low.put(there, view)
try:
    data.append(1)
except BufferError:
    pass
else:
    raise AssertionError("the memory moved under a view")
assert low.get(there)[0].tobytes() == bytes(data)
released = memoryview(b"x")
released.release()
refused(released, ValueError)

# Instances of the script's classes, in an interpreter whose __main__ has them not, and in one that has.
if __name__ == "<fake __main__>":
    inside = True


class Point:
    def __init__(self, x):
        self.x = x


if __name__ == "__main__":
    interp = interpreters.create()
    queue = concurrent.interpreters._queues.Queue(there)
    back = interpreters.create_queue()
    interp.prepare_main(queue=queue, back=back)
    queue.put(Point(3))
    queue.put(Point(4))
    queue.put(Point(5))
    interp.exec("""if True:
        a, b = queue.get(), queue.get()
        back.put((a.x, b.x, type(a) is type(b), type(a).__module__))
        class Point:
            pass
        back.put(type(queue.get()) is Point)
    """)
    assert back.get() == (3, 4, True, "<fake __main__>")
    assert back.get() is True
    interp.close()
