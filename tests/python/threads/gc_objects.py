"""gc.get_objects() and gc.get_referrers() while other threads make garbage: it is not brought back."""

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
