# check-leaks
from multiprocessing import Process, set_start_method


def thread_func(n):
    print(f"I'm thread number {n}!", flush=True)


set_start_method("fork")
for i in range(4):
    process = Process(target=thread_func, args=[i])
    process.start()
    process.join()
