"""A daemon thread ends with its process, in the middle of what it does; another thread is waited for."""

import sys
import time
from threading import Event, Thread

started = Event()


def daemon():
    count = 0
    started.set()
    while True:
        count += 1


def finishes():
    time.sleep(0.2)
    print("the other thread: done, though the main thread ended before")


def main():
    Thread(target=daemon, daemon=True).start()
    Thread(target=finishes).start()
    started.wait()
    print("the daemon counts for ever; the main thread ends here")
    sys.stdout.flush()


main()
