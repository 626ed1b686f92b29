"""Interpreters on several threads put into one queue and are closed: nothing arrives twice, or out of order."""

import _interpchannels as low_channels
import _interpqueues as low_queues
import gc
import os
import threading
from concurrent import interpreters
from _helpers import at_once

N = max(5, int(100 * float(os.environ.get("TAIPAN_STRESS", "1"))))
SENDERS = 3


# Interpreters send, and are closed with items in the queue.
queue = interpreters.create_queue()


def from_another(s):
    interp = interpreters.create()
    interp.prepare_main(queue=queue, s=s)
    interp.exec(f"for i in range({N}): queue.put((s, i, [i]))")
    interp.close()


at_once(*[lambda s=s: from_another(s) for s in range(SENDERS)])
assert queue.qsize() == SENDERS * N
unbound = {repr(queue.get()) for _ in range(queue.qsize())}
assert unbound == {"concurrent.interpreters._queues.UNBOUND"}, unbound

# Interpreters that send while this one receives.
stop = threading.Event()
got = []


def collect():
    while True:
        over = stop.is_set()
        try:
            v = queue.get_nowait()
        except interpreters.QueueEmpty:
            if over:
                return
        else:
            if type(v) is tuple:
                got.append(v[:2])


def all_gone():
    at_once(*[lambda s=s: from_another(s) for s in range(SENDERS)])
    stop.set()


at_once(all_gone, collect)
assert len(set(got)) == len(got)
for s in range(SENDERS):
    mine = [i for sender, i in got if sender == s]
    assert mine == sorted(mine)

# What a closed interpreter referred to, and nobody else does, is gone with it.
before = low_queues.list_all(), [int(c) for c, _, _ in low_channels.list_all()]
interp = interpreters.create()
interp.exec("""if True:
    from concurrent import interpreters
    import _interpchannels
    queue = interpreters.create_queue()
    queue.put(interpreters.create_queue())
    channel = _interpchannels.create(3)
    _interpchannels.send(channel, [1], blocking=False)
""")
assert len(low_queues.list_all()) == len(before[0]) + 2
assert len(low_channels.list_all()) == len(before[1]) + 1
interp.close()
gc.collect()
assert (low_queues.list_all(), [int(c) for c, _, _ in low_channels.list_all()]) == before
