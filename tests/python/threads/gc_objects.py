"""gc.get_objects() and gc.get_referrers() while other threads make garbage: it is not brought back. And
gc.get_referents() of generators that others run: it leaves their temporaries alone."""

import gc
import threading

import _stress


class Thing:
    pass


kept = Thing()
done = threading.Event()


def makes_garbage():
    while not done.is_set():
        Thing()
        [kept, {"key": kept}]


def looks():
    try:
        first = len(gc.get_objects())
        for _ in range(_stress.rounds(15)):
            # The list of before is referred to while the next is made, with what it holds.
            objects = gc.get_objects()
            referrers = gc.get_referrers(kept)
        assert len(objects) < first + 20_000, (first, len(objects))
        assert len(referrers) < 1_000, len(referrers)
    finally:
        done.set()


_stress.together(looks, makes_garbage, makes_garbage)


# A generator with temporaries in use all the time, looked at whether it waits or runs.
def sums():
    n = 0
    while True:
        n = sum([n, 1, *(yield [n, [n]])])


steps = sums()
next(steps)
ended = threading.Event()


def goes_on():
    try:
        for i in range(_stress.rounds(2000)):
            assert steps.send((1, 1)) == [3 * i + 3, [3 * i + 3]]
    finally:
        ended.set()


def asks():
    while not ended.is_set():
        gc.get_referents(steps)


_stress.together(goes_on, asks, asks)
