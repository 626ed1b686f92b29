# check-leaks
"""Listeners and clients: authentication, wrong keys, messages that are no messages."""

import socket
import struct
import threading
from multiprocessing import AuthenticationError
from multiprocessing.connection import Client, Listener


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def served(address, family, key, wrong=None):
    result = []
    with Listener(address, family, authkey=key) as listener:
        def serve():
            try:
                with listener.accept() as connection:
                    connection.send(connection.recv() * 2)
            except AuthenticationError as error:
                result.append(str(error))
        thread = threading.Thread(target=serve)
        thread.start()
        try:
            with Client(listener.address, authkey=wrong or key) as connection:
                connection.send(21)
                result.append(connection.recv())
        except AuthenticationError as error:
            result.append(str(error))
        thread.join()
    return result


assert served(("localhost", 0), "AF_INET", b"key") == [42]
assert served(None, "AF_UNIX", b"key") == [42]
assert served(("localhost", 0), "AF_INET", None) == [42]
assert sorted(served(("localhost", 0), "AF_INET", b"key", b"other")) == ["digest received was wrong", "digest sent was rejected"]

# A forged message, and one that ends in the middle.
for raw, kind in ((struct.pack("!i", 100) + b"short", OSError), (struct.pack("!i", -1), EOFError), (b"", EOFError)):
    with Listener(("localhost", 0), "AF_INET") as listener:
        forger = socket.create_connection(listener.address)
        with listener.accept() as connection:
            forger.sendall(raw)
            forger.close()
            message(kind, connection.recv_bytes)
with Listener(("localhost", 0), "AF_INET") as listener:
    forger = socket.create_connection(listener.address)
    with listener.accept() as connection:
        forger.sendall(struct.pack("!i", 4) + b"\x00\xff\x00\xff")
        try:
            connection.recv()
        except Exception as error:
            assert type(error).__name__ == "UnpicklingError", error
        else:
            raise AssertionError
        forger.close()
