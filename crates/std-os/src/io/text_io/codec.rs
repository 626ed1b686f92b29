//! What a text stream does with its codec: decoding, encoding, and the decoder's state.

use super::encoding::Native;
use super::newline_decoder::{decoded, flag_bits};
use super::{State, TextIoWrapper, errors_name, part};
use taipan_object::heap::Object;
use taipan_object::types::class_of;
use taipan_object::wtf8::{Wtf8, Wtf8Buf};
use taipan_object::{PyResult, Thread, Value, call};
use taipan_strings::codec::errors::Errors;
use taipan_text::codec as text_codec;

/// A decoder's state: the bytes that it keeps, and its flags.
pub(super) struct Saved {
    pub bytes: Vec<u8>,
    pub flags: Value,
}

/// Appends the text of the next bytes to `out`. `object` is what the bytes came in, for a decoder of Python's.
///
/// # Errors
/// What the decoder or an error handler raises.
pub(super) fn decode(
    th: &Thread,
    o: &Object<TextIoWrapper>,
    object: Value,
    bytes: &[u8],
    last: bool,
    out: &mut Wtf8Buf,
) -> PyResult<()> {
    let Some(native) = o.state.with(|s| s.native) else {
        let r = call::call_method(
            th,
            part(th, &o.decoder)?,
            "decode",
            &[object, Value::bool(last)],
        )?;
        let text = decoded(th, r)?;
        if out.try_reserve(text.len() + 1).is_err() {
            return Err(th.memory_error());
        }
        o.state.with(|s| s.translate(out, text, last));
        return Ok(());
    };
    if out.try_reserve(bytes.len() + 1).is_err() {
        return Err(th.memory_error());
    }
    if o.state.with(|s| decode_plain(s, native, bytes, last, out)) {
        return Ok(());
    }
    let mut input = o.state.with(|s| s.undecoded.clone());
    input.extend_from_slice(bytes);
    let mut errors = Errors::new(th, Some(errors_name(o)), Value::ABSENT);
    let (text, consumed) = match native {
        Native::Utf8 => {
            let d = text_codec::utf8_decode(&input, &mut errors, last)?;
            (d.text, d.consumed)
        }
        Native::Ascii => {
            let d = text_codec::ascii_decode(&input, &mut errors)?;
            (d.text, d.consumed)
        }
        Native::Latin1 => (text_codec::latin1_decode(&input), input.len()),
    };
    if out.try_reserve(text.len() + 1).is_err() {
        return Err(th.memory_error());
    }
    o.state.with(|s| {
        s.undecoded.clear();
        s.undecoded.extend_from_slice(&input[consumed..]);
        s.translate(out, &text, last);
    });
    Ok(())
}

/// Decodes what needs no error handler; whether it could.
fn decode_plain(
    s: &mut State,
    native: Native,
    bytes: &[u8],
    last: bool,
    out: &mut Wtf8Buf,
) -> bool {
    if !s.undecoded.is_empty() || native != Native::Utf8 && !bytes.is_ascii() {
        return false;
    }
    let (text, rest) = match std::str::from_utf8(bytes) {
        Ok(text) => (text, &[][..]),
        Err(e) if !last && e.error_len().is_none() => {
            let (whole, rest) = bytes.split_at(e.valid_up_to());
            match std::str::from_utf8(whole) {
                Ok(text) => (text, rest),
                Err(_) => return false,
            }
        }
        Err(_) => return false,
    };
    s.undecoded.extend_from_slice(rest);
    s.translate(out, Wtf8::new(text), last);
    true
}

