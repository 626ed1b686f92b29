//! Positions: `tell` gives a cookie from which `seek` finds back, whatever the decoder keeps.
//!
//! A cookie is an integer of five parts: where in the byte stream the decoder kept nothing back, its flags there,
//! how many bytes to feed it from there, how many characters of the result to skip, and whether to tell it that
//! the stream ends there. For most codecs all but the first part are zero.

use super::newline::{chars_prefix, count_chars};
use super::{TextIoWrapper, check_open, codec, enter, write};
use crate::args::int_or;
use crate::io::base::{unsupported, whence_error};
use taipan_num::bigint::BigInt;
use taipan_object::exception::OS_ERROR;
use taipan_object::heap::Object;
use taipan_object::types::{self, class_of};
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{PyResult, Thread, Value, call, ops};

#[derive(Clone, Copy, Default)]
struct Cookie {
    start: i64,
    flags: i32,
    feed: i32,
    skip: i32,
    eof: bool,
}

/// Bytes of a cookie: 8 for the position, 4 for each count, one for the end.
const SIZE: usize = 21;

impl Cookie {
    fn value(self, th: &Thread) -> Value {
        let mut b = [0; SIZE];
        b[..8].copy_from_slice(&self.start.to_le_bytes());
        b[8..12].copy_from_slice(&self.flags.to_le_bytes());
        b[12..16].copy_from_slice(&self.feed.to_le_bytes());
        b[16..20].copy_from_slice(&self.skip.to_le_bytes());
        b[20] = u8::from(self.eof);
        Value::big(th, BigInt::from_bytes(&b, true, false))
    }

    fn parse(th: &Thread, v: Value) -> PyResult<Cookie> {
        let n = call::call(th, types::INT.value(), &[v])?;
        let big = match n.as_int() {
            Some(n) => n.to_big(),
            None => return Err(th.type_error("an integer is required")),
        };
        if big.is_negative() {
            return Err(th.overflow_error("can't convert negative int to unsigned"));
        }
        if big.bit_length() > SIZE as u64 * 8 {
            return Err(th.overflow_error("int too big to convert"));
        }
        let words = big.magnitude_words();
        let mut b = [0; SIZE + 3];
        for (to, from) in b.chunks_mut(8).zip(words) {
            to.copy_from_slice(&from.to_le_bytes());
        }
        let part = |at: usize| i32::from_le_bytes([b[at], b[at + 1], b[at + 2], b[at + 3]]);
        Ok(Cookie {
            start: words.first().map_or(0, |w| *w as i64),
            flags: part(8),
            feed: part(12),
            skip: part(16),
            eof: b[20] != 0,
        })
    }
}

/// A decoder's flags as cookies hold them.
fn flags(th: &Thread, v: Value) -> PyResult<i32> {
    crate::args::int(th, v)
}

/// Brings the decoder to a cookie's start.
fn restore(th: &Thread, o: &Object<TextIoWrapper>, c: &Cookie) -> PyResult<()> {
    if c.start == 0 && c.flags == 0 {
        codec::reset(th, o)
    } else {
        codec::set_state(th, o, b"", Value::small_int(c.flags.into()))
    }
}

/// How many characters the decoder makes of bytes.
fn feed(th: &Thread, o: &Object<TextIoWrapper>, bytes: &[u8], last: bool) -> PyResult<usize> {
    let object = if o.state.with(|s| s.native.is_some()) {
        Value::NONE
    } else {
        Value::bytes(th, bytes)?
    };
    let mut out = Wtf8Buf::new();
    codec::decode(th, o, object, bytes, last, &mut out)?;
    Ok(count_chars(out.as_bytes()))
}

/// `tell()`
pub(super) fn tell(th: &Thread, a: &[Value]) -> PyResult {
    let (o, _guard) = enter(th, a[0])?;
    check_open(th, o, a[0])?;
    let (seekable, telling) = o.state.with(|s| (s.seekable, s.telling));
    if !seekable {
        return Err(unsupported(th, "underlying stream is not seekable"));
    }
    if !telling {
        return Err(th.raise(&OS_ERROR, "telling position disabled by next() call"));
    }
    write::flush_pending(th, o)?;
    call::call_method(th, a[0], "flush", &[])?;
    let position = call::call_method(th, o.below(th)?, "tell", &[])?;
    let (input, used, ratio) = o.state.with(|s| {
        let input = (s.can_read && s.has_snapshot).then(|| s.snapshot.clone());
        (
            input,
            count_chars(&s.decoded.as_bytes()[..s.used]),
            s.bytes_per_char(),
        )
    });
    let Some(input) = input else {
        return Ok(position);
    };
    let mut cookie = Cookie {
        start: crate::args::long(th, position)? - input.len() as i64,
        flags: flags(th, o.snapshot_flags.get())?,
        ..Cookie::default()
    };
    if used == 0 {
        return Ok(cookie.value(th));
    }
    // The search runs the decoder; what it saw and keeps is put back in the end.
    let saved = codec::get_state(th, o)?;
    let searched = search(th, o, &mut cookie, &input, used, ratio);
    let restored = codec::set_state(th, o, &saved.bytes, saved.flags);
    searched?;
    restored?;
    Ok(cookie.value(th))
}

