"""A thread that starts when others have ended has nothing of theirs, and of its creator what the system passes on."""

import contextvars
import os
import signal
import sys
import threading

from _stress import rounds

local = threading.local()
variable = contextvars.ContextVar("variable", default="none")


def in_thread(function):
    results = []
    thread = threading.Thread(target=lambda: results.append(function()))
    thread.start()
    thread.join()
    return results[0]


def leave_traces():
    local.x = 1
    variable.set("set")
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR2})
    sys.settrace(lambda *args: None)
    with open(f"/proc/self/task/{threading.get_native_id()}/comm", "w") as file:
        file.write("traces")


def see():
    with open(f"/proc/self/task/{threading.get_native_id()}/comm") as file:
        name = file.read().strip()
    return hasattr(local, "x"), variable.get(), signal.pthread_sigmask(signal.SIG_BLOCK, []), sys.gettrace(), name


for i in range(rounds(50)):
    in_thread(leave_traces)
    had_x, value, mask, trace, name = in_thread(see)
    assert not had_x and value == "none" and trace is None and name.startswith("Thread-"), (had_x, value, trace, name)
    assert mask == set(), mask

# What threads inherit: the mask, and the processors they may run on.
signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
assert in_thread(see)[2] == {signal.SIGUSR1}
# No idle thread takes a signal that all threads of the program block.
os.kill(os.getpid(), signal.SIGUSR1)
assert signal.sigpending() == {signal.SIGUSR1}
assert signal.sigwait({signal.SIGUSR1}) == signal.SIGUSR1
signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGUSR1})
assert in_thread(see)[2] == set()
cpus = os.sched_getaffinity(0)
os.sched_setaffinity(0, {min(cpus)})
assert in_thread(lambda: os.sched_getaffinity(0)) == {min(cpus)}
os.sched_setaffinity(0, cpus)
assert in_thread(lambda: os.sched_getaffinity(0)) == cpus

# Threads that live together have identities of their own.
for _ in range(rounds(50)):
    barrier = threading.Barrier(5)
    seen = []

    def meet():
        seen.append((threading.get_ident(), threading.get_native_id()))
        barrier.wait()

    threads = [threading.Thread(target=meet) for _ in range(4)]
    for thread in threads:
        thread.start()
    barrier.wait()
    for thread in threads:
        thread.join()
    assert len({ident for ident, _ in seen}) == len({native for _, native in seen}) == 4, seen

# The stack that was asked for.
threading.stack_size(256 * 1024)
in_thread(lambda: None)
threading.stack_size(64 * 1024 * 1024)


def deep(n):
    return n and deep(n - 1)


assert in_thread(lambda: deep(900)) == 0
threading.stack_size(0)

# The child of a fork starts threads as its parent did.
for _ in range(10):
    in_thread(lambda: None)
    pid = os.fork()
    if pid == 0:
        ok = all(in_thread(lambda i=i: i) == i for i in range(5))
        os._exit(0 if ok else 1)
    assert os.waitpid(pid, 0)[1] == 0
