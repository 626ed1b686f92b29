"""`with`: order, suppression, control flow through it, what is missing."""

log = []


class Manager:
    def __init__(self, name, swallow=False, fail_enter=False, fail_exit=False):
        self.name, self.swallow, self.fail_enter, self.fail_exit = name, swallow, fail_enter, fail_exit

    def __enter__(self):
        log.append(("enter", self.name))
        if self.fail_enter:
            raise KeyError("enter")
        return self.name

    def __exit__(self, kind, value, traceback):
        log.append(("exit", self.name, kind and kind.__name__))
        assert (kind is None) == (value is None) == (traceback is None)
        if self.fail_exit:
            raise IndexError("exit")
        return self.swallow


def take():
    result = log[:]
    log.clear()
    return result


with Manager("a") as x, Manager("b") as (y):
    log.append((x, y))
assert take() == [("enter", "a"), ("enter", "b"), ("a", "b"), ("exit", "b", None), ("exit", "a", None)]

with (
    Manager("a") as x,
    Manager("b"),
):
    pass
assert len(take()) == 4

with Manager("a", swallow=True):
    raise ValueError
assert take() == [("enter", "a"), ("exit", "a", "ValueError")]

try:
    with Manager("a"), Manager("b", fail_enter=True):
        raise AssertionError
except KeyError:
    pass
assert take() == [("enter", "a"), ("enter", "b"), ("exit", "a", "KeyError")]

try:
    with Manager("a"), Manager("b", fail_exit=True):
        raise ValueError("body")
except IndexError as error:
    assert isinstance(error.__context__, ValueError)
assert take()[-1] == ("exit", "a", "IndexError")


def control():
    for i in range(3):
        with Manager(i):
            if i == 0:
                continue
            if i == 1:
                break
    with Manager("r"):
        return "result"


assert control() == "result"
assert take() == [("enter", 0), ("exit", 0, None), ("enter", 1), ("exit", 1, None), ("enter", "r"), ("exit", "r", None)]


class Tuple:
    def __enter__(self):
        return 1, (2, 3)

    def __exit__(self, *args):
        pass


holder = {}
with Tuple() as (a, (b, holder["c"])):
    assert (a, b, holder) == (1, 2, {"c": 3})

# Methods come from the type.
class NoExit:
    def __enter__(self):
        raise AssertionError


def message(f):
    try:
        f()
    except TypeError as error:
        return str(error)


def no_manager():
    with 5:
        pass


def no_exit():
    with NoExit():
        pass


class AsyncOnly:
    async def __aenter__(self):
        pass

    async def __aexit__(self, *args):
        pass


def async_only():
    with AsyncOnly():
        pass


assert message(no_manager) == "'int' object does not support the context manager protocol (missed __exit__ method)", message(no_manager)
assert message(no_exit) == (
    "'NoExit' object does not support the context manager protocol (missed __exit__ method)"
)
assert message(async_only).startswith("'AsyncOnly' object does not support the context manager protocol")


# The exception is gone after it was swallowed.
import sys

with Manager("a", swallow=True):
    raise ValueError
assert sys.exception() is None
take()


def nested(n):
    with Manager(n):
        if n:
            nested(n - 1)
        else:
            raise ValueError("deep")


try:
    nested(20)
except ValueError:
    pass
assert [entry[1] for entry in take()] == list(range(20, -1, -1)) + list(range(21))
