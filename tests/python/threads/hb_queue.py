"""Happens-before: Queue.put → its get, for every kind of queue."""

import queue

from _stress import rounds, together

N = rounds(1000)


class Message:
    pass


for make in (queue.Queue, queue.SimpleQueue, queue.LifoQueue, lambda: queue.Queue(maxsize=2)):
    q = make()

    def send():
        for i in range(N):
            m = Message()
            m.i = i
            m.items = [i, i + 1]
            q.put(m)

    def receive():
        for seen in range(N):
            m = q.get()
            assert m.items == [m.i, m.i + 1]
            m.items.append("received")
        return seen + 1

    assert together(send, receive)[1] == N

# task_done and join.
q = queue.Queue()
done = []


def work():
    while (i := q.get()) is not None:
        done.append(i)
        q.task_done()


def feed():
    for i in range(N):
        q.put(i)
    q.join()
    assert sorted(done) == list(range(N))
    q.put(None)
    q.put(None)


together(work, work, feed)

# A priority queue, and shutdown (3.13).
q = queue.PriorityQueue()
for i in (3, 1, 2):
    q.put(i)
assert [q.get() for _ in range(3)] == [1, 2, 3]
q.put(9)
q.shutdown()
assert q.get() == 9
for f in (q.get, lambda: q.put(1)):
    try:
        f()
    except queue.ShutDown:
        pass
    else:
        raise AssertionError
q = queue.Queue(1)
q.put(1)
try:
    q.put_nowait(2)
except queue.Full:
    pass
else:
    raise AssertionError
