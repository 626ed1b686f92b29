# check-leaks
"""A parent that is killed: queues, pools and shared memory of it leave nothing behind."""

import os
import shutil
import signal
import subprocess
import sys

PROGRAM = """
import multiprocessing, sys, time
from multiprocessing import shared_memory

def waits(q):
    q.get()

if __name__ == "__main__":
    context = multiprocessing.get_context(sys.argv[1])
    q = context.Queue()
    lock = context.Lock()
    block = shared_memory.SharedMemory(create=True, size=1000)
    processes = [context.Process(target=waits, args=(q,)) for _ in range(2)]
    for process in processes:
        process.start()
    print("ready", *[process.pid for process in processes], flush=True)
    time.sleep(3600)
"""
path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"killed-{os.getpid()}.py")
with open(path, "w") as file:
    file.write(PROGRAM)
try:
    for method in ("spawn", "forkserver"):
        process = subprocess.Popen([sys.executable, path, method], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        words = process.stdout.readline().split()
        assert words[0] == "ready"
        process.kill()
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        # The workers wait for a queue whose other end they hold themselves; they are ended as any program would.
        for pid in words[1:]:
            try:
                os.kill(int(pid), signal.SIGTERM)
            except ProcessLookupError:
                pass
finally:
    os.unlink(path)
    if sys.implementation.name == "cpython":
        # It leaves the folder of its fork server's socket.
        for name in os.listdir(os.path.dirname(path)):
            if name.startswith("pymp-"):
                shutil.rmtree(os.path.join(os.path.dirname(path), name))
