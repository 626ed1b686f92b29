"""Runs one module of CPython's test package and reports each test in a line.

    runner.py MODULE DONE_FILE FILTER

The report goes to standard output, fields separated by tabs:

    RUN   test          it begins
    PASS  test          and SKIP, FAIL, ERROR, XFAIL, XPASS: it ended, with a message
    DONE                all tests were run

What the tests themselves print goes to standard error. Tests named in DONE_FILE are left out: an earlier process
has reported them. A test whose name comes again gets `~2`, `~3` … after it.
"""

import os
import signal
import sys

# Begun in the background by a shell, a process ignores Ctrl-C, and so would all that the tests begin.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# What the tests of a module may use beyond the default, which is no network and no hours: none of these leaves this
# machine or takes long.
RESOURCES = {
    "test_eintr": ["walltime"],
    "test_socketserver": ["network"],
    "test_threadedtempfile": ["cpu"],
}

# Taken aside at once: whatever the tests do to the standard streams, the report is safe.
REPORT = os.dup(1)
os.dup2(2, 1)


def report(word, *fields):
    line = "\t".join((word, *(" ".join(str(field).split()) for field in fields)))
    os.write(REPORT, line.encode("utf-8", "backslashreplace") + b"\n")


def last_line(text):
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1][:200] if lines else ""


def describe(error):
    """One line for an exception that may refuse to be described."""
    try:
        return last_line(f"{type(error).__name__}: {error}")
    except Exception:
        return type(error).__name__


def main(module_name, done_file, wanted):
    with open(done_file, encoding="utf-8") as file:
        done = set(file.read().split("\n"))

    whole = f"test.{module_name} (module)"
    try:
        import unittest

        # Not present, or not working, is for the tests to find.
        try:
            from test import support
        except ImportError:
            support = None
        else:
            support.use_resources = RESOURCES.get(module_name, [])  # as `python -m test` without -u
            support.verbose = 0
    except Exception as error:
        report("RUN", whole)
        report("ERROR", whole, describe(error))
        report("DONE")
        return

    class Result(unittest.TestResult):
        """Reports as the tests go; a test with failed subtests is one failure."""

        def __init__(self):
            super().__init__()
            self.failed_subtest = None
            self.outcome = None

        def startTest(self, test):
            super().startTest(test)
            self.failed_subtest = self.outcome = None
            report("RUN", test.report_name)

        def stopTest(self, test):
            super().stopTest(test)
            word, said = self.failed_subtest or self.outcome or ("PASS", "")
            report(word, test.report_name, said)

        def settle(self, test, word, said):
            # The first thing that goes wrong is what is told; setUpClass and the like come outside of any test.
            name = getattr(test, "report_name", None)
            if name is None:
                report(word, test.id(), said)
            elif self.outcome is None or self.outcome[0] in ("PASS", "SKIP"):
                self.outcome = word, said

        def addSuccess(self, test):
            if self.outcome is None:
                self.outcome = "PASS", ""

        def addError(self, test, err):
            self.settle(test, "ERROR", describe(err[1]))
            self.log(test, err)

        def addFailure(self, test, err):
            self.settle(test, "FAIL", describe(err[1]))
            self.log(test, err)

        def addSkip(self, test, reason):
            self.settle(test, "SKIP", last_line(reason))

        def addExpectedFailure(self, test, err):
            self.settle(test, "XFAIL", describe(err[1]))

        def addUnexpectedSuccess(self, test):
            self.settle(test, "XPASS", "")

        def addSubTest(self, test, subtest, err):
            if err is not None and self.failed_subtest is None:
                word = "FAIL" if issubclass(err[0], test.failureException) else "ERROR"
                self.failed_subtest = word, describe(err[1])
            if err is not None:
                self.log(subtest, err)

        def log(self, test, err):
            import traceback

            try:
                print("=" * 20, test, file=sys.__stderr__)
                traceback.print_exception(*err, file=sys.__stderr__)
                sys.__stderr__.flush()
            except Exception:
                pass

    def flat(suite):
        for test in suite:
            if isinstance(test, unittest.TestSuite):
                yield from flat(test)
            else:
                yield test

    def load():
        if module_name.startswith(("test_import", "test_pkgutil", "test_compileall", "test_pyclbr")):
            lend_machine_code()
        if module_name.startswith(("test_interpreters", "test__interp", "test_crossinterp")):
            run_interpreters_without_gil()
        module = __import__("test." + module_name, fromlist=["*"])
        return unittest.defaultTestLoader.loadTestsFromModule(module)

    try:
        tests = list(flat(load()))
    except unittest.SkipTest as skip:
        report("RUN", whole)
        report("SKIP", whole, skip)
        report("DONE")
        return
    except BaseException as error:
        import traceback

        traceback.print_exc()
        report("RUN", whole)
        report("ERROR", whole, describe(error))
        report("DONE")
        return

    chosen = unittest.TestSuite()
    seen = {}
    for test in tests:
        name = test.id()
        seen[name] = seen.get(name, 0) + 1
        if seen[name] > 1:
            name = f"{name}~{seen[name]}"
        # Doctests of generated code may have names of several lines.
        test.report_name = " ".join(name.split())
        if test.report_name not in done and wanted in test.report_name:
            chosen.addTest(test)
    chosen(Result())
    report("DONE")


def lend_machine_code():
    """The helpers of the tests of imports ask for a module in machine code and skip everything without it, though
    only the tests of such modules need it. It is there for as long as the helpers are imported."""
    if "_testmultiphase" in sys.modules:
        return
    try:
        import _testmultiphase
    except ImportError:
        sys.modules["_testmultiphase"] = type(sys)("_testmultiphase")
        try:
            import test.test_importlib.util
        finally:
            del sys.modules["_testmultiphase"]


NO_GIL_IS_NO_HINDRANCE = """
import sysconfig
sysconfig.get_config_vars()["Py_GIL_DISABLED"] = 0
"""


def run_interpreters_without_gil():
    """The tests of interpreters skip themselves where the GIL can be off, for CPython has not tried them there. The path
    file of the installation tells the tests' own interpreters and processes too that this is no reason."""
    import test.support

    test.support.Py_GIL_DISABLED = False
    exec(NO_GIL_IS_NO_HINDRANCE, {})
    os.environ["CONFORMANCE_LEND"] = NO_GIL_IS_NO_HINDRANCE


def leave_for_writable_folder():
    """Tests write into the current folder; an interpreter in a sandbox may see it read-only."""
    if not os.access(".", os.W_OK):
        folder = f"/tmp/conformance-{os.getpid()}"
        os.makedirs(folder, exist_ok=True)
        os.chdir(folder)
        os.environ["TMPDIR"] = folder


if __name__ == "__main__":
    leave_for_writable_folder()
    # The folder of this file is no place to import from.
    del sys.path[0]
    main(*sys.argv[1:])
    sys.stdout.flush()
    sys.stderr.flush()
    # Threads that tests left running, or finalisers that hang, must not undo what was reported.
    os._exit(0)
