"""What a codec of the program or of the library raises has a note that says which codec it was."""

import codecs


def fails(text, errors="strict"):
    raise RuntimeError("no")


codecs.register(lambda name: codecs.CodecInfo(fails, fails, name=name) if name == "failing" else None)


def notes(function, *args):
    try:
        function(*args)
    except Exception as e:
        return type(e).__name__, getattr(e, "__notes__", None)
    raise AssertionError("no error")


assert notes("x".encode, "Failing") == ("RuntimeError", ["encoding with 'Failing' codec failed"])
assert notes(b"x".decode, "failing") == ("RuntimeError", ["decoding with 'failing' codec failed"])
assert notes(codecs.encode, "x", "failing") == ("RuntimeError", ["encoding with 'failing' codec failed"])
assert notes(codecs.decode, b"x", "failing") == ("RuntimeError", ["decoding with 'failing' codec failed"])
assert notes("\u1234".encode, "cp1252") == ("UnicodeEncodeError", ["encoding with 'cp1252' codec failed"])
assert notes("\u1234".encode, "ascii") == ("UnicodeEncodeError", None)
assert notes(b"\xff".decode, "utf-8") == ("UnicodeDecodeError", None)
assert notes("x".encode, "no such codec") == ("LookupError", None)
