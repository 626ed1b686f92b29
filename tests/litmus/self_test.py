"""The harness itself: what is forbidden is reported, and threads do meet."""

import contextlib
import io
import sys
import time

import _litmus
from _litmus import TESTS, litmus, row

row("a wrong allowance, on purpose")


@litmus
class wrong:
    def new(): return {}
    def a(d): return d.setdefault("k", "a")
    def b(d): return d.setdefault("k", "b")
    # Each its own: no dictionary does that.
    allowed = {("a", "b")}


@litmus
class wrong_end:
    def new(): return []
    def a(s): s.append(1)
    def b(s): s.append(2)
    def end(s): return len(s)
    def allowed(a, b, n): return n == 1


@litmus
class wrong_exception:
    def new(): return []
    def a(s): return s.pop()
    def b(s): return len(s)
    allowed = {("nothing", 0)}


row("x += 1 is no single step")


@litmus
class lost:
    def new(): return [0]

    def a(s):
        n = s[0]
        time.sleep(0)
        s[0] = n + 1

    b = a
    def end(s): return s[0]
    # That this is not what happens is what the harness has to find.
    allowed = {(None, None, 2)}


row("outcomes that are worked out")


@litmus
class steps:
    def new(): return []
    a = lambda s: s.append(1), lambda s: s.append(2)
    def b(s): return s.copy()


def named(name):
    return next(test for test in TESTS if test.name == name)


for name, outcomes in ("wrong", {("a", "a"), ("b", "b")}), ("wrong_end", {(None, None, 2)}), (
        "wrong_exception", {("IndexError: pop from empty list", 0)}):
    test = named(name)
    test.run(50, 10, 1)
    assert test.forbidden() and outcomes.issuperset(test.forbidden()), test.table()
    assert "FORBIDDEN" in test.table()

assert named("steps").in_any_order() == {((None, None), ()), ((None, None), (1,)), ((None, None), (1, 2))}

# The whole program says so too, and exits with 1.
sys.argv[1:] = ["--runs", "50", "wrong"]
out = io.StringIO()
try:
    with contextlib.redirect_stdout(out):
        _litmus.main()
except SystemExit as end:
    assert end.code == 1, end.code
else:
    raise AssertionError("no exit")
assert "3 tests" in out.getvalue() and "3 a forbidden one" in out.getvalue(), out.getvalue()

# Threads collide: an addition is lost soon.
test = named("lost")
for seed in range(300):
    test.run(100, 1, seed)
    if test.forbidden():
        break
assert test.forbidden(), test.table()
print(test.runs, "runs until an addition was lost")
