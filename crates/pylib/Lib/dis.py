"""Shows the bytecode of functions, classes, modules and source text.

An instruction is one 64-bit word, which words of data and of cache may follow. Offsets count
bytes. Operands are registers (shown by the names of the variables that live in them, `&x` for a
cell, `t0` and up for temporaries), constants, names, numbers and jump targets.
"""

import collections
import io
import sys
import types

from opcode import *
from opcode import __all__ as _opcodes_all
from opcode import _formats, _inline_cache_entries, _texts
from _opcode_metadata import _BINARY_INPLACE

__all__ = ["code_info", "dis", "disassemble", "distb", "disco",
           "findlinestarts", "findlabels", "show_code",
           "get_instructions", "Instruction", "Bytecode"] + _opcodes_all
del _opcodes_all

_WORD = 8

_have_code = (types.MethodType, types.FunctionType, types.CodeType,
              classmethod, staticmethod, type)

COMPILER_FLAG_NAMES = {
    1: "OPTIMIZED",
    2: "NEWLOCALS",
    4: "VARARGS",
    8: "VARKEYWORDS",
    16: "NESTED",
    32: "GENERATOR",
    64: "NOFREE",
    128: "COROUTINE",
    256: "ITERABLE_COROUTINE",
    512: "ASYNC_GENERATOR",
    0x4000000: "HAS_DOCSTRING",
    0x8000000: "METHOD",
}


def pretty_flags(flags):
    """The names of the flags that are set, and in hexadecimal what has no name."""
    names = []
    for bit, name in COMPILER_FLAG_NAMES.items():
        if flags & bit:
            names.append(name)
            flags &= ~bit
    if flags or not names:
        names.append(hex(flags))
    return ", ".join(names)


Positions = collections.namedtuple(
    'Positions',
    ['lineno', 'end_lineno', 'col_offset', 'end_col_offset'],
    defaults=[None] * 4)

_Fields = collections.namedtuple(
    '_Fields',
    ['opname', 'opcode', 'arg', 'argval', 'argrepr', 'offset', 'start_offset',
     'starts_line', 'line_number', 'label', 'positions', 'cache_info'],
    defaults=[None, None, None])


class Instruction(_Fields):
    """One instruction: what it is, where it stands, where it comes from."""

    @property
    def oparg(self):
        """Another name for arg."""
        return self.arg

    @property
    def baseopcode(self):
        """The number of the operation this one is a form of: its own."""
        return self.opcode

    @property
    def baseopname(self):
        """The name of the operation this one is a form of: its own."""
        return self.opname

    @property
    def cache_offset(self):
        """Where the words of cache begin."""
        return self.offset + _WORD * (1 + _data_words(self.opname))

    @property
    def end_offset(self):
        """Where the next instruction begins."""
        return self.cache_offset + _WORD * _inline_cache_entries.get(self.opname, 0)

    @property
    def jump_target(self):
        """Where it may jump to, or None."""
        return self.argval if self.opcode in hasjump else None

    @property
    def is_jump_target(self):
        """Whether something jumps here."""
        return self.label is not None

    def __str__(self):
        output = io.StringIO()
        _print([self], [], output)
        return output.getvalue().rstrip('\n')


def _data_words(name):
    format = _formats.get(name)
    return format[1] if format else 0


def _try_compile(source, name):
    try:
        return compile(source, name, 'eval')
    except SyntaxError:
        return compile(source, name, 'exec')


def _get_code_object(x):
    """The code object of anything that has one."""
    x = getattr(x, '__func__', x)
    for name in ('__code__', 'gi_code', 'ag_code', 'cr_code'):
        if hasattr(x, name):
            x = getattr(x, name)
            break
    if isinstance(x, str):
        x = _try_compile(x, "<disassembly>")
    if hasattr(x, 'co_code'):
        return x
    raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


def dis(x=None, *, file=None, depth=None, show_caches=False, adaptive=False,
        show_offsets=False, show_positions=False):
    """Show the bytecode of what is given, or of the last traceback.

    Classes and modules show all code in them; nested functions are shown down to the depth.
    """
    options = dict(file=file, show_caches=show_caches, adaptive=adaptive,
                   show_offsets=show_offsets, show_positions=show_positions)
    if x is None:
        distb(**options)
        return
    x = getattr(x, '__func__', x)
    for name in ('__code__', 'gi_code', 'ag_code', 'cr_code'):
        if hasattr(x, name):
            x = getattr(x, name)
            break
    if hasattr(x, '__dict__'):
        for name, member in sorted(x.__dict__.items()):
            if isinstance(member, _have_code):
                print("Disassembly of %s:" % name, file=file)
                try:
                    dis(member, depth=depth, **options)
                except TypeError as error:
                    print("Sorry:", error, file=file)
                print(file=file)
    elif hasattr(x, 'co_code'):
        _disassemble_recursive(x, depth, options)
    elif isinstance(x, (bytes, bytearray)):
        _print(list(_decode(bytes(x), None)), [], file, show_offsets=show_offsets)
    elif isinstance(x, str):
        _disassemble_recursive(_try_compile(x, '<dis>'), depth, options)
    else:
        raise TypeError("don't know how to disassemble %s objects" % type(x).__name__)


