def f(x):
    try:
        if x == 0:
            raise ValueError("zero")
        if x == 1:
            return "returned"
        return 10 // (x - 2)
    except ValueError as error:
        print("caught", error, error.args)
        return "value"
    except (ZeroDivisionError, TypeError) as error:
        print(type(error).__name__, error)
    else:
        print("else")
    finally:
        print("finally", x)


print(f(0), f(1), f(2), f("x"))


class MyError(Exception):
    pass


try:
    try:
        raise MyError("inner", 1)
    except MyError:
        raise KeyError("outer")
except KeyError as error:
    print(repr(error), repr(error.__context__))
try:
    raise MyError from None
except Exception as error:
    print(repr(error), error.__cause__)
try:
    assert 1 == 2, "message"
except AssertionError as error:
    print("assertion", error)
try:
    [][1]
except IndexError as error:
    print(error)
for bad in (lambda: 1 / 0, lambda: int("x"), lambda: 1 + "a", lambda: {}[1], lambda: None.x):
    try:
        bad()
    except Exception as error:
        print(type(error).__name__, error)
