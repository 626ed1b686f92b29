import re

m = re.match(r"(\w+) (?P<n>\d+)", "abc 123!")
assert m.group() == "abc 123" and m.group(1, "n") == ("abc", "123") and m.groups() == ("abc", "123") and m.groupdict() == {"n": "123"} and m.span(2) == (4, 7) and m["n"] == "123" and m.end() == 7
assert re.findall(r"\d+", "1 22 x3") == ["1", "22", "3"] and re.findall(r"(a)(b)?", "ab a") == [("a", "b"), ("a", "")] and re.sub(r"(\w)(\d)", r"\2\1", "a1 b2") == "1a 2b"
assert re.sub("a", lambda m: m.group().upper(), "banana", count=2) == "bAnAna" and re.subn("x", "y", "xx") == ("yy", 2) and re.split(r"(,)\s*", "a, b,c") == ["a", ",", "b", ",", "c"]
assert re.search(r"(?i)HELLO", "say hello").start() == 4 and re.fullmatch(r"[a-c]+", "abc") and not re.fullmatch("a", "ab") and re.search(r"^b", "a\nb", re.M) and re.search("a.b", "a\nb", re.S)
assert re.search(r"(?<=a)b(?=c)(?!d)", "abc") and not re.search(r"(?<!a)b", "ab") and re.match(r"(a|b)*?c", "ababc") and re.match(r"(?:a{2,3})+", "aaaaa").end() == 5 and re.match(r"(.)\1", "aa")
assert re.match(r"(?x) a  b # comment", "ab") and re.match(r"(?P<q>['\"]).*?(?P=q)", "'x'") and re.escape("a.b*") == "a\\.b\\*" and re.match(r"\bfoo\b", "foo") and re.match(r"(a)?(?(1)b|c)", "ab")
assert re.match(r"(?>a+)b", "aab") and re.match(r"a++b", "aab") and not re.match(r"a++ab", "aaab") and re.findall(r"[^\W\d_]+", "é漢 1_") == ["é漢"] and re.findall(rb"\w", b"a1") == [b"a", b"1"]
p = re.compile(r"(\d)", re.A | re.I)
assert p.pattern == r"(\d)" and p.groups == 1 and [m.start() for m in p.finditer("a1b2")] == [1, 3] and p.search("a1", 2) is None and repr(re.compile("a", re.I)) == "re.compile('a', re.IGNORECASE)"
for bad, said in {"(": "missing ), unterminated subpattern at position 0", "*": "nothing to repeat at position 0", "[a": "unterminated character set at position 0", r"\g": "bad escape \\g at position 0", "(?P<1>a)": "bad character in group name '1' at position 4"}.items():
    try:
        re.compile(bad)
    except re.error as error:
        assert str(error) == said, error
    else:
        raise AssertionError(bad)
