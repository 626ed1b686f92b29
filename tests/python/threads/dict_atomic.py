"""Row: item access, get, setdefault, pop, popitem, update, copy, clear, len, in, list, == are linearisable."""

from _stress import rounds, together, while_others_run

N = rounds(4000)
THREADS = 4

# Different keys: none lost, whatever the growth.
d = {}


def put(t):
    def run():
        for i in range(N):
            d[t, i] = i
            assert d[t, i] == i
    return run


together(*(put(t) for t in range(THREADS)))
assert len(d) == THREADS * N and all(d[t, i] == i for t in range(THREADS) for i in range(N))
for t in range(THREADS):
    assert [i for owner, i in d if owner == t] == list(range(N))

# pop and popitem: each to one taker.
def pop():
    taken = []
    for t in range(THREADS):
        for i in range(N):
            value = d.pop((t, i), None)
            if value is not None:
                taken.append((t, i))
    return taken


def popitem():
    taken = []
    while True:
        try:
            taken.append(d.popitem()[0])
        except KeyError as error:
            assert error.args == ("popitem(): dictionary is empty",)
            return taken


taken = [key for part in together(pop, popitem, popitem) for key in part]
assert len(taken) == len(set(taken)) == THREADS * N and d == {}

# setdefault: one winner, the same for all.
def winner(t):
    return lambda: [d.setdefault(i, (t, i)) for i in range(N)]


results = together(*(winner(t) for t in range(THREADS)))
assert all(result == results[0] for result in results)
assert all(a is b for a, b in zip(results[0], results[1]))
assert results[0] == list(d.values())

# update by a dictionary and clear, seen whole.
d = {}
whole = {k: "v" for k in range(8)}


def write():
    for _ in range(N):
        d.update(whole)
        d.clear()


def read():
    assert len(d) in (0, 8)
    for look in (d.copy(), dict(d)):
        assert look in ({}, whole), look
    assert list(d) in ([], list(whole))
    assert (d == whole) in (True, False)
    assert d.get(7, "none") in ("v", "none")
    assert (3 in d) in (True, False)


while_others_run(write, read, read)

# A key that stays is found at every time, while others come and go and the table is replaced.
d = {"stays": 1, 5: 2, (1, 2): 3}


def churn(t):
    def run():
        for i in range(N):
            d[t, i % 97] = i
            if i % 3 == 0:
                d.pop((t, i * 7 % 97), None)
    return run


def find():
    for _ in range(N):
        assert d["stays"] == 1 and d[5] == 2 and d[1, 2] == 3 and d.get("stays") == 1 and 5 in d


together(churn("a"), churn("b"), find, find)

# One key, many writers: a reader sees a value that one of them stored, never an older one again.
d = {"k": (0, 0)}


def store(t):
    def run():
        for i in range(1, N):
            d["k"] = (t, i)
    return run


def watch():
    newest = {}
    for _ in range(N):
        t, i = d["k"]
        assert i >= newest.get(t, 0)
        newest[t] = i


together(store(1), watch, watch)

# Deleting and storing one key again.
def toggle():
    for i in range(N):
        d["toggle"] = i
        try:
            del d["toggle"]
        except KeyError:
            pass


together(toggle, toggle, toggle)
assert len(d) in (1, 2)
