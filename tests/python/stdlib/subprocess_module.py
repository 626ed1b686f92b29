import os
import signal
import subprocess
import sys

assert subprocess.run(["echo", "a b"], capture_output=True, text=True).stdout == "a b\n" and subprocess.run("exit 3", shell=True).returncode == 3 and subprocess.call(["false"]) == 1
assert subprocess.check_output(["cat"], input=b"in") == b"in" and subprocess.run(["sh", "-c", "echo e >&2"], stderr=subprocess.PIPE).stderr == b"e\n"
p = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
assert p.communicate("x" * 100_000)[0] == "x" * 100_000 and p.returncode == 0 and p.poll() == 0
p = subprocess.Popen(["sleep", "3600"])
assert p.poll() is None
p.terminate()
assert p.wait() == -signal.SIGTERM
for f, kind in (
    (lambda: subprocess.run(["/no/such"]), FileNotFoundError), (lambda: subprocess.run(["false"], check=True), subprocess.CalledProcessError),
    (lambda: subprocess.run(["sleep", "3600"], timeout=0.01), subprocess.TimeoutExpired), (lambda: subprocess.run(["true"], cwd="/no/such"), FileNotFoundError),
):
    try:
        f()
    except kind:
        pass
    else:
        raise AssertionError
assert subprocess.check_output(["sh", "-c", "echo $V"], env={"V": "set", "PATH": os.environ["PATH"]}) == b"set\n" and subprocess.check_output(["pwd"], cwd="/") == b"/\n"
assert subprocess.check_output([sys.executable, "-c", "print(6 * 7)"], text=True) == "42\n"
