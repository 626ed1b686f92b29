"""int: arithmetic over all sizes, conversions, methods, messages."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


EDGES = [0, 1, -1, 2, 7, 255, 2**30, 2**31 - 1, 2**31, 2**32, 2**60, 2**61 - 1, 2**61, 2**62, 2**63 - 1, 2**63, 2**64, 2**100]
EDGES += [-x for x in EDGES]

# Laws that hold for all pairs, whatever the representation.
for a in EDGES:
    assert -(-a) == a and ~a == -a - 1 and abs(a) == (a if a >= 0 else -a) and +a == a
    assert int(str(a)) == a and int(hex(a), 16) == a and int(oct(a), 8) == a and int(bin(a), 2) == a and int(repr(a)) == a
    assert hash(a) == hash(int(str(a))) and bool(a) == (a != 0)
    assert a << 5 == a * 32 and (a << 70) >> 70 == a and a >> 1 == a // 2 and a >> 200 == (0 if a >= 0 else -1)
    for b in EDGES:
        assert a + b == b + a and a - b == -(b - a) and a * b == b * a and (a + b) - b == a
        assert (a < b) == (b > a) == (a - b < 0) and (a == b) == (a - b == 0) and (a <= b) == (not a > b)
        assert a & b == ~(~a | ~b) and a ^ b == (a | b) & ~(a & b) and (a & b) + (a | b) == a + b
        if b:
            q, r = divmod(a, b)
            assert q * b + r == a and a // b == q and a % b == r and (r == 0 or (r < 0) == (b < 0)) and abs(r) < abs(b)
            assert (a * b) // b == a

assert 7 // 2 == 3 and -7 // 2 == -4 and 7 // -2 == -4 and -7 % 3 == 2 and 7 % -3 == -2
assert 2**62 == 4611686018427387904 and 2**63 - 1 == 9223372036854775807 and 3**50 == 717897987691852588770249
assert 10**20 // 3 == 33333333333333333333 and (-10)**21 % 7 == (-10)**21 - (-10)**21 // 7 * 7
assert 7 / 2 == 3.5 and 1 / 3 == 0.3333333333333333 and 10**30 / 10**29 == 10.0 and 2**1000 / 2**999 == 2.0
assert 2**-1 == 0.5 and 0**0 == 1 and (-2)**3 == -8 and pow(2, 10, 1000) == 24 and pow(3, -1, 7) == 5 and pow(2, 3, -5) == -2

for f, said in (
    (lambda: 1 // 0, "integer division or modulo by zero"), (lambda: 1 % 0, "integer modulo by zero"),
    (lambda: 1 / 0, "division by zero"), (lambda: divmod(1, 0), "integer division or modulo by zero"),
    (lambda: 2**70 // 0, "integer division or modulo by zero"), (lambda: 0**-1, "zero to a negative power"),
):
    found = message(ZeroDivisionError, f)
    assert found in (said, "division by zero", "integer division or modulo by zero"), found
assert message(ValueError, lambda: pow(2, 3, 0)) == "pow() 3rd argument cannot be 0"
assert message(ValueError, lambda: pow(2, -1, 4)) == "base is not invertible for the given modulus"
assert message(ValueError, lambda: 1 << -1) == "negative shift count"
assert message(ValueError, lambda: 1 >> -1) == "negative shift count"
assert message(OverflowError, lambda: 10**400 / 1) == "integer division result too large for a float"
assert message(OverflowError, lambda: float(10**400)) == "int too large to convert to float"
assert message(TypeError, lambda: 1 + "a") == "unsupported operand type(s) for +: 'int' and 'str'"
assert message(TypeError, lambda: 1 < "a") == "'<' not supported between instances of 'int' and 'str'"

# int()
assert int() == 0 and int(3.9) == 3 and int(-3.9) == -3 and int("  42\n") == 42 and int("-0x1F", 16) == -31 and int("0b101", 0) == 5
assert int("1_000") == 1000 and int("z", 36) == 35 and int(b"12") == 12 and int("１２") == 12 and int(1e20) == 10**20
assert int("0o77", 0) == 63
for bad in ("", "x", "1.5", "1__0", "_1", "1_", "0x10", "+-1", "1 2", "²"):
    assert message(ValueError, lambda: int(bad)) == f"invalid literal for int() with base 10: {bad!r}"
assert message(ValueError, lambda: int("9", 8)) == "invalid literal for int() with base 8: '9'"
assert message(ValueError, lambda: int("1", 1)) == "int() base must be >= 2 and <= 36, or 0"
assert message(TypeError, lambda: int(1, 2)) == "int() can't convert non-string with explicit base"
assert message(TypeError, lambda: int(None)) == (
    "int() argument must be a string, a bytes-like object or a real number, not 'NoneType'"
)
assert message(ValueError, lambda: int(float("nan"))) == "cannot convert float NaN to integer"
assert message(OverflowError, lambda: int(float("inf"))) == "cannot convert float infinity to integer"
assert message(ValueError, lambda: int("1" * 5000)).startswith("Exceeds the limit (4300 digits) for integer string conversion")
assert message(ValueError, lambda: str(10**5000)).startswith("Exceeds the limit (4300 digits) for integer string conversion")


class Index:
    def __index__(self):
        return 7


class Int:
    def __int__(self):
        return 8


assert int(Index()) == 7 and int(Int()) == 8 and [0] * Index() == [0] * 7 and range(Index())[-1] == 6

# Methods.
assert (255).bit_length() == 8 and (0).bit_length() == 0 and (-256).bit_length() == 9 and (2**100).bit_length() == 101
assert (255).bit_count() == 8 and (-7).bit_count() == 3 and (2**70 - 1).bit_count() == 70
assert (1000).to_bytes(2, "big") == b"\x03\xe8" and (1000).to_bytes(4, "little") == b"\xe8\x03\0\0" and (5).to_bytes() == b"\x05"
assert (-1).to_bytes(3, "big", signed=True) == b"\xff\xff\xff" and (0).to_bytes(0) == b""
assert int.from_bytes(b"\x03\xe8") == 1000 and int.from_bytes(b"\xff\xfe", "little", signed=True) == -257
assert int.from_bytes([1, 2]) == 258 and int.from_bytes(bytes(range(20)), "big") > 2**100
assert message(OverflowError, lambda: (256).to_bytes(1)) == "int too big to convert"
assert message(OverflowError, lambda: (-1).to_bytes(1)) == "can't convert negative int to unsigned"
assert (6).as_integer_ratio() == (6, 1) and (5).numerator == 5 and (5).denominator == 1 and (5).real == 5 and (5).imag == 0
assert (5).conjugate() == 5 and (5).is_integer() is True and (5).__index__() == 5
assert round(1234, -2) == 1200 and round(1250, -2) == 1200 and round(1350, -2) == 1400 and round(5) == 5 and round(-15, -1) == -20

# Text.
assert str(-5) == "-5" and repr(2**64) == "18446744073709551616" and hex(-255) == "-0xff" and oct(8) == "0o10" and bin(-5) == "-0b101"
assert format(1234567, ",") == "1,234,567" and format(5, "08b") == "00000101" and format(-5, "+d") == "-5" and format(5, " d") == " 5"
assert format(255, "#06x") == "0x00ff" and format(3, ".2f") == "3.00" and format(65, "c") == "A" and format(10**25, ",d").count(",") == 8
assert format(12, "=+6") == "+   12" and format(12, "*^7") == "**12***" and format(1000, "n") == "1000"

# Small ones are the same object; equality with other numbers.
assert 1 == 1.0 == True == (1 + 0j) and hash(1) == hash(1.0) == hash(True) and 2**53 + 1 != float(2**53)
assert hash(-1) == -2 and hash(2**61 - 1) == 0 and hash(2**61) == 1 and hash(-(2**61)) == -2
assert isinstance(True, int) and True + True == 2 and type(True + 0) is int
