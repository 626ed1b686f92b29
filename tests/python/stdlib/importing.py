import importlib
import importlib.util
import os
import sys
import types

folder = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"importing-{os.getpid()}")
sys.dont_write_bytecode = True
sys.path.insert(0, folder)
files = {
    "mod.py": "x = 1\n__all__ = ['x']\nhidden = 2\n", "pkg/__init__.py": "from . import sub\nname = __name__\n", "pkg/sub.py": "import pkg\nfrom .other import value\n",
    "pkg/other.py": "value = 42\n", "ns/part.py": "y = 3\n", "lazy.py": "def __getattr__(name):\n    if name == 'dynamic': return 'made'\n    raise AttributeError(name)\ndef __dir__(): return ['dynamic']\n",
    "broken.py": "import no_such\n", "cycle_a.py": "import cycle_b\nvalue = 1\n", "cycle_b.py": "import cycle_a\nseen = hasattr(cycle_a, 'value')\n",
}
for name, text in files.items():
    os.makedirs(os.path.dirname(os.path.join(folder, name)), exist_ok=True)
    with open(os.path.join(folder, name), "w") as f:
        f.write(text)
try:
    import mod
    import pkg.sub as s
    from ns import part

    space = {}
    exec("from mod import *", space)
    assert mod.x == 1 and "hidden" not in space and space["x"] == 1 and s.value == 42 and sys.modules["pkg"].sub is s and s.pkg is sys.modules["pkg"] and part.y == 3
    assert mod.__file__ == os.path.join(folder, "mod.py") and mod.__spec__.name == "mod" and mod.__name__ == "mod" and mod.__loader__ and mod.__doc__ is None and sys.modules["pkg"].__path__ == [folder + "/pkg"]
    import lazy

    assert lazy.dynamic == "made" and dir(lazy) == ["dynamic"]
    with open(mod.__file__, "w") as f:
        f.write("x = 'changed and longer'\n")
    assert importlib.reload(mod) is mod and mod.x == "changed and longer" and importlib.import_module("pkg.other").value == 42 and importlib.import_module(".other", "pkg").value == 42
    import cycle_a

    assert cycle_a.cycle_b.seen is False
    for statement, kind, said in (
        ("import broken", ModuleNotFoundError, "No module named 'no_such'"), ("import pkg.nothing", ModuleNotFoundError, "No module named 'pkg.nothing'"), ("import mod.x", ModuleNotFoundError, "No module named 'mod.x'; 'mod' is not a package"),
        ("from . import x", ImportError, "attempted relative import with no known parent package"), ("from pkg.other import nothing", ImportError, f"cannot import name 'nothing' from 'pkg.other' ({folder}/pkg/other.py)"),
        ("import lazy; lazy.nothing", AttributeError, "nothing"), ("mod.nothing", AttributeError, "module 'mod' has no attribute 'nothing'"),
    ):
        try:
            exec(statement, {"__name__": "m", "mod": mod})
        except kind as error:
            assert str(error) == said, error
        else:
            raise AssertionError(statement)
    assert "broken" not in sys.modules and importlib.util.find_spec("nothing_at_all") is None

    class Finder:
        @staticmethod
        def find_spec(name, path, target=None):
            if name == "virtual":
                return importlib.util.spec_from_loader(name, Finder)

        @staticmethod
        def create_module(spec):
            return None

        @staticmethod
        def exec_module(module):
            module.made = True

    sys.meta_path.append(Finder)
    import virtual

    assert virtual.made
    m = types.ModuleType("m", "doc")
    sys.modules["injected"] = m
    import injected

    assert injected is m and m.__doc__ == "doc"
finally:
    for directory, _, names in os.walk(folder, topdown=False):
        for name in names:
            os.unlink(os.path.join(directory, name))
        os.rmdir(directory)
