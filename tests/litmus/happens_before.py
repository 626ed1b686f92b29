"""What a thread did before the left side is seen by the other after the right side."""

import queue
import threading
import time
from concurrent.futures import Future

from _litmus import litmus, main, row


class Box:
    """What is passed by an edge: a plain attribute, a list and a dict beside the thing that makes the edge."""

    def __init__(self, *things):
        self.things = things
        self.data = 0
        self.list = [0]
        self.dict = {}

    def write(self):
        self.data = 1
        self.list.append(2)
        self.dict["k"] = 3

    def read(self):
        return self.data, self.list[-1], self.dict.get("k")


NONE, ALL = (0, 0, None), (1, 2, 3)

row("happens-before: Lock.release -> the acquire that gets it")


def locked(kind):
    def new(): return Box(kind())

    def add(box):
        lock, = box.things
        with lock:
            box.data += 1
            n = box.data
            box.list.append(n)
            return n
    return new, add


@litmus
class lock_release_acquire:
    new, add = locked(threading.Lock)
    a, b, c = add, add, add
    def end(box): return box.list
    def allowed(a, b, c, end): return sorted((a, b, c)) == [1, 2, 3] and end == (0, 1, 2, 3)


@litmus
class rlock_release_acquire:
    new, add = locked(threading.RLock)
    a, b = add, add
    def end(box): return box.list
    allowed = {(1, 2, (0, 1, 2)), (2, 1, (0, 1, 2))}


@litmus
class semaphore_release_acquire:
    new, add = locked(threading.Semaphore)
    a, b = add, add
    def end(box): return box.list
    allowed = {(1, 2, (0, 1, 2)), (2, 1, (0, 1, 2))}


@litmus
class held_lock_as_a_signal:
    def new():
        box = Box(threading.Lock())
        box.things[0].acquire()
        return box
    def a(box): box.write(); box.things[0].release()
    def b(box): box.things[0].acquire(); return box.read()
    allowed = {(None, ALL)}


@litmus
class try_acquire:
    def new():
        box = Box(threading.Lock())
        box.things[0].acquire()
        return box
    def a(box): box.write(); box.things[0].release()
    def b(box): return box.read() if box.things[0].acquire(blocking=False) else "busy"
    allowed = {(None, ALL), (None, "busy")}


row("happens-before: Thread.start -> the thread's first step; its last step -> the join that returns")


@litmus(tries=0.1)
class start_and_join:
    def new(): return Box()

    def a(box):
        def work():
            seen.append(box.read())
            box.list.append("worker")
        seen = []
        box.write()
        thread = threading.Thread(target=work)
        thread.start()
        thread.join()
        return seen[0], box.list[-1]
    def b(box): return box.data
    allowed = {((ALL, "worker"), b) for b in (0, 1)}


@litmus(tries=0.1)
class two_join_one_thread:
    def new():
        box = Box()
        thread = threading.Thread(target=box.write)
        box.things = thread,
        thread.start()
        return box
    def a(box): box.things[0].join(); return box.read()
    def b(box): box.things[0].join(); return box.read(), box.things[0].is_alive()
    allowed = {(ALL, (ALL, False))}


@litmus(tries=0.1)
class no_longer_alive:
    def new():
        box = Box()
        thread = threading.Thread(target=box.write)
        box.things = thread,
        return box
    # A thread that is not quite started is not alive either: only when `start` has returned does it say anything.
    def a(box): box.things[0].start(); box.things += "started",
    def b(box):
        while len(box.things) == 1 or box.things[0].is_alive():
            time.sleep(0)
        return box.read()
    def end(box): box.things[0].join(); return box.read()
    allowed = {(None, ALL, ALL)}


row("happens-before: Queue.put -> its get")


@litmus(tries=0.3)
class queue_put_get:
    def new(): return Box(queue.Queue())
    def a(box): box.write(); box.things[0].put("item")
    def b(box): return box.things[0].get(), box.read()
    allowed = {(None, ("item", ALL))}


@litmus
class simple_queue_put_get:
    def new(): return Box(queue.SimpleQueue())
    def a(box): box.write(); box.things[0].put("item")
    def b(box): return box.things[0].get(), box.read()
    allowed = {(None, ("item", ALL))}


@litmus(tries=0.3)
class queue_task_done_join:
    def new():
        box = Box(queue.Queue())
        box.things[0].put(1)
        return box
    def a(box): box.things[0].get(); box.write(); box.things[0].task_done()
    def b(box): box.things[0].join(); return box.read()
    allowed = {(None, ALL)}


row("happens-before: Event.set -> a wait that returns true")


