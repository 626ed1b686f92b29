def count(n):
    i = 0
    while i < n:
        got = yield i
        if got:
            print("got", got)
        i += 1
    return "done"


def outer():
    result = yield from count(2)
    print("result", result)
    yield 99


print(list(count(3)))
print(list(outer()))
g = count(3)
print(next(g), g.send("hello"), next(g), next(g, "end"))
print(sum(x * x for x in range(5)), list(x for x in "ab"))


def closing():
    try:
        yield 1
    finally:
        print("closed")


g = closing()
next(g)
g.close()
