//! Taking arguments apart and calling the system, as all modules of this crate do.

use std::ffi::CString;
use std::io;
use taipan_object::dict::Dict;
use taipan_object::types::{StaticType, class_of};
use taipan_object::wtf8::Wtf8;
use taipan_object::{Object, PyResult, Raised, Thread, Value, attr, buffer, call, ops, strings};

/// Runs a system call as a blocking region; one that a signal interrupts is tried again once handlers have run
/// (PEP 475).
///
/// # Errors
/// What a handler raised. The call's own failure is inside.
pub fn retry<T>(th: &Thread, mut f: impl FnMut() -> io::Result<T>) -> PyResult<io::Result<T>> {
    loop {
        match th.blocking(&mut f) {
            Err(e) if e.raw_os_error() == Some(libc::EINTR) => th.poll()?,
            r => return Ok(r),
        }
    }
}

/// As [`retry`], with the failure raised as `OSError`.
pub fn retried<T>(th: &Thread, f: impl FnMut() -> io::Result<T>) -> PyResult<T> {
    retry(th, f)?.map_err(|e| th.os_error(&e, Value::ABSENT))
}

/// The result of a system call; a failure is raised as `OSError`.
pub fn sys<T>(th: &Thread, r: io::Result<T>) -> PyResult<T> {
    r.map_err(|e| th.os_error(&e, Value::ABSENT))
}

/// The type's name as argument errors show it.
pub fn type_name(v: Value) -> String {
    if v.is_none() {
        "None".into()
    } else {
        class_of(v).name_text().into_owned()
    }
}

/// A `str` argument.
pub fn text<'a>(th: &Thread, f: &str, which: &str, v: Value) -> PyResult<&'a Wtf8> {
    match v.as_wtf8() {
        Some(w) => Ok(w),
        None => {
            let space = if which.is_empty() { "" } else { " " };
            Err(th.type_error(format!(
                "{f}() argument{space}{which} must be str, not {}",
                type_name(v)
            )))
        }
    }
}

/// Present and not None.
pub fn given(v: Value) -> Option<Value> {
    v.present().filter(|v| !v.is_none())
}

/// A truth argument with a default.
pub fn flag(th: &Thread, v: Value, default: bool) -> PyResult<bool> {
    match v.present() {
        Some(v) => ops::truth(th, v),
        None => Ok(default),
    }
}

/// A C `int` argument.
pub fn int(th: &Thread, v: Value) -> PyResult<i32> {
    if v.as_float().is_some() || class_of(v).slots().index.is_none() {
        return Err(th.type_error(format!(
            "'{}' object cannot be interpreted as an integer",
            type_name(v)
        )));
    }
    let n = ops::index(th, v)?;
    match n.as_i64().map(i32::try_from) {
        Some(Ok(n)) => Ok(n),
        _ => Err(th.overflow_error("Python int too large to convert to C int")),
    }
}

/// A C `int` argument that may be left out.
pub fn int_or(th: &Thread, v: Value, default: i32) -> PyResult<i32> {
    match v.present() {
        Some(v) => int(th, v),
        None => Ok(default),
    }
}

/// A C `long long` argument.
pub fn long(th: &Thread, v: Value) -> PyResult<i64> {
    let n = ops::index(th, v)?;
    match n.as_i64() {
        Some(n) => Ok(n),
        None => Err(th.overflow_error("Python int too large to convert to C long")),
    }
}

/// The low 64 bits of an integer, as C's unsigned conversions without a check take them.
pub fn mask(n: Value) -> u64 {
    n.as_int().map_or(0, |n| n.to_big().wrapping_u64())
}

/// An unsigned C number of at most `max`, called `name`.
pub fn unsigned(th: &Thread, v: Value, max: u64, name: &str) -> PyResult<u64> {
    let n = ops::index(th, v)?;
    let low = n.as_int().map_or(0, |n| n.to_big().wrapping_u64());
    let negative = n.as_int().is_some_and(|n| n.to_big().is_negative());
    if negative {
        return Err(th.value_error("Cannot convert negative int"));
    }
    let fits = n.as_i64().is_some() || n.as_int().is_some_and(|n| n.to_big().to_u64().is_some());
    if !fits || low > max {
        return Err(th.overflow_error(format!("Python int too large for C {name}")));
    }
    Ok(low)
}

