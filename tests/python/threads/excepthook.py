"""An uncaught exception in a thread goes to threading.excepthook, and the process goes on."""

import io
import sys
import threading

caught = []


def hook(args):
    caught.append((args.exc_type, str(args.exc_value), args.exc_traceback is not None, args.thread))


def fails():
    raise ValueError("in thread")


original = threading.excepthook
threading.excepthook = hook
thread = threading.Thread(target=fails)
thread.start()
thread.join()
assert caught == [(ValueError, "in thread", True, thread)]
threading.excepthook = original
assert threading.__excepthook__ is original

# The usual hook prints a traceback with the thread's name.
stderr, sys.stderr = sys.stderr, io.StringIO()
thread = threading.Thread(target=fails, name="named")
thread.start()
thread.join()
text = sys.stderr.getvalue()
sys.stderr = stderr
lines = text.splitlines()
assert lines[0] == "Exception in thread named:" and lines[1] == "Traceback (most recent call last):"
assert lines[-1] == "ValueError: in thread" and "in fails" in text

# SystemExit is silent; a hook that fails is told of by sys.excepthook.
stderr, sys.stderr = sys.stderr, io.StringIO()
thread = threading.Thread(target=sys.exit)
thread.start()
thread.join()
assert sys.stderr.getvalue() == ""
sys.stderr = stderr


def bad_hook(args):
    raise KeyError("hook")


told = []
threading.excepthook = bad_hook
sys.excepthook = lambda *args: told.append(args[0])
stderr, sys.stderr = sys.stderr, io.StringIO()
thread = threading.Thread(target=fails)
thread.start()
thread.join()
text = sys.stderr.getvalue()
sys.stderr = stderr
assert told == [KeyError] and text.startswith("Exception in threading.excepthook:")
print("the process goes on")
