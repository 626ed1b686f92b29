"""What the programs of this folder share."""

import threading


def at_once(*functions):
    """Runs each function in a thread of its own; the first exception of any is raised here."""
    errors = []

    def guarded(function):
        try:
            function()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=guarded, args=(f,)) for f in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


def raises(kind, function, *args, text=None, **kwargs):
    """The exception that a call raises, which must be of a kind and, if given, have a text."""
    try:
        result = function(*args, **kwargs)
    except kind as error:
        if text is not None:
            assert str(error) == text, str(error)
        return error
    raise AssertionError(f"{function} gave {result!r}")
