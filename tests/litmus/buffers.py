"""bytearray, array, io objects, random, hashes: each call is atomic."""

import array
import hashlib
import io
import random
import zlib

from _litmus import litmus, main, pairs, readers, row

row("bytearray: each call is atomic")
BYTES = {
    "b[1]": lambda b: b[1],
    "b[-1]": lambda b: b[-1],
    "b[0] = x": lambda b: b.__setitem__(0, 120),
    "b[-1] = y": lambda b: b.__setitem__(-1, 121),
    "len": len,
    "append": lambda b: b.append(122),
    "pop": lambda b: b.pop(),
    "pop(0)": lambda b: b.pop(0),
    "insert": lambda b: b.insert(1, 105),
    "extend": lambda b: b.extend(b"pq"),
    "+=": lambda b: b.__iadd__(b"rs") is b,
    "clear": lambda b: b.clear(),
    "copy": lambda b: b.copy(),
    "bytes": bytes,
    "b[:2]": lambda b: b[:2],
    "b[1:2] = xyz": lambda b: b.__setitem__(slice(1, 2), b"XYZ"),
    "del b[0]": lambda b: b.__delitem__(0),
    "reverse": lambda b: b.reverse(),
    "remove": lambda b: b.remove(98),
    "find": lambda b: b.find(b"c"),
    "replace": lambda b: b.replace(b"b", b"--"),
    "hex": lambda b: b.hex(),
    "decode": lambda b: b.decode(),
    "upper": lambda b: b.upper(),
    "in": lambda b: b"bc" in b,
    "==": lambda b: b == b"abc",
}
WRITERS = {name: BYTES[name] for name in ("b[0] = x", "append", "pop", "insert", "extend", "clear", "b[1:2] = xyz", "del b[0]",
                                          "reverse")}


def abc(): return bytearray(b"abc")


pairs("bytearray", abc, BYTES, bytes)
readers("bytearray", abc, WRITERS, {"bytes": bytes, "len": len}, bytes)

row("bytearray resizing while a buffer is exported raises BufferError")
EXPORTED = "BufferError: Existing exports of data: object cannot be re-sized"


@litmus
class export_and_append:
    def new(): return bytearray(b"abc")

    def a(b):
        with memoryview(b) as view:
            before = bytes(view)
            for _ in range(5):
                if bytes(view) != before or len(view) != len(before):
                    return "moved"
            return before
    def b(b): b.append(100)
    def end(b): return bytes(b)
    allowed = {(b"abc", None, b"abcd"), (b"abcd", None, b"abcd"), (b"abc", EXPORTED, b"abc")}
    interesting = {(b"abc", EXPORTED, b"abc")}


@litmus
class export_and_clear:
    def new(): return bytearray(b"abc" * 20)

    def a(b):
        with memoryview(b) as view:
            return len(bytes(view)), len(view)
    def b(b): b.clear()
    allowed = {((60, 60), None), ((0, 0), None), ((60, 60), EXPORTED)}
    interesting = {((60, 60), EXPORTED)}


@litmus
class store_through_a_view:
    def new(): return memoryview(bytearray(8))
    def a(m): m[0:4] = b"aaaa"
    def b(m): m[4:8] = b"bbbb"
    def end(m): return bytes(m)
    allowed = {(None, None, b"aaaabbbb")}


@litmus
class release_a_view:
    def new(): return memoryview(bytearray(b"abc"))
    def a(m): m.release()
    def b(m): return m[0], bytes(m)

    def allowed(a, b):
        if a == "BufferError: memoryview has 1 exported buffer":
            # The other one was making bytes of it.
            return b == (97, b"abc")
        return a is None and b in ((97, b"abc"), "ValueError: operation forbidden on released memoryview object")


row("array: each call is atomic")
ARRAY = {
    "a[1]": lambda a: a[1],
    "a[-1]": lambda a: a[-1],
    "a[0] = x": lambda a: a.__setitem__(0, 9),
    "len": len,
    "append": lambda a: a.append(8),
    "pop": lambda a: a.pop(),
    "pop(0)": lambda a: a.pop(0),
    "insert": lambda a: a.insert(1, 7),
    "extend": lambda a: a.extend(array.array("q", [5, 6])),
    "tolist": lambda a: a.tolist(),
    "tobytes": lambda a: a.tobytes(),
    "a[:2]": lambda a: a[:2].tolist(),
    "a[1:2] = ": lambda a: a.__setitem__(slice(1, 2), array.array("q", [3, 4, 5])),
    "reverse": lambda a: a.reverse(),
    "remove": lambda a: a.remove(2),
    "frombytes": lambda a: a.frombytes(bytes(8)),
    "byteswap": lambda a: a.byteswap(),
}
pairs("array", lambda: array.array("q", [1, 2, 3]), ARRAY, list)

