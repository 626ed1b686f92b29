//! `format % args`, for text and for bytes.

use taipan_num::BigInt;
use taipan_num::format::printf::{
    Amount, Conversion, Layout, Parser, Piece, PrintfError, format_bytes, format_float, format_int,
    format_text,
};
use taipan_object::bytearray::ByteArray;
use taipan_object::numbers::{Int, int_max_str_digits};
use taipan_object::types::class_of;
use taipan_object::wtf8::{CodePoint, Wtf8Buf};
use taipan_object::{PyResult, Raised, Thread, Value, attr, buffer, call, names, ops};

use super::get;
use crate::args;

#[cold]
fn fail(th: &Thread, e: PrintfError) -> Raised {
    th.num_error(e.kind(), e)
}

#[cold]
fn int_error(th: &Thread, e: taipan_num::IntError) -> Raised {
    th.num_error(e.kind(), e)
}

/// The right operand of `%`, taken one after the other or by key.
struct Arguments {
    /// The operand.
    whole: Value,
    /// The next item of a tuple; for any other operand 0 until it is taken.
    next: usize,
    mapping: bool,
    /// What the fields of this conversion take instead: the item of its key.
    keyed: Option<Value>,
    used_key: bool,
}

impl Arguments {
    fn new(whole: Value, is_bytes: bool) -> Arguments {
        let text = whole.as_str_obj().is_some()
            || (is_bytes
                && (whole.as_bytes().is_some() || whole.downcast::<ByteArray>().is_some()));
        Arguments {
            whole,
            next: 0,
            mapping: class_of(whole).slots().getitem.is_some()
                && whole.as_tuple().is_none()
                && !text,
            keyed: None,
            used_key: false,
        }
    }

    fn take(&mut self, th: &Thread) -> PyResult {
        if self.used_key {
            // The item of a key serves once: for a star or for the conversion.
            return self
                .keyed
                .take()
                .ok_or_else(|| fail(th, PrintfError::NotEnoughArguments));
        }
        let v = match self.whole.as_tuple() {
            Some(items) => items.get(self.next).copied(),
            None if self.next == 0 => Some(self.whole),
            None => None,
        };
        self.next += 1;
        v.ok_or_else(|| fail(th, PrintfError::NotEnoughArguments))
    }

    fn finish(&self, th: &Thread, is_bytes: bool) -> PyResult<()> {
        let left = match self.whole.as_tuple() {
            Some(items) => self.next < items.len(),
            None => self.next == 0,
        };
        if left && !self.mapping && !self.used_key {
            return Err(fail(th, PrintfError::NotAllConverted { bytes: is_bytes }));
        }
        Ok(())
    }
}

/// Width and precision, with their stars resolved.
fn layout(th: &Thread, c: &Conversion, args: &mut Arguments) -> PyResult<Layout> {
    let mut out = Layout {
        flags: c.flags,
        width: 0,
        precision: None,
    };
    let star = |args: &mut Arguments, too_big| -> PyResult<i64> {
        let v = args.take(th)?;
        match v.as_int() {
            None => Err(fail(th, PrintfError::StarWantsInt)),
            Some(n) => match n.to_i64() {
                Some(n) if n.unsigned_abs() < i32::MAX as u64 => Ok(n),
                _ => Err(th.overflow_error(too_big)),
            },
        }
    };
    match c.width {
        Some(Amount::Number(n)) => out.width = n,
        Some(Amount::Star) => {
            out.set_width(star(args, "Python int too large to convert to C ssize_t")?)
        }
        None => {}
    }
    match c.precision {
        Some(Amount::Number(n)) => out.precision = Some(n),
        Some(Amount::Star) => {
            out.set_precision(star(args, "Python int too large to convert to C int")?);
        }
        None => {}
    }
    Ok(out)
}

fn number(th: &Thread, v: Value, letter: char, layout: Layout) -> PyResult<String> {
    let n = if v.is_int() {
        v
    } else if matches!(letter, 'o' | 'x' | 'X') {
        match class_of(v).slots().index {
            Some(_) => ops::index(th, v)?,
            None => {
                return Err(th.type_error(format!(
                    "%{letter} format: an integer is required, not {}",
                    class_of(v).tp_name()
                )));
            }
        }
    } else {
        whole(th, v, letter)?
    };
    let big;
    let n = match n.as_int() {
        // The common case needs no machinery.
        Some(Int::Small(n)) if letter_is_decimal(letter) && layout == Layout::default() => {
            return Ok(taipan_num::small::decimal_i64(n));
        }
        Some(Int::Small(n)) => {
            big = BigInt::from(n);
            &big
        }
        Some(Int::Big(b)) => {
            big = b.to_big();
            &big
        }
        None => return Err(th.type_error("an integer is required")),
    };
    format_int(n, letter, layout, int_max_str_digits()).map_err(|e| int_error(th, e))
}

