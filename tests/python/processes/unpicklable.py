# check-leaks
"""Targets that cannot be pickled, under the start methods that need it."""

import multiprocessing


def main():
    for method in ("spawn", "forkserver"):
        context = multiprocessing.get_context(method)
        process = context.Process(target=lambda: None)
        try:
            process.start()
        except Exception as error:
            assert "pickle" in str(error) and "lambda" in str(error), error
        else:
            raise AssertionError
    # fork needs no pickling.
    process = multiprocessing.get_context("fork").Process(target=lambda: None)
    process.start()
    process.join()
    assert process.exitcode == 0


if __name__ == "__main__":
    main()
