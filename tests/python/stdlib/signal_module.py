import os
import signal

got = []
old = signal.signal(signal.SIGUSR1, lambda n, f: got.append((n, f is not None)))
assert old == signal.SIG_DFL
os.kill(os.getpid(), signal.SIGUSR1)
signal.raise_signal(signal.SIGUSR1)
assert got == [(signal.SIGUSR1, True)] * 2 and signal.Signals(2) is signal.SIGINT and signal.strsignal(15) == "Terminated" and callable(signal.getsignal(signal.SIGUSR1))
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
os.kill(os.getpid(), signal.SIGUSR1)
assert len(got) == 2 and signal.SIGUSR1 in signal.sigpending()
signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGUSR1])
assert len(got) == 3
signal.signal(signal.SIGALRM, lambda n, f: got.append("alarm"))
signal.setitimer(signal.ITIMER_REAL, 0.01)
while got[-1] != "alarm":
    pass
r, w = os.pipe()
os.set_blocking(w, False)
signal.set_wakeup_fd(w)
signal.raise_signal(signal.SIGUSR1)
assert os.read(r, 1) == bytes([signal.SIGUSR1])
signal.set_wakeup_fd(-1)


def raises(n, f):
    raise KeyError("from handler")


signal.signal(signal.SIGUSR1, raises)
try:
    signal.raise_signal(signal.SIGUSR1)
except KeyError:
    pass
else:
    raise AssertionError
for f in (lambda: signal.signal(signal.SIGKILL, raises), lambda: signal.signal(1000, raises), lambda: signal.signal(signal.SIGUSR1, 5.5)):
    try:
        f()
    except (OSError, ValueError, TypeError):
        pass
    else:
        raise AssertionError
signal.signal(signal.SIGUSR1, signal.SIG_IGN)
signal.raise_signal(signal.SIGUSR1)
