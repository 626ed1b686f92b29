//! Reading: a chunk of bytes is decoded at a time; lines and pieces are cut from its text.

use super::codec::Saved;
use super::newline::{Newline, chars_prefix};
use super::{
    Status, TextIoWrapper, attached, check_open, codec, enter, known_open, retry_interrupted, write,
};
use crate::args::{size, type_name};
use crate::io::base::unsupported;
use crate::io::buffered::{self, plain_buffer};
use taipan_object::buffer::{get_contiguous, is_exporter};
use taipan_object::exception::{BLOCKING_IO_ERROR, OS_ERROR};
use taipan_object::heap::Object;
use taipan_object::types::class_of;
use taipan_object::wtf8::{Wtf8, Wtf8Buf};
use taipan_object::{PyResult, Thread, Value, call, ops};

/// Reads and decodes a chunk, which takes the place of the decoded text; false at the end of the stream.
fn read_chunk(th: &Thread, o: &Object<TextIoWrapper>, hint: usize) -> PyResult<bool> {
    let (telling, method, n) = o.state.with(|s| {
        let n = match hint {
            0 => 0,
            n => (s.bytes_per_char().max(1.0) * n as f64) as usize,
        };
        let method = if s.has_read1 { "read1" } else { "read" };
        (s.telling, method, n.max(s.chunk_size))
    });
    // To tell a position later, one must know where in the stream the decoder kept nothing back.
    let before = if telling {
        Some(codec::get_state(th, o)?)
    } else {
        None
    };
    let before = before.as_ref();
    let buffer = o.below(th)?;
    if method == "read1"
        && o.state.with(|s| s.native.is_some())
        && plain_buffer(buffer).is_some_and(|b| b.is_reader())
    {
        let mut input = o.state.with(|s| std::mem::take(&mut s.input));
        input.clear();
        if let Some(before) = before {
            input.extend_from_slice(&before.bytes);
        }
        let start = input.len();
        buffered::append_once(th, buffer, &mut input, n)?;
        let more = decode_chunk(th, o, Value::NONE, &input[start..], before)?;
        o.state.with(|s| {
            s.input = if before.is_some() {
                std::mem::replace(&mut s.snapshot, input)
            } else {
                input
            };
        });
        return Ok(more);
    }
    let chunk = call::call_method(th, buffer, method, &[Value::usize(th, n)])?;
    let view;
    let bytes: &[u8] = match chunk.as_bytes() {
        Some(b) => b,
        None if is_exporter(chunk) => {
            view = get_contiguous(th, chunk)?;
            view.as_slice()
        }
        None => {
            return Err(th.type_error(format!(
                "underlying {method}() should have returned a bytes-like object, not '{}'",
                class_of(chunk).tp_name()
            )));
        }
    };
    let more = decode_chunk(th, o, chunk, bytes, before)?;
    if let Some(before) = before {
        o.state.with(|s| {
            s.snapshot.clear();
            s.snapshot.extend_from_slice(&before.bytes);
            s.snapshot.extend_from_slice(bytes);
        });
    }
    Ok(more)
}

/// Puts the text of a chunk in the place of the decoded text; false for the end of the stream.
fn decode_chunk(
    th: &Thread,
    o: &Object<TextIoWrapper>,
    chunk: Value,
    bytes: &[u8],
    before: Option<&Saved>,
) -> PyResult<bool> {
    let mut text = o.state.with(|s| std::mem::take(&mut s.spare));
    text.clear();
    codec::decode(th, o, chunk, bytes, bytes.is_empty(), &mut text)?;
    let more = !text.is_empty() || !bytes.is_empty();
    if let Some(before) = before {
        o.snapshot_flags.set(&o.header, before.flags);
    }
    o.state.with(|s| {
        s.spare = std::mem::replace(&mut s.decoded, text);
        s.used = 0;
        s.has_decoded = true;
        s.chunk_bytes = bytes.len();
        s.ratio = None;
        s.has_snapshot |= before.is_some();
    });
    Ok(more)
}

