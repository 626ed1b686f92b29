class A[T: int = str](B, metaclass=M):
    x: T
    def f[U](self, a: U = 1, *, b=2): return __class__
type X[T] = list[T]
if x:
    a: int = 1
t = t'{ x !r:>{w}}'
