import dis
import inspect
import io


def f(a, b=1):
    """Doc."""
    if a:
        return a + b
    return [x for x in range(b)]


out = io.StringIO()
dis.dis(f, file=out)
assert len(out.getvalue().splitlines()) > 5 and len(list(dis.get_instructions(f))) > 5 and all(i.opname and i.opcode >= 0 for i in dis.get_instructions(f))
assert list(inspect.signature(f).parameters) == ["a", "b"] and str(inspect.signature(f)) == "(a, b=1)" and inspect.getsource(f).startswith("def f(a, b=1):") and inspect.getdoc(f) == "Doc."
assert inspect.isfunction(f) and inspect.getfullargspec(f).defaults == (1,) and inspect.currentframe().f_code.co_name == "<module>" and inspect.getsourcelines(f)[1] == 6
import linecache
import json

assert "def dumps" in inspect.getsource(json) and linecache.getline(json.__file__, 1)
