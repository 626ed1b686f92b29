i = 0
while i < 5:
    i += 1
    if i == 2:
        continue
    if i == 4:
        break
    print(i)
else:
    print("not reached")
while i < 6:
    i += 1
else:
    print("else of while")
for x in range(3):
    print(x, end=" ")
else:
    print("else of for")
for x in [10, 20], (30, 40):
    for y in x:
        if y == 40:
            break
        print(y)
if i > 100:
    print("big")
elif i > 5:
    print("middle")
else:
    print("small")
total = 0
for n in range(1, 101):
    total += n
print(total)
for a, b in [(1, 2), (3, 4)]:
    print(a * b)
