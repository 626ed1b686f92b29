"""Row: one iterator used by several threads: never a crash, never an invented item."""

import itertools
import os

from _stress import rounds, together

N = rounds(500)


def drain(iterator):
    def run():
        got = []
        for item in iterator:
            got.append(item)
        return got
    return run


def all_of(results):
    return [item for part in results for item in part]


data = list(range(N))
for make in (
    lambda: iter(data), lambda: iter(tuple(data)), lambda: iter(range(N)), lambda: iter(dict.fromkeys(data)),
    lambda: iter(set(data)), lambda: reversed(data), lambda: map(int, data), lambda: filter(lambda x: True, data),
    lambda: itertools.chain(data), lambda: itertools.islice(data, N), lambda: itertools.compress(data, itertools.repeat(1)),
    lambda: itertools.takewhile(lambda x: True, data), lambda: itertools.accumulate(data, lambda a, b: b),
):
    iterator = make()
    got = all_of(together(drain(iterator), drain(iterator), drain(iterator)))
    assert set(got) <= set(data)

for make, known in (
    (lambda: zip(data, data), lambda item: set(item) <= set(range(N))),
    # An item that two threads get counts twice.
    (lambda: enumerate(data), lambda item: 0 <= item[0] < 2 * N and 0 <= item[1] < N),
    (lambda: itertools.pairwise(data), lambda item: len(item) == 2),
    (lambda: itertools.batched(data, 3), lambda item: 1 <= len(item) <= 3),
    (lambda: itertools.combinations(range(30), 2), lambda item: len(item) == 2),
    (lambda: itertools.product(range(40), "abc"), lambda item: item[1] in "abc"),
):
    iterator = make()
    for item in all_of(together(drain(iterator), drain(iterator))):
        assert type(item) is tuple and (len(item) != 2 or known(item)), item

# count gives each number to one caller.
counter = itertools.count()
got = all_of(together(*[lambda: [next(counter) for _ in range(N)]] * 4))
assert sorted(got) == list(range(4 * N))

# Lines of a file go to one caller each.
path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"lines-{os.getpid()}")
with open(path, "w") as file:
    file.writelines(f"line {i}\n" for i in range(N))
try:
    with open(path, "rb") as file:
        lines = all_of(together(drain(file), drain(file), drain(file)))
    assert set(lines) == {b"line %d\n" % i for i in range(N)}
finally:
    os.unlink(path)
