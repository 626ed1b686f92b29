import fcntl
import grp
import mmap
import os
import pwd

m = mmap.mmap(-1, 4096)
m[:5] = b"hello"
assert m[:5] == b"hello" and m[0] == 104 and len(m) == 4096 and m.find(b"lo") == 3 and m.read(2) == b"he" and m.tell() == 2 and m.seek(0) is not False
m.write(b"HE")
assert m[:5] == b"HEllo" and bytes(memoryview(m)[:2]) == b"HE"
m.close()
path = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"mmap-{os.getpid()}")
with open(path, "w+b") as f:
    f.write(b"abcdef")
    f.flush()
    with mmap.mmap(f.fileno(), 0) as m:
        m[0:3] = b"XYZ"
        m.flush()
    f.seek(0)
    assert f.read() == b"XYZdef"
    fcntl.flock(f, fcntl.LOCK_EX | fcntl.LOCK_NB)
    with open(path) as g:
        try:
            fcntl.flock(g, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pass
        else:
            raise AssertionError
    flags = fcntl.fcntl(f, fcntl.F_GETFD)
    assert flags & fcntl.FD_CLOEXEC
    fcntl.lockf(f, fcntl.LOCK_EX)
os.unlink(path)
assert pwd.getpwuid(0).pw_name == "root" and pwd.getpwnam("root").pw_uid == 0 and grp.getgrgid(0).gr_name == "root" and len(pwd.getpwall()) > 0
try:
    pwd.getpwnam("no such user")
except KeyError as error:
    assert error.args[0] == "getpwnam(): name not found: 'no such user'"
