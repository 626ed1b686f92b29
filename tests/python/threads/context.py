# options: -X thread_inherit_context=1
"""contextvars and threads: `context=`, and contexts that are inherited."""

import contextvars
import sys
import threading

var = contextvars.ContextVar("var", default="default")
assert var.get() == "default"
token = var.set("main")
assert sys.flags.thread_inherit_context == 1
seen = []


def work():
    seen.append(var.get())
    var.set("thread")
    seen.append(var.get())


def run(**kwargs):
    thread = threading.Thread(target=work, **kwargs)
    thread.start()
    thread.join()
    result = seen[:]
    seen.clear()
    return result


assert run() == ["main", "thread"] and var.get() == "main"
assert run(context=contextvars.Context()) == ["default", "thread"]
context = contextvars.copy_context()
context.run(var.set, "copied")
assert run(context=context) == ["copied", "thread"] and context[var] == "thread"
var.reset(token)
assert var.get() == "default"
try:
    var.reset(token)
except RuntimeError as error:
    assert "has already been used once" in str(error)

# A context is entered by one thread at a time.
inside, go_on = threading.Event(), threading.Event()
thread = threading.Thread(target=lambda: context.run(lambda: (inside.set(), go_on.wait())))
thread.start()
inside.wait()
try:
    context.run(str)
except RuntimeError as error:
    assert "cannot enter context" in str(error) and "is already entered" in str(error)
else:
    raise AssertionError
go_on.set()
thread.join()
