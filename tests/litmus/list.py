"""Lists: each operation is one step."""

from _litmus import litmus, main, pairs, readers, row

# Readers and writers of which each is linearisable.
STEPS = {
    "L[1]": lambda s: s[1],
    "L[-1]": lambda s: s[-1],
    "L[0] = x": lambda s: s.__setitem__(0, "x"),
    "L[-1] = y": lambda s: s.__setitem__(-1, "y"),
    "len": len,
    "append": lambda s: s.append("z"),
    "pop()": lambda s: s.pop(),
    "extend list": lambda s: s.extend(["p", "q"]),
    "extend tuple": lambda s: s.extend(("r", "s")),
    "extend set": lambda s: s.extend({"t"}),
    "extend dict": lambda s: s.extend({"u": 1, "v": 2}),
    "clear": lambda s: s.clear(),
    "copy": lambda s: s.copy(),
    "L + L": lambda s: s + ["+"],
    "L * 2": lambda s: s * 2,
    "L[:]": lambda s: s[:],
    "L[1:3]": lambda s: s[1:3],
    "L[::-1]": lambda s: s[::-1],
}
# One step to other writers.
WRITERS = {
    "insert 0": lambda s: s.insert(0, "i"),
    "insert 1": lambda s: s.insert(1, "j"),
    "pop(0)": lambda s: s.pop(0),
    "pop(1)": lambda s: s.pop(1),
    "del L[0]": lambda s: s.__delitem__(0),
    "del L[1:3]": lambda s: s.__delitem__(slice(1, 3)),
    "remove": lambda s: s.remove("b"),
    "reverse": lambda s: s.reverse(),
    "L[1:2] = xyz": lambda s: s.__setitem__(slice(1, 2), ["x", "y", "z"]),
    "L[:] = x": lambda s: s.__setitem__(slice(None), ["x"]),
    "L[::2] = list": lambda s: s.__setitem__(slice(None, None, 2), ["1", "2"]),
    "+= list": lambda s: s.__iadd__(["k", "l"]) is s,
    "+= iterator": lambda s: s.__iadd__(iter(("m",))) is s,
    "*= 2": lambda s: s.__imul__(2) is s,
}
ALSO_WRITE = {name: STEPS[name] for name in ("L[0] = x", "L[-1] = y", "append", "pop()", "extend list", "clear")}


def letters():
    return ["a", "b", "c"]


def full():
    """Its room is used up, so that what is added moves it."""
    s = []
    for item in "abcd":
        s.append(item)
    return s


row("list: item access, len, append, pop(), extend, clear, copy, +, *, slices are linearisable")
pairs("list", letters, STEPS, list)
pairs("list that grows", full, STEPS, list)
pairs("empty list", list, {name: STEPS[name] for name in ALSO_WRITE | {"copy": 1, "L[1]": 1}}, list)
readers("list", letters, {name: STEPS[name] for name in ALSO_WRITE}, {"copy": list.copy, "len": len}, list)

row("list: insert, pop(i), del, remove, reverse, storing a slice, += are one step to every other writer")
pairs("list writers", letters, WRITERS, list)
pairs("list writers", letters, WRITERS, list, ALSO_WRITE)


def each_before_or_after(new, read, write):
    """A reader of all elements sees, at each index, the element before or after."""
    state = new()
    before = list(state)
    write(state)
    after = list(state)

    def allowed(seen, wrote, end):
        longest = max(len(before), len(after))
        shortest = min(len(before), len(after))
        if end != tuple(after) or not shortest <= len(seen) <= longest:
            return False
        return all(item in [*before[i:i + 1], *after[i:i + 1]] for i, item in enumerate(seen))
    return allowed


row("list: a reader meanwhile sees, at each index, the element before or after")
SAME_LENGTH = {name: WRITERS[name] for name in ("reverse", "L[::2] = list")}
pairs("list read", letters, {"list": list, "copy": list.copy, "L[:]": lambda s: s[:], "for": lambda s: [x for x in s],
                            "tuple": tuple, "*": lambda s: [*s]},
      list, {name: f for name, f in WRITERS.items() if name not in ("pop(0)", "pop(1)")} | {
          "pop(0)": lambda s: s.pop(0), "pop(1)": lambda s: s.pop(1)}, each_before_or_after)


def index_before_or_after(new, read, write):
    state = new()
    before = guard(read, state)
    write(state)
    after = guard(read, state)
    return lambda seen, wrote, end: seen in (before, after)


def guard(f, state):
    try:
        return f(state)
    except IndexError as error:
        return f"IndexError: {error}"


pairs("list read", letters, {"L[0]": lambda s: s[0], "L[1]": lambda s: s[1], "L[2]": lambda s: s[2], "len": len},
      list, WRITERS, index_before_or_after)

row("list: in, index, count, == look at elements as they are when each is reached")


