//! `_imp`: what `importlib` asks the engine for: native modules, the importers' own code, the import lock.

use crate::{modules, stdlib};
use taipan_object::code::Code;
use taipan_object::exception as exc;
use taipan_object::func::Module;
use taipan_object::heap::Object;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::strings::intern_value;
use taipan_object::{PyResult, Thread, Value, attr, buffer, call, names, ops};
use taipan_text::hash::HashKey;

/// `_imp`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_imp",
    doc: "(Extremely) low-level import machinery bits as used by importlib.",
    functions: FUNCTIONS,
    types: &[],
    init: |th, m| {
        let d = m.expect::<Module>().dict.expect();
        d.set_name(th, "pyc_magic_number_token", Value::int(th, MAGIC))?;
        let mode = crate::start::config(th).check_hash_pycs;
        d.set_name(th, "check_hash_based_pycs", Value::str(th, mode))
    },
};

/// The first four bytes of a `.pyc` file, as a little-endian number: the format of code objects and two line ends.
const MAGIC: i64 = {
    let m = taipan_bytecode::serial::MAGIC;
    (m[2] as i64) << 8 | (0x54 ^ m[3] as i64) | 0x0a0d_0000
};

/// A module that is frozen in the sense of `importlib`.
struct Frozen {
    name: &'static str,
    /// The module of the library whose code it is.
    code: &'static str,
    /// What it was made from, as the finder tells it.
    origin: Option<&'static str>,
    is_package: bool,
}

const fn frozen_module(name: &'static str, code: &'static str) -> Frozen {
    Frozen {
        name,
        code,
        origin: Some(code),
        is_package: false,
    }
}

const fn frozen_package(name: &'static str, code: &'static str) -> Frozen {
    Frozen {
        is_package: true,
        ..frozen_module(name, code)
    }
}

const fn frozen_init(name: &'static str, code: &'static str, origin: &'static str) -> Frozen {
    Frozen {
        origin: Some(origin),
        ..frozen_module(name, code)
    }
}

/// The two halves of `importlib`, the finder of the library in the executable, and the modules by which programs try
/// out what frozen modules are.
const FROZEN: &[Frozen] = &[
    frozen_module("_frozen_importlib", "importlib._bootstrap"),
    frozen_module(
        "_frozen_importlib_external",
        "importlib._bootstrap_external",
    ),
    // Under a name by which warnings know what belongs to imports.
    frozen_module("_frozen_stdlib", "importlib._bootstrap_stdlib"),
    frozen_module("__hello__", "__hello__"),
    frozen_module("__hello_alias__", "__hello__"),
    frozen_package("__phello_alias__", "__hello__"),
    frozen_module("__phello_alias__.spam", "__hello__"),
    frozen_package("__phello__", "__phello__"),
    frozen_init("__phello__.__init__", "__phello__", "<__phello__"),
    frozen_package("__phello__.ham", "__phello__.ham"),
    frozen_init(
        "__phello__.ham.__init__",
        "__phello__.ham",
        "<__phello__.ham",
    ),
    frozen_module("__phello__.ham.eggs", "__phello__.ham.eggs"),
    frozen_module("__phello__.spam", "__phello__.spam"),
    Frozen {
        origin: None,
        ..frozen_module("__hello_only__", "__hello__")
    },
];

fn frozen(name: &str) -> Option<&'static Frozen> {
    FROZEN.iter().find(|f| f.name == name)
}

