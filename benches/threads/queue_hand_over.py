"""A queue: every thread puts and gets."""

import queue

from _work import main

q = queue.Queue()


def work(size, thread):
    for _ in range(size):
        for i in range(100):
            q.put(i)
        for _ in range(100):
            q.get()


main(work, 8000)