@litmus
class contains_while_moved:
    def new(): return ["a", "b", "c", "d"]
    def a(s): return "c" in s
    def b(s): s.insert(0, "x")
    def end(s): return list(s)
    # It never falls below the place that was looked at.
    allowed = {(True, None, ("x", "a", "b", "c", "d"))}


@litmus
class contains_while_removed:
    def new(): return ["a", "b", "c", "d"]
    def a(s): return "d" in s
    def b(s): s.pop(0)
    allowed = {(True, "a"), (False, "a")} | {(True, None), (False, None)}
    interesting = {(False, None)}


@litmus
class index_while_moved:
    def new(): return ["a", "b", "c", "d"]
    def a(s): return s.index("c")
    def b(s): s.insert(0, "x")
    allowed = {(2, None), (3, None)}


@litmus
class count_while_doubled:
    def new(): return ["a"] * 4
    def a(s): return s.count("a")
    def b(s): s.extend(["a"] * 4)
    def allowed(a, b): return 4 <= a <= 8


@litmus
class equal_while_stored:
    def new(): return [[1, 2, 3], [1, 2, 3]]
    def a(s): return s[0] == s[1]
    def b(s): s[0][1] = 9
    allowed = {(True, None), (False, None)}


@litmus
class comparing_runs_python:
    """No lock is held while `__eq__` runs: the other thread's write goes through, and so does ours."""

    class Key:
        def __init__(self, s): self.s = s
        def __eq__(self, other):
            self.s.append("seen")
            return False
        __hash__ = None

    def new(Key=Key):
        s = [1, 2, 3]
        s.append(Key(s))
        return s

    def a(s): return "nothing" in s
    def b(s): s.append("other")
    def end(s): return len(s)
    def allowed(a, b, n): return a is False and n >= 6


row("L.sort(): the list looks empty to others while it runs; an append meanwhile raises in the sorter")
SORT_ERROR = "ValueError: list modified during sort"


@litmus(tries=2)
class sort_and_read:
    def new(): return ["c", "a", "b"]
    a = staticmethod(lambda s: s.sort(key=lambda item: item)).__func__
    def b(s): return list(s)
    def end(s): return list(s)
    ABC = "a", "b", "c"
    allowed = {(None, ("c", "a", "b"), ABC), (None, (), ABC), (None, ABC, ABC)}
    interesting = {(None, (), ABC)}


@litmus(tries=2)
class sort_and_append:
    def new(): return ["c", "a", "b"]
    def a(s): s.sort(key=lambda item: item)
    def b(s): s.append("0")
    def end(s): return list(s)
    # What was appended meanwhile is gone, as the error says.
    allowed = {(None, None, ("a", "b", "c", "0")), (None, None, ("0", "a", "b", "c")), (SORT_ERROR, None, ("a", "b", "c"))}
    interesting = {(SORT_ERROR, None, ("a", "b", "c"))}


@litmus
class sort_and_sort:
    def new(): return ["c", "a", "b"]
    def a(s): s.sort(key=lambda item: item)
    def b(s): s.sort(reverse=True)
    def end(s): return list(s)
    def allowed(a, b, end): return sorted(end) == ["a", "b", "c"] and {a, b} <= {None, SORT_ERROR}


@litmus
class sort_and_length:
    def new(): return [3, 1, 2, 5, 4]
    def a(s): s.sort()
    def b(s): return len(s), len(s)
    def end(s): return s
    def allowed(a, lengths, end): return a is None and set(lengths) <= {0, 5} and end == (1, 2, 3, 4, 5)
    def interesting(a, lengths, end): return 0 in lengths


row("iterating a list while others change it: never fails; sees each index as it is then")


@litmus
class iterate_and_append:
    def new(): return [0, 1, 2]
    def a(s): return [x for x in s]
    b = lambda s: s.append(3), lambda s: s.append(4)
    allowed = {((0, 1, 2), (None, None)), ((0, 1, 2, 3), (None, None)), ((0, 1, 2, 3, 4), (None, None))}


@litmus
class iterate_and_clear:
    def new(): return [0, 1, 2]
    def a(s): return [x for x in s]
    def b(s): s.clear()
    allowed = {((), None), ((0,), None), ((0, 1), None), ((0, 1, 2), None)}
    interesting = {((0,), None), ((0, 1), None)}


@litmus
class iterate_and_remove:
    def new(): return [0, 1, 2, 3]
    def a(s): return [x for x in s]
    def b(s): del s[0]
    # Either the element before or after at each place, in that order.
    allowed = {(seen, None) for seen in [(0, 1, 2, 3), (1, 2, 3), (0, 2, 3), (0, 1, 3), (0, 1, 2)]}
    interesting = {(seen, None) for seen in [(0, 2, 3), (0, 1, 3), (0, 1, 2)]}


@litmus
class iterate_backwards_and_append:
    def new(): return [0, 1, 2]
    def a(s): return [x for x in reversed(s)]
    def b(s): s.append(3)
    allowed = {((2, 1, 0), None), ((3, 2, 1, 0), None)}


if __name__ == "__main__":
    main()
