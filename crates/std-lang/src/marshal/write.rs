//! Values to bytes.

use std::collections::HashMap;
use taipan_num::format::printf::{Layout, format_float};
use taipan_object::code::Code;
use taipan_object::dict::{Dict, Set};
use taipan_object::func::Slice;
use taipan_object::numbers::Int;
use taipan_object::types::{self, class_of, is_exactly};
use taipan_object::{Object, PyResult, Raised, Thread, Value, ValueVec, buffer, exception as exc};

use super::{FLAG_REF, MAX_DEPTH, tag};

/// The bytes of a value.
///
/// # Errors
/// `ValueError` for values that can't be written, what exporters of buffers raise, `RuntimeError` where a set changes
/// meanwhile, `MemoryError`.
pub fn to_bytes(th: &Thread, v: Value, version: i32, allow_code: bool) -> PyResult<Vec<u8>> {
    let mut w = Writer::new(th, version, allow_code, 0);
    w.object(v)?;
    Ok(w.out)
}

/// An object that has its number.
struct Numbered {
    number: u32,
    /// Whether a reference to it can't be read back yet.
    open: bool,
}

struct Writer<'a> {
    th: &'a Thread,
    out: Vec<u8>,
    version: i32,
    allow_code: bool,
    depth: u32,
    numbers: HashMap<u64, Numbered>,
    /// Keeps the numbered objects alive: else another might get the address of one.
    kept: ValueVec,
}

