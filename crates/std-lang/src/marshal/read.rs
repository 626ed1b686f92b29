//! Bytes to values.

use std::borrow::Cow;
use taipan_num::bigint::BigInt;
use taipan_object::bytearray::ByteArray;
use taipan_object::code::Code;
use taipan_object::dict::{Dict, Set};
use taipan_object::func::Slice;
use taipan_object::seq::Tuple;
use taipan_object::wtf8::Wtf8;
use taipan_object::{
    Object, PyResult, Raised, Thread, Value, ValueVec, call, exception as exc, ops, strings, types,
};

use super::{FLAG_REF, MAX_DEPTH, tag};

/// The value at the beginning of the bytes.
///
/// # Errors
/// `EOFError`, `ValueError` or `TypeError` for bad data.
pub fn from_bytes(th: &Thread, data: &[u8], allow_code: bool) -> PyResult {
    Reader::new(th, Source::Bytes(data), allow_code).top()
}

/// The next value of a file, of which no byte more is read.
///
/// # Errors
/// As [`from_bytes`], and what the file's `readinto` raises.
pub fn from_file(th: &Thread, file: Value, allow_code: bool) -> PyResult {
    Reader::new(th, Source::File(file), allow_code).top()
}

enum Source<'a> {
    Bytes(&'a [u8]),
    File(Value),
}

struct Reader<'a> {
    th: &'a Thread,
    source: Source<'a>,
    allow_code: bool,
    depth: u32,
    /// The numbered objects; absent for one that is not finished.
    refs: ValueVec,
}

