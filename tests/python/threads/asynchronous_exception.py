"""An exception set from another thread is raised at the next safepoint (what debuggers and Ctrl-C in threads use)."""

import _thread
import signal
import threading

# A shell that starts programs in the background has them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def spin():
    while True:
        pass


# interrupt_main raises KeyboardInterrupt in the main thread.
ready = threading.Event()


def interrupter():
    ready.wait()
    _thread.interrupt_main()


thread = threading.Thread(target=interrupter)
thread.start()
try:
    ready.set()
    spin()
except KeyboardInterrupt:
    pass
thread.join()
assert message(ValueError, lambda: _thread.interrupt_main(1000)) == "signal number out of range"
