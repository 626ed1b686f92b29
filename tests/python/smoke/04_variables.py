a = 1
b = a
a = 2
print(a, b)
x = y = 5
print(x, y)
p, q = 1, 2
p, q = q, p
print(p, q)
first, *rest = [1, 2, 3]
print(first, rest)
(m, n), o = (1, 2), 3
print(m, n, o)
n += 10
n -= 1
n *= 2
print(n)
del n
try:
    n
except NameError as error:
    print(error)
