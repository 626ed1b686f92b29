"""Litmus tests: tiny programs of two to four threads, run again and again, and the outcomes that were seen.

A test is a class under `@litmus`. Its attributes, all functions of the state that `new` makes:

    new           makes a fresh state; called once for each run
    a, b, c, d    what each thread does to the state; a tuple of functions is that many steps
    end           looks at the state when all threads are done

An outcome is the tuple of the threads' results, then that of `end` if there is one. Steps give the tuple of their
results, exceptions count as results. Which outcomes CONCURRENCY.md allows:

    allowed       a set of outcomes, or a function of an outcome; without it those that come about when the steps of
                  the threads are done one after the other, in any order: that is what "linearisable" says
    interesting   those among them that are worth knowing about: a set or a function too
    meet          true if threads wait for each other, so that all must take the states in one order

`@litmus(tries=N)` runs it N times as often: for what seldom happens.

States are made in batches, and the threads go through a batch at one time, from a barrier on which they spin. Sizes
of batches, the places where the threads begin, and how long each waits differ from round to round.

    python FILE [-v] [--runs N] [--seconds S] [--percent P] [--seed SEED] [FILTER]

Without `--runs` the run is a short one: of the many tests that are made for each two operations only some are run
where that is slow.
"""

import os
import random
import sys
import threading
import time

TESTS = []
ACTORS = "abcd"
SIZES = 4, 16, 16, 64, 64, 256
ROW = ""
GIL = getattr(sys, "_is_gil_enabled", lambda: True)()

STRESS = "TAIPAN_GC_STRESS" in os.environ
DELAYS = [name for name in ("TAIPAN_SAFEPOINT_DELAY", "TAIPAN_PREEMPT") if name in os.environ]

# With a GIL on, threads change places often.
sys.setswitchinterval(1e-6)
# An outcome that is not allowed is of no use without the others: threads end with the process.
threading.excepthook = lambda args: (sys.__excepthook__(*args[:3]), os._exit(3))


def row(text):
    """Names the row of CONCURRENCY.md to which the tests that follow belong."""
    global ROW
    ROW = text


def litmus(cls=None, *, tries=1):
    """Makes a class a test."""
    if cls is None:
        return lambda cls: litmus(cls, tries=tries)
    members = vars(cls)
    add(cls.__name__, members["new"], [members[name] for name in ACTORS if name in members], members.get("end"),
        members.get("allowed"), members.get("interesting"), tries)
    TESTS[-1].meet = members.get("meet", False)
    return cls


def add(name, new, actors, end=None, allowed=None, interesting=None, tries=1):
    """Adds a test that is no class."""
    TESTS.append(Test(name, new, actors, end, allowed, interesting, tries))


def add_many(tests):
    """Adds tests that are many and alike: a short run takes some of them."""
    for test in tests:
        add(*test)
        TESTS[-1].alike = True


def pairs(name, new, operations, end, others=None, allowed=None):
    """A test for each two of the operations (by name), or for each of them with each of the others."""
    add_many(each_pair(name, new, operations, end, others, allowed))


def each_pair(name, new, operations, end, others, allowed):
    mine = list(operations.items())
    for i, (first, a) in enumerate(mine):
        for second, b in mine[i:] if others is None else others.items():
            expect = allowed and allowed(new, a, b)
            yield f"{name}: {first} / {second}", new, [a, b], end, expect


def readers(name, new, operations, reads, end):
    """A test for each two writers with a reader that looks twice: it must see them in one order."""
    add_many(each_reader(name, new, operations, reads, end))


def each_reader(name, new, operations, reads, end):
    writers = list(operations.items())
    for i, (first, a) in enumerate(writers):
        second, b = writers[(i * 7 + 3) % len(writers)]
        for label, read in reads.items():
            yield f"{name}: {first} / {second} / {label} twice", new, [a, b, (read, read)], end


