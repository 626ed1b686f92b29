"""Lock and RLock: limits, errors, ownership, repr."""

import threading
import _thread


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def in_thread(f):
    result = []
    thread = threading.Thread(target=lambda: result.append(f()))
    thread.start()
    thread.join()
    return result[0]


lock = threading.Lock()
assert lock.acquire() is True and lock.locked() and lock.acquire(False) is False and lock.acquire(blocking=False) is False
assert lock.acquire(timeout=0.01) is False and lock.acquire(True, 0) is False
assert in_thread(lambda: lock.acquire(timeout=0.01)) is False
lock.release()
assert not lock.locked() and message(RuntimeError, lock.release) == "release unlocked lock"
with lock as entered:
    assert entered is True and lock.locked()
assert not lock.locked()
assert message(ValueError, lambda: lock.acquire(False, 1)) == "can't specify a timeout for a non-blocking call"
assert message(ValueError, lambda: lock.acquire(timeout=-2)) == "timeout value must be a non-negative number"
assert repr(lock).startswith("<unlocked _thread.lock object at 0x") and type(lock).__name__ == "lock"
assert threading.Lock is _thread.lock and threading.TIMEOUT_MAX > 1000

# Released by another thread.
lock.acquire()
in_thread(lock.release)
assert not lock.locked()

rlock = threading.RLock()
assert rlock.acquire() and rlock.acquire() and rlock.acquire(False)
assert in_thread(lambda: rlock.acquire(False)) is False
assert in_thread(lambda: message(RuntimeError, rlock.release)) == "cannot release un-acquired lock"
assert rlock._recursion_count() == 3 and rlock._is_owned()
rlock.release()
rlock.release()
assert in_thread(lambda: rlock.acquire(False)) is False
rlock.release()
assert message(RuntimeError, rlock.release) == "cannot release un-acquired lock"
assert in_thread(lambda: rlock.acquire(False) and (rlock.release() or True)) is True
with rlock, rlock:
    assert "count=2" in repr(rlock) and repr(rlock).startswith("<locked _thread.RLock object owner=")

# Semaphores.
s = threading.Semaphore(2)
assert s.acquire() and s.acquire() and not s.acquire(False) and not s.acquire(timeout=0.01)
s.release(2)
assert s.acquire() and s.acquire()
assert message(ValueError, lambda: threading.Semaphore(-1)) == "semaphore initial value must be >= 0"
assert message(ValueError, lambda: s.release(0)) == "n must be one or more"
b = threading.BoundedSemaphore(1)
with b:
    assert not b.acquire(False)
assert message(ValueError, b.release) == "Semaphore released too many times"

# Conditions need their lock.
c = threading.Condition()
assert message(RuntimeError, c.wait) == "cannot wait on un-acquired lock"
assert message(RuntimeError, c.notify) == "cannot notify on un-acquired lock"
c = threading.Condition(threading.Lock())
with c:
    assert c.wait(0.001) is False

# Events.
e = threading.Event()
assert not e.is_set() and e.wait(0.001) is False
e.set()
assert e.is_set() and e.wait() is True
e.clear()
assert not e.is_set() and repr(e).endswith("unset>")

# A lock that is taken when its thread ends stays taken.
in_thread(lock.acquire)
assert lock.locked()
lock.release()

# Contended by many: each gets it.
total = 0


def count():
    global total
    for _ in range(1000):
        with lock:
            total += 1


threads = [threading.Thread(target=count) for _ in range(8)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert total == 8000
