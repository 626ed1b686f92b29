# limit: 120
"""Ends at any moment: processes are killed, or interrupted, while pools, queues and managers of `multiprocessing` are at
work, and what must be true afterwards is looked at.

    ends.py [--runs N] [--method fork,spawn,forkserver] [--who child,parent,interrupt] [--seed N] [--jobs N] [--all]

Each run starts one of the scenarios below as a session of its own and lets it work for a random while. Then a process of
it gets SIGKILL (`child`: any but the first; `parent`: the first) or the whole group SIGINT, as from a terminal
(`interrupt`). The rest must end by itself in time: no hang, no zombie, no process left, no shared memory, semaphore,
socket or temporary file, no crash of the interpreter. With `child` the program itself must come to its end and say so.

Without arguments only children are killed. Some combinations are left out unless `--all` is given, for CPython's own
library cannot do them, whatever runs it:
- A process that is killed while it holds the lock of a queue keeps it for ever, and a pool whose other workers wait for
  that lock does not end (some 2 runs in 100 with `Pool`, 1 in 200 with the executor).
- Whoever has a queue has both ends of its pipe, so whoever fills one whose reader was killed, or interrupted, may wait for
  ever; under fork the same holds for all pipes that a killed parent had.
A parent that is killed or interrupted between making a semaphore or segment and telling the resource tracker of it leaves
that behind: 1 run in 100.
"""

import argparse
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time

METHODS = ("fork", "spawn", "forkserver")
WHO = ("child", "parent", "interrupt")
# Seconds that a scenario may take to end after the signal. Its own waits are shorter.
LIMIT = 20.0
# Seconds in which all is over after an interrupt.
LIMIT_INTERRUPT = 5.0


# ---- The scenarios: programs that finish whatever happens to their processes.

def square(x):
    time.sleep(0.002)
    return x * x


def executor(context):
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    for _ in range(3):
        try:
            with ProcessPoolExecutor(2, mp_context=context) as pool:
                assert list(pool.map(square, range(60), timeout=5)) == [x * x for x in range(60)]
        except (BrokenProcessPool, OSError, EOFError) as error:
            print("broken:", type(error).__name__)


def pool(context):
    import multiprocessing

    with context.Pool(2) as workers:
        for _ in range(3):
            # A pool never learns of a task that died with its worker: the time limit is the program's to set.
            try:
                assert workers.map_async(square, range(60)).get(timeout=1.5) == [x * x for x in range(60)]
            except (multiprocessing.TimeoutError, OSError) as error:
                print("broken:", type(error).__name__)
                break


def feed(queue, n):
    for i in range(n):
        queue.put(bytes(1000) + str(i).encode())


def queue(context):
    import queue as queues

    tasks = context.Queue()
    feeders = []
    got = 0
    try:
        for _ in range(2):
            p = context.Process(target=feed, args=(tasks, 150))
            p.start()
            feeders.append(p)
        while got < 300:
            assert len(tasks.get(timeout=1.5)) > 1000
            got += 1
    except (queues.Empty, EOFError, OSError) as error:
        print("broken:", type(error).__name__)
    for p in feeders:
        p.join(2)
        if p.is_alive():
            p.kill()
            p.join()
    tasks.close()
    tasks.cancel_join_thread()


def append(shared, n):
    try:
        for i in range(n):
            shared.append(i)
    except (EOFError, OSError):
        pass


def manager(context):
    try:
        with context.Manager() as m:
            shared = m.list()
            workers = [context.Process(target=append, args=(shared, 80)) for _ in range(2)]
            for p in workers:
                p.start()
            for p in workers:
                p.join(3)
                if p.is_alive():
                    p.kill()
                    p.join()
            if all(p.exitcode == 0 for p in workers):
                assert len(shared) == 160
    except (EOFError, OSError, AssertionError) as error:
        print("broken:", type(error).__name__)


def memory(context):
    from multiprocessing import shared_memory

    block = shared_memory.SharedMemory(create=True, size=1 << 16)
    workers = []
    try:
        for i in range(2):
            p = context.Process(target=fill, args=(block.name, i))
            p.start()
            workers.append(p)
        for p in workers:
            p.join(3)
            if p.is_alive():
                p.kill()
                p.join()
    except (EOFError, OSError) as error:
        print("broken:", type(error).__name__)
    finally:
        block.close()
        try:
            block.unlink()
        except FileNotFoundError:
            # The resource tracker was killed, and the one that took its place has tidied up.
            print("broken: unlinked")


def fill(name, i):
    from multiprocessing import shared_memory

    block = shared_memory.SharedMemory(name=name)
    for at in range(i, 1 << 12, 2):
        block.buf[at] = i
        if at % 256 < 2:
            time.sleep(0.001)
    block.close()


SCENARIOS = {f.__name__: f for f in (executor, pool, queue, manager, memory)}


def scenario(name, method):
    import multiprocessing

    SCENARIOS[name](multiprocessing.get_context(method))
    print("the end", flush=True)


# ---- The runner.

def session_of(pid):
    """The state and the session of a process; nothing if it is gone."""
    try:
        with open(f"/proc/{pid}/stat", "rb") as f:
            fields = f.read().rpartition(b")")[2].split()
    except OSError:
        return None
    return fields[0].decode(), int(fields[3])