@litmus(tries=0.3)
class event_set_wait:
    def new(): return Box(threading.Event())
    def a(box): box.write(); box.things[0].set()
    def b(box): return box.things[0].wait(), box.read()
    def c(box): return box.read() if box.things[0].is_set() else "not yet"
    allowed = {(None, (True, ALL), c) for c in (ALL, "not yet")}


row("happens-before: Condition.notify -> the wake-up")


@litmus(tries=0.3)
class condition_notify:
    def new(): return Box(threading.Condition())

    def a(box):
        box.write()
        with box.things[0]:
            box.dict["ready"] = True
            box.things[0].notify()

    def b(box):
        with box.things[0]:
            while "ready" not in box.dict:
                box.things[0].wait()
        return box.read()
    allowed = {(None, ALL)}


@litmus(tries=0.3)
class condition_notify_all:
    def new(): return Box(threading.Condition())

    def a(box):
        box.write()
        with box.things[0]:
            box.dict["ready"] = True
            box.things[0].notify_all()

    def b(box):
        with box.things[0]:
            box.things[0].wait_for(lambda: "ready" in box.dict)
        return box.read()
    c = b
    allowed = {(None, ALL, ALL)}


row("happens-before: Barrier.wait -> all its returns")


@litmus(tries=0.3)
class barrier_wait:
    meet = True
    def new(): return Box(threading.Barrier(2)), Box()
    def a(s): s[0].write(); s[0].things[0].wait(); return s[1].read()
    def b(s): s[1].write(); s[0].things[0].wait(); return s[0].read()
    allowed = {(ALL, ALL)}


@litmus(tries=0.3)
class barrier_of_three:
    meet = True
    def new(): return [0, 0, 0], threading.Barrier(3)
    def a(s): s[0][0] = 1; s[1].wait(); return s[0][:]
    def b(s): s[0][1] = 1; s[1].wait(); return s[0][:]
    def c(s): s[0][2] = 1; s[1].wait(); return s[0][:]
    allowed = {((1, 1, 1),) * 3}


row("happens-before: Future.set_result -> result()")


@litmus(tries=0.3)
class future_result:
    def new(): return Box(Future())
    def a(box): box.write(); box.things[0].set_result("done")
    def b(box): return box.things[0].result(), box.read()
    def c(box): return box.read() if box.things[0].done() else "not yet"
    allowed = {(None, ("done", ALL), c) for c in (ALL, "not yet")}


@litmus(tries=0.3)
class future_callback:
    def new(): return Box(Future()), []
    def a(s): s[0].write(); s[0].things[0].set_result(1)
    def b(s): s[0].things[0].add_done_callback(lambda f: s[1].append(s[0].read()))
    def end(s): return s[1]
    allowed = {(None, None, (ALL,))}


row("happens-before: a store of a reference -> a load that reads it")


@litmus
class publish:
    def new(): return [None]

    def a(s):
        box = Box()
        box.write()
        s[0] = box

    def b(s):
        box = s[0]
        return box and box.read()
    allowed = {(None, None), (None, ALL)}
    interesting = {(None, ALL)}


@litmus
class publish_by_append:
    def new(): return []

    def a(s):
        box = Box()
        box.write()
        s.append(box)

    def b(s): return s[0].read() if s else None
    allowed = {(None, None), (None, ALL)}


@litmus
class publish_by_a_flag:
    def new(): return Box()
    def a(box): box.write(); box.flag = True
    def b(box): return box.read() if getattr(box, "flag", False) else "not yet"
    allowed = {(None, "not yet"), (None, ALL)}


@litmus
class publish_a_class:
    def new(): return {}

    def a(d):
        class Made:
            x = 1
            def f(self): return self.x
        d["made"] = Made

    def b(d):
        made = d.get("made")
        return made and made().f()
    allowed = {(None, None), (None, 1)}


@litmus
class publish_a_function:
    def new(): return {}

    def a(d):
        x = 5

        def f(y=2): return x, y
        d["f"] = f

    def b(d):
        f = d.get("f")
        return f and f()
    allowed = {(None, None), (None, (5, 2))}


row("releasing a lock that is not held raises; nobody holds one twice")


@litmus
class two_release:
    def new():
        lock = threading.Lock()
        lock.acquire()
        return lock
    def a(lock): lock.release()
    def b(lock): lock.release()
    def end(lock): return lock.locked()
    allowed = {(None, "RuntimeError: release unlocked lock", False), ("RuntimeError: release unlocked lock", None, False)}


@litmus
class two_try:
    def new(): return threading.Lock()
    def a(lock): return lock.acquire(blocking=False)
    def b(lock): return lock.acquire(blocking=False)
    allowed = {(True, False), (False, True)}


if __name__ == "__main__":
    main()
