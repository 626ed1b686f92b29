"""What all C types have in common: memory, information, reading and writing."""

import _ctypes_memory as _m
import sys as _sys

_get = _m.get
_set = _m.set
_read = _m.read
_write = _m.write
_copy = _m.copy
_Region = _m.Region

# letter: (size, alignment, format in the buffer protocol)
_SIMPLE = {
    'c': (1, 1, 'c'), 'b': (1, 1, 'b'), 'B': (1, 1, 'B'), '?': (1, 1, '?'),
    'h': (2, 2, 'h'), 'H': (2, 2, 'H'), 'i': (4, 4, 'i'), 'I': (4, 4, 'I'),
    'l': (8, 8, 'l'), 'L': (8, 8, 'L'), 'q': (8, 8, 'q'), 'Q': (8, 8, 'Q'),
    'f': (4, 4, 'f'), 'd': (8, 8, 'd'), 'g': (16, 16, 'g'),
    'F': (8, 4, 'F'), 'D': (16, 8, 'D'), 'G': (32, 16, 'G'),
    'u': (4, 4, 'u'), 'z': (8, 8, 'z'), 'Z': (8, 8, 'Z'), 'P': (8, 8, 'P'), 'O': (8, 8, 'O'),
}
_CODES = 'cbBhHiIlLdDFGfuzZqQPOv?g'
# These have a twin of the other byte order.
_SWAPPABLE = frozenset('hHiIlLqQfd')
_INTEGERS = frozenset('bBhHiIlLqQ?')
_SIGNED = frozenset('bhilq')
_POINTERS = frozenset('zZPO')


class _Info:
    """What is known of a C type."""

    __slots__ = ('size', 'align', 'item', 'length', 'code', 'swapped', 'format', 'shape', 'fields',
                 'final', 'pointer_type', 'kind', 'simple', 'ffi', 'has_pointer', 'base', 'big', '__weakref__')

    def __init__(self, kind, size=0, align=1):
        self.kind = kind
        self.size = size
        self.align = align
        self.item = None
        self.length = 0
        self.code = None
        self.swapped = False
        self.format = 'B'
        self.shape = ()
        self.fields = ()
        self.final = False
        self.pointer_type = None
        # Values of this type are shown as Python values, not as instances.
        self.simple = False
        self.ffi = None
        self.has_pointer = False
        self.base = None
        self.big = False


_dict_of = type.__dict__['__dict__'].__get__


def _info(cls):
    """The information of a class; None if it is no C type or an abstract one."""
    try:
        return _dict_of(cls).get('_ctypes_info_')
    except TypeError:
        return None


def _need(cls):
    info = _info(cls)
    if info is None:
        raise TypeError('abstract class')
    return info


def _is_ctype(cls):
    return isinstance(cls, type) and isinstance(cls, CType_Type) and _info(cls) is not None


def _is_kind(value, *kinds):
    """Whether a value is C data of one of these kinds."""
    return isinstance(value, _CData) and _info(type(value)).kind in kinds


def _memory(size):
    """Fresh memory, zeroed, and where it is."""
    block = bytearray(size or 1)
    return block, _m.address_of(block)[0]


