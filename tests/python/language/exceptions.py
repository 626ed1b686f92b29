"""Raising, catching, chaining, finally, notes."""

import sys


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def flow(what):
    log = []
    for i in range(2):
        try:
            log.append("try")
            if what == "raise":
                raise ValueError
            if what == "return":
                return log
            if what == "continue":
                continue
            if what == "break":
                break
        except ValueError:
            log.append("except")
        else:
            log.append("else")
        finally:
            log.append("finally")
    return log


assert flow("") == ["try", "else", "finally"] * 2
assert flow("raise") == ["try", "except", "finally"] * 2
assert flow("return") == ["try", "finally"] and flow("break") == ["try", "finally"]
assert flow("continue") == ["try", "finally"] * 2


def overrides():
    try:
        raise ValueError
    finally:
        result = "finally wins"
        return result


def nested_finally():
    log = []
    try:
        try:
            try:
                raise KeyError("a")
            finally:
                log.append(1)
        except IndexError:
            log.append("no")
        finally:
            log.append(2)
    except KeyError as error:
        log.append(str(error))
    return log


assert nested_finally() == [1, 2, "'a'"]

# Which handler.
def handler(error):
    try:
        raise error
    except (KeyError, IndexError):
        return "lookup"
    except ArithmeticError as e:
        return type(e).__name__
    except Exception:
        return "other"
    except:
        return "bare"


assert [handler(e) for e in (KeyError, IndexError(1), ZeroDivisionError(), ValueError, KeyboardInterrupt)] == [
    "lookup", "lookup", "ZeroDivisionError", "other", "bare"
]


def bad_handler():
    try:
        raise ValueError
    except 5:
        pass


assert message(TypeError, bad_handler) == "catching classes that do not inherit from BaseException is not allowed"

# Without parentheses (PEP 758).
try:
    raise IndexError
except KeyError, IndexError:
    pass


# Chaining.
def chain(kind):
    try:
        try:
            raise KeyError("first")
        except KeyError as first:
            if kind == "from":
                raise ValueError("second") from first
            if kind == "none":
                raise ValueError("second") from None
            raise ValueError("second")
    except ValueError as error:
        return error


e = chain("")
assert isinstance(e.__context__, KeyError) and e.__cause__ is None and e.__suppress_context__ is False
e = chain("from")
assert e.__cause__ is e.__context__ and isinstance(e.__cause__, KeyError) and e.__suppress_context__ is True
e = chain("none")
assert e.__cause__ is None and isinstance(e.__context__, KeyError) and e.__suppress_context__ is True
assert message(TypeError, lambda: exec("raise ValueError from 5")) == "exception causes must derive from BaseException"
assert message(TypeError, lambda: exec("raise 5")) == "exceptions must derive from BaseException"
assert message(RuntimeError, lambda: exec("raise")) == "No active exception to reraise"

# raise again
def again():
    try:
        raise ValueError("x")
    except ValueError:
        try:
            raise KeyError
        except KeyError:
            pass
        raise


assert message(ValueError, again) == "x"


# sys.exception follows the handlers.
assert sys.exception() is None
try:
    raise ValueError("a")
except ValueError as a:
    assert sys.exception() is a and sys.exc_info()[1] is a
    try:
        raise KeyError("b")
    except KeyError as b:
        assert sys.exception() is b and b.__context__ is a
    assert sys.exception() is a
assert sys.exception() is None
assert "a" not in globals()

# Attributes of exceptions.
e = Exception(1, "two")
assert e.args == (1, "two") and str(e) == "(1, 'two')" and repr(e) == "Exception(1, 'two')"
assert str(Exception()) == "" and repr(Exception("x")) == "Exception('x')" and str(KeyError("k")) == "'k'"
e.add_note("a note")
e.add_note("more")
assert e.__notes__ == ["a note", "more"]
assert message(TypeError, lambda: e.add_note(1)) == "add_note() argument must be str, not int"
assert e.with_traceback(None) is e and e.__traceback__ is None

try:
    missing_name
except NameError as error:
    assert error.name == "missing_name"
try:
    (1).missing
except AttributeError as error:
    assert error.name == "missing" and error.obj == 1
try:
    {}["k"]
except LookupError as error:
    assert error.args == ("k",)
s = StopIteration(5)
assert s.value == 5 and SystemExit(3).code == 3 and SystemExit().code is None
o = OSError(2, "No such", "file")
assert type(o) is FileNotFoundError and o.errno == 2 and o.strerror == "No such" and o.filename == "file"
assert str(o) == "[Errno 2] No such: 'file'" and type(OSError(13, "x")) is PermissionError and type(OSError(1)) is OSError
u = UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad")
assert str(u) == "'utf-8' codec can't decode byte 0xff in position 0: bad" and u.object == b"\xff" and u.start == 0
i = ImportError("m", name="n", path="p")
assert (i.msg, i.name, i.path) == ("m", "n", "p")


# A class with its own arguments.
class Custom(Exception):
    def __init__(self, code, **extra):
        super().__init__(f"code {code}")
        self.code, self.extra = code, extra


try:
    raise Custom(5, a=1)
except Custom as error:
    assert str(error) == "code 5" and error.code == 5 and error.extra == {"a": 1} and error.args == ("code 5",)


class FailsToStart(Exception):
    def __init__(self):
        raise KeyError("in init")


assert message(KeyError, lambda: exec("raise F", {"F": FailsToStart})) == "'in init'"

# Traceback objects.
def one():
    two()


def two():
    raise ValueError


try:
    one()
except ValueError as error:
    tb = error.__traceback__
    names = []
    while tb:
        names.append(tb.tb_frame.f_code.co_name)
        tb = tb.tb_next
assert names == ["<module>", "one", "two"]

# The hierarchy.
assert issubclass(KeyError, LookupError) and issubclass(ZeroDivisionError, ArithmeticError)
assert issubclass(FileNotFoundError, OSError) and IOError is OSError and EnvironmentError is OSError
assert issubclass(RecursionError, RuntimeError) and issubclass(ModuleNotFoundError, ImportError)
assert issubclass(IndentationError, SyntaxError) and issubclass(TabError, IndentationError)
assert not issubclass(KeyboardInterrupt, Exception) and not issubclass(GeneratorExit, Exception)
assert issubclass(UnicodeDecodeError, ValueError) and issubclass(UnboundLocalError, NameError)
assert issubclass(BrokenPipeError, ConnectionError) and issubclass(ExceptionGroup, (BaseExceptionGroup, Exception))
assert issubclass(PythonFinalizationError, RuntimeError) and issubclass(EncodingWarning, Warning)

# Deep finally blocks and many loops do not confuse the tables.
def loops():
    log = []
    for i in range(3):
        try:
            for j in range(3):
                try:
                    if i == j:
                        raise ValueError(i)
                    if j > i:
                        break
                except ValueError:
                    log.append(("v", i))
                    continue
                finally:
                    log.append((i, j))
        finally:
            log.append(i)
    return log


assert loops() == [("v", 0), (0, 0), (0, 1), 0, (1, 0), ("v", 1), (1, 1), (1, 2), 1, (2, 0), (2, 1), ("v", 2), (2, 2), 2]


def assertion():
    assert False, ("a", 1)


try:
    assertion()
except AssertionError as error:
    assert error.args == (("a", 1),)
