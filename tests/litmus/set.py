"""Sets: each operation is one step."""

from _litmus import litmus, main, pairs, readers, row

STEPS = {
    "add 1": lambda s: s.add(1),
    "add 9": lambda s: s.add(9),
    "discard 1": lambda s: s.discard(1),
    "discard 9": lambda s: s.discard(9),
    "remove 1": lambda s: s.remove(1),
    "remove 9": lambda s: s.remove(9),
    "pop": lambda s: s.pop(),
    "copy": lambda s: s.copy(),
    "set": set,
    "frozenset": frozenset,
    "clear": lambda s: s.clear(),
    "len": len,
    "|": lambda s: s | {7, 8},
    "&": lambda s: s & {1, 2, 9},
    "-": lambda s: s - {1, 9},
    "^": lambda s: s ^ {1, 9},
    "{…} |": lambda s: {7, 8} | s,
    "{…} &": lambda s: {1, 2, 9} & s,
    "{…} -": lambda s: {1, 9} - s,
    "|=": lambda s: s.__ior__({5, 6}) is s,
    "-=": lambda s: s.__isub__({1, 2}) is s,
    "&=": lambda s: s.__iand__({1, 9}) is s,
    "^=": lambda s: s.__ixor__({1, 5}) is s,
    "update": lambda s: s.update({5, 6, 7}),
    "==": lambda s: s == {1, 2},
}
# These look at one element only.
LOOKS = {"1 in": lambda s: 1 in s, "9 in": lambda s: 9 in s}
WRITERS = {name: STEPS[name] for name in ("add 9", "discard 1", "pop", "clear", "|=", "-=", "update")}

row("set and frozenset: add, discard, remove, pop, copy, clear, len, in, update(set), |, &, -, ^ are linearisable")


def two(): return {1, 2}


def full(): return {1, 2, 3, 4}


def holes():
    s = {1, 2, 3, 33, 65}
    s.discard(33)
    return s


pairs("set", two, STEPS | LOOKS, set)
pairs("full set", full, STEPS | LOOKS, set, WRITERS)
pairs("set with holes", holes, STEPS | LOOKS, set, WRITERS)
pairs("empty set", set, STEPS | LOOKS, set, WRITERS)
readers("set", two, {name: f for name, f in WRITERS.items() if name != "pop"}, {"copy": set.copy, "len": len}, set)

row("set: in may see an update half done")


@litmus
class contains_during_update:
    def new(): return set()
    def a(s): s.update({1, 2, 3})
    b = lambda s: 3 in s, lambda s: 1 in s, lambda s: len(s)
    def allowed(a, seen, *rest):
        one, two, n = seen
        return a is None and n in (0, 3)
    def interesting(a, seen): return seen[0] and not seen[1]


row("an operation on two containers locks both, in address order")


@litmus
class update_both_ways:
    def new(): return {1}, {2}
    def a(s): s[0].update(s[1])
    def b(s): s[1].update(s[0])
    def end(s): return [s[0], s[1]]


@litmus
class union_both_ways:
    def new(): return {1}, {2}
    def a(s): return s[0] | s[1]
    def b(s): return s[1] | s[0]
    def c(s): s[0].add(3)
    def end(s): return [s[0], s[1]]


@litmus
class intersect_both_ways:
    def new(): return {1, 2}, {2, 3}
    def a(s): s[0].intersection_update(s[1])
    def b(s): s[1].difference_update(s[0])
    def end(s): return [s[0], s[1]]


@litmus
class difference_of_a_set_that_moves:
    """An element that is in one of the two at every time."""
    def new(): return {1}, {1}
    def a(s): return s[0] - s[1], s[0] & s[1]
    b = lambda s: s[0].discard(1), lambda s: s[0].add(1)
    def allowed(a, b): return b == (None, None) and a[0] == frozenset() and a[1] in (frozenset({1}), frozenset())


row("iterating a set while others change its size: RuntimeError, never a crash, never an item twice")
SIZE = "RuntimeError: Set changed size during iteration"


def unlike(new, read, write):
    def allowed(seen, wrote, end):
        return seen == SIZE if isinstance(seen, str) else len(seen) == len(set(seen))
    return allowed


pairs("iterate", lambda: set(range(8)), {"for": lambda s: [x for x in s]}, len,
      {name: STEPS[name] for name in ("add 9", "discard 1", "pop", "clear", "update")}, unlike)
pairs("iterate full", full, {"for": lambda s: [x for x in s]}, len,
      {name: STEPS[name] for name in ("add 9", "discard 1", "pop", "clear", "update")}, unlike)

row("No container's lock is held while Python code runs")


class Key:
    def __init__(self, n, s): self.n, self.s = n, s
    def __hash__(self): return 1

    def __eq__(self, other):
        len(self.s), 1 in self.s
        return self.n == getattr(other, "n", None)


@litmus
class elements_that_compare_in_python:
    def new():
        s = {1}
        s.add(Key("x", s))
        return s
    def a(s): s.add(Key("y", s))
    def b(s): s.add(Key("y", s))
    def c(s): return Key("x", s) in s
    def end(s): return sorted(getattr(x, "n", "1") for x in s)
    allowed = {(None, None, True, ("1", "x", "y"))}


@litmus
class frozensets_are_shared:
    def new(): return frozenset({1, 2})
    def a(s): return hash(s) == hash(frozenset({2, 1})), s | {3}
    def b(s): return hash(s) == hash(frozenset({2, 1})), s - {1}
    allowed = {((True, frozenset({1, 2, 3})), (True, frozenset({2})))}


if __name__ == "__main__":
    main()
