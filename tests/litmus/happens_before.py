"""What a thread did before one thing is seen by another after the other thing: every edge of CONCURRENCY.md.

The data on both sides are plain attributes of one object; of those that were written before, all must be seen.
"""

import concurrent.futures
import queue
import threading

from _litmus import litmus, main, row


class Data:
    def __init__(self, *parts):
        self.parts = parts
        self.a = self.b = self.c = 0


def write(s):
    s.a = 1
    s.b = [2]
    s.c = {"k": 3}


def read(s):
    return s.a, s.b and s.b[0], s.c and s.c["k"]


WRITTEN = 1, 2, 3
NOTHING = 0, 0, 0

row("Lock.release before the acquire that gets it")


@litmus
class a_lock:
    def new():
        s = Data(threading.Lock())
        s.parts[0].acquire()
        return s

    def a(s):
        write(s)
        s.parts[0].release()

    def b(s):
        with s.parts[0]:
            return read(s)
    allowed = {(None, WRITTEN)}


@litmus
class a_reentrant_lock:
    def new(): return Data(threading.RLock())

    def a(s):
        with s.parts[0]:
            with s.parts[0]:
                write(s)

    def b(s):
        with s.parts[0]:
            return read(s)
    allowed = {(None, WRITTEN), (None, NOTHING)}


@litmus
class a_counter_under_a_lock:
    def new(): return Data(threading.Lock())

    def a(s):
        for _ in range(3):
            with s.parts[0]:
                s.a += 1
    b = a
    def end(s): return s.a
    allowed = {(None, None, 6)}


@litmus
class a_semaphore:
    def new(): return Data(threading.Semaphore(0))

    def a(s):
        write(s)
        s.parts[0].release()

    def b(s):
        s.parts[0].acquire()
        return read(s)
    allowed = {(None, WRITTEN)}


row("Thread.start before the thread's first step; its last step before the join that returns")


@litmus(tries=0.1)
class start_and_join:
    def new(): return Data()

    def a(s):
        write(s)
        seen = []

        def run():
            seen.append(read(s))
            s.a, s.b = 4, [5]
        thread = threading.Thread(target=run)
        thread.start()
        thread.join()
        return seen[0], read(s)
    allowed = {((WRITTEN, (4, 5, 3)),)}


row("Queue.put before its get")


def handed(make):
    def new(): return Data(make())

    def a(s):
        write(s)
        s.parts[0].put("go")

    def b(s):
        s.parts[0].get()
        return read(s)
    return new, a, b


@litmus(tries=0.3)
class a_queue:
    new, a, b = handed(queue.Queue)
    allowed = {(None, WRITTEN)}


@litmus
class a_simple_queue:
    new, a, b = handed(queue.SimpleQueue)
    allowed = {(None, WRITTEN)}


@litmus(tries=0.3)
class a_bounded_queue:
    def new():
        s = Data(queue.Queue(1))
        s.parts[0].put("full")
        return s

    def a(s):
        # The place that is taken was given by the get.
        s.parts[0].put("go")
        return read(s)

    def b(s):
        write(s)
        return s.parts[0].get()
    allowed = {(WRITTEN, "full")}


row("Event.set before a wait that returns true")


@litmus(tries=0.3)
class an_event:
    def new(): return Data(threading.Event())

    def a(s):
        write(s)
        s.parts[0].set()

    def b(s):
        assert s.parts[0].wait()
        return read(s)

    def c(s):
        return read(s) if s.parts[0].is_set() else WRITTEN
    allowed = {(None, WRITTEN, WRITTEN)}


row("Condition.notify before the wake-up")


@litmus(tries=0.3)
class a_condition:
    def new(): return Data(threading.Condition())

    def a(s):
        with s.parts[0]:
            write(s)
            s.parts[0].notify()

    def b(s):
        with s.parts[0]:
            s.parts[0].wait_for(lambda: s.a)
            return read(s)
    allowed = {(None, WRITTEN)}


row("Barrier.wait before all its returns")


@litmus(tries=0.3)
class a_barrier:
    in_step = True
    def new(): return Data(threading.Barrier(2))

    def a(s):
        s.a, s.b = 1, [2]
        s.parts[0].wait()
        return read(s)

    def b(s):
        s.c = {"k": 3}
        s.parts[0].wait()
        return read(s)
    allowed = {(WRITTEN, WRITTEN)}


row("Future.set_result before result()")


@litmus(tries=0.3)
class a_future:
    def new(): return Data(concurrent.futures.Future())

    def a(s):
        write(s)
        s.parts[0].set_result("done")

    def b(s):
        return s.parts[0].result(), read(s)
    allowed = {(None, ("done", WRITTEN))}


row("a store of a reference before a load that reads it: publishing an object through a variable is safe")


class Published:
    def __init__(self):
        self.a, self.b, self.c = 1, [2], {"k": 3}


def whole(x):
    return x is None or read(x) == WRITTEN


@litmus
class an_attribute:
    def new(): return Data()
    def a(s): s.a = Published()
    def b(s): return s.a == 0 or whole(s.a)
    def c(s): return s.a == 0 or whole(s.a)
    allowed = {(None, True, True)}


@litmus
class a_list_item:
    def new(): return [None]
    def a(s): s[0] = Published()
    def b(s): return whole(s[0])
    allowed = {(None, True)}


@litmus
class an_appended_item:
    def new(): return []
    def a(s): s.append(Published())
    def b(s): return all(map(whole, s))
    allowed = {(None, True)}


@litmus
class a_dictionary_item:
    def new(): return {}
    def a(s): s["k"] = Published()
    def b(s): return whole(s.get("k"))
    allowed = {(None, True)}


@litmus
class a_cell:
    def new():
        x = None

        def get(): return x

        def put(value):
            nonlocal x
            x = value
        return get, put
    def a(s): s[1](Published())
    def b(s): return whole(s[0]())
    allowed = {(None, True)}


@litmus
class a_class_that_is_made:
    def new(): return [None]

    def a(s):
        class Made(Published):
            c = {"k": 3}
            def both(self): return self.a, self.c["k"]
        s[0] = Made

    def b(s):
        return s[0] is None or s[0]().both() == (1, 3)
    allowed = {(None, True)}


row("two flags: nobody sees the second without the first")


@litmus
class message_passing:
    def new(): return Data()

    def a(s):
        s.a = 1
        s.b = 1

    def b(s):
        second = s.b
        return second, s.a
    allowed = {(None, (0, 0)), (None, (0, 1)), (None, (1, 1))}


@litmus
class message_passing_through_containers:
    def new(): return [0], {}

    def a(s):
        s[0][0] = 1
        s[1]["flag"] = 1

    def b(s):
        flag = s[1].get("flag", 0)
        return flag, s[0][0]
    allowed = {(None, (0, 0)), (None, (0, 1)), (None, (1, 1))}


if __name__ == "__main__":
    main()
