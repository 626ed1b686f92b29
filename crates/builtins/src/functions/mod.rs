//! The functions of the module `builtins`.

mod attributes;
mod build_class;
mod evaluate;
mod import;
mod import_report;
mod iteration;
mod numbers;
mod output;

pub use build_class::build_class;
pub use import::import_level;
pub use import_report::set_import_report;

use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value, names, ops};

/// The module `builtins` without its types, which the engine adds.
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "builtins",
    doc: "Built-in functions, types, exceptions, and other objects.\n\nThis module provides direct access to all 'built-in'\nidentifiers of Python; for example, builtins.len is\nthe full name for the built-in function len().\n\nThis module is not normally accessed explicitly by most\napplications, but can be useful in modules that provide\nobjects with the same name as a builtin and need access to the\nbuilt-in of that name.",
    functions: FUNCTIONS,
    types: &[],
    init,
};

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let Some(m) = module.downcast::<taipan_object::func::Module>() else {
        return Ok(());
    };
    let d = m.dict.expect();
    d.set_name(th, "None", Value::NONE)?;
    d.set_name(th, "Ellipsis", Value::ELLIPSIS)?;
    d.set_name(th, "NotImplemented", Value::NOT_IMPLEMENTED)?;
    d.set_name(th, "True", Value::TRUE)?;
    d.set_name(th, "False", Value::FALSE)?;
    d.set_name(th, "__debug__", Value::TRUE)?;
    d.set(th, names::DOC.get(), Value::str(th, MODULE.doc))?;
    for t in crate::NAMED {
        d.set_name(th, t.name, t.value())?;
    }
    crate::exceptions::for_each(&mut |name, v| {
        if name == "_IncompleteInputError" || !name.starts_with('_') {
            d.set_name(th, name, v)?;
        }
        Ok(())
    })
}

