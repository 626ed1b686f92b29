n, total = 0, 0
while n < 1000:
    total += n
    n += 1
assert total == 499500 and n == 1000
assert 7 // 2 == 3 and -7 // 2 == -4 and -7 % 3 == 2 and 7 % -3 == -2
assert 1 / 4 == 0.25 and 2 ** 10 == 1024 and 1 << 70 == 2 ** 70
assert 4611686018427387904 - 1 == 4611686018427387903
assert 10 ** 20 // 10 ** 10 == 10 ** 10
assert 0.1 + 0.2 != 0.3 and 1.5 % 1 == 0.5 and -1.5 // 1 == -2.0
assert 1 < 2 <= 2 < 3 and not 1 > 2 and (3 > 2) is True
nan = float("nan")
assert not nan < 1 and not nan >= 1 and nan != nan
s = 0
for i in range(10):
    if i == 7:
        break
    if i % 2:
        continue
    s += i
else:
    s = -1
assert s == 12
