//! The end of a text stream: flushing, detaching, closing, finalisation; and its repr.

use super::{Status, TextIoWrapper, attached, check_open, enter, initialised, write};
use crate::io::base;
use crate::io::buffered::plain_buffer;
use std::fmt::Write;
use taipan_object::{PyResult, Thread, Value, attr, call, exception, names, ops, strings};

/// `flush()`
pub(super) fn flush(th: &Thread, a: &[Value]) -> PyResult {
    let (o, _guard) = enter(th, a[0])?;
    check_open(th, o, a[0])?;
    o.state.with(|s| s.telling = s.seekable);
    write::flush_pending(th, o)?;
    // CPython gives what the buffer gave.
    match plain_buffer(o.below(th)?) {
        Some(_) => {
            write::flush_buffer(th, o)?;
            Ok(Value::NONE)
        }
        None => call::call_method(th, o.below(th)?, "flush", &[]),
    }
}

/// `detach()`: the buffer, which this stream lets go of.
pub(super) fn detach(th: &Thread, a: &[Value]) -> PyResult {
    let (o, _guard) = enter(th, a[0])?;
    call::call_method(th, a[0], "flush", &[])?;
    // The flush may have detached it.
    attached(th, o)?;
    let buffer = o.buffer.swap(&o.header, Value::ABSENT);
    o.state.with(|s| s.status = Status::Detached);
    base::disown(buffer);
    Ok(buffer)
}

/// `close()`
pub(super) fn close(th: &Thread, a: &[Value]) -> PyResult {
    let v = a[0];
    let (o, _guard) = enter(th, v)?;
    if base::is_closed(th, v)? {
        return Ok(Value::NONE);
    }
    let Some(buffer) = o.buffer.get().present() else {
        // Asking whether it is closed detached it.
        return Ok(Value::NONE);
    };
    if o.state.with(|s| s.finalizing) {
        // A raw stream warns that it was left open; what goes wrong in that is nobody's to hear.
        let _ = call::call_method(th, buffer, "_dealloc_warn", &[v]);
    }
    let flushed = call::call_method(th, v, "flush", &[]);
    let closed = call::call_method(th, buffer, "close", &[]);
    match (flushed, closed) {
        (Ok(_), closed) => closed,
        (Err(e), Ok(_)) => Err(e),
        (Err(first), Err(second)) => {
            exception::chain_context(second.0, first.0);
            Err(second)
        }
    }
}

/// Closes a stream that was left open.
///
/// # Errors
/// What `close` raises.
pub(super) fn finalize(th: &Thread, v: Value) -> PyResult<()> {
    let o = v.expect::<TextIoWrapper>();
    let closed = match attr::get_opt(th, v, strings::intern(th, "closed")) {
        Ok(Some(c)) => ops::truth(th, c).unwrap_or(true),
        // It can't be used any more: it was detached, or never set up.
        _ => true,
    };
    if closed {
        return Ok(());
    }
    o.state.with(|s| s.finalizing = true);
    call::call_method(th, v, "close", &[])?;
    Ok(())
}

/// `repr(stream)`
pub(super) fn repr(th: &Thread, v: Value) -> PyResult {
    let o = initialised(th, v)?;
    let mut out = format!("<{}", base::c_name(v));
    for name in ["name", "mode"] {
        if let Some(shown) = base::repr_attr(th, v, name)? {
            let _ = write!(out, " {name}={shown}");
        }
    }
    let encoding = ops::repr(th, o.encoding.get().or(Value::NONE))?;
    let _ = write!(out, " encoding={}>", names::text(encoding));
    Ok(Value::str(th, &out))
}
