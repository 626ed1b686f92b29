# check-leaks
"""Managers: shared dictionaries, lists and values through a server process."""

from _methods import contexts


def change(d, items, value):
    d["child"] = [1, 2]
    items.append("child")
    value.value += 1


def main():
    for context in contexts():
        with context.Manager() as manager:
            d, items, value = manager.dict(), manager.list([0]), manager.Value("i", 5)
            process = context.Process(target=change, args=(d, items, value))
            process.start()
            process.join()
            assert process.exitcode == 0
            assert d.copy() == {"child": [1, 2]} and list(items) == [0, "child"] and value.value == 6
            lock = manager.Lock()
            with lock:
                pass
            q = manager.Queue()
            q.put(1)
            assert q.get() == 1
        try:
            d["late"] = 1
        except (OSError, EOFError):
            pass
        else:
            raise AssertionError("the manager is gone")


if __name__ == "__main__":
    main()
