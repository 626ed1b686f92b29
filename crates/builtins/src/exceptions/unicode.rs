//! `UnicodeEncodeError`, `UnicodeDecodeError` and `UnicodeTranslateError`.

use super::{base, extra_field, get, get_extra, set};
use taipan_object::call::Args;
use taipan_object::exception::extra::UNICODE;
use taipan_object::native::{GetSet, TypeSpec};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, buffer, names, ops};

/// The attributes, `encoding` among them.
const GETSET: &[GetSet] = &[
    extra_field!("encoding", UNICODE[0]),
    GetSet::rw("object", object, set_object),
    GetSet::rw(
        "start",
        |th, v| position(th, v, 2),
        |th, v, x| set_position(th, v, 2, x),
    ),
    GetSet::rw(
        "end",
        |th, v| position(th, v, 3),
        |th, v, x| set_position(th, v, 3, x),
    ),
    extra_field!("reason", UNICODE[4]),
];

const TRANSLATE_GETSET: &[GetSet] = &[
    GetSet::rw("object", object, set_object),
    GetSet::rw(
        "start",
        |th, v| position(th, v, 2),
        |th, v, x| set_position(th, v, 2, x),
    ),
    GetSet::rw(
        "end",
        |th, v| position(th, v, 3),
        |th, v, x| set_position(th, v, 3, x),
    ),
    extra_field!("reason", UNICODE[4]),
];

pub(super) static ENCODE: TypeSpec = TypeSpec {
    slots: |s| {
        s.init = Some(|th, v, args| init(th, v, args, Kind::Encode));
        s.str = Some(|th, v| str(th, v, Kind::Encode));
    },
    methods: &[],
    getset: GETSET,
    doc: "Unicode encoding error.",
    sig: "",
};

pub(super) static DECODE: TypeSpec = TypeSpec {
    slots: |s| {
        s.init = Some(|th, v, args| init(th, v, args, Kind::Decode));
        s.str = Some(|th, v| str(th, v, Kind::Decode));
    },
    methods: &[],
    getset: GETSET,
    doc: "Unicode decoding error.",
    sig: "",
};

pub(super) static TRANSLATE: TypeSpec = TypeSpec {
    slots: |s| {
        s.init = Some(|th, v, args| init(th, v, args, Kind::Translate));
        s.str = Some(|th, v| str(th, v, Kind::Translate));
    },
    methods: &[],
    getset: TRANSLATE_GETSET,
    doc: "Unicode translation error.",
    sig: "",
};

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Encode,
    Decode,
    Translate,
}

fn object(_: &Thread, v: Value) -> PyResult {
    Ok(get(v, UNICODE[1]))
}

fn set_object(th: &Thread, v: Value, x: Value) -> PyResult<()> {
    set(th, v, UNICODE[1], x);
    Ok(())
}

fn position(_: &Thread, v: Value, n: usize) -> PyResult {
    Ok(get_extra(v, UNICODE[n]).or(Value::small_int(0)))
}

fn set_position(th: &Thread, v: Value, n: usize, x: Value) -> PyResult<()> {
    if x.is_absent() {
        return Err(th.type_error("can't delete numeric/char attribute"));
    }
    let i = ops::index_i64(th, x)?;
    set(th, v, UNICODE[n], Value::int(th, i));
    Ok(())
}

fn init(th: &Thread, v: Value, args: Args, kind: Kind) -> PyResult<()> {
    base::init(th, v, args)?;
    let first = if kind == Kind::Translate { 1 } else { 0 };
    let wanted = 5 - first;
    let pos = args.values;
    if pos.len() != wanted {
        return Err(th.type_error(format!(
            "function takes exactly {wanted} arguments ({} given)",
            pos.len()
        )));
    }
    let check = |n: usize, what: &str, ok: bool| {
        if ok {
            return Ok(());
        }
        Err(th.type_error(format!(
            "argument {} must be {what}, not {}",
            n + 1,
            class_of(pos[n]).tp_name()
        )))
    };
    if kind != Kind::Translate {
        check(0, "str", pos[0].as_str_obj().is_some())?;
    }
    let mut object = pos[1 - first];
    if kind == Kind::Decode {
        if object.as_bytes().is_none() {
            if !buffer::is_exporter(object) {
                return Err(th.type_error(format!(
                    "a bytes-like object is required, not '{}'",
                    class_of(object).tp_name()
                )));
            }
            let b = buffer::get_contiguous(th, object)?;
            object = Value::bytes(th, b.as_slice())?;
        }
    } else {
        check(1 - first, "str", object.as_str_obj().is_some())?;
    }
    let start = ops::index_i64(th, pos[2 - first])?;
    let end = ops::index_i64(th, pos[3 - first])?;
    check(4 - first, "str", pos[4 - first].as_str_obj().is_some())?;
    if kind != Kind::Translate {
        set(th, v, UNICODE[0], pos[0]);
    }
    set(th, v, UNICODE[1], object);
    set(th, v, UNICODE[2], Value::int(th, start));
    set(th, v, UNICODE[3], Value::int(th, end));
    set(th, v, UNICODE[4], pos[4 - first]);
    Ok(())
}

fn str(th: &Thread, v: Value, kind: Kind) -> PyResult {
    if get_extra(v, UNICODE[1]).is_absent() {
        // `__init__` was not called.
        return Ok(taipan_object::strings::empty_str());
    }
    let reason = ops::str(th, get(v, UNICODE[4]))?;
    let encoding = ops::str(th, get(v, UNICODE[0]))?;
    let encoding = names::text(encoding);
    // Showing them may have changed it.
    let object = get_extra(v, UNICODE[1]);
    let (len, wanted) = match kind {
        Kind::Decode => (object.as_bytes().map(|b| b.len()), "bytes"),
        _ => (object.as_str_obj().map(|s| s.len()), "string"),
    };
    let Some(len) = len else {
        return Err(th.type_error(if object.is_absent() {
            "UnicodeError 'object' attribute is not set".to_owned()
        } else {
            format!("UnicodeError 'object' attribute must be a {wanted}")
        }));
    };
    let len = len as i64;
    let start = get_extra(v, UNICODE[2]).as_i64().unwrap_or(0);
    let end = get_extra(v, UNICODE[3]).as_i64().unwrap_or(0);
    let head = match kind {
        Kind::Encode => format!("'{encoding}' codec can't encode"),
        Kind::Decode => format!("'{encoding}' codec can't decode"),
        Kind::Translate => "can't translate".to_owned(),
    };
    let one = (0..len).contains(&start) && (0..=len).contains(&end) && end == start.wrapping_add(1);
    let body = match (kind, one) {
        (Kind::Decode, true) => {
            let byte = object
                .as_bytes()
                .and_then(|b| b.get(start as usize))
                .copied()
                .unwrap_or(0);
            format!("{head} byte 0x{byte:02x} in position {start}: ")
        }
        (Kind::Decode, false) => {
            format!("{head} bytes in position {start}-{}: ", end.wrapping_sub(1))
        }
        (_, true) => {
            let c = object
                .as_wtf8()
                .and_then(|w| w.code_points().nth(start as usize));
            let c = c.map_or(0, |c| c.to_u32());
            let shown = match c {
                0..=0xFF => format!("\\x{c:02x}"),
                0x100..=0xFFFF => format!("\\u{c:04x}"),
                _ => format!("\\U{c:08x}"),
            };
            format!("{head} character '{shown}' in position {start}: ")
        }
        (_, false) => format!(
            "{head} characters in position {start}-{}: ",
            end.wrapping_sub(1)
        ),
    };
    crate::text::join(th, &[Value::str(th, &body), reason])
}
