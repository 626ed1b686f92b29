"""Row: a weak reference gives the object or None; a finaliser runs once."""

import gc
import weakref

from _stress import rounds, together, while_others_run

N = rounds(400)


class Object:
    def __init__(self, n):
        self.n = n
        self.also = n


holder = {}


def make():
    for i in range(N):
        o = Object(i)
        holder["ref"] = weakref.ref(o)
        holder["strong"] = o
        if i % 50 == 0:
            gc.collect()


def follow():
    ref = holder.get("ref")
    o = ref and ref()
    if o is not None:
        assert o.n == o.also


while_others_run(make, follow, follow)

# Dictionaries of weak values and keys.
values = weakref.WeakValueDictionary()
keys = weakref.WeakKeyDictionary()


def fill(t):
    def run():
        keep = []
        for i in range(N):
            o = Object(i)
            values[t, i % 20] = o
            keys[o] = i
            keep.append(o)
            if len(keep) > 10:
                keep.clear()
            found = values.get((t, i % 20))
            assert found is None or found.n % 20 == i % 20
            for o in list(keys):
                assert o.n == o.also
        gc.collect()
    return run


together(fill(0), fill(1))
gc.collect()

# Finalisers: each once, with its object whole.
finalised = []


class Final:
    def __init__(self, name):
        self.name = name
        self.cycle = self

    def __del__(self):
        assert self.cycle is self
        finalised.append(self.name)


def drop(t):
    def run():
        for i in range(N):
            Final((t, i))
            if i % 100 == 99:
                gc.collect()
    return run


together(drop(0), drop(1))
for _ in range(3):
    gc.collect()
assert len(finalised) == len(set(finalised)), "finalised twice"
assert len(finalised) >= 2 * N - 20, len(finalised)

# Callbacks: once, after the object is gone.
called = []


def callbacks():
    refs = []
    for i in range(N):
        o = Final(("callback", i))
        refs.append(weakref.ref(o, lambda ref: called.append(ref())))
    del o
    gc.collect()
    return refs


a, b = together(callbacks, callbacks)
gc.collect()
assert set(called) <= {None} and len(called) <= 2 * N and len(called) >= 2 * N - 20

# A finaliser that gives its object a new life runs once all the same.
back = []


class Returns:
    count = 0

    def __init__(self):
        self.cycle = self

    def __del__(self):
        Returns.count += 1
        back.append(self)


Returns()
# Stacks are scanned conservatively: a stale word may keep the object for one collection.
for _ in range(3):
    gc.collect()
assert Returns.count == 1 and len(back) == 1
back.clear()
gc.collect()
assert Returns.count == 1
