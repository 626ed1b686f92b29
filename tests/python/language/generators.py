"""Generators: send, throw, close, yield from, state, return values."""

import gc
import weakref


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def echo():
    received = []
    while True:
        try:
            received.append((yield len(received)))
        except ValueError as error:
            received.append(str(error))
        if received[-1] == "stop":
            return received


g = echo()
assert next(g) == 0 and g.send("a") == 1 and g.throw(ValueError("v")) == 2 and next(g) == 3
try:
    g.send("stop")
except StopIteration as stop:
    assert stop.value == ["a", "v", None, "stop"]
assert message(StopIteration, lambda: next(g)) == "" and next(g, "end") == "end"
assert message(TypeError, lambda: echo().send(1)) == "can't send non-None value to a just-started generator"

# throw into one that has not started, and into one that is done.
g = echo()
assert message(KeyError, lambda: g.throw(KeyError("early"))) == "'early'"
assert message(StopIteration, lambda: next(g)) == ""
assert message(KeyError, lambda: g.throw(KeyError("late"))) == "'late'"
assert message(TypeError, lambda: echo().throw(1)) == (
    "exceptions must be classes or instances deriving from BaseException, not int"
)


# close
log = []


def closing():
    try:
        yield 1
    finally:
        log.append("finally")


g = closing()
next(g)
assert g.close() is None and log == ["finally"]
assert g.close() is None and closing().close() is None and log == ["finally"]


def stubborn():
    try:
        yield 1
    except GeneratorExit:
        yield 2


g = stubborn()
next(g)
assert message(RuntimeError, g.close) == "generator ignored GeneratorExit"


def returns_on_close():
    try:
        yield 1
    except GeneratorExit:
        return "value"


g = returns_on_close()
next(g)
assert g.close() == "value"


# StopIteration inside becomes RuntimeError.
def leaks():
    yield 1
    next(iter([]))


g = leaks()
next(g)
try:
    next(g)
except RuntimeError as error:
    assert str(error) == "generator raised StopIteration" and isinstance(error.__cause__, StopIteration)
else:
    raise AssertionError


# yield from: values, sends, throws and closes go through.
def inner():
    got = []
    try:
        while True:
            got.append((yield len(got)))
            if got[-1] == "done":
                return got
    except KeyError:
        yield "caught"
        return "after"
    finally:
        log.append("inner closed")


def outer():
    result = yield from inner()
    yield result


log.clear()
g = outer()
assert next(g) == 0 and g.send("x") == 1 and g.send("done") == ["x", "done"]
g = outer()
next(g)
assert g.throw(KeyError) == "caught" and next(g) == "after"
g = outer()
next(g)
log.clear()
g.close()
assert log == ["inner closed"]
assert list((lambda: (yield from "abc"))()) == ["a", "b", "c"]


def deep(n):
    if n:
        yield from deep(n - 1)
    yield n


assert list(deep(100)) == list(range(101))


def not_generator():
    yield from 1


assert message(TypeError, lambda: next(not_generator())) == "'int' object is not iterable"
assert message(AttributeError, lambda: [*map(lambda g: (next(g), g.send(1)), [(lambda: (yield from iter([1, 2])))()])]) == (
    "'list_iterator' object has no attribute 'send'"
)


# A generator that runs cannot be entered.
def reenters():
    yield message(ValueError, lambda: next(me))


me = reenters()
assert next(me) == "generator already executing"

# Attributes.
g = echo()
assert g.gi_running is False and g.gi_frame is not None and g.gi_yieldfrom is None and g.gi_suspended is False
assert g.__name__ == "echo" and g.__qualname__ == "echo" and g.gi_code is echo.__code__
next(g)
assert g.gi_suspended is True
g.close()
assert g.gi_frame is None
assert repr(g).startswith("<generator object echo at 0x") and type(g).__name__ == "generator"
g = outer()
next(g)
assert g.gi_yieldfrom.__name__ == "inner"


# Exceptions being handled are each generator's own.
def handling():
    try:
        raise ValueError("inside")
    except ValueError:
        yield 1
        try:
            raise
        except ValueError as error:
            yield str(error)


g = handling()
try:
    raise KeyError("outside")
except KeyError:
    next(g)
    try:
        raise
    except KeyError as error:
        assert str(error) == "'outside'"
assert next(g) == "inside"


# Parameters, closures, recursion, expressions.
def permutations(items):
    if not items:
        yield ()
    for i in range(len(items)):
        for rest in permutations(items[:i] + items[i + 1:]):
            yield (items[i], *rest)


assert len(list(permutations([1, 2, 3, 4]))) == 24


def expressions():
    x = (yield 1) + (yield 2)
    y = [(yield x), (yield)]
    return y


g = expressions()
assert (next(g), g.send(10), g.send(5), g.send("a")) == (1, 2, 15, None)
assert message(StopIteration, lambda: g.send("b")) == "['a', 'b']"
assert list(zip(range(3), iter(lambda c=iter("abc"): next(c), "c"))) == [(0, "a"), (1, "b")]


def infinite():
    n = 0
    while True:
        yield n
        n += 1


total = 0
for n in infinite():
    if n > 10000:
        break
    total += n
assert total == 50005000

# Many at once.
many = [infinite() for _ in range(1000)]
for _ in range(3):
    values = [next(g) for g in many]
assert values == [2] * 1000


def finally_yields():
    try:
        yield 1
    finally:
        yield 2


assert list(finally_yields()) == [1, 2]


def in_with():
    class Manager:
        def __enter__(self):
            log.append("enter")

        def __exit__(self, *args):
            log.append(args[0].__name__ if args[0] else None)

    with Manager():
        yield 1


log.clear()
g = in_with()
next(g)
g.close()
assert log == ["enter", "GeneratorExit"]


# A generator that waits keeps alive what its variables name, not what it has yielded or called with.
class Thing:
    pass


def same(x):
    return x


def new_things():
    for _ in range(3):
        yield Thing()


def popped():
    things = [Thing() for _ in range(3)]
    while things:
        yield same(same(things.pop()))


def delegating():
    yield from popped()


def called_with():
    for _ in range(3):
        yield weakref.ref(same(Thing()))


def in_expression():
    for _ in range(3):
        [1, (yield Thing()), 2]


def unnamed_after_yield(make):
    gone = []
    for thing in make():
        r = thing if type(thing) is weakref.ref else weakref.ref(thing)
        del thing
        gc.collect()
        gone.append(r() is None)
    return gone


for make in new_things, popped, delegating, called_with, in_expression, lambda: (Thing() for _ in range(3)):
    assert unnamed_after_yield(make) == [True] * 3, make


# What a coroutine waits with.
class Wait:
    def __await__(self):
        yield Thing()
        return 3


async def waiting():
    return [1, await same(Wait()), 2]


c = waiting()
r = weakref.ref(c.send(None))
gc.collect()
assert r() is None
try:
    c.send(None)
except StopIteration as e:
    assert e.value == [1, 3, 2]
