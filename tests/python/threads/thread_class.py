"""threading.Thread: life, names, idents, errors."""

import os
import sys
import threading
import _thread


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


main = threading.main_thread()
assert main is threading.current_thread() and main.name == "MainThread" and main.is_alive() and not main.daemon
assert threading.active_count() == 1 and threading.enumerate() == [main] and main.ident == threading.get_ident()
assert main.native_id == threading.get_native_id() == os.getpid()

box = {}
gate = threading.Event()


def work(a, b=0):
    me = threading.current_thread()
    box.update(me=me, args=(a, b), ident=threading.get_ident(), native=threading.get_native_id())
    gate.wait()


thread = threading.Thread(target=work, args=(1,), kwargs={"b": 2}, name="worker")
assert thread.name == "worker" and thread.ident is None and not thread.is_alive() and thread.native_id is None
assert repr(thread) == "<Thread(worker, initial)>"
assert message(RuntimeError, thread.join) == "cannot join thread before it is started"
thread.start()
assert thread.is_alive() and thread in threading.enumerate() and threading.active_count() == 2
assert message(RuntimeError, thread.start) == "threads can only be started once"
assert message(RuntimeError, lambda: setattr(thread, "daemon", True)) == "cannot set daemon status of active thread"
thread.join(0.001)
assert thread.is_alive()
gate.set()
thread.join()
thread.join()
assert not thread.is_alive() and thread not in threading.enumerate() and box["me"] is thread
assert box["args"] == (1, 2) and box["ident"] == thread.ident != main.ident and box["native"] == thread.native_id
assert repr(thread) == f"<Thread(worker, stopped {thread.ident})>"
assert message(RuntimeError, thread.start) == "threads can only be started once"
assert message(RuntimeError, main.join) == "cannot join current thread"


# Names.
def named_function():
    pass


assert threading.Thread(target=named_function).name.endswith(" (named_function)")
assert threading.Thread().name.startswith("Thread-")
thread.name = "other"
assert thread.name == "other"


# A subclass with its own run.
class Worker(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.result = None

    def run(self):
        self.result = 42


worker = Worker()
assert worker.daemon
worker.start()
worker.join()
assert worker.result == 42


class Forgot(threading.Thread):
    def __init__(self):
        pass


assert message(RuntimeError, Forgot().start) == "thread.__init__() not called"
assert message(AssertionError, lambda: threading.Thread(5)) == "group argument must be None for now"

# A daemon is inherited.
inherited = []


def parent():
    inherited.append(threading.Thread().daemon)


for daemon in (True, False):
    thread = threading.Thread(target=parent, daemon=daemon)
    thread.start()
    thread.join()
assert inherited == [True, False]

# The function and arguments are let go after the run.
thread = threading.Thread(target=work, args=[1])
thread.start()
thread.join()
assert not hasattr(thread, "_target")

# Joining each other's thread while it runs; a thread that joins itself.
said = []
thread = threading.Thread(target=lambda: said.append(message(RuntimeError, threading.current_thread().join)))
thread.start()
thread.join()
assert said == ["cannot join current thread"]

# Many at once, and started from each other.
count = []
lock = threading.Lock()


def spread(n):
    with lock:
        count.append(n)
    if n:
        children = [threading.Thread(target=spread, args=[n - 1]) for _ in range(2)]
        for child in children:
            child.start()
        for child in children:
            child.join()


spread(5)
assert len(count) == 63
assert threading.active_count() == 1

# The low level.
done = _thread.allocate_lock()
done.acquire()
ident = _thread.start_new_thread(lambda a, k=None: done.release(), (1,), {"k": 2})
assert isinstance(ident, int) and ident != 0
done.acquire()
assert message(TypeError, lambda: _thread.start_new_thread(5, ())) == "first arg must be callable"
assert message(TypeError, lambda: _thread.start_new_thread(work, 5)) == "2nd arg must be a tuple"
exits = []


def leaves():
    try:
        sys.exit(5)
    finally:
        exits.append("finally")


thread = threading.Thread(target=leaves)
thread.start()
thread.join()
assert exits == ["finally"]
