"""A variable is shared by threads, and is not shared by processes."""

from multiprocessing import get_context
from threading import Thread

counter = 0
items = []


def add(name):
    global counter
    counter += 1
    items.append(name)


def main():
    for name in ("first thread", "second thread"):
        thread = Thread(target=add, args=[name])
        thread.start()
        thread.join()
    print(f"after two threads:   counter = {counter}, items = {items}")
    for method in ("fork", "spawn", "forkserver"):
        process = get_context(method).Process(target=add, args=[f"process by {method}"])
        process.start()
        process.join()
        print(f"after one by {method + ':':<12}counter = {counter}, items = {items}")

    # What is to be shared by processes must be made so.
    context = get_context("spawn")
    value = context.Value("i", 0)
    for _ in range(2):
        process = context.Process(target=add_shared, args=[value])
        process.start()
        process.join()
    print(f"a multiprocessing.Value after two processes: {value.value}")


def add_shared(value):
    with value.get_lock():
        value.value += 1


if __name__ == "__main__":
    main()
