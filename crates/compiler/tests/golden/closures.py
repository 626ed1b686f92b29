def outer(a, b=1, *args, c=2, **kw):
    def inner():
        nonlocal b
        b = a
        return b
    del b
    return inner, [x for x in args], [lambda: y for y in args]

class C(Base, metaclass=M):
    """Doc."""
    x: int = 1
    def __init__(self):
        super().__init__()
        self.y = self.x + 1
    @property
    def z(self):
        return __class__

def unbound(flag):
    if flag:
        v = 1
    print(v)
    v = 2
    print(v)

def calls(f, a, k):
    f(a, 1, k=2)
    f(*a, **k)
    f.m(g(a), h.n(1))
    return f'{a!r:>10} and {k}'
