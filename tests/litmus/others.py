"""Variables, attributes, iterators, queues, buffers, weak references, classes, imports."""

import array
import collections
import importlib
import io
import itertools
import operator
import os
import queue
import random
import sys
import tempfile
import weakref

from _litmus import add, litmus, main, pairs, row


class Box:
    pass


def box():
    b = Box()
    b.x, b.y = "x", "y"
    return b


row("read or write of a variable, global, attribute, slot, cell: one indivisible load or store")


class Slots:
    __slots__ = "x", "y"

    def __init__(self): self.x, self.y = "x", "y"


def cell():
    x = "x"

    def get(): return x

    def put(value):
        nonlocal x
        x = value
    return get, put


glob = "x"


@litmus
class an_attribute:
    new = box
    def a(s): s.x = 1 << 70
    def b(s): s.x = 2.5
    def c(s): return s.x
    def end(s): return s.x


@litmus
class a_slot:
    new = Slots
    def a(s): s.x = 1 << 70
    def b(s): s.x = 2.5
    def c(s): return s.x
    def end(s): return s.x


@litmus
class a_cell:
    new = cell
    def a(s): s[1](1 << 70)
    def b(s): s[1](2.5)
    def c(s): return s[0]()
    def end(s): return s[0]()


@litmus
class two_attributes_of_one_object:
    new = Box
    def a(s): s.a = 1
    def b(s): s.b = 2
    def c(s): s.c = 3
    def end(s): return sorted(vars(s).items())
    allowed = {(None, None, None, (("a", 1), ("b", 2), ("c", 3)))}


@litmus
class an_attribute_and_the_dictionary:
    new = box
    def a(s): s.x = 1
    def b(s): vars(s)["z"] = 2
    def c(s): s.w = 3
    def end(s): return sorted(vars(s).items())
    allowed = {(None, None, None, (("w", 3), ("x", 1), ("y", "y"), ("z", 2)))}


@litmus
class an_attribute_that_is_deleted:
    new = box
    def a(s): del s.x
    def b(s): return getattr(s, "x", "gone"), getattr(s, "y", "gone")
    def end(s): return sorted(vars(s).items())
    allowed = {(None, (x, "y"), (("y", "y"),)) for x in ("x", "gone")}


row("x += 1 is several operations, with or without the GIL")


@litmus
class adding:
    def new(): return [0]
    def a(s): s[0] += 1
    def b(s): s[0] += 1
    def end(s): return s[0]
    allowed = {(None, None, 2), (None, None, 1)}
    interesting = {(None, None, 1)}


row("one iterator used by several threads: never a crash, never an invented item; count gives each number once")

ITERATORS = {
    "list": lambda: iter(["a", "b", "c"]),
    "tuple": lambda: iter(("a", "b", "c")),
    "range": lambda: iter(range(3)),
    "str": lambda: iter("abc"),
    "dict": lambda: iter({"a": 1, "b": 2, "c": 3}),
    "set": lambda: iter({"a"}),
    "reversed": lambda: reversed(["a", "b", "c"]),
    "enumerate": lambda: enumerate("abc"),
    "zip": lambda: zip("abc", "xyz"),
    "map": lambda: map(str.upper, "abc"),
    "filter": lambda: filter(None, "abc"),
    "chain": lambda: itertools.chain("ab", "c"),
    "islice": lambda: itertools.islice("abcd", 3),
    "cycle": lambda: itertools.cycle("abc"),
    "product": lambda: itertools.product("ab", "cd"),
    "accumulate": lambda: itertools.accumulate("abc"),
    "pairwise": lambda: itertools.pairwise("abcd"),
    "batched": lambda: itertools.batched("abcd", 2),
    "groupby": lambda: map(operator.itemgetter(0), itertools.groupby("aabb")),
    "zip_longest": lambda: itertools.zip_longest("abc", "x"),
    "reader of lines": lambda: io.StringIO("a\nb\nc\n"),
}


def taken(it):
    got = []
    for _ in range(3):
        try:
            got.append(next(it, None))
        except RuntimeError as error:
            got.append(str(error))
    return got


def no_invention(make):
    """Items are made of what the iterator gives to one thread alone: those that keep something may skip, pair anew, or count twice."""
    letters = set("".join(map(repr, itertools.islice(make(), 20)))) | set("None, ()'0123456789")
    return lambda first, second: all(set(repr(x)) <= letters for x in (*first, *second))


