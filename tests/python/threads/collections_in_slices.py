"""A graph is changed by several threads while full collections mark it in slices: all of it lives, and garbage goes."""

import os
import subprocess
import sys

PROGRAM = """
import gc, random, threading, time, weakref

class Node:
    def __init__(self, key):
        self.key, self.next, self.more = key, None, {}

SIZE, THREADS = 2000, 4
table = [Node(i) for i in range(SIZE)]
for node in table:
    node.next = [Node(node.key), (Node(node.key),)]
    node.more["self"] = node
died = [0] * THREADS

def work(number):
    random_ = random.Random(number)
    mine = range(number, SIZE, THREADS)
    def count(_):
        died[number] += 1
    watched = []
    for step in range(6000):
        a, b = random_.choice(mine), random_.choice(mine)
        x, y = table[a], table[b]
        x.next, y.next = y.next, x.next
        x.next[0], y.next[0] = y.next[0], x.next[0]
        table[a], table[b] = y, x
        if step % 16 == 0:
            node = Node(x.key)
            node.next = [Node(0), (Node(0),)]
            node.more["self"] = node
            watched.append(weakref.ref(x, count))
            at = a if table[a] is x else b
            table[at] = node
            x = y = None
    lost.append(watched)

lost = []
threads = [threading.Thread(target=work, args=(i,)) for i in range(THREADS)]
for t in threads: t.start()
for t in threads: t.join()
for node in table:
    assert node.more["self"] is node
    assert type(node.next[0]) is Node and type(node.next[1][0]) is Node
assert sorted(n.key for n in table) == list(range(SIZE))
for _ in range(3):
    gc.collect()
alive = sum(r() is not None for watched in lost for r in watched)
assert alive <= 2 * THREADS, alive
assert sum(1 for o in gc.get_objects() if type(o) is Node) <= 3 * SIZE + 20 * THREADS
print("whole")
"""

# Under stress slices are small; without, they are of heaps that are big: then there is ballast.
for stress, ballast in [("20", 0), ("50", 0), ("0", 600_000)]:
    environment = dict(os.environ, TAIPAN_GC_STRESS=stress, TAIPAN_GC_VERIFY="1")
    program = f"ballast = [[i, str(i), {{}}] for i in range({ballast})]\n" + PROGRAM
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (0, "whole\n"), (stress, done)
print("ok")
