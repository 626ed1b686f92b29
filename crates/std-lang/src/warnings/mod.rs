//! `_warnings`: issuing of warnings for `warnings` and for native code, and the filters before `warnings` is loaded.

mod filter;
mod lock;
mod show;

use taipan_object::dict::Dict;
use taipan_object::frame::{self, FrameRec};
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::types::{self, StaticType, Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, call, exception as exc, names, ops};

use crate::args::{self, given, module_dict, state, type_name};

pub use lock::reset_after_fork;

/// `_warnings`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_warnings",
    doc: "_warnings provides basic warning filtering support.\nIt is a helper module to speed up interpreter start-up.",
    functions: &[
        Method::new("warn", "(message, category=None, stacklevel=1, source=None, *, skip_file_prefixes=())", py_warn).doc("Issue a warning, or maybe ignore it or raise an exception.\n\n  message\n    Text of the warning message.\n  category\n    The Warning category subclass. Defaults to UserWarning.\n  stacklevel\n    How far up the call stack to make this warning appear. A value of 2 for\n    example attributes the warning to the caller of the code calling warn().\n  source\n    If supplied, the destroyed object which emitted a ResourceWarning\n  skip_file_prefixes\n    An optional tuple of module filename prefixes indicating frames to skip\n    during stacklevel computations for stack frame attribution."),
        Method::new("warn_explicit", "(message, category, filename, lineno, module=<unrepresentable>, registry=None, module_globals=None, source=None)", py_warn_explicit).doc("Issue a warning, or maybe ignore it or raise an exception."),
        Method::new("_filters_mutated_lock_held", "()", filters_mutated),
        Method::new("_acquire_lock", "()", |th, _| {
            lock::acquire(th);
            Ok(Value::NONE)
        }),
        Method::new("_release_lock", "()", |th, _| match lock::release(th) {
            true => Ok(Value::NONE),
            false => Err(th.runtime_error("cannot release un-acquired lock")),
        }),
    ],
    types: &[],
    init,
};

/// Names in the interpreter's state.
const FILTERS: &str = "_warnings.filters";
const ONCE: &str = "_warnings.onceregistry";
const DEFAULT_ACTION: &str = "_warnings.defaultaction";
const VERSION: &str = "_warnings.version";
const CONTEXT: &str = "_warnings.context";

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let filters = default_filters(th)?;
    let once = Dict::new(th).value();
    let action = Value::str(th, "default");
    let (dict, state) = (module_dict(module), state(th));
    state.set_name(th, FILTERS, filters)?;
    state.set_name(th, ONCE, once)?;
    state.set_name(th, DEFAULT_ACTION, action)?;
    state.set_name(th, VERSION, Value::small_int(0))?;
    dict.set_name(th, "filters", filters)?;
    dict.set_name(th, "_onceregistry", once)?;
    dict.set_name(th, "_defaultaction", action)?;
    if args::loaded(th, "_contextvars")?.is_some() {
        dict.set_name(th, "_warnings_context", context_variable(th)?)
    } else {
        // Warnings come before imports work: the variable is made when `warnings` asks for it.
        let name = taipan_object::strings::intern(th, "_warnings");
        let f = taipan_object::func::NativeFunction::for_module(th, &MODULE_GETATTR, module, name);
        dict.set_name(th, "__getattr__", f)
    }
}

static MODULE_GETATTR: Method = Method::new("__getattr__", "(name, /)", |th, a| {
    if a[0].is_str("_warnings_context") {
        let v = context_variable(th)?;
        if let Some(m) = args::loaded(th, "_warnings")? {
            let dict = module_dict(m);
            dict.set_name(th, "_warnings_context", v)?;
            dict.remove(th, taipan_object::strings::intern(th, "__getattr__"))?;
        }
        return Ok(v);
    }
    Err(th.attribute_error(
        format!(
            "module '_warnings' has no attribute '{}'",
            names::text(a[0])
        ),
        args::loaded(th, "_warnings")?.unwrap_or(Value::NONE),
        a[0],
    ))
});

fn context_variable(th: &Thread) -> PyResult {
    if let Some(v) = state(th).get_name(th, CONTEXT) {
        return Ok(v);
    }
    let class = args::from_module(th, "_contextvars", "ContextVar")?;
    let v = call::call(th, class, &[Value::str(th, "_warnings_context")])?;
    state(th).set_name(th, CONTEXT, v)?;
    Ok(v)
}

