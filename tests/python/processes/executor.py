# check-leaks
"""ProcessPoolExecutor under all start methods, broken pools among them."""

import os
import signal
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool

from _methods import contexts


def square(x):
    return x * x


def fails(x):
    raise KeyError(x)


def dies():
    os.kill(os.getpid(), signal.SIGKILL)


def main():
    for context in contexts():
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            assert list(pool.map(square, range(20), chunksize=4)) == [x * x for x in range(20)]
            futures = [pool.submit(square, x) for x in range(10)]
            assert sorted(f.result() for f in as_completed(futures)) == [x * x for x in range(10)]
            assert isinstance(pool.submit(fails, "k").exception(), KeyError)
        # A worker that dies never hangs its parent.
        pool = ProcessPoolExecutor(1, mp_context=context)
        future = pool.submit(dies)
        assert isinstance(future.exception(60), BrokenProcessPool)
        try:
            pool.submit(square, 1)
        except BrokenProcessPool:
            pass
        else:
            raise AssertionError
        pool.shutdown()


if __name__ == "__main__":
    main()
