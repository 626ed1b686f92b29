"""What the module builtins names, and what cannot be subscripted."""

import builtins

names = {"dict_items", "list_iterator", "member_descriptor", "iterator"}
assert not names & set(dir(builtins)), names & set(dir(builtins))


class Never:
    __class_getitem__ = None


try:
    Never[int]
except TypeError as e:
    assert str(e) == "type 'Never' is not subscriptable", e
else:
    raise AssertionError("no error")

# A class's namespace with other keys than strings works, with a warning.
import warnings

with warnings.catch_warnings(record=True) as seen:
    warnings.simplefilter("always")
    odd = type("Odd", (), {1: 2, "a": 3})
    type("Even", (), {"a": 3})
assert odd.__dict__[1] == 2 and odd.a == 3
assert [str(w.message) for w in seen] == ["non-string key in the __dict__ of class Odd"], seen

# The bytes of any items can be looked at.
import ctypes

doubles = memoryview((ctypes.c_double * 2)(1.5, -2.0))
assert doubles.cast("B").nbytes == 16 and doubles.cast("b")[0] == 0
try:
    doubles.cast("d")
except TypeError as e:
    assert str(e) == "memoryview: cannot cast between two non-byte formats", e
else:
    raise AssertionError("no error")
