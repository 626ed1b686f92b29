# What a stream holds back is found when its file is opened again, and at the end.
import os
import tempfile

d = tempfile.mkdtemp()
p = os.path.join(d, "file")

open(p, "wb").write(b"bytes")
assert open(p, "rb").read() == b"bytes"
open(p, "w").write("text" * 5)
assert open(p).read() == "text" * 5
open(p, "w").write("a" * 10)
open(p, "w").write("b")
assert open(p).read() == "b"


def both(text):
    open(p, "w").write(text)
    return open(p).read()


assert [both("x"), both("yy")] == ["x", "yy"]

# The logical position survives a flush, wherever the raw stream is.
with open(p, "w+b") as f:
    f.write(bytes(range(65, 85)))
    f.seek(0)
    f.read(1)
    f.seek(0)
    f.write(b"abc")
    f.seek(0)
    f.flush()
    assert (f.tell(), f.read(3)) == (0, b"abc")
    f.seek(5)
    f.write(b"XYZ")
    f.seek(2)
    f.truncate()
assert open(p, "rb").read() == b"ab"

os.unlink(p)
os.rmdir(d)
print("ok")
