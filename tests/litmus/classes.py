"""Classes: what is changed is seen whole or not at all, and nothing stale once a change is done."""

import sys
import types

from _litmus import litmus, main, row

row("class creation, method tables, __class__ assignment, type.__setattr__: seen whole or not at all; no stale method "
    "after the store returns")


def a_class():
    class C:
        def f(self): return "old"
    return C, C()


def old(self): return "old"
def new_one(self): return "new"


def call(s): return s[1].f()


@litmus
class replace_a_method:
    def new(): return a_class()
    def a(s): s[0].f = new_one; return s[1].f()
    def b(s): return call(s), call(s)
    end = call
    allowed = {("new", seen, "new") for seen in [("old", "old"), ("old", "new"), ("new", "new")]}


@litmus
class replace_a_method_of_the_base:
    def new():
        C, _ = a_class()
        D = type("D", (C,), {})
        return C, D()
    def a(s): s[0].f = new_one; return s[1].f()
    def b(s): return call(s), call(s)
    end = call
    allowed = {("new", seen, "new") for seen in [("old", "old"), ("old", "new"), ("new", "new")]}


@litmus
class put_one_in_front:
    """A method of the subclass hides that of the base."""
    def new():
        C, _ = a_class()
        D = type("D", (C,), {})
        return D, D()
    def a(s): s[0].f = new_one; return s[1].f()
    def b(s): return call(s), call(s)
    def c(s): del s[0].f; return True
    end = call

    def allowed(a, b, c, end):
        return {a, end, *b} <= {"old", "new"} and (c is not True or a != "old" or end == "old")


@litmus
class shadow_by_an_instance:
    def new(): return a_class()
    def a(s): s[1].f = lambda: "own"; return s[1].f()
    def b(s): return call(s), call(s)
    end = call
    allowed = {("own", seen, "own") for seen in [("old", "old"), ("old", "own"), ("own", "own")]}


@litmus
class method_to_property:
    def new(): return a_class()
    def a(s): s[0].f = property(lambda self: lambda: "property")
    def b(s): return call(s), call(s)
    end = call
    allowed = {(None, seen, "property") for seen in [("old", "old"), ("old", "property"), ("property", "property")]}


@litmus
class two_writers_of_a_class:
    def new(): return a_class()
    def a(s): s[0].x = 1; return s[1].x
    def b(s): s[0].y = 2; return s[1].y
    def c(s): s[0].z = 3; return s[1].z
    def end(s): return s[1].x, s[1].y, s[1].z
    allowed = {(1, 2, 3, (1, 2, 3))}


@litmus
class special_method:
    def new(): return a_class()
    def a(s): s[0].__len__ = lambda self: 7; return len(s[1])
    def b(s): return len(s[1])
    def end(s): return len(s[1])
    allowed = {(7, b, 7) for b in (7, "TypeError: object of type 'C' has no len()")}


@litmus
class special_method_goes:
    def new():
        class C:
            def __len__(self): return 7
        return C, C()
    def a(s):
        del s[0].__len__
        try:
            return len(s[1])
        except TypeError:
            return "none"
    def b(s): return len(s[1])
    allowed = {("none", b) for b in (7, "TypeError: object of type 'C' has no len()")}


class One:
    kind = 1
    def f(self): return type(self).kind, self.kind


class Two:
    kind = 2
    def f(self): return type(self).kind, self.kind


@litmus
class class_assignment:
    def new(): return One()
    def a(o): o.__class__ = Two; return o.kind, type(o) is Two
    def b(o): return o.kind, o.kind
    def end(o): return o.f()
    allowed = {((2, True), b, (2, 2)) for b in [(1, 1), (1, 2), (2, 2)]}


@litmus
class class_assignment_both_ways:
    def new(): return One()
    def a(o): o.__class__ = Two
    def b(o): o.__class__ = One
    def c(o): return o.f()
    def end(o): return o.f()
    allowed = {(None, None, c, end) for c in [(1, 1), (1, 2), (2, 2), (2, 1)] for end in [(1, 1), (2, 2)]}


@litmus
class class_assignment_and_attributes:
    def new():
        o = One()
        o.x = 1
        return o
    def a(o): o.__class__ = Two
    def b(o): o.y = 2; return o.x, o.y
    def end(o): return o.kind, sorted(vars(o).items())
    allowed = {(None, (1, 2), (2, (("x", 1), ("y", 2))))}


