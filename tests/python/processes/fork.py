# check-leaks
"""os.fork: the child has one thread, the engine's own locks work in it, handlers are called."""

import gc
import os
import sys
import threading
import warnings

warnings.simplefilter("ignore", DeprecationWarning)


def in_child(f):
    """Runs f in a forked child; what it gives, as text."""
    read, write = os.pipe()
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            os.close(read)
            os.write(write, str(f()).encode())
            code = 0
        finally:
            os._exit(code)
    os.close(write)
    with open(read) as file:
        text = file.read()
    _, status = os.waitpid(pid, 0)
    assert status == 0, (status, text)
    return text


assert in_child(lambda: os.getppid()) == str(os.getpid())

# Other threads are gone in the child; objects they were using are usable.
stop = False
shared, items = {}, []


def busy(t):
    def run():
        i = 0
        while not stop:
            i += 1
            shared[t, i % 100] = [i]
            items.append(i)
            if len(items) > 1000:
                items.clear()
    return run


threads = [threading.Thread(target=busy(t)) for t in range(3)]
for thread in threads:
    thread.start()


def child_works():
    assert threading.active_count() == 1 and threading.main_thread() is threading.current_thread()
    assert threading.get_native_id() == os.getpid()
    shared["child"] = 1
    items.append("child")
    shared.update({i: [i] for i in range(1000)})
    [object() for _ in range(10_000)]
    gc.collect()
    result = []
    thread = threading.Thread(target=lambda: result.append("thread in child"))
    thread.start()
    thread.join()
    assert not threads[0].is_alive()
    import string
    return result[0]


try:
    for _ in range(15):
        assert in_child(child_works) == "thread in child"
finally:
    stop = True
    for thread in threads:
        thread.join()

# Forking from a thread: it is the main one of the child.
results = []
thread = threading.Thread(target=lambda: results.append(in_child(lambda: threading.main_thread() is threading.current_thread())))
thread.start()
thread.join()
assert results == ["True"]

# Handlers.
order = []
os.register_at_fork(
    before=lambda: order.append("before 1"), after_in_parent=lambda: order.append("parent 1"),
    after_in_child=lambda: order.append("child 1"),
)
os.register_at_fork(
    before=lambda: order.append("before 2"), after_in_parent=lambda: order.append("parent 2"),
    after_in_child=lambda: order.append("child 2"),
)
assert in_child(lambda: order) == "['before 2', 'before 1', 'child 1', 'child 2']"
assert order == ["before 2", "before 1", "parent 1", "parent 2"]

# A grandchild; a fork in a fork.
assert in_child(lambda: in_child(lambda: "grandchild")) == "grandchild"

# The warning.
gate = threading.Event()
thread = threading.Thread(target=gate.wait)
thread.start()
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    in_child(lambda: 1)
gate.set()
thread.join()
assert any("multi-threaded" in str(w.message) and w.category is DeprecationWarning for w in caught)

# Unflushed output is not written twice by a child that leaves by _exit.
sys.stdout.write("once\n")
in_child(lambda: 1)