/// An `Optional[int]` size: None and negative ones mean no limit.
pub fn size(th: &Thread, v: Value) -> PyResult<Option<usize>> {
    let Some(v) = given(v) else { return Ok(None) };
    if class_of(v).slots().index.is_none() {
        return Err(th.type_error(format!(
            "argument should be integer or None, not '{}'",
            type_name(v)
        )));
    }
    let n = ops::index(th, v)?;
    match n.as_i64() {
        Some(n) => Ok(usize::try_from(n).ok()),
        None => Err(th.overflow_error("cannot fit 'int' into an index-sized integer")),
    }
}

/// A file descriptor: an integer, or an object with `fileno()`.
pub fn fd(th: &Thread, v: Value) -> PyResult<i32> {
    if v.is_int() {
        if v.is_bool() {
            th.warn(
                &taipan_object::exception::RUNTIME_WARNING,
                "bool is used as a file descriptor",
            )?;
        }
        let n = int(th, v)?;
        if n < 0 {
            return Err(th.value_error(format!(
                "file descriptor cannot be a negative integer ({n})"
            )));
        }
        return Ok(n);
    }
    let Some(f) = attr::get_opt(th, v, strings::intern(th, "fileno"))? else {
        return Err(th.type_error("argument must be an int, or have a fileno() method."));
    };
    let n = call::call(th, f, &[])?;
    if !n.is_int() {
        return Err(th.type_error("fileno() returned a non-integer"));
    }
    let n = int(th, n)?;
    if n < 0 {
        return Err(th.value_error(format!(
            "file descriptor cannot be a negative integer ({n})"
        )));
    }
    Ok(n)
}

/// `os.fspath(v)`: a `str` or `bytes`.
pub fn fspath(th: &Thread, v: Value) -> PyResult {
    if v.as_wtf8().is_some() || v.as_bytes().is_some() {
        return Ok(v);
    }
    let name = strings::intern(th, "__fspath__");
    // A class may say by None that its objects are no paths.
    let p = match class_of(v).lookup(name) {
        Some(f) if !f.is_none() => attr::call_special(th, v, name, &[])?,
        _ => None,
    };
    match p {
        Some(p) if p.as_wtf8().is_some() || p.as_bytes().is_some() => Ok(p),
        Some(p) => Err(th.type_error(format!(
            "expected {}.__fspath__() to return str or bytes, not {}",
            class_of(v).tp_name(),
            class_of(p).tp_name()
        ))),
        None => Err(th.type_error(format!(
            "expected str, bytes or os.PathLike object, not {}",
            class_of(v).tp_name()
        ))),
    }
}

/// The bytes of a `str` in the file system's encoding.
pub fn fs_encode(th: &Thread, v: Value) -> PyResult<Vec<u8>> {
    if let Some(b) = v.as_bytes() {
        return Ok(b.to_vec());
    }
    let w = v.as_wtf8().unwrap_or(Wtf8::new(""));
    match taipan_text::codec::fs_encode(w) {
        Some(b) => Ok(b),
        // The codec itself says which character it is.
        None => Err(
            taipan_strings::codec::encode(th, v, Some("utf-8"), Some("surrogateescape"))
                .err()
                .unwrap_or_else(|| th.value_error("surrogates not allowed")),
        ),
    }
}

/// A `str` of bytes in the file system's encoding.
pub fn fs_decode(th: &Thread, bytes: &[u8]) -> Value {
    match std::str::from_utf8(bytes) {
        Ok(s) => Value::str(th, s),
        Err(_) => Value::wtf8(th, &taipan_text::codec::fs_decode(bytes)),
    }
}

/// `os.fsencode(v)` as a C string.
pub fn fs_cstring(th: &Thread, v: Value) -> PyResult<CString> {
    let p = fspath(th, v)?;
    cstring(th, fs_encode(th, p)?)
}