/// As [`read_chunk`], until there is text; false at the end of the stream.
fn fill(th: &Thread, o: &Object<TextIoWrapper>) -> PyResult<bool> {
    while o.state.with(|s| s.used >= s.decoded.len()) {
        if !retry_interrupted(th, || read_chunk(th, o, 0))? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// The decoded text, taken out of the stream for as long as a part of it is copied, and where its rest begins.
fn take(o: &Object<TextIoWrapper>) -> (Wtf8Buf, usize, Newline) {
    o.state
        .with(|s| (std::mem::take(&mut s.decoded), s.used, s.newline))
}

/// Puts the decoded text back, used up to an offset.
fn put_back(o: &Object<TextIoWrapper>, text: Wtf8Buf, used: usize) {
    o.state.with(|s| {
        s.decoded = text;
        s.used = used;
    });
}

/// The next line, where it lies whole in the decoded text and nothing else is to be done.
#[inline]
fn quick_line(
    th: &Thread,
    o: &Object<TextIoWrapper>,
    v: Value,
    iterating: bool,
) -> Option<PyResult> {
    if known_open(o, v) != Some(true) {
        return None;
    }
    let (text, from, to) = o.state.with(|s| {
        let rest = &s.decoded.as_bytes()[s.used..];
        if rest.is_empty() || !s.pending.is_empty() || s.status != Status::Ready {
            return None;
        }
        let n = s.newline.find(rest)?;
        if iterating {
            s.telling = false;
        }
        Some((std::mem::take(&mut s.decoded), s.used, s.used + n))
    })?;
    let line = Value::try_wtf8(th, &text[from..to]);
    put_back(o, text, to);
    Some(line)
}

/// A line of at most `limit` characters; empty at the end of the stream.
///
/// # Errors
/// What the buffer or the decoder raises.
pub(super) fn read_line(th: &Thread, o: &Object<TextIoWrapper>, limit: Option<usize>) -> PyResult {
    if !o.state.with(|s| s.can_read) {
        return Err(unsupported(th, "not readable"));
    }
    write::flush_pending(th, o)?;
    let mut line = Wtf8Buf::new();
    let mut chars = 0;
    loop {
        match fill(th, o) {
            Ok(true) => {}
            Ok(false) => {
                o.state.with(|s| s.forget_decoded());
                return Value::try_wtf8(th, &line);
            }
            Err(e) => {
                // The part of the line that was read is lost; a position is told from the last snapshot.
                o.state.with(|s| s.forget_text());
                return Err(e);
            }
        }
        let (text, start, newline) = take(o);
        let rest = &text.as_bytes()[start..];
        // An ending of two characters may lie across the seam.
        let seam = newline == Newline::CrLf
            && line.as_bytes().last() == Some(&b'\r')
            && rest.first() == Some(&b'\n');
        let found = if seam { Some(1) } else { newline.find(rest) };
        let mut n = found.unwrap_or(rest.len());
        let mut done = found.is_some();
        if let Some(limit) = limit {
            let (bytes, count) = chars_prefix(&rest[..n], limit - chars);
            chars += count;
            // A `\r` at the end of a chunk counts when it is known what follows.
            let open = newline == Newline::CrLf && bytes == rest.len() && rest.ends_with(b"\r");
            done = done || chars >= limit && !open;
            n = bytes;
        }
        let piece = &text[start..start + n];
        let result = if !done {
            line.push_wtf8(piece);
            None
        } else if line.is_empty() {
            Some(Value::try_wtf8(th, piece))
        } else {
            line.push_wtf8(piece);
            Some(Value::try_wtf8(th, &line))
        };
        put_back(o, text, start + n);
        if let Some(result) = result {
            return result;
        }
    }
}

/// `readline(size)`
pub(super) fn readline(th: &Thread, a: &[Value]) -> PyResult {
    let limit = match a[1].present() {
        Some(v) => usize::try_from(ops::index_i64(th, v)?).ok(),
        None => None,
    };
    let o = a[0].expect::<TextIoWrapper>();
    let _guard = o.lock.enter(th, a[0])?;
    if limit.is_none()
        && let Some(line) = quick_line(th, o, a[0], false)
    {
        return line;
    }
    attached(th, o)?;
    check_open(th, o, a[0])?;
    read_line(th, o, limit)
}

/// `next(stream)`. Positions can't be told until the end is reached.
pub(super) fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let o = v.expect::<TextIoWrapper>();
    let _guard = o.lock.enter(th, v)?;
    if let Some(line) = quick_line(th, o, v, true) {
        return line.map(Some);
    }
    attached(th, o)?;
    o.state.with(|s| s.telling = false);
    let line = if super::is_exact(v) {
        check_open(th, o, v)?;
        read_line(th, o, None)?
    } else {
        let line = call::call_method(th, v, "readline", &[])?;
        if line.as_wtf8().is_none() {
            return Err(th.raise(
                &OS_ERROR,
                format!(
                    "readline() should have returned a str object, not '{}'",
                    class_of(line).name_text()
                ),
            ));
        }
        line
    };
    if line.as_wtf8().is_some_and(|w| !w.is_empty()) {
        return Ok(Some(line));
    }
    o.state.with(|s| {
        s.has_snapshot = false;
        s.telling = s.seekable;
    });
    Ok(None)
}

/// `read(size)`
pub(super) fn read(th: &Thread, a: &[Value]) -> PyResult {
    let n = size(th, a[1])?;
    let (o, _guard) = enter(th, a[0])?;
    check_open(th, o, a[0])?;
    if !o.state.with(|s| s.can_read) {
        return Err(unsupported(th, "not readable"));
    }
    write::flush_pending(th, o)?;
    match n {
        Some(n) => read_some(th, o, n),
        None => read_all(th, o),
    }
}

fn read_some(th: &Thread, o: &Object<TextIoWrapper>, n: usize) -> PyResult {
    let mut out = Wtf8Buf::new();
    let mut left = n;
    loop {
        let (text, start, _) = take(o);
        let (bytes, count) = chars_prefix(&text.as_bytes()[start..], left);
        let piece = &text[start..start + bytes];
        left -= count;
        let whole = (left == 0 && out.is_empty()).then(|| Value::try_wtf8(th, piece));
        if whole.is_none() {
            out.push_wtf8(piece);
        }
        put_back(o, text, start + bytes);
        match whole {
            Some(whole) => return whole,
            None if left == 0 => break,
            None => {}
        }
        if !retry_interrupted(th, || read_chunk(th, o, left))? {
            break;
        }
    }
    Value::try_wtf8(th, &out)
}

fn read_all(th: &Thread, o: &Object<TextIoWrapper>) -> PyResult {
    let all = call::call_method(th, o.below(th)?, "read", &[])?;
    if all.is_none() {
        return Err(th.raise(&BLOCKING_IO_ERROR, "Read returned None."));
    }
    let result = if let Some(plain) = whole_text(o, all) {
        Value::try_wtf8(th, plain)?
    } else {
        let view;
        let bytes: &[u8] = match all.as_bytes() {
            Some(b) => b,
            None if is_exporter(all) => {
                view = get_contiguous(th, all)?;
                view.as_slice()
            }
            // A decoder of Python's says itself what it thinks of that.
            None if o.state.with(|s| s.native.is_none()) => &[],
            None => {
                return Err(th.type_error(format!("can't concat {} to bytes", type_name(all))));
            }
        };
        let (text, start, _) = take(o);
        let mut out = text[start..].to_owned();
        put_back(o, text, start);
        codec::decode(th, o, all, bytes, true, &mut out)?;
        Value::try_wtf8(th, &out)?
    };
    o.state.with(|s| {
        if s.has_snapshot {
            s.forget_decoded();
        }
        s.used = s.decoded.len();
    });
    Ok(result)
}

/// The text that bytes are as they stand, where nothing was kept back before and nothing in it changes.
fn whole_text<'a>(o: &Object<TextIoWrapper>, all: Value) -> Option<&'a Wtf8> {
    use super::encoding::Native;
    let bytes: &'a [u8] = all.as_bytes()?;
    let native = o.state.with(|s| {
        let fresh = s.used >= s.decoded.len() && s.undecoded.is_empty();
        s.native.filter(|_| fresh)
    })?;
    if native != Native::Utf8 && !bytes.is_ascii() {
        return None;
    }
    let text = std::str::from_utf8(bytes).ok()?;
    o.state
        .with(|s| s.translator.as_mut().is_none_or(|t| t.pass(bytes)))
        .then(|| Wtf8::new(text))
}
