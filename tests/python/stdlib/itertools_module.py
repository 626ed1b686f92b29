from itertools import *


def take(n, it):
    return list(islice(it, n))


assert list(accumulate([1, 2, 3])) == [1, 3, 6] and list(accumulate([1, 2, 3], lambda a, b: a * b, initial=10)) == [10, 10, 20, 60] and list(batched("abcde", 2)) == [("a", "b"), ("c", "d"), ("e",)]
assert list(chain("ab", [1])) == ["a", "b", 1] and list(chain.from_iterable(["ab", "c"])) == ["a", "b", "c"] and list(combinations("abc", 2)) == [("a", "b"), ("a", "c"), ("b", "c")]
assert list(combinations_with_replacement("ab", 2)) == [("a", "a"), ("a", "b"), ("b", "b")] and list(compress("abc", [1, 0, 1])) == ["a", "c"] and take(3, count(5, 2)) == [5, 7, 9]
assert take(5, cycle("ab")) == ["a", "b", "a", "b", "a"] and list(dropwhile(lambda x: x < 3, [1, 3, 2])) == [3, 2] and list(filterfalse(None, [0, 1])) == [0]
assert [(k, list(g)) for k, g in groupby("aabc")] == [("a", ["a", "a"]), ("b", ["b"]), ("c", ["c"])] and take(2, islice(count(), 3, None, 4)) == [3, 7]
assert list(pairwise("abc")) == [("a", "b"), ("b", "c")] and list(permutations("abc", 2))[:3] == [("a", "b"), ("a", "c"), ("b", "a")] and len(list(permutations(range(5)))) == 120
assert list(product("ab", repeat=2)) == [("a", "a"), ("a", "b"), ("b", "a"), ("b", "b")] and list(repeat(1, 3)) == [1, 1, 1] and list(starmap(pow, [(2, 3)])) == [8]
assert list(takewhile(lambda x: x < 3, [1, 3, 2])) == [1] and [list(t) for t in tee("ab")] == [["a", "b"]] * 2 and list(zip_longest("ab", [1], fillvalue=0)) == [("a", 1), ("b", 0)]
assert next(count(2**63)) == 2**63 and take(2, count(0.5)) == [0.5, 1.5] and repr(count(1)) == "count(1)" and repr(repeat(1, 2)) == "repeat(1, 2)" and list(product()) == [()]
