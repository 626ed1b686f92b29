"""All four at once: each line is there once and whole, in whatever order."""

import io
import sys
from threading import Thread


def thread_func(n):
    print(f"I'm thread number {n}!")


out, sys.stdout = sys.stdout, io.StringIO()
threads = [Thread(target=thread_func, args=[i]) for i in range(4)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
text, sys.stdout = sys.stdout.getvalue(), out
# `print` writes the text and the newline in two steps.
assert sorted(text.replace("\n", "").split("I'm")[1:]) == [f" thread number {i}!" for i in range(4)], text
assert text.count("\n") == 4
print("fine")
