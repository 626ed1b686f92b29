//! Which encoding a text stream has, and which codec that is.

use crate::io::open::sys_flag;
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

/// The name of the locale's encoding, as the C library gives it.
pub fn locale_encoding() -> String {
    let name = taipan_host::locale::encoding();
    if name.is_empty() {
        return "utf-8".into();
    }
    String::from_utf8_lossy(&name).into_owned()
}

/// The name of an encoding, where `locale` stands for that of the locale, and so does none but in UTF-8 mode.
///
/// # Errors
/// What reading `sys.flags` raises.
pub fn resolve(th: &Thread, name: Option<&str>) -> PyResult {
    match name {
        None if sys_flag(th, "utf8_mode")? => Ok(strings::intern(th, "utf-8")),
        None | Some("locale") => Ok(Value::str(th, &locale_encoding())),
        Some(name) => Ok(Value::str(th, name)),
    }
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