row("io objects: each call is atomic")
STREAM = {
    "write": lambda f: f.write(b"XY"),
    "read(2)": lambda f: f.read(2),
    "read": lambda f: f.read(),
    "readline": lambda f: f.readline(),
    "seek": lambda f: f.seek(1),
    "tell": lambda f: f.tell(),
    "truncate": lambda f: f.truncate(2),
    "getvalue": lambda f: f.getvalue(),
    "close": lambda f: f.close(),
}


def state(f): return f.closed or (f.getvalue(), f.tell())


pairs("BytesIO", lambda: io.BytesIO(b"ab\ncd\n"), STREAM, state)
pairs("StringIO", lambda: io.StringIO("ab\ncd\n"), STREAM | {"write": lambda f: f.write("XY")}, state)


def buffered():
    f = io.BufferedRandom(Raw(b"ab\ncd\nef\n"), 8)
    return f


class Raw(io.BytesIO):
    """A raw file, as far as buffers can tell."""


BUFFERED = {name: STREAM[name] for name in ("write", "read(2)", "read", "readline", "tell")}
pairs("BufferedRandom", buffered, BUFFERED, lambda f: (f.flush(), f.raw.getvalue())[1])
pairs("BufferedReader", lambda: io.BufferedReader(Raw(b"ab\ncd\nef\n"), 4),
      {name: f for name, f in BUFFERED.items() if name != "write"} | {"peek": lambda f: len(f.peek(1)) > 0}, lambda f: f.tell())


@litmus
class buffered_writes:
    def new(): return io.BufferedWriter(Raw(), 16)
    a = lambda f: f.write(b"aaaa"), lambda f: f.write(b"AAAAAAAAAA")
    b = lambda f: f.write(b"bbbbbbbb"), lambda f: f.flush()
    def end(f): f.flush(); return f.raw.getvalue()


@litmus
class text_writes:
    def new(): return io.TextIOWrapper(Raw(), "utf-8", write_through=False)
    a = lambda f: f.write("one line\n"), lambda f: f.write("two lines\n")
    b = lambda f: f.write("other line\n"), lambda f: f.flush()
    def end(f): f.flush(); return f.buffer.raw.getvalue() if hasattr(f.buffer, "raw") else f.buffer.getvalue()


row("random.Random: each call is atomic")


@litmus(tries=0.3)
class random_calls:
    def new(): return random.Random(1)
    a = lambda r: r.random(), lambda r: r.getrandbits(70)
    b = lambda r: r.getrandbits(32), lambda r: r.random()
    def end(r): return r.random()


@litmus(tries=0.3)
class seed_and_state:
    def new(): return random.Random(1)
    def a(r): r.seed(2)
    def b(r): return r.random()
    def c(r): return hash(r.getstate())
    def end(r): return r.random()


row("hashes: each call is atomic")


@litmus
class sha256:
    def new(): return hashlib.sha256()
    a = lambda h: h.update(b"a" * 100), lambda h: h.update(b"b" * 70)
    b = lambda h: h.update(b"c" * 10), lambda h: h.hexdigest()
    def end(h): return h.hexdigest()


@litmus
class md5_copy:
    def new(): return hashlib.md5(b"begin")
    def a(h): h.update(b"x" * 64)
    def b(h): return h.copy().hexdigest(), h.digest_size
    def end(h): return h.hexdigest()


@litmus(tries=0.3)
class compressor:
    def new(): return zlib.compressobj()
    def a(c): return c.compress(b"aaaa")
    def b(c): return c.compress(b"bbbb")
    def end(c): return len(zlib.decompress(b"\x78\x9c" + c.flush()))
    def allowed(a, b, end): return sorted([a, b]) == [b"", b"\x78\x9c"] and end == 8


if __name__ == "__main__":
    main()
