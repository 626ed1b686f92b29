//! The items of arrays by type code.

use taipan_object::numbers::Int;
use taipan_object::wtf8::CodePoint;
use taipan_object::{PyResult, Raised, Thread, Value, ops};
use taipan_strings::args;
use taipan_strings::memoryview::item;

/// All type codes, in CPython's order.
pub(super) const CODES: &str = "bBuwhHiIlLqQfd";

/// A type code.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Code(u8);

impl Code {
    pub(super) fn new(letter: u8) -> Option<Code> {
        CODES.as_bytes().contains(&letter).then_some(Code(letter))
    }

    pub(super) fn letter(self) -> u8 {
        self.0
    }

    /// Whether items are characters.
    pub(super) fn is_text(self) -> bool {
        matches!(self.0, b'u' | b'w')
    }

    /// Bytes of an item.
    pub(super) fn size(self) -> usize {
        match self.0 {
            b'u' | b'w' => 4,
            c => item::size(c).unwrap_or(1),
        }
    }

    /// The format that the buffer protocol shows.
    pub(super) fn format(self) -> &'static str {
        match self.0 {
            b'b' => "b",
            b'B' => "B",
            b'u' | b'w' => "w",
            b'h' => "h",
            b'H' => "H",
            b'i' => "i",
            b'I' => "I",
            b'l' => "l",
            b'L' => "L",
            b'q' => "q",
            b'Q' => "Q",
            b'f' => "f",
            _ => "d",
        }
    }

    /// The object of an item's bytes.
    pub(super) fn unpack(self, th: &Thread, bytes: &[u8]) -> PyResult {
        if self.is_text() {
            let n = u32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            return match CodePoint::from_u32(n) {
                Some(c) => Ok(Value::char(th, c)),
                None => Err(th.value_error(format!(
                    "character U+{n:x} is not in range [U+0000; U+10ffff]"
                ))),
            };
        }
        item::unpack(th, self.0, bytes)
    }

    /// The bytes of an object.
    pub(super) fn pack(self, th: &Thread, v: Value) -> PyResult<[u8; 8]> {
        let mut out = [0; 8];
        match self.0 {
            b'u' | b'w' => {
                let Some(s) = v.as_str_obj() else {
                    return Err(th.type_error(format!(
                        "array item must be a unicode character, not {}",
                        args::type_name(v)
                    )));
                };
                match s.wtf8().code_points().next() {
                    Some(c) if s.len() == 1 => out[..4].copy_from_slice(&c.to_u32().to_ne_bytes()),
                    _ => {
                        return Err(th.type_error(format!(
                            "array item must be a unicode character, not a string of length {}",
                            s.len()
                        )));
                    }
                }
            }
            b'f' => {
                let x = ops::to_f64(th, v)? as f32;
                out[..4].copy_from_slice(&x.to_ne_bytes());
            }
            b'd' => out = ops::to_f64(th, v)?.to_ne_bytes(),
            _ => {
                let n = ops::index(th, v)?;
                let word = self.integer(th, n.as_int().unwrap_or(Int::Small(0)))?;
                let size = self.size();
                let all = word.to_ne_bytes();
                if cfg!(target_endian = "little") {
                    out[..size].copy_from_slice(&all[..size]);
                } else {
                    out[..size].copy_from_slice(&all[8 - size..]);
                }
            }
        }
        Ok(out)
    }

    fn integer(self, th: &Thread, n: Int) -> PyResult<u64> {
        let bounded = |low: i64, high: i64, what: &str| match n.to_i64() {
            Some(n) if n < low => Err(th.overflow_error(format!("{what} is less than minimum"))),
            Some(n) if n > high => {
                Err(th.overflow_error(format!("{what} is greater than maximum")))
            }
            Some(n) => Ok(n as u64),
            None => Err(too_large(th, "long")),
        };
        let unsigned = |high: u64, what: &str| {
            let n = n.to_big();
            if n.is_negative() {
                return Err(if what == "unsigned long long" {
                    th.overflow_error("can't convert negative int to unsigned")
                } else {
                    th.overflow_error(format!("can't convert negative value to {what}"))
                });
            }
            match n.to_u64() {
                Some(n) if n <= high => Ok(n),
                Some(_) => Err(th.overflow_error(format!("{what} is greater than maximum"))),
                None if what == "unsigned long long" => {
                    Err(th.overflow_error("int too big to convert"))
                }
                None => Err(too_large(th, "unsigned long")),
            }
        };
        match self.0 {
            b'b' => bounded(-128, 127, "signed char"),
            b'B' => bounded(0, 255, "unsigned byte integer"),
            b'h' => bounded(-32768, 32767, "signed short integer"),
            b'H' => bounded(0, 65535, "unsigned short"),
            b'i' => bounded(i32::MIN as i64, i32::MAX as i64, "signed integer"),
            b'I' => unsigned(u32::MAX as u64, "unsigned int"),
            b'L' => unsigned(u64::MAX, "unsigned long"),
            b'Q' => unsigned(u64::MAX, "unsigned long long"),
            b'q' => n
                .to_i64()
                .map(|n| n as u64)
                .ok_or_else(|| th.overflow_error("int too big to convert")),
            _ => n
                .to_i64()
                .map(|n| n as u64)
                .ok_or_else(|| too_large(th, "long")),
        }
    }
}

#[cold]
fn too_large(th: &Thread, what: &str) -> Raised {
    th.overflow_error(format!("Python int too large to convert to C {what}"))
}
