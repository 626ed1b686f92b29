a = [1, 2, 3]
a.append(4)
a.insert(0, 0)
print(a, len(a), a[0], a[-1], a[1:3])
a[1] = "x"
del a[0]
print(a, a.pop(), a.pop(0), a)
a.extend([5, 6])
a += [7]
print(a, a.index(5), a.count(5))
a[1:2] = [8, 9, 10]
print(a)
a.reverse()
print(a, a + [1], [0] * 3)
b = [3, 1, 2]
b.sort()
print(b, sorted([3, 1, 2], reverse=True), sorted(["bb", "a"], key=len))
print([[1, 2], [3]], [], [None, True])
c = b
c.append(9)
print(b, b is c, b.copy() is b)
