"""heapq: one list as the heap of many threads keeps its order and its items."""

import heapq
import itertools

import _stress

N = _stress.rounds(200)
THREADS = 4
fresh = itertools.count()


def in_order(heap, less):
    return not any(less(heap[i], heap[(i - 1) // 2]) for i in range(1, len(heap)))


def smaller(a, b):
    return a < b


def larger(a, b):
    return b < a


def together(work):
    _stress.together(*[lambda n=n: work(n) for n in range(THREADS)])


def number(n, i):
    return (i * 7919 + n) % 10007


def text(n, i):
    return str(number(n, i))


def entry(n, i):
    # As priority queues have them; what cannot be compared is never reached.
    return (number(n, i) % 50, next(fresh), object())


def fraction(n, i):
    return (number(n, i) % 50 / 8, "é" * (i % 3), next(fresh))


for item in number, text, entry, fraction:
    for push, pop, replace, pushpop, heapify, less in (
        (heapq.heappush, heapq.heappop, heapq.heapreplace, heapq.heappushpop, heapq.heapify, smaller),
        (heapq.heappush_max, heapq.heappop_max, heapq.heapreplace_max, heapq.heappushpop_max, heapq.heapify_max, larger),
    ):
        heap = []
        together(lambda n: [push(heap, item(n, i)) for i in range(N)])
        assert len(heap) == N * THREADS and in_order(heap, less)

        together(lambda n: [replace(heap, item(n, i)) for i in range(N)])
        assert len(heap) == N * THREADS and in_order(heap, less)

        def push_and_pop(n):
            for i in range(N):
                new = item(n, i)
                got = pushpop(heap, new)
                assert got is new or not less(new, got)

        together(push_and_pop)
        assert len(heap) == N * THREADS and in_order(heap, less)

        heap.reverse()
        together(lambda n: heapify(heap))
        assert in_order(heap, less)

        def pops(n):
            mine = [pop(heap) for _ in range(N)]
            assert not any(less(b, a) for a, b in zip(mine, mine[1:]))

        together(pops)
        assert heap == []

# Numbers that are none are never less; tuples then look no further.
nan = float("nan")
for a, b in ((nan, 1), (1, 2)), ((0.5, 1), (nan, 2)), ((nan, 1), (nan, 2)), ((1.5, 1), (1.5, 2)), ((1,), (1, 2)), ((), (1,)):
    for x, y in (a, b), (b, a):
        heap = [x]
        heapq.heappush(heap, y)
        assert heap[0] is (y if y < x else x), (x, y)
        assert sorted([x, y])[0] is (y if y < x else x)

# Comparisons that are Python's change the list under the function.
class Growing:
    def __init__(self, heap):
        self.heap = heap

    def __lt__(self, other):
        self.heap.append(1)
        return True


heap = []
heap.append(Growing(heap))
try:
    heapq.heappush(heap, Growing(heap))
except RuntimeError as e:
    assert str(e) == "list changed size during iteration"
else:
    raise AssertionError("nothing said")
