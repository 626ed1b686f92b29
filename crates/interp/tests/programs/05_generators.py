def count(n):
    i = 0
    while i < n:
        got = yield i
        i = i + 1 if got is None else got


assert list(count(4)) == [0, 1, 2, 3]
assert [x for x in count(3)] == [0, 1, 2] and sum(x * x for x in count(4)) == 14
g = count(10)
assert next(g) == 0 and g.send(7) == 7 and next(g) == 8
total = 0
for x in count(5):
    for y in count(x):
        total += y
assert total == 10


def outer():
    r = yield from inner()
    yield r


def inner():
    try:
        yield 1
    except ValueError:
        yield "caught"
    return "result"


assert list(outer()) == [1, "result"]
g = outer()
next(g)
assert g.throw(ValueError) == "caught" and next(g) == "result"


def failing():
    yield 1
    raise KeyError("out")


seen = []
try:
    for x in failing():
        seen.append(x)
except KeyError as e:
    seen.append(e.args[0])
assert seen == [1, "out"]


def cleanup(log):
    try:
        yield 1
    finally:
        log.append("closed")


log = []
g = cleanup(log)
next(g)
g.close()
assert log == ["closed"]


def stops():
    yield 1
    raise StopIteration


try:
    list(stops())
except RuntimeError as e:
    assert str(e) == "generator raised StopIteration"
else:
    assert False


def reenter():
    yield next(me)


me = reenter()
try:
    next(me)
except ValueError as e:
    assert str(e) == "generator already executing"
else:
    assert False


async def co(x):
    return x + 1


async def main():
    return await co(1) + await co(2)


c = main()
try:
    c.send(None)
except StopIteration as e:
    assert e.value == 5
else:
    assert False
