//! Setting a text stream up, and changing its settings.

use super::encoding::{self, Codec};
use super::newline::Newline;
use super::{Status, TextIoWrapper, attached, codec, enter};
use crate::args::{flag, given, type_name};
use crate::io::base::{self, unsupported};
use crate::io::open::sys_flag;
use taipan_object::exception::ENCODING_WARNING;
use taipan_object::heap::Object;
use taipan_object::native::Method;
use taipan_object::{PyResult, Thread, Value, attr, call, ops, strings};
use taipan_strings::codec::registry;

/// The row that binds the constructor's arguments.
pub(super) static INIT: Method = Method::new(
    "TextIOWrapper",
    "($self, buffer, encoding=None, errors=None, newline=None, line_buffering=False, write_through=False)",
    init,
);

/// Text of an argument that may be None.
fn optional_text<'a>(th: &Thread, f: &str, which: &str, v: Value) -> PyResult<Option<&'a str>> {
    match given(v) {
        Some(v) => no_null(th, c_text(th, f, which, v)?).map(Some),
        None => Ok(None),
    }
}

fn no_null<'a>(th: &Thread, text: &'a str) -> PyResult<&'a str> {
    if text.contains('\0') {
        return Err(th.value_error("embedded null character"));
    }
    Ok(text)
}

fn c_text<'a>(th: &Thread, f: &str, which: &str, v: Value) -> PyResult<&'a str> {
    let Some(s) = v.as_str_obj() else {
        return Err(th.type_error(format!(
            "{f}() argument '{which}' must be str or None, not {}",
            type_name(v)
        )));
    };
    match s.as_str() {
        Some(t) => Ok(t),
        // The codec says which character it is.
        None => Err(
            match taipan_strings::codec::encode(th, v, Some("utf-8"), None) {
                Err(e) => e,
                Ok(_) => th.value_error("surrogates not allowed"),
            },
        ),
    }
}

fn newline(th: &Thread, text: Option<&str>) -> PyResult<Newline> {
    Newline::parse(text).ok_or_else(|| {
        th.value_error(format!(
            "illegal newline value: {}",
            text.unwrap_or_default()
        ))
    })
}

/// In development mode the error handler is looked up at once.
fn check_errors(th: &Thread, name: &str) -> PyResult<()> {
    if taipan_text::codec::Standard::from_name(name).is_none() && sys_flag(th, "dev_mode")? {
        registry::lookup_error(th, name)?;
    }
    Ok(())
}

fn init(th: &Thread, a: &[Value]) -> PyResult {
    const F: &str = "TextIOWrapper";
    let (v, buffer) = (a[0], a[1]);
    let name = optional_text(th, F, "encoding", a[2])?;
    let newline_text = optional_text(th, F, "newline", a[4])?;
    let line_buffering = flag(th, a[5], false)?;
    let write_through = flag(th, a[6], false)?;
    let o = v.expect::<TextIoWrapper>();
    let _guard = o.lock.enter(th, v)?;
    let old = o.state.with(|s| {
        s.status = Status::New;
        s.forget_decoded();
        s.pending.clear();
        s.undecoded.clear();
        s.can_read = false;
        s.can_write = false;
        o.buffer.get()
    });
    base::disown(old);
    for field in [&o.buffer, &o.encoding, &o.errors, &o.decoder, &o.encoder] {
        field.set(&o.header, Value::ABSENT);
    }
    if name.is_none() && sys_flag(th, "warn_default_encoding")? {
        th.warn(&ENCODING_WARNING, "'encoding' argument not specified")?;
    }
    let errors = match given(a[3]) {
        None => strings::intern(th, "strict"),
        Some(e) => {
            let text = no_null(th, c_text(th, F, "errors", e)?)?;
            check_errors(th, text)?;
            e
        }
    };
    let newline = newline(th, newline_text)?;
    let name = encoding::resolve(th, name)?;
    let found = encoding::lookup(th, name.as_str_obj().and_then(|s| s.as_str()).unwrap_or(""))?;
    o.state.with(|s| {
        s.chunk_size = super::CHUNK_SIZE;
        s.line_buffering = line_buffering;
        s.write_through = write_through;
        s.newline = newline;
        s.translator = None;
    });
    o.encoding.set(&o.header, name);
    o.errors.set(&o.header, errors);
    o.buffer.set(&o.header, buffer);
    set_codec(th, o, found)?;
    let seekable = ops::truth(th, call::call_method(th, buffer, "seekable", &[])?)?;
    let has_read1 = attr::get_opt(th, buffer, strings::intern(th, "read1"))?.is_some();
    o.state.with(|s| {
        s.seekable = seekable;
        s.telling = seekable;
        s.has_read1 = has_read1;
    });
    fix_encoder(th, o)?;
    o.state.with(|s| s.status = Status::Ready);
    base::own(buffer);
    Ok(Value::NONE)
}

