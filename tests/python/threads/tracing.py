"""threading.settrace, setprofile and their `_all_threads` forms."""

import sys
import threading

events = []


def traced_function():
    x = 1
    return x


def trace(frame, event, arg):
    if frame.f_code is traced_function.__code__:
        events.append((threading.current_thread().name, event))
    return trace


def run(name):
    thread = threading.Thread(target=traced_function, name=name)
    thread.start()
    thread.join()


threading.settrace(trace)
assert threading.gettrace() is trace and sys.gettrace() is None
run("t")
threading.settrace(None)
assert events == [("t", "call"), ("t", "line"), ("t", "line"), ("t", "return")], events
events.clear()
run("u")
assert events == []

threading.setprofile(trace)
run("p")
threading.setprofile(None)
assert events == [("p", "call"), ("p", "return")], events
events.clear()

# All threads that already run.
ready, go_on = threading.Event(), threading.Event()


def waits():
    ready.set()
    go_on.wait()
    traced_function()


thread = threading.Thread(target=waits, name="w")
thread.start()
ready.wait()
threading.setprofile_all_threads(trace)
go_on.set()
thread.join()
threading.setprofile_all_threads(None)
assert ("w", "call") in events and ("w", "return") in events, events
assert sys.getprofile() is None
