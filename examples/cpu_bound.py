"""Work for the processor in one thread, in two threads with the GIL and without, and in two processes.

Each way does the work twice over. The script starts itself again with each setting of the GIL that the interpreter has.
"""

import subprocess
import sys
import time
from multiprocessing import get_context
from threading import Thread


def work(n):
    total = 0
    for i in range(n):
        total += i * i % 7
    return total


def seconds(run):
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def together(workers):
    def run():
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    return run


def main():
    n = int(sys.argv[1])
    how = sys.argv[2]
    if how == "one thread":
        took = seconds(lambda: (work(n), work(n)))
    elif how == "two threads":
        took = seconds(together([Thread(target=work, args=[n]) for _ in range(2)]))
    else:
        context = get_context("spawn")
        took = seconds(together([context.Process(target=work, args=[n]) for _ in range(2)]))
    print(took)


def ask(n, how, *options):
    command = [sys.executable, *options, __file__, str(n), how]
    done = subprocess.run(command, capture_output=True, text=True)
    return float(done.stdout) if done.returncode == 0 else None


def table(n):
    one = ask(n, "one thread")
    rows = [
        ("one thread", one), ("two threads, GIL on", ask(n, "two threads", "-X", "gil=1")),
        ("two threads, GIL off", ask(n, "two threads", "-X", "gil=0")), ("two processes", ask(n, "two processes")),
    ]
    print(f"The same work, done twice ({n:,} rounds each):")
    for name, took in rows:
        print(f"  {name:<22}", "this interpreter cannot" if took is None else f"{took:.2f} s  {one / took:.2f} times as fast")


if __name__ == "__main__":
    if len(sys.argv) == 3:
        main()
    else:
        table(int(sys.argv[1]) if len(sys.argv) > 1 else 30_000_000)
