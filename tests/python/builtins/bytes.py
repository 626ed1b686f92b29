"""bytes and bytearray."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


for kind in (bytes, bytearray):
    b = kind(b"hello")
    assert b[0] == 104 and b[-1] == 111 and b[1:3] == b"el" and b[::-1] == b"olleh" and len(b) == 5 and list(b[:2]) == [104, 101]
    assert type(b[1:]) is kind and b + b"!" == b"hello!" and b * 2 == b"hellohello" and 104 in b and b"ell" in b and b"x" not in b
    assert b == b"hello" and b == bytearray(b"hello") and b != "hello" and b < b"help" and b.upper() == b"HELLO" and b.find(b"l") == 2 and b.find(108) == 2
    assert b.replace(b"l", b"L") == b"heLLo" and b.split(b"l") == [b"he", b"", b"o"] and b.count(b"l") == 2 and b.startswith(b"he") and b.endswith((b"x", b"lo"))
    assert b.hex() == "68656c6c6f" and b.hex(":") == "68:65:6c:6c:6f" and b.hex("_", 2) == "68_656c_6c6f" and kind.fromhex("68 65") == b"he"
    assert b.decode() == "hello" and b.center(9, b"*") == b"**hello**" and b.partition(b"l") == (b"he", b"l", b"lo") and b.strip(b"ho") == b"ell"
    assert b.title() == b"Hello" and b.isalpha() and kind(b"12").isdigit() and b.islower() and kind(b"a\nb").splitlines() == [b"a", b"b"]
    assert kind(3) == b"\0\0\0" and kind([1, 2]) == b"\1\2" and kind("é", "utf-8") == b"\xc3\xa9" and kind() == b"" and kind(b",").join([b"a", b"b"]) == b"a,b"
    assert b.translate(bytes(range(256)), b"l") == b"heo" and kind.maketrans(b"a", b"b")[97] == 98 and b.removeprefix(b"he") == b"llo"
    assert b.index(b"l") == 2 and b.rindex(b"l") == 3 and kind(b"42").zfill(4) == b"0042" and kind(b"a\tb").expandtabs(2) == b"a b"
    assert kind(b"%d %s %x %%") % (5, b"a", 255) == b"5 a ff %" and b.isascii() and b.swapcase() == b"HELLO" and b.capitalize() == b"Hello"
    for f, error, said in (
        (lambda: kind([256]), ValueError, "bytes must be in range(0, 256)" if kind is bytes else "byte must be in range(0, 256)"),
        (lambda: kind(-1), ValueError, "negative count"), (lambda: kind("a"), TypeError, "string argument without an encoding"),
        (lambda: b + "a", TypeError, None), (lambda: b.split(b""), ValueError, "empty separator"),
        (lambda: b.index(b"x"), ValueError, "subsection not found"), (lambda: kind.fromhex("6"), ValueError, None),
        (lambda: kind(1.5), TypeError, f"cannot convert 'float' object to {kind.__name__}"),
        (lambda: kind(b"\xff").decode(), UnicodeDecodeError, "'utf-8' codec can't decode byte 0xff in position 0: invalid start byte"),
        (lambda: kind(b"\xe2\x82").decode(), UnicodeDecodeError, "'utf-8' codec can't decode bytes in position 0-1: unexpected end of data"),
        (lambda: b[10], IndexError, "index out of range" if kind is bytes else "bytearray index out of range"),
    ):
        found = message(error, f)
        assert said is None or found == said, found

assert repr(b"a'\n\xff\\") == "b\"a'\\n\\xff\\\\\"" and repr(bytearray(b"x")) == "bytearray(b'x')" and b"\x41\101\n" == b"AA\n" and rb"\n" == b"\\n"
assert hash(b"a") == hash(bytes([97])) and message(TypeError, lambda: hash(bytearray())) == "unhashable type: 'bytearray'"
assert {b"k": 1}[bytes(b"k")] == 1 and bytes(range(256)).decode("latin-1").encode("latin-1") == bytes(range(256))

b = bytearray(b"hello")
b[0] = 72
b[1:3] = b"EEE"
b.append(33)
b.extend(b"??")
b += b"."
assert b == b"HEEElo!??." and b.pop() == 46 and b.pop(0) == 72
b.insert(0, 65)
b.remove(63)
del b[1:3]
assert b == b"AElo!?", b
b.reverse()
assert b == b"?!olEA"
b[::2] = b"123"
assert b == b"1!2l3A"
b *= 2
b.clear()
assert b == b"" and message(IndexError, b.pop) == "pop from empty bytearray"
b = bytearray(b"abc")
assert b.copy() == b and b.copy() is not b and message(ValueError, lambda: b.remove(0)) == "value not found in bytearray"
assert message(ValueError, lambda: b.__setitem__(0, 300)) == "byte must be in range(0, 256)"
b.resize(5)
assert b == b"abc\0\0" and bytes(b.take_bytes(2)) == b"ab" if hasattr(b, "take_bytes") else True


class Buffer:
    def __bytes__(self):
        return b"own"


assert bytes(Buffer()) == b"own"
