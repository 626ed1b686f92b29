def count(n):
    i = 0
    while i < n:
        i += 1
    return i

def each(it):
    total = 0
    for x in it:
        if x > 10:
            continue
        if x is None:
            break
        total += x
    else:
        total = -1
    return total

def pairs(d):
    for k, v in d.items():
        print(k, v)

def forever(f):
    while True:
        if f():
            return

def fib(n):
    a, b = 0, 1
    while b < n:
        a, b = b, a + b
    return a

def walk(node):
    while node is not None:
        node = node.next
