//! Code objects as bytes: for the frozen library, for `.pyc` files and `marshal`.
//!
//! `MAGIC`, then a table of all names, then the code object; numbers are varints. Whatever the bytes are, reading
//! gives a code object that [`crate::verify::verify`] accepts, or an error. Nested code begins with its name and its
//! length, so that it may stay packed.

use std::collections::HashMap;
use std::sync::Arc;

use rustpython_wtf8::Wtf8;

use crate::code::{CodeData, CodeFlags, Const};
use crate::handlers::Handler;
use crate::nested::CodeRef;
use crate::positions::Positions;
use crate::text::{Name, NameTable, Text};

/// The first bytes; the last two count format versions. Change them with the table of operations.
pub const MAGIC: [u8; 4] = [b'T', b'P', 3, 4];

/// Code nests at most this deep, and constants within it.
const MAX_DEPTH: u32 = 200;

/// Why bytes are no code object.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ReadError(pub String);

impl std::fmt::Display for ReadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for ReadError {}

fn bad<T>(what: &str) -> Result<T, ReadError> {
    Err(ReadError(format!("bad code data: {what}")))
}

/// The bytes of a code object.
pub fn to_bytes(code: &CodeData) -> Vec<u8> {
    let mut w = Writer::default();
    w.head(&code.name, &code.qualname, code.flags);
    w.code(code);
    let body = std::mem::take(&mut w.out);
    w.out.extend_from_slice(&MAGIC);
    let names = std::mem::take(&mut w.names);
    w.num(names.len() as u64);
    for name in &names {
        w.num(name.len() as u64);
    }
    let texts: String = names.iter().map(|n| &**n).collect();
    w.bytes(texts.as_bytes());
    w.out.extend_from_slice(&body);
    w.out
}

/// The code object that the bytes hold, verified.
pub fn from_bytes(data: &[u8]) -> Result<CodeData, ReadError> {
    let code = root(data, now())?;
    crate::verify::verify(&code).map_err(ReadError)?;
    Ok(code)
}

/// As [`from_bytes`] for bytes that this build has made: the instructions are not verified again, and nested code
/// stays packed until somebody asks for it.
pub fn from_trusted_bytes(data: &'static [u8]) -> Result<CodeData, ReadError> {
    root(data, LATER)
}

fn root<'a>(data: &'a [u8], how: How<'a>) -> Result<CodeData, ReadError> {
    let Some(data) = data.strip_prefix(&MAGIC) else {
        return bad("wrong magic number");
    };
    let mut r = Reader {
        data,
        names: Arc::new([]),
        how,
    };
    let n = r.len(1)?;
    let lengths: Vec<usize> = (0..n).map(|_| r.len(1)).collect::<Result<_, _>>()?;
    let Ok(mut texts) = std::str::from_utf8(r.bytes()?) else {
        return bad("name is not UTF-8");
    };
    let mut names = Vec::with_capacity(n);
    for n in lengths {
        let Some((name, rest)) = texts.split_at_checked(n) else {
            return bad("truncated");
        };
        names.push(name);
        texts = rest;
    }
    r.names = (how.names)(names);
    let head = r.head()?;
    let code = r.code(head, 0)?;
    if !r.data.is_empty() {
        return bad("trailing bytes");
    }
    Ok(code)
}

#[derive(Default)]
struct Writer {
    out: Vec<u8>,
    names: Vec<Name>,
    index: HashMap<Name, usize>,
}

impl Writer {
    fn num(&mut self, mut v: u64) {
        while v >= 0x80 {
            self.out.push(v as u8 | 0x80);
            v >>= 7;
        }
        self.out.push(v as u8);
    }

    fn bytes(&mut self, b: &[u8]) {
        self.num(b.len() as u64);
        self.out.extend_from_slice(b);
    }

    fn name(&mut self, name: &Name) {
        let next = self.names.len();
        let n = *self.index.entry(name.clone()).or_insert(next);
        if n == next {
            self.names.push(name.clone());
        }
        self.num(n as u64);
    }

    fn names(&mut self, names: &[Name]) {
        self.num(names.len() as u64);
        for n in names {
            self.name(n);
        }
    }

    fn head(&mut self, name: &Name, qualname: &Name, flags: CodeFlags) {
        self.name(name);
        self.name(qualname);
        self.num(flags.0 as u64);
    }

