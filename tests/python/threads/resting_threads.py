"""Threads that wait are looked through once by the collector: what others write into their frames meanwhile lives all
the same."""

import gc
import sys
import threading

from _stress import rounds


class Thing:
    def __init__(self, n):
        self.n = n


def churn():
    for generation in (0, 0, 1):
        garbage = [[Thing(i)] for i in range(2000)]
        del garbage
        gc.collect(generation)


def waiter(ready, event, out):
    kept = [Thing(i) for i in range(100)]
    given = None
    ready.set()
    event.wait()
    out.append((given, [t.n for t in kept]))


for round in range(rounds(5)):
    ready, event, out = threading.Event(), threading.Event(), []
    thread = threading.Thread(target=waiter, args=(ready, event, out))
    thread.start()
    ready.wait()
    churn()
    frame = sys._current_frames()[thread.ident]
    while frame.f_code is not waiter.__code__:
        frame = frame.f_back
    # The frame object itself is younger than the thread's rest, and so is what it is given.
    frame.f_locals["given"] = [Thing(round), {"n": Thing(round + 1)}]
    del frame
    churn()
    event.set()
    thread.join()
    (given, numbers), = out
    assert given[0].n == round and given[1]["n"].n == round + 1, given
    assert numbers == list(range(100))

# Many that rest, come back, and rest again.
condition = threading.Condition()
turn = 0
seen = []


def take_turns(me, count):
    global turn
    mine = []
    with condition:
        for i in range(count):
            while turn % 8 != me:
                condition.wait()
            mine.append(Thing((me, i)))
            turn += 1
            condition.notify_all()
    seen.append([t.n for t in mine] == [(me, i) for i in range(count)])


count = rounds(40)
threads = [threading.Thread(target=take_turns, args=(me, count)) for me in range(8)]
for t in threads:
    t.start()
while any(t.is_alive() for t in threads):
    churn()
assert seen == [True] * 8
