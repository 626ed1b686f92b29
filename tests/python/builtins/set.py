"""set and frozenset."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


for kind in (set, frozenset):
    a, b = kind([1, 2, 3]), kind([2, 3, 4])
    assert a | b == {1, 2, 3, 4} and a & b == {2, 3} and a - b == {1} and a ^ b == {1, 4} and type(a | b) is kind
    assert a.union([9], "x") == {1, 2, 3, 9, "x"} and a.intersection(b, [3]) == {3} and a.difference([1], [2]) == {3} and a.symmetric_difference([1, 5]) == {2, 3, 5}
    assert a <= kind([1, 2, 3]) and a < kind(range(9)) and not a < a and a >= {1} and a > {1} and a.issubset(range(9)) and a.issuperset([1]) and a.isdisjoint([7])
    assert a == kind([3, 2, 1]) and a != b and a == {1, 2, 3} and len(a) == 3 and 1 in a and 9 not in a and bool(kind()) is False and a.copy() == a
    assert sorted(a) == [1, 2, 3] and kind("aab") == {"a", "b"} and kind() == set() and kind({1: 2}) == {1}
    assert message(TypeError, lambda: kind([[]])) == "cannot use 'list' as a set element (unhashable type: 'list')" and message(TypeError, lambda: kind(1)) == "'int' object is not iterable"
    assert message(TypeError, lambda: a | [1]) == f"unsupported operand type(s) for |: '{kind.__name__}' and 'list'"

s = {1, 2}
assert s.add(3) is None and s == {1, 2, 3} and s.discard(9) is None and s.discard(1) is None and s.remove(2) is None and s == {3} and s.pop() == 3
assert message(KeyError, s.pop) == "'pop from an empty set'" and message(KeyError, lambda: s.remove(5)) == "5"
s.update([1, 2], {3})
s.intersection_update([2, 3, 4])
s.difference_update([3])
s.symmetric_difference_update([7])
assert s == {2, 7}
s |= {1}
s &= {1, 2}
s -= {1}
s ^= {5}
assert s == {2, 5}
s.clear()
assert s == set() and repr(set()) == "set()" and repr({1}) == "{1}" and repr(frozenset()) == "frozenset()" and repr(frozenset({1})) == "frozenset({1})"
assert hash(frozenset([1, 2])) == hash(frozenset([2, 1])) and message(TypeError, lambda: hash(set())) == "unhashable type: 'set'"
assert {frozenset([1]): "x"}[frozenset([1])] == "x" and set([1]) in {frozenset([1])} and frozenset(f := frozenset([1])) is f
big = set(range(10000))
big -= set(range(0, 10000, 2))
assert len(big) == 5000 and 1 in big and 2 not in big and sum(big) == 25_000_000


class Eq:
    def __init__(self, v):
        self.v = v

    def __hash__(self):
        return 5

    def __eq__(self, other):
        return self.v == other.v


many = {Eq(i % 50) for i in range(200)}
assert len(many) == 50 and Eq(7) in many


def grow():
    x = {1}
    for item in x:
        x.add(item + 1)


assert message(RuntimeError, grow) == "Set changed size during iteration"


class S(set):
    pass


assert S([1]) | {2} == {1, 2} and type(S([1]) | {2}) is set and repr(S([1])) == "S({1})"