/// A C string of bytes that may hold none that end it.
pub fn cstring(th: &Thread, bytes: Vec<u8>) -> PyResult<CString> {
    CString::new(bytes).map_err(|_| th.value_error("embedded null byte"))
}

/// A `str` or bytes-like argument as bytes.
pub fn bytes_like(th: &Thread, v: Value) -> PyResult<Vec<u8>> {
    Ok(taipan_strings::args::bytes_like(th, v)?.into_owned())
}

/// A contiguous, writable view; the message is that of an argument which is none.
pub fn writable(th: &Thread, f: &str, v: Value) -> PyResult<buffer::Buffer> {
    writable_as(th, f, "argument", v)
}

/// As [`writable`], with what the message calls the argument: `argument 1`.
pub fn writable_as(th: &Thread, f: &str, which: &str, v: Value) -> PyResult<buffer::Buffer> {
    let wrong = || {
        th.type_error(format!(
            "{f}() {which} must be read-write bytes-like object, not {}",
            type_name(v)
        ))
    };
    if !buffer::is_exporter(v) || v.as_bytes().is_some() {
        return Err(wrong());
    }
    let b = buffer::get(th, v, true).map_err(|e| {
        if e.is(&taipan_object::exception::BUFFER_ERROR) {
            wrong()
        } else {
            e
        }
    })?;
    if b.readonly || !b.is_contiguous() {
        return Err(wrong());
    }
    Ok(b)
}

/// The attribute of a module, which is imported if need be.
pub fn from_module(th: &Thread, module: &str, name: &str) -> PyResult {
    attr::get_str(th, import(th, module)?, name)
}

/// `__import__(module)`
pub fn import(th: &Thread, module: &str) -> PyResult {
    let key = Value::str(th, module);
    let loaded = match th.interp.modules.get() {
        Some(m) => m.get(th, key)?,
        None => None,
    };
    match loaded {
        Some(m) if !m.is_none() => Ok(m),
        _ => {
            let import = builtin(th, "__import__")?;
            let names = Value::tuple(th, &[Value::str(th, "*")]);
            let zero = Value::small_int(0);
            call::call(th, import, &[key, Value::NONE, Value::NONE, names, zero])
        }
    }
}

/// An object of the builtins.
pub fn builtin(th: &Thread, name: &str) -> PyResult {
    match th.interp.builtins.get().and_then(|d| d.get_name(th, name)) {
        Some(v) => Ok(v),
        None => Err(th.runtime_error(format!("lost builtins.{name}"))),
    }
}

/// The dict of objects that native modules keep per interpreter.
pub fn state<'a>(th: &Thread) -> &'a Object<Dict> {
    match th.interp.state.get() {
        Some(d) => d,
        None => {
            th.interp.set_dict(&th.interp.state, Dict::new(th));
            th.interp.state.expect()
        }
    }
}

/// The namespace of a module.
pub fn module_dict<'a>(module: Value) -> &'a Object<Dict> {
    module.expect::<taipan_object::func::Module>().dict.expect()
}

/// Adds constants to a module.
pub fn add_constants<N: Copy + Into<i64>>(
    th: &Thread,
    module: Value,
    table: &[(&str, N)],
) -> PyResult<()> {
    let d = module_dict(module);
    for (name, n) in table {
        d.set_name(th, name, Value::int(th, (*n).into()))?;
    }
    Ok(())
}

/// Where an error is an `OSError` of this number.
pub fn is_errno(e: Raised, n: i32) -> bool {
    e.is(&taipan_object::exception::OS_ERROR)
        && taipan_object::exception::get_extra(e.0, 0).as_i64() == Some(i64::from(n))
}

/// `OSError` of a number.
pub fn os_error(th: &Thread, errno: i32) -> Raised {
    th.os_error(&io::Error::from_raw_os_error(errno), Value::ABSENT)
}

/// `cls(...)` refused: `cannot create 'T' instances`.
pub fn no_instances(th: &Thread, t: &StaticType) -> Raised {
    th.type_error(format!("cannot create '{}.{}' instances", t.module, t.name))
}

