"""What the module builtins names."""

import builtins

inner = {"dict_items", "list_iterator", "member_descriptor", "iterator", "NoneType", "ellipsis"}
assert not inner & set(dir(builtins)), inner & set(dir(builtins))
outer = {"dict", "memoryview", "super", "zip", "print", "ExceptionGroup", "PythonFinalizationError", "_IncompleteInputError"}
assert outer <= set(dir(builtins)), outer - set(dir(builtins))