    fn code(&mut self, c: &CodeData) {
        self.name(&c.filename);
        for n in [
            c.firstlineno,
            c.argcount,
            c.posonlyargcount,
            c.kwonlyargcount,
            c.nregs,
        ] {
            self.num(n as u64);
        }
        for names in [&c.varnames, &c.cellvars, &c.freevars, &c.names] {
            self.names(names);
        }
        self.num(c.code.len() as u64);
        for w in c.code.iter() {
            self.out.extend_from_slice(&w.to_le_bytes());
        }
        self.num(c.handlers.len() as u64);
        for h in c.handlers.iter() {
            for n in [h.start, h.end - h.start, h.target, h.exc as u32] {
                self.num(n as u64);
            }
        }
        self.num(c.positions.first_line as u64);
        self.bytes(&c.positions.data);
        self.consts(&c.consts);
    }

    fn consts(&mut self, consts: &[Const]) {
        self.num(consts.len() as u64);
        for c in consts {
            self.constant(c);
        }
    }

    fn constant(&mut self, c: &Const) {
        let tag = |w: &mut Writer, t: u8| w.out.push(t);
        match c {
            Const::None => tag(self, b'N'),
            Const::Bool(true) => tag(self, b'T'),
            Const::Bool(false) => tag(self, b'F'),
            Const::Ellipsis => tag(self, b'.'),
            Const::Int(n) => {
                tag(self, b'i');
                self.num(((n << 1) ^ (n >> 63)) as u64);
            }
            Const::BigInt {
                negative,
                magnitude,
            } => {
                tag(self, if *negative { b'L' } else { b'l' });
                self.bytes(magnitude);
            }
            Const::Float(f) => {
                tag(self, b'f');
                self.out.extend_from_slice(&f.to_bits().to_le_bytes());
            }
            Const::Complex(re, im) => {
                tag(self, b'c');
                self.out.extend_from_slice(&re.to_bits().to_le_bytes());
                self.out.extend_from_slice(&im.to_bits().to_le_bytes());
            }
            Const::Str(s) => {
                tag(self, b's');
                self.bytes(s.as_bytes());
            }
            Const::Bytes(b) => {
                tag(self, b'b');
                self.bytes(b);
            }
            Const::Tuple(items) => {
                tag(self, b't');
                self.consts(items);
            }
            Const::FrozenSet(items) => {
                tag(self, b'z');
                self.consts(items);
            }
            Const::Slice(parts) => {
                tag(self, b':');
                parts.iter().for_each(|p| self.constant(p));
            }
            Const::Code(code) => {
                tag(self, b'C');
                self.head(code.name(), code.qualname(), code.flags());
                let before = std::mem::take(&mut self.out);
                self.code(code.data());
                let body = std::mem::replace(&mut self.out, before);
                self.bytes(&body);
            }
        }
    }
}

/// What a code object's data are read from later.
#[derive(Debug)]
pub(crate) struct Packed {
    body: &'static [u8],
    names: Arc<[Name]>,
}

impl Packed {
    /// The data of the code object that was packed under these names.
    pub(crate) fn unpack(&self, code: &CodeRef) -> CodeData {
        let mut r = Reader {
            data: self.body,
            names: self.names.clone(),
            how: LATER,
        };
        let head = Head {
            name: code.name().clone(),
            qualname: code.qualname().clone(),
            flags: code.flags(),
        };
        r.code(head, 0).expect("this build wrote the bytes")
    }
}

/// What stands before a code object's data.
struct Head {
    name: Name,
    qualname: Name,
    flags: CodeFlags,
}

/// How bytes are read that live for `'a`.
#[derive(Clone, Copy)]
struct How<'a> {
    /// What is done with nested code: its head, its data's bytes, how deep it nests.
    nest: fn(&Reader<'a>, Head, &'a [u8], u32) -> Result<CodeRef, ReadError>,
    names: fn(Vec<&'a str>) -> Arc<[Name]>,
    text: fn(&'a Wtf8) -> Text,
}

/// All at once, and copied.
fn now<'a>() -> How<'a> {
    How {
        nest: read_now,
        names: |texts| texts.into_iter().map(Name::from).collect(),
        text: |s| s.to_wtf8_buf().into(),
    }
}

/// What lies in the executable: nested code stays packed, names and texts stay where they are.
const LATER: How<'static> = How {
    nest: read_later,
    names: |texts| Arc::new(NameTable::new(texts)).names(),
    text: Text::Static,
};

