"""The prompt: the library's line editor at a terminal, plain lines elsewhere."""

import sys


def run(after_program):
    """Reads and runs statements in __main__ until the end of input."""
    import __main__
    sys.stderr.flush()
    if _wants_editor():
        from _pyrepl import main
        main.interactive_console(mainmodule=__main__, quiet=True, pythonstartup=after_program)
    else:
        plain()


def _wants_editor():
    import os
    if os.environ.get('PYTHON_BASIC_REPL') and not sys.flags.ignore_environment:
        return False
    try:
        return os.isatty(sys.stdin.fileno()) and os.isatty(sys.stdout.fileno())
    except (AttributeError, OSError, ValueError):
        return False


def plain():
    """The prompt without a line editor: sys._baserepl."""
    import __main__
    import _imp
    import code
    import linecache
    sys.ps1 = getattr(sys, 'ps1', '>>> ')
    sys.ps2 = getattr(sys, 'ps2', '... ')

    class Console(code.InteractiveConsole):
        number = 0

        def raw_input(self, prompt=''):
            if _is_terminal():
                return input(prompt)
            sys.stderr.write(prompt)
            sys.stderr.flush()
            try:
                line = sys.stdin.readline()
            except (OSError, ValueError):
                line = ''
            if not line:
                raise EOFError
            if not line.endswith('\n'):
                sys.stderr.write(f'{sys.ps2}\n')
            return line.removesuffix('\n')

        def showtraceback(self):
            # The hook does what it does for a program; the frames of this module are nobody's concern.
            error = sys.exception()
            self._show(error, error.__traceback__.tb_next)

        def showsyntaxerror(self, filename=None, **keywords):
            self._show(sys.exception(), None)

        def _show(self, error, traceback):
            sys.last_exc = sys.last_value = error.with_traceback(traceback)
            sys.last_type, sys.last_traceback = type(error), traceback
            try:
                sys.excepthook(type(error), error, traceback)
            except SystemExit:
                raise
            except BaseException as second:
                print('Error in sys.excepthook:', file=sys.stderr)
                sys.__excepthook__(type(second), second, second.__traceback__)
                print('\nOriginal exception was:', file=sys.stderr)
                sys.__excepthook__(type(error), error, traceback)

        def runsource(self, source, filename='<stdin>', symbol='single', compiler=None):
            try:
                made = (compiler or self.compile)(source, '<stdin>', symbol)
            except Exception:
                self.showsyntaxerror('<stdin>')
                made = False
            if made is None:
                return True
            if made:
                # Each statement has a name of its own, by which tracebacks find its lines.
                _imp._fix_co_filename(made, f'<stdin-{self.number}>')
                linecache._register_code(made, source + '\n', '<stdin>')
                self.number += 1
                self.runcode(made)
            for stream in sys.stderr, sys.stdout:
                try:
                    stream.flush()
                except Exception:
                    pass
            return False

    console = Console(vars(__main__), filename='<stdin>')
    more = False
    while True:
        try:
            line = console.raw_input(str(sys.ps2 if more else sys.ps1))
            more = console.push(line)
        except EOFError:
            break
        except KeyboardInterrupt:
            sys.stderr.write('\nKeyboardInterrupt\n')
            console.resetbuffer()
            more = False
    sys.stderr.write('\n')
    if more:
        # What is there is all there will be.
        console.runsource('\n'.join(console.buffer), compiler=compile)
    sys.stderr.flush()


def _is_terminal():
    try:
        return sys.stdin.isatty()
    except (AttributeError, ValueError):
        return False