impl<'a> Reader<'a> {
    fn new(th: &'a Thread, source: Source<'a>, allow_code: bool) -> Reader<'a> {
        Reader {
            th,
            source,
            allow_code,
            depth: 0,
            refs: ValueVec::new(),
        }
    }

    fn top(mut self) -> PyResult {
        self.required("object")
    }

    #[cold]
    fn eof(&self, msg: &str) -> Raised {
        self.th.raise(&exc::EOF_ERROR, msg)
    }

    #[cold]
    fn bad(&self, what: &str) -> Raised {
        self.th.value_error(format!("bad marshal data ({what})"))
    }

    /// So many bytes; nothing at the end of a file.
    fn read_file(&self, file: Value, n: usize) -> PyResult<Option<Vec<u8>>> {
        let mut room = Vec::new();
        if room.try_reserve_exact(n).is_err() {
            return Err(self.th.memory_error());
        }
        room.resize(n, 0);
        let array = ByteArray::new(self.th, room);
        let builtins = self.th.interp.builtins.get();
        let view = match builtins.and_then(|d| d.get_name(self.th, "memoryview")) {
            Some(class) => call::call(self.th, class, &[array])?,
            None => array,
        };
        let got = call::call_method(self.th, file, "readinto", &[view])?;
        let got = ops::index_clamped(self.th, ops::index(self.th, got)?)?;
        if got > n as i64 {
            return Err(self.th.value_error(format!(
                "read() returned too much data: {n} bytes requested, {got} returned"
            )));
        }
        let bytes = array.expect::<ByteArray>().bytes.with(|b| b.clone());
        Ok((got == n as i64 && bytes.len() == n).then_some(bytes))
    }

    fn take(&mut self, n: usize) -> PyResult<Cow<'a, [u8]>> {
        match &mut self.source {
            Source::Bytes(rest) => match rest.split_at_checked(n) {
                Some((head, tail)) => {
                    *rest = tail;
                    Ok(Cow::Borrowed(head))
                }
                None => Err(self.eof("marshal data too short")),
            },
            Source::File(_) if n == 0 => Ok(Cow::Borrowed(&[])),
            Source::File(f) => {
                let f = *f;
                match self.read_file(f, n)? {
                    Some(bytes) => Ok(Cow::Owned(bytes)),
                    None => Err(self.eof("EOF read where not expected")),
                }
            }
        }
    }

    fn try_byte(&mut self) -> PyResult<Option<u8>> {
        match &mut self.source {
            Source::Bytes(rest) => match rest.split_first() {
                Some((b, tail)) => {
                    *rest = tail;
                    Ok(Some(*b))
                }
                None => Ok(None),
            },
            Source::File(f) => {
                let f = *f;
                Ok(self.read_file(f, 1)?.map(|b| b[0]))
            }
        }
    }

    fn byte(&mut self) -> PyResult<u8> {
        match self.try_byte()? {
            Some(b) => Ok(b),
            None => Err(self.eof("EOF read where not expected")),
        }
    }

    fn array<const N: usize>(&mut self) -> PyResult<[u8; N]> {
        let bytes = self.take(N)?;
        let mut out = [0; N];
        out.copy_from_slice(&bytes);
        Ok(out)
    }

    fn long(&mut self) -> PyResult<i32> {
        Ok(i32::from_le_bytes(self.array()?))
    }

    fn size(&mut self, what: &str) -> PyResult<usize> {
        let n = self.long()?;
        usize::try_from(n).map_err(|_| self.bad(&format!("{what} size out of range")))
    }

    /// Whether so many objects can't be there: then reading them will end in an error before memory is asked for.
    fn is_short(&self, n: usize) -> bool {
        matches!(self.source, Source::Bytes(rest) if n > rest.len())
    }

    fn double(&mut self) -> PyResult<f64> {
        Ok(f64::from_bits(u64::from_le_bytes(self.array()?)))
    }

    fn double_text(&mut self) -> PyResult<f64> {
        let n = self.byte()?;
        let text = self.take(n as usize)?;
        let text = Value::str(self.th, &String::from_utf8_lossy(&text));
        let x = call::call(self.th, types::FLOAT.value(), &[text])?;
        Ok(x.as_float().unwrap_or_default())
    }

    fn number(&mut self, flag: bool, v: Value) -> PyResult<()> {
        if flag {
            self.refs.push(self.th, v)?;
        }
        Ok(())
    }

    /// A number for an object that is not finished.
    fn reserve(&mut self, flag: bool) -> PyResult<Option<usize>> {
        self.number(flag, Value::ABSENT)?;
        Ok(flag.then(|| self.refs.len() - 1))
    }

    fn finish(&mut self, number: Option<usize>, v: Value) -> Value {
        if let Some(n) = number {
            self.refs.set(n, v);
        }
        v
    }

    fn required(&mut self, what: &str) -> PyResult {
        match self.object()? {
            Some(v) => Ok(v),
            None => Err(self
                .th
                .type_error(format!("NULL object in marshal data for {what}"))),
        }
    }

    /// An object, or nothing for the mark that ends a dict.
    fn object(&mut self) -> PyResult<Option<Value>> {
        let Some(code) = self.try_byte()? else {
            return Err(self.eof("EOF read where object expected"));
        };
        if self.depth >= MAX_DEPTH || self.th.check_native_stack().is_err() {
            return Err(self.th.value_error("recursion limit exceeded"));
        }
        self.depth += 1;
        let r = self.tagged(code & !FLAG_REF, code & FLAG_REF != 0);
        self.depth -= 1;
        r
    }

    fn tagged(&mut self, code: u8, flag: bool) -> PyResult<Option<Value>> {
        let th = self.th;
        let v = match code {
            tag::NULL => return Ok(None),
            tag::NONE => return Ok(Some(Value::NONE)),
            tag::STOP_ITERATION => return Ok(Some(exc::STOP_ITERATION.value())),
            tag::ELLIPSIS => return Ok(Some(Value::ELLIPSIS)),
            tag::FALSE => return Ok(Some(Value::FALSE)),
            tag::TRUE => return Ok(Some(Value::TRUE)),
            tag::INT => Value::small_int(self.long()? as i64),
            tag::INT64 => Value::int(th, i64::from_le_bytes(self.array()?)),
            tag::LONG => self.big()?,
            tag::FLOAT => Value::float(th, self.double_text()?),
            tag::BINARY_FLOAT => Value::float(th, self.double()?),
            tag::COMPLEX => {
                let re = self.double_text()?;
                Value::complex(th, re, self.double_text()?)
            }
            tag::BINARY_COMPLEX => {
                let re = self.double()?;
                Value::complex(th, re, self.double()?)
            }
            tag::BYTES => {
                let n = self.size("bytes object")?;
                Value::bytes(th, &self.take(n)?)?
            }
            tag::ASCII | tag::ASCII_INTERNED => {
                let n = self.size("string")?;
                self.ascii(n, code == tag::ASCII_INTERNED)?
            }
            tag::SHORT_ASCII | tag::SHORT_ASCII_INTERNED => {
                let n = self.byte()? as usize;
                self.ascii(n, code == tag::SHORT_ASCII_INTERNED)?
            }
            tag::UNICODE | tag::INTERNED => {
                let n = self.size("string")?;
                let bytes = self.take(n)?;
                self.unicode(&bytes, code == tag::INTERNED)?
            }
            tag::SMALL_TUPLE => {
                let n = self.byte()? as usize;
                return self.tuple(n, flag).map(Some);
            }
            tag::TUPLE => {
                let n = self.size("tuple")?;
                return self.tuple(n, flag).map(Some);
            }
            tag::LIST => {
                let n = self.size("list")?;
                let list = Value::list(th, &[])?;
                self.number(flag, list)?;
                for _ in 0..n {
                    let item = self.required("list")?;
                    if let Some(l) = list.as_list() {
                        l.extend_slice(th, &[item])?;
                    }
                }
                return Ok(Some(list));
            }
            tag::DICT => {
                let dict = Dict::new(th);
                self.number(flag, dict.value())?;
                while let Some(k) = self.object()? {
                    match self.object()? {
                        Some(v) => dict.set(th, k, v)?,
                        None => break,
                    }
                }
                return Ok(Some(dict.value()));
            }
            tag::SET | tag::FROZENSET => return self.set(code == tag::FROZENSET, flag).map(Some),
            tag::SLICE => {
                let number = self.reserve(flag)?;
                let start = self.required("object")?;
                let stop = self.required("object")?;
                let step = self.required("object")?;
                return Ok(Some(self.finish(number, Slice::new(th, start, stop, step))));
            }
            tag::CODE => return self.code(flag).map(Some),
            tag::REF => {
                let n = self.long()?;
                let found = usize::try_from(n)
                    .ok()
                    .and_then(|n| self.refs.as_slice().get(n).copied())
                    .and_then(Value::present);
                return match found {
                    Some(v) => Ok(Some(v)),
                    None => Err(self.bad("invalid reference")),
                };
            }
            _ => return Err(self.bad("unknown type code")),
        };
        self.number(flag, v)?;
        Ok(Some(v))
    }

    fn big(&mut self) -> PyResult {
        let n = self.long()?;
        if n == i32::MIN {
            return Err(self.bad("long size out of range"));
        }
        let count = n.unsigned_abs() as usize;
        let mut bytes = Vec::new();
        let (mut acc, mut bits, mut last) = (0u32, 0, 1);
        for _ in 0..count {
            let d = u16::from_le_bytes(self.array()?);
            if d > 0x7fff {
                return Err(self.bad("digit out of range in long"));
            }
            last = d;
            acc |= (d as u32) << bits;
            bits += 15;
            while bits >= 8 {
                bytes.push(acc as u8);
                acc >>= 8;
                bits -= 8;
            }
        }
        if last == 0 {
            return Err(self.bad("unnormalized long data"));
        }
        bytes.push(acc as u8);
        let n_abs = BigInt::from_bytes(&bytes, true, false);
        Ok(Value::big(self.th, if n < 0 { -n_abs } else { n_abs }))
    }

    /// Text of one byte per character.
    fn ascii(&mut self, n: usize, intern: bool) -> PyResult {
        let bytes = self.take(n)?;
        match std::str::from_utf8(&bytes) {
            Ok(s) if s.is_ascii() => self.text(Wtf8::new(s), intern),
            _ => {
                let s: String = bytes.iter().map(|b| *b as char).collect();
                self.text(Wtf8::new(s.as_str()), intern)
            }
        }
    }

    fn unicode(&mut self, bytes: &[u8], intern: bool) -> PyResult {
        if let Ok(s) = std::str::from_utf8(bytes) {
            return self.text(Wtf8::new(s), intern);
        }
        let th = self.th;
        let how = [Value::str(th, "utf-8"), Value::str(th, "surrogatepass")];
        let v = call::call_method(th, Value::bytes(th, bytes)?, "decode", &how)?;
        match v.as_wtf8() {
            Some(s) if intern => Ok(strings::intern_wtf8(th, s)),
            _ => Ok(v),
        }
    }

    fn text(&self, s: &Wtf8, intern: bool) -> PyResult {
        if intern {
            Ok(strings::intern_wtf8(self.th, s))
        } else {
            Value::try_wtf8(self.th, s)
        }
    }

    fn tuple(&mut self, n: usize, flag: bool) -> PyResult {
        if self.is_short(n) {
            for _ in 0..n {
                self.required("tuple")?;
            }
        }
        if n == 0 {
            let v = Value::empty_tuple();
            self.number(flag, v)?;
            return Ok(v);
        }
        let tuple = Object::<Tuple>::try_blank(self.th, n)?;
        self.number(flag, tuple.value())?;
        for i in 0..n {
            let v = self.required("tuple")?;
            tuple.fill(i, v);
        }
        Ok(tuple.value())
    }

    fn set(&mut self, frozen: bool, flag: bool) -> PyResult {
        let th = self.th;
        let n = self.size("set")?;
        let set = if frozen {
            Set::new_frozen(th)
        } else {
            Set::new(th)
        };
        let mut number = None;
        if frozen {
            number = self.reserve(flag)?;
        } else {
            self.number(flag, set.value())?;
        }
        for _ in 0..n {
            let v = self.required("set")?;
            set.add(th, v)?;
        }
        Ok(self.finish(number, set.value()))
    }

    fn code(&mut self, flag: bool) -> PyResult {
        if !self.allow_code {
            return Err(self
                .th
                .value_error("unmarshalling code objects is disallowed"));
        }
        let number = self.reserve(flag)?;
        let n = self.size("code")?;
        let bytes = self.take(n)?;
        match taipan_bytecode::serial::from_bytes(&bytes) {
            Ok(data) => {
                let code = Object::<Code>::new(self.th, data.into())?;
                Ok(self.finish(number, code.value()))
            }
            Err(e) => Err(self.bad(&e.to_string())),
        }
    }
}
