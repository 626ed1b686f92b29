"""f-strings: conversions, specs, nesting, `=`, quotes, errors."""

x, y, name = 42, 3.14159, "taipan"
assert f"" == "" and f"plain" == "plain" and f"{{}}" == "{}" and f"{{{x}}}" == "{42}"
assert f"{x}{y}" == "423.14159" and f"{x + 1} {name.upper()} {[1, 2][0]}" == "43 TAIPAN 1"
assert f"{name!r} {name!s} {'é'!a}" == "'taipan' taipan '\\xe9'"
assert f"{x:5}|{x:<5}|{x:^5}|{x:>5}|{x:+}|{x:05}" == "   42|42   | 42  |   42|+42|00042"
assert f"{x:x} {x:X} {x:o} {x:b} {x:c} {x:#x} {x:,} {1234567:_}" == "2a 2A 52 101010 * 0x2a 42 1_234_567"
assert f"{y:.2f} {y:8.3f} {y:e} {y:g} {y:.0%} {1e20:,.1f}" == "3.14    3.142 3.141590e+00 3.14159 314% 100,000,000,000,000,000,000.0"
assert f"{name:10}|{name:>10}|{name:*^10}|{name:.3}" == "taipan    |    taipan|**taipan**|tai"
width, precision, kind = 10, 2, "f"
assert f"{y:{width}.{precision}{kind}}" == "      3.14" and f"{name:{'>'}{width}}" == "    taipan"
assert f"{x:{'{'}>5}" == "{{{42"
assert f"{x=}" == "x=42" and f"{x = }" == "x = 42" and f"{x=:5}" == "x=   42" and f"{name=!s}" == "name=taipan"
assert f"{name=}" == "name='taipan'" and f"{x + 1=}" == "x + 1=43" and f"{ x = !r:>4}" == " x =   42"
assert f"{'nested ' + f'{x} {f"{y}"}'}" == "nested 42 3.14159"
assert f"{"same quotes"}" == "same quotes" and f'{'a' 'b'}' == "ab"
assert f"{'\n'}" == "\n" and f"{'\\'}" == "\\" and f"\x41{x}\u00e9\N{BULLET}" == "A42é•"
assert rf"\{x}\n" == "\\42\\n"
assert f"{x}" "plain" f"{name}" == "42plaintaipan" and "a" f"{x}" 'b' == "a42b"
assert f"""multi
{
    x
    + 1  # a comment
}
{name
:>8}""" == "multi\n43\n  taipan"
assert f"{(lambda v: v * 2)(4)} {(z := 5)} {z}" == "8 5 5"
assert f"{x if x else y} {not x} {x == 42} {x != 1} {x >= 1}" == "42 False True True True"
assert f"{ {'a': 1}['a'] } { {1, 1} } {[i for i in range(3)]} {x,} {*[1, 2], 3}" == "1 {1} [0, 1, 2] (42,) (1, 2, 3)"
assert f"{d['k']!r:>5}" == "  'v'" if (d := {"k": "v"}) else False
assert f"{None} {True} {...}" == "None True Ellipsis"


class Formats:
    def __format__(self, spec):
        return f"<{spec}>"

    def __str__(self):
        return "str"

    def __repr__(self):
        return "repr"


f = Formats()
assert f"{f} {f:spec} {f!s} {f!r:>6} {f:} {f:{x}}" == "<> <spec> str   repr <> <42>"
assert f"{f:%Y-%m {name}}" == "<%Y-%m taipan>" and f"{f=}" == "f=repr"


def local():
    a = 1
    return [f"{a}{b}" for b in range(2)], (lambda: f"{a}")()


assert local() == (["10", "11"], "1")


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


assert message(ValueError, lambda: f"{name:d}") == "Unknown format code 'd' for object of type 'str'"
assert message(ValueError, lambda: f"{x:.2d}") == "Precision not allowed in integer format specifier"
assert message(TypeError, lambda: f"{[]:5}") == "unsupported format string passed to list.__format__"
assert message(ValueError, lambda: f"{x:5 5}").startswith("Invalid format specifier")
for source, said in {
    "f'{}'": "f-string: valid expression required before '}'",
    "f'{a'": "f-string: expecting '}'",
    "f'}'": "f-string: single '}' is not allowed",
    "f'{a!x}'": "f-string: invalid conversion character 'x': expected 's', 'r', or 'a'",
    "f'{a!}'": "f-string: missing conversion character",
    "f'{a b}'": "invalid syntax. Perhaps you forgot a comma?",
    "f'{a": "'{' was never closed",
    "f'a": "unterminated f-string literal (detected at line 1)",
    "f'{=}'": "f-string: valid expression required before '='",
    "f'{!r}'": "f-string: valid expression required before '!'",
    "f'{:x}'": "f-string: valid expression required before ':'",
    "f'a' b'b'": "cannot mix bytes and nonbytes literals",
}.items():
    assert message(SyntaxError, lambda: compile(source, "x", "eval")).startswith(said), (
        source, message(SyntaxError, lambda: compile(source, "x", "eval"))
    )

# str.format shares the machinery.
assert "{} {1}".replace("{1}", "{}").format("a", "b") == "a b"
assert "{0} {1} {0} {k} {k.real} {l[0]} {d[key]}".format("a", "b", k=5, l=[7], d={"key": 8}) == "a b a 5 5 7 8"
assert "{:>{w}} {!r:^7} {{}}".format(1, "x", w=4) == "   1   'x'   {}"
assert message(IndexError, lambda: "{} {}".format(1)) == "Replacement index 1 out of range for positional args tuple"
assert message(KeyError, lambda: "{a}".format()) == "'a'"
assert message(ValueError, lambda: "{".format()) == "Single '{' encountered in format string"
assert message(ValueError, lambda: "}".format()) == "Single '}' encountered in format string"
assert message(ValueError, lambda: "{} {0}".format(1)) == (
    "cannot switch from automatic field numbering to manual field specification"
)
