"""sys.settrace and sys.setprofile: what a trace function is told of, and what it may do."""

import sys
import threading
import warnings


def traced(function, *args, opcodes=False):
    """Runs a function; the events of its frame and those it calls in this file, lines counted from its own."""
    first = function.__code__.co_firstlineno
    events = []

    def trace(frame, event, arg):
        if frame.f_code.co_filename != __file__:
            return None
        if opcodes:
            frame.f_trace_opcodes = True
        what = arg[0].__name__ if event == "exception" else None
        events.append((frame.f_code.co_name, frame.f_lineno - first, event, what))
        return trace

    old = sys.gettrace()
    sys.settrace(trace)
    try:
        function(*args)
    except ZeroDivisionError:
        pass
    finally:
        sys.settrace(old)
    return [e for e in events if e[0] != "traced"]


def short(events):
    return [f"{line}{event[0]}" for _, line, event, _ in events]


# ---- lines, calls, returns

def plain():
    x = 1
    y = 2
    return x + y


assert short(traced(plain)) == ["0c", "1l", "2l", "3l", "3r"]


def loop(n):
    total = 0
    for i in range(n):
        if i == 1:
            continue
        total += i
    return total


assert short(traced(loop, 3)) == [
    "0c", "1l", "2l", "3l", "5l", "2l", "3l", "4l", "2l", "3l", "5l", "2l", "6l", "6r"]


def endless():
    n = 0
    while True:
        n += 1
        if n == 2:
            break


assert short(traced(endless)) == ["0c", "1l", "2l", "3l", "4l", "2l", "3l", "4l", "5l", "5r"]


def never():
    if False:
        pass
    while 0:
        pass
    pass


assert short(traced(never)) == ["0c", "1l", "3l", "5l", "5r"]


def branches(flag):
    if flag:
        flag = 1
    else:
        flag = 2


assert short(traced(branches, True)) == ["0c", "1l", "2l", "2r"]
assert short(traced(branches, False)) == ["0c", "1l", "4l", "4r"]


# ---- exceptions

def inner():
    1 / 0


def caught():
    try:
        inner()
    except ZeroDivisionError as e:
        e.add_note("seen")
    finally:
        x = 1


assert [(n, e) for n, _, e, _ in traced(caught)] == [
    ("caught", "call"), ("caught", "line"), ("caught", "line"),
    ("inner", "call"), ("inner", "line"), ("inner", "exception"), ("inner", "return"),
    ("caught", "exception"), ("caught", "line"), ("caught", "line"), ("caught", "line"),
    ("caught", "return")]
assert short(traced(inner)) == ["0c", "1l", "1e", "1r"]


# ---- generators: going on is a call, yielding a return

def numbers():
    yield 1
    yield 2


def uses():
    for n in numbers():
        n


assert [(n, e) for n, _, e, _ in traced(uses) if n == "numbers"] == [
    ("numbers", "call"), ("numbers", "line"), ("numbers", "return"),
    ("numbers", "call"), ("numbers", "line"), ("numbers", "return"),
    ("numbers", "call"), ("numbers", "return")]


def delegates():
    yield from numbers()


def both():
    list(delegates())


assert [e for n, _, e, _ in traced(both) if n == "delegates"] == [
    "call", "line", "return", "call", "return", "call", "exception", "return"]


# ---- classes, comprehensions

def body():
    class C:
        a = 1

        def f(self):
            return 2
    return [C().f() for _ in range(2)]


names = [(n, e) for n, _, e, _ in traced(body) if e in ("call", "return")]
assert names == [("body", "call"), ("C", "call"), ("C", "return"), ("f", "call"), ("f", "return"),
                 ("f", "call"), ("f", "return"), ("body", "return")]


# ---- a frame's own switches

def silent():
    x = 1
    return x


def no_lines(frame, event, arg):
    log.append(event)
    frame.f_trace_lines = False
    return no_lines


