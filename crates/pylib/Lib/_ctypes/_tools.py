"""Functions on C data and their types."""

import _ctypes_memory as _m
import sys as _sys

from _ctypes._base import _CData, _copy, _info, _memory, _size

RTLD_LOCAL = 0
RTLD_GLOBAL = 0x100


def addressof(obj, /):
    """Return the address of the C instance internal buffer"""
    if not isinstance(obj, _CData):
        raise TypeError(f'addressof() argument must be _ctypes._CData, not {type(obj).__name__}')
    _sys.audit('ctypes.addressof', obj)
    return obj._ctypes_at_


def sizeof(obj, /):
    """Return the size in bytes of a C instance."""
    if isinstance(obj, type):
        info = _info(obj)
        if info is not None:
            return info.size
    elif isinstance(obj, _CData):
        return _size(obj)
    raise TypeError('this type has no size')


def alignment(obj, /):
    """Return the alignment requirements of a C instance."""
    info = _info(obj if isinstance(obj, type) else type(obj))
    if info is None:
        raise TypeError('no alignment info')
    return info.align


def resize(obj, size, /):
    info = _info(type(obj)) if isinstance(obj, _CData) else None
    if info is None:
        raise TypeError(f'resize() argument 1 must be _ctypes._CData, not {type(obj).__name__}')
    if size < info.size:
        raise ValueError(f'minimum size is {info.size}')
    if not isinstance(obj._ctypes_own_, bytearray):
        raise ValueError('Memory cannot be resized because this object doesn\'t own it')
    old = _size(obj)
    block, at = _memory(size)
    _copy(at, obj._ctypes_at_, min(old, size))
    object.__setattr__(obj, '_ctypes_at_', at)
    object.__setattr__(obj, '_ctypes_own_', block)
    object.__setattr__(obj, '_ctypes_size_', size)


def buffer_info(o, /):
    """Return buffer interface information"""
    info = _info(o if isinstance(o, type) else type(o))
    if info is None:
        raise TypeError('not a ctypes type or object')
    return info.format, len(info.shape), info.shape


def get_errno():
    _sys.audit('ctypes.get_errno')
    return _m.get_errno()


def set_errno(value, /):
    _sys.audit('ctypes.set_errno', value)
    return _m.set_errno(value)


def POINTER(cls, /):
    import ctypes
    return ctypes.POINTER(cls)


def pointer(obj, /):
    import ctypes
    return ctypes.pointer(obj)


def dlopen(name, flag=RTLD_LOCAL, /):
    """dlopen(name, flag={RTLD_GLOBAL|RTLD_LOCAL}) open a shared library"""
    if name is None:
        _sys.audit('ctypes.dlopen', None)
    else:
        _sys.audit('ctypes.dlopen', name)
    return _m.dlopen(name, flag)


def dlclose(handle, /):
    """dlclose a library"""
    _m.dlclose(handle)


def dlsym(handle, name, /):
    """find symbol in shared library"""
    _sys.audit('ctypes.dlsym/handle', handle, name)
    try:
        return _m.dlsym(handle, name)
    except AttributeError as error:
        raise OSError(str(error)) from None
