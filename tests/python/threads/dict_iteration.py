"""Row: iterating a dict or set while others change its size: RuntimeError, or the items, none twice."""

from _stress import rounds, together, while_others_run

d = {i: str(i) for i in range(100)}
s = set(range(100))
N = rounds(3000)


next_key = 1000


def change():
    # Every key is new: one that goes and comes again is another item, and may be met twice.
    global next_key
    for _ in range(N):
        d[next_key] = "x"
        s.add(next_key)
        d.pop(next_key - 7, None)
        s.discard(next_key - 7)
        next_key += 1


def iterate(make, is_known, said):
    seen = set()
    try:
        for item in make():
            assert is_known(item), item
            assert item not in seen, f"{item} twice"
            seen.add(item)
    except RuntimeError as error:
        assert str(error) in said, error
        return
    assert len(seen) >= 100


DICT = ("dictionary changed size during iteration", "dictionary keys changed during iteration")
SET = ("Set changed size during iteration",)


def iterate_all():
    number = lambda n: n < 100 or n >= 1000
    iterate(lambda: d, number, DICT)
    iterate(d.keys, number, DICT)
    iterate(d.items, lambda pair: number(pair[0]) and pair[1] in (str(pair[0]), "x"), DICT)
    iterate(lambda: s, number, SET)
    try:
        for _ in reversed(d):
            pass
    except RuntimeError as error:
        assert str(error) in DICT


while_others_run(change, iterate_all, iterate_all)

# In one thread, the same errors.
for container, grow, said in ((d, lambda: d.update({-1: 0}), DICT), (s, lambda: s.add(-1), SET)):
    try:
        for _ in container:
            grow()
    except RuntimeError as error:
        assert str(error) in said
    else:
        raise AssertionError

# Values may be replaced.
for key in d:
    d[key] = "new"
assert set(d.values()) == {"new"}