fn default_filters(th: &Thread) -> PyResult {
    let main = Value::str(th, "__main__");
    let row = |action: &str, category: &StaticType, module: Value| {
        Value::tuple(
            th,
            &[
                taipan_object::strings::intern(th, action),
                Value::NONE,
                category.value(),
                module,
                Value::small_int(0),
            ],
        )
    };
    Value::list(
        th,
        &[
            row("default", &exc::DEPRECATION_WARNING, main),
            row("ignore", &exc::DEPRECATION_WARNING, Value::NONE),
            row("ignore", &exc::PENDING_DEPRECATION_WARNING, Value::NONE),
            row("ignore", &exc::IMPORT_WARNING, Value::NONE),
            row("ignore", &exc::RESOURCE_WARNING, Value::NONE),
        ],
    )
}

fn filters_mutated(th: &Thread, _: &[Value]) -> PyResult {
    if !lock::is_held(th) {
        return Err(th.runtime_error("warnings lock is not held"));
    }
    let n = version(th) + 1;
    state(th).set_name(th, VERSION, Value::small_int(n))?;
    Ok(Value::NONE)
}

/// How often the filters have changed.
fn version(th: &Thread) -> i64 {
    state(th)
        .get_name(th, VERSION)
        .and_then(Value::as_i64)
        .unwrap_or(0)
}

/// An attribute of the module `warnings`, if that is loaded (or can be, if `try_import`).
fn python_attribute(th: &Thread, name: &str, try_import: bool) -> PyResult<Option<Value>> {
    let module = if try_import {
        match args::import(th, "warnings") {
            Ok(m) => Some(m),
            Err(e) if e.is(&exc::IMPORT_ERROR) => None,
            Err(e) => return Err(e),
        }
    } else {
        args::loaded(th, "warnings")?
    };
    match module {
        Some(m) => taipan_object::attr::get_opt(th, m, taipan_object::strings::intern(th, name)),
        None => Ok(None),
    }
}

/// Issues a warning as `warnings.warn(msg, category, stacklevel)` called by the running Python function: level 1 names
/// the line that function is at.
///
/// # Errors
/// The warning itself where the filters say so, and what hooks in Python raise.
pub fn warn(th: &Thread, category: &StaticType, msg: &str, stacklevel: i64) -> PyResult<()> {
    let msg = Value::str(th, msg);
    from_frames(th, msg, category.value(), stacklevel, Value::NONE, &[])
}

/// Issues a warning of a place that need not be a running function's. `module` absent is worked out from the file's
/// name; `registry` absent or None remembers nothing.
///
/// # Errors
/// As [`warn`].
pub fn warn_explicit(
    th: &Thread,
    category: &StaticType,
    msg: &str,
    filename: Value,
    lineno: u32,
    module: Value,
    registry: Value,
) -> PyResult<()> {
    let place = Place {
        filename,
        lineno: lineno as i64,
        module,
        registry: registry.or(Value::NONE),
        line: Value::ABSENT,
        source: Value::NONE,
    };
    let msg = Value::str(th, msg);
    lock::held(th, || issue(th, category.value(), msg, &place))
}

/// The `RuntimeWarning` of a coroutine that nobody awaited. Whatever goes wrong is the caller's to report.
///
/// # Errors
/// As [`warn`].
pub fn warn_unawaited(th: &Thread, coroutine: Value) -> PyResult<()> {
    if let Some(f) = python_attribute(th, "_warn_unawaited_coroutine", true)? {
        call::call(th, f, &[coroutine])?;
        return Ok(());
    }
    let name = taipan_object::attr::get_str(th, coroutine, "__qualname__")?;
    let msg = format!("coroutine '{}' was never awaited", names::text(name));
    warn(th, &exc::RUNTIME_WARNING, &msg, 1)
}

fn py_warn(th: &Thread, a: &[Value]) -> PyResult {
    let level = match a[2].present() {
        Some(v) => index_size(th, v)?,
        None => 1,
    };
    let prefixes = match a[4].present() {
        None => &[],
        Some(v) => match v.as_tuple() {
            Some(items) => items,
            None => {
                return Err(th.type_error(format!(
                    "warn() argument 'skip_file_prefixes' must be tuple, not {}",
                    type_name(v)
                )));
            }
        },
    };
    let category = category_of(th, a[0], a[1].or(Value::NONE))?;
    for p in prefixes {
        if p.as_str_obj().is_none() {
            return Err(th.type_error(format!(
                "Found non-str '{}' in skip_file_prefixes.",
                type_name(*p)
            )));
        }
    }
    let level = if prefixes.is_empty() {
        level
    } else {
        level.max(2)
    };
    from_frames(th, a[0], category, level, a[3].or(Value::NONE), prefixes)?;
    Ok(Value::NONE)
}

