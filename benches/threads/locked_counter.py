"""One counter under one lock."""

import threading

from _work import main

lock = threading.Lock()
n = 0


def work(size, thread):
    global n
    for _ in range(size):
        for _ in range(1000):
            with lock:
                n += 1


main(work, 5000)
