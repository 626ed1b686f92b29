"""str: indexing, slices, comparison, escapes, surrogates, with and without ASCII."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


for s in ("hello", "héllo", "漢字かな", "a🐍b🐍c", "\ud800x", "mixed é 漢 🐍 end"):
    chars = [c for c in s]
    assert len(s) == len(chars) and "".join(chars) == s and [s[i] for i in range(len(s))] == chars
    assert [s[-i - 1] for i in range(len(s))] == chars[::-1] and s[::-1] == "".join(chars[::-1])
    for a in range(-len(s) - 1, len(s) + 2):
        for b in range(-len(s) - 1, len(s) + 2):
            assert s[a:b] == "".join(chars[a:b])
    assert s[::2] == "".join(chars[::2]) and s[::-3] == "".join(chars[::-3])
    assert s.find(s[-2:]) == len(s) - 2 and s in s and s * 3 == s + s + s and (s + s).count(s) >= 1
    assert hash(s) == hash("".join(chars)) and s == "".join(chars) and s != s + "x" and s < s + "x"
    assert s.encode("utf-8", "surrogatepass").decode("utf-8", "surrogatepass") == s
    assert eval(repr(s)) == s and eval(ascii(s)) == s
    assert [ord(c) for c in s] == [ord(c) for c in chars] and all(chr(ord(c)) == c for c in s)

long = "x" * 1000 + "é" + "y" * 1000 + "🐍" + "z" * 1000
assert long[1000] == "é" and long[2001] == "🐍" and long[-1] == "z" and len(long) == 3002 and long.find("🐍") == 2001
assert "a" < "b" < "é" < "漢" < "🐍" and "a" < "aa" and "Z" < "a" and "" < "a" and not "b" < "a" and max("ab") == "b"
assert sorted("hello") == ["e", "h", "l", "l", "o"] and set("aab") == {"a", "b"}
assert "\x41\u00e9\U0001f40d\N{SNAKE}\101\n\\" == "Aé🐍🐍A\n\\" and r"\n" == "\\n" and "a" "b" == "ab"
assert repr("it's") == '"it\'s"' and repr('a"b') == "'a\"b'" and repr("'\"") == "'\\'\"'" and repr("\n\t\\\x00\x7f") == "'\\n\\t\\\\\\x00\\x7f'"
assert repr("é\u200b\ud800\U000e0001") == "'é\\u200b\\ud800\\U000e0001'" and ascii("é漢🐍") == "'\\xe9\\u6f22\\U0001f40d'"
assert message(UnicodeEncodeError, lambda: "\ud800".encode()) == (
    "'utf-8' codec can't encode character '\\ud800' in position 0: surrogates not allowed"
)
assert "\ud83d\udc0d" != "🐍" and len("\ud83d\udc0d") == 2
assert "é".encode("ascii", "replace") == b"?" and "é".encode("ascii", "ignore") == b"" and "é".encode("ascii", "xmlcharrefreplace") == b"&#233;"
assert "é".encode("ascii", "backslashreplace") == b"\\xe9" and b"\xff".decode("utf-8", "surrogateescape") == "\udcff" and b"\xff".decode("utf-8", "replace") == "\ufffd"
assert str(b"a", "ascii") == "a" and str(b"a") == "b'a'" and str(5) == "5" and str() == "" and str(object=1) == "1"
assert "a".__add__("b") == "ab" and "ab".__contains__("a") and "a".__len__() == 1 and "%s".__mod__(1) == "1"
assert chr(0) == "\0" and chr(0x10FFFF) == "\U0010ffff" and message(ValueError, lambda: chr(0x110000)) == "chr() arg not in range(0x110000)"
assert message(TypeError, lambda: ord("ab")) == "ord() expected a character, but string of length 2 found"
assert "abc"[1:2] == "b" and "abc"[True] == "b" and "abc"[5:] == "" and "abc"[-100:2] == "ab"
text = ""
for i in range(1000):
    text += chr(97 + i % 26)
assert len(text) == 1000 and text[26] == "a" and text.count("z") == 38
a = "shared"
b = a
a += "!"
assert b == "shared" and a == "shared!"


class S(str):
    def __str__(self):
        return "own"


s = S("text")
assert s == "text" and str(s) == "own" and s.upper() == "TEXT" and type(s + "x") is str and f"{s}" == "own" and len(s) == 4 and {"text": 1}[s] == 1
