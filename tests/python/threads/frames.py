"""sys._current_frames, sys._current_exceptions and faulthandler see every thread."""

import faulthandler
import os
import sys
import threading

ready, go_on = threading.Event(), threading.Event()


def inner_function():
    ready.set()
    go_on.wait()


def handling():
    try:
        raise ValueError("being handled")
    except ValueError:
        inner_function()


def names(frame):
    found = []
    while frame:
        found.append(frame.f_code.co_name)
        frame = frame.f_back
    return found


thread = threading.Thread(target=handling)
thread.start()
ready.wait()
frames = sys._current_frames()
assert set(frames) == {threading.get_ident(), thread.ident}
found = names(frames[thread.ident])
assert "inner_function" in found and "handling" in found and found[-1] in ("_bootstrap", "<module>")
errors = sys._current_exceptions()
assert str(errors[thread.ident]) == "being handled" and errors[threading.get_ident()] is None

path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"frames-{os.getpid()}")
with open(path, "w") as file:
    faulthandler.dump_traceback(file, all_threads=True)
with open(path) as file:
    text = file.read()
os.unlink(path)
assert "Current thread 0x" in text and "Thread 0x" in text and " in inner_function" in text and " in handling" in text, text
go_on.set()
thread.join()
del frames, errors
assert set(sys._current_frames()) == {threading.get_ident()}