@litmus(tries=0.3)
class bases_assignment:
    def new():
        class A:
            def f(self): return "A", self.g()
            def g(self): return "A"
        class B:
            def f(self): return "B", self.g()
            def g(self): return "B"
        class C(A): pass
        return C, C(), B
    def a(s): s[0].__bases__ = s[2],; return call(s)
    def b(s): return call(s)
    def end(s): return call(s), s[0].__mro__[1].__name__
    allowed = {(("B", "B"), b, (("B", "B"), "B")) for b in [("A", "A"), ("A", "B"), ("B", "B")]}


@litmus(tries=0.3)
class class_creation:
    """What another thread finds of a class that is made meanwhile is whole."""
    def new():
        class Base: kept = []
        return Base

    def a(base):
        base.kept.append(type("Made", (base,), {"x": 1, "f": lambda self: (self.x, 2)}))
        return base.kept[0]().f()

    def b(base):
        for made in base.__subclasses__():
            return made.x, made().f(), made.__mro__[1] is base, made.__name__
    def end(base): return [made.__name__ for made in base.__subclasses__()]
    allowed = {((1, 2), b, ("Made",)) for b in [None, (1, (1, 2), True, "Made")]}


@litmus(tries=0.3)
class two_subclasses:
    def new():
        class Base: pass
        return Base, []
    def a(s): s[1].append(type("A", (s[0],), {}))
    def b(s): s[1].append(type("B", (s[0],), {}))
    def end(s): return sorted(c.__name__ for c in s[0].__subclasses__())
    allowed = {(None, None, ("A", "B"))}


@litmus
class init_subclass_attributes:
    def new(): return types.SimpleNamespace(x=1)
    def a(o): o.__class__.__init__(o, y=2)
    def b(o): return o.x
    def end(o): return o.y
    allowed = {(None, 1, 2)}


@litmus
class code_of_a_function:
    def new():
        def f(): return "old", "old"
        def g(): return "new", "new"
        return f, g
    def a(s): s[0].__code__ = s[1].__code__; return s[0]()
    def b(s): return s[0](), s[0]()
    allowed = {(("new", "new"), b) for b in [(("old", "old"),) * 2, (("old", "old"), ("new", "new")), (("new", "new"),) * 2]}


@litmus
class defaults_of_a_function:
    def new():
        def f(x=1, y=1): return x, y
        return f
    def a(f): f.__defaults__ = (2, 2); return f()
    def b(f): return f(), f()
    allowed = {((2, 2), b) for b in [((1, 1), (1, 1)), ((1, 1), (2, 2)), ((2, 2), (2, 2))]}


row("import of a module runs its body once; others wait for it")
COUNTS = {}


def module_name():
    """A module of its own for each run, found by a finder of ours."""
    name = f"litmus_module_{len(COUNTS)}"
    COUNTS[name] = 0
    return name


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in COUNTS:
            from importlib.machinery import ModuleSpec
            return ModuleSpec(name, Finder)

    @staticmethod
    def create_module(spec): return None

    @staticmethod
    def exec_module(module):
        COUNTS[module.__name__] += 1
        for _ in range(30):
            pass
        module.whole = True


sys.meta_path.insert(0, Finder)


def whole(name):
    module = __import__(name)
    return module.whole, module is sys.modules[name]


@litmus(tries=0.2)
class import_once:
    new = module_name
    a = whole
    b = whole
    c = whole

    def end(name):
        del sys.modules[name]
        return COUNTS[name]
    allowed = {((True, True), (True, True), (True, True), 1)}


row("a cycle of imports between two threads is found and gives the partly-made module")


def cyclic_names():
    a, b = f"litmus_a{len(CYCLES)}", f"litmus_b{len(CYCLES)}"
    CYCLES[a], CYCLES[b] = b, a
    return a, b


CYCLES = {}


class CycleFinder(Finder):
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name in CYCLES:
            from importlib.machinery import ModuleSpec
            return ModuleSpec(name, CycleFinder)

    @staticmethod
    def exec_module(module):
        other = __import__(CYCLES[module.__name__])
        module.saw = getattr(other, "whole", "partly made")
        module.whole = "whole"


sys.meta_path.insert(0, CycleFinder)


@litmus(tries=0.2)
class import_in_a_cycle:
    new = cyclic_names
    def a(names): return __import__(names[0]).saw
    def b(names): return __import__(names[1]).saw

    def end(names):
        for name in names:
            sys.modules.pop(name, None)

    def allowed(a, b, end):
        # CPython's importlib too lets its own error out if the other's lock was taken between the look and the wait.
        known = {"whole", "partly made"}
        return all(x in known or "_DeadlockError" in x for x in (a, b)) and (a, b) != ("whole", "whole")
    def interesting(a, b, end): return "_DeadlockError" in a + b


if __name__ == "__main__":
    main()
