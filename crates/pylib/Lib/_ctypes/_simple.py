"""Numbers, characters and plain pointers."""

import _ctypes_memory as _m

from _ctypes._base import (
    CArgObject, CType_Type, _CData, _CODES, _Info, _POINTERS, _SIMPLE, _SWAPPABLE, _c_bytes, _dict_of,
    _get, _info, _is_kind, _load_simple, _memory, _need, _pointer_param, _read, _set, _store_simple,
    _write,
)


class PyCSimpleType(CType_Type):
    """Metaclass of the simple types."""

    def __init__(self, name, bases, namespace, **kwargs):
        CType_Type.__init__(self, name, bases, namespace)
        if name == '_SimpleCData' and '_ctypes_root_' in namespace:
            return
        try:
            code = self._type_
        except AttributeError:
            raise AttributeError("class must define a '_type_' attribute") from None
        if not isinstance(code, str):
            raise TypeError("class must define a '_type_' string attribute")
        if len(code) != 1:
            raise ValueError("class must define a '_type_' attribute which must be a string of length 1")
        if code not in _SIMPLE:
            raise AttributeError("class must define a '_type_' attribute which must be\n"
                                 f"a single character string containing one of the\nsupported types: '{_CODES}'.")
        size, align, letter = _SIMPLE[code]
        info = _Info('simple', size, align)
        info.code = code
        info.final = True
        info.format = '<' + _pep3118(code)
        info.simple = _dict_of(self.__base__).get('_ctypes_root_', False)
        info.ffi = code
        info.has_pointer = code in _POINTERS
        type.__setattr__(self, '_ctypes_info_', info)
        if type(self) is PyCSimpleType and code in _SWAPPABLE and '_ctypes_swapped_' not in namespace:
            twin_space = {key: value for key, value in namespace.items()
                          if key not in ('__dict__', '__weakref__', '_ctypes_info_')}
            twin_space['_ctypes_swapped_'] = True
            twin = PyCSimpleType(name + '_be', bases, twin_space)
            twin_info = _info(twin)
            twin_info.swapped = True
            twin_info.format = '>' + info.format[1:]
            twin_info.ffi = None
            for cls in (self, twin):
                type.__setattr__(cls, '__ctype_le__', self)
                type.__setattr__(cls, '__ctype_be__', twin)

    def from_param(self, value, /):
        """Convert a Python object into a function call parameter."""
        code = _need(self).code
        if code == 'z':
            return _char_p_param(self, value)
        if code == 'Z':
            return _wchar_p_param(self, value)
        if code == 'P':
            return _void_p_param(self, value)
        if isinstance(value, self):
            return value
        info = _info(self)
        if code == 'O':
            return _Param('O', value)
        try:
            return _simple_param(info, value)
        except Exception as error:
            parameter = getattr(value, '_as_parameter_', None)
            if parameter is not None:
                return self.from_param(parameter)
            raise error


def _pep3118(code):
    return {'l': 'q', 'L': 'Q'}.get(code, code)


def _simple_param(info, value):
    """An argument of a simple type, with memory of its own."""
    block, at = _memory(max(16, info.size))
    kept = _store_simple(info, at, value)
    return CArgObject(info.code, value, at, (block, kept))


def _Param(code, value):
    block, at = _memory(16)
    _set(at, 'O', value)
    return CArgObject('O', value, at, (block, value))


def _char_p_param(cls, value):
    if value is None:
        return None
    if isinstance(value, bytes):
        block, at = _c_bytes(value)
        return _pointer_param('z', value, at, block)
    if isinstance(value, cls):
        return value
    if _is_kind(value, 'array', 'pointer'):
        item = _info(type(value)).item
        if item is not None and _info(item) is not None and _info(item).code == 'c':
            return value
    if isinstance(value, CArgObject):
        if isinstance(value._obj, _SimpleCData) and _info(type(value._obj)).code == 'c':
            return value
    parameter = getattr(value, '_as_parameter_', None)
    if parameter is not None:
        return cls.from_param(parameter)
    raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as ctypes.c_char_p")


def _wchar_p_param(cls, value):
    if value is None:
        return None
    if isinstance(value, str):
        block, at = _memory(4 * len(value) + 4)
        _write(at, _m.wide_bytes(value))
        return _pointer_param('Z', value, at, block)
    if isinstance(value, cls):
        return value
    if _is_kind(value, 'array', 'pointer'):
        item = _info(type(value)).item
        if item is not None and _info(item) is not None and _info(item).code == 'u':
            return value
    if isinstance(value, CArgObject):
        if isinstance(value._obj, _SimpleCData) and _info(type(value._obj)).code == 'u':
            return value
    parameter = getattr(value, '_as_parameter_', None)
    if parameter is not None:
        return cls.from_param(parameter)
    raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as ctypes.c_wchar_p")


def _void_p_param(cls, value):
    if value is None:
        return None
    if isinstance(value, int):
        return _pointer_param('P', value, value & 0xFFFFFFFFFFFFFFFF, None)
    if isinstance(value, bytes):
        block, at = _c_bytes(value)
        return _pointer_param('z', value, at, block)
    if isinstance(value, str):
        block, at = _memory(4 * len(value) + 4)
        _write(at, _m.wide_bytes(value))
        return _pointer_param('Z', value, at, block)
    if isinstance(value, cls):
        return value
    if _is_kind(value, 'array', 'pointer'):
        return value
    if isinstance(value, CArgObject) and value._code == 'P':
        return value
    if _is_kind(value, 'function'):
        return _pointer_param('P', value, _get(value._ctypes_at_, 'P'), value)
    if isinstance(value, _SimpleCData) and _info(type(value)).code in ('z', 'Z'):
        return _pointer_param('Z', value, _get(value._ctypes_at_, 'P'), value)
    parameter = getattr(value, '_as_parameter_', None)
    if parameter is not None:
        return cls.from_param(parameter)
    raise TypeError(f"'{type(value).__name__}' object cannot be interpreted as ctypes.c_void_p")


class _SimpleCData(_CData, metaclass=PyCSimpleType):
    """XXX to be provided"""

    __slots__ = ()
    _ctypes_root_ = True

    def __init__(self, *value):
        if value:
            if len(value) > 1:
                raise TypeError(f'__init__ expected at most 1 argument, got {len(value)}')
            self.value = value[0]

    @property
    def value(self):
        """current value"""
        info = type(self)._ctypes_info_
        return _load_simple(info, self._ctypes_at_)

    @value.setter
    def value(self, value):
        kept = _store_simple(_info(type(self)), self._ctypes_at_, value)
        self._keep(0, kept)

    @value.deleter
    def value(self):
        raise TypeError("can't delete attribute")

    def __bool__(self):
        size = _info(type(self)).size
        return _read(self._ctypes_at_, size).strip(b'\0') != b''

    def __repr__(self):
        if _info(type(self)).simple:
            return f'{type(self).__name__}({self.value!r})'
        return f'<{type(self).__name__} object at {id(self):#x}>'

    def __ctypes_from_outparam__(self):
        """default __ctypes_from_outparam__ method returns self."""
        return self.value if _info(type(self)).simple else self
