"""Importing: each thread imports modules of its own from a folder, with their bytecode on disk, again and again."""

import importlib
import os
import sys
import tempfile

from _work import main

MODULES = 40
TEXT = """
import sys

class Base:
    def method(self, x, y=1):
        return x + y

def function(a, b, *rest, key=None):
    return [a, b, *rest, key]

TABLE = {name: index for index, name in enumerate(dir(Base))}
"""

folder = tempfile.TemporaryDirectory()
sys.path.insert(0, folder.name)
for thread in range(8):
    for n in range(MODULES):
        with open(os.path.join(folder.name, f"bench_{thread}_{n}.py"), "w") as f:
            f.write(TEXT)
importlib.invalidate_caches()


def work(size, thread):
    for _ in range(size):
        for n in range(MODULES):
            name = f"bench_{thread}_{n}"
            sys.modules.pop(name, None)
            assert importlib.import_module(name).function(1, 2) == [1, 2, None]


main(work, 20)
folder.cleanup()
