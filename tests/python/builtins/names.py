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
