import io
import os

path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"io-{os.getpid()}")
try:
    with open(path, "w", encoding="utf-8") as f:
        assert f.write("line é\nsecond\n\nlast") == 19 and f.mode == "w" and f.writable() and not f.readable()
    with open(path, encoding="utf-8") as f:
        assert f.readline() == "line é\n" and f.read(3) == "sec" and list(f) == ["ond\n", "\n", "last"] and f.read() == "" and f.seek(0) == 0
        position = f.tell()
        assert f.readlines() == ["line é\n", "second\n", "\n", "last"] and f.seek(position) == position and next(f) == "line é\n"
    with open(path, "rb") as f:
        data = f.read()
        assert data == "line é\nsecond\n\nlast".encode() and f.seek(-4, os.SEEK_END) == len(data) - 4 and f.read() == b"last" and f.fileno() > 2
        f.seek(0)
        buffer = bytearray(4)
        assert f.readinto(buffer) == 4 and buffer == b"line" and f.peek(1)[:1] == b" " and f.read1(2)[:1] == b" "
    with open(path, "r+b") as f:
        f.seek(5)
        f.write(b"XX")
        f.truncate(10)
        assert f.seek(0) == 0 and f.read() == b"line XX\nse"
    with open(path, "a") as f:
        f.write("+")
    with open(path, "w", newline="\r\n") as f:
        f.write("a\nb\n")
    with open(path, newline="") as f:
        assert f.read() == "a\r\nb\r\n"
    with open(path) as f:
        assert f.read() == "a\nb\n" and f.newlines == "\r\n"
    with open(path, "rb", buffering=0) as f:
        assert type(f) is io.FileIO and f.read(1) == b"a" and f.readall() == b"\r\nb\r\n"
    f = open(path)
    f.close()
    f.close()
    assert f.closed
    for call, kind, said in (
        (lambda: f.read(), ValueError, "I/O operation on closed file."), (lambda: open(path, "x"), FileExistsError, None), (lambda: open(path, "q"), ValueError, "invalid mode: 'q'"),
        (lambda: open(path + "no"), FileNotFoundError, f"[Errno 2] No such file or directory: {path + 'no'!r}"), (lambda: open("/"), IsADirectoryError, "[Errno 21] Is a directory: '/'"),
        (lambda: open(path, "rb", encoding="utf-8"), ValueError, "binary mode doesn't take an encoding argument"), (lambda: open(path, "w").read(), io.UnsupportedOperation, "not readable"),
        (lambda: open(path, "wb").write("text"), TypeError, "a bytes-like object is required, not 'str'"), (lambda: open(path, "w").write(b""), TypeError, "write() argument must be str, not bytes"),
    ):
        try:
            call()
        except kind as error:
            assert said is None or str(error) == said, error
        else:
            raise AssertionError(said)
finally:
    os.unlink(path)
s = io.StringIO("a\nb")
assert s.readline() == "a\n" and s.read() == "b" and s.seek(0) == 0 and s.write("XYZ") == 3 and s.getvalue() == "XYZ" and s.tell() == 3 and s.truncate(1) == 1 and s.getvalue() == "X"
b = io.BytesIO(b"abc")
assert b.read(1) == b"a" and b.getvalue() == b"abc" and b.seek(0, 2) == 3 and b.write(b"d") == 1 and bytes(b.getbuffer()) == b"abcd" and b.readlines() == []
t = io.TextIOWrapper(io.BytesIO(), encoding="latin-1", write_through=True)
t.write("é")
assert t.buffer.getvalue() == b"\xe9" and t.encoding == "latin-1" and io.BufferedReader(io.BytesIO(b"xy")).read() == b"xy" and io.DEFAULT_BUFFER_SIZE >= 8192
r, w = os.pipe()
with open(w, "w") as writer, open(r) as reader:
    print("through a pipe", file=writer, flush=True)
    assert reader.readline() == "through a pipe\n"
try:
    io.TextIOWrapper(io.BytesIO(b"\xff"), encoding="utf-8").read()
except UnicodeDecodeError:
    pass
else:
    raise AssertionError
