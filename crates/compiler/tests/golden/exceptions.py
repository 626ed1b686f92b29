def f(x):
    try:
        g(x)
    except ValueError as e:
        return e
    except (A, B):
        pass
    else:
        h()
    finally:
        done()
    return x

def w(p):
    with open(p) as f:
        return f.read()

def star():
    try:
        a()
    except* ValueError as e:
        print(e)