fn index_size(th: &Thread, v: Value) -> PyResult<i64> {
    let n = ops::index(th, v)?;
    n.as_i64()
        .ok_or_else(|| th.overflow_error("Python int too large to convert to C ssize_t"))
}

fn category_of(th: &Thread, message: Value, category: Value) -> PyResult {
    if types::is_instance(message, &exc::WARNING) {
        return Ok(class_of(message).value());
    }
    if category.is_none() {
        return Ok(exc::USER_WARNING.value());
    }
    match category.downcast::<Type>() {
        Some(t) if t.is_subtype(&exc::WARNING) => Ok(category),
        _ => Err(th.type_error(format!(
            "category must be a Warning subclass, not '{}'",
            type_name(category)
        ))),
    }
}

fn is_internal(f: &FrameRec) -> bool {
    let name = names::text(f.code().filename.get());
    name.contains("importlib") && name.contains("_bootstrap")
}

fn is_skipped(f: &FrameRec, prefixes: &[Value]) -> bool {
    let Some(name) = f.code().filename.get().as_str_obj() else {
        return false;
    };
    prefixes.iter().any(|p| {
        p.as_str_obj()
            .is_some_and(|p| name.as_bytes().starts_with(p.as_bytes()))
    })
}

fn next_external<'a>(f: &'a FrameRec, prefixes: &[Value]) -> Option<&'a FrameRec> {
    let mut at = f.previous();
    while let Some(f) = at {
        if !is_internal(f) && !is_skipped(f, prefixes) {
            return Some(f);
        }
        at = f.previous();
    }
    None
}

/// The frame that a stack level means.
fn frame_at<'a>(th: &'a Thread, mut level: i64, prefixes: &[Value]) -> Option<&'a FrameRec> {
    let mut at = frame::current(th);
    let plain = level <= 0 || at.is_some_and(is_internal);
    while level > 1
        && let Some(f) = at
    {
        at = if plain {
            f.previous()
        } else {
            next_external(f, prefixes)
        };
        level -= 1;
    }
    at
}

fn from_frames(
    th: &Thread,
    message: Value,
    category: Value,
    level: i64,
    source: Value,
    prefixes: &[Value],
) -> PyResult<()> {
    let (globals, filename, lineno) = match frame_at(th, level, prefixes) {
        Some(f) => {
            let code = f.code();
            let line = match usize::try_from(f.word_index()) {
                Ok(w) => code.data().positions.line_at(w).unwrap_or(0),
                Err(_) => code.data().firstlineno,
            };
            (Some(f.globals()), code.filename.get(), line as i64)
        }
        None => (th.interp.sys_dict.get(), Value::str(th, "<sys>"), 0),
    };
    let Some(globals) = globals else {
        return Ok(());
    };
    let registry = match registry_of(th, globals)? {
        Some(r) => r,
        None => return Ok(()),
    };
    let module = match globals.get_name(th, "__name__") {
        Some(m) if m.is_none() || m.as_str_obj().is_some() => m,
        _ => Value::str(th, "<string>"),
    };
    let place = Place {
        filename,
        lineno,
        module,
        registry,
        line: Value::ABSENT,
        source,
    };
    lock::held(th, || issue(th, category, message, &place))
}

fn registry_of(th: &Thread, globals: &Object<Dict>) -> PyResult<Option<Value>> {
    if let Some(r) = globals.get_name(th, "__warningregistry__") {
        return Ok(Some(r));
    }
    let fresh = Dict::new(th).value();
    globals.set_name(th, "__warningregistry__", fresh)?;
    Ok(globals.get_name(th, "__warningregistry__").or(Some(fresh)))
}

