"""Writes the tables of facts the tests of this crate check against.

Run it with CPython 3.14 from this folder. Fields are separated by tabs; a result that is
an exception is written as "!" and its message. Texts are written as `ascii()` does, bytes
as hexadecimal digits.
"""

import codecs
import random
import sys
import unicodedata
import warnings
import zlib

random.seed(2718)
warnings.simplefilter("ignore")


def outcome(function):
    try:
        return function()
    except (ValueError, TypeError) as error:
        return "!" + str(error).encode("ascii", "backslashreplace").decode()


def write(name, rows):
    rows = list(dict.fromkeys("\t".join(row) for row in rows))
    with open(name, "w", encoding="utf-8", newline="\n") as file:
        for row in rows:
            assert "\n" not in row, row
            file.write(row + "\n")


DECODE_ERRORS = ["strict", "ignore", "replace", "backslashreplace", "surrogateescape", "surrogatepass"]
ENCODE_ERRORS = DECODE_ERRORS + ["xmlcharrefreplace", "namereplace"]
PIECES = {
    "utf_8": [b"a", b"\xc3\xa9", b"\xe2\x82\xac", b"\xf0\x9f\x98\x80", b"\xed\xa0\x80", b"\xed\xb0\x80", b"\xc3", b"\xe2\x82",
              b"\xf0\x9f", b"\x80", b"\xff", b"\xc0\x80", b"\xf4\x90\x80\x80", b"\xe0\x80", b"\xed", b"\xed\xa0", b"\xf0\x80"],
    "utf_16_le": [b"a\0", b"\xac\x20", b"\x3d\xd8\x00\xde", b"\x3d\xd8", b"\x00\xde", b"\0", b"\xff\xfe"],
    "utf_32_be": [b"\0\0\0a", b"\0\1\xf6\0", b"\0\0\xd8\0", b"\0\x11\0\0", b"\0", b"\0\0\xfe\xff"],
    "ascii": [b"a", b"bc", b"\x80", b"\xff", b"\xe9\xe9"],
    "utf_7": [b"a", b"+", b"-", b"AOk", b"+AOk-", b"2D3eAA", b"+2D3eAA-", b"+IKw", b"/", b"A", b"!", b"\xff", b"+-", b" ", b"2AA"],
    "unicode_escape": [b"a", b"\\", b"\\x41", b"\\x4", b"\\u20ac", b"\\u20", b"\\U0001f600", b"\\U00110000", b"\\U0001", b"\\N{EURO SIGN}",
                       b"\\N{nope}", b"\\N{", b"\\N", b"\\n", b"\\777", b"\\1", b"\\q", b"\xe9", b"\\\n", b"}"],
    "raw_unicode_escape": [b"a", b"\\", b"\\u20ac", b"\\u20", b"\\U0001f600", b"\\U00110000", b"\\x41", b"\xe9", b"4"],
}


def decode_rows():
    for encoding, pieces in PIECES.items():
        decode = getattr(codecs, encoding + "_decode")
        for _ in range(260):
            data = b"".join(random.choices(pieces, k=random.randint(1, 5)))
            errors = random.choice(DECODE_ERRORS)
            last = random.random() < 0.6
            arguments = (data, errors) if encoding == "ascii" else (data, errors, last)

            def run():
                text, consumed = decode(*arguments)
                return f"{consumed} {ascii(text)}"

            yield encoding, errors, str(int(last)), data.hex(), outcome(run)


CHARACTERS = ["a", "b", "+", "-", "\\", "\n", "~", "\x00", "\x80", "\xe9", "\u20ac", "\u0100", "\U0001f600", "\ud800", "\udc80", "\udcff"]


def encode_rows():
    for encoding in ["utf_8", "utf_16_le", "utf_16", "utf_32_be", "ascii", "latin_1", "utf_7", "unicode_escape", "raw_unicode_escape"]:
        encode = getattr(codecs, encoding + "_encode")
        for _ in range(110):
            text = "".join(random.choices(CHARACTERS, k=random.randint(1, 6)))
            errors = random.choice(ENCODE_ERRORS)
            codes = " ".join(f"{ord(c):x}" for c in text)
            yield encoding, errors, codes, outcome(lambda: encode(text, errors)[0].hex())


ALPHABET = list("aAbZ1 \t'\"\\\n\r,.-_") + list("éÉßſΣσςǅǆŉİıﬁ٣²½Ⅷ一\u0301\u00a0\u2028\u3000\u200b\x1c\x85\U00010400\U0001f600\ud800")
METHODS = ["lower", "upper", "title", "capitalize", "swapcase", "casefold", "isalpha", "isalnum", "isdecimal", "isdigit", "isnumeric",
           "isspace", "isprintable", "isidentifier", "islower", "isupper", "istitle", "split", "rsplit", "splitlines", "strip"]


def method_rows():
    for _ in range(500):
        text = "".join(random.choices(ALPHABET, k=random.choice([1, 1, 2, 3, 4, 6, 9])))
        codes = " ".join(f"{ord(c):x}" for c in text)
        yield "repr", codes, ascii(repr(text))
        for method in random.sample(METHODS, 6):
            yield method, codes, ascii(getattr(text, method)())


def unicode_rows():
    """A checksum of each property over all code points."""

    def codes(text):
        return " ".join(f"{ord(c):x}" for c in text)

    def flag(value):
        return str(int(value))

    def number(value):
        return "-" if value is None else f"{round(value * 10**6)}"

    properties = {
        "category": unicodedata.category,
        "bidirectional": unicodedata.bidirectional,
        "combining": lambda c: str(unicodedata.combining(c)),
        "east_asian_width": unicodedata.east_asian_width,
        "mirrored": lambda c: flag(unicodedata.mirrored(c)),
        "decimal": lambda c: number(unicodedata.decimal(c, None)),
        "digit": lambda c: number(unicodedata.digit(c, None)),
        "numeric": lambda c: number(unicodedata.numeric(c, None)),
        "decomposition": unicodedata.decomposition,
        "name": lambda c: unicodedata.name(c, "-"),
        "nfkd": lambda c: codes(unicodedata.normalize("NFKD", c)),
        "nfkc": lambda c: codes(unicodedata.normalize("NFKC", c)),
        "isidentifier": lambda c: flag(c.isidentifier()) + flag(("a" + c).isidentifier()),
    }
    for method in ["lower", "upper", "title", "casefold", "swapcase", "capitalize"]:
        properties[method] = lambda c, method=method: codes(getattr(c, method)())
    for method in ["isalpha", "isdecimal", "isdigit", "isnumeric", "isspace", "isprintable", "islower", "isupper", "istitle"]:
        properties[method] = lambda c, method=method: flag(getattr(c, method)())
    for name, get in properties.items():
        crc = 0
        for start in range(0, 0x110000, 0x1000):
            lines = "".join(get(chr(c)) + "\n" for c in range(start, start + 0x1000))
            crc = zlib.crc32(lines.encode(), crc)
        yield name, f"{crc:08x}"


if __name__ == "__main__":
    assert sys.version_info[:2] == (3, 14)
    write("decode.tsv", decode_rows())
    write("encode.tsv", encode_rows())
    write("methods.tsv", method_rows())
    write("unicode.tsv", unicode_rows())
