"""Foreign functions and callbacks."""

import _ctypes_memory as _m
import sys as _sys

from _ctypes._base import (
    CArgObject, CType_Type, _CData, _INTEGERS, _Info, _Region, _c_bytes, _copy, _dict_of, _get, _info,
    _is_ctype, _load_simple, _memory, _new, _read, _set, _store, _write, byref,
)

FUNCFLAG_CDECL = 1
FUNCFLAG_USE_ERRNO = 8
CTYPES_MAX_ARGCOUNT = 1024


class ArgumentError(Exception):
    pass


ArgumentError.__module__ = 'ctypes'


# What ctypes calls by address and is Python in truth.
_own_functions = {}
_own_room, _own_base = _memory(64)


def _own(n, f):
    _own_functions[_own_base + n] = f
    return _own_base + n


def _cast(pointer, source, target):
    if not (_is_ctype(target) and (
            _info(target).kind in ('pointer', 'function') or _info(target).code in ('s', 'P', 'z', 'Z', 'U', 'X', 'O'))):
        shown = f', not {target.__name__}' if isinstance(target, type) else ''
        raise TypeError(f'cast() argument 2 must be a pointer type{shown}')
    result = _new(target)
    if isinstance(source, _CData):
        kept = source._kept()
        if not isinstance(kept, dict):
            kept = {} if kept is None else {id(kept): kept}
            root = source._root()
            if root._ctypes_objects_ is None:
                object.__setattr__(root, '_ctypes_objects_', kept)
        kept[id(source)] = source
        object.__setattr__(result, '_ctypes_objects_', kept)
    _set(result._ctypes_at_, 'P', pointer or 0)
    return result


def _string_at(pointer, size):
    _sys.audit('ctypes.string_at', pointer or 0, size)
    if size == -1:
        return _m.c_string(pointer)
    return _read(pointer, size)


def _wstring_at(pointer, size):
    _sys.audit('ctypes.wstring_at', pointer or 0, size)
    if size == -1:
        return _m.wide_string(pointer)
    data = _read(pointer, size * 4)
    return ''.join(chr(int.from_bytes(data[i:i + 4], 'little')) for i in range(0, len(data), 4))


def _memoryview_at(pointer, size, readonly):
    _sys.audit('ctypes.memoryview_at', pointer or 0, size, readonly)
    if size < 0:
        raise ValueError(f'memoryview_at: size is negative (or overflowed): {size}')
    return memoryview(_Region(pointer or 0, size, 'B', 1, (size,), None, bool(readonly)))


_cast_addr = _own(0, _cast)
_string_at_addr = _own(1, _string_at)
_wstring_at_addr = _own(2, _wstring_at)
_memoryview_at_addr = _own(3, _memoryview_at)
_memmove_addr = _m.memmove_address
_memset_addr = _m.memset_address


