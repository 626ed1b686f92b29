//! UTF-16 and UTF-32 in their byte orders.

use taipan_object::{PyResult, Thread, Value, ops};
use taipan_strings::args;
use taipan_strings::codec::errors::Errors;
use taipan_text::codec::{
    ByteOrder, Decoded, utf16_decode, utf16_encode, utf32_decode, utf32_encode,
};

use super::{encode, errors_name, is_final, pair};

const LITTLE: Option<ByteOrder> = Some(ByteOrder::Little);
const BIG: Option<ByteOrder> = Some(ByteOrder::Big);

/// -1 is little-endian, 1 big-endian, 0 by the mark.
fn order(th: &Thread, v: Value) -> PyResult<Option<ByteOrder>> {
    let n = match v.present() {
        Some(v) => ops::index_i32(th, v)?,
        None => 0,
    };
    Ok(match n {
        0 => None,
        n if n < 0 => LITTLE,
        _ => BIG,
    })
}

type Run =
    fn(&[u8], Option<ByteOrder>, &mut Errors, bool) -> PyResult<(Decoded, Option<ByteOrder>)>;

fn run16(
    b: &[u8],
    o: Option<ByteOrder>,
    e: &mut Errors,
    last: bool,
) -> PyResult<(Decoded, Option<ByteOrder>)> {
    utf16_decode(b, o, e, last)
}

fn run32(
    b: &[u8],
    o: Option<ByteOrder>,
    e: &mut Errors,
    last: bool,
) -> PyResult<(Decoded, Option<ByteOrder>)> {
    utf32_decode(b, o, e, last)
}

fn decode(
    th: &Thread,
    a: &[Value],
    f: &str,
    order: Option<ByteOrder>,
    last: usize,
    run: Run,
) -> PyResult<(Decoded, Option<ByteOrder>)> {
    let bytes = args::bytes_like(th, a[0])?;
    let name = errors_name(th, f, a[1])?;
    let last = is_final(th, a, Some(last), false)?;
    let mut errors = Errors::new(th, name.as_deref(), a[0]);
    let mut order = order;
    let mut used = None;
    let decoded = errors.decode(&bytes, |bytes, errors| {
        let (decoded, found) = run(bytes, order, errors, last)?;
        used = found;
        order = order.or(found);
        Ok(decoded)
    })?;
    Ok((decoded, used))
}

fn plain(th: &Thread, a: &[Value], f: &str, order: Option<ByteOrder>, run: Run) -> PyResult {
    let (d, _) = decode(th, a, f, order, 2, run)?;
    pair(th, d)
}

fn extended(th: &Thread, a: &[Value], f: &str, run: Run) -> PyResult {
    let (d, used) = decode(th, a, f, order(th, a[2])?, 3, run)?;
    let text = Value::try_wtf8(th, &d.text)?;
    let used = match used {
        None => 0,
        Some(ByteOrder::Little) => -1,
        Some(ByteOrder::Big) => 1,
    };
    Ok(Value::tuple(
        th,
        &[text, Value::usize(th, d.consumed), Value::small_int(used)],
    ))
}

macro_rules! family {
    ($encode:ident $encode_le:ident $encode_be:ident $decode:ident $decode_le:ident $decode_be:ident $decode_ex:ident, $enc:ident, $run:ident, $bits:literal) => {
        pub(super) fn $encode(th: &Thread, a: &[Value]) -> PyResult {
            let o = order(th, a[2])?;
            encode(th, a, concat!("utf_", $bits, "_encode"), |w, e| {
                $enc(w, o, e)
            })
        }
        pub(super) fn $encode_le(th: &Thread, a: &[Value]) -> PyResult {
            encode(th, a, concat!("utf_", $bits, "_le_encode"), |w, e| {
                $enc(w, LITTLE, e)
            })
        }
        pub(super) fn $encode_be(th: &Thread, a: &[Value]) -> PyResult {
            encode(th, a, concat!("utf_", $bits, "_be_encode"), |w, e| {
                $enc(w, BIG, e)
            })
        }
        pub(super) fn $decode(th: &Thread, a: &[Value]) -> PyResult {
            plain(th, a, concat!("utf_", $bits, "_decode"), None, $run)
        }
        pub(super) fn $decode_le(th: &Thread, a: &[Value]) -> PyResult {
            plain(th, a, concat!("utf_", $bits, "_le_decode"), LITTLE, $run)
        }
        pub(super) fn $decode_be(th: &Thread, a: &[Value]) -> PyResult {
            plain(th, a, concat!("utf_", $bits, "_be_decode"), BIG, $run)
        }
        pub(super) fn $decode_ex(th: &Thread, a: &[Value]) -> PyResult {
            extended(th, a, concat!("utf_", $bits, "_ex_decode"), $run)
        }
    };
}

family!(encode16 encode16_le encode16_be decode16 decode16_le decode16_be decode16_ex, utf16_encode, run16, "16");
family!(encode32 encode32_le encode32_be decode32 decode32_le decode32_be decode32_ex, utf32_encode, run32, "32");
