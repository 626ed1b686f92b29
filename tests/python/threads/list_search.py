"""Row: `in`, index, count, `==` take each element as it is when it is reached; they may run Python code."""

from _stress import rounds, together, while_others_run


class Eq:
    """Changes the list that it is compared in."""

    def __init__(self, value, items):
        self.value, self.items = value, items

    def __eq__(self, other):
        self.items.append(self.value)
        self.items.pop()
        return isinstance(other, Eq) and other.value == self.value

    def __hash__(self):
        return hash(self.value)


items = []
items.extend(Eq(i, items) for i in range(20))
assert Eq(19, items) in items and items.count(Eq(5, items)) == 1 and items.index(Eq(7, items)) == 7

numbers = list(range(50))


def change():
    for i in range(rounds(4000)):
        numbers.append(100)
        numbers.remove(100)
        numbers[10] = 10


def search():
    assert 30 in numbers and 5000 not in numbers
    assert numbers.index(30) == 30
    assert numbers.count(20) == 1
    assert (numbers == [1]) is False
    try:
        numbers.index(5000)
    except ValueError as error:
        assert str(error) == "list.index(x): x not in list"


while_others_run(change, search, search)


def with_python_code():
    other = [Eq(i, items) for i in range(20)]
    for _ in range(rounds(30)):
        assert Eq(3, items) in items
        items == other


together(with_python_code, with_python_code, with_python_code)
