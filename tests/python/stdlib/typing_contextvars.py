import contextvars
import typing
from typing import Any, Generic, Literal, NamedTuple, Optional, Protocol, TypedDict, TypeVar, Union, get_type_hints

T = TypeVar("T")


class Box(Generic[T]):
    pass


class P(Protocol):
    x: int

    def m(self) -> int: ...


class N(NamedTuple):
    a: int
    b: str = "d"


class D(TypedDict, total=False):
    k: int


assert Box[int].__args__ == (int,) and Optional[int] == Union[int, None] == int | None and repr(list[T]) == "list[~T]" and list[T][int] == list[int] and N(1) == (1, "d") and D(k=1) == {"k": 1}
assert repr(Literal["a", 1]) == "typing.Literal['a', 1]" and get_type_hints(N) == {"a": int, "b": str} and repr(Any) == "typing.Any" and typing.get_origin(dict[str, int]) is dict and typing.get_args(Box[T]) == (T,)
assert typing.cast(int, "a") == "a" and typing.ParamSpec("Q").__name__ == "Q" and typing.TypeVarTuple("Ts").__name__ == "Ts" and repr(typing.Callable[[int], str]) == "typing.Callable[[int], str]"


@typing.runtime_checkable
class HasLen(Protocol):
    def __len__(self) -> int: ...


assert isinstance([], HasLen) and not isinstance(5, HasLen)
var = contextvars.ContextVar("v", default=0)
token = var.set(1)
context = contextvars.copy_context()
assert context[var] == 1 and context.run(lambda: (var.set(5), var.get())[1]) == 5 and var.get() == 1 and context[var] == 5 and token.old_value is contextvars.Token.MISSING and token.var is var
with var.set(9):
    assert var.get() == 9
assert var.get() == 1
var.reset(token)
assert var.get() == 0 and var not in contextvars.Context() and list(context) == [var]
