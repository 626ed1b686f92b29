# check-leaks
from multiprocessing import Process, set_start_method


def thread_func(n):
    print(f"I'm thread number {n}!")


if __name__ == "__main__":
    set_start_method("spawn")
    for i in range(4):
        process = Process(target=thread_func, args=[i])
        process.start()
        process.join()
