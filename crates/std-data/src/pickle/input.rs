//! Where pickles are read from: bytes, or a file read as little ahead as it allows.

use super::unpickling_error;
use std::borrow::Cow;
use std::ops::Range;
use taipan_object::exception::{EOF_ERROR, NOT_IMPLEMENTED_ERROR};
use taipan_object::{PyResult, Raised, Thread, Value, call};
use taipan_strings::args;

/// How much of a file that can be peeked into is looked at at once.
const PREFETCH: usize = 128 * 1024;

pub(super) struct Input<'a> {
    th: &'a Thread,
    bytes: Cow<'a, [u8]>,
    pos: usize,
    /// The file's methods; absent for bytes.
    read: Value,
    readline: Value,
    /// Absent where the file has none.
    peek: Value,
    /// Whether `bytes` was peeked at: what is used of it is still to be read.
    peeked: bool,
}

impl<'a> Input<'a> {
    pub fn of_bytes(th: &'a Thread, bytes: Cow<'a, [u8]>) -> Input<'a> {
        Input {
            th,
            bytes,
            pos: 0,
            read: Value::ABSENT,
            readline: Value::ABSENT,
            peek: Value::ABSENT,
            peeked: false,
        }
    }

    pub fn of_file(th: &'a Thread, read: Value, readline: Value, peek: Value) -> Input<'a> {
        Input {
            read,
            readline,
            peek,
            ..Input::of_bytes(th, Cow::Borrowed(&[]))
        }
    }

    #[cold]
    fn truncated(&self) -> Raised {
        unpickling_error(self.th, "pickle data was truncated")
    }

    /// Reads what was peeked at and used.
    pub fn skip_used(&mut self) -> PyResult<()> {
        if self.peeked {
            self.peeked = false;
            let used = std::mem::take(&mut self.pos);
            self.bytes = Cow::Borrowed(&[]);
            if used > 0 {
                self.call(self.read, &[Value::usize(self.th, used)])?;
            }
        }
        Ok(())
    }

    fn call(&self, f: Value, a: &[Value]) -> PyResult<Vec<u8>> {
        let v = call::call(self.th, f, a)?;
        if v.as_bytes().is_none() && !taipan_object::buffer::is_exporter(v) {
            return Err(self
                .th
                .value_error("read() from the underlying stream did not return bytes"));
        }
        Ok(args::bytes_like(self.th, v)?.into_owned())
    }

    /// Makes `n` bytes from the current place on ready.
    fn need(&mut self, n: usize) -> PyResult<()> {
        if self.bytes.len() - self.pos >= n {
            return Ok(());
        }
        if self.read.is_absent() {
            return Err(self.truncated());
        }
        if !self.peeked && self.pos < self.bytes.len() {
            return Err(unpickling_error(
                self.th,
                "pickle exhausted before end of frame",
            ));
        }
        self.skip_used()?;
        if !self.peek.is_absent() && n < PREFETCH {
            match self.call(self.peek, &[Value::usize(self.th, PREFETCH)]) {
                Ok(b) if b.len() >= n => {
                    self.bytes = Cow::Owned(b);
                    self.pos = 0;
                    self.peeked = true;
                    return Ok(());
                }
                Ok(_) => {}
                Err(e) if e.is(&NOT_IMPLEMENTED_ERROR) => self.peek = Value::ABSENT,
                Err(e) => return Err(e),
            }
        }
        self.bytes = Cow::Owned(self.call(self.read, &[Value::usize(self.th, n)])?);
        self.pos = 0;
        if self.bytes.len() < n {
            return Err(self.truncated());
        }
        Ok(())
    }

    /// The next opcode.
    ///
    /// # Errors
    /// `EOFError` at the end.
    #[inline]
    pub fn opcode(&mut self) -> PyResult<u8> {
        if let Some(b) = self.bytes.get(self.pos) {
            self.pos += 1;
            return Ok(*b);
        }
        match self.need(1) {
            Ok(()) => {}
            Err(e) if e.is(&super::UNPICKLING_ERROR) => {
                return Err(self.th.raise(&EOF_ERROR, "Ran out of input"));
            }
            Err(e) => return Err(e),
        }
        self.pos += 1;
        Ok(self.bytes[self.pos - 1])
    }

    /// The next `n` bytes.
    #[inline]
    pub fn take(&mut self, n: usize) -> PyResult<&[u8]> {
        self.need(n)?;
        let from = self.pos;
        self.pos += n;
        Ok(&self.bytes[from..from + n])
    }

    /// The next `N` bytes.
    #[inline]
    pub fn array<const N: usize>(&mut self) -> PyResult<[u8; N]> {
        let mut out = [0; N];
        out.copy_from_slice(self.take(N)?);
        Ok(out)
    }

    /// The next line, without its end.
    pub fn line(&mut self) -> PyResult<&[u8]> {
        let find = |b: &[u8]| b.iter().position(|b| *b == b'\n');
        let range: Range<usize> = match find(&self.bytes[self.pos..]) {
            Some(n) => self.pos..self.pos + n,
            None if self.read.is_absent() => return Err(self.truncated()),
            None => {
                if !self.peeked && self.pos < self.bytes.len() {
                    return Err(unpickling_error(
                        self.th,
                        "pickle exhausted before end of frame",
                    ));
                }
                self.skip_used()?;
                self.bytes = Cow::Owned(self.call(self.readline, &[])?);
                self.pos = 0;
                match find(&self.bytes) {
                    Some(n) => 0..n,
                    None => return Err(self.truncated()),
                }
            }
        };
        self.pos = range.end + 1;
        Ok(&self.bytes[range])
    }

    /// Makes a whole frame ready.
    pub fn frame(&mut self, n: usize) -> PyResult<()> {
        self.need(n)
    }
}