fn py_warn_explicit(th: &Thread, a: &[Value]) -> PyResult {
    if a[2].as_str_obj().is_none() {
        return Err(th.type_error(format!(
            "warn_explicit() argument 'filename' must be str, not {}",
            if a[2].is_none() {
                "None".to_owned()
            } else {
                type_name(a[2])
            }
        )));
    }
    let lineno = ops::index_i32(th, a[3])? as i64;
    let mut line = Value::ABSENT;
    if let Some(globals) = given(a[6]) {
        if globals.as_dict().is_none() {
            return Err(th.type_error(format!(
                "module_globals must be a dict, not '{}'",
                type_name(globals)
            )));
        }
        let filename = names::text(a[2]);
        line = show::line_from_loader(th, globals, &filename, lineno)?.unwrap_or(Value::ABSENT);
    }
    let place = Place {
        filename: a[2],
        lineno,
        module: a[4],
        registry: a[5].or(Value::NONE),
        line,
        source: a[7].or(Value::NONE),
    };
    lock::held(th, || issue(th, a[1], a[0], &place))?;
    Ok(Value::NONE)
}

/// Where a warning comes from.
struct Place {
    filename: Value,
    lineno: i64,
    /// The module's name; absent to be worked out, None where it is known to have none.
    module: Value,
    /// The module's registry of warnings given, or None.
    registry: Value,
    /// The source line; absent for unknown.
    line: Value,
    /// The object that the warning is about, or None.
    source: Value,
}

/// The module's name that a file's name suggests.
fn module_from(th: &Thread, filename: Value) -> PyResult {
    let Some(s) = filename.as_str_obj() else {
        return Ok(Value::NONE);
    };
    if s.is_empty() {
        return Ok(Value::str(th, "<unknown>"));
    }
    match s.as_bytes().ends_with(b".py") {
        true => s.slice(th, 0, s.len() - 3),
        false => Ok(filename),
    }
}

/// Filters a warning, remembers it and shows it or raises it.
fn issue(th: &Thread, category: Value, message: Value, place: &Place) -> PyResult<()> {
    if place.module.is_none() {
        // A module that is being torn down.
        return Ok(());
    }
    let registry = given(place.registry);
    if registry.is_some_and(|r| r.as_dict().is_none()) {
        return Err(th.type_error("'registry' must be a dict or None"));
    }
    let registry = registry.and_then(Value::as_dict);
    let module = match place.module.present() {
        Some(m) => m,
        None => module_from(th, place.filename)?,
    };
    let (text, category, message) = if types::is_instance(message, &exc::WARNING) {
        (ops::str(th, message)?, class_of(message).value(), message)
    } else {
        (message, category, call::call(th, category, &[message])?)
    };
    let lineno = Value::int(th, place.lineno);
    let key = Value::tuple(th, &[text, category, lineno]);
    if let Some(r) = registry
        && already_warned(th, r, key, false)?
    {
        return Ok(());
    }
    let (action, item) = filter::action(th, category, text, place.lineno, module)?;
    if action.is_str("error") {
        return Err(th.with_context(taipan_object::Raised(message)));
    }
    if action.is_str("ignore") {
        return Ok(());
    }
    if !(action.is_str("always") || action.is_str("all")) {
        if let Some(r) = registry {
            r.set(th, key, Value::TRUE)?;
        }
        let short = Value::tuple(th, &[text, category]);
        let seen = if action.is_str("once") {
            let r = match registry {
                Some(r) => r,
                None => filter::once_registry(th)?,
            };
            already_warned(th, r, short, true)?
        } else if action.is_str("module") {
            match registry {
                Some(r) => already_warned(th, r, short, true)?,
                None => false,
            }
        } else if action.is_str("default") {
            false
        } else {
            let (a, i) = (ops::repr(th, action)?, ops::repr(th, item)?);
            return Err(th.runtime_error(format!(
                "Unrecognized action ({}) in warnings.filters:\n {}",
                names::text(a),
                names::text(i)
            )));
        };
        if seen {
            return Ok(());
        }
    }
    show::show(th, category, text, message, place)
}

/// Whether a registry says that a warning was given under the present filters; marks it as given if asked to.
fn already_warned(th: &Thread, registry: &Object<Dict>, key: Value, mark: bool) -> PyResult<bool> {
    let now = version(th);
    let of = registry.get_name(th, "version");
    if of.filter(|v| v.is_exact_int()).and_then(Value::as_i64) == Some(now) {
        if let Some(v) = registry.get(th, key)?
            && ops::truth(th, v)?
        {
            return Ok(true);
        }
    } else {
        registry.map.clear(&registry.header);
        registry.set_name(th, "version", Value::small_int(now))?;
    }
    if mark {
        registry.set(th, key, Value::TRUE)?;
    }
    Ok(false)
}
