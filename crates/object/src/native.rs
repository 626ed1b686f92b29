//! How native code declares methods, attributes, types and modules.
//!
//! A function's text signature, in the form of CPython's `__text_signature__`, is the one source of its
//! arity, its parameter names and what `inspect.signature` shows. The caller binds arguments to it and hands
//! the function one slot per parameter: absent where the argument was left out, a tuple for `*args`,
//! a dict for `**kwargs`.

use crate::call::Args;
use crate::error::PyResult;
use crate::slots::Slots;
use crate::thread::Thread;
use crate::types::StaticType;
use crate::value::Value;

/// A native function's code.
#[derive(Clone, Copy)]
pub enum NativeFn {
    /// Takes its parameters bound: one value per parameter of the signature.
    Bound(fn(&Thread, &[Value]) -> PyResult),
    /// Takes the call's arguments as they come and checks them itself.
    Raw(fn(&Thread, Args) -> PyResult),
}

/// How a function in a type's table is bound.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Binding {
    /// A method: the instance is the first argument.
    Instance,
    /// A class method: the class is the first argument.
    Class,
    /// A static method.
    Static,
}

/// What two threads calling the same method on one object at once may rely on (documentation and tests).
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Atomic {
    /// Its object never changes.
    Immutable,
    /// Reads one published state, without a lock.
    LockFree,
    /// Takes the object's lock for its whole effect.
    Locked,
    /// Calls Python code in between: each element access is atomic, the whole is not.
    PerElement,
}

/// One parameter of a signature: where its text lies.
struct Parameter {
    start: usize,
    /// The end of the name.
    name: usize,
    end: usize,
    has_default: bool,
}

impl Parameter {
    /// The parameter at or after a place in the signature's text.
    const fn next(b: &[u8], from: usize) -> Option<Parameter> {
        let mut i = from;
        while i < b.len() && (b[i] == b' ' || b[i] == b',') {
            i += 1;
        }
        if i >= b.len() || b[i] == b')' {
            return None;
        }
        let start = i;
        let (mut depth, mut quote, mut name) = (0, 0u8, 0);
        while i < b.len() {
            let c = b[i];
            if quote != 0 {
                if c == quote {
                    quote = 0;
                }
            } else if c == b'\'' || c == b'"' {
                quote = c;
            } else if c == b'(' || c == b'[' || c == b'{' {
                depth += 1;
            } else if depth > 0 && (c == b')' || c == b']' || c == b'}') {
                depth -= 1;
            } else if depth == 0 && (c == b',' || c == b')') {
                break;
            } else if c == b'=' && name == 0 {
                name = i;
            }
            i += 1;
        }
        Some(Parameter {
            start,
            name: if name == 0 { i } else { name },
            end: i,
            has_default: name != 0,
        })
    }
}

/// As many parameters as a native function may have.
pub const MAX_PARAMETERS: usize = 24;

/// Where the names of a signature's parameters lie in its text, in the order of the slots that they are bound to; worked
/// out at compile time, so that a call with keywords does not read the signature.
#[derive(Clone, Copy)]
pub struct Names([(u16, u8); MAX_PARAMETERS]);

impl Names {
    const fn parse(sig: &str) -> Names {
        let b = sig.as_bytes();
        let mut out = [(0, 0); MAX_PARAMETERS];
        let (mut i, mut n) = (1, 0);
        while let Some(p) = Parameter::next(b, i) {
            i = p.end;
            let star = b[p.start] == b'*';
            if b[p.start] == b'/' || (star && p.end - p.start == 1) {
                continue;
            }
            // `*args` and `**kwargs` have no name that a keyword could mean, nor has the receiver.
            if !star && b[p.start] != b'$' {
                out[n] = (p.start as u16, (p.name - p.start) as u8);
            }
            n += 1;
        }
        Names(out)
    }

    /// The slot of the parameter with a name, from slot `from` on.
    #[inline]
    pub fn slot(
        &self,
        sig: &'static str,
        from: usize,
        params: usize,
        name: &[u8],
    ) -> Option<usize> {
        let sig = sig.as_bytes();
        (from..params.min(MAX_PARAMETERS)).find(|i| {
            let (start, len) = self.0[*i];
            len != 0 && sig[start as usize..start as usize + len as usize] == *name
        })
    }
}

/// What a signature says of the number of arguments, worked out at compile time.
#[derive(Clone, Copy, Debug)]
pub struct Arity {
    /// Parameters in all, `*args` and `**kwargs` counted.
    pub params: u8,
    /// Required positional parameters.
    pub min: u8,
    /// Positional parameters.
    pub max: u8,
    /// Of those, positional-only ones.
    pub positional_only: u8,
    /// Whether there is a `*args`.
    pub varargs: bool,
    /// Whether there is a `**kwargs`.
    pub varkw: bool,
    /// Keyword-only parameters.
    pub keyword_only: u8,
}

impl Arity {
    /// Reads `($self, a, b=None, /, *, key=None)`. A `$self` counts as a positional-only parameter.
    pub const fn parse(sig: &str) -> Arity {
        let b = sig.as_bytes();
        let mut a = Arity {
            params: 0,
            min: 0,
            max: 0,
            positional_only: 0,
            varargs: false,
            varkw: false,
            keyword_only: 0,
        };
        let mut i = 1;
        let mut after_star = false;
        while let Some(p) = Parameter::next(b, i) {
            i = p.end;
            if b[p.start] == b'/' {
                a.positional_only = a.max;
            } else if b[p.start] == b'*' && p.end - p.start > 1 && b[p.start + 1] == b'*' {
                a.varkw = true;
                a.params += 1;
            } else if b[p.start] == b'*' {
                after_star = true;
                if p.end - p.start > 1 {
                    a.varargs = true;
                    a.params += 1;
                }
            } else if after_star {
                a.keyword_only += 1;
                a.params += 1;
            } else {
                a.params += 1;
                a.max += 1;
                if !p.has_default {
                    a.min = a.max;
                }
                if b[p.start] == b'$' {
                    a.positional_only = a.max;
                }
            }
        }
        a
    }

