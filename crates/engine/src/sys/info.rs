//! Constants of `sys`: versions, flags, number formats, paths.

use crate::config::{Config, Program};
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::OsStrExt;
use taipan_containers::structseq;
use taipan_object::dict::{Dict, Set};
use taipan_object::native::Method;
use taipan_object::types::{Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, call};

/// The version of the language.
pub const VERSION_NUMBER: &str = "3.14.0";
const VERSION: (i64, i64, i64) = (3, 14, 0);
const HEX_VERSION: i64 = 0x030e_00f0;

/// `sys.version`: the version of the language, then what runs it.
pub fn version_text() -> String {
    format!(
        "{VERSION_NUMBER} (Taipan {}) [Rust]",
        env!("CARGO_PKG_VERSION")
    )
}

/// The functions of this file: none.
pub static FUNCTIONS: &[Method] = &[];

/// Text of the operating system, undecodable bytes as lone surrogates (PEP 383).
pub fn os_text(th: &Thread, s: &OsStr) -> PyResult {
    match s.to_str() {
        Some(text) => Ok(Value::str(th, text)),
        None => {
            let v = Value::bytes(th, s.as_bytes())?;
            taipan_strings::codec::decode(
                th,
                v,
                s.as_bytes(),
                Some("utf-8"),
                Some("surrogateescape"),
            )
        }
    }
}

fn strings(th: &Thread, items: impl Iterator<Item = impl AsRef<OsStr>>) -> PyResult {
    let list = Value::list(th, &[])?;
    for s in items {
        let v = os_text(th, s.as_ref())?;
        list.as_list().expect("a list").append(th, v)?;
    }
    Ok(list)
}

/// A named tuple of `sys`, made and filled; its type is kept as `sys.<name>` in the interpreter's state.
fn record(
    th: &Thread,
    name: &str,
    fields: &[(&str, &str)],
    values: &[Value],
    doc: &str,
) -> PyResult {
    record_with(th, name, fields, fields.len(), values, doc)
}

fn record_with(
    th: &Thread,
    name: &str,
    fields: &[(&str, &str)],
    visible: usize,
    values: &[Value],
    doc: &str,
) -> PyResult {
    let t = structseq::define(th, "sys", name, fields, visible, doc)?;
    let state = th.interp.state.expect();
    state.set_name(th, &format!("sys.{name}"), t)?;
    if values.is_empty() {
        return Ok(t);
    }
    structseq::make(th, t, values)
}

/// Programs make no more of the type of this one.
fn forbid_more(th: &Thread, v: Value) -> PyResult<()> {
    structseq::set_method(th, class_of(v).value(), &NO_NEW)
}

static NO_NEW: Method = Method::new("__new__", "($type, *args, **kwargs)", |th, a| {
    let t = a[0].downcast::<Type>();
    let name = t.map_or(String::new(), |t| t.name_text().into_owned());
    Err(th.type_error(format!("cannot create 'sys.{name}' instances")))
})
.static_();

