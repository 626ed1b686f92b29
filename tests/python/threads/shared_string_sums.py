"""Threads that add to one string at once each get their own sum."""

import threading

base = "b" * 1000
base += "c"
base += "d"
size = len(base)
start = threading.Barrier(4)
wrong = []


def work(letter):
    start.wait()
    for _ in range(300):
        s = base
        for n in range(1, 60):
            s += letter
            if len(s) != size + n or s[size:] != letter * n or s[:size] != base:
                wrong.append((letter, n))
                return


threads = [threading.Thread(target=work, args=(c,)) for c in "1é3漢"]
for t in threads:
    t.start()
for t in threads:
    t.join()
assert not wrong, wrong
assert base == "b" * 1000 + "cd"
