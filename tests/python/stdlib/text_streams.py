"""TextIOWrapper: positions, codecs, line endings, and code that comes back to the stream."""

import codecs
import io


def wrap(data, **options):
    return io.TextIOWrapper(io.BytesIO(data), **options)


# A position told anywhere leads back there, whatever the codec keeps and however small the chunks are.
text = "é\r\nb\n€\r\U0001F600x\n" * 5
for encoding in ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "utf-7"]:
    for newline in [None, "", "\n", "\r", "\r\n"]:
        for chunk in [1, 3, 7, 8192]:
            f = wrap(text.encode(encoding), encoding=encoding, newline=newline)
            f._CHUNK_SIZE = chunk
            places = []
            while True:
                places.append(f.tell())
                if not f.read(1):
                    break
            f.seek(0)
            whole = f.read()
            assert whole == (text.replace("\r\n", "\n").replace("\r", "\n") if newline is None else text)
            for i, place in enumerate(places[:-1]):
                f.seek(place)
                assert f.tell() == place or encoding == "utf-7", (encoding, newline, chunk, i)
                f.seek(place)
                assert f.read(4) == whole[i:i + 4], (encoding, newline, chunk, i)

# The cookies are CPython's.
f = wrap("é\r\nb\r\n€".encode(), encoding="utf-8")
f._CHUNK_SIZE = 3
assert f.read(1) == "é" and f.tell() == 18446744073709551619
f.seek(0, 2)
assert f.tell() == 10 and f.newlines is None

# Line endings as they were seen, and as they are written.
f = wrap(b"a\rb\nc\r\nd", encoding="ascii")
assert f.readlines() == ["a\n", "b\n", "c\n", "d"] and f.newlines == ("\r", "\n", "\r\n")
raw = io.BytesIO()
f = io.TextIOWrapper(raw, encoding="ascii", newline="\r\n", write_through=True)
f.write("a\nb\n")
assert raw.getvalue() == b"a\r\nb\r\n"

# Errors are handled as the handler says.
assert wrap(b"a\xffb", encoding="utf-8", errors="surrogateescape").read() == "a\udcffb"
codecs.register_error("text_streams.mark", lambda e: ("?!", e.end))
assert wrap(b"a\xffb\xe9", encoding="ascii", errors="text_streams.mark").read() == "a?!b?!"
raw = io.BytesIO()
with io.TextIOWrapper(raw, encoding="latin-1", errors="backslashreplace", write_through=True) as f:
    f.write("é€")
    assert raw.getvalue() == b"\xe9\\u20ac"

# Settings can be changed until something was read.
f = wrap(b"", encoding="ascii")
f.reconfigure(encoding="utf-16", line_buffering=True)
f.write("x\n")
assert f.encoding == "utf-16" and f.line_buffering and f.buffer.getvalue() == "x\n".encode("utf-16")
f = wrap(b"abc", encoding="ascii")
f.read(1)
try:
    f.reconfigure(encoding="utf-8")
    raise AssertionError("it was read")
except io.UnsupportedOperation:
    pass


# A raw stream that writes to the stream over it while that writes.
class Raw(io.RawIOBase):
    def __init__(self):
        self.parts = []

    def writable(self):
        return True

    def write(self, data):
        first = not self.parts
        self.parts.append(bytes(data))
        if first:
            f.write("middle")
        return len(data)


raw = Raw()
f = io.TextIOWrapper(raw, encoding="ascii")
f.write("abc")
f.write("g" * 8192)
f.flush()
assert raw.parts == [b"abc", b"middle", b"g" * 8192], raw.parts


# One that detaches the stream when it is asked whether it is closed.
class Detaching(io.RawIOBase):
    gone = False

    @property
    def closed(self):
        if f is not None and f.__class__ is io.TextIOWrapper and not Detaching.gone:
            Detaching.gone = True
            f.detach()
        return False


f = None
f = io.TextIOWrapper(Detaching(), encoding="ascii")
f.close()
for method in [f.read, f.flush, f.tell, f.detach]:
    try:
        method()
        raise AssertionError(method)
    except ValueError as e:
        assert str(e) == "underlying buffer has been detached"
