"""Daemon threads stop at the end: none runs Python code after that, none crashes, none delays it."""

import sys
import threading
import time

lock = threading.Lock()
lock.acquire()
items, d = [], {}


def spins():
    while True:
        d[len(items) % 100] = [len(items)]
        items.append(object())
        if len(items) > 1000:
            items.clear()


def sleeps():
    while True:
        time.sleep(0.0001)


def waits():
    lock.acquire()


def allocates():
    while True:
        [[] for _ in range(1000)]


for target in (spins, sleeps, waits, allocates, spins):
    threading.Thread(target=target, daemon=True).start()
print("main ends")
sys.stdout.flush()
