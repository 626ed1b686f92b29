import struct

assert struct.pack("<iHb", 1, 2, -3) == b"\1\0\0\0\2\0\xfd" and struct.unpack(">Q", b"\0" * 7 + b"\5") == (5,) and struct.calcsize("bi") == 8 and struct.calcsize("=bi") == 5
assert struct.pack("5s2xf", b"ab", 1.5) == b"ab\0\0\0\0\0\0\0\0\xc0?"[0:8] + struct.pack("f", 1.5) and struct.unpack("<d", struct.pack("<d", 0.1)) == (0.1,) and struct.pack("?c", True, b"x") == b"\1x"
assert struct.pack("3p", b"abc") == b"\2ab" and struct.pack("<e", 1.5) == b"\0>" and list(struct.iter_unpack("<H", b"\1\0\2\0")) == [(1,), (2,)] and struct.Struct("<II").size == 8
buffer = bytearray(6)
struct.pack_into("<H", buffer, 2, 0x0102)
assert buffer == b"\0\0\2\1\0\0" and struct.unpack_from("<H", buffer, 2) == (0x0102,)
for f in (lambda: struct.pack("b", 200), lambda: struct.unpack("i", b"a"), lambda: struct.pack("i"), lambda: struct.calcsize("z"), lambda: struct.pack("i", "a")):
    try:
        f()
    except struct.error:
        pass
    else:
        raise AssertionError
