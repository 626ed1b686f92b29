# taipan-only
# modes: gil
"""With `-X gil=1` one thread runs at a time."""

import sys
import threading

assert sys._is_gil_enabled() is True
assert sys._xoptions.get("gil") == "1"
sys.setswitchinterval(0.0001)

# Between two safepoints nobody else runs; a function of straight code is mostly one turn.
total = 0


def work():
    global total
    for _ in range(1000):
        total += 1


threads = [threading.Thread(target=work) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert 1000 <= total <= 4000
