# stdin: first\nsecond\n3\n
print(input("prompt "), input(), int(input()) + 1)
try:
    input()
except EOFError as error:
    print(error)
