//! `_taipan_stdlib`: the standard library inside the executable, as its finder and loader see it.

use std::collections::BTreeMap;
use std::sync::Mutex;
use taipan_bytecode::{CodeRef, serial};
use taipan_object::code::Code;
use taipan_object::exception as exc;
use taipan_object::func::Module;
use taipan_object::heap::Object;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value, names};
use taipan_pylib as pylib;

/// `_taipan_stdlib`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_taipan_stdlib",
    doc: "Access to the standard library inside the executable.",
    functions: FUNCTIONS,
    types: &[],
    init: |th, m| {
        let d = m.expect::<Module>().dict.expect();
        d.set_name(th, "PREFIX", Value::str(th, pylib::VIRTUAL_PREFIX))
    },
};

static FUNCTIONS: &[Method] = &[
    Method::new("find", "(name, /)", |th, a| {
        match pylib::find(&names::text(a[0])) {
            None => Ok(Value::NONE),
            Some(m) => {
                let dir = match m.virtual_dir() {
                    Some(d) => Value::str(th, &d),
                    None => Value::NONE,
                };
                Value::try_tuple(th, &[Value::str(th, &m.virtual_path()), dir])
            }
        }
    })
    .doc("The path and, for a package, the folder of a module; None if there is none of this name."),
    Method::new("get_code", "(name, /)", |th, a| code(th, &names::text(a[0]), None))
        .doc("The code object of a module."),
    Method::new("get_source", "(name, /)", |th, a| {
        match pylib::find(&names::text(a[0])) {
            None => Ok(Value::NONE),
            Some(m) => Ok(Value::str(th, &m.source())),
        }
    })
    .doc("The source text of a module."),
    Method::new("read_file", "(path, /)", |th, a| {
        match pylib::read_file(&names::text(a[0])) {
            None => Ok(Value::NONE),
            Some(b) => Value::bytes(th, &b),
        }
    })
    .doc("The contents of a packed file, by its path below the library's root; None if there is none."),
    Method::new("list_dir", "(path, /)", |th, a| {
        let list = Value::list(th, &[])?;
        for e in pylib::list_dir(&names::text(a[0])) {
            let item = Value::try_tuple(th, &[Value::str(th, e.name), Value::bool(e.is_dir)])?;
            list.as_list().expect("a list").append(th, item)?;
        }
        Ok(list)
    })
    .doc("The names in a packed folder, each with whether it is a folder."),
    Method::new("program", "()", |th, _| {
        let known = th.interp.state.expect().get_name(th, PROGRAM);
        Ok(known.unwrap_or(Value::NONE))
    })
    .doc("The code, text and name of a program that is in no file; None if it is in one."),
    Method::new("modules", "()", |th, _| {
        let list = Value::list(th, &[])?;
        for m in pylib::modules() {
            let item = Value::try_tuple(th, &[Value::str(th, m.name()), Value::bool(m.is_package())])?;
            list.as_list().expect("a list").append(th, item)?;
        }
        Ok(list)
    })
    .doc("The names of all modules, each with whether it is a package."),
];

/// Where the interpreter keeps the code and text of a program that is in no file.
const PROGRAM: &str = "stdlib.program";

/// Keeps the text of a program that is in no file, for the lines of its tracebacks.
///
/// # Errors
/// `MemoryError`.
pub fn register_program(th: &Thread, code: Value, text: Value, name: Value) -> PyResult<()> {
    let known = Value::try_tuple(th, &[code, text, name])?;
    th.interp.state.expect().set_name(th, PROGRAM, known)
}

/// The code of one of the library's modules: compiled when the executable was built, or now. Tracebacks know it by the
/// given file name, or by its place in the library.
///
/// # Errors
/// `ImportError` if there is no such module, `MemoryError`.
pub fn code(th: &Thread, name: &str, file: Option<&str>) -> PyResult {
    let Some(m) = pylib::find(name) else {
        return Err(th.raise(
            &exc::IMPORT_ERROR,
            format!("the executable has no module {name}"),
        ));
    };
    let optimize = crate::start::config(th).optimize.min(2) as u8;
    let precompiled = m.code().filter(|_| optimize == 0);
    if let Some(code) = precompiled.and_then(|packed| unpacked(th, m.name(), packed)) {
        let file = match file {
            Some(f) => taipan_object::strings::intern(th, f),
            None => taipan_object::strings::intern_name(th, &code.data().filename),
        };
        return Ok(Object::<Code>::in_file(th, code, file)?.value());
    }
    let filename = Value::str(th, file.unwrap_or(&m.virtual_path()));
    let source = Value::str(th, &m.source());
    crate::compile::compile(th, source, filename, "exec", 0, -1)
}

/// What the modules of the library were unpacked to, for all interpreters but the first: where there are several, there
/// may be many, one after the other.
static SHARED: Mutex<BTreeMap<&'static str, CodeRef>> = Mutex::new(BTreeMap::new());

fn unpacked(th: &Thread, name: &'static str, packed: &'static [u8]) -> Option<CodeRef> {
    let unpack = || serial::from_trusted_bytes(packed).ok().map(CodeRef::from);
    if th.interp.id == 0 {
        return unpack();
    }
    let shared = || SHARED.lock().unwrap_or_else(|e| e.into_inner());
    if let Some(code) = shared().get(name) {
        return Some(code.clone());
    }
    let code = unpack()?;
    Some(shared().entry(name).or_insert(code).clone())
}
