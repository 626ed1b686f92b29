//! Writing: text is encoded into the pending bytes, which go down when there are enough of them or a line ends.

use super::encoding::Native;
use super::{Status, TextIoWrapper, attached, check_open, codec, known_open, retry_interrupted};
use crate::args::type_name;
use crate::io::base::unsupported;
use crate::io::buffered::{self, plain_buffer};
use memchr::memchr;
use taipan_object::heap::Object;
use taipan_object::types::{self, class_of};
use taipan_object::wtf8::Wtf8;
use taipan_object::{PyResult, Thread, Value, call};

/// What has to be done for one text.
enum Plan {
    NotReady,
    NotWritable,
    /// It is among the pending bytes.
    Added {
        full: bool,
    },
    /// It must be encoded first; `ending` is what `\n` becomes.
    Encode {
        ending: Option<&'static str>,
    },
}

/// `write(text)`
pub(super) fn write(th: &Thread, a: &[Value]) -> PyResult {
    let Some(text) = a[1].as_str_obj() else {
        return Err(th.type_error(format!(
            "write() argument must be str, not {}",
            type_name(a[1])
        )));
    };
    let o = a[0].expect::<TextIoWrapper>();
    let _guard = o.lock.enter(th, a[0])?;
    if known_open(o, a[0]) != Some(true) {
        attached(th, o)?;
        check_open(th, o, a[0])?;
    }
    let bytes = text.as_bytes();
    let ascii = text.is_ascii();
    let is_utf8 = ascii || text.as_str().is_some();
    let mut line_ended = false;
    let (plan, resets, plain) = o.state.with(|s| {
        if !s.can_write || s.status != Status::Ready {
            let ready = s.status == Status::Ready;
            let plan = if ready {
                Plan::NotWritable
            } else {
                Plan::NotReady
            };
            return (plan, false, false);
        }
        let ending = s.newline.write_ending();
        let lf = (s.line_buffering || ending.is_some()) && memchr(b'\n', bytes).is_some();
        line_ended = s.line_buffering && (lf || memchr(b'\r', bytes).is_some());
        let ending = ending.filter(|_| lf);
        let plain = ending.is_none()
            && match s.native {
                Some(Native::Utf8) => is_utf8,
                Some(_) => ascii,
                None => false,
            };
        let resets = s.can_read || s.has_snapshot;
        if plain && s.pending.len() + bytes.len() < s.chunk_size {
            s.pending.extend_from_slice(bytes);
            let full = line_ended || s.write_through;
            return (Plan::Added { full }, resets, plain);
        }
        (Plan::Encode { ending }, resets, plain)
    });
    match plan {
        Plan::NotReady => attached(th, o)?,
        Plan::NotWritable => return Err(unsupported(th, "not writable")),
        Plan::Added { full: false } => {}
        Plan::Added { full: true } => flush_pending(th, o)?,
        Plan::Encode { .. } if plain => add(th, o, bytes, line_ended)?,
        Plan::Encode { ending } => {
            let text = match ending {
                Some(e) if types::is_exact_str(text) => {
                    let replaced = text.wtf8().replace(Wtf8::new("\n"), Wtf8::new(e));
                    Value::try_wtf8(th, &replaced)?
                }
                Some(e) => {
                    let replaced = replace_by_method(th, a[1], e)?;
                    // That may have done anything to this stream.
                    attached(th, o)?;
                    check_open(th, o, a[0])?;
                    if !o.state.with(|s| s.can_write) {
                        return Err(unsupported(th, "not writable"));
                    }
                    replaced
                }
                None => a[1],
            };
            let encoded = codec::encode(th, o, text)?;
            add(th, o, encoded.as_bytes().unwrap_or(&[]), line_ended)?;
        }
    }
    if line_ended {
        flush_buffer(th, o)?;
    }
    if resets {
        let can_read = o.state.with(|s| {
            if s.has_snapshot {
                s.forget_decoded();
            }
            s.can_read
        });
        if can_read {
            codec::reset(th, o)?;
        }
    }
    Ok(Value::usize(th, text.len()))
}

/// `text.replace("\n", ending)` of a subclass of `str`.
fn replace_by_method(th: &Thread, text: Value, ending: &str) -> PyResult {
    let args = [
        taipan_object::strings::ascii_char(b'\n'),
        Value::str(th, ending),
    ];
    let replaced = call::call_method(th, text, "replace", &args)?;
    if replaced.as_str_obj().is_none() {
        return Err(th.type_error(format!(
            "replace() should return a str, not {}",
            class_of(replaced).tp_name()
        )));
    }
    Ok(replaced)
}

/// What happens to encoded bytes.
enum Next {
    Done,
    /// They are pending with others, and those are enough.
    Full,
    /// There is no room for them.
    Flush,
    /// They are enough for a write of their own.
    Direct,
}

/// Puts bytes behind the pending ones, which are written if they would be too many.
fn add(th: &Thread, o: &Object<TextIoWrapper>, bytes: &[u8], line_ended: bool) -> PyResult<()> {
    loop {
        let next = o.state.with(|s| {
            if s.pending.is_empty() && bytes.len() >= s.chunk_size {
                return Next::Direct;
            }
            if !s.pending.is_empty() && s.pending.len() + bytes.len() > s.chunk_size {
                return Next::Flush;
            }
            s.pending.extend_from_slice(bytes);
            if s.pending.len() >= s.chunk_size || line_ended || s.write_through {
                Next::Full
            } else {
                Next::Done
            }
        });
        match next {
            Next::Done => return Ok(()),
            Next::Full => return flush_pending(th, o),
            // A raw stream below may write to this one meanwhile: look again.
            Next::Flush => flush_pending(th, o)?,
            Next::Direct => return write_down(th, o, bytes),
        }
    }
}

/// Writes the pending bytes into the buffer. They are gone even if that fails.
///
/// # Errors
/// What the buffer raises.
pub(super) fn flush_pending(th: &Thread, o: &Object<TextIoWrapper>) -> PyResult<()> {
    let mut pending = o.state.with(|s| std::mem::take(&mut s.pending));
    if pending.is_empty() {
        return Ok(());
    }
    let r = write_down(th, o, &pending);
    // The room is used again.
    pending.clear();
    o.state.with(|s| {
        if s.pending.capacity() == 0 && pending.capacity() <= 1 << 16 {
            s.pending = pending;
        }
    });
    r
}

/// `buffer.flush()`
///
/// # Errors
/// What the buffer raises.
pub(super) fn flush_buffer(th: &Thread, o: &Object<TextIoWrapper>) -> PyResult<()> {
    let buffer = o.below(th)?;
    if plain_buffer(buffer).is_some_and(|b| b.is_writer()) {
        return buffered::flush_writer(th, buffer);
    }
    call::call_method(th, buffer, "flush", &[])?;
    Ok(())
}

fn write_down(th: &Thread, o: &Object<TextIoWrapper>, bytes: &[u8]) -> PyResult<()> {
    let buffer = o.below(th)?;
    if plain_buffer(buffer).is_some_and(|b| b.is_writer()) {
        buffered::write_bytes(th, buffer, bytes)?;
        return Ok(());
    }
    let bytes = Value::bytes(th, bytes)?;
    retry_interrupted(th, || call::call_method(th, buffer, "write", &[bytes]))?;
    Ok(())
}
