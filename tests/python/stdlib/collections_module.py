from collections import ChainMap, Counter, OrderedDict, UserDict, defaultdict, deque, namedtuple

d = deque([1, 2, 3], maxlen=4)
d.append(4)
d.append(5)
d.appendleft(0)
assert list(d) == [0, 2, 3, 4] and d.pop() == 4 and d.popleft() == 0 and d.maxlen == 4 and d[0] == 2 and repr(d) == "deque([2, 3], maxlen=4)"
d.extend([7, 8])
d.rotate(1)
assert list(d) == [8, 2, 3, 7] and d.index(3) == 2 and d.count(2) == 1 and list(reversed(d)) == [7, 3, 2, 8] and d == deque([8, 2, 3, 7]) and d.copy() == d
d.remove(8)
d.reverse()
del d[0]
d += [1]
assert list(d) == [3, 2, 1] and deque("ab") + deque("c") == deque("abc") and deque([1]) * 2 == deque([1, 1]) and deque([1]) < deque([2])
dd = defaultdict(list, a=[1])
dd["x"].append(5)
assert dd == {"a": [1], "x": [5]} and dd.default_factory is list and repr(dd) == "defaultdict(<class 'list'>, {'a': [1], 'x': [5]})"
o = OrderedDict(a=1, b=2)
o.move_to_end("a")
assert list(o) == ["b", "a"] and o.popitem(last=False) == ("b", 2) and OrderedDict(a=1, b=2) != OrderedDict(b=2, a=1) and OrderedDict(a=1) == {"a": 1}
c = Counter("banana")
assert c.most_common(1) == [("a", 3)] and c["x"] == 0 and c + Counter("a") == {"a": 4, "n": 2, "b": 1} and c - Counter("aaa") == {"n": 2, "b": 1} and sorted(c.elements())[0] == "a" and c.total() == 6
P = namedtuple("P", "x y", defaults=[0])
p = P(1)
assert p == (1, 0) and p.x == 1 and p._replace(y=5) == P(1, 5) and p._asdict() == {"x": 1, "y": 0} and repr(p) == "P(x=1, y=0)" and P._fields == ("x", "y") and P._make([3, 4]).y == 4
m = ChainMap({"a": 1}, {"a": 2, "b": 3})
assert m["a"] == 1 and m["b"] == 3 and len(m) == 2 and UserDict(a=1)["a"] == 1
