"""Allocation: binary trees of small objects, and of tuples."""

import sys


class Node:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right


class Plain:
    def __init__(self, left, right):
        self.left = left
        self.right = right


def make(depth, kind):
    if depth == 0:
        return kind(None, None)
    return kind(make(depth - 1, kind), make(depth - 1, kind))


def check(node):
    if node.left is None:
        return 1
    return 1 + check(node.left) + check(node.right)


def make_tuple(depth):
    return (make_tuple(depth - 1), make_tuple(depth - 1)) if depth else (None, None)


size = int(sys.argv[1]) if len(sys.argv) > 1 else 90
long_lived = make(15, Plain)
for _ in range(size):
    for kind in (Node, Plain):
        for _ in range(8):
            assert check(make(10, kind)) == 2047
    for _ in range(8):
        make_tuple(10)
assert check(long_lived) == 65535
