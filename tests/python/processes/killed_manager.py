# check-leaks
"""A program that is killed: its manager's process ends by itself, and its socket's folder goes with it."""

import os
import shutil
import signal
import subprocess
import sys
import time

PROGRAM = """
import multiprocessing, sys, time

if __name__ == "__main__":
    manager = multiprocessing.get_context(sys.argv[1]).Manager()
    shared = manager.dict(a=1)
    print("ready", manager._process.pid, flush=True)
    time.sleep(3600)
"""


def is_there(pid):
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


folder = os.environ.get("TMPDIR", "/tmp")
path = os.path.join(folder, f"manager-{os.getpid()}.py")
with open(path, "w") as file:
    file.write(PROGRAM)
try:
    for method in ("fork", "spawn", "forkserver"):
        command = [sys.executable, path, method]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        ready, pid = process.stdout.readline().split()
        pid = int(pid)
        assert ready == "ready" and is_there(pid)
        process.kill()
        assert process.wait() == -signal.SIGKILL
        process.stdout.close()
        if sys.implementation.name == "cpython":
            # There it stays until somebody ends it, and the folders of the sockets stay for good.
            os.kill(pid, signal.SIGKILL)
        end = time.monotonic() + 60
        while is_there(pid):
            assert time.monotonic() < end, f"the manager of a killed program goes on ({method})"
            time.sleep(0.05)
finally:
    os.unlink(path)
    if sys.implementation.name == "cpython":
        time.sleep(1)
        for name in os.listdir(folder):
            if name.startswith("pymp-"):
                shutil.rmtree(os.path.join(folder, name))
    else:
        # The fork server and the tracker of resources see a moment later that all is over.
        end = time.monotonic() + 60
        while any(name.startswith("pymp-") for name in os.listdir(folder)):
            assert time.monotonic() < end, "a socket's folder was left"
            time.sleep(0.05)