class Test:
    alike = meet = False

    def __init__(self, name, new, actors, end, allowed, interesting, tries):
        self.name, self.new, self.end, self.row, self.tries = name, new, end, ROW, tries
        self.steps = [actor if isinstance(actor, tuple) else (actor,) for actor in actors]
        self.actors = [together(actor) if isinstance(actor, tuple) else guarded(actor) for actor in actors]
        self.several = [isinstance(actor, tuple) for actor in actors]
        self.allowed = allowed and chooser(allowed)
        self.interesting = chooser(interesting or ())
        self.seen = {}
        self.runs = 0

    def in_any_order(self):
        """The outcomes that steps give when they are done one at a time."""
        outcomes = set()
        counts = [len(steps) for steps in self.steps]

        def go(order):
            if len(order) == sum(counts):
                state = self.new()
                results = [[] for _ in counts]
                for actor in order:
                    results[actor].append(guarded(self.steps[actor][len(results[actor])])(state))
                values = [tuple(r) if several else r[0] for r, several in zip(results, self.several)]
                outcomes.add(self.outcome(values, state))
                return
            for actor, count in enumerate(counts):
                if order.count(actor) < count:
                    go(order + [actor])

        go([])
        return outcomes

    def outcome(self, values, state):
        values = [freeze(value) for value in values]
        if self.end is not None:
            values.append(freeze(guarded(self.end)(state)))
        return tuple(values)

    def run(self, runs, seconds, seed):
        """Runs it so many times, or for so long."""
        rng = random.Random(f"{self.name} {seed}")
        if self.allowed is None:
            self.allowed = chooser(self.in_any_order())
        Rounds(self, rng, self.runs + runs * self.tries, time.monotonic() + seconds * self.tries).go()

    def forbidden(self):
        return {outcome: n for outcome, n in self.seen.items() if not self.allowed(outcome)}

    def table(self):
        """The outcomes that were seen, the commonest first."""
        lines = [f"{self.name}   [{self.row}]"]
        for outcome, n in sorted(self.seen.items(), key=lambda item: -item[1]):
            kind = "FORBIDDEN"
            if self.allowed(outcome):
                kind = "interesting" if self.interesting(outcome) else "allowed"
            lines.append(f"  {n:>9}  {kind:<11}  {', '.join(map(repr, outcome))}")
        return "\n".join(lines)