/// Fills the namespace of `sys`.
pub fn fill(th: &Thread, d: &Object<Dict>) -> PyResult<()> {
    let c = crate::start::config(th);
    let int = |n: i64| Value::int(th, n);
    let text = |s: &str| Value::str(th, s);
    d.set_name(th, "version", text(&version_text()))?;
    d.set_name(th, "hexversion", int(HEX_VERSION))?;
    d.set_name(th, "api_version", int(1013))?;
    d.set_name(th, "byteorder", text("little"))?;
    d.set_name(th, "maxsize", int(i64::MAX))?;
    d.set_name(th, "maxunicode", int(0x10_ffff))?;
    d.set_name(th, "platform", text("linux"))?;
    d.set_name(th, "float_repr_style", text("short"))?;
    d.set_name(th, "abiflags", text(""))?;
    d.set_name(th, "_framework", text(""))?;
    d.set_name(
        th,
        "platlibdir",
        text(c.platlibdir.as_deref().unwrap_or("lib")),
    )?;
    d.set_name(
        th,
        "copyright",
        text("Copyright (c) the Taipan developers."),
    )?;
    let git = [text("Taipan"), text(""), text("")];
    d.set_name(th, "_git", Value::tuple(th, &git))?;
    d.set_name(th, "_stdlib_dir", text(taipan_pylib::VIRTUAL_PREFIX))?;
    d.set_name(
        th,
        "dont_write_bytecode",
        Value::bool(c.dont_write_bytecode),
    )?;
    let prefix = match &c.pycache_prefix {
        Some(p) => os_text(th, p)?,
        None => Value::NONE,
    };
    d.set_name(th, "pycache_prefix", prefix)?;
    d.set_name(th, "warnoptions", strings(th, c.warn_options.iter())?)?;
    let x = Dict::new(th);
    for (k, v) in &c.xoptions {
        let v = v.as_deref().map_or(Value::TRUE, text);
        x.set_name(th, k, v)?;
    }
    d.set_name(th, "_xoptions", x.value())?;
    versions(th, d)?;
    flags(th, d, c)?;
    numbers(th, d)?;
    names(th, d)?;
    record(
        th,
        "UnraisableHookArgs",
        &[
            ("exc_type", "Exception type"),
            ("exc_value", "Exception value"),
            ("exc_traceback", "Exception traceback"),
            ("err_msg", "Error message"),
            ("object", "Object causing the exception"),
        ],
        &[],
        "UnraisableHookArgs\n\nType used to pass arguments to sys.unraisablehook.",
    )?;
    record(
        th,
        "asyncgen_hooks",
        &[("firstiter", ""), ("finalizer", "")],
        &[],
        "asyncgen_hooks",
    )?;
    paths(th, d, c)
}

fn versions(th: &Thread, d: &Object<Dict>) -> PyResult<()> {
    let int = |n: i64| Value::int(th, n);
    let text = |s: &str| Value::str(th, s);
    let parts = [
        int(VERSION.0),
        int(VERSION.1),
        int(VERSION.2),
        text("final"),
        int(0),
    ];
    let fields = &[
        ("major", "Major release number"),
        ("minor", "Minor release number"),
        ("micro", "Patch release number"),
        ("releaselevel", "'alpha', 'beta', 'candidate', or 'final'"),
        ("serial", "Serial release number"),
    ];
    let info = record(
        th,
        "version_info",
        fields,
        &parts,
        "sys.version_info\n\nVersion information as a named tuple.",
    )?;
    forbid_more(th, info)?;
    d.set_name(th, "version_info", info)?;
    let thread = record(
        th,
        "thread_info",
        &[
            ("name", "name of the thread implementation"),
            ("lock", "name of the lock implementation"),
            ("version", "name and version of the thread library"),
        ],
        &[text("pthread"), Value::NONE, Value::NONE],
        "sys.thread_info\n\nA named tuple holding information about the thread implementation.",
    )?;
    d.set_name(th, "thread_info", thread)?;
    let namespace = Dict::new(th);
    namespace.set_name(th, "name", text("taipan"))?;
    namespace.set_name(th, "cache_tag", text("taipan-314"))?;
    namespace.set_name(th, "version", info)?;
    namespace.set_name(th, "hexversion", int(HEX_VERSION))?;
    namespace.set_name(th, "_multiarch", text("x86_64-linux-gnu"))?;
    namespace.set_name(th, "supports_isolated_interpreters", Value::TRUE)?;
    let t = taipan_builtins::namespace::NAMESPACE.value();
    let made = call::call(th, t, &[namespace.value()])?;
    d.set_name(th, "implementation", made)
}

