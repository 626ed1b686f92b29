import errno
import os
import stat

base = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"os-{os.getpid()}")
os.mkdir(base)
a = os.path.join(base, "a")
fd = os.open(a, os.O_CREAT | os.O_RDWR, 0o600)
assert os.write(fd, b"hello") == 5 and os.lseek(fd, 1, os.SEEK_SET) == 1 and os.read(fd, 3) == b"ell" and os.fstat(fd).st_size == 5 and os.pread(fd, 2, 3) == b"lo"
os.ftruncate(fd, 2)
assert not os.get_inheritable(fd) and not os.isatty(fd)
d = os.dup(fd)
os.close(d)
os.close(fd)
st = os.stat(a)
assert stat.S_ISREG(st.st_mode) and st.st_size == 2 and stat.filemode(st.st_mode) == "-rw-------" and st.st_mtime > 1e9 and st.st_uid == os.getuid() and len(st) == 10
os.rename(a, base + "/b")
os.symlink("b", base + "/link")
os.link(base + "/b", base + "/hard")
assert os.readlink(base + "/link") == "b" and os.path.islink(base + "/link") and os.stat(base + "/hard").st_nlink == 2 and os.path.realpath(base + "/link").endswith("/b")
assert sorted(os.listdir(base)) == ["b", "hard", "link"] and sorted(e.name for e in os.scandir(base) if e.is_file()) == ["b", "hard", "link"]
assert os.access(base, os.R_OK) and os.path.exists(base) and not os.path.exists(a) and os.path.isdir(base) and os.path.getsize(base + "/b") == 2
os.chmod(base + "/b", 0o640)
os.utime(base + "/b", (1, 2))
assert os.stat(base + "/b").st_mode & 0o777 == 0o640 and os.stat(base + "/b").st_mtime == 2
os.makedirs(base + "/x/y/z")
assert [len(dirs) for _, dirs, _ in os.walk(base + "/x")] == [1, 1, 0]
os.removedirs(base + "/x/y/z")
for name in os.listdir(base):
    os.unlink(os.path.join(base, name))
os.rmdir(base)
for f, kind, number in (
    (lambda: os.stat(base), FileNotFoundError, errno.ENOENT), (lambda: os.mkdir("/"), FileExistsError, errno.EEXIST), (lambda: os.listdir("/dev/null"), NotADirectoryError, errno.ENOTDIR),
    (lambda: os.close(9999), OSError, errno.EBADF), (lambda: os.kill(99999999, 0), ProcessLookupError, errno.ESRCH), (lambda: os.rmdir("/"), OSError, None),
):
    try:
        f()
    except kind as error:
        assert number is None or error.errno == number
    else:
        raise AssertionError
assert os.getpid() > 0 and os.getppid() > 0 and os.getcwd() == os.path.abspath(".") and os.name == "posix" and os.sep == "/" and os.linesep == "\n" and os.cpu_count() >= 1
os.environ["TAIPAN_TEST_X"] = "value"
assert os.getenv("TAIPAN_TEST_X") == "value" and os.environb[b"TAIPAN_TEST_X"] == b"value" and os.popen("echo $TAIPAN_TEST_X").read() == "value\n"
del os.environ["TAIPAN_TEST_X"]
assert os.getenv("TAIPAN_TEST_X") is None and os.strerror(2) == "No such file or directory" and os.fsencode("é") == b"\xc3\xa9" and os.fspath("x") == "x" and os.urandom(4) != os.urandom(4)
r, w = os.pipe()
pid = os.fork()
if pid == 0:
    os.write(w, b"child")
    os._exit(7)
assert os.waitpid(pid, 0) == (pid, 7 << 8) and os.waitstatus_to_exitcode(7 << 8) == 7 and os.read(r, 10) == b"child" and os.system("exit 3") == 3 << 8
os.close(r)
os.close(w)
assert os.uname().sysname == "Linux" and os.times().user >= 0 and os.get_terminal_size.__name__ and os.umask(os.umask(0o22)) >= 0 and os.sched_getaffinity(0) and os.getloadavg()
assert os.path.join("a", "/b") == "/b" and os.path.split("/a/b.c") == ("/a", "b.c") and os.path.splitext("x.tar.gz") == ("x.tar", ".gz") and os.path.normpath("a/../b//c") == "b/c"
assert os.path.commonpath(["/a/b", "/a/c"]) == "/a" and os.path.relpath("/a/b", "/a/c") == "../b" and os.path.expanduser("~x~") == "~x~" and os.path.basename("/a/b") == "b"
