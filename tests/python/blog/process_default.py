# check-leaks
"""The start method that nobody chose: forkserver, as in 3.14."""
from multiprocessing import Process, get_start_method


def thread_func(n):
    print(f"I'm thread number {n}!")


if __name__ == "__main__":
    processes = [Process(target=thread_func, args=[i]) for i in range(4)]
    for process in processes:
        process.start()
        process.join()
    print(get_start_method(), [process.exitcode for process in processes])