/// Nanoseconds of a time in seconds; the error is that of CPython.
pub fn seconds_to_ns(th: &Thread, v: Value, round: Round) -> PyResult<i64> {
    to_ns(th, v, 1_000_000_000, round)
}

/// Nanoseconds of a time in units of `unit` nanoseconds.
pub fn to_ns(th: &Thread, v: Value, unit: i64, round: Round) -> PyResult<i64> {
    if let Some(x) = v.as_float() {
        if x.is_nan() {
            return Err(th.value_error("Invalid value NaN (not a number)"));
        }
        let ns = x * unit as f64;
        let ns = match round {
            Round::Ceiling => ns.ceil(),
            Round::Floor => ns.floor(),
            Round::Timeout => {
                if ns >= 0.0 {
                    ns.ceil()
                } else {
                    ns.floor()
                }
            }
        };
        if !(-9.223_372_036_854_775e18..=9.223_372_036_854_775e18).contains(&ns) {
            return Err(th.overflow_error("timestamp out of range for C PyTime_t"));
        }
        return Ok(ns as i64);
    }
    let n = ops::index(th, v).map_err(|e| {
        if e.is(&taipan_object::exception::TYPE_ERROR) {
            th.type_error(format!(
                "'{}' object cannot be interpreted as an integer or float",
                class_of(v).tp_name()
            ))
        } else {
            e
        }
    })?;
    n.as_i64()
        .and_then(|n| n.checked_mul(unit))
        .ok_or_else(|| th.overflow_error("timestamp out of range for C PyTime_t"))
}

/// Binds the arguments of a constructor to the signature of a row of [`bound`].
pub fn bind<const N: usize>(
    th: &Thread,
    row: &'static taipan_object::native::Method,
    args: call::Args,
) -> PyResult<[Value; N]> {
    let tuple = call::call_method_row(th, row, args)?;
    let mut out = [Value::ABSENT; N];
    if let Some(items) = tuple.as_tuple() {
        for (to, from) in out.iter_mut().zip(items) {
            *to = *from;
        }
    }
    Ok(out)
}

/// The function of a row for [`bind`]: gives its arguments back.
pub fn bound(th: &Thread, a: &[Value]) -> PyResult {
    Value::try_tuple(th, a)
}

/// How long something may still wait: from a timeout to a deadline, which stays as signals interrupt the wait.
#[derive(Clone, Copy, Debug)]
pub struct Deadline(Option<std::time::Instant>);

impl Deadline {
    /// So many nanoseconds from now on; never where there are none.
    pub fn after(ns: Option<i64>) -> Deadline {
        Deadline(ns.and_then(|ns| {
            let ns = u64::try_from(ns).unwrap_or(0);
            std::time::Instant::now().checked_add(std::time::Duration::from_nanos(ns))
        }))
    }

    /// The time that is left; nothing where there is no end.
    pub fn left(self) -> Option<std::time::Duration> {
        self.0
            .map(|d| d.saturating_duration_since(std::time::Instant::now()))
    }
}

/// The positional arguments of a function whose parameters have no names: those left out are absent.
///
/// # Errors
/// `TypeError` for keywords, or for fewer than `min` or more than `N` arguments.
pub fn positional<const N: usize>(
    th: &Thread,
    args: call::Args,
    f: &str,
    min: usize,
) -> PyResult<[Value; N]> {
    args.no_kw(th, f)?;
    let n = args.values.len();
    if n < min || n > N {
        let (how, limit) = match (min == N, n < min) {
            (true, _) => ("exactly", N),
            (false, true) => ("at least", min),
            (false, false) => ("at most", N),
        };
        let s = if limit == 1 { "" } else { "s" };
        return Err(th.type_error(format!("{f}() takes {how} {limit} argument{s} ({n} given)")));
    }
    let mut out = [Value::ABSENT; N];
    out[..n].copy_from_slice(args.values);
    Ok(out)
}

/// How a time is rounded to nanoseconds.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Round {
    /// Up.
    Ceiling,
    /// Down.
    Floor,
    /// Away from zero: a timeout never ends early.
    Timeout,
}
