# check-leaks
# The guard is missing: the child says so, the parent goes on.
from multiprocessing import Process, set_start_method


def thread_func(n):
    print(f"I'm thread number {n}!")


set_start_method("spawn", force=True)
process = Process(target=thread_func, args=[1])
process.start()
process.join()
print(process.exitcode)
