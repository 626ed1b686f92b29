# check-leaks
"""Daemon children end with their parent; a child whose parent was killed ends too."""

import multiprocessing
import os
import signal
import sys
import time

from _methods import METHODS, contexts


def sleeps(connection):
    connection.send(os.getpid())
    time.sleep(3600)


def parent_of_daemon(method, connection):
    """Starts a daemon and ends."""
    context = multiprocessing.get_context(method)
    process = context.Process(target=sleeps, args=(connection,), daemon=True)
    process.start()
    # It must be under way before it may end.
    process.join(0)
    connection.close()
    while not started(process):
        time.sleep(0.01)


def started(process):
    return process.pid is not None


def main():
    for method in METHODS:
        context = multiprocessing.get_context(method)
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=parent_of_daemon, args=(method, sender))
        process.start()
        sender.close()
        process.join()
        assert process.exitcode == 0, (method, process.exitcode)
        # Every writing end is closed when the daemon is gone; it may have come to say its number.
        try:
            receiver.recv()
            receiver.recv()
        except EOFError:
            pass
        else:
            raise AssertionError
        receiver.close()

    # A daemon may not have children.
    for context in contexts()[:1]:
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=has_child, args=(sender,), daemon=True)
        process.start()
        assert receiver.recv() == "daemonic processes are not allowed to have children"
        process.join()


def has_child(connection):
    try:
        multiprocessing.Process(target=print).start()
    except AssertionError as error:
        connection.send(str(error))


if __name__ == "__main__":
    main()
