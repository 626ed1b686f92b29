"""Subclasses of str have slots; those of int, bytes and tuple must not."""

import gc


class S(str):
    __slots__ = ("a", "b", "__weakref__")
    def __new__(cls, v):
        self = super().__new__(cls, v)
        self.a = v
        self.b = [v]
        return self

class T(S):
    pass


for v in ("", "x", "abcdefg", "abcdefgh", "é", "日本語" * 5, "z" * 1000):
    s, t = S(v), T(v)
    t.c = 5
    gc.collect()
    assert s == t == v and s.a == t.a == v and s.b == [v] and t.c == 5 and t.__dict__ == {"c": 5}
    assert len(s) == len(v) and s + "!" == v + "!" and hash(s) == hash(v) and {s: 1}[v] == 1
    try:
        s.d = 1
    except AttributeError:
        pass
    else:
        raise AssertionError
    del s.a
    assert not hasattr(s, "a")
import configparser, weakref
w = weakref.ref(s)
assert w() is s
for base in (int, bytes, tuple):
    try:
        type("X", (base,), {"__slots__": ("a",)})
    except TypeError as e:
        assert str(e) == f"nonempty __slots__ not supported for subtype of '{base.__name__}'", e
    else:
        raise AssertionError(base)
