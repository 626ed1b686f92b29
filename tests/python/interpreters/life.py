"""The life of interpreters: made, run in by threads, with threads of their own, closed with things still registered."""

import os
import threading
import time
from concurrent import interpreters

N = max(2, int(6 * float(os.environ.get("TAIPAN_STRESS", "1"))))


def run(interp, script):
    """What the script wrote into a pipe."""
    r, w = os.pipe()
    try:
        interp.prepare_main(w=w)
        interp.exec(script)
        os.close(w)
        w = None
        with open(r, "rb", closefd=False) as f:
            return f.read().decode()
    finally:
        os.close(r)
        if w is not None:
            os.close(w)


# Modules, builtins and sys are its own.
interp = interpreters.create()
interp.exec("import sys, builtins; sys.modules['mine'] = builtins.mine = 1; sys.setrecursionlimit(321)")
import builtins, sys

assert "mine" not in sys.modules and not hasattr(builtins, "mine")
assert sys.getrecursionlimit() != 321
assert run(interp, "import os, sys; os.write(w, str(sys.getrecursionlimit()).encode())") == "321"

# Settings of the interpreter's, and its classes.
interp.exec("""
import sys, threading
sys.set_int_max_str_digits(1000)
threading.stack_size(1 << 20)
class OfMine: pass
assert [c for c in object.__subclasses__() if c.__name__ == "OfMine"] == [OfMine]
""")
assert sys.get_int_max_str_digits() == 4300 and threading.stack_size() == 0
assert not [c for c in object.__subclasses__() if c.__name__ == "OfMine"]

# An exception stays there; what is told of it comes over.
try:
    interp.exec("def f():\n    1 / 0\nf()")
except interpreters.ExecutionFailed as e:
    assert e.excinfo.type.__name__ == "ZeroDivisionError"
    assert 'File "<script>", line 2, in f' in e.excinfo.errdisplay
else:
    raise AssertionError

# Frames of who runs the code are not seen.
assert run(interp, "import os, sys; os.write(w, str(sys._getframe().f_back).encode())") == "None"

# One thread at a time runs __main__.
gate_r, gate_w = os.pipe()
interp.prepare_main(gate=gate_r)
thread = threading.Thread(target=interp.exec, args=("import os; os.read(gate, 1)",))
thread.start()
while not interp.is_running():
    time.sleep(0.001)
for f, args in [(interp.exec, ("1",)), (interp.prepare_main, ({"a": 1},)), (interp.close, ())]:
    try:
        f(*args)
    except interpreters.InterpreterError as e:
        assert "running" in str(e), e
    else:
        raise AssertionError(f)
os.write(gate_w, b"x")
thread.join()
assert not interp.is_running()
interp.close()

# What is registered is run at the end: threads first, then atexit, then finalisers.
r, w = os.pipe()
interp = interpreters.create()
interp.prepare_main(w=w)
interp.exec("""
import atexit, os, threading, time
def late():
    time.sleep(0.05)
    os.write(w, b"thread ")
class A:
    def __del__(self, write=os.write, w=w): write(w, b"del ")
def g(write=os.write, w=w):
    try:
        yield
    finally:
        write(w, b"closed ")
a, waiting = A(), g()
next(waiting)
atexit.register(os.write, w, b"atexit ")
threading.Thread(target=late).start()
""")
interp.close()
os.close(w)
with open(r) as f:
    said = f.read()
assert said.startswith("thread atexit del "), said
assert sorted(said.split()) == ["atexit", "closed", "del", "thread"], said
try:
    interp.exec("1")
except interpreters.InterpreterNotFoundError:
    pass
else:
    raise AssertionError

SCRIPT = """
import json, threading, weakref
hits = []
class A:
    def __init__(self): self.me = self
    def __del__(self, hits=hits): hits.append(1)
def g(hits=hits):
    try: yield 1
    finally: hits.append(2)
def work():
    assert json.loads('[1, {"a": 3}]')[1]["a"] == 3
    kept = [weakref.ref(A(), lambda r, hits=hits: hits.append(3)) for _ in range(20)]
    x = g()
    next(x)
threads = [threading.Thread(target=work) for _ in range(2)]
for t in threads: t.start()
for t in threads: t.join()
"""

# Several threads make, use and close interpreters at once; nested ones too.
errors = []


def make_and_close():
    try:
        for _ in range(N):
            with_one = interpreters.create()
            with_one.exec(SCRIPT)
            assert with_one.call(pow, 2, 10) == 1024
            with_one.close()
    except BaseException as e:
        errors.append(e)


threads = [threading.Thread(target=make_and_close) for _ in range(3)]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert not errors, errors

outer = interpreters.create()
outer.exec(f"""
from concurrent import interpreters
inner = interpreters.create()
inner.exec({SCRIPT!r})
inner.exec("from concurrent import interpreters; assert interpreters.get_current().id > {outer.id}")
inner.close()
""")
outer.close()

# A fork takes none of them along. (CPython 3.14's child crashes where there are any.)
if sys.implementation.name == "taipan":
    kept = interpreters.create()
    pid = os.fork()
    if pid == 0:
        fine = [i.id for i in interpreters.list_all()] == [0]
        os._exit(0 if fine else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]) == 0
    kept.close()

assert [i.id for i in interpreters.list_all()] == [0]
print("ok")
