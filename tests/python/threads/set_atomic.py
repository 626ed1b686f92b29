"""Row: set add, discard, remove, pop, copy, clear, len, in, update, `|`, `&`, `-`, `^` are linearisable."""

from _stress import rounds, together, while_others_run

N = rounds(4000)
THREADS = 4
s = set()


def add(t):
    def run():
        for i in range(N):
            s.add((t, i))
            assert (t, i) in s
    return run


together(*(add(t) for t in range(THREADS)))
assert s == {(t, i) for t in range(THREADS) for i in range(N)}


def pop():
    taken = []
    while True:
        try:
            taken.append(s.pop())
        except KeyError as error:
            assert error.args == ("pop from an empty set",)
            return taken


def remove():
    taken = []
    for t in range(THREADS):
        for i in range(N):
            try:
                s.remove((t, i))
                taken.append((t, i))
            except KeyError:
                pass
    return taken


taken = [item for part in together(pop, pop, remove) for item in part]
assert len(taken) == len(set(taken)) == THREADS * N and s == set()

# Whole updates and clears: copies and operators see all or none.
whole = frozenset(range(8))


def write():
    for _ in range(N // 2):
        s.update(whole)
        s.clear()


def read():
    assert len(s) <= 8
    assert s <= whole
    assert (3 in s) in (True, False)
    for look in (s | set(), s & whole, s - {100}, s ^ frozenset()):
        assert look <= whole


while_others_run(write, read, read)

# Copies are linearisable against single steps: numbers are added in order, so a copy has no gap.
s.clear()


def count():
    for i in range(N):
        s.add(i)


def gaps():
    look = s.copy()
    assert look == set(range(len(look)))
    look = s | frozenset()
    assert look == set(range(len(look)))


while_others_run(count, gaps)

# An element that stays is found at every time.
s = {"stays", 5}


def churn(t):
    def run():
        for i in range(N):
            s.add((t, i % 61))
            s.discard((t, i * 7 % 61))
    return run


def find():
    for _ in range(N):
        assert "stays" in s and 5 in s and "other" not in s


together(churn(0), churn(1), find, find)


# What is shown is a set at one instant.
shown = set()


def fills_and_empties():
    for _ in range(rounds(2000)):
        shown.update((1, 2))
        shown.clear()


def shows():
    for _ in range(rounds(2000)):
        assert repr(shown) in ("set()", "{1}", "{2}", "{1, 2}", "{2, 1}"), repr(shown)


together(fills_and_empties, shows, shows)
