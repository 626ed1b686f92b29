"""A pattern that has been used much finds what it found when it was new."""

import re
import threading

CASES = [
    (r"(\w+)\s*=\s*(\d+)?", 0, ["a = 12", "größe=7\n", "=", "x y=", "a=1 b=2\n\n"]),
    (r"^(a|b)*?c$", re.M, ["abc\nbac\n", "c", "ab", "xabc\naé"]),
    (r"(?:(a)|(b)|c)+", 0, ["ba", "abc", "cab", "c", "xxabé"]),
    (r"((a)(b)?)+", 0, ["aab", "aba", "é ab a"]),
    (r"a*", 0, ["baac", "", "é", "aa\n"]),
    (r"a*?", 0, ["baac", "", "éa"]),
    (r"a|ab|", 0, ["ab", "b", "éab"]),
    (r"x?(?:$)", 0, ["x\n", "x", "x\n\n", "é\n", "\n", ""]),
    (r"(b+|$)", 0, ["abb\n", "\n", "ébb"]),
    (r"(\w+)$", 0, ["one two\n", "one two", "größe\n", "a\n\n"]),
    (r"\s*$", 0, ["a \n", "a\t", " é \n \n"]),
    (r"\bw\w*\b|\B", 0, ["wo war x", "", "é w"]),
    (r"\bw\w*\b", re.A, ["wo éw wé", "w"]),
    (r"[^\W\d]+", 0, ["a1_ßb²", "٣x٣", "ǅe"]),
    (r"\d+|\s", 0, ["1٢3", "\x1c1\x85\u2003", "a\xa0"]),
    (r"\d+|\s", re.A, ["1٢3", "\x1c1\x85\u2003", "a\xa0"]),
    (r"straße|kelvin|ſ", re.I, ["STRAßE", "\u212aELVIN", "s", "S ſ"]),
    (r"[k-m]+|[^a-z]", re.I, ["K\u212aL", "aſZ", "İiı"]),
    (r"[k-m]+|[^a-z]", re.I | re.A, ["K\u212aL", "aſZ", "İiı"]),
    (r".+", 0, ["a\nb", "é\r\n", "\ud800x", "x\udfff\n"]),
    (r".+", re.S, ["a\nb", "é\r\n", "\ud800x"]),
    (r"[^a]", 0, ["a\ud800", "ab", "é\U0001f600"]),
    (r"(?:a|é){2,3}(b??)", 0, ["aéab", "aaa", "ééb"]),
    (r"(?:€|a)+", 0, ["aa", "a€a", "b"]),
    (r"(?:(x*)b|(a))+", 0, ["ab", "xba", "aab"]),
    (r"(?P<n>\d)|(?P<w>[a-z])(?P<x>!)?", 0, ["a1!", "b!", "é2"]),
    (r"\Aab|b\Z", 0, ["abab", "b\n", "éb"]),
    (r"(?i:a)b|B(?-i:c)", re.I, ["Ab aB", "bc bC"]),
    (r"(a)|(?!)", 0, ["ba", "b"]),
    (rb"(\w+)[\x80-\xff]", 0, [b"ab\xe9", b"\xe9\xff", b"a_1\x80\n"]),
    (rb"[^a]$", re.I, [b"A\n", b"b\n", b"\xff"]),
    (rb"(?s:.)\B", 0, [b"ab", b"\xe9a", b""]),
]


def shown(m):
    return m and (m.regs, m.groups(), m.lastindex, m.lastgroup, m.pos, m.endpos)


def results(p, s):
    empty = s[:0]
    wrap = b"<\\g<0>>" if isinstance(s, bytes) else "<\\g<0>>"
    last = len(s) - 1
    yield [shown(f(s)) for f in (p.search, p.match, p.fullmatch)]
    yield [shown(f(s, 1)) for f in (p.search, p.match, p.fullmatch)]
    yield [shown(f(s, 0, last)) for f in (p.search, p.match, p.fullmatch)]
    yield p.findall(s)
    yield [shown(m) for m in p.finditer(s)]
    yield p.split(s), p.split(s, maxsplit=1)
    yield p.sub(wrap, s), p.subn(empty, s), p.sub(lambda m: m[0][:1], s, count=2)
    scan = p.scanner(s)
    yield [shown(scan.match() if i % 2 else scan.search()) for i in range(5)]


def wear(p, is_bytes):
    for c in [b"\0"] if is_bytes else ["\0", "\u20ac"]:
        for end in (c, b"\n" if is_bytes else "\n"):
            text = 12000 * c + end
            p.search(text)
            p.fullmatch(text)
            p.search(text)


for pattern, flags, subjects in CASES:
    is_bytes = isinstance(pattern, bytes)
    for s in subjects:
        re.purge()
        p = re.compile(pattern, flags)
        new = list(results(p, s))
        wear(p, is_bytes)
        used = list(results(p, s))
        assert new == used, (pattern, flags, s, new, used)
        # Places far within long text.
        for filler in [b"\0"] if is_bytes else ["\0", "\u20ac"]:
            far = 70000 * filler
            late = [shown(m) for m in p.finditer(far + s, len(far))]
            early = [shown(m) for m in re.compile(pattern, flags).finditer(filler + s, 1)]
            assert len(late) == len(early), (pattern, s)
            shift = len(far) - 1
            for a, b in zip(late, early):
                moved = tuple((x, y) if x < 0 else (x + shift, y + shift) for x, y in b[0])
                assert a[0] == moved and a[1:4] == b[1:4], (pattern, s, a, b)

# What stands in the text counts, not the part that is searched.
p = re.compile(r"\b\w")
wear(p, False)
assert p.search("abc d", 1).start() == 4 and p.search("abc", 1) is None and p.search("a b", 0, 2).start() == 0
p = re.compile("^b")
wear(p, False)
assert p.search("ab", 1) is None and p.match("b")

# Long text is searched ahead.
text = "word, 12; ".join(map(str, range(20000)))
words = re.compile(r"\d+")
assert words.findall(text) == re.findall(r"(?=.)[0-9]+", text)
assert words.sub("", text).count("word") == 19999 and words.subn("", text, count=70)[1] == 70
assert len(words.split(text, maxsplit=100)) == 101
assert len(re.compile(r"\d*").findall(text[:100000])) == len(re.findall(r"(?=)\d*", text[:100000]))

# Time is linear where a backtracking engine takes too much.
p = re.compile(r"(?:a|b)*c")
wear(p, False)
assert p.search("ab" * 2000) is None

# Threads share the automata.
p = re.compile(r"(\w)(\d+)?(?:, |$)")
want = p.findall("a1, b, c23\n" * 10)
wrong = []


def use():
    for _ in range(300):
        if p.findall("a1, b, c23\n" * 10) != want:
            wrong.append(1)


threads = [threading.Thread(target=use) for _ in range(8)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert not wrong and len(want) == 21, len(want)