log = []
sys.settrace(no_lines)
silent()
sys.settrace(None)
assert log == ["call", "return"], log
assert "opcode" in {e for _, _, e, _ in traced(plain, opcodes=True)}


# ---- what the trace function raises ends tracing and goes on in the program

def fails(frame, event, arg):
    if event == "line":
        raise KeyError("from tracing")
    return fails


sys.settrace(fails)
try:
    plain()
except KeyError as e:
    assert e.args == ("from tracing",)
else:
    raise AssertionError("nothing was raised")
assert sys.gettrace() is None


# ---- an outer frame is traced from where it stands once it has a trace function

def outer():
    lines = []

    def local(frame, event, arg):
        lines.append((event, frame.f_lineno - first))
        return local

    first = sys._getframe().f_code.co_firstlineno

    def switch_on():
        sys._getframe(1).f_trace = local
        sys.settrace(lambda *a: None)

    switch_on()
    x = 1
    y = x
    sys.settrace(None)
    return lines


assert outer() == [("line", 14), ("line", 15), ("line", 16)], outer()


# ---- jumps

def jumper(function, line, to, *args):
    first = function.__code__.co_firstlineno
    done = []

    def trace(frame, event, arg):
        if frame.f_code is function.__code__ and event == "line" and not done:
            if frame.f_lineno == first + line:
                done.append(1)
                frame.f_lineno = first + to
        return trace

    sys.settrace(trace)
    try:
        return function(*args)
    finally:
        sys.settrace(None)


def steps():
    out = []
    out.append(1)
    out.append(2)
    out.append(3)
    return out


assert jumper(steps, 3, 4) == [1, 3]
assert jumper(steps, 4, 2) == [1, 2, 1, 2, 3]


def into_loop():
    out = []
    for i in range(2):
        out.append(i)
    return out


for line, to, why in [(1, 3, "for loop"), (1, 99, "after"), (1, -9, "before")]:
    try:
        jumper(into_loop, line, to)
    except ValueError as e:
        assert why in str(e), e
    else:
        raise AssertionError(why)
assert jumper(into_loop, 3, 4) == []


def out_of_handler():
    out = []
    try:
        1 / 0
    except ZeroDivisionError:
        out.append(sys.exception() is not None)
        out.append("never")
    out.append(sys.exception())
    return out


assert jumper(out_of_handler, 6, 7) == [True, None]


def unbound():
    a = 1
    b = 2
    return a, b


with warnings.catch_warnings(record=True) as w:
    warnings.simplefilter("always")
    assert jumper(unbound, 1, 2) == (None, 2)
assert "assigning None to" in str(w[0].message)

try:
    sys._getframe().f_lineno = 1
except ValueError as e:
    assert "trace function" in str(e)


# ---- profiling

calls = []


def profile(frame, event, arg):
    if frame.f_code.co_filename == __file__:
        shown = getattr(arg, "__name__", None) if event.startswith("c_") else None
        calls.append((event, shown or frame.f_code.co_name))


def profiled():
    len("x")
    [].append(1)
    try:
        int("x")
        ord("xx")
    except (ValueError, TypeError):
        pass
    plain()


sys.setprofile(profile)
profiled()
sys.setprofile(None)
assert calls == [
    ("call", "profiled"), ("c_call", "len"), ("c_return", "len"), ("c_call", "append"),
    ("c_return", "append"), ("call", "plain"), ("return", "plain"), ("return", "profiled"),
    ("c_call", "setprofile")], calls


# ---- all threads

def spin():
    while not over.is_set():
        turn()


def turn():
    pass


over = threading.Event()
seen = set()


def note(frame, event, arg):
    seen.add((threading.get_ident(), frame.f_code.co_name))


threads = [threading.Thread(target=spin) for _ in range(2)]
for t in threads:
    t.start()
threading.settrace_all_threads(note)
for _ in range(1000):
    if {(t.ident, "turn") for t in threads} <= seen:
        break
    over.wait(0.01)
threading.settrace_all_threads(None)
over.set()
for t in threads:
    t.join()
    assert (t.ident, "turn") in seen
