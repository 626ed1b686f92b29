"""Making an interpreter, running a line in it and closing it."""

import time

import _interpreters

N = 30


def one():
    number = _interpreters.create()
    _interpreters.exec(number, "x = 1")
    _interpreters.destroy(number)


one()
start = time.perf_counter()
for _ in range(N):
    one()
print(f"seconds {time.perf_counter() - start:.6f} work {N}")
