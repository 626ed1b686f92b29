import gc


class O:
    def __init__(self):
        self.me = self

    def __del__(self):
        finalised.append(1)


finalised = []


def make():
    O()
    return [[]]


def overwrite(n):
    return n and overwrite(n - 1)


kept = make()
overwrite(50)
gc.collect()
gc.collect()
assert finalised == [1] and isinstance(gc.collect(), int) and gc.isenabled() and len(gc.get_threshold()) == 3 and len(gc.get_count()) == 3
gc.disable()
assert not gc.isenabled()
gc.enable()
assert kept in gc.get_referrers(kept[0]) and kept[0] in gc.get_referents(kept) and any(x is kept for x in gc.get_objects()) and gc.is_tracked([]) and not gc.is_tracked(5)
events = []
gc.callbacks.append(lambda phase, info: events.append((phase, sorted(info))))
gc.collect()
gc.callbacks.clear()
assert [phase for phase, _ in events] == ["start", "stop"] and {"collected", "generation", "uncollectable"} <= set(events[1][1])
assert len(gc.get_stats()) == 3 and "collections" in gc.get_stats()[0] and gc.garbage == []
gc.freeze()
assert gc.get_freeze_count() >= 0
gc.unfreeze()
gc.set_threshold(1000, 5, 5)
assert gc.get_threshold()[0] == 1000
for _ in range(5):
    [[] for _ in range(100_000)]

# Long lists and dicts, within each other too: all that they hold lives, and no more.
long = [[i, [i]] for i in range(100_000)]
table = {i: (i, [i]) for i in range(50_000)}
within = [[[i] for i in range(20_000)] for _ in range(6)] + [table]
gc.collect()
churn = [bytearray(50) for _ in range(200_000)]
gc.collect()
assert all(x == [i, [i]] for i, x in enumerate(long))
assert all(table[i] == (i, [i]) for i in range(50_000))
assert all(x == [i] for part in within[:6] for i, x in enumerate(part))

# The memory of the process, told on standard error.
import subprocess
import sys

told = subprocess.run([sys.executable, "-c", "import sys; sys._debugmallocstats()"], capture_output=True, text=True)
assert told.returncode == 0 and told.stdout == "" and any(c.isdigit() for c in told.stderr), told
