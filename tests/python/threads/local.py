"""threading.local: one set of attributes a thread."""

import threading

data = threading.local()
data.x = "main"
seen = {}


def work(name):
    seen[name, "before"] = hasattr(data, "x")
    data.x = name
    seen[name] = (data.x, dict(data.__dict__))


threads = [threading.Thread(target=work, args=[n]) for n in "abc"]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
assert data.x == "main"
for name in "abc":
    assert seen[name, "before"] is False and seen[name] == (name, {"x": name})


class Local(threading.local):
    kind = "class attribute"

    def __init__(self, start):
        self.made = [start]

    def add(self, x):
        self.made.append(x)
        return self.made


local = Local(1)
assert local.add(2) == [1, 2] and local.kind == "class attribute"
results = []
thread = threading.Thread(target=lambda: results.append(local.add(3)))
thread.start()
thread.join()
assert results == [[1, 3]] and local.made == [1, 2]
try:
    local.nothing
except AttributeError as error:
    assert str(error) == "'Local' object has no attribute 'nothing'"
try:
    threading.local(1)
except TypeError as error:
    assert str(error) == "Initialization arguments are not supported"
del local.made
assert not hasattr(local, "made")

# Values of a thread that has ended are let go.
import gc
import weakref


class Value:
    pass


refs = []


def hold():
    data.value = Value()
    refs.append(weakref.ref(data.value))


thread = threading.Thread(target=hold)
thread.start()
thread.join()
del thread
gc.collect()
gc.collect()
assert refs[0]() is None