fn read_now<'a>(
    r: &Reader<'a>,
    head: Head,
    body: &'a [u8],
    depth: u32,
) -> Result<CodeRef, ReadError> {
    let mut inner = Reader {
        data: body,
        names: r.names.clone(),
        how: r.how,
    };
    let code = inner.code(head, depth)?;
    if !inner.data.is_empty() {
        return bad("trailing bytes");
    }
    Ok(code.into())
}

fn read_later(
    r: &Reader<'static>,
    head: Head,
    body: &'static [u8],
    _: u32,
) -> Result<CodeRef, ReadError> {
    let names = r.names.clone();
    let packed = Packed { body, names };
    Ok(CodeRef::packed(
        head.name,
        head.qualname,
        head.flags,
        packed,
    ))
}

struct Reader<'a> {
    data: &'a [u8],
    names: Arc<[Name]>,
    how: How<'a>,
}

impl<'a> Reader<'a> {
    fn take(&mut self, n: usize) -> Result<&'a [u8], ReadError> {
        let Some((head, rest)) = self.data.split_at_checked(n) else {
            return bad("truncated");
        };
        self.data = rest;
        Ok(head)
    }

    fn byte(&mut self) -> Result<u8, ReadError> {
        Ok(self.take(1)?[0])
    }

    fn num(&mut self) -> Result<u64, ReadError> {
        let mut value = 0u64;
        let mut shift = 0;
        loop {
            let byte = self.byte()?;
            value |= ((byte & 0x7f) as u64) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
            shift += 7;
            if shift > 63 {
                return bad("number too long");
            }
        }
    }

    fn num32(&mut self) -> Result<u32, ReadError> {
        u32::try_from(self.num()?).or_else(|_| bad("number too large"))
    }

    /// A count of things of at least `size` bytes each: never more than the data can hold.
    fn len(&mut self, size: usize) -> Result<usize, ReadError> {
        let n = self.num()?;
        if n > (self.data.len() / size) as u64 {
            return bad("truncated");
        }
        Ok(n as usize)
    }

    fn bytes(&mut self) -> Result<&'a [u8], ReadError> {
        let n = self.len(1)?;
        self.take(n)
    }

    fn word(&mut self) -> Result<u64, ReadError> {
        let mut w = [0; 8];
        w.copy_from_slice(self.take(8)?);
        Ok(u64::from_le_bytes(w))
    }

    fn name(&mut self) -> Result<Name, ReadError> {
        let n = self.num()? as usize;
        match self.names.get(n) {
            Some(name) => Ok(name.clone()),
            None => bad("no such name"),
        }
    }

    fn names(&mut self) -> Result<Box<[Name]>, ReadError> {
        let n = self.len(1)?;
        (0..n).map(|_| self.name()).collect()
    }

    fn head(&mut self) -> Result<Head, ReadError> {
        Ok(Head {
            name: self.name()?,
            qualname: self.name()?,
            flags: CodeFlags(self.num32()?),
        })
    }

    fn code(&mut self, head: Head, depth: u32) -> Result<CodeData, ReadError> {
        if depth > MAX_DEPTH {
            return bad("nested too deeply");
        }
        let Head {
            name,
            qualname,
            flags,
        } = head;
        let filename = self.name()?;
        let firstlineno = self.num32()?;
        let argcount = self.num32()?;
        let posonlyargcount = self.num32()?;
        let kwonlyargcount = self.num32()?;
        let nregs = self.num32()?;
        // 65,536 is all that operands can name; more would let bad data ask for much memory.
        if nregs > 1 << 16 || argcount > 1 << 16 || kwonlyargcount > 1 << 16 {
            return bad("too many registers");
        }
        let varnames = self.names()?;
        let cellvars = self.names()?;
        let freevars = self.names()?;
        let names = self.names()?;
        let n = self.len(8)?;
        let code = self.take(n * 8)?;
        let code = code
            .as_chunks()
            .0
            .iter()
            .map(|w| u64::from_le_bytes(*w))
            .collect();
        let n = self.len(4)?;
        let mut handlers = Vec::with_capacity(n);
        for _ in 0..n {
            let start = self.num32()?;
            let Some(end) = start.checked_add(self.num32()?) else {
                return bad("exception table");
            };
            let target = self.num32()?;
            let Ok(exc) = u16::try_from(self.num32()?) else {
                return bad("exception table");
            };
            handlers.push(Handler {
                start,
                end,
                target,
                exc,
            });
        }
        let first_line = self.num32()?;
        let positions = Positions {
            data: self.bytes()?.into(),
            first_line,
        };
        let consts = self.consts(depth)?.into_boxed_slice();
        Ok(CodeData {
            name,
            qualname,
            filename,
            firstlineno,
            flags,
            argcount,
            posonlyargcount,
            kwonlyargcount,
            varnames,
            cellvars,
            freevars,
            names,
            consts,
            code,
            nregs,
            handlers: handlers.into_boxed_slice(),
            positions,
        })
    }

    fn consts(&mut self, depth: u32) -> Result<Vec<Const>, ReadError> {
        let n = self.len(1)?;
        (0..n).map(|_| self.constant(depth + 1)).collect()
    }

    fn constant(&mut self, depth: u32) -> Result<Const, ReadError> {
        if depth > MAX_DEPTH {
            return bad("nested too deeply");
        }
        Ok(match self.byte()? {
            b'N' => Const::None,
            b'T' => Const::Bool(true),
            b'F' => Const::Bool(false),
            b'.' => Const::Ellipsis,
            b'i' => {
                let v = self.num()?;
                Const::Int((v >> 1) as i64 ^ -((v & 1) as i64))
            }
            t @ (b'l' | b'L') => Const::BigInt {
                negative: t == b'L',
                magnitude: self.bytes()?.into(),
            },
            b'f' => Const::Float(f64::from_bits(self.word()?)),
            b'c' => Const::Complex(f64::from_bits(self.word()?), f64::from_bits(self.word()?)),
            b's' => match Wtf8::from_bytes(self.bytes()?) {
                Some(s) => Const::Str((self.how.text)(s)),
                None => return bad("string is not WTF-8"),
            },
            b'b' => Const::Bytes(self.bytes()?.into()),
            b't' => Const::Tuple(self.consts(depth)?.into()),
            b'z' => Const::FrozenSet(self.consts(depth)?.into()),
            b':' => Const::Slice(Box::new([
                self.constant(depth + 1)?,
                self.constant(depth + 1)?,
                self.constant(depth + 1)?,
            ])),
            b'C' => {
                let head = self.head()?;
                let body = self.bytes()?;
                Const::Code((self.how.nest)(self, head, body, depth + 1)?)
            }
            _ => return bad("unknown constant"),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::instr::Instr;
    use crate::op::Op;

    fn sample() -> CodeData {
        CodeData {
            name: "f".into(),
            qualname: "f".into(),
            filename: "x.py".into(),
            firstlineno: 1,
            flags: CodeFlags(3),
            argcount: 0,
            posonlyargcount: 0,
            kwonlyargcount: 0,
            varnames: ["a".into()].into(),
            cellvars: [].into(),
            freevars: [].into(),
            names: ["n".into()].into(),
            consts: [
                Const::Tuple([Const::Int(-5), Const::Float(-0.0), Const::None].into()),
                Const::BigInt {
                    negative: true,
                    magnitude: [1, 2, 3].into(),
                },
            ]
            .into(),
            code: [
                Instr::imm(Op::LOAD_CONST, 0, 0, 0).0,
                Instr::abc(Op::RETURN, 0, 0, 0).0,
            ]
            .into(),
            nregs: 1,
            handlers: [].into(),
            positions: Positions::default(),
        }
    }

    #[test]
    fn damaged_bytes_are_refused_or_verified() {
        let bytes = to_bytes(&sample());
        assert_eq!(to_bytes(&from_bytes(&bytes).expect("good bytes")), bytes);
        for n in 0..bytes.len() {
            assert!(from_bytes(&bytes[..n]).is_err());
            for bit in 0..8 {
                let mut damaged = bytes.clone();
                damaged[n] ^= 1 << bit;
                if let Ok(code) = from_bytes(&damaged) {
                    crate::verify::verify(&code).expect("only verified code is given");
                }
            }
        }
    }
}
