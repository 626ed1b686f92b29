"""Loops in native code over containers that change: memory safety and the row of each access, no more."""

import functools
import itertools
import json
import operator
from collections import OrderedDict

from _litmus import litmus, main, row

row("loops in native code are one step with the GIL on and many without it")
CHANGED = "RuntimeError: dictionary changed size during iteration"
# What CPython says where the size is as it was at the last look.
KEYS_CHANGED = "RuntimeError: dictionary keys changed during iteration"


@litmus
class sum_of_values:
    def new(): return {k: 1 for k in range(10)}
    def a(d): return sum(d.values())
    def b(d): d[3] = 100
    allowed = {(10, None), (109, None)}


@litmus
class sum_of_values_that_grow:
    def new(): return {k: 1 for k in range(10)}
    def a(d): return sum(d.values())
    def b(d): d["new"] = 1
    allowed = {(10, None), (11, None), (CHANGED, None), (KEYS_CHANGED, None)}
    interesting = {(CHANGED, None), (KEYS_CHANGED, None)}


@litmus
class dict_of_zip:
    def new(): return ["a", "b", "c"], [1, 2, 3]
    def a(s): return sorted(dict(zip(*s)).items())
    def b(s): s[1][:] = [4, 5, 6]
    def allowed(a, b): return [k for k, v in a] == ["a", "b", "c"] and all(v in (i, i + 3) for i, (k, v) in enumerate(a, 1))


@litmus
class list_of_ordered_dict:
    def new(): return OrderedDict.fromkeys("abc")
    def a(d): return list(d)
    def b(d): d.move_to_end("a")
    c = lambda d: d.pop("b")
    def allowed(a, b, c): return isinstance(a, str) or set(a) <= set("abc")


@litmus
class reduce_over_a_list:
    def new(): return [1, 2, 4]
    def a(s): return functools.reduce(operator.add, s)
    def b(s): s.append(8)
    def c(s): s.pop(0)
    def allowed(a, b, c): return 0 < a <= 19


@litmus
class join:
    def new(): return ["a", "b", "c"]
    def a(s): return "-".join(s)
    def b(s): s[1] = "x"
    allowed = {("a-b-c", None), ("a-x-c", None)}


@litmus
class join_while_it_empties:
    def new(): return ["a", "b", "c"]
    def a(s): return "".join(s)
    def b(s): s.clear()
    def allowed(a, b): return "abc".startswith(a)


@litmus
class chain_of_both:
    def new(): return [1, 2], {3: 4}
    def a(s): return list(itertools.chain(*s))
    def b(s): s[0].append(9)
    def c(s): s[1][5] = 6
    def allowed(a, b, c): return a in (CHANGED, KEYS_CHANGED) or a[:2] == (1, 2) and set(a) <= {1, 2, 3, 5, 9}


@litmus
class repr_of_what_changes:
    def new(): return {"k": [1, 2]}
    def a(d): return repr(d)
    def b(d): d["k"].append(3)
    def c(d): d["k"] = []
    allowed = {(r, b, None) for b in [None] for r in ("{'k': [1, 2]}", "{'k': [1, 2, 3]}", "{'k': []}", "{'k': [3]}")}


@litmus
class sorted_while_it_changes:
    def new(): return [3, 1, 2]
    def a(s): return sorted(s)
    def b(s): s.append(0)
    allowed = {((1, 2, 3), None), ((0, 1, 2, 3), None)}


@litmus
class dumps:
    def new(): return {"a": [1], "b": 2}
    def a(d): return json.dumps(d)
    def b(d): d["a"].append(2)
    def c(d): d["b"] = 3
    def allowed(a, b, c): return a in {json.dumps({"a": x, "b": y}) for x in ([1], [1, 2]) for y in (2, 3)}


@litmus
class call_with_what_changes:
    def new(): return [1, 2], {"k": 3}
    def a(s): return (lambda *a, **k: (a, sorted(k)))(*s[0], **s[1])
    def b(s): s[0].append(9)
    def c(s): s[1]["n"] = 4
    allowed = {((a, k), None, None) for a in ((1, 2), (1, 2, 9)) for k in (("k",), ("k", "n"))}


@litmus
class unpack:
    def new(): return [1, 2]
    def a(s): x, y = s; return x, y
    def b(s): s.append(3)
    allowed = {((1, 2), None), ("ValueError: too many values to unpack (expected 2, got 3)", None)}


if __name__ == "__main__":
    main()
