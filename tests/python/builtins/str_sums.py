"""Strings made by adding to strings again and again: each sum is a value of its own for ever."""

import sys

# Every beginning stays what it was while others add to it.
s = ""
beginnings = []
for i in range(3000):
    s += chr(97 + i % 26)
    beginnings.append(s)
for i, b in enumerate(beginnings):
    assert len(b) == i + 1 and b[-1] == chr(97 + i % 26), i
assert all(s.startswith(b) for b in beginnings)
assert s == "".join(chr(97 + i % 26) for i in range(3000))

# Two sums of one string do not meet.
base = "x" * 600 + "y"
base += "z"
base += "z"
one = base + "1"
two = base + "2"
again = base + "1"
assert one == again and one != two
assert (base[-3:], one[-3:], two[-3:]) == ("yzz", "zz1", "zz2")
assert hash(one) == hash("x" * 600 + "yzz1")
assert {one: 1}[again] == 1
assert sys.intern(one) is sys.intern(again)

# Characters of more than one byte, and the change from one to the other.
wide = ""
for i in range(2000):
    wide += "aé漢\U0001F600"[i % 4]
assert len(wide) == 2000
assert wide == "aé漢\U0001F600" * 500
assert [wide[i] for i in (0, 1, 63, 64, 65, 1999, -1)] == ["a", "é", "\U0001F600", "a", "é", "\U0001F600", "\U0001F600"]
assert wide[997:1003] == "é漢\U0001F600aé漢"
assert wide.find("a", 1001) == 1004 and wide.index("漢", 1500) == 1502
assert wide[::-1][:4] == "\U0001F600漢éa"
plain = "p" * 700
plain += "q"
plain += "q"
mixed = plain + "é"
assert plain.isascii() and not mixed.isascii() and mixed[-1] == "é" and mixed[:702] == plain

# Surrogates do not become a pair.
half = "h" * 600 + "a"
half += "b"
half += "\ud83d"
pair = half + "\ude00"
assert len(pair) == 604 and pair[-2:] == "\ud83d\ude00"

# Adding to itself, and a subclass.
t = "t" * 600
t += "u"
t += t
t += t
assert t == ("t" * 600 + "u") * 4


class Text(str):
    pass


named = Text(t)
named.note = 1
assert named + "x" == t + "x" and type(named + "x") is str and named.note == 1
