import binascii
from array import array

assert binascii.hexlify(b"ab") == b"6162" and binascii.unhexlify("6162") == b"ab" and binascii.b2a_base64(b"abc") == b"YWJj\n" and binascii.a2b_base64(b"YWJj") == b"abc" and binascii.crc32(b"abc") == 891568578
assert binascii.b2a_hex(b"abcd", "-", 2) == b"6162-6364" and binascii.crc_hqx(b"abc", 0) == 40406 and binascii.b2a_qp(b"a=\xe9") == b"a=3D=E9" and binascii.a2b_uu(binascii.b2a_uu(b"abc")) == b"abc"
for f in (lambda: binascii.unhexlify("6"), lambda: binascii.unhexlify("zz"), lambda: binascii.a2b_base64("YWJ")):
    try:
        f()
    except binascii.Error:
        pass
    else:
        raise AssertionError
a = array("i", [1, 2, 3])
a.append(4)
a.extend([5])
a[0] = 10
assert a.tolist() == [10, 2, 3, 4, 5] and a.itemsize == 4 and a.typecode == "i" and a[1:3] == array("i", [2, 3]) and a.pop() == 5 and a.index(3) == 2 and len(a) == 4 and a + a == a * 2
a.byteswap()
a.byteswap()
a.reverse()
a.insert(0, 7)
a.remove(7)
assert list(a) == [4, 3, 2, 10] and a.tobytes() == b"\4\0\0\0\3\0\0\0\2\0\0\0\n\0\0\0" and bytes(memoryview(a)[:1]) == b"\4\0\0\0" and repr(array("d", [1.5])) == "array('d', [1.5])" and array("u", "aé").tounicode() == "aé"
a.frombytes(b"\1\0\0\0")
assert a[-1] == 1 and array("B", b"ab")[0] == 97 and array("q") == array("b") and array("b", [1]) < array("b", [2]) and 3 in a
for f, kind in ((lambda: array("b", [200]), OverflowError), (lambda: array("x"), ValueError), (lambda: array("i", ["a"]), TypeError), (lambda: a[100], IndexError), (lambda: array("i").pop(), IndexError)):
    try:
        f()
    except kind:
        pass
    else:
        raise AssertionError