static FUNCTIONS: &[Method] = &[
    Method::new("lock_held", "()", |th, _| {
        Ok(Value::bool(crate::start::engine(th).import_lock.is_held()))
    })
    .doc("Return True if the import lock is currently held, else False."),
    Method::new("acquire_lock", "()", |th, _| {
        crate::start::engine(th).import_lock.acquire(th);
        Ok(Value::NONE)
    })
    .doc("Acquires the interpreter's import lock for the current thread."),
    Method::new("release_lock", "()", |th, _| {
        if crate::start::engine(th).import_lock.release(th) {
            Ok(Value::NONE)
        } else {
            Err(th.runtime_error("not holding the import lock"))
        }
    })
    .doc("Release the interpreter's import lock."),
    Method::new("is_builtin", "(name, /)", |th, a| {
        let name = text(th, "is_builtin", a[0])?;
        let n = match name.as_str() {
            "sys" | "builtins" => -1,
            n if modules::find(n).is_some() => 1,
            _ => 0,
        };
        Ok(Value::small_int(n))
    }),
    Method::new("create_builtin", "(spec, /)", create_builtin),
    Method::new("exec_builtin", "(mod, /)", |_, _| Ok(Value::small_int(0))),
    Method::new(
        "create_dynamic",
        "(spec, file=<unrepresentable>, /)",
        no_extensions,
    ),
    Method::new("exec_dynamic", "(mod, /)", |_, _| Ok(Value::small_int(0))),
    Method::new("extension_suffixes", "()", |th, _| Value::list(th, &[])),
    Method::new("is_frozen", "(name, /)", |th, a| {
        let name = text(th, "is_frozen", a[0])?;
        Ok(Value::bool(frozen(&name).is_some()))
    }),
    Method::new("is_frozen_package", "(name, /)", |th, a| {
        let name = text(th, "is_frozen_package", a[0])?;
        match frozen(&name) {
            Some(f) => Ok(Value::bool(f.is_package)),
            None => Err(no_frozen(th, a[0])?),
        }
    }),
    Method::new("find_frozen", "(name, /, *, withdata=False)", |th, a| {
        let name = text(th, "find_frozen", a[0])?;
        match frozen(&name) {
            Some(f) => {
                let origin = f.origin.map_or(Value::NONE, |o| Value::str(th, o));
                Value::try_tuple(th, &[Value::NONE, Value::bool(f.is_package), origin])
            }
            None => Ok(Value::NONE),
        }
    }),
    Method::new("get_frozen_object", "(name, data=None, /)", |th, a| {
        let name = text(th, "get_frozen_object", a[0])?;
        if let Some(data) = a[1].present().filter(|d| !d.is_none()) {
            return code_of_data(th, a[0], data);
        }
        match frozen(&name) {
            Some(f) => frozen_code(th, f.code),
            None => Err(no_frozen(th, a[0])?),
        }
    }),
    Method::new("init_frozen", "(name, /)", |th, a| {
        let name = text(th, "init_frozen", a[0])?;
        match frozen(&name) {
            Some(f) => run_frozen(th, &name, f.code),
            None => Ok(Value::NONE),
        }
    }),
    Method::new("_frozen_module_names", "()", |th, _| {
        let list = Value::list(th, &[])?;
        for f in FROZEN {
            list.as_list()
                .expect("a list")
                .append(th, Value::str(th, f.name))?;
        }
        Ok(list)
    }),
    Method::new(
        "_override_frozen_modules_for_tests",
        "(override, /)",
        |th, a| {
            ops::index_i64(th, a[0])?;
            Ok(Value::NONE)
        },
    ),
    Method::new(
        "_override_multi_interp_extensions_check",
        "(override, /)",
        |th, a| {
            ops::index_i64(th, a[0])?;
            Ok(Value::small_int(0))
        },
    ),
    Method::new("_fix_co_filename", "(code, path, /)", |th, a| {
        let Some(code) = a[0].downcast::<Code>() else {
            return Err(th.type_error(format!(
                "_fix_co_filename() argument 1 must be code, not {}",
                taipan_object::types::class_of(a[0]).name_text()
            )));
        };
        if a[1].as_str_obj().is_none() {
            return Err(th.type_error(format!(
                "_fix_co_filename() argument 2 must be str, not {}",
                taipan_object::types::class_of(a[1]).name_text()
            )));
        }
        let old = code.filename.get();
        fix_filename(th, code, old, intern_value(a[1]))?;
        Ok(Value::NONE)
    })
    .doc("Changes code.co_filename to specify the passed-in path."),
    Method::new("source_hash", "(key, source)", |th, a| {
        let key = ops::index_i64(th, a[0])?;
        let b = buffer::get_contiguous(th, a[1])?;
        let n = HashKey::new(key as u64, 0).hash(b.as_slice());
        Value::bytes(th, &n.to_le_bytes())
    }),
];

