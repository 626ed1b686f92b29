"""Happens-before: Future.set_result → result(). Thread pools."""

import threading
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, as_completed, wait

from _stress import rounds, together

for i in range(rounds(50)):
    future = Future()
    box = []

    def finish():
        box.append(i)
        future.set_result((i, box))

    def wait_for_it():
        value = future.result(60)
        assert value == (i, [i]) and value[1] is box

    together(finish, wait_for_it, wait_for_it)

with ThreadPoolExecutor(3) as pool:
    assert list(pool.map(lambda x: x * x, range(50))) == [x * x for x in range(50)]
    futures = [pool.submit(pow, 2, n) for n in range(20)]
    assert sorted(f.result() for f in as_completed(futures)) == [2 ** n for n in range(20)]
    done, pending = wait(futures)
    assert len(done) == 20 and not pending
    failing = pool.submit(lambda: 1 / 0)
    try:
        failing.result()
    except ZeroDivisionError:
        pass
    assert isinstance(failing.exception(), ZeroDivisionError)
    called = []
    future = pool.submit(str, 5)
    future.add_done_callback(lambda f: called.append(f.result()))
assert called == ["5"] and future.done() and not future.cancelled()
try:
    pool.submit(str)
except RuntimeError as error:
    assert str(error) == "cannot schedule new futures after shutdown"
else:
    raise AssertionError

# What has not begun can be cancelled.
gate = threading.Event()
pool = ThreadPoolExecutor(1)
first = pool.submit(gate.wait)
second = pool.submit(str, 1)
assert second.cancel() and second.cancelled()
gate.set()
assert first.result() is True
pool.shutdown(cancel_futures=True)
