log = []


def f(n):
    try:
        if n == 0:
            return "returned"
        if n == 1:
            raise ValueError("one")
        if n == 2:
            {}["k"]
        return 1 // (n - 3)
    except ValueError as e:
        log.append(str(e))
        return "value"
    except (KeyError, IndexError):
        return "lookup"
    finally:
        log.append(n)


assert [f(0), f(1), f(2), f(4)] == ["returned", "value", "lookup", 1]
try:
    f(3)
except ZeroDivisionError as e:
    caught = e
else:
    assert False
assert caught.__traceback__.tb_next is not None
assert log == [0, "one", 1, 2, 4, 3]
try:
    try:
        raise KeyError("a")
    except KeyError:
        raise TypeError("b")
except TypeError as e:
    assert isinstance(e.__context__, KeyError) and e.__cause__ is None


class CM:
    def __enter__(self):
        log.append("in")
        return self

    def __exit__(self, t, v, tb):
        log.append(t and t.__name__)
        return t is ValueError


with CM():
    raise ValueError
with CM() as c:
    pass
assert log[-4:] == ["in", "ValueError", "in", None]
try:
    raise ExceptionGroup("g", [ValueError(1), TypeError(2), OSError(3)])
except* ValueError as g:
    assert len(g.exceptions) == 1
except* (TypeError, OSError) as g:
    assert len(g.exceptions) == 2
try:
    undefined_name
except NameError as e:
    assert str(e) == "name 'undefined_name' is not defined" and e.name == "undefined_name"


def unbound():
    x
    x = 1


try:
    unbound()
except UnboundLocalError as e:
    assert "cannot access local variable 'x'" in str(e)
