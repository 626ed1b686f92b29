# taipan-only
# modes: default
"""The GIL is off unless it is asked for, and then threads of one process run at the same time."""

import sys
import threading

assert sys._is_gil_enabled() is False

# Two threads that wait for each other by spinning would need a switch for each round with a GIL.
ping = pong = 0
N = 2000


def first():
    global ping
    for i in range(1, N):
        ping = i
        while pong < i:
            pass


def second():
    global pong
    for i in range(1, N):
        while ping < i:
            pass
        pong = i


threads = [threading.Thread(target=f) for f in (first, second)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert ping == pong == N - 1