# What `islice` takes from may give more than it would: two callers may come by its end together.
WHOLE = {"islice": lambda: iter("abcd")}
for name, make in ITERATORS.items():
    add(f"next of {name}", make, [taken, taken], None, no_invention(WHOLE.get(name, make)))


@litmus
class count_goes_to_one_caller_each:
    new = itertools.count
    a = next, next
    b = next, next
    def end(s): return next(s)
    def allowed(a, b, end): return sorted((*a, *b, end)) == [0, 1, 2, 3, 4]


@litmus
class lines_of_a_file_go_to_one_caller_each:
    def new():
        r, w = os.pipe()
        os.write(w, b"a\nb\nc\nd\n")
        os.close(w)
        return open(r)
    def a(s): return s.readline(), s.readline()
    def b(s): return s.readline(), s.readline()
    def end(s): return s.read(), s.close()
    def allowed(a, b, end): return sorted((*a, *b)) == ["a\n", "b\n", "c\n", "d\n"] and end == ("", None)


row("one generator used by several threads: one runs it, the other gets ValueError")


def counting():
    for i in range(4):
        yield i


@litmus
class a_generator:
    new = counting
    a = next, next
    b = next, next

    def allowed(a, b):
        numbers = [x for x in (*a, *b) if isinstance(x, int)]
        others = {x for x in (*a, *b) if not isinstance(x, int)}
        return sorted(numbers) == list(range(len(numbers))) and others <= {"ValueError: generator already executing"}


row("deque.append, appendleft, pop, popleft, SimpleQueue.put and get are linearisable")
pairs("deque", lambda: collections.deque("ab"), {
    "append": lambda d: d.append("c"), "appendleft": lambda d: d.appendleft("d"), "pop": lambda d: d.pop(),
    "popleft": lambda d: d.popleft(), "len": len, "copy": lambda d: d.copy() and len(d) > -1,
    "extend": lambda d: d.extend("e"), "rotate": lambda d: d.rotate(1),
}, list)
pairs("bounded deque", lambda: collections.deque("ab", 2), {
    "append": lambda d: d.append("c"), "appendleft": lambda d: d.appendleft("d"), "pop": lambda d: d.pop(), "len": len,
}, list)


def simple_queue():
    q = queue.SimpleQueue()
    q.put("a")
    return q


def get(q):
    try:
        return q.get_nowait()
    except queue.Empty:
        return "empty"


pairs("SimpleQueue", simple_queue, {"put": lambda q: q.put("b"), "get": get, "qsize": lambda q: q.qsize()},
      lambda q: [get(q), get(q), get(q)])

row("bytearray, array, io objects, random.Random: each call is atomic")
pairs("bytearray", lambda: bytearray(b"abc"), {
    "append": lambda s: s.append(100), "extend": lambda s: s.extend(b"ef"), "pop": lambda s: s.pop(), "len": len,
    "bytes": bytes, "clear": lambda s: s.clear(), "insert": lambda s: s.insert(0, 103), "reverse": lambda s: s.reverse(),
    "s[1:2] =": lambda s: s.__setitem__(slice(1, 2), b"xyz"), "upper": lambda s: s.upper(), "s[-1]": lambda s: s[-1],
}, bytes)
pairs("array", lambda: array.array("i", [1, 2, 3]), {
    "append": lambda s: s.append(4), "extend": lambda s: s.extend(array.array("i", [5, 6])), "pop": lambda s: s.pop(),
    "len": len, "tolist": lambda s: s.tolist(), "reverse": lambda s: s.reverse(), "a[-1]": lambda s: s[-1],
    "fromlist": lambda s: s.fromlist([7, 8]), "tobytes": lambda s: s.tobytes(),
}, lambda s: s.tolist())
pairs("BytesIO", lambda: io.BytesIO(b"abcdef"), {
    "read": lambda s: s.read(2), "write": lambda s: s.write(b"xy"), "tell": lambda s: s.tell(),
    "getvalue": lambda s: s.getvalue(), "seek": lambda s: s.seek(1), "truncate": lambda s: s.truncate(3),
}, lambda s: (s.getvalue(), s.tell()))
pairs("StringIO", lambda: io.StringIO("abcdef"), {
    "read": lambda s: s.read(2), "write": lambda s: s.write("xy"), "getvalue": lambda s: s.getvalue(),
    "seek": lambda s: s.seek(1),
}, lambda s: (s.getvalue(), s.tell()))


