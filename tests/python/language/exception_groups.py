"""Exception groups and `except*`."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def shape(error):
    """A group as nested lists, other exceptions as their text."""
    if isinstance(error, BaseExceptionGroup):
        return [error.message, *map(shape, error.exceptions)]
    return repr(error)


group = ExceptionGroup("g", [ValueError(1), KeyError("k"), ExceptionGroup("h", [TypeError("t"), ValueError(2)])])
assert str(group) == "g (3 sub-exceptions)" and group.message == "g" and len(group.exceptions) == 3
assert repr(ExceptionGroup("g", [ValueError(1)])) == "ExceptionGroup('g', [ValueError(1)])"
assert str(ExceptionGroup("g", [ValueError(1)])) == "g (1 sub-exception)"

match, rest = group.split(ValueError)
assert shape(match) == ["g", "ValueError(1)", ["h", "ValueError(2)"]]
assert shape(rest) == ["g", "KeyError('k')", ["h", "TypeError('t')"]]
assert shape(group.subgroup((KeyError, TypeError))) == ["g", "KeyError('k')", ["h", "TypeError('t')"]]
assert group.subgroup(IndexError) is None and group.split(ExceptionGroup) == (group, None)
assert shape(group.subgroup(lambda e: isinstance(e, ValueError) and e.args == (2,))) == ["g", ["h", "ValueError(2)"]]
assert shape(group.derive([OSError("o")])) == ["g", "OSError('o')"]

assert type(BaseExceptionGroup("b", [ValueError()])) is ExceptionGroup
assert type(BaseExceptionGroup("b", [KeyboardInterrupt()])) is BaseExceptionGroup
assert message(TypeError, lambda: ExceptionGroup("b", [KeyboardInterrupt()])) == (
    "Cannot nest BaseExceptions in an ExceptionGroup"
)
assert message(ValueError, lambda: ExceptionGroup("b", [])) == "second argument (exceptions) must be a non-empty sequence"
assert message(ValueError, lambda: ExceptionGroup("b", [1])) == "Item 0 of second argument (exceptions) is not an exception"
assert message(TypeError, lambda: ExceptionGroup("b", 5)) == "second argument (exceptions) must be a sequence"


def run(error):
    log = []
    try:
        try:
            raise error
        except* ValueError as e:
            log.append(("value", shape(e)))
        except* (KeyError, TypeError) as e:
            log.append(("key or type", shape(e)))
        else:
            log.append("else")
        finally:
            log.append("finally")
    except BaseException as e:
        log.append(("left", shape(e)))
    return log


assert run(group) == [
    ("value", ["g", "ValueError(1)", ["h", "ValueError(2)"]]),
    ("key or type", ["g", "KeyError('k')", ["h", "TypeError('t')"]]),
    "finally",
]
assert run(ExceptionGroup("g", [ValueError(1), OSError("o")])) == [
    ("value", ["g", "ValueError(1)"]), "finally", ("left", ["g", "OSError('o')"])
]
# A single exception is wrapped for the handler.
assert run(ValueError(3)) == [("value", ["", "ValueError(3)"]), "finally"]
assert run(OSError("o")) == ["finally", ("left", "OSError('o')")]


def no_error():
    log = []
    try:
        log.append("try")
    except* ValueError:
        log.append("except")
    else:
        log.append("else")
    return log


assert no_error() == ["try", "else"]


# What handlers raise is gathered with what was not handled.
def raises():
    try:
        raise ExceptionGroup("g", [ValueError(1), TypeError(2), OSError(3)])
    except* ValueError:
        raise KeyError("new")
    except* TypeError:
        raise


try:
    raises()
except ExceptionGroup as error:
    assert shape(error) == ["", "KeyError('new')", ["g", "TypeError(2)", "OSError(3)"]], shape(error)

try:
    try:
        raise ExceptionGroup("g", [ValueError(1)])
    except* ValueError as e:
        raise e
except ExceptionGroup as error:
    assert shape(error) in (["g", "ValueError(1)"], ["", ["g", "ValueError(1)"]])

# The name is gone afterwards.
try:
    raise ExceptionGroup("g", [ValueError(1)])
except* ValueError as e:
    pass
assert "e" not in globals()


def group_in_handler():
    try:
        raise ValueError
    except* ExceptionGroup:
        pass


assert message(TypeError, group_in_handler) == "catching ExceptionGroup with except* is not allowed. Use except instead."

for bad, said in {
    "for _ in (): \n try: pass\n except* ValueError: break": "'break', 'continue' and 'return' cannot appear in an except* block",
    "try: pass\nexcept*: pass": "expected one or more exception types",
    "try: pass\nexcept ValueError: pass\nexcept* KeyError: pass": "cannot have both 'except' and 'except*' on the same 'try'",
}.items():
    assert message(SyntaxError, lambda: compile(bad, "x", "exec")).startswith(said), bad


# Subclasses keep their type through derive.
class Own(ExceptionGroup):
    def __new__(cls, message, errors, code):
        self = super().__new__(cls, message, errors)
        self.code = code
        return self

    def derive(self, errors):
        return Own(self.message, errors, self.code)


match, rest = Own("own", [ValueError(), KeyError()], 7).split(KeyError)
assert type(match) is Own and match.code == 7 and type(rest) is Own

# Notes, cause, context and traceback are handed on.
try:
    raise ExceptionGroup("g", [ValueError(1), KeyError(2)]) from OSError("cause")
except ExceptionGroup as error:
    error.add_note("noted")
    part = error.subgroup(KeyError)
    assert part.__notes__ == ["noted"] and str(part.__cause__) == "cause" and part.__traceback__ is error.__traceback__
