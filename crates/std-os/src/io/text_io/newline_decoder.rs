//! `IncrementalNewlineDecoder`: universal newlines over another decoder's text, or over text itself.

use super::newline::{Translator, newlines};
use crate::io::lock::IoLock;
use taipan_object::call::{Args, call_method_row};
use taipan_object::heap::{Field, Guarded, Object};
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::numbers::Int;
use taipan_object::types::{OBJECT, StaticType, class_of, flags, layout_of};
use taipan_object::wtf8::{Wtf8, Wtf8Buf};
use taipan_object::{PyResult, Thread, Value, call, ops, payload};

/// The payload of `IncrementalNewlineDecoder`.
pub struct NewlineDecoder {
    lock: IoLock,
    /// The decoder below; None for text as it comes, absent before `__init__`.
    decoder: Field,
    translator: Guarded<Translator>,
}

payload!(NewlineDecoder, "IncrementalNewlineDecoder", |this, m| this
    .decoder
    .trace(m));

/// `IncrementalNewlineDecoder`
pub static INCREMENTAL_NEWLINE_DECODER: StaticType = StaticType::new(
    "_io",
    "IncrementalNewlineDecoder",
    Some(&OBJECT),
    flags::BASE,
    layout_of::<NewlineDecoder>,
);

/// `IncrementalNewlineDecoder`
pub static INCREMENTAL_NEWLINE_DECODER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| {
            let d = NewlineDecoder {
                lock: IoLock::default(),
                decoder: Field::absent(),
                translator: Guarded::new(Translator::new(false)),
            };
            Ok(th.new_instance(cls, d).value())
        });
        s.init = Some(|th, v, args: Args| {
            args.with_first(th, v, |a| call_method_row(th, &INIT, a))
                .map(|_| ())
        });
    },
    methods: &[
        Method::new("decode", "($self, /, input, final=False)", |th, a| {
            let last = crate::args::flag(th, a[2], false)?;
            decode(th, a[0], a[1], last)
        })
        .atomic(Atomic::Locked),
        Method::new("getstate", "($self, /)", get_state).atomic(Atomic::Locked),
        Method::new("setstate", "($self, state, /)", set_state).atomic(Atomic::Locked),
        Method::new("reset", "($self, /)", |th, a| {
            let d = ready(th, a[0])?;
            let _guard = d.lock.enter(th, a[0])?;
            d.translator.with(Translator::reset);
            match below(d) {
                Some(decoder) => call::call_method(th, decoder, "reset", &[]),
                None => Ok(Value::NONE),
            }
        })
        .atomic(Atomic::Locked),
    ],
    getset: &[GetSet::new("newlines", |th, v| {
        let d = ready(th, v)?;
        newlines(th, d.translator.with(|t| t.seen()))
    })],
    doc: "Codec used when reading a file in universal newlines mode.\n\nIt wraps another incremental decoder, translating \\r\\n and \\r into \\n.\nIt also records the types of newlines encountered.  When used with\ntranslate=False, it ensures that the newline sequence is returned in\none piece. When used with decoder=None, it expects unicode strings as\ndecode input and translates newlines without first invoking an external\ndecoder.",
    sig: "(decoder, translate, errors='strict')",
};

static INIT: Method = Method::new(
    "IncrementalNewlineDecoder",
    "($self, decoder, translate, errors='strict')",
    |th, a| {
        let translate = ops::truth(th, a[2])?;
        let d = a[0].expect::<NewlineDecoder>();
        let _guard = d.lock.enter(th, a[0])?;
        d.translator.with(|t| *t = Translator::new(translate));
        d.decoder.set(&d.header, a[1]);
        Ok(Value::NONE)
    },
);

fn ready<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<NewlineDecoder>> {
    let d = v.expect::<NewlineDecoder>();
    if d.decoder.get().is_absent() {
        return Err(th.value_error("IncrementalNewlineDecoder.__init__() not called"));
    }
    Ok(d)
}

fn below(d: &Object<NewlineDecoder>) -> Option<Value> {
    Some(d.decoder.get()).filter(|v| !v.is_none())
}

/// The text that a decoder gave.
///
/// # Errors
/// `TypeError` for anything but a `str`.
pub(super) fn decoded<'a>(th: &Thread, v: Value) -> PyResult<&'a Wtf8> {
    v.as_wtf8().ok_or_else(|| {
        th.type_error(format!(
            "decoder should return a string result, not '{}'",
            class_of(v).tp_name()
        ))
    })
}

fn decode(th: &Thread, v: Value, input: Value, last: bool) -> PyResult {
    let d = ready(th, v)?;
    let _guard = d.lock.enter(th, v)?;
    let output = match below(d) {
        Some(decoder) => call::call_method(th, decoder, "decode", &[input, Value::bool(last)])?,
        None => input,
    };
    let text = decoded(th, output)?;
    if d.translator.with(|t| t.pass(text.as_bytes())) {
        return Ok(output);
    }
    let mut out = Wtf8Buf::new();
    if out.try_reserve(text.len() + 1).is_err() {
        return Err(th.memory_error());
    }
    d.translator.with(|t| t.push(&mut out, text, last));
    Value::try_wtf8(th, &out)
}

/// A decoder's flags as the machine word that they are cut to; nothing for what is no integer.
pub(super) fn flag_bits(v: Value) -> Option<u64> {
    match v.as_int()? {
        Int::Small(n) => Some(n as u64),
        Int::Big(b) => Some(b.wrapping_u64()),
    }
}

fn get_state(th: &Thread, a: &[Value]) -> PyResult {
    let d = ready(th, a[0])?;
    let _guard = d.lock.enter(th, a[0])?;
    let (buffer, flags) = match below(d) {
        Some(decoder) => {
            let state = call::call_method(th, decoder, "getstate", &[])?;
            let Some([buffer, flags]) = state.as_tuple() else {
                return Err(th.type_error("illegal decoder state"));
            };
            let Some(bits) = flag_bits(*flags) else {
                return Err(th.type_error("illegal decoder state"));
            };
            (*buffer, bits)
        }
        None => (Value::bytes(th, b"")?, 0),
    };
    let cr = d.translator.with(|t| t.pending_cr);
    Value::try_tuple(th, &[buffer, Value::uint(th, flags << 1 | u64::from(cr))])
}

fn set_state(th: &Thread, a: &[Value]) -> PyResult {
    let d = ready(th, a[0])?;
    let Some(items) = a[1].as_tuple() else {
        return Err(th.type_error("state argument must be a tuple"));
    };
    let (buffer, bits) = match items {
        [buffer, flags] => (*buffer, flag_bits(*flags)),
        _ => (Value::NONE, None),
    };
    let Some(bits) = bits else {
        return Err(th.type_error("setstate(): illegal state argument"));
    };
    let _guard = d.lock.enter(th, a[0])?;
    d.translator.with(|t| t.pending_cr = bits & 1 != 0);
    match below(d) {
        Some(decoder) => {
            let state = Value::try_tuple(th, &[buffer, Value::uint(th, bits >> 1)])?;
            call::call_method(th, decoder, "setstate", &[state])
        }
        None => Ok(Value::NONE),
    }
}
