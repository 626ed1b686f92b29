"""Dictionaries: each operation is one step."""

from _litmus import litmus, main, pairs, readers, row

STEPS = {
    "d[a]": lambda d: d["a"],
    "d[z]": lambda d: d["z"],
    "d[a] = x": lambda d: d.__setitem__("a", "x"),
    "d[z] = y": lambda d: d.__setitem__("z", "y"),
    "del d[a]": lambda d: d.__delitem__("a"),
    "get": lambda d: d.get("b", "none"),
    "setdefault a": lambda d: d.setdefault("a", "s"),
    "setdefault z": lambda d: d.setdefault("z", "t"),
    "pop a": lambda d: d.pop("a", "none"),
    "pop z": lambda d: d.pop("z", "none"),
    "popitem": lambda d: d.popitem(),
    "update": lambda d: d.update({"a": "u", "z": "v", "c": "w"}),
    "copy": lambda d: d.copy(),
    "clear": lambda d: d.clear(),
    "len": len,
    "a in": lambda d: "a" in d,
    "z in": lambda d: "z" in d,
    "list": list,
    "==": lambda d: d == {"a": 1, "b": 2},
    "|=": lambda d: d.__ior__({"b": "i", "y": "j"}) is d,
    "|": lambda d: d | {"o": "o"},
}
WRITERS = {name: STEPS[name] for name in
           ("d[a] = x", "d[z] = y", "del d[a]", "setdefault z", "pop a", "popitem", "update", "clear")}
READS = {"copy": lambda d: d.copy(), "d.get(a)": lambda d: d.get("a"), "len": len, "list": list}

ROW = ("dict: d[k], d[k] = v, del, get, setdefault, pop, popitem, update(dict), copy, clear, len, in, list(d), "
       "d1 == d2 on plain keys are linearisable")
row(ROW)


def two(): return {"a": 1, "b": 2}


def full():
    """Its table is full: what is added replaces it."""
    d = {}
    for key in "abcde":
        d[key] = key
    return d


def many():
    """Keys that were deleted left holes."""
    d = {key: key for key in "qrsabtu"}
    for key in "qrs":
        del d[key]
    return d


def mixed():
    """Keys of more than one kind: the table that compares them by calling."""
    return {1: 1, "a": 1, (2, 3): 4, "b": 2}


class Sub(dict):
    pass


def as_items(d): return list(d.items())


pairs("dict", two, STEPS, as_items)
pairs("full dict", full, STEPS, as_items, WRITERS)
pairs("dict with holes", many, STEPS, as_items, WRITERS)
pairs("mixed dict", mixed, STEPS, as_items, WRITERS)
pairs("empty dict", dict, STEPS, as_items, WRITERS)
pairs("subclass of dict", lambda: Sub(a=1, b=2), STEPS, as_items, {"d[a] = x": STEPS["d[a] = x"], "clear": STEPS["clear"]})
readers("dict", two, WRITERS, READS, as_items)
readers("full dict", full, WRITERS, READS, as_items)


class Plain:
    pass


def attributes():
    """The dictionary of an instance, which shares its names with others of the class."""
    o = Plain()
    o.a, o.b = 1, 2
    return o


def of_instance(f): return lambda o: f(vars(o))


pairs("instance's dict", attributes, {name: of_instance(f) for name, f in STEPS.items()}, lambda o: as_items(vars(o)),
      {name: of_instance(f) for name, f in WRITERS.items()} | {
          "o.a = x": lambda o: setattr(o, "a", "x"), "o.z = y": lambda o: setattr(o, "z", "y"),
          "del o.a": lambda o: delattr(o, "a")})

row("dict: setdefault returns the one winner to every thread")


@litmus
class setdefault_has_one_winner:
    def new(): return {}
    def a(d): return d.setdefault("k", "a")
    def b(d): return d.setdefault("k", "b")
    def c(d): return d.setdefault("k", "c")
    def end(d): return d["k"]
    allowed = {(x, x, x, x) for x in "abc"}


@litmus
class setdefault_of_an_integer_key:
    def new(): return {1: 1}
    def a(d): return d.setdefault(7, "a")
    def b(d): return d.setdefault(7, "b")
    def end(d): return [*d.items()]
    allowed = {(x, x, ((1, 1), (7, x))) for x in "ab"}


row("x += 1, d[k] += 1, if k not in d: d[k] = v are several operations: not atomic")