class CType_Type(type):
    """Metaclass of all C types."""

    def __init__(self, name, bases, namespace, **kwargs):
        type.__init__(self, name, bases, namespace)

    def __setattr__(self, name, value):
        if name == '__pointer_type__':
            _need(self).pointer_type = value
            return
        type.__setattr__(self, name, value)

    @property
    def __pointer_type__(self):
        info = _info(self)
        if info is None:
            raise TypeError(f'abstract class')
        if info.pointer_type is None:
            raise AttributeError(f"type {self.__name__!r} has no attribute '__pointer_type__'", name='__pointer_type__', obj=self)
        return info.pointer_type

    @__pointer_type__.setter
    def __pointer_type__(self, value):
        _need(self).pointer_type = value

    def __mul__(self, length):
        if not isinstance(length, int):
            try:
                length = length.__index__()
            except AttributeError:
                raise TypeError(f"can't multiply sequence by non-int of type {type(length).__name__!r}") from None
        if length < 0:
            raise ValueError(f'Array length must be >= 0, not {length}')
        from _ctypes._compound import _array_type
        return _array_type(self, length, _sys._getframemodulename(1))

    __rmul__ = __mul__

    def __sizeof__(self):
        return type.__sizeof__(self) + 200

    def from_address(self, address, /):
        """C.from_address(integer) -> C instance

access a C instance at the specified address"""
        if not isinstance(address, int):
            raise TypeError('integer expected')
        _need(self)
        _sys.audit('ctypes.cdata', address)
        return _at(self, address & 0xFFFFFFFFFFFFFFFF, None)

    def from_buffer(self, source, offset=0, /):
        """C.from_buffer(object, offset=0, /) -> C instance

create a C instance from a writeable buffer"""
        info = _need(self)
        view = memoryview(source)
        if view.readonly:
            raise TypeError('underlying buffer is not writable')
        if not view.contiguous:
            raise TypeError('underlying buffer is not C contiguous')
        if offset < 0:
            raise ValueError('offset cannot be negative')
        if info.size > view.nbytes - offset:
            raise ValueError(f'Buffer size too small ({view.nbytes} instead of at least {info.size + offset} bytes)')
        _sys.audit('ctypes.cdata/buffer', view.obj and _m.address_of(view)[0], view.nbytes, offset)
        obj = _at(self, _m.address_of(view)[0] + offset, view)
        obj._keep(-1, view)
        return obj

    def from_buffer_copy(self, source, offset=0, /):
        """C.from_buffer_copy(object, offset=0, /) -> C instance

create a C instance from a readable buffer"""
        info = _need(self)
        view = memoryview(source)
        if offset < 0:
            raise ValueError('offset cannot be negative')
        if info.size > view.nbytes - offset:
            raise ValueError(f'Buffer size too small ({view.nbytes} instead of at least {info.size + offset} bytes)')
        _sys.audit('ctypes.cdata/buffer', view.obj and 0, view.nbytes, offset)
        obj = _new(self)
        _write(obj._ctypes_at_, view.tobytes()[offset:offset + info.size])
        return obj

    def in_dll(self, dll, name, /):
        """C.in_dll(dll, name) -> C instance

access a C instance in a dll"""
        if not isinstance(name, str):
            raise TypeError(f'in_dll() argument 2 must be str, not {type(name).__name__}')
        _sys.audit('ctypes.dlsym', dll, name)
        handle = dll._handle
        if not isinstance(handle, int):
            raise TypeError('the _handle attribute of the second argument must be an integer')
        try:
            address = _m.dlsym(handle, name)
        except AttributeError as error:
            raise ValueError(str(error)) from None
        return _at(self, address, None)

    def from_param(self, value, /):
        """Convert a Python object into a function call parameter."""
        return _from_param(self, value)


def _from_param(cls, value):
    if isinstance(value, cls):
        return value
    if isinstance(value, CArgObject):
        item = _need(cls).item
        if item is not None and isinstance(value._obj, item):
            return value
        raise TypeError(f'expected {cls.__name__} instance instead of pointer to {type(value._obj).__name__}')
    parameter = getattr(value, '_as_parameter_', None)
    if parameter is not None:
        return cls.from_param(parameter)
    raise TypeError(f'expected {cls.__name__} instance instead of {type(value).__name__}')


def _at(cls, address, owner, base=None, index=0):
    """An instance on memory that is there; `owner` keeps it."""
    obj = object.__new__(cls)
    set_ = object.__setattr__
    set_(obj, '_ctypes_at_', address)
    set_(obj, '_ctypes_own_', owner)
    set_(obj, '_ctypes_base_', base)
    set_(obj, '_ctypes_index_', index)
    set_(obj, '_ctypes_size_', None)
    set_(obj, '_ctypes_objects_', None)
    return obj


def _new(cls):
    """An instance with memory of its own; `__init__` was not called."""
    info = _need(cls)
    info.final = True
    block, address = _memory(info.size)
    return _at(cls, address, block)


