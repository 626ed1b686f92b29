"""Profiles a program: how often each function is called and how long it takes.

The same figures as `profile`, gathered by the interpreter (`_lsprof`) where it can, with the
interface of CPython's cProfile.
"""

__all__ = ["run", "runctx", "Profile"]

import sys

import profile as _profile

try:
    import _lsprof
except ImportError:
    _lsprof = None


def run(statement, filename=None, sort=-1):
    """Run a statement under the profiler; print the figures or save them to a file."""
    return _profile._Utils(Profile).run(statement, filename, sort)


def runctx(statement, globals, locals, filename=None, sort=-1):
    """Run a statement in given namespaces under the profiler."""
    return _profile._Utils(Profile).runctx(statement, globals, locals, filename, sort)


class _Common:
    """What both kinds of profiler do alike."""

    def print_stats(self, sort=-1):
        """Print the figures."""
        import pstats
        if not isinstance(sort, tuple):
            sort = (sort,)
        pstats.Stats(self).strip_dirs().sort_stats(*sort).print_stats()

    def dump_stats(self, file):
        """Save the figures, for pstats."""
        import marshal
        with open(file, 'wb') as f:
            self.create_stats()
            marshal.dump(self.stats, f)

    def create_stats(self):
        """Stop, and make `stats` from what was gathered."""
        self.disable()
        self.snapshot_stats()

    def run(self, cmd):
        """Profile a statement in the main module's namespace."""
        import __main__
        return self.runctx(cmd, __main__.__dict__, __main__.__dict__)

    def runctx(self, cmd, globals, locals):
        """Profile a statement in given namespaces."""
        self.enable()
        try:
            exec(cmd, globals, locals)
        finally:
            self.disable()
        return self

    def runcall(self, func, /, *args, **kw):
        """Profile one call; gives what it returns."""
        self.enable()
        try:
            return func(*args, **kw)
        finally:
            self.disable()

    def __enter__(self):
        self.enable()
        return self

    def __exit__(self, *exc_info):
        self.disable()


def label(code):
    """(file, line, name) of a code object or of a builtin's name."""
    if isinstance(code, str):
        return ('~', 0, code)
    return (code.co_filename, code.co_firstlineno, code.co_name)


if _lsprof is not None:
    class Profile(_Common, _lsprof.Profiler):
        """A profiler inside the interpreter."""

        def snapshot_stats(self):
            """Make `stats` from what was gathered so far."""
            callers = {}
            self.stats = {}
            entries = self.getstats()
            for entry in entries:
                for call in entry.calls or ():
                    to = callers.setdefault(label(call.code), {})
                    old = to.get(label(entry.code), (0, 0, 0, 0))
                    new = (call.callcount, call.callcount - call.reccallcount,
                           call.inlinetime, call.totaltime)
                    to[label(entry.code)] = tuple(a + b for a, b in zip(old, new))
            for entry in entries:
                key = label(entry.code)
                cc, nc, tt, ct, _ = self.stats.get(key, (0, 0, 0, 0, None))
                self.stats[key] = (cc + entry.callcount - entry.reccallcount,
                                   nc + entry.callcount, tt + entry.inlinetime,
                                   ct + entry.totaltime, callers.get(key, {}))
else:
    class Profile(_Common):
        """A profiler written in Python, for want of one inside the interpreter."""

        def __init__(self, timer=None, timeunit=0.0, subcalls=True, builtins=True):
            if timer is None:
                import time
                timer = time.perf_counter
            self._timer = timer
            self._unit = timeunit or 1
            self._builtins = builtins
            self.clear()

        def clear(self):
            """Forget the figures."""
            self._stack = []
            # (caller, function): [calls, calls not inside itself, own time, whole time]
            self._edges = {}
            # How often each function is on the stack.
            self._active = {}

        def enable(self, subcalls=True, builtins=True):
            """Begin to gather figures."""
            if sys.getprofile() is not None:
                raise ValueError("Another profiling tool is already active")
            self._builtins = builtins
            sys.setprofile(self._event)

        def disable(self):
            """Stop."""
            sys.setprofile(None)
            now = self._timer() * self._unit
            while self._stack:
                self._leave(now)

        def _event(self, frame, event, arg):
            now = self._timer() * self._unit
            if event == 'call':
                self._enter(label(frame.f_code), now)
            elif event == 'return':
                self._leave(now)
            elif self._builtins:
                if event == 'c_call':
                    self._enter(label('<%s>' % getattr(arg, '__qualname__', arg)), now)
                else:
                    self._leave(now)

        def _enter(self, function, now):
            self._active[function] = self._active.get(function, 0) + 1
            self._stack.append((function, now, [0.0]))

        def _leave(self, now):
            if not self._stack:
                # Returns from what was called before the profiler began.
                return
            function, start, inner = self._stack.pop()
            self._active[function] -= 1
            outermost = self._active[function] == 0
            caller = None
            if self._stack:
                caller = self._stack[-1][0]
                self._stack[-1][2][0] += now - start
            edge = self._edges.setdefault((caller, function), [0, 0, 0.0, 0.0])
            edge[0] += 1
            edge[2] += now - start - inner[0]
            if outermost:
                edge[1] += 1
                edge[3] += now - start

        def snapshot_stats(self):
            """Make `stats` from what was gathered so far."""
            self.stats = {}
            for (caller, function), (nc, cc, tt, ct) in self._edges.items():
                old = self.stats.get(function, (0, 0, 0.0, 0.0, {}))
                if caller is not None:
                    old[4][caller] = (nc, cc, tt, ct)
                self.stats[function] = (old[0] + cc, old[1] + nc, old[2] + tt, old[3] + ct, old[4])


def main():
    """The command `python -m cProfile [-o file] [-s sort] (-m module | script) ...`."""
    import argparse
    import io
    import os
    import runpy

    parser = argparse.ArgumentParser(color=True)
    parser.add_argument('-o', '--outfile', help="save the figures to a file")
    parser.add_argument('-s', '--sort', default=2, help="sort by this figure, as pstats does")
    parser.add_argument('-m', dest='module', action='store_true', help="profile a library module")
    parser.add_argument('program', help="script or module")
    parser.add_argument('arguments', nargs=argparse.REMAINDER)
    options = parser.parse_args()
    sys.argv[:] = [options.program, *options.arguments]
    if options.outfile is not None:
        options.outfile = os.path.abspath(options.outfile)
    if options.module:
        code = "run_module(modname, run_name='__main__')"
        names = {'run_module': runpy.run_module, 'modname': options.program}
    else:
        sys.path.insert(0, os.path.dirname(options.program))
        with io.open_code(options.program) as file:
            code = compile(file.read(), options.program, 'exec')
        module = type(sys)('__main__')
        module.__dict__.update(__file__=options.program, __builtins__=__builtins__)
        sys.modules['__main__'] = module
        names = module.__dict__
    try:
        runctx(code, names, None, options.outfile, options.sort)
    except BrokenPipeError:
        sys.stdout = None


if __name__ == '__main__':
    main()
