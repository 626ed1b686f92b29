t = (1, 2, 3)
print(t, t[0], t[1:], len(t), (1,), (), t + (4,), t * 2)
print(t == (1, 2, 3), hash((1, 2)) == hash((1, 2)), 2 in t)
s = {1, 2, 3, 2}
print(len(s), 2 in s, sorted(s | {9}), sorted(s & {1, 9}), sorted(s - {1}), sorted(s ^ {3, 4}))
s.add(10)
s.discard(1)
print(sorted(s), set(), {1}, frozenset({1}))
