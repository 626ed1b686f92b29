"""Arrays, structures, unions, pointers."""

import _ctypes_memory as _m
import sys as _sys

from _ctypes._base import (
    CType_Type, _CData, _INTEGERS, _Info, _SIGNED, _at, _dict_of, _from_param, _get, _info, _is_ctype,
    _load, _need, _new, _read, _set, _size, _store, _write, byref,
)


# Arrays.

class PyCArrayType(CType_Type):
    """Metaclass of the array types."""

    def __init__(self, name, bases, namespace, **kwargs):
        CType_Type.__init__(self, name, bases, namespace)
        if '_ctypes_root_' in namespace:
            return
        try:
            length = self._length_
        except AttributeError:
            raise AttributeError("class must define a '_length_' attribute") from None
        if not isinstance(length, int):
            raise TypeError("The '_length_' attribute must be an integer")
        if length < 0:
            raise ValueError("The '_length_' attribute must not be negative")
        if length > _sys.maxsize:
            raise OverflowError("The '_length_' attribute is too large")
        try:
            item = self._type_
        except AttributeError:
            raise AttributeError("class must define a '_type_' attribute") from None
        if not _is_ctype(item):
            raise TypeError('_type_ must have storage info')
        part = _info(item)
        if part.size and length > _sys.maxsize // part.size:
            raise OverflowError('array too large')
        part.final = True
        info = _Info('array', part.size * length, part.align)
        info.item = item
        info.length = length
        info.final = True
        info.format = part.format
        info.shape = (length, *part.shape)
        info.has_pointer = part.has_pointer
        info.ffi = 'P'
        type.__setattr__(self, '_ctypes_info_', info)
        if part.code == 'c':
            type.__setattr__(self, 'value', _chars_value)
            type.__setattr__(self, 'raw', _chars_raw)
        elif part.code == 'u':
            type.__setattr__(self, 'value', _wide_value)

    def from_param(self, value, /):
        """Convert a Python object into a function call parameter."""
        info = _need(self)
        code = _info(info.item).code
        if code == 'c' and isinstance(value, bytes):
            if len(value) > info.length:
                raise ValueError('Invalid length')
            made = _new(self)
            made.value = value
            return made
        if code == 'u' and isinstance(value, str):
            if len(value) > info.length:
                raise ValueError('Invalid length')
            made = _new(self)
            made.value = value
            return made
        if isinstance(value, tuple):
            if len(value) > info.length:
                raise RuntimeError('Invalid length')
            try:
                return self(*value)
            except Exception as error:
                raise RuntimeError(f'({self.__name__}) {type(error).__name__}: {error}') from None
        return _from_param(self, value)


def _get_chars(self):
    data = _read(self._ctypes_at_, _size(self))
    end = data.find(b'\0')
    return data if end < 0 else data[:end]


def _set_chars(self, value):
    if not isinstance(value, bytes):
        raise TypeError(f'bytes expected instead of {type(value).__name__} instance')
    size = _size(self)
    if len(value) > size:
        raise ValueError('byte string too long')
    _write(self._ctypes_at_, value + b'\0' if len(value) < size else value)


def _get_raw(self):
    return _read(self._ctypes_at_, _size(self))


def _set_raw(self, value):
    data = memoryview(value)
    if data.nbytes > _size(self):
        raise ValueError('byte string too long')
    _write(self._ctypes_at_, data.tobytes())


