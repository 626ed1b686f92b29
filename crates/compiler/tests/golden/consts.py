def f(xs, d):
    s = 0.5
    for x in xs:
        s = s * 2.0 + x ** 0.5
        if x == 'stop' or d['key'] is None:
            break
        while s < 100000:
            s += 1.5
        print(x, None, 'text')
    return [v / 3.0 for v in xs if v in {1, 2}]
