"""memoryview."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


data = bytearray(b"abcdefgh")
m = memoryview(data)
assert len(m) == 8 and m[0] == 97 and m[-1] == 104 and bytes(m[2:4]) == b"cd" and m.tolist() == list(data) and m.nbytes == 8
assert m.format == "B" and m.itemsize == 1 and m.ndim == 1 and m.shape == (8,) and m.strides == (1,) and not m.readonly and m.obj is data
m[0] = 65
m[1:3] = b"BC"
assert data == b"ABCdefgh" and m == data and m[::2] == b"ACeg" and m.tobytes() == bytes(data) and m.hex() == data.hex()
assert message(BufferError, lambda: data.append(1)) == "Existing exports of data: object cannot be re-sized"
assert message(ValueError, lambda: m.__setitem__(slice(0, 2), b"x")) == "memoryview assignment: lvalue and rvalue have different structures"
c = m.cast("I")
assert len(c) == 2 and c.itemsize == 4 and c[0] == int.from_bytes(b"ABCd", "little")
c[1] = 0
assert data[4:] == b"\0\0\0\0"
two = m.cast("B", (2, 4))
assert two.shape == (2, 4) and two[1, 0] == 0 and two.tolist()[0] == list(b"ABCd")
assert memoryview(b"x").readonly and message(TypeError, lambda: memoryview(b"x").__setitem__(0, 1)) == "cannot modify read-only memory"
assert message(TypeError, lambda: memoryview("a")) == "memoryview: a bytes-like object is required, not 'str'"
assert hash(memoryview(b"ab")) == hash(b"ab") and message(ValueError, lambda: hash(memoryview(bytearray(1)))) == "cannot hash writable memoryview object"
c.release()
two.release()
with m as n:
    assert n is m
assert message(ValueError, lambda: m[0]) == "operation forbidden on released memoryview object"
data.append(1)
assert memoryview(b"abc").count(97) == 1 and memoryview(b"abc").index(99) == 2 and [*memoryview(b"ab")] == [97, 98] and 97 in memoryview(b"a")
assert memoryview(b"abc")[::-1].tolist() == [99, 98, 97] and not memoryview(b"abcd")[::2].contiguous and memoryview(b"ab").toreadonly().readonly

# Whatever the items are, their bytes can be looked at.
import ctypes

doubles = memoryview((ctypes.c_double * 2)(1.5, -2.0))
assert doubles.cast("B").nbytes == 16 and doubles.cast("b")[0] == 0
assert message(TypeError, lambda: doubles.cast("d")) == "memoryview: cannot cast between two non-byte formats"
