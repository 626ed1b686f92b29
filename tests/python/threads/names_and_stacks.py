"""Stack sizes, native ids, and names set on the OS thread."""

import os
import threading


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


assert threading.stack_size() == 0
assert threading.stack_size(512 * 1024) == 0 and threading.stack_size() == 512 * 1024
assert message(ValueError, lambda: threading.stack_size(100)).startswith("size must be at least ")
assert message(ValueError, lambda: threading.stack_size(-1)).startswith("size must be ")


def recurse(n):
    return n and 1 + recurse(n - 1)


def endless():
    try:
        recurse(1_000_000)
    except RecursionError:
        results.append("RecursionError")


results = []
for size in (64 * 1024, 512 * 1024, 8 * 1024 * 1024, 0):
    threading.stack_size(size)
    thread = threading.Thread(target=lambda: results.append(recurse(100)))
    thread.start()
    thread.join()
assert results == [100] * 4, results
results.clear()
thread = threading.Thread(target=endless)
thread.start()
thread.join()
assert results == ["RecursionError"]

names = []


def read_name():
    with open(f"/proc/self/task/{threading.get_native_id()}/comm") as file:
        names.append(file.read().strip())


thread = threading.Thread(target=read_name, name="short")
thread.start()
thread.join()
thread = threading.Thread(target=read_name, name="a much longer name than fits")
thread.start()
thread.join()
assert names == ["short", "a much longer n"], names
assert os.path.exists(f"/proc/self/task/{threading.get_native_id()}")
