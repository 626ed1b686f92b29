//! Interned names that the engine itself uses.

use crate::heap::Field;
use crate::thread::Thread;
use crate::value::Value;

/// A name of the engine's own, interned in the bootstrap.
pub struct Name {
    text: &'static str,
    value: Field,
}

impl Name {
    /// The interned `str`.
    #[inline(always)]
    pub fn get(&self) -> Value {
        self.value.get()
    }

    /// The text.
    pub fn text(&self) -> &'static str {
        self.text
    }
}

/// An attribute name's text, for messages.
pub fn text(name: Value) -> std::borrow::Cow<'static, str> {
    match name.as_str_obj() {
        Some(s) => String::from_utf8_lossy(s.as_bytes()),
        None => "?".into(),
    }
}

macro_rules! names {
    ($($id:ident = $text:literal;)*) => {
        $(
            #[doc = concat!("`", $text, "`")]
            pub static $id: Name = Name { text: $text, value: Field::absent() };
        )*
        static ALL: &[&Name] = &[$(&$id),*];
    };
}

/// Interns all names; part of the bootstrap. Interned strings are roots by themselves.
pub(crate) fn init(th: &Thread) {
    for n in ALL {
        n.value.init(crate::strings::intern(th, n.text));
    }
}

names! {
    ABC_IMPL = "_abc_impl"; ABC_TPFLAGS = "__abc_tpflags__"; ABSTRACT_METHODS = "__abstractmethods__"; AENTER = "__aenter__"; AEXIT = "__aexit__";
    AITER = "__aiter__"; ALL_NAMES = "__all__"; ANEXT = "__anext__"; ANNOTATE = "__annotate__"; ANNOTATE_FUNC = "__annotate_func__";
    ANNOTATIONS = "__annotations__"; AWAIT = "__await__"; BASES = "__bases__"; BUILD_CLASS = "__build_class__";
    BUILTINS = "__builtins__"; BYTES = "__bytes__"; CALL = "__call__"; CLASS = "__class__"; CLASS_CELL = "__classcell__";
    CLASS_GETITEM = "__class_getitem__"; CLASSDICT_CELL = "__classdictcell__"; COMPLEX = "__complex__"; CONTAINS = "__contains__";
    DEL = "__del__"; DELATTR = "__delattr__"; DELETE = "__delete__"; DELITEM = "__delitem__"; DICT = "__dict__"; DIR = "__dir__";
    DOC = "__doc__"; ENTER = "__enter__"; EQ = "__eq__"; EXIT = "__exit__"; FILE = "__file__"; FORMAT = "__format__";
    FSPATH = "__fspath__"; GET = "__get__"; GETATTR = "__getattr__"; GETATTRIBUTE = "__getattribute__"; GETITEM = "__getitem__";
    GETNEWARGS = "__getnewargs__"; GETNEWARGS_EX = "__getnewargs_ex__"; GETSTATE = "__getstate__"; HASH = "__hash__";
    IMPORT = "__import__"; INDEX = "__index__"; INIT = "__init__"; INIT_SUBCLASS = "__init_subclass__";
    INSTANCECHECK = "__instancecheck__"; INT = "__int__"; FLOAT = "__float__"; ISABSTRACT = "__isabstractmethod__"; ITER = "__iter__"; LEN = "__len__";
    LENGTH_HINT = "__length_hint__"; LOADER = "__loader__"; MAIN = "__main__"; MATCH_ARGS = "__match_args__"; MISSING = "__missing__"; MODULE = "__module__";
    MRO = "__mro__"; MRO_FN = "mro"; MRO_ENTRIES = "__mro_entries__"; NAME = "__name__"; NEW = "__new__"; NEXT = "__next__"; PACKAGE = "__package__";
    PATH = "__path__"; PREPARE = "__prepare__"; QUALNAME = "__qualname__"; REDUCE = "__reduce__"; REDUCE_EX = "__reduce_ex__"; REPR = "__repr__";
    REVERSED = "__reversed__"; ROUND = "__round__"; SET = "__set__"; SETATTR = "__setattr__"; SETITEM = "__setitem__";
    SET_NAME = "__set_name__"; SIZEOF = "__sizeof__"; SLOTS = "__slots__"; SORT = "sort"; SPEC = "__spec__"; STR = "__str__"; SUBCLASSCHECK = "__subclasscheck__";
    SUBCLASSHOOK = "__subclasshook__"; TEXT_SIGNATURE = "__text_signature__"; TRUNC = "__trunc__"; TYPE_PARAMS = "__type_params__"; WEAKREF = "__weakref__"; WRAPPED = "__wrapped__"; FLOOR = "__floor__"; CEIL = "__ceil__";
    STATIC_ATTRIBUTES = "__static_attributes__"; FIRSTLINENO = "__firstlineno__"; ORIG_BASES = "__orig_bases__"; NOTES = "__notes__"; CONDITIONAL_ANNOTATIONS = "__conditional_annotations__";
    CLOSE = "close"; SEND = "send"; THROW = "throw"; KEYS = "keys"; ITEMS = "items"; VALUES = "values"; GET_METHOD = "get"; COPY = "copy"; WRITE = "write"; FLUSH = "flush"; READ = "read"; READLINE = "readline";
    STDOUT = "stdout"; STDERR = "stderr"; STDIN = "stdin"; MODULES = "modules"; METACLASS = "metaclass"; SEP = "sep"; END = "end"; KEY = "key"; REVERSE = "reverse"; ANN_CACHE = "__annotations_cache__";
    ENCODING = "encoding"; ERRORS = "errors"; FILENO = "fileno"; NAME_ATTR = "name"; ARGS = "args"; ORIGIN = "__origin__"; ARGS_DUNDER = "__args__"; PARAMETERS = "__parameters__"; UNPACKED = "__typing_unpacked_tuple_args__";
    ADD = "__add__"; FIND_AND_LOAD = "_find_and_load"; HANDLE_FROMLIST = "_handle_fromlist"; DISPLAYHOOK = "displayhook"; EXCEPTHOOK = "excepthook"; UNRAISABLEHOOK = "unraisablehook"; UNDERSCORE = "_"; STRICT = "strict"; UTF8 = "utf-8"; TYPING_SUBST = "__typing_subst__"; TYPING_PREPARE_SUBST = "__typing_prepare_subst__"; BUFFER = "__buffer__"; RELEASE_BUFFER = "__release_buffer__"; OBJCLASS = "__objclass__"; SELF = "__self__"; FUNC = "__func__"; DEFAULTS = "__defaults__"; KWDEFAULTS = "__kwdefaults__"; CODE = "__code__"; GLOBALS = "__globals__"; CLOSURE = "__closure__"; SIGNATURE = "__signature__"; INITIALIZING = "_initializing"; UNINITIALIZED_SUBMODULES = "_uninitialized_submodules"; LT = "__lt__";
    RADD = "__radd__"; IADD = "__iadd__"; SUB = "__sub__"; RSUB = "__rsub__"; ISUB = "__isub__"; MUL = "__mul__"; RMUL = "__rmul__"; IMUL = "__imul__"; MOD = "__mod__"; RMOD = "__rmod__"; IMOD = "__imod__"; DIVMOD = "__divmod__"; RDIVMOD = "__rdivmod__"; POW = "__pow__"; RPOW = "__rpow__"; IPOW = "__ipow__"; LSHIFT = "__lshift__"; RLSHIFT = "__rlshift__"; ILSHIFT = "__ilshift__"; RSHIFT = "__rshift__"; RRSHIFT = "__rrshift__"; IRSHIFT = "__irshift__"; AND = "__and__"; RAND = "__rand__"; IAND = "__iand__"; OR = "__or__"; ROR = "__ror__"; IOR = "__ior__"; XOR = "__xor__"; RXOR = "__rxor__"; IXOR = "__ixor__"; FLOORDIV = "__floordiv__"; RFLOORDIV = "__rfloordiv__"; IFLOORDIV = "__ifloordiv__"; TRUEDIV = "__truediv__"; RTRUEDIV = "__rtruediv__"; ITRUEDIV = "__itruediv__"; MATMUL = "__matmul__"; RMATMUL = "__rmatmul__"; IMATMUL = "__imatmul__"; NEG = "__neg__"; POS = "__pos__"; ABS = "__abs__"; INVERT = "__invert__"; BOOL = "__bool__"; LE = "__le__"; NE = "__ne__"; GT = "__gt__"; GE = "__ge__";
}
