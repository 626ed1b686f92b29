def f(x):
    match x:
        case 0:
            return 'zero'
        case [a, b, *rest] if a:
            return rest
        case {'k': v, **others}:
            return v
        case Point(x=0) | None:
            return 'origin'
        case (1, _) as t:
            return t
        case _:
            return None
