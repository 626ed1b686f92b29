"""bool, None, NotImplemented, Ellipsis."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


assert repr(True) == "True" and str(False) == "False" and bool() is False and bool([0]) is True and bool("") is False
assert True & False is False and True | False is True and True ^ True is False and type(True & 1) is int and True & 1 == 1
assert True + 1 == 2 and True * "x" == "x" and -True == -1 and hash(True) == 1 and int(True) == 1 and f"{True}" == "True" and f"{True:d}" == "1"
assert isinstance(True, int) and issubclass(bool, int) and bool.__mro__ == (bool, int, object)
assert message(TypeError, lambda: type("B", (bool,), {})) == "type 'bool' is not an acceptable base type"
assert not True is False and (not 0) is True
assert None is None and repr(None) == "None" and not None and hash(None) == hash(None) and type(None)() is None
assert message(AttributeError, lambda: None.x) == "'NoneType' object has no attribute 'x'"
assert message(TypeError, lambda: None + 1) == "unsupported operand type(s) for +: 'NoneType' and 'int'"
assert message(TypeError, lambda: None()) == "'NoneType' object is not callable"
assert message(TypeError, lambda: None[0]) == "'NoneType' object is not subscriptable"
assert repr(...) == "Ellipsis" and ... is Ellipsis and type(...)() is ...
assert repr(NotImplemented) == "NotImplemented" and type(NotImplemented)() is NotImplemented
assert message(TypeError, lambda: bool(NotImplemented)) == "NotImplemented should not be used in a boolean context"
