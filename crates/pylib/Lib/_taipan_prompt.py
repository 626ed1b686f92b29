"""The prompt: the library's line editor at a terminal, plain lines elsewhere."""

import sys


def run(quiet):
    """Reads and runs statements in __main__ until the end of input."""
    import __main__
    if not quiet:
        print(f'Python {sys.version} on {sys.platform}', file=sys.stderr)
        print('Type "help", "copyright", "credits" or "license" for more information.', file=sys.stderr)
    sys.ps1 = getattr(sys, 'ps1', '>>> ')
    sys.ps2 = getattr(sys, 'ps2', '... ')
    sys.stderr.flush()
    if _wants_editor():
        from _pyrepl import main
        if main.CAN_USE_PYREPL:
            main.interactive_console(mainmodule=__main__, quiet=True)
            return
    _plain(__main__)


def _wants_editor():
    import os
    if os.environ.get('PYTHON_BASIC_REPL') and not sys.flags.ignore_environment:
        return False
    try:
        return os.isatty(sys.stdin.fileno()) and os.isatty(sys.stdout.fileno())
    except (AttributeError, OSError, ValueError):
        return False


def _plain(main):
    import code

    class Console(code.InteractiveConsole):
        number = 0

        def raw_input(self, prompt=''):
            if _is_terminal():
                return input(prompt)
            sys.stderr.write(prompt)
            sys.stderr.flush()
            line = sys.stdin.readline()
            if not line:
                raise EOFError
            return line.removesuffix('\n')

        def runsource(self, source, filename='<input>', symbol='single'):
            more = super().runsource(source, f'<stdin>-{self.number}', symbol)
            if not more:
                self.number += 1
            return more

    console = Console(vars(main), filename='<stdin>')
    more = False
    while True:
        try:
            line = console.raw_input(str(sys.ps2 if more else sys.ps1))
            more = console.push(line)
        except EOFError:
            if more:
                console.push('')
            break
        except KeyboardInterrupt:
            sys.stderr.write('\nKeyboardInterrupt\n')
            console.resetbuffer()
            more = False
    sys.stderr.write('\n')
    sys.stderr.flush()


def _is_terminal():
    try:
        return sys.stdin.isatty()
    except (AttributeError, ValueError):
        return False
