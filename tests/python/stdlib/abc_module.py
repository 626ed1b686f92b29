from abc import ABC, ABCMeta, abstractmethod


class A(ABC):
    @abstractmethod
    def m(self): ...

    @property
    @abstractmethod
    def p(self): ...


class B(A):
    def m(self):
        return 1

    p = 5


def message(f):
    try:
        f()
    except TypeError as error:
        return str(error)


assert message(A) == "Can't instantiate abstract class A without an implementation for abstract methods 'm', 'p'" and B().m() == 1 and A.__abstractmethods__ == {"m", "p"}


@A.register
class C:
    pass


assert issubclass(C, A) and isinstance(C(), A) and not issubclass(int, A)


class Hooked(metaclass=ABCMeta):
    @classmethod
    def __subclasshook__(cls, other):
        return hasattr(other, "hook") or NotImplemented


class D:
    hook = 1


assert issubclass(D, Hooked) and not issubclass(int, Hooked)
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence, Sized

assert isinstance([], Sequence) and isinstance({}, Mapping) and isinstance("", Iterable) and not isinstance(5, Sized) and isinstance(len, Callable) and not isinstance([], Hashable)
