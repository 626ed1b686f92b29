"""A thousand threads alive at once."""

import threading

N = 1000
gate = threading.Event()
arrived = []


def work(i):
    arrived.append(i)
    gate.wait()


threading.stack_size(128 * 1024)
threads = [threading.Thread(target=work, args=[i]) for i in range(N)]
for thread in threads:
    thread.start()
assert threading.active_count() == N + 1
gate.set()
for thread in threads:
    thread.join()
assert sorted(arrived) == list(range(N)) and threading.active_count() == 1