@litmus
class random_numbers_are_taken_once:
    def new(): return random.Random(1)
    a = random.Random.random, random.Random.random
    b = random.Random.random, random.Random.random


@litmus
class a_bytearray_that_is_exported:
    def new(): return bytearray(b"abc")

    def a(s):
        with memoryview(s) as v:
            return bytes(v)

    def b(s):
        try:
            s.extend(b"d")
        except BufferError:
            return "BufferError"
    def end(s): return bytes(s)
    allowed = {
        (b"abc", "BufferError", b"abc"), (b"abc", None, b"abcd"), (b"abcd", None, b"abcd"),
    }


row("a weak reference gives the object or None, never a dying object; a finaliser runs once")


class Finalised:
    def __init__(self, calls): self.calls = calls
    def __del__(self): self.calls.append(1)


@litmus
class a_weak_reference:
    def new():
        b = box()
        return [b], weakref.ref(b)
    def a(s): s[0].clear()

    def b(s):
        b = s[1]()
        return b is None or (b.x, b.y) == ("x", "y")
    allowed = {(None, True)}


@litmus
class a_weak_dictionary:
    def new():
        d = weakref.WeakValueDictionary()
        kept = [Box()]
        d["k"] = kept[0]
        return d, kept

    def a(s):
        s[1].clear()

    def b(s):
        got = s[0].get("k")
        return got is None or type(got) is Box
    def c(s): s[0]["l"] = s[0]
    allowed = {(None, True, None)}


row("class creation, method tables, __class__ assignment, type.__setattr__: seen whole or not at all")


class Left:
    def name(self): return "left"


class Right:
    def name(self): return "right"


def a_class():
    class C:
        def name(self): return "old"
    return C, C()


@litmus
class a_method_that_is_replaced:
    new = a_class
    def a(s): s[0].name = lambda self: "new"
    def b(s): return s[1].name(), s[1].name()
    def end(s): return s[1].name()
    allowed = {(None, names, "new") for names in (("old", "old"), ("old", "new"), ("new", "new"))}


@litmus
class a_base_that_is_replaced:
    def new():
        class C(Left):
            pass
        return C, C()
    def a(s): s[0].__bases__ = (Right,)
    def b(s): return s[1].name(), s[1].name()
    def end(s): return s[1].name()
    allowed = {(None, names, "right") for names in (("left", "left"), ("left", "right"), ("right", "right"))}


@litmus
class an_object_that_changes_its_class:
    new = Left
    def a(s): s.__class__ = Right
    def b(s): return s.name(), type(s).__name__
    def c(s): s.x = 1
    def end(s): return s.name(), s.x
    allowed = {
        (None, names, None, ("right", 1)) for names in (("left", "Left"), ("left", "Right"), ("right", "Right"))
    }


@litmus
class special_methods_of_a_class:
    new = a_class
    def a(s): s[0].__len__ = lambda self: 7

    def b(s):
        try:
            return len(s[1])
        except TypeError:
            return "no len"
    def end(s): return len(s[1])
    allowed = {(None, 7, 7), (None, "no len", 7)}


row("import of a module runs its body once; others wait for it")

FOLDER = tempfile.TemporaryDirectory()
NUMBERS = itertools.count()
sys.path.insert(0, FOLDER.name)
RUN = []


def module_name():
    name = f"litmus_{next(NUMBERS) % 50}"
    path = os.path.join(FOLDER.name, name + ".py")
    if not os.path.exists(path):
        with open(path, "w") as f:
            f.write(f"import others_log\nothers_log.RUN.append({name!r})\nfirst = 1\nlast = 2\n")
        importlib.invalidate_caches()
    sys.modules.pop(name, None)
    return name


log = type(sys)("others_log")
log.RUN = RUN
sys.modules["others_log"] = log


def imported(name):
    module = importlib.import_module(name)
    return module.first, module.last


def one_at_a_time():
    """A state is a name: those of one batch must differ, so a batch of more than fifty would import one twice."""
    return [module_name()]


@litmus(tries=0.05)
class a_module:
    new = one_at_a_time

    def a(s): return imported(s[0])
    def b(s): return imported(s[0])
    allowed = {((1, 2), (1, 2))}


if __name__ == "__main__":
    try:
        main()
    finally:
        FOLDER.cleanup()
