# check-leaks
"""A worker that dies never hangs its parent: EOFError or the exit code, at once."""

import os
import signal

from _methods import contexts


def dies(connection):
    connection.send("first")
    os.kill(os.getpid(), signal.SIGKILL)


def main():
    for context in contexts():
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(target=dies, args=(sender,))
        process.start()
        sender.close()
        assert receiver.recv() == "first"
        try:
            receiver.recv()
        except EOFError:
            pass
        else:
            raise AssertionError
        process.join()
        assert process.exitcode == -signal.SIGKILL
        receiver.close()


if __name__ == "__main__":
    main()
