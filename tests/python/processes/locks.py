# check-leaks
"""Lock, RLock, Semaphore, Condition, Event, Barrier, Value and Array between processes."""

from _methods import contexts


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


def count(lock, value, times):
    for _ in range(times):
        with lock:
            value.value += 1


def count_own(value, array, times):
    for i in range(times):
        with value.get_lock():
            value.value += 1
        with array.get_lock():
            array[i % len(array)] += 1


def waits(event, condition, barrier, results):
    results.put(event.wait(60))
    with condition:
        results.put("ready")
        results.put(condition.wait(60))
    barrier.wait()
    results.put("through")


def main():
    for context in contexts():
        for lock in (context.Lock(), context.RLock(), context.Semaphore(1), context.BoundedSemaphore(1)):
            value = context.Value("i", 0, lock=False)
            processes = [context.Process(target=count, args=(lock, value, 200)) for _ in range(2)]
            for process in processes:
                process.start()
            count(lock, value, 200)
            for process in processes:
                process.join()
                assert process.exitcode == 0
            assert value.value == 600, value.value

        value, array = context.Value("i", 0), context.Array("i", 4)
        processes = [context.Process(target=count_own, args=(value, array, 100)) for _ in range(2)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
        assert value.value == 200 and array[:] == [50] * 4

        event, condition, barrier, results = context.Event(), context.Condition(), context.Barrier(2), context.SimpleQueue()
        process = context.Process(target=waits, args=(event, condition, barrier, results))
        process.start()
        event.set()
        assert results.get() is True and results.get() == "ready"
        with condition:
            condition.notify()
        assert results.get() is True
        barrier.wait()
        assert results.get() == "through"
        process.join()
        results.close()

        lock = context.Lock()
        assert lock.acquire() and not lock.acquire(False) and not lock.acquire(timeout=0.01)
        lock.release()
        assert message(ValueError, lock.release) == "semaphore or lock released too many times"
        rlock = context.RLock()
        assert rlock.acquire() and rlock.acquire()
        rlock.release()
        rlock.release()
        assert message(AssertionError, rlock.release) == "attempt to release recursive lock not owned by thread"
        bounded = context.BoundedSemaphore(2)
        assert message(ValueError, bounded.release) == "semaphore or lock released too many times"
        semaphore = context.Semaphore(2)
        semaphore.acquire()
        semaphore.acquire()
        assert not semaphore.acquire(False)
        semaphore.release()


if __name__ == "__main__":
    main()
