"""One iterator, file or generator used by several threads."""

import io
import itertools
import os
import tempfile

from _litmus import add, litmus, main, row

row("one iterator used by several threads: never an invented item; it may give an item to two callers or end early")
ITEMS = "a", "b", "c"
MAKERS = {
    "list": lambda: iter(list(ITEMS)),
    "tuple": lambda: iter(ITEMS),
    "str": lambda: iter("abc"),
    "dict": lambda: iter(dict.fromkeys(ITEMS)),
    "dict items": lambda: iter({"a": "a", "b": "b", "c": "c"}.items()),
    "set": lambda: iter({"a", "b", "c"}),
    "reversed": lambda: reversed(list(ITEMS)),
    "enumerate": lambda: enumerate(ITEMS),
    "zip": lambda: zip(ITEMS, ITEMS),
    "map": lambda: map(str, ITEMS),
    "filter": lambda: filter(None, ITEMS),
    "range": lambda: iter(range(3)),
    "bytes": lambda: iter(b"abc"),
    "chain": lambda: itertools.chain("ab", "c"),
    "islice": lambda: itertools.islice("abcdef", 3),
    "cycle": lambda: itertools.islice(itertools.cycle("abc"), 4),
    "repeat": lambda: itertools.repeat("a", 3),
    "pairwise": lambda: itertools.pairwise("abcd"),
    "batched": lambda: itertools.batched("abcdef", 2),
    "product": lambda: itertools.product("ab", repeat=2),
    "permutations": lambda: itertools.permutations("abc"),
    "combinations": lambda: itertools.combinations("abc", 2),
    "accumulate": lambda: itertools.accumulate(ITEMS),
    "compress": lambda: itertools.compress("abc", [1, 1, 1]),
    "takewhile": lambda: itertools.takewhile(bool, ITEMS),
    "dropwhile": lambda: itertools.dropwhile(lambda x: False, ITEMS),
    "starmap": lambda: itertools.starmap(max, ["ab", "cd", "ef"]),
    "zip_longest": lambda: itertools.zip_longest("abc", "a"),
    "groupby": lambda: ((key, list(group)) for key, group in itertools.groupby("aabbcc")),
    "callable": lambda: iter(iter(["a", "b", "c", None]).__next__, None),
    "sequence": lambda: iter(Sequence()),
}


class Sequence:
    def __getitem__(self, i): return ITEMS[i]


def take(it): return next(it, "end")


def from_the_right_ones(make):
    # Two threads may pair one's left half with the other's right one: each half is an item all the same. Who numbers
    # items that are given twice comes to higher numbers.
    items = list(make())
    whole = {*map(freeze, items), "end"}
    halves = {half for item in items if isinstance(item, tuple) for half in item}
    halves |= {len(items) + n for n in range(2) if 0 in halves}

    def known(x):
        return freeze(x) in whole or (isinstance(x, tuple) and halves.issuperset(x))
    return lambda *outcome: all(known(x) for seen in outcome for x in seen)


def freeze(x): return tuple(map(freeze, x)) if isinstance(x, list | tuple) else x


for name, make in MAKERS.items():
    if name in ("groupby", "accumulate"):
        continue
    add(f"iterator: {name}", make, [(take, take), (take, take)], None, from_the_right_ones(make))


@litmus
class accumulate:
    def new(): return itertools.accumulate([1, 2, 4, 8])
    a = (take, take)
    b = (take, take)
    # Sums of some of the items: an item may count for two or for none.
    def allowed(a, b): return all(isinstance(x, int) and 1 <= x <= 30 for x in a + b)


@litmus
class tee:
    def new(): return itertools.tee("abc")
    def a(t): return take(t[0]), take(t[0])
    def b(t): return take(t[1]), take(t[1])
    def allowed(a, b): return a == b == ("a", "b") or "RuntimeError" in str((a, b))


row("one generator used by several threads: one runs it; the other gets ValueError: generator already executing")
BUSY = "ValueError: generator already executing"


def generator():
    yield 1
    yield 2


@litmus
class shared_generator:
    def new(): return generator()
    def a(g): return next(g)
    def b(g): return next(g)
    def end(g): return next(g, "end")
    allowed = {(1, 2, "end"), (2, 1, "end"), (BUSY, 1, 2), (1, BUSY, 2)}
    interesting = {(BUSY, 1, 2), (1, BUSY, 2)}


def long_generator():
    for i in range(3):
        for _ in range(20):
            pass
        yield i


@litmus
class shared_generator_of_some_length:
    def new(): return long_generator()
    a = (next, next)
    b = (next, next)

    def allowed(a, b):
        got = sorted(x for x in a + b if x != BUSY and x != "StopIteration: ")
        return got == list(range(len(got))) and len(got) >= 1
    def interesting(a, b): return BUSY in a + b


@litmus
class send_and_close:
    def new():
        g = generator()
        next(g)
        return g
    def a(g): return g.send(None)
    def b(g): return g.close()
    def allowed(a, b): return a in (2, BUSY, "StopIteration: ") and b in (None, BUSY)


async def simple():
    return 5


@litmus
class shared_coroutine:
    def new(): return simple()
    def a(c): return c.send(None)
    def b(c): return c.send(None)

    def allowed(a, b):
        done = "StopIteration: 5"
        other = "ValueError: coroutine already executing", "RuntimeError: cannot reuse already awaited coroutine"
        return (a == done and b in other) or (b == done and a in other)


row("file lines go to one caller each")
FOLDER = tempfile.TemporaryDirectory()
PATH = os.path.join(FOLDER.name, "lines")
with open(PATH, "w") as f:
    f.write("one\ntwo\nthree\nfour\n")

for name, make in {
    "text file": lambda: open(PATH),
    "binary file": lambda: open(PATH, "rb"),
    "StringIO": lambda: io.StringIO("one\ntwo\nthree\nfour\n"),
    "BytesIO": lambda: io.BytesIO(b"one\ntwo\nthree\nfour\n"),
}.items():
    def lines_once(a, b, end, make=make):
        with make() as f:
            return sorted(a + b) == sorted(f) and end == "end"

    def in_file_order(a, b, end, make=make, check=lines_once):
        with make() as f:
            lines = list(f)
        return check(a, b, end) and all(lines.index(x[0]) < lines.index(x[1]) for x in (a, b))

    add(f"lines: {name}", make, [(take, take), (take, take)], take, in_file_order,
        tries=0.2 if "file" in name else 1)


@litmus
class readline_of_one_file:
    def new(): return io.BytesIO(b"one\ntwo\n")
    def a(f): return f.readline()
    def b(f): return f.read(2)
    def end(f): return f.read()
    allowed = {(b"one\n", b"tw", b"o\n"), (b"e\n", b"on", b"two\n")}


if __name__ == "__main__":
    main()
