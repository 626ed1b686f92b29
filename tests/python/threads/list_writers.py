"""Row: insert, `pop(i)`, `del`, remove, reverse, storing a slice, `+=` are one step to other writers."""

from _stress import rounds, together, while_others_run

N = rounds(2000)


def worker(t, items, pops):
    """Puts in and takes out its own elements in every way; leaves one for each round.

    Whoever pops holds any element for a moment, so that others could not count on removing theirs: one at a time.
    """
    def run():
        nonlocal items
        for i in range(N):
            kind = i % 6
            item = (t, i)
            if kind == 0:
                items.insert(0, item)
            elif kind == 1:
                items.insert(len(items) // 2, item)
            elif kind == 2:
                items += [item]
            elif kind == 3:
                items[0:0] = [item]
            elif kind == 4:
                if not pops:
                    items.append((t, "extra"))
                    items.remove((t, "extra"))
                items.append(item)
            else:
                items.reverse()
                items.append(item)
            if pops and i % 4 == 3:
                # Takes any element and puts it back.
                items.append(items.pop(0))
    return run


for pops in False, True:
    items = []
    together(*(worker(t, items, pops) for t in range(3)))
    assert sorted(items) == sorted((t, i) for t in range(3) for i in range(N))

# A reader sees an element that was there before or after, at each index, never another.
items = [f"e{i}" for i in range(50)]
known = {*items, "new", "front"}


def churn():
    global items
    for i in range(N):
        items.insert(0, "front")
        items[10:20] = items[10:20]
        items.reverse()
        del items[-1]
        items.sort(key=len)
        items.reverse()
        while len(items) > 40:
            items.pop()
        while len(items) < 50:
            items += ["new"]


def read():
    for i in range(60):
        try:
            assert items[i] in known, items[i]
        except IndexError:
            pass
    assert known.issuperset(items)


while_others_run(churn, read, read)

# Slices: stores of slices of one length keep the length.
items = list(range(30))


def store_slices():
    for i in range(N):
        items[5:15] = range(5, 15)
        items[::2] = range(0, 30, 2)


def check_slices():
    look = items[:]
    assert look == list(range(30)), look


while_others_run(store_slices, check_slices)

# A list that shrinks and grows between the look at its length and the step itself.
items = []


def add_list():
    for i in range(N):
        items.extend(["a"] * (i % 5))
        items.__iadd__(items[:3])


def shrink():
    for i in range(N):
        items[:] = ["b"] * (i % 20)
        items.clear()
        items.__imul__(2)


together(add_list, add_list, shrink)
assert set(items) <= {"a", "b"}

# The end that a negative index counts from is that of the moment of the step.
items = [1, 2]


def at_the_end():
    for i in range(N):
        items[-1] = i
        assert items[-1] is not None


def grow():
    for i in range(N):
        items.append(i)
        items.pop()


together(at_the_end, grow, grow)
assert len(items) == 2
