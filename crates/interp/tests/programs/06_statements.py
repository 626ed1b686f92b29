def kind(x):
    match x:
        case 0:
            return "zero"
        case [a, *rest] if a:
            return a, rest
        case {"k": v, **others}:
            return v, others
        case int(n) | float(n):
            return n
        case str():
            return "text"
        case _:
            return None


assert kind(0) == "zero" and kind([1, 2, 3]) == (1, [2, 3]) and kind(7) == 7
assert kind({"k": 1, "z": 2}) == (1, {"z": 2}) and kind("s") == "text" and kind([]) is None


class P:
    __match_args__ = ("x", "y")

    def __init__(self, x, y):
        self.x, self.y = x, y


match P(1, 2):
    case P(1, y=b):
        assert b == 2
    case _:
        assert False
d = {"a": [1, 2, 3]}
d["a"][1] += 5
d["b"] = d["a"][::-1]
del d["a"][0]
assert d == {"a": [7, 3], "b": [3, 7, 1]}
w, n = 5, 3.14159
assert f"{n:>{w + 3}.2f}|{w!r:<3}|{w=}" == "    3.14|5  |w=5"
assert (y := 4) == 4 and y == 4
x = [1]
x += [2]
x *= 2
assert x == [1, 2, 1, 2] and 2 in x and 3 not in x
ns = {}
exec("def g(a): return a * 2\nr = g(21)", ns)
assert ns["r"] == 42 and eval("r + 1", ns) == 43
s = {1, 2} | {3}
assert s == {1, 2, 3} and sorted(s, reverse=True) == [3, 2, 1]


def ann(a: int, b: "later" = 1) -> str: ...


assert ann.__annotations__ == {"a": int, "b": "later", "return": str}


def first[T](xs: list[T]) -> T:
    return xs[0]


type Pair[A] = tuple[A, A]
assert first([5]) == 5 and first.__type_params__[0].__name__ == "T"
assert Pair.__name__ == "Pair"