class Rounds:
    """The threads of one test."""

    def __init__(self, test, rng, runs, deadline):
        self.test, self.rng, self.runs, self.deadline = test, rng, runs, deadline
        count = len(test.actors)
        self.number = 0
        self.stop = False
        # Each thread writes its own place only.
        self.ready = [0] * count
        self.done = [0] * count
        self.states = ()
        self.results = [()] * count
        self.starts = [0] * count
        self.waits = [0] * count

    def go(self):
        threads = [threading.Thread(target=self.work, args=[i]) for i in range(1, len(self.test.actors))]
        for thread in threads:
            thread.start()
        try:
            # One batch at least.
            while self.test.runs < self.runs and (not self.number or time.monotonic() < self.deadline):
                self.prepare()
                self.number += 1
                self.round(0, self.number)
                self.wait(self.done, self.number)
                self.tabulate()
        finally:
            self.stop = True
            self.number += 1
            for thread in threads:
                thread.join()

    def prepare(self):
        rng, new = self.rng, self.test.new
        size = rng.choice(SIZES)
        self.states = [new() for _ in range(size)]
        for i in range(len(self.results)):
            self.results[i] = [None] * size
            self.starts[i] = 0 if self.test.meet else rng.choice((0, 0, 0, 1, 2, size // 2)) % size
            self.waits[i] = rng.choice((0, 0, 1, 2, 4, 8, 16, 32))

    def work(self, me):
        number = 0
        while True:
            number += 1
            turns = 0
            while self.number < number:
                turns += 1
                pause(turns)
            if self.stop:
                return
            self.round(me, number)

    def round(self, me, number):
        act = self.test.actors[me]
        states, results, start = self.states, self.results[me], self.starts[me]
        places = [*range(start, len(states)), *range(start)]
        wait = range(self.waits[me])
        self.ready[me] = number
        self.wait(self.ready, number)
        for _ in wait:
            pass
        for i in places:
            results[i] = act(states[i])
        self.done[me] = number

    def wait(self, marks, number):
        turns = 0
        for i in range(len(marks)):
            while marks[i] < number:
                turns += 1
                pause(turns)

    def tabulate(self):
        test, seen = self.test, self.test.seen
        for i, state in enumerate(self.states):
            outcome = test.outcome([results[i] for results in self.results], state)
            seen[outcome] = seen.get(outcome, 0) + 1
        test.runs += len(self.states)


def pause(turns):
    """What a thread does between two looks at what it waits for."""
    if GIL:
        time.sleep(0)
    elif turns > 200:
        os.sched_yield()


def guarded(f):
    """As `f`, but an exception is a result."""
    def guard(state):
        try:
            return f(state)
        except Exception as error:
            return f"{type(error).__name__}: {error}" if type(error) is not KeyError else "KeyError"
    return guard


def together(steps):
    """One function that does steps one after the other and gives the tuple of their results."""
    steps = [guarded(step) for step in steps]
    if len(steps) == 2:
        first, second = steps
        return lambda state: (first(state), second(state))
    return lambda state: tuple([step(state) for step in steps])


def freeze(value):
    """The same value, hashable."""
    kind = type(value)
    if kind in (list, tuple):
        return tuple([freeze(item) for item in value])
    if kind is dict:
        return frozen_dict((key, freeze(item)) for key, item in value.items())
    if kind is set:
        return frozenset(value)
    if kind in (bytearray, memoryview):
        return bytes(value)
    return value


class frozen_dict(tuple):
    """The items of a dictionary, in order."""

    def __repr__(self):
        return "{" + ", ".join(f"{key!r}: {value!r}" for key, value in self) + "}"


def chooser(what):
    """A set of outcomes, or a function of one, as a function of one outcome that gives a bool."""
    if callable(what):
        return lambda outcome: bool(what(*outcome))
    what = {tuple(freeze(value) for value in outcome) for outcome in what}
    return lambda outcome: outcome in what


def main():
    """Runs the tests of a file; exits with 1 if an outcome was forbidden."""
    import argparse

    parser = argparse.ArgumentParser()
    parser.add_argument("-v", "--verbose", action="store_true", help="print the table of each test")
    parser.add_argument("--runs", type=int, help="how often each test is run (default 1000)")
    parser.add_argument("--seconds", type=float, help="how long a test may take at most (default: runs / 5000)")
    parser.add_argument("--percent", type=int, help="of the tests that are alike, how many to run (default: 100, fewer "
                        "in a short run)")
    parser.add_argument("--seed", type=int, default=random.randrange(1 << 32), help="of sizes, places and choices")
    parser.add_argument("filter", nargs="?", default="", help="only tests whose name contains this")
    options = parser.parse_args()
    runs, percent = options.runs or 1000, options.percent or 100
    if not options.runs:
        percent = options.percent or (2 if STRESS else 4 if DELAYS else 10 if GIL else 40)
    if STRESS:
        # A run takes a hundred times as long.
        runs = max(runs // 10, 20)
    rng = random.Random(options.seed)
    chosen = [test for test in TESTS if options.filter in test.name
              and (not test.alike or rng.randrange(100) < percent)]
    failed = 0
    # A short run is short on a slow machine too: each test has its turn, if only of one batch.
    end = time.monotonic() + (float("inf") if options.runs else 1)
    for test in chosen:
        left = max(end - time.monotonic(), 0)
        test.run(runs, min(options.seconds or runs / 5000, left), options.seed)
        wrong = test.forbidden()
        failed += bool(wrong)
        if wrong or options.verbose:
            print(test.table(), flush=True)
    done = sum(test.runs for test in chosen)
    varied = sum(len(test.seen) > 1 for test in chosen)
    print(f"{len(chosen)} tests, {done} runs; {varied} had more than one outcome, {failed} a forbidden one")
    if failed:
        print(f"seed {options.seed}", *(f"{name}={os.environ[name]}" for name in DELAYS))
    sys.exit(1 if failed else 0)
