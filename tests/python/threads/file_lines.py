# taipan-only
"""Row: file lines go to one caller each (CPython promises less of a text file without its lock)."""

import os

from _stress import rounds, together

N = rounds(5000)
path = os.path.join(os.environ["TMPDIR"], "lines")
with open(path, "w") as file:
    file.writelines(f"line {i}\n" for i in range(N))


def drain(file):
    return lambda: list(file)


for mode in ("r", "rb"):
    with open(path, mode) as file:
        lines = [line for part in together(drain(file), drain(file), drain(file)) for line in part]
    assert len(lines) == N and len(set(lines)) == N
os.unlink(path)