class _CData(metaclass=CType_Type):
    """Base of all C data."""

    __slots__ = ('_ctypes_at_', '_ctypes_own_', '_ctypes_base_', '_ctypes_index_', '_ctypes_size_',
                 '_ctypes_objects_', '__weakref__')

    def __new__(cls, *args, **kwargs):
        return _new(cls)

    @property
    def _b_base_(self):
        """the base object"""
        return self._ctypes_base_

    @property
    def _b_needsfree_(self):
        """whether the object owns the memory or not"""
        return int(isinstance(self._ctypes_own_, bytearray))

    @property
    def _objects(self):
        """internal objects tree (NEVER CHANGE THIS OBJECT!)"""
        return self._ctypes_objects_

    def _root(self):
        while self._ctypes_base_ is not None:
            self = self._ctypes_base_
        return self

    def _kept(self):
        """The objects that keep alive what the memory points to."""
        root = self._root()
        if root._ctypes_objects_ is None and _info(type(root)).length:
            object.__setattr__(root, '_ctypes_objects_', {})
        return root._ctypes_objects_

    def _keep(self, index, what):
        if what is None:
            return
        kept = self._kept()
        if type(kept) is not dict:
            object.__setattr__(self._root(), '_ctypes_objects_', what)
            return
        key = f'{index & 0xFFFFFFFF:x}'
        while self._ctypes_base_ is not None:
            key += f':{self._ctypes_index_:x}'
            self = self._ctypes_base_
        kept[key] = what

    def __hash__(self):
        raise TypeError('unhashable type')

    def __reduce__(self):
        info = _info(type(self))
        if info.has_pointer:
            raise ValueError('ctypes objects containing pointers cannot be pickled')
        state = getattr(self, '__dict__', None)
        return _unpickle, (type(self), ({} if state is None else state, _read(self._ctypes_at_, _size(self))))

    def __setstate__(self, state):
        attributes, data = state
        if not isinstance(attributes, dict):
            raise TypeError(f'{type(self).__name__}.__dict__ must be a dictionary, not {type(attributes).__name__}')
        _write(self._ctypes_at_, data, _size(self))
        if attributes:
            self.__dict__.update(attributes)

    def __ctypes_from_outparam__(self):
        """default __ctypes_from_outparam__ method returns self."""
        return self

    def __buffer__(self, flags):
        info = _info(type(self))
        item = info
        while item.kind == 'array':
            item = _info(item.item)
        size = _size(self)
        region = _Region(self._ctypes_at_, size, info.format, item.size, info.shape, self)
        return memoryview(region)


def _size(obj):
    size = obj._ctypes_size_
    return _info(type(obj)).size if size is None else size


def _unpickle(cls, state):
    obj = cls.__new__(cls)
    obj.__setstate__(state)
    return obj


# Reading and writing values of any type.

def _load(cls, address, base, index):
    """The Python value of C data at an address; an instance where there is none."""
    info = _info(cls)
    if info.simple:
        return _load_simple(info, address)
    return _at(cls, address, None, base, index)


def _load_simple(info, address):
    code = info.code
    if code in 'zZP':
        pointer = _get(address, 'P')
        if code == 'P':
            return pointer or None
        if not pointer:
            return None
        return _m.c_string(pointer) if code == 'z' else _m.wide_string(pointer)
    return _get(address, code, info.swapped)


def _store_simple(info, address, value):
    """Stores a value of a simple type; gives what has to be kept alive."""
    code = info.code
    if code in _INTEGERS and code != '?' or code in 'fd':
        _set(address, code, value, info.swapped)
        return None
    if code == '?':
        _set(address, code, value)
        return None
    if code == 'c':
        if isinstance(value, bytes):
            if len(value) != 1:
                raise TypeError('one character bytes, bytearray, or an integer in range(256) expected, '
                                f'not bytes of length {len(value)}')
            _write(address, value)
        elif isinstance(value, bytearray):
            if len(value) != 1:
                raise TypeError('one character bytes, bytearray, or an integer in range(256) expected, '
                                f'not bytearray of length {len(value)}')
            _write(address, value)
        elif isinstance(value, int):
            if not 0 <= value < 256:
                raise TypeError('integer not in range(256)')
            _set(address, 'B', value)
        else:
            raise TypeError('one character bytes, bytearray, or an integer in range(256) expected, '
                            f'not {type(value).__name__}')
        return None
    if code == 'u':
        if not isinstance(value, str):
            raise TypeError(f'a unicode character expected, not instance of {type(value).__name__}')
        if len(value) != 1:
            raise TypeError(f'a unicode character expected, not a string of length {len(value)}')
        _write(address, _m.wide_bytes(value))
        return None
    if code == 'z':
        if value is None:
            _set(address, 'P', 0)
            return None
        if isinstance(value, bytes):
            # Memory of its own, ended by a zero: where the object's bytes are is its own affair.
            block, at = _c_bytes(value)
            _set(address, 'P', at)
            return _Kept(value, block)
        if isinstance(value, int):
            _set(address, 'P', value)
            return None
        raise TypeError(f'bytes or integer address expected instead of {type(value).__name__} instance')
    if code == 'Z':
        if value is None:
            _set(address, 'P', 0)
            return None
        if isinstance(value, str):
            block, at = _memory(4 * len(value) + 4)
            _write(at, _m.wide_bytes(value))
            _set(address, 'P', at)
            return block
        if isinstance(value, int):
            _set(address, 'P', value)
            return None
        raise TypeError(f'unicode string or integer address expected instead of {type(value).__name__} instance')
    if code == 'P':
        if value is None:
            value = 0
        if not isinstance(value, int):
            raise TypeError('cannot be converted to pointer')
        _set(address, 'P', value)
        return None
    if code == 'O':
        _set(address, 'O', value)
        return value
    if code in 'FDG':
        if type(value) is not complex:
            value = complex(value) if hasattr(value, '__complex__') else complex(_double(value))
    _set(address, code, value)
    return None


