def add(a, b=10, *args, c, d=4, **kwargs):
    return a, b, args, c, d, kwargs


print(add(1, c=3))
print(add(1, 2, 3, 4, c=5, e=6))
args = [1, 2]
print(add(*args, c=1, **{"f": 2}))


def nothing():
    pass


print(nothing())


def only(a, /, b, *, c):
    return a + b + c


print(only(1, b=2, c=3))
print((lambda x, y=2: x * y)(5))
for call in (lambda: only(a=1, b=2, c=3), lambda: only(1), lambda: add(), lambda: nothing(1)):
    try:
        call()
    except TypeError as error:
        print(error)