def _get_wide(self):
    return _m.wide_string(self._ctypes_at_, _size(self) // 4)


def _set_wide(self, value):
    if not isinstance(value, str):
        raise TypeError(f'unicode string expected instead of {type(value).__name__} instance')
    room = _size(self) // 4
    if len(value) > room:
        raise ValueError('string too long')
    data = _m.wide_bytes(value)
    _write(self._ctypes_at_, data + bytes(4) if len(value) < room else data)


class _Attribute:
    """An attribute of arrays of characters; it cannot be deleted."""

    def __init__(self, name, get, set, doc):
        self.__name__ = name
        self.get = get
        self.set = set
        self.__doc__ = doc

    def __get__(self, obj, cls=None):
        return self if obj is None else self.get(obj)

    def __set__(self, obj, value):
        self.set(obj, value)

    def __delete__(self, obj):
        if self.__name__ == 'raw':
            raise AttributeError('cannot delete attribute')
        raise TypeError("can't delete attribute")


_chars_value = _Attribute('value', _get_chars, _set_chars, 'string value')
_chars_raw = _Attribute('raw', _get_raw, _set_raw, 'value')
_wide_value = _Attribute('value', _get_wide, _set_wide, 'string value')

_array_types = {}


def _array_type(item, length, module):
    key = (item, length)
    found = _array_types.get(key)
    if found is None:
        if not _is_ctype(item):
            raise TypeError('Expected a type object')
        made = PyCArrayType(f'{item.__name__}_Array_{length}', (Array,), {'_length_': length, '_type_': item, '__module__': module})
        found = _array_types.setdefault(key, made)
    return found


def _text_of(code, data):
    if code == 'c':
        return data
    return ''.join(chr(n) for n in memoryview(data).cast('I')) if data else ''


class Array(_CData, metaclass=PyCArrayType):
    """Abstract base class for arrays.

The recommended way to create concrete array types is by multiplying any
ctypes data type with a non-negative integer. Alternatively, you can subclass
this type and define _length_ and _type_ class variables. Array elements can
be read and written using standard subscript and slice accesses for slice
reads, the resulting object is not itself an Array."""

    __slots__ = ()
    _ctypes_root_ = True

    def __init__(self, *args):
        for i, value in enumerate(args):
            self[i] = value

    def __len__(self):
        return _info(type(self)).length

    def __getitem__(self, key):
        info = _info(type(self))
        length = info.length
        if isinstance(key, slice):
            indices = range(*key.indices(length))
            part = _info(info.item)
            if part.code == 'c' and part.simple:
                data = _read(self._ctypes_at_, length)
                return data[key]
            values = [self[i] for i in indices]
            return ''.join(values) if part.code == 'u' and part.simple else values
        try:
            key = key.__index__()
        except AttributeError:
            raise TypeError('indices must be integers') from None
        if key < 0:
            key += length
        if not 0 <= key < length:
            raise IndexError('invalid index')
        part = _info(info.item)
        return _load(info.item, self._ctypes_at_ + key * part.size, self, key)

    def __setitem__(self, key, value):
        info = _info(type(self))
        length = info.length
        if isinstance(key, slice):
            indices = range(*key.indices(length))
            if len(value) != len(indices):
                raise ValueError('Can only assign sequence of same size')
            for i, item in zip(indices, value):
                self[i] = item
            return
        try:
            key = key.__index__()
        except AttributeError:
            raise TypeError('indices must be integer') from None
        if key < 0:
            key += length
        if not 0 <= key < length:
            raise IndexError('invalid index')
        size = _info(info.item).size
        self._keep(key, _store(info.item, self._ctypes_at_ + key * size, value))

    def __delitem__(self, key):
        raise TypeError('Array does not support item deletion')

    def __class_getitem__(cls, item, /):
        """See PEP 585"""
        import types
        return types.GenericAlias(cls, item)


# Structures and unions.

class CField:
    """Structure/Union member"""

    __slots__ = ('name', 'type', 'byte_size', 'byte_offset', '_bits', '_shift', '_index', '_anonymous')

    def __new__(cls, *, name, type, byte_size, byte_offset, index, _internal_use, bit_size=None, bit_offset=None):
        if not _internal_use:
            raise TypeError('CField is not intended to be used directly; the constructor is internal')
        self = object.__new__(cls)
        set_ = object.__setattr__
        if not isinstance(name, str):
            raise TypeError(f'field name must be a string, not {name.__class__.__name__}')
        info = _info(type)
        if byte_size != info.size:
            raise ValueError(f'byte_size does not match type size')
        if bit_size is not None:
            code = info.code
            if code not in _INTEGERS:
                raise TypeError(f'bit fields not allowed for type {type.__name__}')
            if not 0 < bit_size <= byte_size * 8:
                raise ValueError(f'number of bits invalid for bit field {name!r}')
            if bit_offset is None or bit_offset < 0:
                raise ValueError('bit_offset must not be negative')
            if bit_offset + bit_size > byte_size * 8:
                raise ValueError(f'bit field {name!r} overflows its type ({bit_offset} + {bit_size} > {byte_size * 8})')
        set_(self, 'name', _sys.intern(str.__str__(name)))
        set_(self, 'type', type)
        set_(self, 'byte_size', byte_size)
        set_(self, 'byte_offset', byte_offset)
        set_(self, '_bits', bit_size)
        set_(self, '_shift', bit_offset or 0)
        set_(self, '_index', index)
        set_(self, '_anonymous', False)
        return self

    def __setattr__(self, name, value):
        if hasattr(type(self), name):
            raise AttributeError(f'readonly attribute')
        raise AttributeError(f"'CField' object has no attribute {name!r} and no __dict__ for setting new attributes")

    @property
    def offset(self):
        """offset in bytes of this field (same as byte_offset)"""
        return self.byte_offset

    @property
    def size(self):
        """size in bytes of this field. For bitfields, this is a legacy packed value; use byte_size instead"""
        if self._bits is None:
            return self.byte_size
        return self._bits << 16 | self._shift

    @property
    def bit_size(self):
        """size of this field in bits"""
        return self.byte_size * 8 if self._bits is None else self._bits

    @property
    def bit_offset(self):
        """additional offset in bits (relative to byte_offset); zero for non-bitfields"""
        return self._shift

    @property
    def is_bitfield(self):
        """true if this is a bitfield"""
        return self._bits is not None

    @property
    def is_anonymous(self):
        """true if this field is anonymous"""
        return self._anonymous

    def __repr__(self):
        start = f'<ctypes.CField {self.name!r} type={self.type.__name__}, ofs={self.byte_offset}, '
        if self._bits is None:
            return f'{start}size={self.byte_size}>'
        return f'{start}bit_size={self._bits}, bit_offset={self._shift}>'

    def __get__(self, obj, cls=None):
        if obj is None:
            return self
        if not isinstance(obj, _CData):
            raise TypeError('not a ctype instance')
        at = obj._ctypes_at_ + self.byte_offset
        if self._bits is None:
            letter = _text_letter(self.type)
            if letter == 'c':
                data = _read(at, self.byte_size)
                end = data.find(b'\0')
                return data if end < 0 else data[:end]
            if letter == 'u':
                return _m.wide_string(at, self.byte_size // 4)
            return _load(self.type, at, obj, self._index)
        info = _info(self.type)
        size = info.size
        order = 'big' if info.swapped else 'little'
        n = int.from_bytes(_read(at, size), order) >> self._shift & (1 << self._bits) - 1
        if info.code in _SIGNED and n >> self._bits - 1:
            n -= 1 << self._bits
        if info.code == '?':
            n = bool(n)
        if info.simple:
            return n
        made = self.type()
        made.value = n
        return made

    def __set__(self, obj, value):
        if not isinstance(obj, _CData):
            raise TypeError('not a ctype instance')
        at = obj._ctypes_at_ + self.byte_offset
        if self._bits is None:
            letter = None if isinstance(value, _CData) else _text_letter(self.type)
            if letter is not None:
                _store_text(letter, at, self.byte_size, value)
                return
            obj._keep(self._index, _store(self.type, at, value))
            return
        info = _info(self.type)
        if isinstance(value, self.type):
            value = value.value
        if info.code == '?':
            value = bool(value)
        elif not isinstance(value, int):
            raise TypeError(f'int expected instead of {type(value).__name__} instance')
        size = info.size
        order = 'big' if info.swapped else 'little'
        mask = (1 << self._bits) - 1
        n = int.from_bytes(_read(at, size), order)
        n = n & ~(mask << self._shift) | (value & mask) << self._shift
        _write(at, n.to_bytes(size, order))

    def __delete__(self, obj):
        raise TypeError("can't delete attribute")


CField.__module__ = 'ctypes'


def _text_letter(cls):
    """The letter of the characters in an array of them."""
    info = _info(cls)
    if info.kind == 'array':
        code = _info(info.item).code
        if code in ('c', 'u'):
            return code
    return None


def _store_text(letter, at, size, value):
    if letter == 'c':
        if not isinstance(value, bytes):
            raise TypeError(f'expected bytes, {type(value).__name__} found')
        value = value.partition(b'\0')[0]
        if len(value) > size:
            raise ValueError(f'bytes too long ({len(value)}, maximum length {size})')
        _write(at, value + b'\0' if len(value) < size else value)
        return
    if not isinstance(value, str):
        raise TypeError(f'unicode string expected instead of {type(value).__name__} instance')
    room = size // 4
    if len(value) > room:
        raise ValueError(f'string too long ({len(value)}, maximum length {room})')
    data = _m.wide_bytes(value)
    _write(at, data + bytes(4) if len(value) < room else data)


class _StructUnionType(CType_Type):
    """What the metaclasses of structures and unions have in common."""

    def __init__(self, name, bases, namespace, **kwargs):
        CType_Type.__init__(self, name, bases, namespace)
        if '_ctypes_root_' in namespace or '_abstract_' in namespace:
            return
        struct = isinstance(self, PyCStructType)
        info = _Info('struct' if struct else 'union')
        base = next((b for b in self.__mro__[1:] if _info(b) is not None), None)
        if base is not None:
            old = _info(base)
            old.final = True
            info.size = old.size
            info.align = old.align
            info.length = old.length
            info.format = old.format
            info.has_pointer = old.has_pointer
            info.fields = old.fields
            info.base = base
        else:
            info.length = 0
            info.format = 'B'
        info.big = hasattr(self, '_swappedbytes_')
        type.__setattr__(self, '_ctypes_info_', info)
        if '_fields_' in namespace:
            # The class has it already; it is set anew for what that does.
            type.__delattr__(self, '_fields_')
            setattr(self, '_fields_', namespace['_fields_'])

    def __setattr__(self, name, value):
        if name == '_fields_':
            _set_fields(self, value)
            return
        CType_Type.__setattr__(self, name, value)

    def __delattr__(self, name):
        if name == '_fields_':
            raise AttributeError('_fields_ cannot be deleted')
        type.__delattr__(self, name)


def _set_fields(cls, fields):
    info = _info(cls)
    if info is None:
        raise TypeError("ctypes state is not initialized")
    if info.final:
        raise AttributeError('_fields_ is final')
    fields_given = fields
    fields = list(fields)
    from ctypes._layout import get_layout
    base = info.base
    struct = info.kind == 'struct'
    layout = get_layout(cls, fields, struct, base)
    if not isinstance(layout.align, int) or not isinstance(layout.size, int):
        raise TypeError('layout must be of integers')
    if layout.size < 0 or layout.align < 0:
        raise ValueError('size and align must not be negative')
    if info.final:
        # The layout's own code may have come to the type.
        raise AttributeError('_fields_ is final')
    members = list(layout.fields)
    inherited = _info(base).length if base is not None else 0
    type.__setattr__(cls, '_fields_', fields_given)
    for field in members:
        if not isinstance(field, CField):
            raise TypeError('fields must be of type CField')
        part = _info(field.type)
        if part is None:
            raise TypeError('second item in _fields_ tuple must be a C type')
        if part is info:
            raise AttributeError('Structure or union cannot contain itself')
        part.final = True
        info.has_pointer = info.has_pointer or part.has_pointer
        object.__setattr__(field, '_index', inherited + field._index)
        type.__setattr__(cls, field.name, field)
    info.final = True
    info.size = layout.size
    info.align = layout.align
    info.length = inherited + len(members)
    info.format = layout.format_spec
    info.fields = tuple(members)
    anonymous = _dict_of(cls).get('_anonymous_')
    if anonymous is not None:
        _lift_anonymous(cls, anonymous)


def _lift_anonymous(cls, names):
    try:
        names = list(names)
    except TypeError:
        raise TypeError('_anonymous_ must be a sequence') from None
    for name in names:
        field = getattr(cls, name)
        if not isinstance(field, CField):
            raise AttributeError(f"'{name}' is specified in _anonymous_ but not in _fields_")
        object.__setattr__(field, '_anonymous', True)
        _lift(cls, field.type, field)


def _lift(cls, inner, outer):
    """Makes the members of an anonymous one members of the class."""
    for pair in inner._fields_:
        name = pair[0]
        field = getattr(inner, name)
        if field._anonymous:
            _lift(cls, field.type, _moved(field, outer))
            continue
        type.__setattr__(cls, name, _moved(field, outer))


def _moved(field, outer):
    new = object.__new__(CField)
    for slot in ('name', 'type', 'byte_size', '_bits', '_shift'):
        object.__setattr__(new, slot, getattr(field, slot))
    object.__setattr__(new, 'byte_offset', field.byte_offset + outer.byte_offset)
    object.__setattr__(new, '_index', field._index + outer._index)
    object.__setattr__(new, '_anonymous', field._anonymous)
    return new


class PyCStructType(_StructUnionType):
    """metatype for the CData Objects"""


class UnionType(_StructUnionType):
    """metatype for the Union Objects"""


def _all_fields(cls):
    """The names of the members, those of base classes first."""
    names = []
    for c in reversed(cls.__mro__):
        if isinstance(c, _StructUnionType):
            names += [pair[0] for pair in _dict_of(c).get('_fields_', ())]
    return names


def _init_fields(self, args, kwargs):
    if args:
        names = _all_fields(type(self))
        for name, value in zip(names, args):
            if name in kwargs:
                raise TypeError(f'duplicate values for field {name!r}')
            setattr(self, name, value)
        if len(args) > len(names):
            raise TypeError('too many initializers')
    for name, value in kwargs.items():
        setattr(self, name, value)


class Structure(_CData, metaclass=PyCStructType):
    """Structure base class"""

    __slots__ = ()
    _ctypes_root_ = True

    def __init__(self, *args, **kwargs):
        _init_fields(self, args, kwargs)


class Union(_CData, metaclass=UnionType):
    """Union base class"""

    __slots__ = ()
    _ctypes_root_ = True

    def __init__(self, *args, **kwargs):
        _init_fields(self, args, kwargs)


# Pointers.

class PyCPointerType(CType_Type):
    """Metaclass of the pointer types."""

    def __init__(self, name, bases, namespace, **kwargs):
        CType_Type.__init__(self, name, bases, namespace)
        if '_ctypes_root_' in namespace:
            return
        info = _Info('pointer', 8, 8)
        info.length = 1
        info.ffi = 'P'
        info.final = True
        info.has_pointer = True
        info.format = 'X{}'
        type.__setattr__(self, '_ctypes_info_', info)
        item = getattr(self, '_type_', None)
        if item is not None:
            _set_target(self, info, item)

    def set_type(self, type, /):
        _set_target(self, _need(self), type)
        builtins_type.__setattr__(self, '_type_', type)

    def from_param(self, value, /):
        """Convert a Python object into a function call parameter."""
        if value is None:
            return None
        item = _need(self).item
        if item is None:
            raise TypeError(f'_type_ must have storage info')
        if isinstance(value, item):
            return byref(value)
        if isinstance(value, (_Pointer, Array)):
            own = _info(type(value)).item
            if own is not None and issubclass(own, item):
                return value
        return _from_param(self, value)


builtins_type = type


def _set_target(cls, info, item):
    if not isinstance(item, type):
        raise TypeError('_type_ must be a type')
    part = _info(item)
    if part is None:
        raise TypeError('_type_ must have storage info')
    info.item = item
    shown = part.format
    if part.shape:
        shown = '(' + ','.join(map(str, part.shape)) + ')' + shown
    info.format = '&' + shown
    if part.pointer_type is None:
        part.pointer_type = cls


class _Pointer(_CData, metaclass=PyCPointerType):
    """XXX to be provided"""

    __slots__ = ()
    _ctypes_root_ = True

    def __new__(cls, *args, **kwargs):
        info = _info(cls)
        if info is None or info.item is None:
            raise TypeError('Cannot create instance: has no _type_')
        return _new(cls)

    def __init__(self, contents=None):
        if contents is not None:
            self.contents = contents

    @property
    def contents(self):
        """the object this pointer points to (read-write)"""
        at = _get(self._ctypes_at_, 'P')
        if not at:
            raise ValueError('NULL pointer access')
        return _at(_info(type(self)).item, at, None, self, 0)

    @contents.setter
    def contents(self, value):
        item = _info(type(self)).item
        if not isinstance(value, item):
            if not (isinstance(value, Array) and _info(type(value)).item is item):
                raise TypeError(f'expected {item.__name__} instead of {type(value).__name__}')
        _set(self._ctypes_at_, 'P', value._ctypes_at_)
        # The value for itself, and what it keeps: more than that may be pointed to before long.
        self._keep(1, value)
        self._keep(0, value._kept())

    @contents.deleter
    def contents(self):
        raise TypeError('Pointer does not support item deletion')

    def __bool__(self):
        return _get(self._ctypes_at_, 'P') != 0

    def __getitem__(self, key):
        if isinstance(key, slice):
            return self._slice(key)
        try:
            key = key.__index__()
        except AttributeError:
            raise TypeError('Pointer indices must be integer') from None
        at = _get(self._ctypes_at_, 'P')
        if not at:
            raise ValueError('NULL pointer access')
        item = _info(type(self)).item
        return _load(item, at + key * _info(item).size, self, key)

    def _slice(self, key):
        step = 1 if key.step is None else key.step.__index__()
        if step == 0:
            raise ValueError('slice step cannot be zero')
        if key.start is None:
            if step < 0:
                raise ValueError('slice start is required for step < 0')
            start = 0
        else:
            start = key.start.__index__()
        if key.stop is None:
            raise ValueError('slice stop is required')
        indices = range(start, key.stop.__index__(), step)
        part = _info(_info(type(self)).item)
        if part.code == 'c' and part.simple:
            at = _get(self._ctypes_at_, 'P')
            if not at and indices:
                raise ValueError('NULL pointer access')
            if step == 1:
                return _read(at + start, len(indices))
            return b''.join([_read(at + i, 1) for i in indices])
        values = [self[i] for i in indices]
        return ''.join(values) if part.code == 'u' and part.simple else values

    def __setitem__(self, key, value):
        try:
            key = key.__index__()
        except AttributeError:
            raise TypeError('Pointer indices must be integer') from None
        at = _get(self._ctypes_at_, 'P')
        if not at:
            raise ValueError('NULL pointer access')
        item = _info(type(self)).item
        self._keep(key, _store(item, at + key * _info(item).size, value))

    def __delitem__(self, key):
        raise TypeError('Pointer does not support item deletion')

    def __class_getitem__(cls, item, /):
        """See PEP 585"""
        import types
        return types.GenericAlias(cls, item)
