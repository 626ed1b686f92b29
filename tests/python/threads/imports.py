"""Row: a module's body runs once, others wait; a cycle between two threads gives the partly made module."""

import os
import sys
import builtins

from _stress import rounds, together

folder = os.path.join(os.environ.get("TMPDIR", "/tmp"), f"imports-{os.getpid()}")
os.mkdir(folder)
sys.path.insert(0, folder)
sys.dont_write_bytecode = True


def write(name, text):
    with open(os.path.join(folder, name + ".py"), "w") as file:
        file.write(text)


try:
    builtins.runs = []
    for i in range(rounds(20)):
        write(f"once{i}", f"runs.append({i})\ntotal = 0\nfor n in range(2000): total += n\ndone = True\n")

    def load():
        for i in range(rounds(20)):
            module = __import__(f"once{i}")
            assert module.done, "seen half made"

    together(load, load, load, load)
    assert sorted(builtins.runs) == list(range(rounds(20)))

    # Each of two modules imports the other; each begun by its own thread, at a moment both are under way.
    write("left", "import threading\nbefore = 1\nmeet.wait()\nimport right\nafter = 2\n")
    write("right", "import threading\nbefore = 1\nmeet.wait()\nimport left\nafter = 2\n")
    import threading

    builtins.meet = threading.Barrier(2)
    together(lambda: __import__("left"), lambda: __import__("right"))
    import left
    import right

    assert left.after == right.after == 2 and left.right is right and right.left is left

    # A body that fails fails for its importer; the next one runs it again.
    write("fails", "attempts.append(1)\nraise ValueError('no')\n")
    builtins.attempts = []

    def load_failing():
        try:
            __import__("fails")
        except ValueError as error:
            return str(error)

    assert together(load_failing, load_failing, load_failing) == ["no"] * 3
    assert "fails" not in sys.modules and 1 <= len(builtins.attempts) <= 3
finally:
    for name in os.listdir(folder):
        os.unlink(os.path.join(folder, name))
    os.rmdir(folder)
