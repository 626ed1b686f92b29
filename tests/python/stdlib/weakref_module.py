import gc
import weakref


class O:
    def m(self):
        return 5


def drop():
    gc.collect()
    gc.collect()


def made():
    """References to an object that is not held when this returns."""
    o = O()
    called = []
    kept = [
        weakref.ref(o, lambda r: called.append(r)), weakref.ref(o), weakref.WeakMethod(o.m), weakref.WeakSet([o]),
        weakref.WeakValueDictionary(k=o), weakref.WeakKeyDictionary({o: 1}), weakref.proxy(o), weakref.finalize(o, called.append, "final"),
    ]
    assert kept[0]() is o and kept[2]()() == 5 and o in kept[3] and kept[4]["k"] is o and kept[5][o] == 1 and kept[6].m() == 5 and kept[7].alive
    assert weakref.getweakrefcount(o) >= 3 and weakref.ref(o) is kept[1] and hash(kept[1]) == hash(o) and kept[1] == weakref.ref(o)
    assert repr(kept[1]).startswith("<weakref at 0x")
    return kept, called


def overwrite(n):
    return n and overwrite(n - 1)


kept, called = made()
overwrite(50)
drop()
ref, _, method, weak_set, values, keys, proxy, final = kept
assert ref() is None and method() is None and len(weak_set) == len(values) == len(keys) == 0 and not final.alive and "final" in called and ref in called
try:
    proxy.m()
except ReferenceError as error:
    assert str(error) == "weakly-referenced object no longer exists"
else:
    raise AssertionError
try:
    weakref.ref(5)
except TypeError as error:
    assert str(error) == "cannot create weak reference to 'int' object"


# An instance whose attributes went to a dictionary does not keep what they were.
class Plain:
    pass


def replaced():
    o = Plain()
    o.value = Plain()
    ref = weakref.ref(o.value)
    names = o.__dict__
    assert list(names) == ["value"]
    o.value = None
    return o, ref


owner, ref = replaced()
overwrite(50)
gc.collect()
assert owner.value is None and ref() is None
