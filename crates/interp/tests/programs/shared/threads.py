# Each thread runs work(n) once, several at a time; check(n) comes after all of them.
EACH = 300
items = []
table = {}
seen = set()


class Node:
    def __init__(self, left, right):
        self.left = left
        self.right = right

    def size(self):
        return 1 + (self.left.size() if self.left else 0) + (self.right.size() if self.right else 0)


class Shared:
    pass


shared = Shared()


def tree(depth):
    return Node(tree(depth - 1), tree(depth - 1)) if depth else None


def numbers(n):
    for i in range(n):
        yield i


def work(n):
    for i in numbers(EACH):
        items.append((n, i))
        table[n, i] = [i]
        seen.add(i)
        assert table.setdefault(("one", i), i) == i
    setattr(shared, f"a{n}", n)
    assert tree(8).size() == 255
    assert sum(numbers(100)) == 4950
    try:
        [][n]
    except IndexError as e:
        assert e.__traceback__ is not None


def check(threads):
    assert len(items) == threads * EACH
    for n in range(threads):
        mine = [i for t, i in items if t == n]
        assert mine == list(range(EACH)), n
        assert getattr(shared, f"a{n}") == n
    assert len(table) == threads * EACH + EACH
    assert seen == set(range(EACH))
