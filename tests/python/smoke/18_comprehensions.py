print([x * 2 for x in range(5)])
print([x for x in range(10) if x % 2 if x > 3])
print([(x, y) for x in range(2) for y in "ab"])
print({x: x * x for x in range(4)})
print(sorted({x % 3 for x in range(10)}))
print([[y for y in range(x)] for x in range(4)])
x = "outside"
print([x for x in (1, 2)], x)
if (n := len("abc")) > 2:
    print(n)
