"""t-strings (PEP 750): templates and interpolations."""

name, n = "taipan", 42
t = t"hello {name} and {n:>5} {n!r} end"
assert type(t).__name__ == "Template" and type(t).__module__ == "string.templatelib"
assert t.strings == ("hello ", " and ", " ", " end")
assert t.values == ("taipan", 42, 42)
i = t.interpolations
assert [x.value for x in i] == ["taipan", 42, 42] and [x.expression for x in i] == ["name", "n", "n"]
assert [x.conversion for x in i] == [None, None, "r"] and [x.format_spec for x in i] == ["", ">5", ""]
assert type(i[0]).__name__ == "Interpolation"
assert [x if isinstance(x, str) else x.value for x in t] == ["hello ", "taipan", " and ", 42, " ", 42, " end"]

assert t"".strings == ("",) and t"".interpolations == () and list(t"") == []
assert t"{n}".strings == ("", "") and t"{n}{name}".strings == ("", "", "") and list(t"{n}")[0].value == 42
assert t"{{}}".strings == ("{}",)
assert t"{n + 1}".interpolations[0].expression == "n + 1"
assert t"{n=}".strings == ("n=", "") and t"{n=}".interpolations[0].conversion == "r"
assert t"{n=:5}".interpolations[0].conversion is None and t"{n=:5}".interpolations[0].format_spec == "5"
width = 10
assert t"{n:{width}}".interpolations[0].format_spec == "10"
assert rt"\n{n}".strings == ("\\n", "") and tr"{n}\t".strings == ("", "\\t")
assert t"{'nested'!s:>{width}}".interpolations[0].conversion == "s"

# Adding.
both = t"a{n}" + t"{name}b"
assert both.strings == ("a", "", "b") and both.values == (42, "taipan")
assert (t"a" t"b{n}").strings == ("ab", "")


def message(kind, f):
    try:
        f()
    except kind as error:
        return str(error)
    raise AssertionError(f"no {kind.__name__}")


assert message(TypeError, lambda: t"a" + "b").startswith("can only concatenate")
assert message(SyntaxError, lambda: compile("t'a' 'b'", "x", "eval")).startswith(
    "cannot mix t-string literals with string or bytes literals"
)
assert message(SyntaxError, lambda: compile("t'{}'", "x", "eval")).startswith("t-string: valid expression required before '}'")

# Values are evaluated at once, not formatted.
class NoFormat:
    def __format__(self, spec):
        raise AssertionError


assert isinstance(t"{NoFormat():spec}".values[0], NoFormat)

Template, Interpolation = type(t), type(i[0])
made = Template("a", Interpolation(5, "five", "r", ".2f"), "b", "c")
assert made.strings == ("a", "bc") and made.interpolations[0].conversion == "r"
match i[1]:
    case Interpolation(value, expression, conversion, spec):
        assert (value, expression, conversion, spec) == (42, "n", None, ">5")
    case _:
        raise AssertionError