fn text(th: &Thread, f: &str, v: Value) -> PyResult<String> {
    match v.as_str_obj() {
        Some(_) => Ok(names::text(v).into_owned()),
        None => Err(th.type_error(format!(
            "{f}() argument 1 must be str, not {}",
            taipan_object::types::class_of(v).name_text()
        ))),
    }
}

fn no_frozen(th: &Thread, name: Value) -> PyResult<taipan_object::Raised> {
    let shown = ops::repr(th, name)?;
    let e = th.raise(
        &exc::IMPORT_ERROR,
        format!("No such frozen object named {}", names::text(shown)),
    );
    exc::set_extra(th, e.0, exc::extra::IMPORT[1], name);
    Ok(e)
}

/// The code object that `marshal` wrote.
fn code_of_data(th: &Thread, name: Value, data: Value) -> PyResult {
    let marshal = taipan_builtins::import_module(th, "marshal")?;
    match call::call_method(th, marshal, "loads", &[data]) {
        Ok(code) if code.downcast::<Code>().is_some() => Ok(code),
        Err(e) if e.is(&exc::TYPE_ERROR) => Err(e),
        Ok(_) => Err(th.type_error(format!(
            "frozen object {} is not a code object",
            names::text(ops::repr(th, name)?)
        ))),
        Err(_) => {
            let shown = ops::repr(th, name)?;
            let msg = format!("Frozen object named {} is invalid", names::text(shown));
            let e = th.raise(&exc::IMPORT_ERROR, msg);
            exc::set_extra(th, e.0, exc::extra::IMPORT[1], name);
            Err(e)
        }
    }
}

fn no_extensions(th: &Thread, a: &[Value]) -> PyResult {
    let name = attr::get_str(th, a[0], "name")?;
    let e = th.raise(
        &exc::IMPORT_ERROR,
        format!(
            "{}: modules in machine code cannot be loaded",
            names::text(name)
        ),
    );
    exc::set_extra(th, e.0, exc::extra::IMPORT[1], name);
    Err(e)
}

fn create_builtin(th: &Thread, a: &[Value]) -> PyResult {
    let name = attr::get_str(th, a[0], "name")?;
    let key = text(th, "create_builtin", name)?;
    if matches!(key.as_str(), "sys" | "builtins")
        && let Some(m) = th.interp.state.get().and_then(|s| s.get_name(th, &key))
    {
        return Ok(m);
    }
    match modules::find(&key) {
        Some(spec) => Ok(Module::from_spec(th, spec)?.value()),
        None => Ok(Value::NONE),
    }
}

fn fix_filename(th: &Thread, code: &Object<Code>, old: Value, new: Value) -> PyResult<()> {
    th.check_native_stack()?;
    if !ops::eq(th, code.filename.get(), old)? {
        return Ok(());
    }
    code.ready(th)?;
    code.filename.set(&code.header, new);
    for c in code.consts.expect().fields() {
        if let Some(inner) = c.get().downcast::<Code>() {
            fix_filename(th, inner, old, new)?;
        }
    }
    Ok(())
}

/// The code of a frozen module, under the file name by which tracebacks know the import machinery.
fn frozen_code(th: &Thread, origin: &str) -> PyResult {
    stdlib::code(th, origin, Some(&format!("<frozen {origin}>")))
}

/// Runs a frozen module's code in a new module of its name, which goes into `sys.modules`.
pub fn run_frozen(th: &Thread, name: &str, origin: &str) -> PyResult {
    let code = frozen_code(th, origin)?;
    let m = Module::new(th, Value::str(th, name), Value::NONE)?;
    let d = m.dict.expect();
    // The importer takes this away again once the module has a spec.
    d.set_name(th, "__origname__", Value::str(th, origin))?;
    if let Some(b) = th.interp.builtins.get() {
        d.set(th, names::BUILTINS.get(), b.value())?;
    }
    if let Some(modules) = th.interp.modules.get() {
        modules.set_name(th, name, m.value())?;
    }
    let g = d.value();
    taipan_interp::run_code(th, code, g, g, Value::ABSENT)?;
    Ok(m.value())
}
