def counter():
    n = 0

    def step():
        nonlocal n
        n += 1
        return n

    return step


c = counter()
print(c(), c(), c(), counter()())
adders = [lambda x, i=i: x + i for i in range(3)]
print([f(10) for f in adders])
total = 0


def bump():
    global total
    total += 5


bump()
bump()
print(total)
