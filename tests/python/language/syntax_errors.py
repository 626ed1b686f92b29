"""What is refused, with message, line and offset."""


def error_of(source, mode="exec"):
    try:
        compile(source, "file.py", mode)
    except SyntaxError as error:
        return error
    raise AssertionError(f"accepted: {source!r}")


# source: message, line, offset, end offset
CASES = [
    ("1 +", "invalid syntax", 1, 4, 5),
    ("a b", "invalid syntax", 1, 3, 4),
    ("if x", "expected ':'", 1, 5, 6),
    ("if x:\npass", "expected an indented block after 'if' statement on line 1", 2, 1, 5),
    ("def f():\nreturn", "expected an indented block after function definition on line 1", 2, 1, 7),
    ("x = (1,", "'(' was never closed", 1, 5, 0),
    ("x = [1)", "closing parenthesis ')' does not match opening parenthesis '['", 1, 7, 7),
    ("x = )", "unmatched ')'", 1, 5, 5),
    ("'abc", "unterminated string literal (detected at line 1)", 1, 1, 1),
    ("'''abc\n", "unterminated triple-quoted string literal (detected at line 1)", 1, 1, 1),
    ("x = 1 = 2", "cannot assign to literal", 1, 5, 6),
    ("f() = 1", "cannot assign to function call here. Maybe you meant '==' instead of '='?", 1, 1, 4),
    ("a + 1 = 2", "cannot assign to expression here. Maybe you meant '==' instead of '='?", 1, 1, 6),
    ("None = 1", "cannot assign to None", 1, 1, 5),
    ("True = 1", "cannot assign to True", 1, 1, 5),
    ("def f(None): pass", "invalid syntax", 1, 7, 11),
    ("if x = 1: pass", "invalid syntax. Maybe you meant '==' or ':=' instead of '='?", 1, 4, 9),
    ("return 1", "'return' outside function", 1, 1, 9),
    ("yield 1", "'yield' outside function", 1, 1, 8),
    ("await x", "'await' outside function", 1, 1, 8),
    ("break", "'break' outside loop", 1, 1, 6),
    ("continue", "'continue' not properly in loop", 1, 1, 9),
    ("def f():\n await x", "'await' outside async function", 2, 2, 9),
    ("nonlocal x", "nonlocal declaration not allowed at module level", 1, 1, 11),
    ("def f():\n nonlocal x", "no binding for nonlocal 'x' found", 2, 2, 12),
    ("def f():\n x = 1\n global x", "name 'x' is assigned to before global declaration", 3, 2, 10),
    ("def f(x):\n global x", "name 'x' is parameter and global", 2, 2, 10),
    ("def f():\n print(x)\n global x", "name 'x' is used prior to global declaration", 3, 2, 10),
    ("try: pass", "expected 'except' or 'finally' block", 1, 10, -1),
    ("x = 1\n  y = 2", "unexpected indent", 2, 2, -1),
    ("if x:\n    a\n  b", "unindent does not match any outer indentation level", 3, 4, -1),
    ("0777", "leading zeros in decimal integer literals are not permitted; use an 0o prefix for octal integers", 1, 1, 2),
    ("1_", "invalid decimal literal", 1, 2, 2),
    ("0b2", "invalid digit '2' in binary literal", 1, 3, 3),
    ("0xg", "invalid hexadecimal literal", 1, 2, 2),
    ("1a", "invalid decimal literal", 1, 1, 1),
    ("a = 5 $ 3", "invalid syntax", 1, 7, 8),
    ("x = \u2018a\u2019", "invalid character '\u2018' (U+2018)", 1, 5, 5),
    ("from x import *, a", "invalid syntax", 1, 16, 17),
    ("def f():\n from x import *", "import * only allowed at module level", 2, 16, 17),
    ("import a.b as c.d", "cannot use attribute as import target", 1, 15, 18),
    ("from __future__ import nothing", "future feature nothing is not defined", 1, 24, 31),
    ("x = 1\nfrom __future__ import division", "from __future__ imports must occur at the beginning of the file", 2, 1, 32),
    ("class C\n pass", "expected ':'", 1, 8, 9),
    ("print 1", "Missing parentheses in call to 'print'. Did you mean print(...)?", 1, 1, 8),
    ("f(x for x in y, 1)", "Generator expression must be parenthesized", 1, 3, 15),
    ("{1: 2, 3}", "':' expected after dictionary key", 1, 8, 0),
    ("{1:}", "expression expected after dictionary key and ':'", 1, 3, 4),
    ("a, b += 1", "'tuple' is an illegal expression for augmented assignment", 1, 1, 5),
    ("del f()", "cannot delete function call", 1, 5, 8),
    ("for f() in x: pass", "cannot assign to function call", 1, 5, 8),
    ("with x as 1: pass", "cannot assign to literal", 1, 11, 12),
    ("lambda x=1, y: 0", "parameter without a default follows parameter with a default", 1, 13, 14),
    ("b'\u00e9'", "bytes can only contain ASCII literal characters", 1, 1, 5),
    ("'\\N{nothing}'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-10: unknown Unicode character name", 1, 1, 14),
    ("'\\x1'", "(unicode error) 'unicodeescape' codec can't decode bytes in position 0-2: truncated \\xXX escape", 1, 1, 6),
    ("a if b", "expected 'else' after 'if' expression", 1, 1, 7),
    ("else: pass", "invalid syntax", 1, 1, 5),
    ("whille x: pass", "invalid syntax", 1, 8, 9),
    ("import", "Expected one or more names after 'import'", 1, 7, 7),
    ("x = 5\\ 6", "unexpected character after line continuation character", 1, 7, 0),
    ("a.1", "invalid syntax", 1, 2, 4),
    ("class C: return 1", "'return' outside function", 1, 10, 18),
    ("assert x = 1", "invalid syntax", 1, 10, 11),
    ("a = yield = 1", "assignment to yield expression not possible", 1, 5, 10),
    ("async def f():\n yield 1\n return 2", "'return' with value in async generator", 3, 2, 10),
    ("x: int: str", "invalid syntax", 1, 7, 8),
]

# What differs is collected, so that one run tells all.
wrong = []
for source, said, line, offset, end in CASES:
    error = error_of(source)
    found = (error.msg, error.lineno, error.offset, error.end_offset)
    if found != (said, line, offset, end):
        wrong.append(f"{source!r}: {found!r}, expected {(said, line, offset, end)!r}")
assert not wrong, "\n" + "\n".join(wrong)

error = error_of("x = 1\ny = (2\n")
assert error.filename == "file.py" and error.text == "y = (2\n" and type(error) is SyntaxError
assert type(error_of("if x:\npass")) is IndentationError and type(error_of("if x:\n\ta\n        b")) is TabError
assert str(error_of("a b")) == "invalid syntax (file.py, line 1)"
assert error_of("a b").args == ("invalid syntax", ("file.py", 1, 3, "a b\n", 1, 4)), error_of("a b").args
assert error_of("1\n2", "eval").lineno == 2
