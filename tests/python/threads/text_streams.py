# taipan-only
"""Row: io objects: each call is atomic; lines of a text file go to one caller each."""

import io
import os

from _stress import rounds, together

N = rounds(3000)
path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"text-{os.getpid()}")


def written(k):
    return [f"{k}:{i}:{'é' * (i % 7)}\n" for i in range(N)]


def writer(f, k):
    def run():
        for line in written(k):
            f.write(line)
    return run


def reader(f, lines, iterate):
    def run():
        if iterate:
            lines.extend(f)
        else:
            while line := f.readline():
                lines.append(line)
    return run


def check(read):
    lines = [[] for _ in range(4)]
    together(*(reader(read, lines[k], k % 2) for k in range(4)))
    assert sorted(sum(lines, [])) == sorted(sum(map(written, range(4)), [])), "a line was lost, torn or given twice"


try:
    for encoding in ["utf-8", "cp1252", "utf-16"]:
        with open(path, "w", encoding=encoding) as f:
            together(*(writer(f, k) for k in range(4)))
        with open(path, encoding=encoding) as f:
            check(f)
finally:
    os.unlink(path)

f = io.StringIO()
together(*(writer(f, k) for k in range(4)))
f.seek(0)
check(f)

# All methods at once: positions may make no sense, but nothing is torn and nothing crashes.
f = io.TextIOWrapper(io.BufferedRandom(io.BytesIO(b"abc\n" * 1000)), encoding="utf-8")
calls = [
    lambda: f.write("xyz\n"), f.readline, lambda: f.read(3), lambda: f.seek(0), f.tell, f.flush,
    lambda: repr(f), lambda: f.newlines, lambda: next(f, None), lambda: f.reconfigure(line_buffering=True),
]


def hammer(first):
    def run():
        for i in range(N):
            try:
                calls[(first + i * 7) % len(calls)]()
            except OSError:
                pass
    return run


together(*(hammer(k) for k in range(4)))