static FUNCTIONS: &[Method] = &[
    Method::new("abs", "(x, /)", numbers::abs)
        .doc("Return the absolute value of the argument."),
    Method::new("all", "(iterable, /)", iteration::all)
        .doc("Return True if bool(x) is True for all values x in the iterable.\n\nIf the iterable is empty, return True."),
    Method::new("any", "(iterable, /)", iteration::any)
        .doc("Return True if bool(x) is True for any x in the iterable.\n\nIf the iterable is empty, return False."),
    Method::new("ascii", "(obj, /)", |th, a| ops::ascii(th, a[0]))
        .doc("Return an ASCII-only representation of an object.\n\nAs repr(), return a string containing a printable representation of an\nobject, but escape the non-ASCII characters in the string returned by\nrepr() using \\\\x, \\\\u or \\\\U escapes. This generates a string similar\nto that returned by repr() in Python 2."),
    Method::new("bin", "(number, /)", numbers::bin)
        .doc("Return the binary representation of an integer.\n\n   >>> bin(2796202)\n   '0b1010101010101010101010'"),
    Method::new("callable", "(obj, /)", |_, a| Ok(Value::bool(ops::is_callable(a[0]))))
        .doc("Return whether the object is callable (i.e., some kind of function).\n\nNote that classes are callable, as are instances of classes with a\n__call__() method."),
    Method::new("chr", "(i, /)", numbers::chr)
        .doc("Return a Unicode string of one character with ordinal i; 0 <= i <= 0x10ffff."),
    Method::new("compile", "(source, filename, mode, flags=0, dont_inherit=False, optimize=-1, *, _feature_version=-1)", evaluate::compile)
        .doc("Compile source into a code object that can be executed by exec() or eval().\n\nThe source code may represent a Python module, statement or expression.\nThe filename will be used for run-time error messages.\nThe mode must be 'exec' to compile a module, 'single' to compile a\nsingle (interactive) statement, or 'eval' to compile an expression.\nThe flags argument, if present, controls which future statements influence\nthe compilation of the code.\nThe dont_inherit argument, if true, stops the compilation inheriting\nthe effects of any future statements in effect in the code calling\ncompile; if absent or false these statements do influence the compilation,\nin addition to any features explicitly specified."),
    Method::new("delattr", "(obj, name, /)", attributes::delattr)
        .doc("Deletes the named attribute from the given object.\n\ndelattr(x, 'y') is equivalent to ``del x.y``"),
    Method::new("divmod", "(x, y, /)", |th, a| ops::divmod(th, a[0], a[1]))
        .doc("Return the tuple (x//y, x%y).  Invariant: div*y + mod == x."),
    Method::new("eval", "(source, /, globals=None, locals=None)", evaluate::eval)
        .doc("Evaluate the given source in the context of globals and locals.\n\nThe source may be a string representing a Python expression\nor a code object as returned by compile().\nThe globals must be a dictionary and locals can be any mapping,\ndefaulting to the current globals and locals.\nIf only globals is given, locals defaults to it."),
    Method::new("exec", "(source, /, globals=None, locals=None, *, closure=None)", evaluate::exec)
        .doc("Execute the given source in the context of globals and locals.\n\nThe source may be a string representing one or more Python statements\nor a code object as returned by compile().\nThe globals must be a dictionary and locals can be any mapping,\ndefaulting to the current globals and locals.\nIf only globals is given, locals defaults to it.\nThe closure must be a tuple of cellvars, and can only be used\nwhen source is a code object requiring exactly that many cellvars."),
    Method::new("format", "(value, format_spec='', /)", attributes::format)
        .doc("Return type(value).__format__(value, format_spec)\n\nMany built-in types implement format_spec according to the\nFormat Specification Mini-language. See help('FORMATTING')\nfor details."),
    Method::new("globals", "()", |th, _| evaluate::globals(th))
        .doc("Return the dictionary containing the current scope's global variables.\n\nNOTE: Updates to this dictionary *will* affect name lookups in the current\nglobal scope and vice-versa."),
    Method::new("hasattr", "(obj, name, /)", attributes::hasattr)
        .doc("Return whether the object has an attribute with the given name.\n\nThis is done by calling getattr(obj, name) and catching AttributeError."),
    Method::new("hash", "(obj, /)", |th, a| Ok(Value::int(th, ops::hash(th, a[0])?)))
        .doc("Return the hash value for the given object.\n\nTwo objects that compare equal must also have the same hash value, but the\nreverse is not necessarily true."),
    Method::new("hex", "(number, /)", numbers::hex)
        .doc("Return the hexadecimal representation of an integer.\n\n   >>> hex(12648430)\n   '0xc0ffee'"),
    Method::new("id", "(obj, /)", |th, a| {
        let id = Value::uint(th, ops::id(a[0]));
        th.audit("builtins.id", &[id])?;
        Ok(id)
    })
        .doc("Return the identity of an object.\n\nThis is guaranteed to be unique among simultaneously existing objects.\n(CPython uses the object's memory address.)"),
    Method::new("input", "(prompt='', /)", output::input)
        .doc("Read a string from standard input.  The trailing newline is stripped.\n\nThe prompt string, if given, is printed to standard output without a\ntrailing newline before reading input.\n\nIf the user hits EOF (*nix: Ctrl-D, Windows: Ctrl-Z+Return), raise EOFError.\nOn *nix systems, readline is used if available."),
    Method::new("isinstance", "(obj, class_or_tuple, /)", |th, a| ops::is_instance(th, a[0], a[1]).map(Value::bool))
        .doc("Return whether an object is an instance of a class or of a subclass thereof.\n\nA tuple, as in ``isinstance(x, (A, B, ...))``, may be given as the target to\ncheck against. This is equivalent to ``isinstance(x, A) or isinstance(x, B)\nor ...`` etc."),
    Method::new("issubclass", "(cls, class_or_tuple, /)", |th, a| ops::is_subclass(th, a[0], a[1]).map(Value::bool))
        .doc("Return whether 'cls' is derived from another class or is the same class.\n\nA tuple, as in ``issubclass(x, (A, B, ...))``, may be given as the target to\ncheck against. This is equivalent to ``issubclass(x, A) or issubclass(x, B)\nor ...``."),
    Method::new("iter", "(object, sentinel=None, /)", iteration::iter)
        .doc("Get an iterator from an object.\n\nIn the first form, the argument must supply its own iterator, or be a sequence.\nIn the second form, the callable is called until it returns the sentinel."),
    Method::new("aiter", "(async_iterable, /)", iteration::aiter)
        .doc("Return an AsyncIterator for an AsyncIterable object."),
    Method::new("anext", "(aiterator, default=None, /)", iteration::anext)
        .doc("Return the next item from the async iterator.\n\nIf default is given and the async iterator is exhausted,\nit is returned instead of raising StopAsyncIteration."),
    Method::new("len", "(obj, /)", |th, a| Ok(Value::usize(th, ops::len(th, a[0])?)))
        .doc("Return the number of items in a container."),
    Method::new("locals", "()", |th, _| evaluate::locals(th))
        .doc("Return a dictionary containing the current scope's local variables.\n\nNOTE: Whether or not updates to this dictionary will affect name lookups in\nthe local scope and vice-versa is *implementation dependent* and not\ncovered by any backwards compatibility guarantees."),
    Method::new("next", "(iterator, default=None, /)", iteration::next)
        .doc("Return the next item from the iterator.\n\nIf default is given and the iterator is exhausted,\nit is returned instead of raising StopIteration."),
    Method::new("oct", "(number, /)", numbers::oct)
        .doc("Return the octal representation of an integer.\n\n   >>> oct(342391)\n   '0o1234567'"),
    Method::new("ord", "(character, /)", numbers::ord)
        .doc("Return the ordinal value of a character.\n\nIf the argument is a one-character string, return the Unicode code\npoint of that character.\n\nIf the argument is a bytes or bytearray object of length 1, return its\nsingle byte value."),
    Method::new("pow", "(base, exp, mod=None)", numbers::pow)
        .doc("Equivalent to base**exp with 2 arguments or base**exp % mod with 3 arguments.\n\nSome types, such as ints, are able to use a more efficient algorithm when\ninvoked using the three argument form."),
    Method::new("print", "(*args, sep=' ', end='\\n', file=None, flush=False)", output::print)
        .doc("Prints the values to a stream, or to sys.stdout by default.\n\n  sep\n    string inserted between values, default a space.\n  end\n    string appended after the last value, default a newline.\n  file\n    a file-like object (stream); defaults to the current sys.stdout.\n  flush\n    whether to forcibly flush the stream."),
    Method::new("repr", "(obj, /)", |th, a| ops::repr(th, a[0]))
        .doc("Return the canonical string representation of the object.\n\nFor many object types, including most builtins, eval() will return an\nobject equal to the one that was passed."),
    Method::new("round", "(number, ndigits=None)", numbers::round)
        .doc("Round a number to a given precision in decimal digits.\n\nThe return value is an integer if ndigits is omitted or None.  Otherwise\nthe return value has the same type as the number.  ndigits may be negative."),
    Method::new("setattr", "(obj, name, value, /)", attributes::setattr)
        .doc("Sets the named attribute on the given object to the specified value.\n\nsetattr(x, 'y', v) is equivalent to ``x.y = v``"),
    Method::new("sum", "(iterable, /, start=0)", numbers::sum)
        .doc("Return the sum of a 'start' value (default: 0) plus an iterable of numbers\n\nWhen the iterable is empty, return the start value.\nThis function is intended specifically for use with numeric values and may\nreject non-numeric types."),
    Method::new("getattr", "(object, name, default=None, /)", attributes::getattr)
        .doc("Get a named attribute from an object.\n\ngetattr(x, 'y') is equivalent to ``x.y``\n\nWhen a default argument is given, it is returned when the attribute doesn't\nexist; without it, an exception is raised in that case."),
    Method::raw("__build_class__", "(func, name, /, *bases, [metaclass], **kwds)", build_class::build_class)
        .doc("Internal helper function used by the class statement."),
    Method::raw("__import__", "(name, globals=None, locals=None, fromlist=(), level=0)", import::import)
        .doc("Import a module.\n\nBecause this function is meant for use by the Python\ninterpreter and not for general use, it is better to use\nimportlib.import_module() to programmatically import a module.\n\nThe globals argument is only used to determine the context;\nthey are not modified.  The locals argument is unused.  The fromlist\nshould be a list of names to emulate ``from name import ...``, or an\nempty list to emulate ``import name``.\nWhen importing a module from a package, note that __import__('A.B', ...)\nreturns package A when fromlist is empty, but its submodule B when\nfromlist is not empty.  The level argument is used to determine whether to\nperform absolute or relative imports: 0 is absolute, while a positive number\nis the number of parent directories to search relative to the current module."),
    Method::raw("breakpoint", "(*args, **kws)", evaluate::breakpoint)
        .doc("Call sys.breakpointhook(*args, **kws).\n\nsys.breakpointhook() must accept whatever arguments are passed.\n\nBy default, this drops you into the pdb debugger."),
    Method::raw("dir", "", attributes::dir)
        .doc("dir([object]) -> list of strings\n\nIf called without an argument, return the names in the current scope.\nElse, return an alphabetized list of names comprising (some of) the attributes\nof the given object, and of attributes reachable from it.\nIf the object supplies a method named __dir__, it will be used; otherwise\nthe default dir() logic is used and returns:\n  for a module object: the module's attributes.\n  for a class object:  its attributes, and recursively the attributes\n    of its bases.\n  for any other object: its attributes, its class's attributes, and\n    recursively the attributes of its class's base classes."),
    Method::raw("max", "", |th, args| iteration::extreme(th, args, iteration::MAX))
        .doc("max(iterable, *[, default=obj, key=func]) -> value\nmax(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a single iterable argument, return its biggest item. The\ndefault keyword-only argument specifies an object to return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the largest argument."),
    Method::raw("min", "", |th, args| iteration::extreme(th, args, iteration::MIN))
        .doc("min(iterable, *[, default=obj, key=func]) -> value\nmin(arg1, arg2, *args, *[, key=func]) -> value\n\nWith a single iterable argument, return its smallest item. The\ndefault keyword-only argument specifies an object to return if\nthe provided iterable is empty.\nWith two or more positional arguments, return the smallest argument."),
    Method::raw("sorted", "(iterable, /, *, key=None, reverse=False)", iteration::sorted)
        .doc("Return a new list containing all items from the iterable in ascending order.\n\nA custom key function can be supplied to customize the sort order, and the\nreverse flag can be set to request the result in descending order."),
    Method::raw("vars", "", attributes::vars)
        .doc("vars([object]) -> dictionary\n\nWithout arguments, equivalent to locals().\nWith an argument, equivalent to object.__dict__."),
];
