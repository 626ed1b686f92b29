"""Objects of all sizes made in several threads, with collections in between: none is lost or mixed up."""

import gc

from _stress import rounds, together

N = rounds(40)


class Node:
    def __init__(self, left, right, tag):
        self.left, self.right, self.tag = left, right, tag


def tree(depth, tag):
    return Node(tree(depth - 1, tag), tree(depth - 1, tag), tag) if depth else Node(None, None, tag)


def check(node, tag):
    count = 0
    stack = [node]
    while stack:
        node = stack.pop()
        assert node.tag is tag
        count += 1
        if node.left is not None:
            stack += (node.left, node.right)
    return count


def work(t):
    tag = ("tag", t)

    def run():
        kept = tree(8, tag)
        for i in range(N):
            assert check(tree(7, tag), tag) == 255
            sizes = [bytes([t]) * size for size in (0, 1, 7, 8, 63, 64, 1000, 8192, 100_000)]
            assert all(set(b) <= {t} for b in sizes)
            texts = {str(n) * t: [n, (n,), {n: n}] for n in range(50)}
            assert all(value[0] == value[1][0] == value[2][value[0]] for value in texts.values())
            if i % 10 == t:
                gc.collect()
        assert check(kept, tag) == 511
    return run


together(*(work(t) for t in range(1, 4)))
