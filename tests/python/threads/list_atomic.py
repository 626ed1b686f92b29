"""Row: `L[i]`, `L[i] = x`, len, append, pop, extend, clear, copy, `+`, `*`, slices are linearisable."""

from _stress import rounds, together, while_others_run

N = rounds(5000)
THREADS = 4

# append: none lost, each thread's own in order.
items = []


def append(t):
    def run():
        for i in range(N):
            items.append((t, i))
    return run


together(*(append(t) for t in range(THREADS)))
assert len(items) == THREADS * N
for t in range(THREADS):
    assert [i for owner, i in items if owner == t] == list(range(N))

# pop: each to one taker.
items = list(range(THREADS * N))


def pop():
    taken = []
    while True:
        try:
            taken.append(items.pop())
        except IndexError as error:
            assert str(error) == "pop from empty list"
            return taken


taken = together(*[pop] * THREADS)
assert sorted(x for part in taken for x in part) == list(range(THREADS * N)) and items == []

# append against pop: nothing is lost or taken twice.
items = []


def push():
    for i in range(N):
        items.append(i)


def pull():
    got = []
    while len(got) < N:
        try:
            got.append(items.pop())
        except IndexError:
            pass
    return got


(_, got) = together(push, pull)
assert sorted(got) == list(range(N)) and items == []

# extend by list, tuple, set, dict: the new elements lie together.
items = []


def extend(make):
    def run():
        for i in range(N // 10):
            items.extend(make(i))
    return run


together(
    extend(lambda i: [("l", i)] * 3),
    extend(lambda i: (("t", i),) * 3),
    extend(lambda i: {("s", i, 0), ("s", i, 1), ("s", i, 2)}),
    extend(lambda i: {("d", i, 0): 0, ("d", i, 1): 0, ("d", i, 2): 0}),
)
assert len(items) == 12 * (N // 10)
for at in range(0, len(items), 3):
    assert len({item[:2] for item in items[at:at + 3]}) == 1

# Stores into elements are not lost while the list grows.
items = [0, 0]


def store(at):
    def run():
        for i in range(1, N + 1):
            items[at] = i
            assert items[at] == i
    return run


def grow():
    for i in range(N):
        items.append(-1)


together(store(0), store(1), grow)
assert items[:2] == [N, N] and len(items) == N + 2

# Whole-list reads see whole writes: the list always holds equal pairs.
items = []


def write_pairs():
    for i in range(N // 5):
        items.extend((i, i))
        if i % 50 == 49:
            items.clear()


def read_pairs():
    for look in (items.copy(), items[:], items + [], items * 1, list(items)):
        assert len(look) % 2 == 0, look
        assert look[::2] == look[1::2]


while_others_run(write_pairs, read_pairs, read_pairs)

# len never sees a half-done clear.
items = [1] * 10


def refill():
    for _ in range(N):
        items.clear()
        items.extend([1] * 10)


def look():
    assert len(items) in (0, 10)
    try:
        assert items[9] == 1
    except IndexError:
        pass


while_others_run(refill, look, look)