/// `decoder.getstate()`
///
/// # Errors
/// `TypeError` for a state that is none.
pub(super) fn get_state(th: &Thread, o: &Object<TextIoWrapper>) -> PyResult<Saved> {
    let (native, bytes, cr) = o.state.with(|s| {
        let bytes = if s.native.is_some() {
            s.undecoded.clone()
        } else {
            Vec::new()
        };
        let cr = s.translator.as_ref().map(|t| t.pending_cr);
        (s.native, bytes, cr)
    });
    if native.is_some() {
        let flags = Value::small_int(i64::from(cr == Some(true)));
        return Ok(Saved { bytes, flags });
    }
    let state = call::call_method(th, part(th, &o.decoder)?, "getstate", &[])?;
    let Some([buffer, flags]) = state.as_tuple() else {
        return Err(th.type_error("illegal decoder state"));
    };
    let mut flags = *flags;
    if let Some(cr) = cr {
        let Some(bits) = flag_bits(flags) else {
            return Err(th.type_error("illegal decoder state"));
        };
        flags = Value::uint(th, bits << 1 | u64::from(cr));
    }
    match buffer.as_bytes() {
        Some(b) => Ok(Saved {
            bytes: b.to_vec(),
            flags,
        }),
        None => Err(th.type_error(format!(
            "illegal decoder state: the first item should be a bytes object, not '{}'",
            class_of(*buffer).tp_name()
        ))),
    }
}

/// `decoder.setstate((bytes, flags))`
///
/// # Errors
/// What the decoder raises.
pub(super) fn set_state(
    th: &Thread,
    o: &Object<TextIoWrapper>,
    bytes: &[u8],
    flags: Value,
) -> PyResult<()> {
    let bits = flag_bits(flags).unwrap_or(0);
    let (native, translated) = o.state.with(|s| {
        if s.native.is_some() {
            s.undecoded.clear();
            s.undecoded.extend_from_slice(bytes);
        }
        if let Some(t) = &mut s.translator {
            t.pending_cr = bits & 1 != 0;
        }
        (s.native, s.translator.is_some())
    });
    if native.is_none() {
        let flags = if translated {
            Value::uint(th, bits >> 1)
        } else {
            flags
        };
        let bytes = Value::bytes(th, bytes)?;
        let state = Value::try_tuple(th, &[bytes, flags])?;
        call::call_method(th, part(th, &o.decoder)?, "setstate", &[state])?;
    }
    Ok(())
}

/// `decoder.reset()`
///
/// # Errors
/// What the decoder raises.
pub(super) fn reset(th: &Thread, o: &Object<TextIoWrapper>) -> PyResult<()> {
    let native = o.state.with(|s| {
        s.undecoded.clear();
        if let Some(t) = &mut s.translator {
            t.reset();
        }
        s.native
    });
    if native.is_none() {
        call::call_method(th, part(th, &o.decoder)?, "reset", &[])?;
    }
    Ok(())
}

/// Brings the encoder to the state it has at the beginning of a stream, or behind it: some write a mark at the
/// beginning.
///
/// # Errors
/// What the encoder raises.
pub(super) fn reset_encoder(
    th: &Thread,
    o: &Object<TextIoWrapper>,
    at_start: bool,
) -> PyResult<()> {
    let encoder = o.encoder.get();
    if encoder.is_absent() {
        return Ok(());
    }
    if at_start {
        call::call_method(th, encoder, "reset", &[])?;
    } else {
        call::call_method(th, encoder, "setstate", &[Value::small_int(0)])?;
    }
    Ok(())
}

/// The bytes of a text.
///
/// # Errors
/// What the encoder or an error handler raises; `TypeError` where that gives something else.
pub(super) fn encode(th: &Thread, o: &Object<TextIoWrapper>, text: Value) -> PyResult {
    if let Some(native) = o.state.with(|s| s.native) {
        return taipan_strings::codec::encode_native(th, text, native.into(), Some(errors_name(o)));
    }
    let r = call::call_method(th, part(th, &o.encoder)?, "encode", &[text])?;
    if r.as_bytes().is_none() {
        return Err(th.type_error(format!(
            "encoder should return a bytes object, not '{}'",
            class_of(r).tp_name()
        )));
    }
    Ok(r)
}
