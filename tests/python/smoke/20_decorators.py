def loud(f):
    def wrapper(*args):
        print("call", f.__name__, args)
        return f(*args)

    return wrapper


@loud
def add(a, b):
    return a + b


print(add(1, 2))


class C:
    @staticmethod
    def s(x):
        return x

    @classmethod
    def c(cls):
        return cls.__name__

    @property
    def p(self):
        return "got"

    @p.setter
    def p(self, value):
        print("set", value)


print(C.s(1), C().s(2), C.c(), C().c(), C().p)
o = C()
o.p = 5
try:
    o.p2
    del o.p
except AttributeError as error:
    print(error)