def _double(value):
    """A real number as C takes it."""
    block, at = _memory(8)
    _set(at, 'd', value)
    return _get(at, 'd')


class _Kept(bytes):
    """A bytes object that keeps the C string made of it."""

    def __new__(cls, value, block):
        self = bytes.__new__(cls, value)
        self.block = block
        return self


def _c_bytes(value):
    block, at = _memory(len(value) + 1)
    _write(at, value)
    return block, at


def _store(cls, address, value):
    """Stores a value or an instance at an address; gives what has to be kept alive."""
    info = _info(cls)
    if info.code is not None and not isinstance(value, _CData):
        return _store_simple(info, address, value)
    if isinstance(value, cls):
        size = info.size
        _copy(address, value._ctypes_at_, size)
        if info.kind == 'pointer' or info.code in ('P', 'z', 'Z'):
            kept = value._kept()
            return kept
        return value._kept()
    if not isinstance(value, _CData):
        if isinstance(value, tuple) and info.code is None:
            try:
                made = cls(*value)
            except Exception as error:
                raise RuntimeError(f'({cls.__name__}) {type(error).__name__}: {error}') from None
            return _store(cls, address, made)
        if info.kind == 'pointer' and value is None:
            _set(address, 'P', 0)
            return None
        raise TypeError(f'expected {cls.__name__} instance, got {type(value).__name__}')
    if info.kind == 'pointer' and _is_kind(value, 'array'):
        item = _info(type(value)).item
        if item is not info.item:
            raise TypeError(f'incompatible types, {type(value).__name__} instance instead of {cls.__name__} instance')
        _set(address, 'P', value._ctypes_at_)
        return (value._kept(), value)
    if info.code is not None:
        # Simple types know plain values only.
        return _store_simple(info, address, value)
    raise TypeError(f'incompatible types, {type(value).__name__} instance instead of {cls.__name__} instance')


def _pointer_param(code, obj, pointer, kept):
    block, at = _memory(16)
    _set(at, 'P', pointer)
    return CArgObject(code, obj, at, (block, kept))


class CArgObject:
    """An argument of a foreign function, made of a Python object."""

    __slots__ = ('_code', '_obj', '_at', '_kept')

    def __init__(self, code, obj, at, kept):
        self._code = code
        self._obj = obj
        self._at = at
        self._kept = kept

    def __repr__(self):
        code = self._code
        if code in 'bBhHiIlLqQ':
            return f"<cparam '{code}' ({_get(self._at, code)})>"
        if code in 'fd':
            return f"<cparam '{code}' ({_get(self._at, code)!r})>"
        if code in 'c':
            c = _read(self._at, 1)[0]
            if 32 <= c < 127:
                return f"<cparam 'c' ('{chr(c)}')>" if c not in b"'\\" else f"<cparam 'c' ('\\{chr(c)}')>"
            return f"<cparam 'c' ('\\x{c:02x}')>"
        if code in 'zZP':
            return f"<cparam '{code}' ({_get(self._at, 'P'):#x})>"
        return f"<cparam '{code}' at {id(self):#x}>"


def byref(obj, offset=0, /):
    """Return a pointer lookalike to a C instance, only usable as function argument."""
    if not isinstance(obj, _CData):
        raise TypeError(f'byref() argument 1 must be _ctypes._CData, not {type(obj).__name__}')
    if not isinstance(offset, int):
        raise TypeError(f"'{type(offset).__name__}' object cannot be interpreted as an integer")
    return _pointer_param('P', obj, obj._ctypes_at_ + offset, obj)
