def what(x):
    match x:
        case 0:
            return "zero"
        case int() | float():
            return "number"
        case [a, b]:
            return f"two: {a} {b}"
        case [a, *rest]:
            return f"first {a}, then {rest}"
        case {"key": value, **others}:
            return f"map {value} {others}"
        case str() as s if s:
            return f"text {s}"
        case _:
            return "other"


for x in (0, 5, 1.5, [1, 2], (1, 2, 3), {"key": 1, "b": 2}, "hi", "", None, []):
    print(what(x))
