import random

r = random.Random(42)
assert r.random() == 0.6394267984578837
a, b = random.Random("seed"), random.Random("seed")
assert [a.random() for _ in range(5)] == [b.random() for _ in range(5)] and a.sample(range(100), 5) == b.sample(range(100), 5) and a.gauss(0, 1) == b.gauss(0, 1)
state = a.getstate()
x = [a.randrange(10**30) for _ in range(3)]
a.setstate(state)
assert x == [a.randrange(10**30) for _ in range(3)] and sorted(a.sample("abc", 3)) == ["a", "b", "c"] and len(a.randbytes(5)) == 5
items = list(range(10))
a.shuffle(items)
assert sorted(items) == list(range(10)) and a.choice([7]) == 7 and all(1 <= v <= 2 for v in (a.uniform(1, 2) for _ in range(100))) and a.choices("ab", [0, 1], k=3) == ["b"] * 3
r = random.Random(1)
assert [r.randrange(10) for _ in range(5)] == [2, 9, 1, 4, 1] and random.SystemRandom().random() < 1