def _ffi_type(cls):
    """A type as calls are told of it."""
    info = _info(cls)
    if info.ffi is not None:
        return info.ffi
    if info.kind == 'struct':
        parts = ''
        for c in reversed(cls.__mro__):
            own = _info(c)
            if own is None or own.kind != 'struct' or '_fields_' not in _dict_of(c):
                continue
            bits_end = -1
            for field in own.fields:
                if field.is_bitfield:
                    # One number for all the bits in it.
                    if field.byte_offset + field.byte_size <= bits_end:
                        continue
                    bits_end = field.byte_offset + field.byte_size
                parts += _part(field.type)
        return '{' + (parts or 'b') + '}'
    if info.kind == 'union':
        # As many words as it has, of integers unless all members are floats.
        return '{' + ('l' * (info.size // 8) + 'b' * (info.size % 8) or 'b') + '}'
    if info.swapped:
        return info.code
    return 'P'


def _part(cls):
    info = _info(cls)
    if info.kind == 'array':
        return _part(info.item) * info.length
    if info.code is not None:
        return info.code
    return _ffi_type(cls)


class PyCFuncPtrType(CType_Type):
    """Metaclass of C function pointers"""

    def __init__(self, name, bases, namespace, **kwargs):
        CType_Type.__init__(self, name, bases, namespace)
        if '_ctypes_root_' in namespace:
            return
        info = _Info('function', 8, 8)
        info.ffi = 'P'
        info.final = True
        info.has_pointer = True
        info.format = 'X{}'
        type.__setattr__(self, '_ctypes_info_', info)
        flags = getattr(self, '_flags_', None)
        if not isinstance(flags, int):
            raise TypeError("class must define _flags_ which must be an integer")
        argtypes = getattr(self, '_argtypes_', None)
        if argtypes is not None:
            _check_argtypes(argtypes, '_argtypes_')
        restype = getattr(self, '_restype_', None)
        if restype is not None and not _is_ctype(restype) and not callable(restype):
            raise TypeError('_restype_ must be a type, a callable, or None')


def _check_argtypes(argtypes, what='argtypes'):
    if not isinstance(argtypes, tuple):
        if what == '_argtypes_':
            raise TypeError('class must define _argtypes_ which must be a sequence of types')
        argtypes = tuple(argtypes)
    if len(argtypes) > CTYPES_MAX_ARGCOUNT:
        raise ArgumentError(f'_argtypes_ has too many arguments ({len(argtypes)}), maximum is {CTYPES_MAX_ARGCOUNT}')
    for i, t in enumerate(argtypes):
        if not hasattr(t, 'from_param'):
            raise TypeError(f'item {i + 1} in _argtypes_ has no from_param method')
    return argtypes


class CFuncPtr(_CData, metaclass=PyCFuncPtrType):
    """Function Pointer"""

    __slots__ = ('_ctypes_argtypes_', '_ctypes_restype_', '_ctypes_errcheck_', '_ctypes_callable_',
                 '_ctypes_callback_', '_ctypes_paramflags_', '__dict__')
    _ctypes_root_ = True

    def __new__(cls, *args, **kwargs):
        if kwargs:
            raise TypeError(f'{cls.__name__}() takes no keyword arguments')
        self = _new(cls)
        for name in ('argtypes', 'restype', 'errcheck', 'callable', 'callback', 'paramflags'):
            object.__setattr__(self, f'_ctypes_{name}_', None)
        object.__setattr__(self, '_ctypes_restype_', _UNSET)
        object.__setattr__(self, '_ctypes_argtypes_', _UNSET)
        if not args:
            return self
        first = args[0]
        if isinstance(first, tuple):
            _from_library(self, *args)
            return self
        if len(args) == 1 and isinstance(first, int):
            _set(self._ctypes_at_, 'P', first)
            return self
        if not callable(first):
            raise TypeError('argument must be callable or integer function address')
        if len(args) > 1:
            raise TypeError('cannot construct instance of this class: too many arguments')
        argtypes = getattr(cls, '_argtypes_', None)
        if argtypes is None:
            raise TypeError('cannot construct instance of this class: no argtypes')
        _make_callback(self, first, argtypes, getattr(cls, '_restype_', None), cls._flags_)
        return self

    def __init__(self, *args):
        pass

    @property
    def restype(self):
        """specify the result type"""
        own = self._ctypes_restype_
        return getattr(type(self), '_restype_', None) if own is _UNSET else own

    @restype.setter
    def restype(self, value):
        if value is not None and not _is_ctype(value) and not callable(value):
            raise TypeError('restype must be a type, a callable, or None')
        object.__setattr__(self, '_ctypes_restype_', value)

    @restype.deleter
    def restype(self):
        object.__setattr__(self, '_ctypes_restype_', _UNSET)

    @property
    def argtypes(self):
        """specify the argument types"""
        own = self._ctypes_argtypes_
        return getattr(type(self), '_argtypes_', None) if own is _UNSET else own

    @argtypes.setter
    def argtypes(self, value):
        if value is not None:
            value = _check_argtypes(value)
        object.__setattr__(self, '_ctypes_argtypes_', value)

    @argtypes.deleter
    def argtypes(self):
        object.__setattr__(self, '_ctypes_argtypes_', _UNSET)

    @property
    def errcheck(self):
        """a function to check for errors"""
        return self._ctypes_errcheck_

    @errcheck.setter
    def errcheck(self, value):
        if not callable(value):
            raise TypeError('the errcheck attribute must be callable')
        object.__setattr__(self, '_ctypes_errcheck_', value)

    @errcheck.deleter
    def errcheck(self):
        object.__setattr__(self, '_ctypes_errcheck_', None)

    def __bool__(self):
        return _get(self._ctypes_at_, 'P') != 0

    def __repr__(self):
        return f'<{type(self).__name__} object at {id(self):#x}>'

    def __call__(self, *args, **kwargs):
        paramflags = self._ctypes_paramflags_
        outputs = None
        if paramflags is not None and self.argtypes:
            args, outputs = _with_flags(self, args, kwargs)
        argtypes = self.argtypes
        if argtypes:
            required = len(argtypes)
            if len(args) < required or (len(args) > required and not self._flags_ & FUNCFLAG_CDECL):
                raise TypeError(f'this function takes at least {required} argument{"" if required == 1 else "s"} '
                                f'({len(args)} given)')
        if len(args) > CTYPES_MAX_ARGCOUNT:
            raise ArgumentError(f'too many arguments ({len(args)}), maximum is {CTYPES_MAX_ARGCOUNT}')
        address = _get(self._ctypes_at_, 'P')
        result = _call(address, args, argtypes or (), self.restype, self._flags_)
        errcheck = self._ctypes_errcheck_
        if errcheck is not None:
            checked = errcheck(result, self, args)
            if checked is not args or outputs is None:
                return checked
        if outputs is None:
            return result
        found = []
        for obj in outputs:
            found.append(obj.__ctypes_from_outparam__())
        if len(found) == 1:
            return found[0]
        return tuple(found)


_UNSET = type('_Unset', (), {'__slots__': ()})()

_PARAMFLAG_IN, _PARAMFLAG_OUT, _PARAMFLAG_LCID = 1, 2, 4


def _from_library(self, target, paramflags=None, *more):
    if len(target) != 2:
        raise TypeError('argument must be a pair')
    name, library = target
    if isinstance(name, bytes):
        name = name.decode()
    if not isinstance(name, (str, int)):
        raise TypeError('function name must be string, bytes object or integer')
    _sys.audit('ctypes.dlsym', library, name)
    handle = library._handle
    if not isinstance(handle, int):
        raise TypeError('the _handle attribute of the second argument must be an integer')
    if isinstance(name, int):
        raise TypeError('function name must be string, not int')
    address = _m.dlsym(handle, name)
    if paramflags is not None:
        _check_paramflags(type(self), paramflags)
    object.__setattr__(self, '_ctypes_paramflags_', paramflags)
    _set(self._ctypes_at_, 'P', address)
    self._keep(0, library)


def _check_paramflags(cls, paramflags):
    if not isinstance(paramflags, tuple):
        raise TypeError('paramflags must be a tuple or None')
    argtypes = getattr(cls, '_argtypes_', None)
    if argtypes is None:
        return
    if len(paramflags) != len(argtypes):
        raise ValueError('paramflags must have the same length as argtypes')
    for i, entry in enumerate(paramflags):
        if not isinstance(entry, tuple) or not 1 <= len(entry) <= 3 or not isinstance(entry[0], int):
            raise TypeError('paramflags must be a sequence of (int [,string [,value]]) tuples')
        flag = entry[0] & 7
        if flag & _PARAMFLAG_OUT and not flag & _PARAMFLAG_IN:
            t = argtypes[i]
            info = _info(t)
            if not (info is not None and (info.kind in ('pointer', 'array') or info.code in ('P', 'z', 'Z'))):
                raise TypeError(f"'out' parameter {i + 1} must be a pointer type, not {t.__name__}")
        elif flag not in (0, 1, 3, 4, 5):
            raise TypeError(f"paramflag value {entry[0]} not supported")


def _with_flags(self, args, kwargs):
    argtypes = self.argtypes
    position = 0
    used = 0
    made = []
    outputs = []
    for entry, cls in zip(self._ctypes_paramflags_, argtypes):
        flag = entry[0]
        name = entry[1] if len(entry) > 1 else None
        default = entry[2] if len(entry) > 2 else _UNSET
        kind = flag & (_PARAMFLAG_IN | _PARAMFLAG_OUT | _PARAMFLAG_LCID)
        if kind == _PARAMFLAG_IN | _PARAMFLAG_LCID:
            made.append(0 if default is _UNSET else default)
        elif kind in (0, _PARAMFLAG_IN, _PARAMFLAG_IN | _PARAMFLAG_OUT):
            if position < len(args):
                value = args[position]
                position += 1
            elif name is not None and name in kwargs:
                value = kwargs[name]
                used += 1
            elif default is not _UNSET:
                value = default
            elif name is not None:
                raise TypeError(f'required argument {name!r} missing')
            else:
                raise TypeError('not enough arguments')
            if kind & _PARAMFLAG_OUT:
                outputs.append(value)
            made.append(value)
        elif kind == _PARAMFLAG_OUT:
            if default is not _UNSET:
                made.append(default)
                continue
            info = _info(cls)
            out = cls() if info.kind == 'array' else info.item()
            outputs.append(out)
            made.append(out if info.kind == 'array' else byref(out))
        else:
            raise ValueError(f'paramflag {flag} not yet implemented')
    if position < len(args) or used < len(kwargs):
        raise TypeError(f'call takes exactly {position} arguments ({len(args) + len(kwargs)} given)')
    return tuple(made), outputs or None


def _convert(value, number):
    """An argument without a declared type: what it is passed as, where it lies, what keeps it."""
    if isinstance(value, CArgObject):
        return value._code, value._at, value
    if isinstance(value, _CData):
        info = _info(type(value))
        if info.kind == 'array':
            return _pointer_argument(value._ctypes_at_, value)
        return _ffi_type(type(value)), value._ctypes_at_, value
    if value is None:
        return _pointer_argument(0, None)
    if isinstance(value, int):
        block, at = _memory(16)
        _set(at, 'i', value)
        return 'i', at, block
    if isinstance(value, bytes):
        block, where = _c_bytes(value)
        return _pointer_argument(where, block)
    if isinstance(value, str):
        block, where = _memory(4 * len(value) + 4)
        _write(where, _m.wide_bytes(value))
        return _pointer_argument(where, block)
    parameter = getattr(value, '_as_parameter_', None)
    if parameter is not None:
        return _convert(parameter, number)
    raise TypeError(f"Don't know how to convert parameter {number}")


def _pointer_argument(pointer, kept):
    block, at = _memory(16)
    _set(at, 'P', pointer)
    return 'P', at, (block, kept)


def _call(address, args, argtypes, restype, flags):
    codes, places, keep, shown = [], [], [], []
    for i, value in enumerate(args):
        try:
            if i < len(argtypes):
                value = argtypes[i].from_param(value)
            code, at, kept = _convert(value, i + 1)
        except Exception as error:
            raise ArgumentError(f'argument {i + 1}: {type(error).__name__}: {error}') from None
        codes.append(code)
        places.append(at)
        keep.append((value, kept))
    _sys.audit('ctypes.call_function', address, args)
    own = _own_functions.get(address)
    if own is not None:
        given = [_get(at, 'O') if code == 'O' else _get(at, code) if code in _INTEGERS else _get(at, 'P') or None
                 for code, at in zip(codes, places)]
        result = own(*given)
        del keep
        return result
    if not address:
        raise ValueError('attempt to call a NULL function pointer')
    if restype is None:
        result_code, size = 'v', 0
    elif _is_ctype(restype):
        result_code = _ffi_type(restype)
        size = _info(restype).size
    else:
        result_code, size = 'i', 4
    room, at = _memory(max(32, size))
    fixed = len(argtypes) if argtypes and len(argtypes) < len(args) else None
    _m.call(address, result_code, ''.join(codes), places, at, fixed, bool(flags & FUNCFLAG_USE_ERRNO))
    del keep
    if restype is None:
        return None
    if not _is_ctype(restype):
        return restype(_get(at, 'i'))
    info = _info(restype)
    if info.simple:
        if info.code == 'O':
            try:
                value = _get(at, 'O')
            except ValueError:
                raise ValueError('PyObject is NULL') from None
        else:
            value = _load_simple(info, at)
    else:
        value = _new(restype)
        _copy(value._ctypes_at_, at, info.size)
        if isinstance(value, CFuncPtr):
            fresh = restype(_get(at, 'P'))
            value = fresh
    checker = getattr(restype, '_check_retval_', None)
    if checker is not None:
        return checker(value)
    return value


def call_function(address, args, /):
    return _plain_call(address, args, FUNCFLAG_CDECL)


def call_cdeclfunction(address, args, /):
    return _plain_call(address, args, FUNCFLAG_CDECL)


def _plain_call(address, args, flags):
    import ctypes
    return _call(address, args, (), ctypes.c_int, flags)


def _make_callback(self, f, argtypes, restype, flags):
    for t in argtypes:
        if not _is_ctype(t):
            raise TypeError(f'invalid argument type {t!r} of a callback')
    if restype is not None:
        info = _info(restype) if _is_ctype(restype) else None
        if info is None or info.code is None and info.kind not in ('pointer', 'function') and info.kind not in ('struct', 'union'):
            raise TypeError('invalid result type for callback function')
        if info.kind in ('struct', 'union'):
            raise TypeError('invalid result type for callback function')
    use_errno = bool(flags & FUNCFLAG_USE_ERRNO)

    def enter(result, places):
        values = []
        for cls, at in zip(argtypes, places):
            info = _info(cls)
            if info.simple:
                values.append(_load_simple(info, at))
            else:
                value = _new(cls) if info.kind != 'function' else cls()
                _copy(value._ctypes_at_, at, info.size)
                values.append(value)
        try:
            value = f(*values)
        except BaseException as error:
            _unraisable(error, f'Exception ignored while calling ctypes callback function {f!r}')
            return
        if restype is None:
            return
        info = _info(restype)
        try:
            if info.code in _INTEGERS and info.size < 8:
                # What C reads is a whole register.
                block, at = _memory(16)
                _store(restype, at, value)
                n = _get(at, info.code)
                _set(result, 'l', int(n))
            else:
                kept = _store(restype, result, value)
                if kept is not None and info.code != 'O' and not isinstance(kept, dict):
                    import warnings
                    warnings.warn('memory leak in callback function.', RuntimeWarning)
        except BaseException as error:
            _unraisable(error, f'Exception ignored while converting result of ctypes callback function {f!r}')

    result = 'v' if restype is None else _ffi_type(restype)
    thunk = _m.Callback(enter, result, ''.join(_ffi_type(t) for t in argtypes))
    object.__setattr__(self, '_ctypes_callable_', f)
    object.__setattr__(self, '_ctypes_callback_', thunk)
    self._keep(0, thunk)
    _set(self._ctypes_at_, 'P', thunk.address)


def _unraisable(error, message):
    # The caller's frame is ours and no business of the program's.
    traceback = error.__traceback__
    _m.unraisable(error.with_traceback(traceback and traceback.tb_next), message)


def PyObj_FromPtr(address, /):
    """convert an address to its object"""
    block, at = _memory(8)
    _set(at, 'P', address)
    return _get(at, 'O')


def Py_INCREF(obj, /):
    """Objects live as long as they are reached: there is nothing to count."""
    return obj


Py_DECREF = Py_INCREF
