//! Which encoding a text stream has, and which codec that is.

use taipan_object::exception::LOOKUP_ERROR;
use taipan_object::{PyResult, Thread, Value, attr, ops, strings};
use taipan_strings::codec::{self, registry};

/// A codec that text streams run themselves, without an object of `codecs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Native {
    /// UTF-8
    Utf8,
    /// ASCII
    Ascii,
    /// ISO 8859-1
    Latin1,
}

impl From<Native> for codec::Native {
    fn from(n: Native) -> codec::Native {
        match n {
            Native::Utf8 => codec::Native::Utf8,
            Native::Ascii => codec::Native::Ascii,
            Native::Latin1 => codec::Native::Latin1,
        }
    }
}

/// How text becomes bytes and back.
#[derive(Clone, Copy)]
pub enum Codec {
    /// By the stream itself.
    Native(Native),
    /// By the objects that this `CodecInfo` makes.
    Info(Value),
}

/// Whether one of `sys.flags` is on.
///
/// # Errors
/// What reading it raises.
pub fn sys_flag(th: &Thread, name: &str) -> PyResult<bool> {
    let flags = th
        .interp
        .sys_dict
        .get()
        .and_then(|d| d.get_name(th, "flags"));
    let Some(flags) = flags else { return Ok(false) };
    match attr::get_opt(th, flags, strings::intern(th, name))? {
        Some(v) => ops::truth(th, v),
        None => Ok(false),
    }
}

/// The name of the locale's encoding, as the C library gives it.
pub fn locale_encoding() -> String {
    let name = taipan_host::locale::encoding();
    if name.is_empty() {
        return "utf-8".into();
    }
    String::from_utf8_lossy(&name).into_owned()
}

/// What `io.text_encoding` makes of an encoding that was left out: UTF-8 in UTF-8 mode, else the locale's.
///
/// # Errors
/// What reading `sys.flags` raises.
pub fn default_name(th: &Thread) -> PyResult<&'static str> {
    Ok(if sys_flag(th, "utf8_mode")? {
        "utf-8"
    } else {
        "locale"
    })
}

/// The name of an encoding, where `locale` stands for that of the locale.
///
/// # Errors
/// What reading `sys.flags` raises.
pub fn resolve(th: &Thread, name: Option<&str>) -> PyResult {
    let name = match name {
        Some(n) => n,
        None => default_name(th)?,
    };
    if name == "locale" {
        return Ok(Value::str(th, &locale_encoding()));
    }
    Ok(Value::str(th, name))
}

/// The codec of an encoding.
///
/// # Errors
/// `LookupError` where there is none, or where it is not between text and bytes.
pub fn lookup(th: &Thread, name: &str) -> PyResult<Codec> {
    match codec::native(name) {
        Some(codec::Native::Utf8) => return Ok(Codec::Native(Native::Utf8)),
        Some(codec::Native::Ascii) => return Ok(Codec::Native(Native::Ascii)),
        Some(codec::Native::Latin1) => return Ok(Codec::Native(Native::Latin1)),
        _ => {}
    }
    let info = registry::lookup(th, name)?;
    if !taipan_object::types::is_exactly(info, &taipan_object::types::TUPLE)
        && let Some(v) = attr::get_opt(th, info, strings::intern(th, "_is_text_encoding"))?
        && !ops::truth(th, v)?
    {
        return Err(th.raise(&LOOKUP_ERROR, format!("'{name}' is not a text encoding")));
    }
    Ok(Codec::Info(info))
}
