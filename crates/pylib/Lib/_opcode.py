"""Questions about operations, for opcode and for tests; answered from the generated tables."""

from _opcode_metadata import _formats, _texts, opmap

# Inline caches are filled in place; CPython's adaptive specialisation is not there.
ENABLE_SPECIALIZATION = False
ENABLE_SPECIALIZATION_FT = False

_names = {number: name for name, number in opmap.items()}


def _has(opcode, *kinds):
    format = _formats.get(_names.get(opcode))
    return format is not None and any(kind in kinds for _, kind in format[0])


def is_valid(opcode):
    """Whether the number names an operation."""
    return opcode in _names


def has_arg(opcode):
    """Whether the operation has any operand."""
    format = _formats.get(_names.get(opcode))
    return format is not None and bool(format[0])


def has_const(opcode):
    """Whether an operand is an index into co_consts."""
    return _has(opcode, 'Const')


def has_name(opcode):
    """Whether an operand is an index into co_names."""
    return _has(opcode, 'Name')


def has_jump(opcode):
    """Whether the operation may jump."""
    return _has(opcode, 'Offset')


def has_free(opcode):
    """Whether the operation works on a cell."""
    return 'DEREF' in _names.get(opcode, '')


def has_local(opcode):
    """Whether an operand is a register, as local variables are."""
    return _has(opcode, 'Read', 'Write', 'ReadWrite', 'Base', 'WriteBase')


def has_exc(opcode):
    """Whether the operation sets up a handler: none does, handlers are in a table."""
    return False


def stack_effect(opcode, oparg=None, /, *, jump=None):
    """What the operation does to the height of a stack: nothing, there are registers only."""
    if jump not in (None, True, False):
        raise ValueError("stack_effect: jump must be False, True or None")
    if not is_valid(opcode):
        raise ValueError("invalid opcode or oparg")
    return 0


def get_executor(code, offset, /):
    """The optimised code that starts at an offset; never shown."""
    raise ValueError("no executor exists at address %d" % offset)


def get_nb_ops():
    """Binary operators as (name, sign)."""
    signs = _texts['Binary']
    return ([('NB_' + str(i), sign) for i, sign in enumerate(signs)]
            + [('NB_INPLACE_' + str(i), sign + '=') for i, sign in enumerate(signs)])


def get_intrinsic1_descs():
    """Names of the operations inside INTRINSIC_1."""
    return list(_texts['Intrinsic1'])


def get_intrinsic2_descs():
    """Names of the operations inside INTRINSIC_2."""
    return list(_texts['Intrinsic2'])


def get_special_method_names():
    """Names of the methods that LOAD_SPECIAL looks up."""
    return list(_texts['Special'])


def get_specialization_stats():
    """Statistics of specialised operations; not collected."""
    return None


# Instructions specialise themselves, but no tool can watch them do it.
ENABLE_SPECIALIZATION = False
ENABLE_SPECIALIZATION_FT = False