@litmus
class add_to_an_item:
    def new(): return {"k": 0}
    def a(d): d["k"] += 1
    def b(d): d["k"] += 1
    def end(d): return d["k"]
    allowed = {(None, None, 1), (None, None, 2)}
    interesting = {(None, None, 1)}


@litmus
class look_and_put:
    def new(): return {}
    def a(d):
        if "k" not in d:
            d["k"] = "a"
            return d["k"]
    def b(d):
        if "k" not in d:
            d["k"] = "b"
            return d["k"]
    def end(d): return d["k"]
    allowed = {("a", None, "a"), (None, "b", "b"), ("a", "b", "a"), ("a", "b", "b"), ("b", "b", "b"), ("a", "a", "a")}
    interesting = {("a", "b", "a"), ("a", "b", "b"), ("b", "b", "b"), ("a", "a", "a")}


row("No container's lock is held while Python code runs")


class Key:
    """Compares in Python, by way of the dictionary itself."""

    def __init__(self, name, d):
        self.name, self.d = name, d

    def __hash__(self): return 1

    def __eq__(self, other):
        len(self.d), "a" in self.d
        return self.name == getattr(other, "name", None)


@litmus
class keys_that_compare_in_python:
    def new():
        d = {"a": 1}
        d[Key("x", d)] = "x"
        return d
    def a(d): d[Key("y", d)] = "y"
    def b(d): d[Key("z", d)] = "z"
    def c(d): return d.get(Key("x", d))
    def end(d): return sorted(d.values(), key=str)
    allowed = {(None, None, "x", (1, "x", "y", "z"))}


@litmus
class one_key_that_compares_in_python:
    def new():
        d = {}
        d[Key("x", d)] = "x"
        return d
    def a(d): return d.setdefault(Key("y", d), "a")
    def b(d): return d.setdefault(Key("y", d), "b")
    def end(d): return [*d.values()]
    allowed = {("a", "a", ("x", "a")), ("b", "b", ("x", "b"))}


row("an operation on two containers locks both, in address order")


@litmus
class update_both_ways:
    def new(): return {"a": 1, "x": 1}, {"b": 2, "x": 2}
    def a(s): s[0].update(s[1])
    def b(s): s[1].update(s[0])
    def end(s): return [s[0], s[1]]


@litmus
class merge_both_ways:
    def new(): return {"a": 1}, {"b": 2}
    def a(s): s[0] |= s[1]
    def b(s): s[1] |= s[0]
    def end(s): return [s[0], s[1]]
    # A tuple takes no item: the error comes behind the merge.


@litmus
class compare_both_ways:
    def new(): return {"a": 1}, {"a": 1}
    def a(s): return s[0] == s[1]
    def b(s): return s[1] == s[0]
    def c(s): s[0]["a"] = 2


row("iterating a dict while others change its size: RuntimeError, never a crash, never an item twice")
SIZE = "RuntimeError: dictionary changed size during iteration"


def keys(d): return [key for key in d]
def items(d): return [item for item in d.items()]
def values(d): return [value for value in d.values()]


def each_iteration():
    def no_item_twice(new, read, write):
        whole = {**new(), "z": "y"}
        def allowed(seen, wrote, end):
            if isinstance(seen, str):
                # `values` and `items` of a dictionary that only some threads change may tell of keys.
                return seen in (SIZE, "RuntimeError: dictionary keys changed during iteration")
            return len(seen) == len(set(seen)) and len(seen) <= len(whole)
        return allowed
    return no_item_twice


ITERATE = {"for": keys, "items": items, "values": values, "reversed": lambda d: [key for key in reversed(d)]}
SIZES = {name: STEPS[name] for name in ("d[z] = y", "del d[a]", "popitem", "clear")}
pairs("iterate", lambda: dict(zip("abcdefgh", range(8))), ITERATE, len, SIZES, each_iteration())
pairs("iterate full", full, ITERATE, len, SIZES, each_iteration())


@litmus
class iterate_while_values_change:
    """The size stays: nothing is raised."""
    def new(): return dict.fromkeys("abcd", 0)
    def a(d): return items(d)
    def b(d): d["c"] = 1
    allowed = {((("a", 0), ("b", 0), ("c", x), ("d", 0)), None) for x in (0, 1)}


if __name__ == "__main__":
    main()
