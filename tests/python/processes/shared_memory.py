# check-leaks
"""Shared memory blocks and lists."""

from multiprocessing import shared_memory

from _methods import contexts


def writes(name):
    block = shared_memory.SharedMemory(name)
    block.buf[0] = 42
    block.buf[5:10] = b"hello"
    block.close()


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def main():
    for context in contexts():
        block = shared_memory.SharedMemory(create=True, size=100)
        assert block.size >= 100 and block.buf[0] == 0
        process = context.Process(target=writes, args=(block.name,))
        process.start()
        process.join()
        assert process.exitcode == 0
        assert block.buf[0] == 42 and bytes(block.buf[5:10]) == b"hello"
        block.close()
        block.unlink()
    message(FileNotFoundError, lambda: shared_memory.SharedMemory(block.name))
    assert message(ValueError, lambda: shared_memory.SharedMemory(create=True, size=0)) == (
        "'size' must be a positive number different from zero"
    )
    items = shared_memory.ShareableList([1, 2.5, "text", None, True, b"bytes"])
    items[0] = 10
    assert list(items) == [10, 2.5, "text", None, True, b"bytes"] and items.count(None) == 1
    again = shared_memory.ShareableList(name=items.shm.name)
    assert again[2] == "text"
    again.shm.close()
    items.shm.close()
    items.shm.unlink()


if __name__ == "__main__":
    main()
