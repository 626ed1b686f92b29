# check-leaks
"""Choosing a start method; what is inherited and what is not."""

import multiprocessing

from _methods import METHODS, contexts

counter = 0


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def tell(connection):
    connection.send((__name__, counter, multiprocessing.get_start_method()))


def main():
    global counter
    assert multiprocessing.get_start_method(allow_none=True) is None
    assert sorted(multiprocessing.get_all_start_methods()) == sorted(METHODS)
    assert multiprocessing.get_all_start_methods()[0] == "forkserver"
    assert message(ValueError, lambda: multiprocessing.get_context("none")) == "cannot find context for 'none'"
    multiprocessing.set_start_method("spawn")
    assert multiprocessing.get_start_method() == "spawn"
    assert message(RuntimeError, lambda: multiprocessing.set_start_method("fork")) == "context has already been set"
    counter = 5
    for context in contexts():
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=tell, args=(sender,))
        process.start()
        name, seen, method = receiver.recv()
        process.join()
        if context.get_start_method() == "fork":
            # A copy of all there was.
            assert (name, seen) == ("__main__", 5)
        else:
            assert (name, seen) == ("__mp_main__", 0)
        receiver.close()
        sender.close()
    assert multiprocessing.cpu_count() >= 1


if __name__ == "__main__":
    main()
