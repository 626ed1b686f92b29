"""Adding different attributes to one object from several threads loses none."""

from _stress import rounds, together


class Plain:
    pass


class Reader:
    def __init__(self):
        self.fixed = "fixed"


def add(o, names):
    def run():
        for name in names:
            setattr(o, name, name)
            assert getattr(o, name) == name
    return run


for round_ in range(rounds(40)):
    o = Plain()
    groups = [[f"t{t}_{i}" for i in range(20)] for t in range(4)]
    together(*(add(o, names) for names in groups))
    for names in groups:
        for name in names:
            assert getattr(o, name) == name
    assert sorted(vars(o)) == sorted(name for names in groups for name in names)

# While others are added and deleted, an attribute that stays is seen at every time.
o = Reader()


def churn(name):
    def run():
        for i in range(rounds(3000)):
            setattr(o, f"{name}{i % 7}", i)
            if i % 3 == 0:
                try:
                    delattr(o, f"{name}{i % 5}")
                except AttributeError:
                    pass
    return run


def read():
    for _ in range(rounds(10_000)):
        assert o.fixed == "fixed"
        assert vars(o)["fixed"] == "fixed"


together(churn("a"), churn("b"), read, read)
assert o.fixed == "fixed"

# Through the dictionary and through attributes: one set of names.
for _ in range(rounds(40)):
    o = Plain()

    def by_attribute():
        for i in range(20):
            setattr(o, f"a{i}", i)

    def by_dictionary():
        d = o.__dict__
        for i in range(20):
            d[f"d{i}"] = i

    together(by_attribute, by_dictionary)
    assert len(vars(o)) == 40 and all(getattr(o, f"d{i}") == getattr(o, f"a{i}") == i for i in range(20))
