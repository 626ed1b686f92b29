"""An operation on two containers locks both, in one order: crossing pairs do not hang."""

from _stress import rounds, together

N = rounds(2000)


def cross(*operations):
    def run(operation):
        def loop():
            for _ in range(N):
                operation()
        return loop
    together(*map(run, operations))


a, b = [1, 2], [3, 4]


def bounded(x, y):
    def run():
        x.extend(y)
        del x[2:]
    return run


cross(bounded(a, b), bounded(b, a), bounded(a, b), bounded(b, a), lambda: a == b, lambda: b == a)
assert a and b and set(a + b) <= {1, 2, 3, 4}

p, q = {1, 2}, {2, 3}
cross(lambda: p.update(q), lambda: q.update(p), lambda: p | q, lambda: q & p, lambda: p ^ q, lambda: q - p, lambda: p == q)
assert p == q == {1, 2, 3} or (p | q) == {1, 2, 3}

d, e = {1: "d"}, {2: "e"}
cross(lambda: d.update(e), lambda: e.update(d), lambda: d | e, lambda: e == d)
assert d == e == {1: "d", 2: "e"}

x, y = bytearray(b"ab"), bytearray(b"cd")


def join(u, v):
    def run():
        u[:] = v
        u == v
    return run


cross(join(x, y), join(y, x), join(x, x))
assert len(x) == len(y) == 2

# A container with itself.
s = [1]
s.extend(s)
s[:] = s
s += s
assert s == [1, 1, 1, 1]
cross(lambda: s.__setitem__(slice(None), s[:4]), lambda: (s.extend(s), s.__delitem__(slice(4, None))))
p.update(p)
p &= p
p -= p
assert p == set()
d.update(d)
