"""The operations of Taipan's bytecode: names, numbers and what their operands are."""

__all__ = ["cmp_op", "stack_effect", "hascompare", "opname", "opmap",
           "HAVE_ARGUMENT", "EXTENDED_ARG", "hasarg", "hasconst", "hasname",
           "hasjump", "hasjrel", "hasjabs", "hasfree", "haslocal", "hasexc"]

import builtins

import _opcode
from _opcode import stack_effect
from _opcode_metadata import (_formats, _specializations, _specialized_opmap, _texts,
                              opmap, HAVE_ARGUMENT, MIN_INSTRUMENTED_OPCODE)

# Operands have room in their instruction, so nothing is ever extended: no code has this number.
EXTENDED_ARG = 256

opname = ['<%r>' % (number,) for number in range(256)]
for _name, _number in opmap.items():
    opname[_number] = _name
del _name, _number

cmp_op = _texts['Cmp']


def _which(test):
    return [number for number in opmap.values() if test(number)]


hasarg = _which(_opcode.has_arg)
hasconst = _which(_opcode.has_const)
hasname = _which(_opcode.has_name)
hasjump = _which(_opcode.has_jump)
hasjrel = hasjump
hasjabs = []
hasfree = _which(_opcode.has_free)
haslocal = _which(_opcode.has_local)
hasexc = []
hascompare = [number for name, number in opmap.items()
              if any(kind == 'Cmp' for _, kind in _formats[name][0])]

_intrinsic_1_descs = _opcode.get_intrinsic1_descs()
_intrinsic_2_descs = _opcode.get_intrinsic2_descs()
_special_method_names = _opcode.get_special_method_names()
_common_constants = [getattr(builtins, name) for name in _texts['Common']]
_nb_ops = _opcode.get_nb_ops()

_cache_format = {name: {'word': cache} for name, (_, _, cache) in _formats.items() if cache}
_inline_cache_entries = {name: cache for name, (_, _, cache) in _formats.items() if cache}
