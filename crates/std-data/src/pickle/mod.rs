//! `_pickle`: pickling at native speed.

mod buffer;
mod global;
mod input;
mod load;
mod memo;
mod op;
mod pickler;
mod reduce;
mod save;
mod unpickler;

use taipan_object::exception::EXCEPTION;
use taipan_object::native::{Method, ModuleSpec, TypeSpec};
use taipan_object::types::{StaticType, Type, flags, no_layout};
use taipan_object::wtf8::Wtf8;
use taipan_object::{Object, PyResult, Raised, Thread, Value, attr, call, names};

/// `_pickle`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_pickle",
    doc: "Optimized C implementation for the Python pickle module.",
    functions: &[
        Method::new("dump", "(obj, file, protocol=None, *, fix_imports=True, buffer_callback=None)", pickler::dump)
            .doc("Write a pickled representation of obj to the open file object file.\n\nThis is equivalent to ``Pickler(file, protocol).dump(obj)``, but may\nbe more efficient."),
        Method::new("dumps", "(obj, protocol=None, *, fix_imports=True, buffer_callback=None)", pickler::dumps)
            .doc("Return the pickled representation of the object as a bytes object."),
        Method::new("load", "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", unpickler::load)
            .doc("Read and return an object from the pickle data stored in a file.\n\nThis is equivalent to ``Unpickler(file).load()``, but may be more\nefficient."),
        Method::new("loads", "(data, /, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())", unpickler::loads)
            .doc("Read and return an object from the given pickle data."),
    ],
    types: &[
        (&PICKLE_ERROR, &TypeSpec::EMPTY),
        (&PICKLING_ERROR, &TypeSpec::EMPTY),
        (&UNPICKLING_ERROR, &TypeSpec::EMPTY),
        (&pickler::PICKLER, &pickler::PICKLER_SPEC),
        (&unpickler::UNPICKLER, &unpickler::UNPICKLER_SPEC),
        (&buffer::PICKLE_BUFFER, &buffer::PICKLE_BUFFER_SPEC),
    ],
    init: |th, _| {
        pickler::PROXY.define(th, &pickler::PROXY_SPEC)?;
        unpickler::PROXY.define(th, &unpickler::PROXY_SPEC)?;
        Ok(())
    },
};

const EXC: u64 = flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS;
static PICKLE_ERROR: StaticType =
    StaticType::new("_pickle", "PickleError", Some(&EXCEPTION), EXC, no_layout);
static PICKLING_ERROR: StaticType = StaticType::new(
    "_pickle",
    "PicklingError",
    Some(&PICKLE_ERROR),
    EXC,
    no_layout,
);
static UNPICKLING_ERROR: StaticType = StaticType::new(
    "_pickle",
    "UnpicklingError",
    Some(&PICKLE_ERROR),
    EXC,
    no_layout,
);

const HIGHEST: i32 = 5;

#[cold]
fn pickling_error(th: &Thread, msg: impl AsRef<str>) -> Raised {
    th.raise(&PICKLING_ERROR, msg)
}

#[cold]
fn unpickling_error(th: &Thread, msg: impl AsRef<str>) -> Raised {
    th.raise(&UNPICKLING_ERROR, msg)
}

/// `%T` of an object: its type's name with the module, unless that is `builtins`.
fn type_name(v: Value) -> String {
    taipan_object::ops::full_type_name(v)
}

/// A repr for a message.
fn shown(th: &Thread, v: Value) -> PyResult<String> {
    let r = taipan_object::ops::repr(th, v)?;
    Ok(r.as_wtf8()
        .map(|w| w.to_string_lossy().into_owned())
        .unwrap_or_default())
}

fn text(v: Value) -> String {
    v.as_wtf8()
        .map(|w| w.to_string_lossy().into_owned())
        .unwrap_or_default()
}

/// An attribute, nothing where there is none.
fn opt(th: &Thread, v: Value, name: &str) -> PyResult<Option<Value>> {
    attr::get_opt(th, v, taipan_object::strings::intern(th, name))
}

/// A method that a subclass or the instance overrides; nothing where it is the one of the base type.
fn overridden(th: &Thread, v: Value, base: &Object<Type>, name: &str) -> PyResult<Option<Value>> {
    let key = taipan_object::strings::intern(th, name);
    let f = attr::get(th, v, key)?;
    let own = f
        .downcast::<taipan_object::func::NativeFunction>()
        .is_some_and(|nf| {
            nf.receiver.get().is(v)
                && nf.method.name == name
                && base.lookup(key).is_some_and(|m| {
                    m.downcast::<taipan_object::func::MethodDescriptor>()
                        .is_some_and(|d| std::ptr::eq(d.method, nf.method))
                })
        });
    Ok((!own).then_some(f))
}

/// Adds a note to an exception on its way out.
fn noted(th: &Thread, e: Raised, note: impl AsRef<str>) -> Raised {
    // The note is a help only: nothing is said where it can't be added.
    let _ = call::call_method(th, e.0, "add_note", &[Value::str(th, note.as_ref())]);
    e
}

/// The dict that `copyreg` keeps under a name.
fn copyreg(th: &Thread, name: &str) -> PyResult {
    crate::library::attribute(th, "copyreg", name)
}

/// The parts of a dotted name.
fn parts(name: &Wtf8) -> Vec<&Wtf8> {
    let split = name.as_bytes().split(|b| *b == b'.');
    split.filter_map(Wtf8::from_bytes).collect()
}

/// An attribute of an attribute of …, by the parts of a dotted name.
fn dotted(th: &Thread, mut v: Value, path: &[&Wtf8]) -> PyResult {
    for part in path {
        v = attr::get(th, v, taipan_object::strings::intern_wtf8(th, part))?;
    }
    Ok(v)
}

/// `obj.__class__`
fn class_value(th: &Thread, v: Value) -> PyResult {
    attr::get(th, v, names::CLASS.get())
}
