# Calls on one buffered stream are atomic, whichever threads they come from.
import os
import tempfile
import threading

fd, p = tempfile.mkstemp()
os.close(fd)
N = 8
EACH = 2000


def together(work):
    threads = [threading.Thread(target=work, args=(k,)) for k in range(N)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()


f = open(p, "wb", buffering=1000)


def write(k):
    for i in range(EACH):
        f.write(b"%d:%06d\n" % (k, i))


together(write)
f.close()
lines = open(p, "rb").read().splitlines(True)
assert len(lines) == len(set(lines)) == N * EACH
for k in range(N):
    own = [line for line in lines if line.startswith(b"%d:" % k)]
    assert own == sorted(own)

f = open(p, "rb", buffering=500)
got = [[] for _ in range(N)]
together(lambda k: got[k].extend(iter(f.readline, b"")))
assert sorted(line for part in got for line in part) == sorted(lines)
f.close()
os.unlink(p)
print("ok")