fn flags(th: &Thread, d: &Object<Dict>, c: &Config) -> PyResult<()> {
    let n = |n: u32| Value::int(th, n.into());
    let b = |b: bool| Value::small_int(b.into());
    let rows = [
        ("debug", "-d", b(c.debug > 0)),
        ("inspect", "-i", b(c.inspect)),
        ("interactive", "-i", b(c.interactive)),
        ("optimize", "-O or -OO", n(c.optimize)),
        ("dont_write_bytecode", "-B", b(c.dont_write_bytecode)),
        ("no_user_site", "-s", b(c.no_user_site)),
        ("no_site", "-S", b(c.no_site)),
        ("ignore_environment", "-E", b(c.ignore_environment)),
        ("verbose", "-v", n(c.verbose)),
        ("bytes_warning", "-b", n(c.bytes_warning)),
        ("quiet", "-q", b(c.quiet)),
        ("hash_randomization", "-R", b(c.hash_seed != Some(0))),
        ("isolated", "-I", b(c.isolated)),
        ("dev_mode", "-X dev", Value::bool(c.dev_mode)),
        ("utf8_mode", "-X utf8", b(c.utf8_mode)),
        (
            "warn_default_encoding",
            "-X warn_default_encoding",
            b(c.warn_default_encoding),
        ),
        ("safe_path", "-P", Value::bool(c.safe_path)),
        (
            "int_max_str_digits",
            "-X int_max_str_digits",
            Value::int(th, c.int_max_str_digits.into()),
        ),
        (
            "gil",
            "-X gil",
            if c.gil_given { b(c.gil) } else { Value::NONE },
        ),
        (
            "thread_inherit_context",
            "-X thread_inherit_context",
            b(c.thread_inherit_context),
        ),
        (
            "context_aware_warnings",
            "-X context_aware_warnings",
            b(c.context_aware_warnings),
        ),
    ];
    let fields = rows.map(|(name, doc, _)| (name, doc));
    let values = rows.map(|(_, _, v)| v);
    let doc = "sys.flags\n\nFlags provided through command line arguments or environment vars.";
    let made = record_with(th, "flags", &fields, 18, &values, doc)?;
    forbid_more(th, made)?;
    d.set_name(th, "flags", made)
}

fn numbers(th: &Thread, d: &Object<Dict>) -> PyResult<()> {
    let int = |n: i64| Value::int(th, n);
    let float = |x: f64| Value::float(th, x);
    let rows = [
        ("max", float(f64::MAX)),
        ("max_exp", int(1024)),
        ("max_10_exp", int(308)),
        ("min", float(f64::MIN_POSITIVE)),
        ("min_exp", int(-1021)),
        ("min_10_exp", int(-307)),
        ("dig", int(15)),
        ("mant_dig", int(53)),
        ("epsilon", float(f64::EPSILON)),
        ("radix", int(2)),
        ("rounds", int(1)),
    ];
    let doc = "sys.float_info\n\nA named tuple holding information about the float type.";
    let made = record(
        th,
        "float_info",
        &rows.map(|r| (r.0, "")),
        &rows.map(|r| r.1),
        doc,
    )?;
    d.set_name(th, "float_info", made)?;
    let rows = [
        ("bits_per_digit", int(30)),
        ("sizeof_digit", int(4)),
        ("default_max_str_digits", int(4300)),
        ("str_digits_check_threshold", int(640)),
    ];
    let doc = "sys.int_info\n\nA named tuple that holds information about Python's\ninternal representation of integers.";
    let made = record(
        th,
        "int_info",
        &rows.map(|r| (r.0, "")),
        &rows.map(|r| r.1),
        doc,
    )?;
    d.set_name(th, "int_info", made)?;
    let rows = [
        ("width", int(64)),
        ("modulus", int((1 << 61) - 1)),
        ("inf", int(314159)),
        ("nan", int(0)),
        ("imag", int(1000003)),
        ("algorithm", Value::str(th, "siphash13")),
        ("hash_bits", int(64)),
        ("seed_bits", int(128)),
        ("cutoff", int(0)),
    ];
    let doc = "hash_info\n\nA named tuple providing parameters used for computing hashes.";
    let made = record(
        th,
        "hash_info",
        &rows.map(|r| (r.0, "")),
        &rows.map(|r| r.1),
        doc,
    )?;
    d.set_name(th, "hash_info", made)
}

