"""Happens-before: Event.set → a wait that is true; Condition.notify → the wake-up."""

import threading

from _stress import rounds, together

for i in range(rounds(100)):
    event = threading.Event()
    box = []

    def set_it():
        box.append(i)
        event.set()

    def wait():
        assert event.wait(60) is True
        assert box == [i]

    together(set_it, wait, wait)

# A condition as a bounded buffer.
N = rounds(1000)
condition = threading.Condition()
buffer = []


def produce():
    for i in range(N):
        with condition:
            while len(buffer) >= 3:
                condition.wait()
            buffer.append((i, [i]))
            condition.notify_all()


def consume():
    got = []
    while len(got) < N:
        with condition:
            condition.wait_for(lambda: buffer)
            got += buffer
            buffer.clear()
            condition.notify_all()
    return got


assert together(produce, consume)[1] == [(i, [i]) for i in range(N)]

# notify(n) wakes that many; a time limit ends a wait.
condition = threading.Condition()
woken, waiting = [], threading.Semaphore(0)


def sleeper():
    with condition:
        waiting.release()
        condition.wait()
        woken.append(1)


threads = [threading.Thread(target=sleeper) for _ in range(5)]
for thread in threads:
    thread.start()
for _ in threads:
    waiting.acquire()
with condition:
    condition.notify(2)
while len(woken) < 2:
    pass
with condition:
    assert len(woken) == 2
    condition.notify_all()
for thread in threads:
    thread.join()
assert len(woken) == 5
with condition:
    assert condition.wait(0.001) is False
    assert condition.wait_for(lambda: False, 0.001) is False
