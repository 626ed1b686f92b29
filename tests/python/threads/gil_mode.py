"""The GIL is a mode: which one this is, and what one thread may do to another."""

import sys
import threading

assert sys._is_gil_enabled() in (True, False)
assert sys.getswitchinterval() > 0
sys.setswitchinterval(0.001)
assert abs(sys.getswitchinterval() - 0.001) < 1e-6
try:
    sys.setswitchinterval(0)
except ValueError as error:
    assert str(error) == "switch interval must be strictly positive"
else:
    raise AssertionError

# A thread that computes for ever does not starve another, in either mode.
stop = False


def spin():
    while not stop:
        pass


thread = threading.Thread(target=spin)
thread.start()
turns = 0
for _ in range(50):
    waited = threading.Event()
    waited.wait(0.0001)
    turns += 1
stop = True
thread.join()
assert turns == 50
