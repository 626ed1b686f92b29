"""The builtin functions."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


assert abs(-5) == 5 and abs(-2.5) == 2.5 and all([]) and all([1, "a"]) and not all([1, 0]) and any([0, 1]) and not any([]) and ascii("é") == "'\\xe9'"
assert bin(10) == "0b1010" and callable(print) and not callable(5) and chr(97) == "a" and divmod(-7, 2) == (-4, 1)
assert list(enumerate("ab", start=5)) == [(5, "a"), (6, "b")] and list(filter(lambda x: x > 1, [1, 2, 3])) == [2, 3] and list(filter(None, [0, 1, ""])) == [1]
assert format(5, "03") == "005" and getattr(5, "real") == 5 and getattr(5, "x", "d") == "d" and hasattr(5, "real") and not hasattr(5, "x")
assert hash("a") == hash("a") and hex(255) == "0xff" and isinstance(5, int) and isinstance(5, (str, int)) and issubclass(bool, int) and isinstance(5, int | str)
assert list(map(lambda a, b: a + b, [1, 2], [10, 20, 30])) == [11, 22] and list(map(str, range(3))) == ["0", "1", "2"]
assert max(1, 5, 3) == 5 and max([1, 5], key=lambda x: -x) == 1 and max([], default=0) == 0 and min("hello") == "e" and min(3, 1) == 1 and max("a", "b", key=ord) == "b"
assert message(ValueError, lambda: max([])) == "max() iterable argument is empty" and message(TypeError, lambda: max(1)) == "'int' object is not iterable"
assert next(iter([1])) == 1 and next(iter([]), "end") == "end" and oct(8) == "0o10" and ord("é") == 233 and pow(2, 3) == 8 and pow(2, 3, 5) == 3
assert list(reversed([1, 2, 3])) == [3, 2, 1] and list(reversed("ab")) == ["b", "a"] and round(2.5) == 2 and round(2.567, 1) == 2.6 and repr("a") == "'a'"
assert sorted([3, 1, 2]) == [1, 2, 3] and sorted("bca", reverse=True) == ["c", "b", "a"] and sorted(["b", "A"], key=str.lower) == ["A", "b"]
assert sum([1, 2, 3]) == 6 and sum([0.1] * 10) == 1.0 and sum([[1], [2]], []) == [1, 2] and sum([1], start=5) == 6 and sum([2**62, 2**62]) == 2**63
assert message(TypeError, lambda: sum(["a"], "")) == "sum() can't sum strings [use ''.join(seq) instead]"
assert type(5) is int and vars(type("T", (), {"x": 1}))["x"] == 1 and list(zip("ab", [1, 2, 3])) == [("a", 1), ("b", 2)] and list(zip()) == []
assert message(ValueError, lambda: list(zip([1], [1, 2], strict=True))) == "zip() argument 2 is longer than argument 1"
assert message(ValueError, lambda: list(map(pow, [1, 2], [1], strict=True))) == "map() argument 2 is shorter than argument 1"
assert list(iter(lambda c=iter([1, 2, 3]): next(c), 3)) == [1, 2] and id(None) == id(None) and isinstance(dir(), list) and "append" in dir([])


class O:
    pass


o = O()
setattr(o, "a", 1)
assert o.a == 1 and vars(o) == {"a": 1}
delattr(o, "a")
assert not hasattr(o, "a")
assert message(TypeError, lambda: vars(5)) == "vars() argument must have __dict__ attribute" and message(TypeError, lambda: len(5)) == "object of type 'int' has no len()"
assert message(TypeError, lambda: iter(5)) == "'int' object is not iterable" and message(TypeError, lambda: next([])) == "'list' object is not an iterator"
assert message(TypeError, lambda: abs("a")) == "bad operand type for abs(): 'str'" and message(TypeError, lambda: hash([])) == "unhashable type: 'list'"
assert message(TypeError, lambda: getattr(o, 5)) == "attribute name must be string, not 'int'" and message(TypeError, lambda: reversed({1})) == "'set' object is not reversible"
assert message(TypeError, lambda: len()) == "len() takes exactly one argument (0 given)" and message(TypeError, lambda: abs()) == "abs() takes exactly one argument (0 given)"
assert message(TypeError, lambda: 5()) == "'int' object is not callable" and message(TypeError, lambda: isinstance(1)) == "isinstance expected 2 arguments, got 1"
assert message(TypeError, lambda: sorted(1)) == "'int' object is not iterable" and message(TypeError, lambda: print(x=1)) == "print() got an unexpected keyword argument 'x'"
assert message(TypeError, lambda: hex(1.5)) == "'float' object cannot be interpreted as an integer"


class Out:
    def __init__(self):
        self.text = ""
        self.flushed = 0

    def write(self, text):
        self.text += text

    def flush(self):
        self.flushed += 1


out = Out()
print(1, "a", None, sep="-", end="!", file=out, flush=True)
print(file=out)
assert out.text == "1-a-None!\n" and out.flushed == 1
assert message(TypeError, lambda: print(1, sep=5)) == "sep must be None or a string, not int"


class Len:
    def __init__(self, n):
        self.n = n

    def __len__(self):
        return self.n


assert len(Len(5)) == 5 and message(ValueError, lambda: len(Len(-1))) == "__len__() should return >= 0"
assert message(TypeError, lambda: len(Len("a"))) == "'str' object cannot be interpreted as an integer"
assert __import__("math").floor(2.5) == 2 and globals()["o"] is o and __name__ == "__main__"
assert [x for x in map(None.__class__, [])] == [] and list(map(int, "123")) == [1, 2, 3]
import builtins

assert builtins.len is len and builtins.__name__ == "builtins" and len.__name__ == "len" and repr(len) == "<built-in function len>" and len.__module__ == "builtins"
missing = [
    name for name in """
    abs aiter all anext any ascii bin bool breakpoint bytearray bytes callable chr classmethod compile complex delattr dict dir
    divmod enumerate eval exec filter float format frozenset getattr globals hasattr hash help hex id input int isinstance issubclass
    iter len list locals map max memoryview min next object oct open ord pow print property range repr reversed round set setattr
    slice sorted staticmethod str sum super tuple type vars zip __import__ __build_class__ __debug__ NotImplemented Ellipsis
    ArithmeticError AssertionError AttributeError BaseException BaseExceptionGroup BlockingIOError BrokenPipeError BufferError
    BytesWarning ChildProcessError ConnectionAbortedError ConnectionError ConnectionRefusedError ConnectionResetError
    DeprecationWarning EOFError EncodingWarning EnvironmentError Exception ExceptionGroup FileExistsError FileNotFoundError
    FloatingPointError FutureWarning GeneratorExit IOError ImportError ImportWarning IndentationError IndexError InterruptedError
    IsADirectoryError KeyError KeyboardInterrupt LookupError MemoryError ModuleNotFoundError NameError NotADirectoryError
    NotImplementedError OSError OverflowError PendingDeprecationWarning PermissionError ProcessLookupError PythonFinalizationError
    RecursionError ReferenceError ResourceWarning RuntimeError RuntimeWarning StopAsyncIteration StopIteration SyntaxError
    SyntaxWarning SystemError SystemExit TabError TimeoutError TypeError UnboundLocalError UnicodeDecodeError UnicodeEncodeError
    UnicodeError UnicodeTranslateError UnicodeWarning UserWarning ValueError Warning ZeroDivisionError
    """.split() if not hasattr(builtins, name)
]
assert not missing, missing
