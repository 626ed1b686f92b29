"""Row: bytearray, array, io objects, random.Random, hashes: each call is atomic."""

import io
from array import array

from _stress import rounds, together, while_others_run

N = rounds(3000)

# bytearray
b = bytearray()


def append(value, method):
    def run():
        for _ in range(N):
            method(value)
    return run


together(append(1, b.append), append(2, b.append), append(b"\x03\x03", b.extend))
assert len(b) == 4 * N and b.count(1) == b.count(2) == N and b.count(3) == 2 * N
assert b.count(b"\x03\x03") == N, "extend was torn"

b = bytearray(b"x" * 100)


def resize():
    for i in range(N):
        b.extend(b"yy")
        del b[-2:]
        b[10:20] = b"x" * 10


def read():
    look = bytes(b)
    assert len(look) in (100, 102) and look[:100] == b"x" * 100, look
    assert b[50] == 120 and b.find(b"x") == 0


while_others_run(resize, read, read)

# No resizing while a buffer is exported.
view = memoryview(b)
try:
    b.append(1)
except BufferError as error:
    assert str(error) == "Existing exports of data: object cannot be re-sized"
else:
    raise AssertionError
view.release()
b.append(1)


def export():
    for _ in range(N):
        with memoryview(b) as view:
            assert view[0] == 120


def grow():
    grown = 0
    for _ in range(N):
        try:
            b.append(121)
            grown += 1
        except BufferError:
            pass
    return grown


before = len(b)
_, a1, a2 = together(export, grow, grow)
assert len(b) == before + a1 + a2

# array
a = array("q")
together(append(1, a.append), append(2, a.append), append(array("q", [3, 3]), a.extend))
assert len(a) == 4 * N and a.count(1) == a.count(2) == N and a.count(3) == 2 * N

# io
out = io.BytesIO()
together(append(b"aa\n", out.write), append(b"bb\n", out.write))
assert sorted(out.getvalue().split(b"\n")) == [b""] + [b"aa"] * N + [b"bb"] * N
out = io.StringIO()
together(append("aa\n", out.write), append("éé\n", out.write))
assert sorted(out.getvalue().split("\n")) == [""] + ["aa"] * N + ["éé"] * N
source = io.BytesIO(bytes(range(250)) * (N // 10))


def read_four():
    got = []
    while chunk := source.read(5):
        got.append(chunk)
    return got


chunks = [chunk for part in together(read_four, read_four) for chunk in part]
assert sorted(chunks) == sorted([bytes(range(250))[i:i + 5] for i in range(0, 250, 5)] * (N // 10))
