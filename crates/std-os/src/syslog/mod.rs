//! `syslog`: the system's log.

use crate::args::{add_constants, int, int_or, type_name};
use std::ffi::CString;
use std::sync::atomic::{AtomicBool, Ordering};
use taipan_host::syslog as host;
use taipan_object::call::Args;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value};

/// `syslog`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "syslog",
    doc: "",
    functions: &[
        Method::new(
            "openlog",
            "(ident=<unrepresentable>, logoption=0, facility=LOG_USER)",
            openlog,
        )
        .doc("Set what later messages begin with and where they go; without a name, that of the program."),
        Method::new("closelog", "()", |th, _| {
            th.audit("syslog.closelog", &[])?;
            OPEN.store(false, Ordering::Release);
            th.blocking(host::close);
            Ok(Value::NONE)
        })
        .doc("Close the log and forget what openlog() has set."),
        Method::raw("syslog", "", syslog)
            .doc("syslog([priority=LOG_INFO,] message)\nSend the string message to the system logger."),
        Method::new("setlogmask", "(maskpri, /)", |th, a| {
            let mask = int(th, a[0])?;
            th.audit("syslog.setlogmask", &[a[0]])?;
            Ok(Value::small_int(i64::from(host::set_mask(mask))))
        })
        .doc("Set which priorities are logged; what was set."),
        Method::new("LOG_MASK", "(pri, /)", |th, a| {
            let pri = int(th, a[0])? as u32;
            Ok(Value::small_int(i64::from(1i32.wrapping_shl(pri))))
        })
        .doc("The mask of one priority."),
        Method::new("LOG_UPTO", "(pri, /)", |th, a| {
            let pri = int(th, a[0])?.wrapping_add(1) as u32;
            let mask = 1i32.wrapping_shl(pri).wrapping_sub(1);
            Ok(Value::small_int(i64::from(mask)))
        })
        .doc("The mask of all priorities up to one."),
    ],
    types: &[],
    init: |th, module| add_constants(th, module, host::CONSTANTS),
};

/// Whether the log was opened: sending a message does so too.
static OPEN: AtomicBool = AtomicBool::new(false);

/// A text that the C library can take.
fn text(th: &Thread, func: &str, which: &str, v: Value) -> PyResult<CString> {
    if v.as_wtf8().is_none() {
        return Err(th.type_error(format!(
            "{func}() argument {which} must be str, not {}",
            type_name(v)
        )));
    }
    let bytes = taipan_strings::codec::encode(th, v, Some("utf-8"), Some("strict"))?;
    CString::new(bytes.as_bytes().unwrap_or_default())
        .map_err(|_| th.value_error("embedded null character"))
}

/// A name for the log: it ends at a null character, as in C.
fn until_null(th: &Thread, v: Value) -> PyResult<CString> {
    if v.as_wtf8().is_none() {
        return Err(th.type_error(format!(
            "openlog() argument 'ident' must be str, not {}",
            type_name(v)
        )));
    }
    let bytes = taipan_strings::codec::encode(th, v, Some("utf-8"), Some("strict"))?;
    let bytes = bytes.as_bytes().unwrap_or_default();
    let end = bytes.iter().position(|b| *b == 0).unwrap_or(bytes.len());
    Ok(CString::new(&bytes[..end]).unwrap_or_default())
}

/// The last part of `sys.argv[0]`, if there is one.
fn program(th: &Thread) -> Option<CString> {
    let argv = th.interp.sys_dict.get()?.get_name(th, "argv")?;
    let first = argv.as_list()?.get(0)?;
    let name = first.as_wtf8()?.as_bytes();
    let last = name.rsplit(|b| *b == b'/').next()?;
    if last.is_empty() {
        return None;
    }
    CString::new(last).ok()
}

fn open(th: &Thread, ident: Option<CString>, options: i32, facility: i32) -> PyResult<()> {
    let shown = match &ident {
        Some(text) => crate::args::fs_decode(th, text.as_bytes()),
        None => Value::NONE,
    };
    let numbers = [options, facility].map(|n| Value::small_int(i64::from(n)));
    th.audit("syslog.openlog", &[shown, numbers[0], numbers[1]])?;
    th.blocking(|| host::open(ident, options, facility));
    OPEN.store(true, Ordering::Release);
    Ok(())
}

fn openlog(th: &Thread, a: &[Value]) -> PyResult {
    let ident = match a[0].present() {
        Some(v) => Some(until_null(th, v)?),
        None => program(th),
    };
    let options = int_or(th, a[1], 0)?;
    let facility = int_or(th, a[2], libc::LOG_USER)?;
    open(th, ident, options, facility)?;
    Ok(Value::NONE)
}

fn syslog(th: &Thread, args: Args) -> PyResult {
    args.no_kw(th, "syslog.syslog")?;
    let (priority, message) = match args.pos() {
        [message] => (libc::LOG_INFO, text(th, "syslog", "1", *message)?),
        [priority, message] => (int(th, *priority)?, text(th, "syslog", "2", *message)?),
        _ => return Err(th.type_error("syslog.syslog requires 1 to 2 arguments")),
    };
    let shown = args.pos().last().copied().unwrap_or(Value::NONE);
    let level = Value::small_int(i64::from(priority));
    th.audit("syslog.syslog", &[level, shown])?;
    if !OPEN.load(Ordering::Acquire) {
        open(th, program(th), 0, libc::LOG_USER)?;
    }
    th.blocking(|| host::send(priority, &message));
    Ok(Value::NONE)
}
