"""str: every method."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


assert "heLLo".capitalize() == "Hello" and "ßx".casefold() == "ssx" and "a".center(5, "*") == "**a**" and "ab".center(5) == "  ab "
assert "banana".count("an") == 2 and "banana".count("") == 7 and "banana".count("a", 2) == 2 and "aaa".count("aa") == 1
assert "é".encode() == b"\xc3\xa9" and "é".encode("latin-1") == b"\xe9" and "a".encode("utf-16-le") == b"a\0"
assert "ab".endswith("b") and "ab".endswith(("x", "ab")) and not "ab".endswith("a") and "abc".endswith("b", 0, 2)
assert "a\tb".expandtabs(4) == "a   b" and "abcabc".find("c") == 2 and "abcabc".find("c", 3) == 5 and "abc".find("x") == -1 and "abc".find("") == 0
assert "abc".index("c") == 2 and "ABC1".isalnum() and "abc".isalpha() and not "a1".isalpha() and "abc".isascii() and not "é".isascii()
assert "１".isdecimal() and "²".isdigit() and not "²".isdecimal() and "½".isnumeric() and "a_1".isidentifier() and not "1a".isidentifier()
assert "abc".islower() and "ABC".isupper() and " \t\u2003".isspace() and "Ab Cd".istitle() and "a b".isprintable() and not "\n".isprintable()
assert "".isprintable() and not "".isalpha() and not "".islower()
assert ",".join(["a", "b"]) == "a,b" and "".join("xyz") == "xyz" and ",".join([]) == "" and "-".join(["a"]) == "a"
assert "ab".ljust(4) + "|" == "ab  |" and "ab".rjust(4, ".") == "..ab" and "ABC".lower() == "abc" and "İ".lower() == "i̇" and "ΑΣ".lower() == "ας"
assert "  a ".lstrip() == "a " and "  a ".rstrip() == "  a" and "xxaxx".strip("x") == "a" and "abc".strip("cba") == "" and "\u3000a".strip() == "a"
assert "a,b,c".partition(",") == ("a", ",", "b,c") and "abc".partition(",") == ("abc", "", "") and "a,b,c".rpartition(",") == ("a,b", ",", "c")
assert "testing".removeprefix("test") == "ing" and "testing".removesuffix("ing") == "test" and "a".removeprefix("x") == "a"
assert "aaa".replace("a", "b", 2) == "bba" and "abc".replace("", "-") == "-a-b-c-" and "abc".replace("b", "") == "ac" and "aa".replace("a", "aa", count=1) == "aaa"
assert "abcabc".rfind("b") == 4 and "abcabc".rindex("a") == 3 and "a b c".rsplit(" ", 1) == ["a b", "c"]
assert " a  b ".split() == ["a", "b"] and "a,b,,c".split(",") == ["a", "b", "", "c"] and "".split() == [] and "".split(",") == [""]
assert "a b c".split(maxsplit=1) == ["a", "b c"] and "a\nb\r\nc\x0bd\u2028e".splitlines() == ["a", "b", "c", "d", "e"]
assert "a\nb\n".splitlines(keepends=True) == ["a\n", "b\n"] and "abc".startswith("ab") and "abc".startswith("b", 1) and "a".startswith("")
assert "aBc".swapcase() == "AbC" and "they're bill's".title() == "They'Re Bill'S" and "ß".upper() == "SS" and "ŉ".upper() == "ʼN"
assert "42".zfill(5) == "00042" and "-42".zfill(5) == "-0042" and "abc".translate({97: "x", 98: None}) == "xc"
table = str.maketrans("abc", "xyz", "d")
assert "abcd".translate(table) == "xyz" and str.maketrans({"a": 1}) == {97: 1}
assert "{} {a}".format(1, a=2) == "1 2" and "{x}".format_map({"x": 5}) == "5"
assert "%s %r %d %5.2f %x %% %c" % ("a", "b", 5, 3.14159, 255, 65) == "a 'b' 5  3.14 ff % A"
assert "%(k)s" % {"k": 1} == "1" and "%*d" % (5, 42) == "   42" and "%-5d|" % 42 == "42   |" and "%+d" % 5 == "+5" and "%s" % (1,) == "1" and "%05d" % -42 == "-0042"

for f, kind, said in (
    (lambda: "abc".index("x"), ValueError, "substring not found"), (lambda: "a".split(""), ValueError, "empty separator"),
    (lambda: "a".partition(""), ValueError, "empty separator"), (lambda: ",".join([1]), TypeError, "sequence item 0: expected str instance, int found"),
    (lambda: ",".join(1), TypeError, "can only join an iterable"), (lambda: "a" + 1, TypeError, 'can only concatenate str (not "int") to str'),
    (lambda: "a"["b"], TypeError, "string indices must be integers, not 'str'"), (lambda: "a"[5], IndexError, "string index out of range"),
    (lambda: "a".startswith(1), TypeError, "startswith first arg must be str or a tuple of str, not int"),
    (lambda: "%d" % "a", TypeError, "%d format: a real number is required, not str"),
    (lambda: "%s %s" % "a", TypeError, "not enough arguments for format string"),
    (lambda: "%s" % (1, 2), TypeError, "not all arguments converted during string formatting"),
    (lambda: "a".center(5, "ab"), TypeError, "The fill character must be exactly one character long"),
    (lambda: 1 in "a", TypeError, "'in <string>' requires string as left operand, not int"),
    (lambda: "a".replace(1, "b"), TypeError, "replace() argument 1 must be str, not int"),
    (lambda: "a".upper(1), TypeError, "str.upper() takes no arguments (1 given)"),
    (lambda: "é".encode("ascii"), UnicodeEncodeError, "'ascii' codec can't encode character '\\xe9' in position 0: ordinal not in range(128)"),
    (lambda: "a" * "b", TypeError, "can't multiply sequence by non-int of type 'str'"), (lambda: "a".x, AttributeError, "'str' object has no attribute 'x'"),
    (lambda: "a".__setitem__, AttributeError, "'str' object has no attribute '__setitem__'"), (lambda: "a".encode("nothing"), LookupError, "unknown encoding: nothing"),
    (lambda: "%z" % 1, ValueError, "unsupported format character 'z' (0x7a) at index 1"), (lambda: "a".find(), TypeError, "find expected at least 1 argument, got 0"),
):
    assert message(kind, f) == said, message(kind, f)
