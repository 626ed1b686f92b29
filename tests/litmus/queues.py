"""deque, SimpleQueue, itertools.count: each operation is one step."""

import itertools
import queue
from collections import deque

from _litmus import litmus, main, pairs, readers, row

row("deque: append, appendleft, pop, popleft are linearisable")
STEPS = {
    "append": lambda q: q.append("x"),
    "appendleft": lambda q: q.appendleft("y"),
    "pop": lambda q: q.pop(),
    "popleft": lambda q: q.popleft(),
}
# More than the row promises: what holds too, and should go on to.
MORE = {
    "len": len,
    "copy": list,
    "q[0]": lambda q: q[0],
    "q[-1]": lambda q: q[-1],
    "extend": lambda q: q.extend(["p", "q"]),
    "rotate": lambda q: q.rotate(1),
    "clear": lambda q: q.clear(),
    "insert": lambda q: q.insert(1, "i"),
    "reverse": lambda q: q.reverse(),
}
del MORE["copy"], MORE["extend"]
pairs("deque", lambda: deque("abc"), STEPS | MORE, list)
pairs("deque of one", lambda: deque("a"), STEPS, list)
pairs("empty deque", deque, STEPS, list)
pairs("full deque", lambda: deque("abc", 3), STEPS, list)
readers("deque", lambda: deque("ab"), STEPS, {"len": len, "q[0]": lambda q: q[0]}, list)


@litmus
class bounded_insert:
    def new(): return deque("ab", 3)
    def a(q): q.insert(1, "x")
    def b(q): q.insert(1, "y")
    def c(q): q.append("z")
    def end(q): return len(q)
    def allowed(a, b, c, n): return n == 3


row("queue.SimpleQueue: put, get are linearisable")


def filled():
    q = queue.SimpleQueue()
    q.put("a")
    return q


def drain(q):
    items = []
    while not q.empty():
        items.append(q.get_nowait())
    return items


SIMPLE = {"put": lambda q: q.put("x"), "put other": lambda q: q.put("y"), "get_nowait": lambda q: q.get_nowait(),
          "qsize": lambda q: q.qsize(), "empty": lambda q: q.empty()}
pairs("SimpleQueue", filled, SIMPLE, drain)
pairs("empty SimpleQueue", queue.SimpleQueue, SIMPLE, drain)


@litmus
class put_and_get_wait:
    def new(): return queue.SimpleQueue()
    a = lambda q: q.put(1), lambda q: q.put(2)
    b = lambda q: q.get(), lambda q: q.get()
    allowed = {((None, None), (1, 2))}


@litmus
class two_getters:
    def new(): return queue.SimpleQueue()
    def a(q): q.put(1); q.put(2)
    def b(q): return q.get()
    def c(q): return q.get()
    allowed = {(None, 1, 2), (None, 2, 1)}


row("itertools.count: next is linearisable")


@litmus
class count:
    def new(): return itertools.count()
    a = (next, next)
    b = (next, next)
    def end(c): return next(c)


@litmus
class count_beyond_small:
    def new(): return itertools.count(2**63 - 2)
    a = (next, next)
    b = (next, next)
    def end(c): return next(c)


@litmus
class count_by_halves:
    def new(): return itertools.count(0.5, 0.5)
    a = (next, next)
    b = (next, next)
    def end(c): return next(c)


row("happens-before: Queue.put -> its get")


@litmus(tries=0.3)
class queue_put_get:
    def new(): return queue.Queue(), []
    def a(s): s[1].append("before"); s[0].put("item")
    def b(s): return s[0].get(), s[1][0]
    allowed = {(None, ("item", "before"))}


if __name__ == "__main__":
    main()
