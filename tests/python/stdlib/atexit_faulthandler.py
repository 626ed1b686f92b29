# expect-exit: -11
import atexit
import faulthandler
import os
import signal
import sys

order = []
atexit.register(order.append, 1)
f = atexit.register(order.append, 2)
atexit.unregister(order.append)
assert atexit._ncallbacks() == 0 and f == order.append
faulthandler.enable()
assert faulthandler.is_enabled()
path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"fault-{os.getpid()}")
with open(path, "w+") as file:
    faulthandler.dump_traceback(file)
    faulthandler.register(signal.SIGUSR1, file)
    signal.raise_signal(signal.SIGUSR1)
    faulthandler.unregister(signal.SIGUSR1)
    faulthandler.dump_traceback_later(0.001, file=file)
    while "Timeout" not in open(path).read():
        pass
    faulthandler.cancel_dump_traceback_later()
text = open(path).read()
os.unlink(path)
assert text.count("most recent call first") >= 3 and "<module>" in text
print("before the fault", flush=True)
signal.raise_signal(signal.SIGSEGV)
