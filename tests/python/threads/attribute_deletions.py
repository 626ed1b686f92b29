"""Row: deleting attributes of one object from several threads: each once, none of the others lost."""

from _stress import rounds, together


class C:
    pass


# One thread: order, reuse, many deletions.
c = C()
c.a, c.b, c.d = 1, 2, 3
del c.a
assert not hasattr(c, "a") and (c.b, c.d) == (2, 3)
c.a = 4
assert list(vars(c).items()) == [("b", 2), ("d", 3), ("a", 4)]
c = C()
for i in range(100):
    c.x = i
    c.y = -i
    assert (c.x, c.y) == (i, -i)
    del c.x
    try:
        c.x
    except AttributeError:
        pass
    else:
        raise AssertionError("deleted, and there")
    try:
        del c.x
    except AttributeError:
        pass
    else:
        raise AssertionError("deleted twice")
assert vars(c) == {"y": -99}
c = C()
for name in "abcdefgh":
    setattr(c, name, name)
for name in "hacf":
    delattr(c, name)
assert vars(c) == {name: name for name in "bdeg"}
assert list(vars(c)) == list("bdeg")


def store_and_load(c, n):
    for i in range(n):
        c.x = i
        assert c.x == i
        if i % 2:
            del c.x
            assert not hasattr(c, "x")


store_and_load(C(), 40)
store_and_load(C(), 2)

# Several: whoever deletes, does so once.
for _ in range(rounds(300)):
    c = C()
    c.first, c.second, c.third = 1, 2, 3

    def delete():
        done = 0
        for name in "first", "second", "third":
            try:
                delattr(c, name)
                done += 1
            except AttributeError:
                pass
        return done

    assert sum(together(delete, delete, delete)) == 3
    assert vars(c) == {}

# One deletes its own again and again, another adds others, a third reads.
for _ in range(rounds(100)):
    c = C()
    c.fixed = "fixed"

    def delete():
        for i in range(20):
            c.mine = i
            assert c.mine == i
            del c.mine

    def add():
        for i in range(20):
            setattr(c, f"name{i}", i)

    def read():
        for i in range(50):
            assert c.fixed == "fixed"
            assert getattr(c, "mine", 0) in range(20)

    together(delete, add, read)
    assert vars(c) == {"fixed": "fixed"} | {f"name{i}": i for i in range(20)}
