"""What the tests of processes share."""

import multiprocessing

METHODS = ("fork", "spawn", "forkserver")


def contexts():
    """A context for every start method."""
    return [multiprocessing.get_context(method) for method in METHODS]
