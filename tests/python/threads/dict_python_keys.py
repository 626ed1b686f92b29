"""Dictionaries and sets whose keys run Python code in `__hash__` and `__eq__`: no lock is held meanwhile."""

from _stress import rounds, together

N = rounds(300)
d, s = {}, set()


class Key:
    def __init__(self, value):
        self.value = value

    def __hash__(self):
        # All in few places, so that they are compared often.
        return self.value % 4

    def __eq__(self, other):
        # Uses the very containers it lies in.
        d.get(-1)
        len(s)
        d["touched"] = 1
        return self.value == other.value if isinstance(other, Key) else NotImplemented


def put(t):
    def run():
        for i in range(N):
            key = Key(i % 10)
            d[key] = t
            # Another thread may take it out between two calls, but for those that nobody takes out.
            assert key in d or key.value < 7
            d.setdefault(Key(100 + t), t)
            s.add(key)
            assert key in s or key.value < 7
            if i % 5 == 0:
                d.pop(Key(i % 7), None)
                s.discard(Key(i % 7))
    return run


together(*(put(t) for t in range(3)))
values = [key.value for key in d if isinstance(key, Key)]
assert len(values) == len(set(values)), values
assert {100, 101, 102} <= set(values)
values = [key.value for key in s]
assert len(values) == len(set(values)), values

# A key that changes the dictionary while it is looked up in it.
class Wild:
    def __hash__(self):
        return 1

    def __eq__(self, other):
        # Now and then only: a lookup begins again when its table was replaced.
        global wild_calls
        wild_calls += 1
        if wild_calls % 4 == 0:
            wild.clear()
            wild.update({i: i for i in range(5)})
        return False


wild = {Wild(): 1}
wild_calls = 0
for _ in range(20):
    wild[Wild()] = 1
    wild.get(Wild())
    Wild() in wild


def wild_run():
    for _ in range(N):
        wild.get(Wild())
        wild[1] = 1


together(wild_run, wild_run)
