"""Functions of the library are made ready when they are first called or looked into: by several threads at once, they are
made once."""

import importlib
import types

from _stress import together

NAMES = "textwrap shlex csv calendar difflib fractions statistics colorsys html.parser configparser pprint string cmd".split()


def functions(name):
    found = []
    for value in vars(importlib.import_module(name)).values():
        members = vars(value).values() if isinstance(value, type) else [value]
        found += [f for f in members if isinstance(f, types.FunctionType)]
    return found


for name in NAMES:
    all_functions = functions(name)
    assert all_functions, name
    seen = []

    def look():
        mine = []
        for f in all_functions:
            code = f.__code__
            mine.append((
                f.__doc__, code.co_consts, code.co_names, code.co_varnames, f.__qualname__,
                [id(c) for c in code.co_consts if isinstance(c, types.CodeType)], id(f.__doc__),
            ))
        seen.append(mine)

    together(look, look, look, look)
    assert len(seen) == 4 and all(mine == seen[0] for mine in seen), name

import textwrap
import shlex

out = []
together(*[lambda: out.append((textwrap.fill("a b c d", 3), shlex.split("a 'b c'")))] * 4)
assert out == [("a b\nc d", ["a", "b c"])] * 4, out
