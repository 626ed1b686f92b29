"""ctypes: numbers, arrays, structures, unions, pointers, calls and callbacks."""

import ctypes
import threading
from ctypes import POINTER, byref, c_char, c_char_p, c_double, c_int, c_long, c_short, c_ubyte, c_uint, c_void_p, cast


def raises(kind, f, *args):
    try:
        f(*args)
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


# Numbers wrap as in C.
assert c_int(2**31).value == -(2**31) and c_ubyte(-1).value == 255
assert repr(c_int(5)) == "c_int(5)" and bool(c_int(0)) is False
assert raises(TypeError, c_int, 1.5) == "'float' object cannot be interpreted as an integer"
assert raises(TypeError, c_int, None) == "'NoneType' object cannot be interpreted as an integer"
assert ctypes.sizeof(c_long) == 8 and ctypes.alignment(c_short) == 2

# Arrays.
numbers = (c_int * 4)(1, 2, 3)
assert list(numbers) == [1, 2, 3, 0] and numbers[1:3] == [2, 3] and numbers[-1] == 0
numbers[0:2] = [7, 8]
assert numbers[:] == [7, 8, 3, 0] and len(numbers) == 4
assert raises(IndexError, lambda: numbers[4]) == "invalid index"
assert type(numbers) is c_int * 4 and (c_int * 4).__name__ == "c_int_Array_4"
text = ctypes.create_string_buffer(b"hello", 10)
assert text.value == b"hello" and text.raw == b"hello" + bytes(5) and text[1:3] == b"el"
wide = ctypes.create_unicode_buffer("h\u00e9llo")
assert wide.value == "h\u00e9llo" and len(wide) == 6


# Structures, unions, bit fields, anonymous members, bases.
class Point(ctypes.Structure):
    _fields_ = [("x", c_int), ("y", c_double)]


class Point3(Point):
    _fields_ = [("z", c_short)]


class Bits(ctypes.Structure):
    _fields_ = [("low", c_uint, 3), ("high", c_int, 5)]


class Both(ctypes.Union):
    _fields_ = [("n", c_int), ("bytes", c_ubyte * 4)]


class Holder(ctypes.Structure):
    _anonymous_ = ["both"]
    _fields_ = [("kind", c_char), ("both", Both)]


p = Point3(1, 2.5, z=3)
assert (p.x, p.y, p.z) == (1, 2.5, 3) and ctypes.sizeof(Point3) == 24 and Point.y.offset == 8
assert raises(TypeError, Point, 1, 2, 3) == "too many initializers"
bits = Bits(9, -3)
assert (bits.low, bits.high) == (1, -3) and Bits.high.bit_offset == 3
holder = Holder(b"k")
holder.n = 0x01020304
assert list(holder.bytes) == [4, 3, 2, 1] and Holder.bytes.offset == 4


class Big(ctypes.BigEndianStructure):
    _fields_ = [("n", c_int)]


assert bytes(Big(1)) == b"\0\0\0\1"

# Buffers: shared memory, copies, views.
block = bytearray(16)
shared = Point.from_buffer(block)
shared.x = 5
assert block[0] == 5 and Point.from_buffer_copy(block).x == 5
assert raises(BufferError, block.extend, b"1")
view = memoryview((c_short * 3)(1, 2, 3))
assert view.format == "<h" and view.shape == (3,) and view.tolist() == [1, 2, 3] if view.format in "h" else True

# Pointers.
number = c_int(42)
pointer = ctypes.pointer(number)
pointer[0] = 43
assert number.value == 43 and pointer.contents.value == 43 and bool(POINTER(c_int)()) is False
assert raises(ValueError, lambda: POINTER(c_int)().contents) == "NULL pointer access"
assert cast(numbers, POINTER(c_int))[1] == 8 and POINTER(c_int) is POINTER(c_int)
copy = (c_int * 4)()
ctypes.memmove(copy, numbers, ctypes.sizeof(numbers))
assert list(copy) == list(numbers)
ctypes.memset(ctypes.addressof(copy), 0xFF, 4)
assert copy[0] == -1 and ctypes.string_at(text) == b"hello"

# Calls.
libc = ctypes.CDLL(None, use_errno=True)
assert libc.abs(-5) == 5 and libc.strlen(b"four") == 4
libc.strtod.restype = c_double
libc.strtod.argtypes = [c_char_p, c_void_p]
assert libc.strtod(b"2.5", None) == 2.5
out = ctypes.create_string_buffer(20)
assert libc.snprintf(out, c_long(20), b"%d %s %.1f", 3, b"x", c_double(1.5)) == 7 and out.value == b"3 x 1.5"
assert libc.close(-1) == -1 and ctypes.get_errno() == 9
assert "argument 1" in raises(ctypes.ArgumentError, libc.strtod, 1.5, None)
assert raises(AttributeError, lambda: libc.no_such_function)


class Quotient(ctypes.Structure):
    _fields_ = [("quot", c_int), ("rem", c_int)]


libc.div.restype = Quotient
result = libc.div(17, 5)
assert (result.quot, result.rem) == (3, 2)

# Callbacks, by several threads at once.
compare = ctypes.CFUNCTYPE(c_int, POINTER(c_int), POINTER(c_int))(lambda a, b: a[0] - b[0])


def sort(seed):
    for _ in range(20):
        items = (c_int * 50)(*[(i * seed) % 97 for i in range(50)])
        libc.qsort(items, c_long(50), c_long(4), compare)
        assert list(items) == sorted(items)
    done.append(seed)


done = []
threads = [threading.Thread(target=sort, args=(seed,)) for seed in (31, 37, 41, 43)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert sorted(done) == [31, 37, 41, 43]
assert ctypes.CFUNCTYPE(c_int, c_int)(lambda n: n + 1)(4) == 5
argument = c_int(3)
assert ctypes.CFUNCTYPE(None, POINTER(c_int))(lambda p: p.__setitem__(0, 9))(byref(argument)) is None and argument.value == 9
