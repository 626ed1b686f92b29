"""Writes the tables of facts the tests of this crate check against.

Run it with CPython 3.14 from this folder. Fields are separated by tabs; a result that is
an exception is written as "!Type: message".
"""

import itertools
import random
import sys

random.seed(3141)


def outcome(function):
    try:
        return str(function())
    except Exception as error:
        return f"!{type(error).__name__}: {error}"


def write(name, rows):
    rows = list(dict.fromkeys("\t".join(row) for row in rows))
    with open(name, "w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            assert "\n" not in row, row
            file.write(row + "\n")


INTS = [0, 1, -1, 7, -42, 255, 1000, -1234, 1234567, -(2**31), 2**53 + 1, 2**64, -(10**25), 10**400]
FLOATS = [0.0, -0.0, 1.0, -1.5, 0.1, 2.5, 3.14159, 1e16, 1e-5, 1234567.891, -99.995, 1e22, 1e100,
          5e-324, 1.7976931348623157e308, 0.0001, 123456.0, 12.0, -1e-10, float("inf"), float("-inf"), float("nan")]
COMPLEXES = [0j, 1 + 2j, 1j, -1j, complex(-0.0, -0.0), complex(12345.678, -1e20), complex(float("nan"), float("-inf"))]
STRINGS = ["", "a", "abc", "h\u00e9llo w\u00f6rld", "\u4e2d\u6587"]


def random_spec():
    pick = random.choice
    spec = ""
    if random.random() < 0.4:
        if random.random() < 0.6:
            spec += pick("*0x \u00e9\u4e2d")
        spec += pick("<>^=")
    if random.random() < 0.25:
        spec += pick("+- ")
    if random.random() < 0.1:
        spec += "z"
    if random.random() < 0.2:
        spec += "#"
    if random.random() < 0.25:
        spec += "0"
    if random.random() < 0.6:
        spec += str(pick([0, 1, 5, 8, 10, 17, 30]))
    if random.random() < 0.3:
        spec += pick([",", "_", ",", "_", ",_", ",,"])
    if random.random() < 0.4:
        spec += "." + pick(["", "0", "1", "2", "3", "6", "17", "40"])
        if random.random() < 0.25:
            spec += pick(",_")
    if random.random() < 0.85:
        spec += pick("bcdoxXneEfFgG%eEfFgGdsq")
    if random.random() < 0.02:
        spec += pick("q5 ")
    return spec


def shown(kind, value):
    if kind == "complex":
        return f"{value.real!r} {value.imag!r}"
    return value if kind == "str" else repr(value)


def format_rows():
    for kind, values, count in (("int", INTS, 900), ("float", FLOATS, 1300), ("complex", COMPLEXES, 300), ("str", STRINGS, 250)):
        for value in values:
            yield kind, shown(kind, value), "", outcome(lambda: format(value, ""))
        for _ in range(count):
            value, spec = random.choice(values), random_spec()
            yield kind, shown(kind, value), spec, outcome(lambda: format(value, spec))


def printf_rows():
    for _ in range(900):
        spec = "%"
        for flag in "#-0+ ":
            if random.random() < 0.2:
                spec += flag
        if random.random() < 0.5:
            spec += random.choice(["5", "10", "25"])
        if random.random() < 0.4:
            spec += "." + random.choice(["", "0", "1", "3", "12"])
        if random.random() < 0.5:
            value, kind = random.choice(INTS), "int"
            spec += random.choice("diuoxX")
        else:
            value, kind = random.choice(FLOATS), "float"
            spec += random.choice("eEfFgG")
        yield kind, repr(value), spec, outcome(lambda: spec % value)


def random_int():
    n = random.getrandbits(random.choice([1, 4, 31, 32, 53, 54, 61, 62, 63, 64, 65, 128, 200, 700]))
    return -n if random.random() < 0.5 else n


def random_float():
    import struct

    kind = random.random()
    if kind < 0.3:
        return float(random.randint(-1000, 1000)) / random.choice([1, 2, 4, 8, 10, 100])
    if kind < 0.6:
        return random.uniform(-1, 1) * 10 ** random.randint(-20, 25)
    while True:
        (value,) = struct.unpack("<d", random.randbytes(8))
        if value == value:
            return value


def ratio(pair):
    return f"{pair[0]} {pair[1]}"


def number_rows():
    for _ in range(150):
        a, b = random_int(), random_int()
        small = random.randint(0, 130)
        text = str(a), str(b)
        yield "divmod", *text, outcome(lambda: ratio(divmod(a, b)))
        yield "truediv", *text, outcome(lambda: repr(a / b))
        yield "and", *text, str(a & b)
        yield "or", *text, str(a | b)
        yield "xor", *text, str(a ^ b)
        yield "mul", *text, str(a * b)
        yield "modpow", *text, outcome(lambda: pow(7, a, b))
        yield "shl", str(a), str(small), str(a << small)
        yield "shr", str(a), str(small), str(a >> small)
        yield "hash", str(a), "", str(hash(a))
        yield "float", str(a), "", outcome(lambda: repr(float(a)))
        yield "round", str(a), str(small // 8), str(round(a, -(small // 8)))
    for _ in range(200):
        a, b = random_float(), random_float()
        places = random.randint(-25, 25)
        yield "fdivmod", repr(a), repr(b), outcome(lambda: ratio(divmod(a, b)))
        yield "fhash", repr(a), "", str(hash(a))
        yield "fround", repr(a), str(places), outcome(lambda: repr(round(a, places)))
        yield "hex", repr(a), "", a.hex()
        yield "ratio", repr(a), "", outcome(lambda: ratio(a.as_integer_ratio()))
        yield "int", repr(a), "", outcome(lambda: int(a))


if __name__ == "__main__":
    assert sys.version_info[:2] == (3, 14)
    write("format.tsv", format_rows())
    write("printf.tsv", printf_rows())
    write("number.tsv", number_rows())