def _disassemble_recursive(co, depth, options):
    disassemble(co, **options)
    if depth is not None:
        if depth <= 0:
            return
        depth -= 1
    for constant in co.co_consts:
        if hasattr(constant, 'co_code'):
            print(file=options['file'])
            print("Disassembly of %r:" % (constant,), file=options['file'])
            _disassemble_recursive(constant, depth, options)


def distb(tb=None, *, file=None, show_caches=False, adaptive=False, show_offsets=False,
          show_positions=False):
    """Show the bytecode of the innermost frame of a traceback, or of the last one."""
    if tb is None:
        try:
            if hasattr(sys, 'last_exc'):
                tb = sys.last_exc.__traceback__
            else:
                tb = sys.last_traceback
        except AttributeError:
            raise RuntimeError("no last traceback to disassemble") from None
    while tb.tb_next:
        tb = tb.tb_next
    disassemble(tb.tb_frame.f_code, tb.tb_lasti, file=file, show_caches=show_caches,
                adaptive=adaptive, show_offsets=show_offsets, show_positions=show_positions)


def disassemble(co, lasti=-1, *, file=None, show_caches=False, adaptive=False,
                show_offsets=False, show_positions=False):
    """Show the bytecode of a code object, with an arrow at one instruction."""
    _print(list(_decode(co.co_code, co)), _handlers(co), file, lasti=lasti,
           show_caches=show_caches, show_offsets=show_offsets, show_positions=show_positions)


disco = disassemble


def get_instructions(x, *, first_line=None, show_caches=None, adaptive=False):
    """The instructions of a function, method, source text or code object."""
    co = _get_code_object(x)
    shift = 0 if first_line is None else first_line - co.co_firstlineno
    return _decode(co.co_code, co, shift)


def _signed(value, bits):
    return value - (1 << bits) if value >> (bits - 1) else value


def _words(code):
    """(offset, word, name) of each instruction, without its data and cache."""
    at = 0
    while at + _WORD <= len(code):
        word = int.from_bytes(code[at:at + _WORD], 'little')
        name = opname[word & 0xff]
        yield at, word, name
        _, data, cache = _formats.get(name, ((), 0, 0))
        at += _WORD * (1 + data + cache)


def _operands(word, name):
    """(kind, value) of each operand."""
    for where, kind in _formats.get(name, ((),))[0]:
        if where == 'x':
            value = word >> 8 & 0xff
        elif where == 'c':
            value = word >> 16 & 0xffff
        elif where == 'a':
            value = word >> 32 & 0xffff
        elif where == 'b':
            value = word >> 48
        elif where == 'imm':
            value = word >> 32
            if kind in ('Imm', 'Offset'):
                value = _signed(value, 32)
        else:
            value = _signed(word >> 8 & 0xffffff, 24)
        if kind == 'Imm' and where in 'abc':
            value = _signed(value, 16)
        yield kind, value


def _target(at, offset):
    return at + _WORD * (1 + offset)


def _register(co, number):
    if co is None:
        return 'r%d' % number
    for names, mark in ((co.co_varnames, ''), (co.co_cellvars, '&'), (co.co_freevars, '&')):
        if number < len(names):
            return mark + names[number]
        number -= len(names)
    return 't%d' % number


def _item(sequence, index):
    return sequence[index] if index < len(sequence) else None


def _operand(kind, value, co, at, labels):
    """(what the operand stands for, how it is shown); shown as None if it says nothing."""
    if kind in ('Read', 'Write', 'ReadWrite'):
        text = _register(co, value)
        return text, text
    if kind in ('Base', 'WriteBase'):
        text = _register(co, value)
        return text, text + '..'
    if kind == 'Name':
        if co is None:
            return value, 'name %d' % value
        name = _item(co.co_names, value)
        return name, name
    if kind == 'Const':
        if co is None:
            return value, 'const %d' % value
        constant = _item(co.co_consts, value)
        return constant, repr(constant)
    if kind == 'Imm':
        return value, '#%d' % value
    if kind == 'Offset':
        target = _target(at, value)
        return target, 'to L%s' % labels.get(target, '?')
    if kind == 'Binary':
        sign = _item(_texts['Binary'], value & ~_BINARY_INPLACE) or '?'
        if value & _BINARY_INPLACE:
            sign += '='
        return sign, sign
    if kind in _texts:
        text = _item(_texts[kind], value)
        return text, text or None
    return value, str(value)


