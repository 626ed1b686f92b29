def f(a, b, c):
    a, b = b, a
    a, b, c = b, c, a
    x, y, z = 0, [], a
    x, y = y + 1, 2
    [p, (q, *r)] = a
    a.b, c[0] = c, a
    a.n += 1
    c[x] -= y
    c[1:2] = c[x:]
    x = y = z = a < b < c
    d = e = []
    del d, c[0], a.b
    return (n := a) + (n := b), e, p, q, r

def g(x):
    y = x and f(x) or None
    y = 1 if x > 2 and y else 2
    while not (x or y):
        x = f(y)
    assert x, 'no'
    return not x in (1, 2), x in [1, 2], 2 ** 10, -1, 'a' 'b', {**x, 'k': 1, **y}