def members(session):
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            known = session_of(entry)
            if known and known[1] == session:
                found.append((int(entry), known[0]))
    return found


def describe(pid):
    try:
        with open(f"/proc/{pid}/cmdline", "rb") as f:
            return f"{pid}: {f.read().replace(bytes(1), b' ').decode()[-90:]}"
    except OSError:
        return f"{pid}: gone"


def adopt_orphans():
    """Orphans of the scenarios become children of this process, so that a zombie among them is seen."""
    import ctypes

    PR_SET_CHILD_SUBREAPER = 36
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def one_run(n, name, method, who, rng):
    """Why the run failed, or None."""
    with tempfile.TemporaryDirectory(prefix="ends-") as folder, tempfile.TemporaryFile() as out:
        command = [sys.executable, os.path.abspath(__file__), "--scenario", name, "--method", method]
        leader = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True,
            env={**os.environ, "TMPDIR": folder},
        )
        time.sleep(rng.random() ** 2 * 0.5)
        hit = None
        if who == "interrupt":
            os.killpg(leader.pid, signal.SIGINT)
            limit = LIMIT_INTERRUPT
        else:
            limit = LIMIT
            victims = [pid for pid, _ in members(leader.pid) if (pid == leader.pid) == (who == "parent")]
            if victims:
                hit = rng.choice(sorted(victims))
                shown = describe(hit)
                try:
                    os.kill(hit, signal.SIGKILL)
                except ProcessLookupError:
                    hit = None
        deadline = time.monotonic() + limit
        trouble = None
        try:
            leader.wait(limit)
        except subprocess.TimeoutExpired:
            trouble = "the program hangs"
        while trouble is None:
            left = [pid for pid, _ in members(leader.pid)]
            for pid in left:
                # Orphans are ours; reaping them is what init would do.
                try:
                    os.waitpid(pid, os.WNOHANG)
                except ChildProcessError:
                    pass
            if not left:
                break
            if time.monotonic() > deadline:
                trouble = "processes are left: " + "; ".join(describe(pid) for pid in left)
            time.sleep(0.01)
        for pid, _ in members(leader.pid):
            os.kill(pid, signal.SIGKILL)
        leader.wait()
        out.seek(0)
        text = out.read().decode(errors="replace")
        if trouble is None and who == "child" and not text.rstrip().endswith("the end"):
            # What the killed process or the resource tracker had to say may come last.
            if "the end" not in text:
                trouble = f"the program did not come to its end, exit code {leader.returncode}"
        for bad in ("panicked at", "Fatal Python error", "SystemError", "Segmentation"):
            if trouble is None and bad in text:
                trouble = f"the output says {bad!r}"
        if trouble is None:
            left = os.listdir(folder)
            # Nobody is left who could: a parent or a manager's process that was killed leaves its folder.
            if left and who != "parent" and (name, who) != ("manager", "child"):
                trouble = f"temporary files are left: {left}"
        if trouble:
            hit = f", killed {shown}" if hit else ""
            return f"run {n}: {name}, {method}, {who}{hit}: {trouble}\n{text[-1500:]}"
    return None


def settle(before):
    """What shared memory and semaphores are left that were not there before the runs."""
    for _ in range(100):
        left = set(os.listdir("/dev/shm")) - before
        if not left:
            return left
        time.sleep(0.05)
    return left


def hopeless(name, method, who):
    """What is left out without `--all`."""
    return (
        who == "child" and name in ("pool", "executor")
        or who == "parent" and (method == "fork" or name == "queue")
        or who == "interrupt" and name == "queue"
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1, help="runs of each method and kind")
    parser.add_argument("--method", default=",".join(METHODS))
    parser.add_argument("--who", default="child", help="any of: " + ", ".join(WHO))
    parser.add_argument("--only", default=",".join(SCENARIOS), help="the scenarios")
    parser.add_argument("--seed", type=int, default=None)
    parser.add_argument("--all", action="store_true", help="what cannot always end, too")
    parser.add_argument("--jobs", type=int, default=2, help="runs at the same time")
    parser.add_argument("--scenario", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.scenario:
        scenario(args.scenario, args.method)
        return
    adopt_orphans()
    seed = args.seed if args.seed is not None else random.randrange(1 << 32)
    names = args.only.split(",")
    shift = seed % len(names)
    plan = [
        (n, names[(n + shift + i) % len(names)], method, who)
        for who in args.who.split(",")
        for i, method in enumerate(args.method.split(","))
        for n in range(args.runs)
    ]
    if not args.all:
        plan = [step for step in plan if not hopeless(*step[1:])]
    before = set(os.listdir("/dev/shm"))
    failures, lock, todo = [], threading.Lock(), iter(plan)

    def work():
        while True:
            with lock:
                step = next(todo, None)
            if step is None:
                return
            n, name, method, who = step
            trouble = one_run(n, name, method, who, random.Random(f"{seed} {n} {method} {who}"))
            if trouble:
                with lock:
                    failures.append(trouble)
                    print(trouble, flush=True)

    threads = [threading.Thread(target=work) for _ in range(args.jobs)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    left = settle(before)
    if left:
        failures.append(f"left in /dev/shm: {sorted(left)}")
        print(failures[-1])
    print(f"seed {seed}: {len(plan)} runs, {len(failures)} failures")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
