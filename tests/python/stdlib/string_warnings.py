import string
import warnings

assert string.ascii_lowercase == "abcdefghijklmnopqrstuvwxyz" and string.capwords("a b") == "A B" and string.Template("$a ${b} $$").substitute(a=1, b=2) == "1 2 $"
assert list(string.Formatter().parse("a{b!r:c}")) == [("a", "b", "c", "r")] and string.Formatter().format("{0[k]}", {"k": 5}) == "5"
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    warnings.warn("text")
    warnings.warn("old", DeprecationWarning, stacklevel=1)
assert [(w.category.__name__, str(w.message)) for w in caught] == [("UserWarning", "text"), ("DeprecationWarning", "old")] and caught[0].lineno == 8
with warnings.catch_warnings():
    warnings.simplefilter("error")
    try:
        warnings.warn("raised")
    except UserWarning as error:
        assert str(error) == "raised"
    else:
        raise AssertionError
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("default")
    for _ in range(3):
        warnings.warn("once a line")
assert len(caught) == 1


@warnings.deprecated("use other")
def f():
    pass


with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    f()
assert str(caught[0].message) == "use other"
