"""Assignment expressions."""

if (n := 10) > 5:
    assert n == 10
x = [y := 5, y ** 2]
assert x == [5, 25] and y == 5
values = iter([1, 2, 3, 0, 9])
seen = []
while value := next(values):
    seen.append(value)
assert seen == [1, 2, 3] and value == 0


def f(a, b=(c := 7)):
    return a + b


assert f((d := 1)) == 8 and (c, d) == (7, 1)
assert f(a=(e := 2)) == 9 and e == 2
assert (lambda: (inner := 3) + inner)() == 6 and "inner" not in globals()


def scope():
    if any((found := item) == 2 for item in [1, 2, 3]):
        return found


assert scope() == 2 and "found" not in globals()


def use_global():
    global g
    return (g := 5)


assert use_global() == 5 and g == 5


def use_nonlocal():
    v = 1

    def inner():
        nonlocal v
        return (v := v + 1)

    inner()
    return v


assert use_nonlocal() == 2
assert [total := 0, *[total := total + i for i in range(4)]] == [0, 0, 1, 3, 6]
assert {(k := "key"): (v := 1)} == {"key": 1}
assert (p := 1, 2) == (1, 2) and p == 1
items = [1, 2, 3]
assert items[(i := 1)] == 2 and items[j := 0] == 1
assert {s := 1, 2} == {1, 2} and s == 1


class Body:
    if (attr := 3):
        pass


assert Body.attr == 3


def message(source):
    try:
        compile(source, "x", "exec")
    except SyntaxError as error:
        return error.msg
    raise AssertionError(source)


assert message("x := 1") == "invalid syntax"
assert message("(a.b := 1)") == "cannot use assignment expressions with attribute"
assert message("(a[0] := 1)") == "cannot use assignment expressions with subscript"
assert message("((a, b) := 1)") == "cannot use assignment expressions with tuple"
assert message("[i := 0 for i in range(3)]") == "assignment expression cannot rebind comprehension iteration variable 'i'"
assert message("[x for x in (y := [1])]") == "assignment expression cannot be used in a comprehension iterable expression"
assert message("class C: [y := x for x in [1]]") == "assignment expression within a comprehension cannot be used in a class body"
assert message("(True := 1)") == "cannot use assignment expressions with True"
assert message("f(a=b:=1)") == "invalid syntax"
