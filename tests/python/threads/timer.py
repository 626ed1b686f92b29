"""threading.Timer runs its function, or not if it was cancelled."""

import threading

fired = threading.Event()
args = []
timer = threading.Timer(0.01, lambda *a, **k: (args.append((a, k)), fired.set()), [1], {"k": 2})
timer.start()
assert fired.wait(60) and args == [((1,), {"k": 2})]
timer.join()
timer = threading.Timer(3600, fired.clear)
timer.start()
timer.cancel()
timer.join()
assert fired.is_set()
