"""Private computing: integers and floats in local variables."""

from _work import main


def work(size, thread):
    for _ in range(size):
        total, x = 0, 0.5
        for i in range(100_000):
            total += i * i % 7
            x = x * 1.0000001 + 0.25
        assert total > 0 and x > 0


main(work, 60)