/// Moves a cookie from the snapshot's point as near as can be to the character `used` of its text.
fn search(
    th: &Thread,
    o: &Object<TextIoWrapper>,
    cookie: &mut Cookie,
    input: &[u8],
    used: usize,
    ratio: f64,
) -> PyResult<()> {
    let mut skip = used;
    // A guess of where the position is, corrected until it is a point where the decoder keeps nothing back.
    let mut at = ((ratio * skip as f64) as usize).min(input.len());
    let mut step = 1;
    while at > 0 {
        restore(th, o, cookie)?;
        let n = feed(th, o, &input[..at], false)?;
        if n > skip {
            at = at.saturating_sub(step);
            step *= 2;
            continue;
        }
        let state = codec::get_state(th, o)?;
        if state.bytes.is_empty() {
            cookie.flags = flags(th, state.flags)?;
            skip -= n;
            break;
        }
        at = at.saturating_sub(state.bytes.len());
        step = 1;
    }
    if at == 0 {
        restore(th, o, cookie)?;
    }
    cookie.start += at as i64;
    cookie.skip = skip as i32;
    if skip == 0 {
        return Ok(());
    }
    // From there byte by byte, noting each such point on the way.
    let mut n = 0;
    let mut found = false;
    for byte in &input[at..] {
        n += feed(th, o, std::slice::from_ref(byte), false)?;
        cookie.feed += 1;
        let state = codec::get_state(th, o)?;
        if state.bytes.is_empty() && n <= skip {
            cookie.start += i64::from(cookie.feed);
            skip -= n;
            cookie.flags = flags(th, state.flags)?;
            cookie.feed = 0;
            n = 0;
        }
        if n >= skip {
            found = true;
            break;
        }
    }
    if !found {
        n += feed(th, o, b"", true)?;
        cookie.eof = true;
        if n < skip {
            return Err(th.raise(&OS_ERROR, "can't reconstruct logical file position"));
        }
    }
    cookie.skip = skip as i32;
    Ok(())
}

/// `seek(cookie, whence)`
pub(super) fn seek(th: &Thread, a: &[Value]) -> PyResult {
    let v = a[0];
    let whence = int_or(th, a[2], 0)?;
    let (o, _guard) = enter(th, v)?;
    check_open(th, o, v)?;
    if !o.state.with(|s| s.seekable) {
        return Err(unsupported(th, "underlying stream is not seekable"));
    }
    let zero = Value::small_int(0);
    let mut target = a[1];
    match whence {
        0 => {}
        1 => {
            if !ops::eq(th, target, zero)? {
                return Err(unsupported(th, "can't do nonzero cur-relative seeks"));
            }
            // This brings the buffer to where the text is.
            target = call::call_method(th, v, "tell", &[])?;
        }
        2 => {
            if !ops::eq(th, target, zero)? {
                return Err(unsupported(th, "can't do nonzero end-relative seeks"));
            }
            call::call_method(th, v, "flush", &[])?;
            o.state.with(|s| s.forget_decoded());
            if o.state.with(|s| s.can_read) {
                codec::reset(th, o)?;
            }
            let end = call::call_method(th, o.below(th)?, "seek", &[zero, Value::small_int(2)])?;
            let at_start = ops::eq(th, end, zero)?;
            codec::reset_encoder(th, o, at_start)?;
            return Ok(end);
        }
        n => return Err(whence_error(th, n)),
    }
    if ops::compare_bool(th, target, zero, taipan_object::slots::CmpOp::Lt)? {
        let shown = ops::repr(th, target)?;
        return Err(th.value_error(format!(
            "negative seek position {}",
            taipan_object::names::text(shown)
        )));
    }
    call::call_method(th, v, "flush", &[])?;
    let cookie = Cookie::parse(th, target)?;
    call::call_method(th, o.below(th)?, "seek", &[Value::int(th, cookie.start)])?;
    o.state.with(|s| s.forget_decoded());
    let can_read = o.state.with(|s| s.can_read);
    if can_read {
        restore(th, o, &cookie)?;
    }
    o.snapshot_flags
        .set(&o.header, Value::small_int(cookie.flags.into()));
    if cookie.skip != 0 {
        replay(th, o, &cookie)?;
    } else {
        o.state.with(|s| {
            s.snapshot.clear();
            s.has_snapshot = true;
        });
    }
    codec::reset_encoder(th, o, cookie.start == 0 && cookie.flags == 0)?;
    Ok(target)
}

/// Feeds the decoder from a cookie's start on and skips what lies before its position.
fn replay(th: &Thread, o: &Object<TextIoWrapper>, cookie: &Cookie) -> PyResult<()> {
    let n = Value::small_int(cookie.feed.into());
    let input = call::call_method(th, o.below(th)?, "read", &[n])?;
    let Some(bytes) = input.as_bytes() else {
        return Err(th.type_error(format!(
            "underlying read() should have returned a bytes object, not '{}'",
            class_of(input).tp_name()
        )));
    };
    o.state.with(|s| {
        s.snapshot.clear();
        s.snapshot.extend_from_slice(bytes);
        s.has_snapshot = true;
    });
    let mut text = Wtf8Buf::new();
    if o.state.with(|s| s.can_read) {
        codec::decode(th, o, input, bytes, cookie.eof, &mut text)?;
    }
    let wanted = usize::try_from(cookie.skip).unwrap_or(usize::MAX);
    let (used, count) = chars_prefix(text.as_bytes(), wanted);
    o.state.with(|s| {
        s.decoded = text;
        s.used = if count < wanted { 0 } else { used };
        s.has_decoded = true;
    });
    if count < wanted {
        return Err(th.raise(&OS_ERROR, "can't restore logical file position"));
    }
    Ok(())
}

/// `truncate(pos)`
pub(super) fn truncate(th: &Thread, a: &[Value]) -> PyResult {
    let (o, _guard) = enter(th, a[0])?;
    call::call_method(th, a[0], "flush", &[])?;
    let position = a[1].or(Value::NONE);
    call::call_method(th, o.below(th)?, "truncate", &[position])
}
