"""`exec`, `eval`, `compile` and code objects."""


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


assert eval("1 + 2") == 3 and eval("  1") == 1 and eval(b"2") == 2 and eval("x", {"x": 5}) == 5
assert eval("x + y", {"x": 1}, {"y": 2}) == 3 and eval("x", globals={"x": 1}) == 1
space = {}
assert exec("a = 1\nb = a + 1\ndef f(): return b", space) is None
assert space["b"] == 2 and space["f"]() == 2 and "__builtins__" in space
separate = {}
exec("a = 5", space, separate)
assert space["a"] == 1 and separate == {"a": 5}
exec("global a; a = 6", space, separate)
assert space["a"] == 6 and separate == {"a": 5}


def in_function():
    x = 1
    exec("x = 2; y = 3")
    return x, eval("x + 1"), "y" in locals()


assert in_function() == (1, 2, False)


class Mapping:
    def __getitem__(self, key):
        if key == "magic":
            return 42
        raise KeyError(key)


assert eval("magic", {}, Mapping()) == 42
assert message(NameError, lambda: eval("other", {}, Mapping())) == "name 'other' is not defined"
assert message(TypeError, lambda: exec("1", 5)) == "exec() globals must be a dict, not int"
assert message(TypeError, lambda: eval(5)) == "eval() arg 1 must be a string, bytes or code object"
assert message(SyntaxError, lambda: eval("a = 1")) == "invalid syntax (<string>, line 1)"
assert message(SyntaxError, lambda: eval("")) == "invalid syntax (<string>, line 0)"
assert message(SyntaxError, lambda: exec("a\x00b")) == "source code string cannot contain null bytes"

# An empty __builtins__ hides the builtin functions.
assert message(NameError, lambda: eval("len", {"__builtins__": {}})) == "name 'len' is not defined"
assert eval("f(1)", {"__builtins__": {"f": lambda x: x + 1}}) == 2

code = compile("x * 2", "name.py", "eval")
assert eval(code, {"x": 4}) == 8 and code.co_filename == "name.py" and code.co_name == "<module>"
code = compile("y = 3\nif y:\n    z = y", "m.py", "exec")
exec(code, space)
assert space["z"] == 3 and eval(code, space) is None
single = compile("1 + 1\n", "i", "single")
assert message(ValueError, lambda: compile("1", "f", "nothing")) == "compile() mode must be 'exec', 'eval' or 'single'"
assert compile("'é'", "f", "eval") is not None and eval(compile("# -*- coding: latin-1 -*-\n'\xe9'".encode("latin-1"), "f", "eval")) == "é"


def function(a, b=1, /, c=2, *args, d, **kwargs):
    """Doc."""
    local = a
    inner = lambda: local
    return inner


co = function.__code__
assert co.co_name == "function" and co.co_qualname == "function" and co.co_argcount == 3 and co.co_posonlyargcount == 2
assert co.co_kwonlyargcount == 1 and co.co_varnames[:6] == ("a", "b", "c", "d", "args", "kwargs")
assert co.co_cellvars == ("local",) and co.co_freevars == () and "Doc." in co.co_consts and co.co_firstlineno > 50
assert co.co_flags & 0x04 and co.co_flags & 0x08 and co.co_nlocals >= 7
assert co == function.__code__ and hash(co) == hash(co) and repr(co).startswith("<code object function at 0x")
renamed = co.replace(co_name="other")
assert renamed.co_name == "other" and co.co_name == "function"
lines = [line for _, _, line in co.co_lines() if line]
assert min(lines) == co.co_firstlineno and max(lines) == co.co_firstlineno + 4
assert all(len(position) == 4 for position in co.co_positions())


def generator():
    yield


async def coroutine():
    pass


async def agen():
    yield


assert generator.__code__.co_flags & 0x20 and coroutine.__code__.co_flags & 0x80 and agen.__code__.co_flags & 0x200


# Functions made from code objects.
def template(x):
    return x + offset


offset = 1
function_type = type(template)
made = function_type(template.__code__, {"offset": 10}, "made", (5,))
assert made() == 15 and made.__name__ == "made" and made.__globals__["offset"] == 10
template.__code__ = (lambda x: x * 100).__code__
assert template(2) == 200
with_free_variable = [c for c in co.co_consts if hasattr(c, "co_code")][0]
assert message(ValueError, lambda: setattr(template, "__code__", with_free_variable)) == (
    "template() requires a code object with 0 free vars, not 1"
)

# Many statements, deep nesting, long expressions.
exec("\n".join(f"v{i} = {i}" for i in range(3000)), space)
assert space["v2999"] == 2999
assert eval("+".join(["1"] * 2000)) == 2000
assert eval("(" * 50 + "1" + ")" * 50) == 1
source = "x = 0\n" + "".join("    " * i + f"for _ in (1,):\n" for i in range(15)) + "    " * 15 + "x += 1\n"
exec(source, space)
assert space["x"] == 1
assert eval("[" + ",".join(map(str, range(5000))) + "]")[-1] == 4999
exec("def f(" + ", ".join(f"a{i}" for i in range(300)) + "): return a299", space)
assert space["f"](*range(300)) == 299
