from threading import Thread, Lock

lock = Lock()
total = 0


def work(n):
    global total
    for _ in range(n):
        with lock:
            total += 1


threads = [Thread(target=work, args=[1000]) for _ in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
print(total)
