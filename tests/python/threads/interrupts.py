# Ctrl-C ends whatever the main thread does: waits of all kinds, calls of the system, and long computations.
import collections
import concurrent.futures
import fcntl
import math
import os
import queue
import re
import select
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.set_int_max_str_digits(0)
# A shell may have started this in the background, where SIGINT is ignored.
signal.signal(signal.SIGINT, signal.default_int_handler)


def interrupted(does):
    """Runs what never ends by itself, and sends SIGINT meanwhile, from a process, for that waits for no GIL."""
    sender = subprocess.Popen(["sh", "-c", "read x; sleep 0.05; kill -INT $PPID"], stdin=subprocess.PIPE)
    ended = False
    try:
        sender.stdin.close()
        does()
        ended = True
        time.sleep(60)
    except KeyboardInterrupt:
        pass
    sender.wait()
    assert not ended, does.__name__


def sleeps():
    time.sleep(1000)


def joins():
    thread = threading.Thread(target=time.sleep, args=(1000,), daemon=True)
    thread.start()
    thread.join()


def acquires():
    lock = threading.Lock()
    lock.acquire()
    lock.acquire()


def acquires_a_recursive_lock():
    lock = threading.RLock()
    taken = threading.Event()

    def takes():
        with lock:
            taken.set()
            time.sleep(1000)

    threading.Thread(target=takes, daemon=True).start()
    taken.wait()
    lock.acquire()


def acquires_a_semaphore():
    threading.Semaphore(0).acquire()


def waits_for_an_event():
    threading.Event().wait()


def waits_with_a_limit():
    threading.Event().wait(1000)


def waits_on_a_condition():
    condition = threading.Condition()
    with condition:
        condition.wait()


def waits_at_a_barrier():
    threading.Barrier(2).wait()


def gets():
    queue.Queue().get()


def gets_simply():
    queue.SimpleQueue().get()


def puts():
    full = queue.Queue(1)
    full.put(1)
    full.put(2)


def awaits_a_result():
    concurrent.futures.Future().result()


def reads_a_pipe():
    r, w = os.pipe()
    try:
        os.read(r, 1)
    finally:
        os.close(r)
        os.close(w)


def writes_a_pipe():
    r, w = os.pipe()
    try:
        while True:
            os.write(w, bytes(1 << 16))
    finally:
        os.close(r)
        os.close(w)


def reads_a_stream():
    r, w = os.pipe()
    with open(r, "rb"), open(w, "wb", 0):
        open(r, closefd=False).readline()


def asks():
    r, w = os.pipe()
    kept = os.dup(0)
    os.dup2(r, 0)
    try:
        sys.stdin = open(0, closefd=False)
        input()
    finally:
        sys.stdin = sys.__stdin__
        os.dup2(kept, 0)
        for fd in (r, w, kept):
            os.close(fd)


def opens_a_fifo():
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "fifo")
        os.mkfifo(path)
        open(path)


def locks_a_file():
    with tempfile.NamedTemporaryFile() as one, open(one.name) as other:
        fcntl.flock(one, fcntl.LOCK_EX)
        fcntl.flock(other, fcntl.LOCK_EX)


def accepts():
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.accept()


def receives():
    one, other = socket.socketpair()
    with one, other:
        one.recv(1)


def selects():
    select.select([], [], [])


def polls():
    select.poll().poll()


def pauses():
    signal.pause()


def waits_for_a_process():
    with subprocess.Popen(["sleep", "1000"]) as child:
        try:
            child.wait()
        finally:
            child.kill()


def loops():
    while True:
        pass


def calls():
    def f(n):
        return f(n - 1) if n else 0

    while True:
        f(100)


def compiles():
    source = "x = 1\n" * 2000
    while True:
        compile(source, "f", "exec")


def matches():
    re.match(r"(a+)+$", "a" * 60 + "b")


def searches():
    re.search(r"(?:a|a)*b", "é" + "a" * 60)


def searches_long():
    re.search(r"(a)a*a*a*a*a*b\1", "a" * 3000)


def replaces():
    re.sub(r"(x+x+)+y", "", "x" * 60)


def finds_all():
    re.findall(r"(?:.*,)*;", "a," * 30)


waiting = [
    sleeps, joins, acquires, acquires_a_recursive_lock, acquires_a_semaphore, waits_for_an_event,
    waits_with_a_limit, waits_on_a_condition, waits_at_a_barrier, gets, gets_simply, puts, awaits_a_result,
    reads_a_pipe, writes_a_pipe, reads_a_stream, asks, opens_a_fifo, locks_a_file, accepts, receives, selects, polls,
    pauses, waits_for_a_process, loops, calls, compiles, matches, searches, searches_long, replaces, finds_all,
]
for does in waiting:
    interrupted(does)


# A handler that returns lets the computation go on.
came = collections.Counter()
signal.signal(signal.SIGALRM, lambda number, frame: came.update([number]))
signal.setitimer(signal.ITIMER_REAL, 0.002, 0.002)
start = time.monotonic()
n = 14
while not came:
    assert re.match(r"(?:a|b|ab)*c", "ab" * n) is None
    assert re.match(r"(?:a|b|ab)*c", "ab" * n + "c").end() == 2 * n + 1
    n += 1
    assert time.monotonic() - start < 60
signal.setitimer(signal.ITIMER_REAL, 0)


# What a handler raises comes out of the call, once.
class Late(Exception):
    pass


def raises(number, frame):
    raise Late(number)


signal.signal(signal.SIGALRM, raises)
signal.setitimer(signal.ITIMER_REAL, 0.05)
try:
    re.match(r"(a+)+$", "a" * 60 + "b")
except Late as error:
    assert error.args == (signal.SIGALRM,)
else:
    raise AssertionError
assert re.match(r"(a+)+$", "a" * 60)


# Arithmetic of huge numbers, last: an engine may leave work behind that goes on until the end of the program.
def raises_to_a_power():
    pow(3, 1 << 200_000, (1 << 200_000) - 1)


def raises_to_a_huge_power():
    3 ** (10**9)


def shows():
    str((1 << (1 << 27)) + 1)


for does in [raises_to_a_power, raises_to_a_huge_power, shows]:
    interrupted(does)
