"""Create and manipulate C compatible data types in Python."""

from _ctypes._base import (
    CArgObject, CType_Type, _CData, _unpickle, byref,
)
from _ctypes._simple import (
    PyCSimpleType, _SimpleCData,
)
from _ctypes._compound import (
    Array, CField, PyCArrayType, PyCPointerType, PyCStructType, Structure, Union, UnionType, _Pointer,
)
from _ctypes._function import (
    ArgumentError,
    FUNCFLAG_CDECL, FUNCFLAG_USE_ERRNO, CTYPES_MAX_ARGCOUNT,
    CFuncPtr, PyCFuncPtrType, PyObj_FromPtr, Py_DECREF, Py_INCREF, _cast_addr, _memmove_addr,
    _memoryview_at_addr, _memset_addr, _string_at_addr, _wstring_at_addr, call_cdeclfunction,
    call_function,
)
from _ctypes._tools import (
    POINTER, RTLD_GLOBAL, RTLD_LOCAL, addressof, alignment, buffer_info, dlclose, dlopen, dlsym, get_errno, pointer, resize,
    set_errno, sizeof,
)

__version__ = '1.1.0'

FUNCFLAG_PYTHONAPI = 4
FUNCFLAG_USE_LASTERROR = 16
SIZEOF_TIME_T = 8
TYPEFLAG_ISPOINTER = 0x100
TYPEFLAG_HASPOINTER = 0x200

for _cls in (_CData, _SimpleCData, Array, Structure, Union, _Pointer, CFuncPtr, CArgObject,
             CType_Type, PyCSimpleType, PyCArrayType, PyCStructType, UnionType, PyCPointerType, PyCFuncPtrType):
    type.__setattr__(_cls, '__module__', '_ctypes')
del _cls
