"""Allocation: each thread makes trees of its own."""

from _work import main


class Node:
    def __init__(self, left, right):
        self.left = left
        self.right = right


def make(depth):
    return Node(make(depth - 1), make(depth - 1)) if depth else Node(None, None)


def work(size, thread):
    kept = make(12)
    for _ in range(size):
        make(10)
        [(i, [i]) for i in range(1000)]


main(work, 2000)
