# check-leaks
"""Pool under all start methods."""

import multiprocessing
import os

from _methods import contexts


def square(x):
    return x * x


def fails(x):
    raise ValueError(f"bad {x}")


def begin(value):
    global initialised
    initialised = value


def read(_):
    return initialised


def pid(_):
    return os.getpid()


def main():
    for context in contexts():
        with context.Pool(2, initializer=begin, initargs=("set",)) as pool:
            assert pool.map(square, range(50)) == [x * x for x in range(50)]
            assert list(pool.imap(square, range(10), chunksize=3)) == [x * x for x in range(10)]
            assert sorted(pool.imap_unordered(square, range(10))) == [x * x for x in range(10)]
            assert pool.starmap(pow, [(2, 3), (3, 2)]) == [8, 9]
            assert pool.apply(square, (7,)) == 49
            result = pool.apply_async(square, (8,))
            assert result.get(60) == 64 and result.successful()
            assert pool.map(read, range(3)) == ["set"] * 3
            try:
                pool.map(fails, [1])
            except ValueError as error:
                assert str(error) == "bad 1" and "RemoteTraceback" in repr(error.__cause__.__class__)
            else:
                raise AssertionError
            called = []
            pool.apply_async(square, (3,), callback=called.append).wait()
            errors = []
            pool.apply_async(fails, (3,), error_callback=errors.append).wait()
            pool.close()
            pool.join()
            assert called == [9] and [str(e) for e in errors] == ["bad 3"]
            try:
                pool.apply(square, (1,))
            except ValueError as error:
                assert str(error) == "Pool not running"
        with context.Pool(1, maxtasksperchild=1) as pool:
            assert len({pool.apply(pid, (i,)) for i in range(3)}) == 3
        pool.join()
    assert multiprocessing.active_children() == []


if __name__ == "__main__":
    main()
