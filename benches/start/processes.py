"""Starting and joining a process; the start method is the second argument."""

import multiprocessing
import sys
import time


def nothing():
    pass


def main():
    size = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    method = sys.argv[2] if len(sys.argv) > 2 else "spawn"
    context = multiprocessing.get_context(method)
    process = context.Process(target=nothing)
    process.start()
    process.join()
    start = time.perf_counter()
    for _ in range(size):
        process = context.Process(target=nothing)
        process.start()
        process.join()
        assert process.exitcode == 0
    print(f"seconds {time.perf_counter() - start:.6f} work {size}")


if __name__ == "__main__":
    main()
