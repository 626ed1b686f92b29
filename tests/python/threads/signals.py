"""Waits of the main thread are interrupted by signals; handlers run in the main thread."""

import os
import signal
import threading
import time

caught = []
main = threading.get_ident()


def handler(number, frame):
    caught.append((number, threading.get_ident() == main))


signal.signal(signal.SIGUSR1, handler)


def send(number, until):
    """Sends the signal again and again until the main thread says that it had it."""
    def run():
        while not until.is_set():
            os.kill(os.getpid(), number)
            time.sleep(0.01)
    thread = threading.Thread(target=run)
    thread.start()
    return thread


# A handler that returns: the wait goes on (PEP 475).
for wait in (
    lambda lock: lock.acquire(timeout=0.1), lambda lock: threading.Event().wait(0.1),
    lambda lock: time.sleep(0.1), lambda lock: threading.Condition().__enter__() and None,
):
    lock = threading.Lock()
    lock.acquire()
    had = threading.Event()
    caught.clear()
    sender = send(signal.SIGUSR1, had)
    while not caught:
        wait(lock)
    had.set()
    sender.join()
    assert set(caught) == {(signal.SIGUSR1, True)}


# A handler that raises ends the wait, whatever it is. It raises once: signals that are still under way are let pass.
armed = False


def raises_once(number, frame):
    global armed
    if armed:
        armed = False
        raise KeyboardInterrupt


signal.signal(signal.SIGINT, raises_once)


def interrupted(wait):
    global armed
    had = threading.Event()
    sender = send(signal.SIGINT, had)
    try:
        armed = True
        wait()
    except KeyboardInterrupt:
        pass
    else:
        raise AssertionError("not interrupted")
    had.set()
    sender.join()


lock = threading.Lock()
lock.acquire()
forever = threading.Event()
sleeper = threading.Thread(target=forever.wait, daemon=True)
sleeper.start()
for wait in (
    lock.acquire, threading.Event().wait, sleeper.join, lambda: time.sleep(3600), lambda: threading.Semaphore(0).acquire(),
    lambda: threading.Barrier(2).wait(), lambda: lock.acquire(timeout=3600), lambda: sleeper.join(3600), signal.pause,
):
    interrupted(wait)


def spin():
    while True:
        pass


interrupted(spin)
interrupted(lambda: sum(x for x in iter(int, 1)))
forever.set()
sleeper.join()

# Only the main thread may set handlers.
said = []


def elsewhere():
    try:
        signal.signal(signal.SIGUSR1, handler)
    except ValueError as error:
        said.append(str(error))


thread = threading.Thread(target=elsewhere)
thread.start()
thread.join()
assert said == ["signal only works in main thread of the main interpreter"]
