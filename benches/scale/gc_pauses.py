"""How long the collector stops the threads: eight of them allocate beside 1 GB that stays alive.

Taipan's collector tells itself (`sys._debugmallocstats`); of other interpreters nothing is known.
"""

import os
import re
import sys
import tempfile
import threading
import time

THREADS = 8
alive = (int(sys.argv[1]) if len(sys.argv) > 1 else 1000) << 20
seconds = float(sys.argv[2]) if len(sys.argv) > 2 else 5


class Node:
    __slots__ = ("left", "right", "value")

    def __init__(self, left, right, value):
        self.left, self.right, self.value = left, right, value


def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096


def tree(depth):
    return Node(tree(depth - 1), tree(depth - 1), depth) if depth else Node(None, None, 0)


kept = []
before = resident()
while resident() - before < alive:
    kept.append(tree(12))
deadline = time.perf_counter() + seconds
steps = [0] * THREADS


def work(i):
    while time.perf_counter() < deadline:
        tree(8)
        kept[steps[i] * 17 % len(kept)].value = [steps[i]]
        steps[i] += 1


threads = [threading.Thread(target=work, args=(i,)) for i in range(THREADS)]
for t in threads:
    t.start()
for t in threads:
    t.join()
print(f"seconds {seconds} work {sum(steps)} fairness {min(steps) / max(steps):.2f}")
if sys.implementation.name == "taipan":
    with tempfile.TemporaryFile() as out:
        saved = os.dup(2)
        os.dup2(out.fileno(), 2)
        sys._debugmallocstats()
        sys.stderr.flush()
        os.dup2(saved, 2)
        out.seek(0)
        text = out.read().decode()
    total, longest, young = re.search(r"still: ([\d.]+) ms in all, at most ([\d.]+) ms, ([\d.]+) ms", text).groups()
    print(f"stopped_ms {total} longest_ms {longest} longest_young_ms {young}")
