"""Threads at one queue and one channel: each item arrives once, those of one sender in their order."""

import _interpchannels as low
import os
import threading
from concurrent import interpreters
from _helpers import at_once

N = max(20, int(400 * float(os.environ.get("TAIPAN_STRESS", "1"))))
SENDERS, RECEIVERS = 3, 3


def check(batches):
    """Everything arrived once, and each receiver saw each sender's items in order."""
    for batch in batches:
        for s in range(SENDERS):
            mine = [i for sender, i in batch if sender == s]
            assert mine == sorted(mine)
    everything = sorted(item for batch in batches for item in batch)
    assert everything == [(s, i) for s in range(SENDERS) for i in range(N)]


def value(s, i):
    """Each of the ways that a value passes."""
    return ((s, i), [s, i], (s, [i]), {"s": s, "i": i})[i % 4]


def what(v):
    if type(v) is dict:
        return v["s"], v["i"]
    s, i = v
    return s, i[0] if type(i) is list else i


# A queue without a limit and one with a small one.
for maxsize in (0, 4):
    queue = interpreters.create_queue(maxsize)
    batches = [[] for _ in range(RECEIVERS)]

    def send(s):
        for i in range(N):
            queue.put(value(s, i), _delay=0.0001)

    def receive(batch):
        while (v := queue.get(_delay=0.0001)) is not None:
            batch.append(what(v))

    def all_sent():
        at_once(*[lambda s=s: send(s) for s in range(SENDERS)])
        for _ in range(RECEIVERS):
            queue.put(None, _delay=0.0001)

    at_once(all_sent, *[lambda b=b: receive(b) for b in batches])
    check(batches)
    assert queue.empty()

# A channel whose senders wait for each item.
channel = low.create(3)
batches = [[] for _ in range(RECEIVERS)]
sent = threading.Event()


def send(s):
    for i in range(N):
        low.send(channel, value(s, i))


def receive(batch):
    nothing = object()
    while True:
        over = sent.is_set()
        v, _ = low.recv(channel, nothing)
        if v is not nothing:
            batch.append(what(v))
        elif over:
            return


def all_sent():
    at_once(*[lambda s=s: send(s) for s in range(SENDERS)])
    sent.set()


at_once(all_sent, *[lambda b=b: receive(b) for b in batches])
check(batches)
assert low.get_count(channel) == 0

# Senders that give up: an item is received if and only if its sender was not told otherwise.
channel = low.create(3)
kept, got, sent = [], [], threading.Event()


def impatient(s):
    for i in range(N // 4):
        try:
            low.send(channel, (s, i), timeout=0.0005)
        except TimeoutError:
            pass
        else:
            kept.append((s, i))


def all_sent():
    at_once(*[lambda s=s: impatient(s) for s in range(SENDERS)])
    sent.set()


at_once(all_sent, lambda: receive(got))
assert sorted(kept) == sorted(got), (len(kept), len(got))
