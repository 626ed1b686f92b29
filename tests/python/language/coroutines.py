"""`async def`, `await`, `async for`, `async with`, asynchronous generators, driven by hand."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


class Pause:
    def __init__(self, value=None):
        self.value = value

    def __await__(self):
        return (yield self.value)


def run(coroutine):
    """Sends back what is yielded, until the end."""
    value = None
    try:
        while True:
            value = coroutine.send(value)
    except StopIteration as stop:
        return stop.value


async def add(a, b):
    return await Pause(a) + await Pause(b)


assert run(add(1, 2)) == 3
c = add(1, 2)
assert c.send(None) == 1 and c.send(10) == 2 and type(c).__name__ == "coroutine"
assert c.cr_await is not None and c.cr_running is False and c.cr_frame is not None and c.__name__ == "add"
assert message(StopIteration, lambda: c.send(5)) == "15"
assert message(RuntimeError, lambda: c.send(None)) == "cannot reuse already awaited coroutine"
c = add(1, 2)
assert message(TypeError, lambda: iter(c)) == "'coroutine' object is not iterable"
assert message(TypeError, lambda: c.send(1)) == "can't send non-None value to a just-started coroutine"
c.close()


async def bad():
    await 5


assert message(TypeError, lambda: run(bad())) == "'int' object can't be awaited"


async def thrown():
    try:
        await Pause(1)
    except ValueError as error:
        return f"caught {error}"
    finally:
        log.append("finally")


log = []
c = thrown()
c.send(None)
assert message(StopIteration, lambda: c.throw(ValueError("x"))) == "caught x" and log == ["finally"]
c = thrown()
c.send(None)
c.close()
assert log == ["finally"] * 2


# async with
class Manager:
    def __init__(self, name, swallow=False):
        self.name, self.swallow = name, swallow

    async def __aenter__(self):
        await Pause()
        log.append(("enter", self.name))
        return self

    async def __aexit__(self, kind, value, traceback):
        await Pause()
        log.append(("exit", self.name, kind))
        return self.swallow


async def managed():
    async with Manager("a") as a, Manager("b", swallow=True):
        assert a.name == "a"
        raise KeyError("swallowed")
    async with (
        Manager("c"),
        Manager("d") as d,
    ):
        return d.name


log.clear()
assert run(managed()) == "d"
assert log == [
    ("enter", "a"), ("enter", "b"), ("exit", "b", KeyError), ("exit", "a", None),
    ("enter", "c"), ("enter", "d"), ("exit", "d", None), ("exit", "c", None),
]


async def no_manager():
    async with 1:
        pass


assert message(TypeError, lambda: run(no_manager())).startswith(
    "'int' object does not support the asynchronous context manager protocol"
)


# async for
class Count:
    def __init__(self, n):
        self.n, self.i = n, 0

    def __aiter__(self):
        return self

    async def __anext__(self):
        await Pause()
        if self.i == self.n:
            raise StopAsyncIteration
        self.i += 1
        return self.i


async def loop():
    seen = []
    async for i in Count(5):
        if i == 2:
            continue
        if i == 4:
            break
        seen.append(i)
    else:
        seen.append("not reached")
    async for i in Count(1):
        seen.append(i)
    else:
        seen.append("else")
    return seen


assert run(loop()) == [1, 3, 1, "else"]


async def no_iterator():
    async for x in [1]:
        pass


assert message(TypeError, lambda: run(no_iterator())) == (
    "'async for' requires an object with __aiter__ method, got list"
)


# Asynchronous generators.
async def agen(n):
    for i in range(n):
        await Pause()
        got = yield i
        if got:
            log.append(got)


async def use():
    values = [x async for x in agen(3)]
    g = agen(3)
    first = await g.asend(None)
    second = await g.asend("sent")
    third = await anext(g)
    end = await anext(g, "end")
    return values, first, second, third, end


log.clear()
assert run(use()) == ([0, 1, 2], 0, 1, 2, "end") and log == ["sent"]


async def guarded():
    try:
        yield 1
        yield 2
    except ValueError:
        yield "caught"
    finally:
        await Pause()
        log.append("closed")


async def use_throw():
    g = guarded()
    await anext(g)
    caught = await g.athrow(ValueError)
    await g.aclose()
    g = guarded()
    await anext(g)
    await g.aclose()
    try:
        await anext(g)
    except StopAsyncIteration:
        return caught


log.clear()
assert run(use_throw()) == "caught" and log == ["closed", "closed"]
g = agen(1)
assert type(g).__name__ == "async_generator" and g.ag_running is False and hasattr(g, "__aiter__")


async def raises_stop():
    raise StopIteration("x")


assert message(RuntimeError, lambda: run(raises_stop())) == "coroutine raised StopIteration"


async def agen_raises():
    yield 1
    raise StopAsyncIteration


async def use_raises():
    async for _ in agen_raises():
        pass


assert message(RuntimeError, lambda: run(use_raises())) == "async generator raised StopAsyncIteration"


# Deep awaits and many coroutines interleaved.
async def deep(n):
    return 1 + await deep(n - 1) if n else await Pause(0)


assert run(deep(100)) == 100


async def worker(name, n):
    for i in range(n):
        await Pause((name, i))
    return name


tasks = [worker(name, 3) for name in "abc"]
trace, done = [], []
while tasks:
    task = tasks.pop(0)
    try:
        trace.append(task.send(None))
        tasks.append(task)
    except StopIteration as stop:
        done.append(stop.value)
assert trace == [(name, i) for i in range(3) for name in "abc"] and done == ["a", "b", "c"]
