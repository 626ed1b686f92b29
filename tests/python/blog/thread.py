from threading import Thread


def thread_func(n):
    print(f"I'm thread number {n}!")


for i in range(4):
    thread = Thread(target=thread_func, args=[i])
    thread.start()
    thread.join()
