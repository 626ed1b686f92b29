# check-leaks
"""Process: life, names, exit codes, signals, errors, under all start methods."""

import multiprocessing
import os
import signal
import sys

from _methods import contexts


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def nothing():
    pass


def exits(code):
    sys.exit(code)


def fails():
    sys.stderr.close()
    raise ValueError("in child")


def kills_itself(number):
    os.kill(os.getpid(), number)


def waits(connection):
    connection.recv()


def reports(connection, a, b=0):
    process = multiprocessing.current_process()
    connection.send((process.name, process.pid, os.getppid(), process.daemon, a, b, multiprocessing.parent_process().pid))
    connection.close()


def main():
    for context in contexts():
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=reports, args=(sender, 1), kwargs={"b": 2}, name="named", daemon=True)
        assert process.name == "named" and process.daemon and process.exitcode is None and process.pid is None
        assert not process.is_alive()
        assert message(AssertionError, process.join) == "can only join a started process"
        process.start()
        sender.close()
        name, pid, ppid, daemon, a, b, parent = receiver.recv()
        assert (name, pid, daemon, a, b, parent) == ("named", process.pid, True, 1, 2, os.getpid())
        if context.get_start_method() != "forkserver":
            assert ppid == os.getpid()
        process.join()
        assert process.exitcode == 0 and not process.is_alive()
        assert message(EOFError, receiver.recv) == ""
        receiver.close()
        assert message(AssertionError, process.start) == "cannot start a process twice"
        process.close()
        assert message(ValueError, process.is_alive) == "process object is closed"

        for target, args, code in (
            (nothing, (), 0), (exits, (3,), 3), (exits, (None,), 0), (fails, (), 1),
            (kills_itself, (signal.SIGTERM,), -signal.SIGTERM), (kills_itself, (signal.SIGKILL,), -signal.SIGKILL),
        ):
            process = context.Process(target=target, args=args)
            process.start()
            process.join()
            assert process.exitcode == code, (context.get_start_method(), target, process.exitcode)
            process.close()

        receiver, sender = context.Pipe()
        process = context.Process(target=waits, args=(receiver,))
        process.start()
        assert process.is_alive() and process in multiprocessing.active_children()
        process.join(0.01)
        assert process.exitcode is None
        assert message(ValueError, process.close) == (
            "Cannot close a process while it is still running. You should first call join() or terminate()."
        )
        process.terminate()
        process.join()
        assert process.exitcode == -signal.SIGTERM
        process = context.Process(target=waits, args=(receiver,))
        process.start()
        process.kill()
        process.join()
        assert process.exitcode == -signal.SIGKILL
        process = context.Process(target=waits, args=(receiver,))
        process.start()
        sentinel = process.sentinel
        sender.send("go")
        assert multiprocessing.connection.wait([sentinel], 60) == [sentinel]
        process.join()
        assert process.exitcode == 0
        receiver.close()
        sender.close()
    assert multiprocessing.active_children() == []
    assert multiprocessing.current_process().name == "MainProcess" and multiprocessing.parent_process() is None


if __name__ == "__main__":
    main()
