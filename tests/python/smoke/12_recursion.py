def fib(n):
    return n if n < 2 else fib(n - 1) + fib(n - 2)


def factorial(n):
    return 1 if n == 0 else n * factorial(n - 1)


print(fib(15))
print(factorial(30))


def forever():
    return forever()


try:
    forever()
except RecursionError as error:
    print(type(error).__name__, error)