    /// Whether `n` positional arguments and no keywords are enough and not too many.
    #[inline(always)]
    pub const fn takes(&self, n: usize) -> bool {
        self.min as usize <= n && n <= self.max as usize && !self.varargs && !self.varkw
    }

    /// Whether `n` positional arguments and no keywords are just the parameters.
    #[inline(always)]
    pub const fn is_exactly(&self, n: usize) -> bool {
        self.params as usize == n && self.max as usize == n && !self.varargs && !self.varkw
    }
}

/// A native function or method, as it stands in a static table.
pub struct Method {
    /// Python's name.
    pub name: &'static str,
    /// The text signature.
    pub sig: &'static str,
    /// Its arity.
    pub arity: Arity,
    /// Its parameters' names.
    pub names: Names,
    /// The code.
    pub func: NativeFn,
    /// How it is bound when it stands in a type.
    pub binding: Binding,
    /// What threads may rely on.
    pub atomic: Atomic,
    /// Whether the interpreter's loop is left for a call, so that the collector does not see what its frame on the
    /// native stack held. Only for raw functions.
    pub leaves_loop: bool,
    /// The docstring, without the signature line.
    pub doc: &'static str,
}

impl Method {
    /// A method or module function with bound parameters.
    pub const fn new(
        name: &'static str,
        sig: &'static str,
        func: fn(&Thread, &[Value]) -> PyResult,
    ) -> Method {
        Method {
            name,
            sig,
            arity: Arity::parse(sig),
            names: Names::parse(sig),
            func: NativeFn::Bound(func),
            binding: Binding::Instance,
            atomic: Atomic::PerElement,
            leaves_loop: false,
            doc: "",
        }
    }

    /// A function that takes its arguments as they come. `sig` may be empty: then none is shown.
    pub const fn raw(
        name: &'static str,
        sig: &'static str,
        func: fn(&Thread, Args) -> PyResult,
    ) -> Method {
        Method {
            name,
            sig,
            arity: Arity::parse(sig),
            names: Names::parse(sig),
            func: NativeFn::Raw(func),
            binding: Binding::Instance,
            atomic: Atomic::PerElement,
            leaves_loop: false,
            doc: "",
        }
    }

    /// The same as a class method.
    pub const fn class(mut self) -> Method {
        self.binding = Binding::Class;
        self
    }

    /// The same as a static method.
    pub const fn static_(mut self) -> Method {
        self.binding = Binding::Static;
        self
    }

    /// The same, with what threads may rely on.
    pub const fn atomic(mut self, a: Atomic) -> Method {
        self.atomic = a;
        self
    }

    /// The same, with the interpreter's loop left for a call.
    pub const fn leaving_loop(mut self) -> Method {
        self.leaves_loop = true;
        self
    }

    /// The same with a docstring.
    pub const fn doc(mut self, doc: &'static str) -> Method {
        self.doc = doc;
        self
    }
}

/// A computed attribute of a native type.
pub struct GetSet {
    /// Python's name.
    pub name: &'static str,
    /// Reads it.
    pub get: fn(&Thread, Value) -> PyResult,
    /// Writes it, or deletes it where the value is absent; a read-only attribute has none.
    pub set: Option<fn(&Thread, Value, Value) -> PyResult<()>>,
    /// The docstring.
    pub doc: &'static str,
}

impl GetSet {
    /// A read-only attribute.
    pub const fn new(name: &'static str, get: fn(&Thread, Value) -> PyResult) -> GetSet {
        GetSet {
            name,
            get,
            set: None,
            doc: "",
        }
    }

    /// An attribute that can be written or deleted too.
    pub const fn rw(
        name: &'static str,
        get: fn(&Thread, Value) -> PyResult,
        set: fn(&Thread, Value, Value) -> PyResult<()>,
    ) -> GetSet {
        GetSet {
            name,
            get,
            set: Some(set),
            doc: "",
        }
    }

    /// The same with a docstring.
    pub const fn doc(mut self, doc: &'static str) -> GetSet {
        self.doc = doc;
        self
    }
}

/// What a native type is, beyond its identity ([`StaticType`]): filled in by the crate that implements it.
pub struct TypeSpec {
    /// Sets the slots that the type itself has.
    pub slots: fn(&mut Slots),
    /// Its methods.
    pub methods: &'static [Method],
    /// Its computed attributes.
    pub getset: &'static [GetSet],
    /// The docstring; empty for none.
    pub doc: &'static str,
    /// The signature of its constructor (`inspect.signature(cls)`); empty for none.
    pub sig: &'static str,
}

impl TypeSpec {
    /// A type with nothing of its own.
    pub const EMPTY: TypeSpec = TypeSpec {
        slots: |_| {},
        methods: &[],
        getset: &[],
        doc: "",
        sig: "",
    };
}

/// A native module.
pub struct ModuleSpec {
    /// Its name.
    pub name: &'static str,
    /// Its docstring.
    pub doc: &'static str,
    /// Its functions.
    pub functions: &'static [Method],
    /// Its types, to be defined and added under their names.
    pub types: &'static [(&'static StaticType, &'static TypeSpec)],
    /// Adds what is computed: constants, other objects. Runs once per interpreter.
    pub init: fn(&Thread, Value) -> PyResult<()>,
}