impl<'a> Writer<'a> {
    fn new(th: &'a Thread, version: i32, allow_code: bool, depth: u32) -> Writer<'a> {
        Writer {
            th,
            out: Vec::new(),
            version,
            allow_code,
            depth,
            numbers: HashMap::new(),
            kept: ValueVec::new(),
        }
    }

    #[cold]
    fn unmarshallable(&self) -> Raised {
        self.th.value_error("unmarshallable object")
    }

    fn long(&mut self, n: u32) {
        self.out.extend_from_slice(&n.to_le_bytes());
    }

    /// A count of things.
    fn size(&mut self, n: usize) -> PyResult<()> {
        if n > i32::MAX as usize {
            return Err(self.unmarshallable());
        }
        self.long(n as u32);
        Ok(())
    }

    fn raw(&mut self, bytes: &[u8]) -> PyResult<()> {
        if self.out.try_reserve(bytes.len()).is_err() {
            return Err(self.th.memory_error());
        }
        self.out.extend_from_slice(bytes);
        Ok(())
    }

    fn sized(&mut self, bytes: &[u8]) -> PyResult<()> {
        self.size(bytes.len())?;
        self.raw(bytes)
    }

    fn double(&mut self, x: f64) {
        self.out.extend_from_slice(&x.to_bits().to_le_bytes());
    }

    /// A float as text, in the form of old versions.
    fn double_text(&mut self, x: f64) -> PyResult<()> {
        let layout = Layout {
            precision: Some(17),
            ..Layout::default()
        };
        match format_float(x, 'g', layout) {
            Ok(text) => {
                self.out.push(text.len() as u8);
                self.raw(text.as_bytes())
            }
            Err(_) => Err(self.th.memory_error()),
        }
    }

    fn object(&mut self, v: Value) -> PyResult<()> {
        if self.depth >= MAX_DEPTH || self.th.check_native_stack().is_err() {
            return Err(self.th.value_error("object too deeply nested to marshal"));
        }
        self.depth += 1;
        let r = self.object_at_depth(v);
        self.depth -= 1;
        r
    }

    fn object_at_depth(&mut self, v: Value) -> PyResult<()> {
        let simple = match v {
            Value::NONE => tag::NONE,
            Value::ELLIPSIS => tag::ELLIPSIS,
            Value::FALSE => tag::FALSE,
            Value::TRUE => tag::TRUE,
            _ if v.is(exc::STOP_ITERATION.value()) => tag::STOP_ITERATION,
            _ => 0,
        };
        if simple != 0 {
            self.out.push(simple);
            return Ok(());
        }
        let mut flag = 0;
        if self.version >= 3 {
            if let Some(n) = self.numbers.get(&v.bits()) {
                if n.open {
                    return Err(self.unmarshallable());
                }
                let n = n.number;
                self.out.push(tag::REF);
                self.long(n);
                return Ok(());
            }
            if self.numbers.len() < i32::MAX as usize {
                let number = self.numbers.len() as u32;
                // These are finished only with their parts: a part can't refer to them.
                let open = [&types::FROZENSET, &types::SLICE, &types::CODE]
                    .iter()
                    .any(|t| is_exactly(v, t));
                self.numbers.insert(v.bits(), Numbered { number, open });
                self.kept.push(self.th, v)?;
                flag = FLAG_REF;
            }
        }
        self.complex_object(v, flag)?;
        if flag != 0
            && let Some(n) = self.numbers.get_mut(&v.bits())
        {
            n.open = false;
        }
        Ok(())
    }

    fn complex_object(&mut self, v: Value, flag: u8) -> PyResult<()> {
        let class = class_of(v);
        if v.is_exact_int() {
            self.int(v, flag)
        } else if class.is(&types::FLOAT) {
            let x = v.as_float().unwrap_or_default();
            if self.version > 1 {
                self.out.push(tag::BINARY_FLOAT | flag);
                self.double(x);
                Ok(())
            } else {
                self.out.push(tag::FLOAT | flag);
                self.double_text(x)
            }
        } else if class.is(&types::COMPLEX) {
            let (re, im) = v.as_complex().unwrap_or_default();
            if self.version > 1 {
                self.out.push(tag::BINARY_COMPLEX | flag);
                self.double(re);
                self.double(im);
                Ok(())
            } else {
                self.out.push(tag::COMPLEX | flag);
                self.double_text(re)?;
                self.double_text(im)
            }
        } else if class.is(&types::BYTES) {
            self.out.push(tag::BYTES | flag);
            self.sized(v.as_bytes().unwrap_or_default())
        } else if class.is(&types::STR) {
            self.text(v, flag)
        } else if class.is(&types::TUPLE) {
            let items = v.as_tuple().unwrap_or(&[]);
            if self.version >= 4 && items.len() < 256 {
                self.out.push(tag::SMALL_TUPLE | flag);
                self.out.push(items.len() as u8);
            } else {
                self.out.push(tag::TUPLE | flag);
                self.size(items.len())?;
            }
            self.objects(items)
        } else if class.is(&types::LIST) {
            let items = match v.as_list() {
                Some(l) => l.snapshot(self.th)?,
                None => ValueVec::new(),
            };
            self.out.push(tag::LIST | flag);
            self.size(items.len())?;
            self.objects(&items)
        } else if class.is(&types::DICT) {
            self.dict(v.expect::<Dict>(), flag)
        } else if class.is(&types::SET) || class.is(&types::FROZENSET) {
            self.set(v.expect::<Set>(), flag)
        } else if let Some(code) = v.downcast::<Code>() {
            self.code(code, flag)
        } else if buffer::is_exporter(v) {
            self.buffer(v, flag)
        } else if class.is(&types::SLICE) && self.version >= 5 {
            let s = v.expect::<Slice>();
            self.out.push(tag::SLICE | flag);
            for part in [&s.start, &s.stop, &s.step] {
                self.object(part.get())?;
            }
            Ok(())
        } else {
            Err(self.unmarshallable())
        }
    }

    fn objects(&mut self, items: &[Value]) -> PyResult<()> {
        items.iter().try_for_each(|v| self.object(*v))
    }

    fn int(&mut self, v: Value, flag: u8) -> PyResult<()> {
        let n = match v.as_int() {
            Some(n) => n,
            None => return Err(self.unmarshallable()),
        };
        if let Some(small) = n.to_i64().and_then(|n| i32::try_from(n).ok()) {
            self.out.push(tag::INT | flag);
            self.long(small as u32);
            return Ok(());
        }
        let (negative, bytes) = match &n {
            Int::Small(n) => (*n < 0, n.unsigned_abs().to_le_bytes().to_vec()),
            Int::Big(n) => (
                n.is_negative(),
                n.magnitude_words()
                    .iter()
                    .flat_map(|w| w.to_le_bytes())
                    .collect(),
            ),
        };
        let mut digits = Vec::with_capacity(bytes.len() * 8 / 15 + 1);
        let (mut acc, mut bits) = (0u32, 0);
        for b in bytes {
            acc |= (b as u32) << bits;
            bits += 8;
            if bits >= 15 {
                digits.push((acc & 0x7fff) as u16);
                acc >>= 15;
                bits -= 15;
            }
        }
        digits.push(acc as u16);
        while digits.last() == Some(&0) {
            digits.pop();
        }
        self.out.push(tag::LONG | flag);
        if digits.len() > i32::MAX as usize {
            return Err(self.unmarshallable());
        }
        let count = digits.len() as i32;
        self.long(if negative { -count } else { count } as u32);
        for d in digits {
            self.out.extend_from_slice(&d.to_le_bytes());
        }
        Ok(())
    }

    fn text(&mut self, v: Value, flag: u8) -> PyResult<()> {
        let Some(s) = v.as_str_obj() else {
            return Err(self.unmarshallable());
        };
        let bytes = s.as_bytes();
        let interned = s.is_interned();
        if self.version >= 4 && s.is_ascii() {
            if bytes.len() < 256 {
                self.out.push(
                    flag | if interned {
                        tag::SHORT_ASCII_INTERNED
                    } else {
                        tag::SHORT_ASCII
                    },
                );
                self.out.push(bytes.len() as u8);
                return self.raw(bytes);
            }
            self.out.push(
                flag | if interned {
                    tag::ASCII_INTERNED
                } else {
                    tag::ASCII
                },
            );
            return self.sized(bytes);
        }
        self.out.push(
            flag | if self.version >= 3 && interned {
                tag::INTERNED
            } else {
                tag::UNICODE
            },
        );
        self.sized(bytes)
    }

    fn dict(&mut self, d: &Object<Dict>, flag: u8) -> PyResult<()> {
        self.out.push(tag::DICT | flag);
        let copy = d.map.copy(self.th, &d.header)?;
        let mut at = 0;
        while let Some((next, k, v, _)) = copy.next_entry(at) {
            self.object(k)?;
            self.object(v)?;
            at = next;
        }
        self.out.push(tag::NULL);
        Ok(())
    }

    /// Elements go in the order of their own bytes, so that equal sets give equal bytes.
    fn set(&mut self, s: &Object<Set>, flag: u8) -> PyResult<()> {
        let kind = if class_of(s.value()).is(&types::FROZENSET) {
            tag::FROZENSET
        } else {
            tag::SET
        };
        self.out.push(kind | flag);
        let copy = s.map.copy(self.th, &s.header)?;
        self.size(copy.len())?;
        let mut items = ValueVec::with_capacity(self.th, copy.len())?;
        let mut keys = Vec::new();
        let mut at = 0;
        while let Some((next, item, ..)) = copy.next_entry(at) {
            let mut w = Writer::new(self.th, self.version, self.allow_code, self.depth);
            w.object(item)?;
            keys.push((w.out, items.len()));
            items.push(self.th, item)?;
            at = next;
        }
        if s.map.len() != copy.len() {
            return Err(self.th.runtime_error("set changed size during iteration"));
        }
        keys.sort();
        for (_, n) in keys {
            self.object(items[n])?;
        }
        Ok(())
    }

    fn code(&mut self, code: &Object<Code>, flag: u8) -> PyResult<()> {
        if !self.allow_code {
            return Err(self
                .th
                .value_error("marshalling code objects is disallowed"));
        }
        let Some(data) = taipan_object::code_data::current_data(self.th, code, self.depth) else {
            return Err(self.unmarshallable());
        };
        self.out.push(tag::CODE | flag);
        self.sized(&taipan_bytecode::serial::to_bytes(data.data()))
    }

    fn buffer(&mut self, v: Value, flag: u8) -> PyResult<()> {
        // Whatever the exporter raises, CPython calls the object unmarshallable.
        let Ok(b) = buffer::get_contiguous(self.th, v) else {
            return Err(self.unmarshallable());
        };
        self.out.push(tag::BYTES | flag);
        self.sized(b.as_slice())
    }
}
