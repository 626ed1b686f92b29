import sys


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


assert sys.version_info[:2] == (3, 14) and sys.version_info.major == 3 and sys.hexversion >> 16 == 0x030E and sys.version.startswith("3.14")
assert sys.implementation.name in ("taipan", "cpython") and sys.implementation.cache_tag and sys.platform == "linux" and sys.byteorder == "little"
assert sys.maxsize == 2**63 - 1 and sys.maxunicode == 0x10FFFF and sys.float_info.max > 1e308 and sys.float_info.epsilon == 2**-52 and sys.int_info.default_max_str_digits == 4300
assert sys.hash_info.modulus == 2**61 - 1 and sys.hash_info.width == 64 and sys.flags.optimize == 0 and sys.api_version == 1013 and sys.copyright
assert "sys" in sys.modules and isinstance(sys.path, list) and isinstance(sys.argv, list) and "builtins" in sys.builtin_module_names and sys.executable
assert "math" in sys.stdlib_module_names and sys.getdefaultencoding() == "utf-8" and sys.getfilesystemencoding() == "utf-8" and sys.getfilesystemencodeerrors() == "surrogateescape"
assert sys._getframe().f_code.co_name == "<module>" and sys.getsizeof(5) > 0 and sys.getsizeof([]) < sys.getsizeof([1] * 100) and sys.getrefcount(object()) >= 1
assert sys.intern("abc") is sys.intern("abc") and message(TypeError, lambda: sys.intern(5)) == "intern() argument must be str, not int"
assert sys.exc_info() == (None, None, None) and sys.gettrace() is None and sys.getrecursionlimit() == 1000 and sys.is_finalizing() is False
assert message(SystemExit, lambda: sys.exit("text")) == "text" and sys.stdin.fileno() == 0 and sys.stdout.fileno() == 1 and sys.stderr.name == "<stderr>"
assert callable(sys.displayhook) and callable(sys.__excepthook__) and sys.prefix and sys.base_prefix and sys.platlibdir and sys.warnoptions == []
events = []


def hook(event, args):
    if event.startswith("test."):
        events.append((event, args))


sys.addaudithook(hook)
sys.audit("test.event", 1, "a")
assert events == [("test.event", (1, "a"))]


def traced():
    a = 1
    return a


lines = []


def trace(frame, event, arg):
    if frame.f_code is traced.__code__:
        lines.append((event, frame.f_lineno - traced.__code__.co_firstlineno))
        return trace


sys.settrace(trace)
traced()
sys.settrace(None)
assert lines == [("call", 0), ("line", 1), ("line", 2), ("return", 2)], lines
