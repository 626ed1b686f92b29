"""sys.monitoring (PEP 669)."""

import sys

m = sys.monitoring
E = m.events
TOOL = 3


def raises(kind, function, *args):
    try:
        function(*args)
    except kind as e:
        return str(e)
    raise AssertionError(f"{kind} was not raised")


# ---- tools

assert raises(ValueError, m.use_tool_id, 6, "x") == "invalid tool 6 (must be between 0 and 5)"
assert raises(ValueError, m.use_tool_id, TOOL, 1) == "tool name must be a str"
assert raises(ValueError, m.set_events, TOOL, E.LINE) == f"tool {TOOL} is not in use"
m.use_tool_id(TOOL, "test")
assert m.get_tool(TOOL) == "test"
assert raises(ValueError, m.use_tool_id, TOOL, "again") == f"tool {TOOL} is already in use"
assert raises(ValueError, m.set_events, TOOL, E.C_RETURN) == (
    "cannot set C_RETURN or C_RAISE events independently")
assert raises(ValueError, m.set_events, TOOL, 1 << 20) == "invalid event set 0x100000"
assert raises(ValueError, m.register_callback, TOOL, 3, None) == (
    "The callback can only be set for one event at a time")
assert raises(ValueError, m.set_local_events, TOOL, raises.__code__, E.RAISE).startswith(
    "invalid local event set")
assert raises(TypeError, m.set_local_events, TOOL, raises, E.LINE) == "code must be a code object"
assert m.register_callback(TOOL, E.LINE, raises) is None
assert m.register_callback(TOOL, E.LINE, None) is raises
m.set_events(TOOL, E.BRANCH)
assert m.get_events(TOOL) == E.BRANCH_LEFT | E.BRANCH_RIGHT
assert m._all_events() == {"BRANCH_LEFT": 1 << TOOL, "BRANCH_RIGHT": 1 << TOOL}
m.set_events(TOOL, 0)


def watch(names, function, *args, local=False, answer=None):
    """Runs a function; the events of its code, without offsets."""
    code = function.__code__
    events = []
    wanted = 0
    for name in names.split():
        event = getattr(E, name)
        wanted |= event

        def callback(c, *rest, name=name):
            if c is code:
                events.append((name, *rest[0 if name == "LINE" else 1:]))
                return answer
        m.register_callback(TOOL, event, callback)
    if local:
        m.set_local_events(TOOL, code, wanted)
    else:
        m.set_events(TOOL, wanted)
    try:
        function(*args)
    except ZeroDivisionError:
        pass
    finally:
        m.set_events(TOOL, 0)
        m.set_local_events(TOOL, code, 0)
        for name in names.split():
            m.register_callback(TOOL, getattr(E, name), None)
    return events


# ---- calls

def f(x):
    return len(x)


assert watch("PY_START CALL C_RETURN C_RAISE PY_RETURN", f, "ab") == [
    ("PY_START",), ("CALL", len, "ab"), ("C_RETURN", len, "ab"), ("PY_RETURN", 2)]


class Base:
    def __init__(self, x):
        self.x = x


def g():
    f("")
    Base(1)
    "a,b".split()


calls = watch("CALL C_RETURN C_RAISE", g)
assert calls == [("CALL", f, ""), ("CALL", Base, 1), ("C_RETURN", Base, 1),
                 ("CALL", str.split, "a,b"), ("C_RETURN", str.split, "a,b")], calls


def no_arguments():
    dict()


assert watch("CALL", no_arguments) == [("CALL", dict, m.MISSING)]


# ---- lines, here and everywhere

def lines(n):
    for i in range(n):
        if i:
            pass
    return n


first = lines.__code__.co_firstlineno
expected = [1, 2, 1, 2, 3, 1, 4]
for local in False, True:
    assert [e[1] - first for e in watch("LINE", lines, 2, local=local)] == expected

# Turned off where it was told of, until events start again: a `for` begins and goes on at two places.
assert [e[1] - first for e in watch("LINE", lines, 3, answer=m.DISABLE)] == [1, 2, 1, 3, 4]
m.restart_events()


def stops():
    """A tool that turns everything off hears of each place once, in as many calls as there are."""
    count = 0

    def callback(code, line):
        nonlocal count
        if code is lines.__code__:
            count += 1
        return m.DISABLE

    m.register_callback(TOOL, E.LINE, callback)
    m.set_events(TOOL, E.LINE)
    lines(2)
    lines(2)
    once = count
    m.restart_events()
    lines(2)
    m.set_events(TOOL, 0)
    return once, count


assert stops() == (5, 10)


# ---- exceptions

def caught():
    try:
        1 / 0
    except ZeroDivisionError:
        pass


def not_caught():
    1 / 0


exceptions = "RAISE RERAISE EXCEPTION_HANDLED PY_UNWIND"
assert [e[0] for e in watch(exceptions, caught)] == ["RAISE", "EXCEPTION_HANDLED"]
assert [e[0] for e in watch(exceptions, not_caught)] == ["RAISE", "PY_UNWIND"]


def turns_off_raise():
    m.register_callback(TOOL, E.RAISE, lambda *a: m.DISABLE)
    m.set_events(TOOL, E.RAISE)
    try:
        not_caught()
    finally:
        m.set_events(TOOL, 0)


assert raises(ValueError, turns_off_raise) == "Cannot disable RAISE events. Callback removed."
assert m.register_callback(TOOL, E.RAISE, None) is None


# ---- generators

def gen():
    try:
        x = yield 1
    except KeyError:
        yield 2


def drives():
    it = gen()
    next(it)
    it.throw(KeyError)
    it.close()


events = []
code = gen.__code__
for name in "PY_START PY_RESUME PY_YIELD PY_THROW PY_RETURN PY_UNWIND".split():
    m.register_callback(TOOL, getattr(E, name), lambda c, *a, n=name: c is code and events.append(n))
m.set_events(TOOL, E.PY_START | E.PY_RESUME | E.PY_YIELD | E.PY_THROW | E.PY_RETURN | E.PY_UNWIND)
drives()
m.set_events(TOOL, 0)
assert events == ["PY_START", "PY_YIELD", "PY_THROW", "PY_YIELD", "PY_THROW", "PY_UNWIND"], events


# ---- branches: each way by its own event, and where co_branches says

def way(x):
    if x:
        return 1
    return 2


places = {src: (left, right) for src, left, right in way.__code__.co_branches()}
gone = []
m.register_callback(TOOL, E.BRANCH_LEFT, lambda c, a, b: gone.append(("left", a, b)))
m.register_callback(TOOL, E.BRANCH_RIGHT, lambda c, a, b: gone.append(("right", a, b)))
m.set_local_events(TOOL, way.__code__, E.BRANCH_LEFT | E.BRANCH_RIGHT)
way(0)
way(1)
m.set_local_events(TOOL, way.__code__, 0)
assert len(gone) == 2 and {w for w, _, _ in gone} == {"left", "right"}
for w, src, dest in gone:
    assert places[src][w == "right"] == dest


# ---- what a callback raises goes on in the program; it is not watched itself

def bad(*args):
    raise LookupError("from a tool")


m.register_callback(TOOL, E.PY_START, bad)
m.set_local_events(TOOL, f.__code__, E.PY_START)
assert raises(LookupError, f, "") == "from a tool"

# A tool that is freed is forgotten with all it wanted.
m.free_tool_id(TOOL)
assert m.get_tool(TOOL) is None
assert f("ab") == 2
m.use_tool_id(TOOL, "next")
assert f("ab") == 2 and m.get_local_events(TOOL, f.__code__) == 0
m.free_tool_id(TOOL)