/// Makes decoder and encoder, as the buffer can be read and written.
fn set_codec(th: &Thread, o: &Object<TextIoWrapper>, found: Codec) -> PyResult<()> {
    let buffer = o.below(th)?;
    let can_read = ops::truth(th, call::call_method(th, buffer, "readable", &[])?)?;
    let make = |name: &str| match found {
        Codec::Native(_) => Ok(Value::ABSENT),
        Codec::Info(info) => {
            let cls = attr::get_str(th, info, name)?;
            call::call(th, cls, &[o.errors.get().or(Value::NONE)])
        }
    };
    let decoder = if can_read {
        make("incrementaldecoder")?
    } else {
        Value::ABSENT
    };
    let can_write = ops::truth(th, call::call_method(th, buffer, "writable", &[])?)?;
    let encoder = if can_write {
        make("incrementalencoder")?
    } else {
        Value::ABSENT
    };
    o.decoder.set(&o.header, decoder);
    o.encoder.set(&o.header, encoder);
    o.state.with(|s| {
        s.native = match found {
            Codec::Native(n) => Some(n),
            Codec::Info(_) => None,
        };
        s.can_read = can_read;
        s.can_write = can_write;
        s.undecoded.clear();
        s.translator = s.newline.translator().filter(|_| can_read);
    });
    Ok(())
}

/// An encoder that marks a stream's beginning must not do so in the middle of one.
fn fix_encoder(th: &Thread, o: &Object<TextIoWrapper>) -> PyResult<()> {
    if o.encoder.get().is_absent() || !o.state.with(|s| s.seekable) {
        return Ok(());
    }
    let position = call::call_method(th, o.below(th)?, "tell", &[])?;
    if !ops::eq(th, position, Value::small_int(0))? {
        codec::reset_encoder(th, o, false)?;
    }
    Ok(())
}

fn optional_bool(th: &Thread, v: Value, old: bool) -> PyResult<bool> {
    match given(v) {
        Some(v) => Ok(crate::args::int(th, v)? != 0),
        None => Ok(old),
    }
}

/// `reconfigure(*, encoding, errors, newline, line_buffering, write_through)`
pub(super) fn reconfigure(th: &Thread, a: &[Value]) -> PyResult {
    const F: &str = "reconfigure";
    let v = a[0];
    for (value, which) in [(a[1], "encoding"), (a[2], "errors")] {
        if let Some(x) = given(value) {
            c_text(th, F, which, x)?;
        }
    }
    let (o, _guard) = enter(th, v)?;
    let (name, errors) = (given(a[1]), given(a[2]));
    let change = name.is_some() || errors.is_some() || !a[3].is_absent();
    let (has_decoded, old_lines, old_through) = o
        .state
        .with(|s| (s.has_decoded, s.line_buffering, s.write_through));
    if has_decoded && change {
        return Err(unsupported(
            th,
            "It is not possible to set the encoding or newline of stream after the first read",
        ));
    }
    let new_newline = match a[3].present() {
        Some(v) => Some(newline(th, optional_text(th, F, "newline", v)?)?),
        None => None,
    };
    let line_buffering = optional_bool(th, a[4], old_lines)?;
    let write_through = optional_bool(th, a[5], old_through)?;
    call::call_method(th, v, "flush", &[])?;
    attached(th, o)?;
    o.state.with(|s| {
        s.ratio = Some(0.0);
        s.newline = new_newline.unwrap_or(s.newline);
    });
    if change {
        let (name, errors) = match name {
            Some(n) => {
                let text = n.as_str_obj().and_then(|s| s.as_str());
                let n = match text {
                    Some("locale") => encoding::resolve(th, None)?,
                    text => encoding::resolve(th, text)?,
                };
                (n, errors.unwrap_or(strings::intern(th, "strict")))
            }
            None => {
                let old = o.errors.get().or(Value::NONE);
                (o.encoding.get(), errors.unwrap_or(old))
            }
        };
        let text = name.as_str_obj().and_then(|s| s.as_str()).unwrap_or("");
        // CPython looks no further than a NUL.
        let found = encoding::lookup(th, text.split('\0').next().unwrap_or(""))?;
        let old = o.errors.get();
        o.errors.set(&o.header, errors);
        if let Err(e) = set_codec(th, o, found) {
            o.errors.set(&o.header, old);
            return Err(e);
        }
        o.encoding.set(&o.header, name);
        fix_encoder(th, o)?;
    }
    o.state.with(|s| {
        s.line_buffering = line_buffering;
        s.write_through = write_through;
    });
    Ok(Value::NONE)
}