/// `builtin_module_names` and `stdlib_module_names`.
fn names(th: &Thread, d: &Object<Dict>) -> PyResult<()> {
    let mut native: Vec<&str> = crate::modules::all().map(|m| m.name).collect();
    native.sort_unstable();
    native.dedup();
    let all = Set::new_frozen(th);
    let tuple = strings(th, native.iter())?;
    for n in &native {
        all.add(th, Value::str(th, n))?;
    }
    for m in taipan_pylib::modules().filter(|m| !m.name().contains('.')) {
        all.add(th, Value::str(th, m.name()))?;
    }
    let items = tuple.as_list().expect("a list").snapshot(th)?;
    d.set_name(th, "builtin_module_names", Value::try_tuple(th, &items)?)?;
    d.set_name(th, "stdlib_module_names", all.value())
}

/// The executable's own path.
fn executable(c: &Config) -> OsString {
    if let Some(e) = &c.executable {
        return e.clone();
    }
    // As it was called, so that a link to it stays one; found in PATH where it has no folder.
    let name = c.orig_argv.first().cloned().unwrap_or_default();
    if name.as_bytes().contains(&b'/') {
        return std::path::absolute(&name).map_or(name, Into::into);
    }
    let in_path = std::env::var_os("PATH").and_then(|path| {
        std::env::split_paths(&path)
            .map(|dir| dir.join(&name))
            .find(|p| p.is_file())
    });
    match in_path {
        Some(p) => std::path::absolute(&p).unwrap_or(p).into(),
        None => std::env::current_exe().map_or(name, Into::into),
    }
}

fn paths(th: &Thread, d: &Object<Dict>, c: &Config) -> PyResult<()> {
    let exe = executable(c);
    let real = std::fs::canonicalize(&exe).unwrap_or_else(|_| exe.clone().into());
    let dir = real.parent().map(|p| p.to_path_buf()).unwrap_or_default();
    // `bin/taipan` lies in an installation; elsewhere its own folder is the prefix.
    let prefix = match &c.home {
        Some(h) => h.clone().into(),
        None if dir.ends_with("bin") => dir.parent().map(|p| p.to_path_buf()).unwrap_or(dir),
        None => dir,
    };
    let prefix = os_text(th, prefix.as_os_str())?;
    for n in ["prefix", "exec_prefix", "base_prefix", "base_exec_prefix"] {
        d.set_name(th, n, prefix)?;
    }
    let exe = os_text(th, &exe)?;
    d.set_name(th, "executable", exe)?;
    d.set_name(th, "_base_executable", exe)?;
    let home = match &c.home {
        Some(h) => os_text(th, h)?,
        None => Value::NONE,
    };
    d.set_name(th, "_home", home)?;
    let mut entries: Vec<OsString> = Vec::new();
    if let Some(p) = &c.python_path {
        entries.extend(p.as_bytes().split(|b| *b == b':').map(|e| {
            let e = OsStr::from_bytes(e);
            match std::path::absolute(e) {
                Ok(full) if !e.is_empty() => full.into(),
                _ => std::env::current_dir().map_or(e.into(), Into::into),
            }
        }));
    }
    entries.push(taipan_pylib::VIRTUAL_PREFIX.into());
    d.set_name(th, "path", strings(th, entries.iter())?)?;
    d.set_name(th, "meta_path", Value::list(th, &[])?)?;
    d.set_name(th, "path_hooks", Value::list(th, &[])?)?;
    d.set_name(th, "path_importer_cache", Dict::new(th).value())?;
    d.set_name(th, "orig_argv", strings(th, c.orig_argv.iter())?)?;
    let first: OsString = match &c.program {
        Program::Command(_) => "-c".into(),
        Program::Module(_) => "-m".into(),
        Program::Script(s) => s.clone(),
        Program::Stdin => OsString::new(),
    };
    let mut argv = Vec::new();
    if !matches!(c.program, Program::Stdin) || c.args.is_empty() {
        argv.push(first);
    }
    argv.extend(c.args.iter().cloned());
    d.set_name(th, "argv", strings(th, argv.iter())?)
}
