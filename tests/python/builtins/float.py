"""float: arithmetic, text, conversions, special values."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


inf, nan = float("inf"), float("nan")
assert 0.1 + 0.2 == 0.30000000000000004 and 1.5 * 2 == 3.0 and 7.0 // 2 == 3.0 and -7.0 // 2 == -4.0 and 7.5 % 2 == 1.5
assert -7.5 % 2 == 0.5 and 7.5 % -2 == -0.5 and divmod(7.5, 2) == (3.0, 1.5) and 2.0**0.5 == 1.4142135623730951
assert 1e308 * 10 == inf and -1e308 * 10 == -inf and inf - inf != inf - inf and nan != nan and not nan < 1 and not nan > 1
assert 2.0**-1074 == 5e-324 and 5e-324 / 2 == 0.0 and 1.7976931348623157e308 > 1e308
assert str(-0.0) == "-0.0" and 0.0 == -0.0 and str(0.0 * -1) == "-0.0" and abs(-0.0) == 0.0
assert type((-8.0) ** (1 / 3)) is complex and (-8.0) ** 3 == -512.0 and 0.0**0 == 1.0 and nan**0 == 1.0 and 1.0**nan == 1.0
for f in (lambda: 1.0 / 0, lambda: 1.0 // 0, lambda: 1.0 % 0, lambda: divmod(1.0, 0)):
    assert "by zero" in message(ZeroDivisionError, f) or "zero" in message(ZeroDivisionError, f)
assert message(ZeroDivisionError, lambda: 0.0**-1) == "zero to a negative power"
assert message(OverflowError, lambda: 10.0**400) == "(34, 'Numerical result out of range')"

# Text: the shortest that reads back.
for text in (
    "0.0", "1.0", "0.1", "1e+16", "1e-05", "0.0001", "123456789.123", "1e+22", "9007199254740993.0", "5e-324",
    "1.7976931348623157e+308", "2.2250738585072014e-308", "3.14", "-2.5", "1e+100", "1234567890123456.8", "inf", "-inf", "nan",
):
    x = float(text)
    assert x != x or float(repr(x)) == x
assert repr(1e16) == "1e+16" and repr(1e15) == "1000000000000000.0" and repr(0.0001) == "0.0001" and repr(0.00001) == "1e-05"
assert repr(1 / 3) == "0.3333333333333333" and repr(100.0) == "100.0" and repr(1e22) == "1e+22" and str(inf) == "inf" and str(nan) == "nan"
assert float("  1.5e3\n") == 1500.0 and float("1_0.5") == 10.5 and float("-Infinity") == -inf and float("NaN") != 0 and float(".5") == 0.5
assert float() == 0.0 and float(b"2.5") == 2.5 and float(10**20) == 1e20 and float("١.٥") == 1.5
for bad in ("", "x", "1.5.2", "1e", "--1", "0x1p3", "1__0"):
    assert message(ValueError, lambda: float(bad)) == f"could not convert string to float: {bad!r}"
assert message(TypeError, lambda: float(None)) == "float() argument must be a string or a real number, not 'NoneType'"
assert message(TypeError, lambda: float([])) == "float() argument must be a string or a real number, not 'list'"

# Formats.
assert format(3.14159, ".2f") == "3.14" and format(1234567.891, ",.1f") == "1,234,567.9" and format(0.00001234, "g") == "1.234e-05"
assert format(1e10, ".3e") == "1.000e+10" and format(0.5, "%") == "50.000000%" and format(2.5, "08.1f") == "000002.5"
assert format(2.0, "g") == "2" and format(2.0, "#g") == "2.00000" and format(1e20, "f") == "100000000000000000000.000000"
assert format(-0.0001, "z.2f") == "0.00" and format(1.0, "+") == "+1.0" and format(inf, "010") == "0000000inf" and format(nan, "F") == "NAN"
assert f"{0.1:.20f}" == "0.10000000000000000555" and f"{2.5:.0f} {3.5:.0f} {1.25:.1f}" == "2 4 1.2" and f"{123456789.0:n}" == "1.23457e+08"
assert f"{1234.5:_.2f} {5.0:e}" == "1_234.50 5.000000e+00"

# Methods.
assert (0.5).as_integer_ratio() == (1, 2) and (-1.5).as_integer_ratio() == (-3, 2) and (2.0).is_integer() and not (2.5).is_integer()
assert (1.5).hex() == "0x1.8000000000000p+0" and float.fromhex("0x1.8p+0") == 1.5 and float.fromhex("-0x.1p4") == -1.0 and (0.1).hex() == "0x1.999999999999ap-4"
assert float.from_number(5) == 5.0 and (2.5).real == 2.5 and (2.5).imag == 0.0 and (2.5).conjugate() == 2.5
assert message(OverflowError, inf.as_integer_ratio) == "cannot convert Infinity to integer ratio"
assert message(ValueError, nan.as_integer_ratio) == "cannot convert NaN to integer ratio"
assert round(2.5) == 2 and round(3.5) == 4 and round(-2.5) == -2 and round(2.675, 2) == 2.67 and round(1234.5678, -2) == 1200.0
assert type(round(2.5)) is int and type(round(2.5, 0)) is float and round(1e300, 2) == 1e300 and round(0.5, 400) == 0.5
assert message(ValueError, lambda: round(nan)) == "cannot convert float NaN to integer"
assert int(2**63 * 1.0) == 2**63 and int(-1e18) == -10**18 and bool(0.0) is False and bool(nan) is True

# Comparing with integers is exact.
assert 2.0**53 == 2**53 and 2.0**53 != 2**53 + 1 and 2**53 + 1 > 2.0**53 and 10**400 > 1e308 and -(10**400) < -1e308 and inf > 10**400
assert 1.5 > 1 and 1 < 1.5 and not 1 < nan and 2**62 + 1 > float(2**62)
assert hash(2.5) == hash(5 / 2) and hash(1e300) == hash(int(1e300)) and hash(inf) == 314159 and hash(-inf) == -314159
assert {1.0: "a"}[1] == "a" and nan in [nan] and [nan] == [nan] and not [nan] == [float("nan")]
