"""Queues between interpreters: what is put comes out in order, what is full or gone says so."""

import _interpqueues as low
from concurrent import interpreters
from concurrent.interpreters import _queues as queues
from _helpers import raises


# Order, size, limits.
q = interpreters.create_queue(3)
assert (q.maxsize, q.empty(), q.full(), q.qsize()) == (3, True, False, 0)
for i in range(3):
    q.put(i)
assert q.full() and q.qsize() == 3
raises(interpreters.QueueFull, q.put_nowait, 4, text=f"queue {q.id} is full")
raises(interpreters.QueueFull, q.put, 4, timeout=0)
assert [q.get(), q.get_nowait(), q.get()] == [0, 1, 2] and q.empty()
raises(interpreters.QueueEmpty, q.get_nowait, text=f"queue {q.id} is empty")
raises(interpreters.QueueEmpty, q.get, timeout=0)

# The ring grows and wraps.
q = interpreters.create_queue()
expected = []
for i in range(100):
    q.put(i)
    q.put(-i)
    expected += [i, -i]
    assert q.get() == expected.pop(0)
assert [q.get() for _ in range(100)] == expected

# Arguments.
raises(TypeError, low.create, text="create() missing required argument 'maxsize' (pos 1)")
raises(TypeError, low.create, 1, 2, 3, 4, text="create() takes at most 3 arguments (4 given)")
raises(TypeError, low.create, "1", text="'str' object cannot be interpreted as an integer")
raises(ValueError, low.create, 1, 7, text="unsupported unboundop 7")
raises(ValueError, low.create, 1, 1, 7, text="unsupported fallback 7")
raises(OverflowError, low.create, 1, 2**40, text="signed integer is greater than maximum")
raises(TypeError, low.get, "x", text="queue ID must be an int, got str")
raises(ValueError, low.get, -1, text="queue ID must be a non-negative int, got -1")
raises(OverflowError, low.get, 2**70, text=f"max queue ID is {2**63 - 1}, got {2**70}")
raises(TypeError, low._register_heap_types, 1, 2, 3, text="expected a type for 'queuetype'")

# References.
n = low.create(2, 3, 0)
assert low.get_queue_defaults(n) == (3, 0) and low.get_maxsize(n) == 2 and (n, 3, 0) in low.list_all()
raises(queues.QueueError, low.release, n, text=f"queue {n} never bound")
low.bind(n)
low.bind(n)
low.release(n)
low.put(n, 1)
low.release(n)
for function in (low.release, low.bind, low.get, low.get_count, low.is_full, low.destroy):
    raises(queues.QueueNotFoundError, function, n, text=f"queue {n} not found")
raises(queues.QueueNotFoundError, low.put, n, 1)
newest = low.create(0, 1, 1)
assert low.list_all()[0] == (newest, 1, 1)
low.destroy(newest)

# Queues pass through queues, and live while they are on their way.
outer, inner = interpreters.create_queue(), interpreters.create_queue()
outer.put(inner)
assert outer.get() is inner and interpreters.is_shareable(inner)
assert not interpreters.is_shareable(type("Other", (queues.Queue,), {})(low.create(0)))
inner.put("kept")
outer.put((1, [inner]))
assert outer.get()[1][0].get() == "kept"

# Another interpreter.
interp = interpreters.create()
interp.prepare_main(outer=outer, inner=inner)
interp.exec("""if True:
    inner.put(("from there", 1.5, None, b"bytes", True))
    inner.put({"a": [1, 2]})
    outer.put(inner)
""")
assert inner.get() == ("from there", 1.5, None, b"bytes", True)
assert inner.get() == {"a": [1, 2]}
assert outer.get() is inner

# What an interpreter has put is unbound when it is closed.
interp.exec("""if True:
    from concurrent.interpreters import _queues as queues
    outer.put("replaced")
    outer.put("told of", unbounditems=queues.UNBOUND_ERROR)
    outer.put("removed", unbounditems=queues.UNBOUND_REMOVE)
    outer.put("replaced", unbounditems=queues.UNBOUND)
    outer.put(memoryview(b"memory"))
""")
outer.put("stays")
assert outer.qsize() == 6
interp.close()
assert outer.qsize() == 5
assert outer.get() is queues.UNBOUND
raises(queues.ItemInterpreterDestroyed, outer.get, text="item's original interpreter destroyed")
assert outer.get() is queues.UNBOUND and outer.get() is queues.UNBOUND
assert outer.get() == "stays" and outer.empty()
