"""dict: every method, order, views, messages."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


d = {"a": 1, "b": 2}
d["c"] = 3
assert d["a"] == 1 and d.get("x") is None and d.get("x", 5) == 5 and len(d) == 3 and "a" in d and "x" not in d
assert list(d) == ["a", "b", "c"] and list(d.values()) == [1, 2, 3] and list(d.items()) == [("a", 1), ("b", 2), ("c", 3)] and list(reversed(d)) == ["c", "b", "a"]
assert d.pop("b") == 2 and d.pop("x", "default") == "default" and d.setdefault("a", 9) == 1 and d.setdefault("n") is None and d.popitem() == ("n", None)
d["a"] = 10
d["b"] = 20
assert list(d) == ["a", "c", "b"], "a replaced value keeps its place, a new key is last"
d.update({"z": 26}, y=25)
d.update([("x", 24), "w1"])
assert d["z"] == 26 and d["y"] == 25 and d["x"] == 24 and d["w"] == "1"
e = d.copy()
assert e == d and e is not d and d.clear() is None and d == {} and e
assert dict.fromkeys("ab") == {"a": None, "b": None} and dict.fromkeys([1], 5) == {1: 5} and dict(a=1) == {"a": 1} and dict([(1, 2)], b=3) == {1: 2, "b": 3}
assert dict({1: 2}) == {1: 2} and dict(zip("ab", [1, 2])) == {"a": 1, "b": 2} and {1: "a", 1.0: "b", True: "c"} == {1: "c"}
assert {"a": 1} | {"b": 2} == {"a": 1, "b": 2} and {"a": 1, "b": 1} | {"a": 2} == {"a": 2, "b": 1}
d = {"a": 1}
d |= {"b": 2}
d |= [("c", 3)]
assert d == {"a": 1, "b": 2, "c": 3} and {1: 2, 3: 4} == {3: 4, 1: 2} and {1: 2} != {1: 3} and {} != [] and {1: {2: 3}} == {1: {2: 3}}
assert repr({1: "a", "k": [2]}) == "{1: 'a', 'k': [2]}" and str({}) == "{}"

# Views.
k, v, i = d.keys(), d.values(), d.items()
d["new"] = 4
assert "new" in k and 4 in v and ("new", 4) in i and len(k) == len(v) == len(i) == 4 and ("new", 5) not in i
assert k & {"a", "x"} == {"a"} and k | {"x"} == {"a", "b", "c", "new", "x"} and k - {"a"} == {"b", "c", "new"} and k ^ {"a"} == {"b", "c", "new"}
assert k == {"a", "b", "c", "new"} and i & {("a", 1)} == {("a", 1)} and k.isdisjoint(["q"]) and {"a"} < k and repr({1: 2}.keys()) == "dict_keys([1])"
assert repr({1: 2}.items()) == "dict_items([(1, 2)])" and repr({1: 2}.values()) == "dict_values([2])" and list(reversed(v))[0] == 4 and k.mapping["a"] == 1
assert v != d.values() and d.keys() == d.keys()

# Many keys of all kinds; deleting while not iterating; order after deletes.
big = {i: i * 2 for i in range(10000)}
for i in range(0, 10000, 2):
    del big[i]
assert len(big) == 5000 and list(big)[:3] == [1, 3, 5] and all(big[i] == i * 2 for i in range(1, 10000, 2)) and 2 not in big
big[0] = "again"
assert list(big)[-1] == 0
mixed = {None: 1, (): 2, "": 3, 0: 4, 0.5: 5, b"": 6, frozenset(): 7, print: 8, int: 9, 2**70: 10, -1: 11, -2: 12}
assert [mixed[key] for key in (None, (), "", 0, 0.5, b"", frozenset(), print, int, 2**70, -1, -2)] == list(range(1, 13)) and mixed[False] == 4 and mixed[0.0] == 4


class Same:
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        return 1

    def __eq__(self, other):
        return isinstance(other, Same) and self.value == other.value


same = {Same(i): i for i in range(100)}
assert all(same[Same(i)] == i for i in range(100)) and same.pop(Same(50)) == 50 and Same(50) not in same and len(same) == 99


class Default(dict):
    def __missing__(self, key):
        self[key] = key * 2
        return self[key]


x = Default()
assert x["a"] == "aa" and x == {"a": "aa"} and x.get("b") is None and "b" not in x

for f, kind, said in (
    (lambda: {}["k"], KeyError, "'k'"), (lambda: {}.pop("k"), KeyError, "'k'"), (lambda: {}.popitem(), KeyError, "'popitem(): dictionary is empty'"),
    (lambda: {[]: 1}, TypeError, "cannot use 'list' as a dict key (unhashable type: 'list')"), (lambda: dict([1]), TypeError, None),
    (lambda: dict([(1, 2, 3)]), ValueError, "dictionary update sequence element #0 has length 3; 2 is required"), (lambda: hash({}), TypeError, "unhashable type: 'dict'"),
    (lambda: {} + {}, TypeError, "unsupported operand type(s) for +: 'dict' and 'dict'"), (lambda: dict(1), TypeError, "'int' object is not iterable"),
    (lambda: {} < {}, TypeError, "'<' not supported between instances of 'dict' and 'dict'"), (lambda: {1: 2} | [1], TypeError, "unsupported operand type(s) for |: 'dict' and 'list'"),
    (lambda: {}.get(), TypeError, "get expected at least 1 argument, got 0"), (lambda: dict(1, 2), TypeError, "dict expected at most 1 argument, got 2"),
):
    found = message(kind, f)
    assert said is None or found == said, found

d = {1: 1}


def grow():
    for key in d:
        d[key + 1] = 1


assert message(RuntimeError, grow) == "dictionary changed size during iteration"
it = iter({1: 1, 2: 2})
assert next(it) == 1 and it.__length_hint__() == 1 and list(it) == [2]
