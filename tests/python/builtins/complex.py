"""complex numbers."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


z = 3 + 4j
assert z.real == 3.0 and z.imag == 4.0 and abs(z) == 5.0 and z.conjugate() == 3 - 4j and z == complex(3, 4)
assert z + 1 == 4 + 4j and 1 - z == -2 - 4j and z * z == -7 + 24j and z / 2 == 1.5 + 2j and -z == -3 - 4j and z**2 == -7 + 24j
assert (1 + 2j) / (3 - 4j) == -0.2 + 0.4j and z == 3 + 4j and z != 3 and 3 + 0j == 3 and hash(3 + 0j) == hash(3)
assert repr(z) == "(3+4j)" and repr(2j) == "2j" and repr(-2j) == "(-0-2j)" and repr(complex(0, -2)) == "-2j" and str(1e20 + 0.5j) == "(1e+20+0.5j)"
assert complex("1+2j") == 1 + 2j and complex(" -3.5J ") == -3.5j and complex("(1-2j)") == 1 - 2j and complex(2) == 2 and complex() == 0
assert format(z, ".1f") == "3.0+4.0j" and f"{z:>10}" == "    (3+4j)"
assert message(ValueError, lambda: complex("1 + 2j")) == "complex() arg is a malformed string"
assert message(TypeError, lambda: z < 1) == "'<' not supported between instances of 'complex' and 'int'"
assert message(TypeError, lambda: int(z)) == "int() argument must be a string, a bytes-like object or a real number, not 'complex'"
assert message(TypeError, lambda: z // 2) == "unsupported operand type(s) for //: 'complex' and 'int'"
assert "zero" in message(ZeroDivisionError, lambda: z / 0)
assert bool(0j) is False and bool(1j) and (0j) ** 0 == 1
