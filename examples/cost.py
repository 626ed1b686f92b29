"""What a thread and a process cost to start, and in memory."""

import os
import sys
import time
from multiprocessing import get_context
from threading import Event, Thread


def nothing():
    pass


def resident(pid="self"):
    """Private memory of a process in KiB: what it does not share with others."""
    with open(f"/proc/{pid}/smaps_rollup") as file:
        return sum(int(line.split()[1]) for line in file if line.startswith("Private"))


def start_and_join(make, times):
    start = time.perf_counter()
    for _ in range(times):
        worker = make()
        worker.start()
        worker.join()
    return (time.perf_counter() - start) / times


def memory_of_threads(count):
    gate = Event()
    before = resident()
    threads = [Thread(target=gate.wait) for _ in range(count)]
    for thread in threads:
        thread.start()
    grown = (resident() - before) / count
    gate.set()
    for thread in threads:
        thread.join()
    return grown


def wait_for(connection):
    connection.send("up")
    connection.recv()


def memory_of_process(context):
    here, there = context.Pipe()
    process = context.Process(target=wait_for, args=[there])
    process.start()
    here.recv()
    size = resident(process.pid)
    here.send("done")
    process.join()
    return size


def main():
    print(f"{sys.implementation.name} {sys.version.split()[0]}")
    seconds = start_and_join(lambda: Thread(target=nothing), 1000)
    print(f"a thread:                {seconds * 1e6:9.0f} us to start and join, {memory_of_threads(100):7.0f} KiB")
    for method in ("fork", "forkserver", "spawn"):
        context = get_context(method)
        start_and_join(lambda: context.Process(target=nothing), 1)
        seconds = start_and_join(lambda: context.Process(target=nothing), 20)
        name = f"a process by {method}:"
        print(f"{name:<25}{seconds * 1e6:9.0f} us to start and join, {memory_of_process(context):7.0f} KiB")


if __name__ == "__main__":
    main()