# Which operand says most about an instruction: that one becomes argval.
_TELLING = ('Offset', 'Name', 'Const', 'Imm', 'Cmp', 'Binary', 'Intrinsic1', 'Intrinsic2',
            'Special', 'Unary', 'Common', 'Conversion')


def _decode(code, co, line_shift=0):
    labels = {target: number for number, target in enumerate(_all_targets(code, co), 1)}
    positions = list(co.co_positions()) if co is not None else ()
    lines = dict(findlinestarts(co)) if co is not None else {}
    line = None
    for at, word, name in _words(code):
        telling, reprs = {}, []
        for kind, value in _operands(word, name):
            argval, text = _operand(kind, value, co, at, labels)
            telling.setdefault(kind, argval)
            if text is not None and not (kind == 'Num' and value == 0):
                reprs.append(text)
        argval = next((telling[kind] for kind in _TELLING if kind in telling), None)
        if argval is None and telling:
            argval = next(iter(telling.values()))
        starts = at in lines
        if starts:
            line = lines[at]
            if line is not None:
                line += line_shift
        # Positions are given for every two bytes, as CPython gives them.
        where = positions[at // 2] if at // 2 < len(positions) else (None,) * 4
        arg = word >> 8 if telling else None
        yield Instruction(name, word & 0xff, arg, argval, ', '.join(reprs), at, at, starts, line,
                          labels.get(at), Positions(*where), None)


def _handlers(co):
    """The exception table as (start, end, target, register), offsets in bytes."""
    table = getattr(co, '_co_handlers', None)
    return [tuple(entry) for entry in table()] if table is not None else []


def _all_targets(code, co):
    targets = set(findlabels(code))
    if co is not None:
        targets.update(target for _, _, target, _ in _handlers(co))
    return sorted(targets)


def findlabels(code):
    """The offsets that something jumps to, in the order they are met."""
    labels = []
    for at, word, name in _words(code):
        for kind, value in _operands(word, name):
            if kind == 'Offset':
                target = _target(at, value)
                if target not in labels:
                    labels.append(target)
    return labels


def findlinestarts(code):
    """(offset, line) wherever a line begins; the line is None for code that has none."""
    last = False
    for start, _, line in code.co_lines():
        if line is not last:
            last = line
            yield start, line


def _print(instructions, handlers, file, *, lasti=-1, show_caches=False, show_offsets=False,
           show_positions=False):
    lines = [i.line_number for i in instructions if i.line_number is not None]
    line_width = max(3, len(str(max(lines, default=0))))
    offset_width = len(str(instructions[-1].offset)) if instructions else 0
    label_width = max((len(str(i.label)) + 2 for i in instructions if i.label), default=0)
    for i in instructions:
        if i.starts_line and i.offset > 0 and not show_positions:
            print(file=file)
        fields = []
        if show_positions:
            p = i.positions
            ends = [p.lineno, p.col_offset, p.end_lineno, p.end_col_offset]
            fields.append('%s:%s-%s:%s' % tuple('?' if x is None else x for x in ends))
        elif lines:
            shown = '' if not i.starts_line else '--' if i.line_number is None else i.line_number
            fields.append(str(shown).rjust(line_width))
        label = 'L%d:' % i.label if i.label is not None else ''
        fields.append(label.rjust(label_width))
        if show_offsets:
            fields.append(str(i.offset).rjust(offset_width))
        fields.append('-->' if i.offset == lasti else '   ')
        fields.append(i.opname.ljust(24))
        fields.append(i.argrepr)
        print(' '.join(fields).rstrip(), file=file)
        if show_caches:
            for _ in range(_inline_cache_entries.get(i.opname, 0)):
                print(' ' * (line_width + label_width + 6) + 'CACHE', file=file)
    if handlers:
        labels = {i.offset: i.label for i in instructions}
        print("ExceptionTable:", file=file)
        for start, end, target, register in handlers:
            print("  %d to %d -> L%s [r%d]" % (start, end, labels.get(target, '?'), register),
                  file=file)


def code_info(x):
    """A text that tells about a code object."""
    return _format_code_info(_get_code_object(x))


def _format_code_info(co):
    lines = [
        "Name:              %s" % co.co_name,
        "Filename:          %s" % co.co_filename,
        "Argument count:    %s" % co.co_argcount,
        "Positional-only arguments: %s" % co.co_posonlyargcount,
        "Kw-only arguments: %s" % co.co_kwonlyargcount,
        "Number of locals:  %s" % co.co_nlocals,
        "Stack size:        %s" % co.co_stacksize,
        "Flags:             %s" % pretty_flags(co.co_flags),
    ]
    for title, items, show in (("Constants", co.co_consts, repr), ("Names", co.co_names, str),
                               ("Variable names", co.co_varnames, str),
                               ("Free variables", co.co_freevars, str),
                               ("Cell variables", co.co_cellvars, str)):
        if items:
            lines.append(title + ":")
            lines += ["%4d: %s" % (i, show(item)) for i, item in enumerate(items)]
    return "\n".join(lines)


def show_code(co, *, file=None):
    """Print what code_info tells."""
    print(code_info(co), file=file)


class Bytecode:
    """The bytecode of a function, method, source text or code object.

    Iterating gives its instructions.
    """

    def __init__(self, x, *, first_line=None, current_offset=None, show_caches=False,
                 adaptive=False, show_offsets=False, show_positions=False):
        self.codeobj = co = _get_code_object(x)
        self.first_line = co.co_firstlineno if first_line is None else first_line
        self._line_shift = self.first_line - co.co_firstlineno
        self._original_object = x
        self.current_offset = current_offset
        self.exception_entries = _handlers(co)
        self.show_caches = show_caches
        self.adaptive = adaptive
        self.show_offsets = show_offsets
        self.show_positions = show_positions

    def __iter__(self):
        return _decode(self.codeobj.co_code, self.codeobj, self._line_shift)

    def __repr__(self):
        return "{}({!r})".format(self.__class__.__name__, self._original_object)

    @classmethod
    def from_traceback(cls, tb, *, show_caches=False, adaptive=False):
        """The bytecode of a traceback's innermost frame."""
        while tb.tb_next:
            tb = tb.tb_next
        return cls(tb.tb_frame.f_code, current_offset=tb.tb_lasti, show_caches=show_caches,
                   adaptive=adaptive)

    def info(self):
        """A text that tells about the code object."""
        return _format_code_info(self.codeobj)

    def dis(self):
        """The disassembly as a text."""
        output = io.StringIO()
        lasti = -1 if self.current_offset is None else self.current_offset
        _print(list(self), self.exception_entries, output, lasti=lasti,
               show_caches=self.show_caches, show_offsets=self.show_offsets,
               show_positions=self.show_positions)
        return output.getvalue()


def _find_imports(co):
    """(name, level, names or None) of each import statement, for modulefinder."""
    loads = {}
    for at, word, name in _words(co.co_code):
        operands = list(_operands(word, name))
        if name == 'LOAD_CONST':
            loads[operands[0][1]] = _item(co.co_consts, operands[1][1])
        elif name == 'LOAD_INT':
            loads[operands[0][1]] = operands[1][1]
        elif name == 'IMPORT_NAME':
            base, index = operands[1][1], operands[2][1]
            yield _item(co.co_names, index), loads.get(base, 0), loads.get(base + 1)


def _find_store_names(co):
    """The names that are assigned to in a module or class, for modulefinder."""
    for _, word, name in _words(co.co_code):
        if name in ('STORE_NAME', 'STORE_GLOBAL'):
            for kind, value in _operands(word, name):
                if kind == 'Name':
                    yield _item(co.co_names, value)


def main(args=None):
    """The command `python -m dis [file]`."""
    import argparse

    parser = argparse.ArgumentParser(color=True)
    parser.add_argument('-C', '--show-caches', action='store_true', help='show words of cache')
    parser.add_argument('-O', '--show-offsets', action='store_true', help='show offsets')
    parser.add_argument('-P', '--show-positions', action='store_true', help='show positions')
    parser.add_argument('-S', '--specialized', action='store_true',
                        help='accepted for compatibility; there are no specialised operations')
    parser.add_argument('infile', nargs='?', default='-')
    options = parser.parse_args(args=args)
    if options.infile == '-':
        name, source = '<stdin>', sys.stdin.buffer.read()
    else:
        name = options.infile
        with open(name, 'rb') as file:
            source = file.read()
    dis(compile(source, name, 'exec'), show_caches=options.show_caches,
        show_offsets=options.show_offsets, show_positions=options.show_positions)


if __name__ == '__main__':
    main()
