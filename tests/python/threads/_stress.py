"""Runs functions at the same time, as hard as the machine allows."""

import os
import sys
import threading
import time

SCALE = float(os.environ.get("TAIPAN_STRESS", "1"))

# With a GIL on, threads change places often.
sys.setswitchinterval(1e-5)


def rounds(n):
    """A number of rounds, scaled by TAIPAN_STRESS."""
    return max(1, int(4 * n * SCALE))


def together(*functions):
    """Runs each function in a thread of its own, all begun at one moment, and gives their results.

    The first exception of any is raised here.
    """
    barrier = threading.Barrier(len(functions))
    results = [None] * len(functions)
    errors = []

    def run(i, function):
        barrier.wait()
        try:
            results[i] = function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=item) for item in enumerate(functions)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]
    return results


def while_others_run(body, *others):
    """Runs `body` in this thread while each of the others is called again and again in its own.

    The body is repeated for a while, and until each of the others has had some turns.
    """
    done = False
    errors = []
    turns = [0] * len(others)

    def again(i, function):
        try:
            while not done:
                function()
                turns[i] += 1
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=again, args=item) for item in enumerate(others)]
    for thread in threads:
        thread.start()
    end = time.monotonic() + 0.2 * SCALE
    try:
        while not errors and (time.monotonic() < end or min(turns) < 5):
            body()
    finally:
        done = True
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]
