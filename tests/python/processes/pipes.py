# check-leaks
"""Pipes: objects, bytes, both directions, ends that close, polling."""

import os

from _methods import contexts


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def echo(connection):
    # Not until the end of file: a forked child has the other end too.
    while (data := connection.recv_bytes()) != b"end":
        connection.send_bytes(data[::-1])
    connection.close()


def main():
    for context in contexts():
        here, there = context.Pipe()
        process = context.Process(target=echo, args=(there,))
        process.start()
        there.close()
        for size in (0, 1, 100, 16_384, 1_000_000):
            data = os.urandom(size)
            here.send_bytes(data)
            assert here.recv_bytes() == data[::-1]
        assert here.poll() is False and here.poll(0.01) is False
        here.send_bytes(b"end")
        process.join()
        here.close()
        assert process.exitcode == 0

        a, b = context.Pipe()
        a.send({"k": [1, (2, None)]})
        assert b.poll() and b.recv() == {"k": [1, (2, None)]}
        b.send_bytes(b"abcdef", 1, 3)
        assert a.recv_bytes() == b"bcd"
        b.send_bytes(b"0123456789")
        assert message(OSError, lambda: a.recv_bytes(5)) == "bad message length"
        a, b = context.Pipe()
        buffer = bytearray(4)
        b.send_bytes(b"xy")
        assert a.recv_bytes_into(buffer) == 2 and buffer[:2] == b"xy"
        b.close()
        assert message(EOFError, a.recv) == ""
        a.close()
        assert message(OSError, lambda: a.send(1)) == "handle is closed" and a.closed
        receiver, sender = context.Pipe(duplex=False)
        assert message(OSError, lambda: receiver.send(1)) == "connection is read-only"
        assert message(OSError, sender.recv) == "connection is write-only"
        assert message(OSError, lambda: sender.send_bytes(b"x") or receiver.close() or sender.send_bytes(b"x")).startswith("[Errno 32]")
        sender.close()


if __name__ == "__main__":
    main()