fn letter_is_decimal(letter: char) -> bool {
    matches!(letter, 'd' | 'i' | 'u')
}

/// A real number as an integer, by `int()`'s rules but not from text.
fn whole(th: &Thread, v: Value, letter: char) -> PyResult {
    let s = class_of(v).slots();
    let r = match (s.int, s.index) {
        (Some(f), _) => f(th, v)?,
        (None, Some(_)) => ops::index(th, v)?,
        (None, None) => {
            return Err(th.type_error(format!(
                "%{letter} format: a real number is required, not {}",
                class_of(v).tp_name()
            )));
        }
    };
    if r.is_int() {
        Ok(r)
    } else {
        Err(th.type_error(format!(
            "__int__ returned non-int (type {})",
            class_of(r).tp_name()
        )))
    }
}

fn key_object(th: &Thread, args: &mut Arguments, key: Value) -> PyResult<()> {
    if !args.mapping {
        return Err(fail(th, PrintfError::NeedsMapping));
    }
    args.keyed = Some(ops::get_item(th, args.whole, key)?);
    args.used_key = true;
    Ok(())
}

/// The slot of `%`: the left operand is a `str`, or it is the reflected call.
pub(super) fn rem(th: &Thread, a: Value, b: Value) -> PyResult {
    if a.as_str_obj().is_none() {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    format(th, a, b)
}

/// `format % args`
pub fn format(th: &Thread, format: Value, operand: Value) -> PyResult {
    let text = get(format).wtf8();
    let mut out = Wtf8Buf::with_capacity(text.len() + 16);
    let mut args = Arguments::new(operand, false);
    for piece in Parser::text(text) {
        let c = match piece.map_err(|e| fail(th, e))? {
            Piece::Literal(r) => {
                out.push_wtf8(&text[r]);
                continue;
            }
            Piece::Conversion(c) => c,
        };
        args.keyed = None;
        if let Some(r) = c.key.clone() {
            let key = Value::try_wtf8(th, &text[r])?;
            key_object(th, &mut args, key)?;
        }
        let layout = layout(th, &c, &mut args)?;
        if let Err(e @ PrintfError::Incomplete) = c.letter {
            return Err(fail(th, e));
        }
        let v = args.take(th)?;
        let letter = c.letter.map_err(|e| fail(th, e))?;
        match letter {
            's' | 'r' | 'a' => {
                let s = match letter {
                    's' => ops::str(th, v)?,
                    'r' => ops::repr(th, v)?,
                    _ => ops::ascii(th, v)?,
                };
                let w = get(s).wtf8();
                if layout.width == 0 && layout.precision.is_none() {
                    out.push_wtf8(w);
                } else {
                    out.push_wtf8(&format_text(w, layout).map_err(|e| int_error(th, e))?);
                }
            }
            'c' => {
                let c = character(th, v)?;
                let mut one = Wtf8Buf::new();
                one.push(c);
                let layout = Layout {
                    precision: None,
                    ..layout
                };
                out.push_wtf8(&format_text(&one, layout).map_err(|e| int_error(th, e))?);
            }
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => out.push_str(&number(th, v, letter, layout)?),
            _ => {
                let x = ops::to_f64(th, v)?;
                out.push_str(&format_float(x, letter, layout).map_err(|e| int_error(th, e))?);
            }
        }
    }
    args.finish(th, false)?;
    Value::try_wtf8(th, &out)
}

fn character(th: &Thread, v: Value) -> PyResult<CodePoint> {
    if let Some(s) = v.as_str_obj() {
        return match s.wtf8().code_points().next() {
            Some(c) if s.len() == 1 => Ok(c),
            _ => Err(th.type_error(format!(
                "%c requires an int or a unicode character, not a string of length {}",
                s.len()
            ))),
        };
    }
    if !v.is_int() && class_of(v).slots().index.is_none() {
        return Err(th.type_error(format!(
            "%c requires an int or a unicode character, not {}",
            ops::full_type_name(v)
        )));
    }
    ops::index(th, v)?
        .as_i64()
        .and_then(|n| u32::try_from(n).ok())
        .and_then(CodePoint::from_u32)
        .ok_or_else(|| fail(th, PrintfError::CharRange))
}

/// `format % args` of bytes; the caller makes the object.
pub fn format_of_bytes(th: &Thread, format: &[u8], operand: Value) -> PyResult<Vec<u8>> {
    let mut out = Vec::with_capacity(format.len() + 16);
    let mut args = Arguments::new(operand, true);
    for piece in Parser::bytes(format) {
        let c = match piece.map_err(|e| fail(th, e))? {
            Piece::Literal(r) => {
                out.extend_from_slice(&format[r]);
                continue;
            }
            Piece::Conversion(c) => c,
        };
        args.keyed = None;
        if let Some(r) = c.key.clone() {
            let key = Value::bytes(th, &format[r])?;
            key_object(th, &mut args, key)?;
        }
        let layout = layout(th, &c, &mut args)?;
        if let Err(e @ PrintfError::Incomplete) = c.letter {
            return Err(fail(th, e));
        }
        let v = args.take(th)?;
        let letter = c.letter.map_err(|e| fail(th, e))?;
        let shown = match letter {
            'r' | 'a' => {
                let s = ops::ascii(th, v)?;
                get(s).as_bytes().to_vec()
            }
            's' | 'b' => bytes_of(th, v)?,
            'c' => {
                let b = one_byte(th, v)?;
                let layout = Layout {
                    precision: None,
                    ..layout
                };
                out.extend(format_bytes(&[b], layout).map_err(|e| int_error(th, e))?);
                continue;
            }
            'd' | 'i' | 'u' | 'o' | 'x' | 'X' => {
                out.extend_from_slice(number(th, v, letter, layout)?.as_bytes());
                continue;
            }
            _ => {
                let x = match ops::to_f64(th, v) {
                    Ok(x) => x,
                    Err(e) if e.is(&taipan_object::exception::TYPE_ERROR) => {
                        return Err(th.type_error(format!(
                            "float argument required, not {}",
                            class_of(v).tp_name()
                        )));
                    }
                    Err(e) => return Err(e),
                };
                let s = format_float(x, letter, layout).map_err(|e| int_error(th, e))?;
                out.extend_from_slice(s.as_bytes());
                continue;
            }
        };
        out.extend(format_bytes(&shown, layout).map_err(|e| int_error(th, e))?);
    }
    args.finish(th, true)?;
    Ok(out)
}

fn bytes_of(th: &Thread, v: Value) -> PyResult<Vec<u8>> {
    if v.as_bytes().is_some() || v.downcast::<ByteArray>().is_some() {
        return Ok(args::bytes_like(th, v)?.into_owned());
    }
    if let Some(f) = attr::special(th, v, names::BYTES.get())? {
        let r = call::call(th, f, &[])?;
        return match r.as_bytes() {
            Some(b) => Ok(b.to_vec()),
            None => Err(th.type_error(format!(
                "__bytes__ returned non-bytes (type {})",
                class_of(r).tp_name()
            ))),
        };
    }
    if buffer::is_exporter(v) {
        return args::contents(th, &buffer::get(th, v, false)?);
    }
    Err(th.type_error(format!(
        "%b requires a bytes-like object, or an object that implements __bytes__, not '{}'",
        class_of(v).tp_name()
    )))
}

fn one_byte(th: &Thread, v: Value) -> PyResult<u8> {
    let bytes = match v.as_bytes() {
        Some(b) => Some((b.to_vec(), "bytes")),
        None => v
            .downcast::<ByteArray>()
            .map(|b| (b.bytes.with(|b| b.clone()), "bytearray")),
    };
    if let Some((b, what)) = bytes {
        return match b[..] {
            [b] => Ok(b),
            _ => Err(th.type_error(format!(
                "%c requires an integer in range(256) or a single byte, not a {what} object of length {}",
                b.len()
            ))),
        };
    }
    if !v.is_int() && class_of(v).slots().index.is_none() {
        return Err(th.type_error(format!(
            "%c requires an integer in range(256) or a single byte, not {}",
            class_of(v).tp_name()
        )));
    }
    match ops::index(th, v)?.as_i64().map(u8::try_from) {
        Some(Ok(b)) => Ok(b),
        _ => Err(fail(th, PrintfError::ByteRange)),
    }
}
