"""Weak references, finalisers: the object or None, never a dying object; a finaliser runs once."""

import gc
import weakref

from _litmus import litmus, main, row

row("weakref call: a weak reference gives the object or None, never a dying object")


class Thing:
    def __init__(self): self.whole = [1, 2, 3]


class Holder:
    """Holds a thing until it is told not to."""

    def __init__(self):
        self.thing = Thing()
        self.ref = weakref.ref(self.thing)


def look(h):
    thing = h.ref()
    return thing and tuple(thing.whole)


WHOLE = 1, 2, 3


@litmus(tries=0.3)
class call_while_it_dies:
    def new(): return Holder()
    def a(h): h.thing = None; return gc.collect(0) >= 0
    def b(h): return look(h), look(h)
    allowed = {(True, b) for b in [(WHOLE, WHOLE), (WHOLE, None), (None, None)]}


@litmus(tries=0.3)
class two_look:
    def new(): return Holder()
    def a(h): h.thing = None; return gc.collect(0) >= 0
    def b(h): return look(h)
    def c(h): return look(h)
    allowed = {(True, b, c) for b in (WHOLE, None) for c in (WHOLE, None)}


@litmus
class one_reference_object:
    """References without a callback to one object are one."""
    def new(): return Thing()
    def a(t): return weakref.ref(t)() is t
    def b(t): return weakref.ref(t)() is t
    def end(t): return weakref.getweakrefcount(t) <= 1
    allowed = {(True, True, True)}


row("WeakValueDictionary: gives the object or nothing")


@litmus(tries=0.3)
class weak_value_dictionary:
    def new():
        d = weakref.WeakValueDictionary()
        holder = [Thing()]
        d["k"] = holder[0]
        return d, holder
    def a(s): s[1].clear(); return gc.collect(0) >= 0
    def b(s):
        thing = s[0].get("k")
        return thing and tuple(thing.whole)
    def c(s):
        kept = Thing()
        got = s[0].setdefault("k", kept)
        return tuple(got.whole), s[0]["k"] is got
    def end(s): return all(thing is not None for thing in s[0].values())
    allowed = {(True, b, (WHOLE, True), True) for b in (WHOLE, None)}


@litmus(tries=0.3)
class weak_value_setdefault:
    def new(): return weakref.WeakValueDictionary(), [Thing(), Thing()]
    def a(s): return s[1].index(s[0].setdefault("k", s[1][0]))
    def b(s): return s[1].index(s[0].setdefault("k", s[1][1]))
    def end(s): return s[1].index(s[0]["k"])
    # `setdefault` of this class is Python code, a look and a store: both may win, one is there in the end.
    allowed = {(0, 0, 0), (1, 1, 1), (0, 1, 0), (0, 1, 1)}
    interesting = {(0, 1, 0), (0, 1, 1)}


@litmus(tries=0.3)
class weak_set:
    def new(): return weakref.WeakSet(), [Thing(), Thing()]
    def a(s): s[0].add(s[1][0])
    def b(s): s[0].add(s[1][1])
    def end(s): return len(s[0])
    allowed = {(None, None, 2)}


row("__del__ runs once, at a safepoint, on some thread")


class Counted:
    def __init__(self, counts): self.counts = counts
    def __del__(self): self.counts.append("deleted")


@litmus(tries=0.2)
class finaliser_runs_once:
    def new():
        counts = []
        return [Counted(counts)], counts
    def a(s): s[0].clear(); return gc.collect(0) >= 0
    def b(s): return gc.collect(0) >= 0
    def end(s): return len(s[1]) <= 1
    allowed = {(True, True, True)}


@litmus(tries=0.2)
class resurrected_once:
    def new():
        class Again:
            def __del__(self): back.append(self)
        back = []
        return [Again()], back
    def a(s): s[0].clear(); return gc.collect(0) >= 0
    def b(s): s[1].clear(); return gc.collect(0) >= 0
    def end(s): return len(s[1]) <= 1
    allowed = {(True, True, True)}


row("callbacks: called once, with the dead reference")


@litmus(tries=0.2)
class callback_runs_once:
    def new():
        calls = []
        holder = [Thing()]
        ref = weakref.ref(holder[0], lambda r: calls.append(r()))
        return holder, calls, ref
    def a(s): s[0].clear(); return gc.collect(0) >= 0
    def b(s): return s[2]() is None or tuple(s[2]().whole if s[2]() else WHOLE) == WHOLE
    def end(s): return s[1] in ([], [None])
    allowed = {(True, True, True)}


@litmus(tries=0.3)
class finalize_runs_once:
    def new():
        calls = []
        thing = Thing()
        return thing, weakref.finalize(thing, calls.append, 1), calls
    def a(s): s[1]()
    def b(s): s[1]()
    def c(s): return s[1].detach() is not None
    def end(s): return len(s[2])
    allowed = {(None, None, True, 0), (None, None, False, 1)}


if __name__ == "__main__":
    main()
