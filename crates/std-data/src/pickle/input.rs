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
    /// How far of `bytes` may be read: to the end of the frame, or to its own end.
    limit: usize,
    in_frame: bool,
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
            limit: bytes.len(),
            bytes,
            pos: 0,
            in_frame: false,
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
            let used = self.pos;
            self.refill(Vec::new());
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

    /// Goes on with other bytes.
    fn refill(&mut self, bytes: Vec<u8>) {
        self.limit = bytes.len();
        self.bytes = Cow::Owned(bytes);
        self.pos = 0;
    }

    /// Leaves a frame that has been read; fails within one.
    fn leave_frame(&mut self, msg: &str) -> PyResult<()> {
        if self.in_frame {
            if self.pos < self.limit {
                return Err(unpickling_error(self.th, msg));
            }
            self.in_frame = false;
            self.limit = self.bytes.len();
        }
        Ok(())
    }

    /// Makes `n` bytes from the current place on ready.
    fn need(&mut self, n: usize) -> PyResult<()> {
        if self.limit - self.pos >= n {
            return Ok(());
        }
        self.leave_frame("pickle exhausted before end of frame")?;
        if self.limit - self.pos >= n {
            return Ok(());
        }
        if self.read.is_absent() {
            return Err(self.truncated());
        }
        self.skip_used()?;
        if !self.peek.is_absent() && n < PREFETCH {
            match self.call(self.peek, &[Value::usize(self.th, PREFETCH)]) {
                Ok(b) if b.len() >= n => {
                    self.refill(b);
                    self.peeked = true;
                    return Ok(());
                }
                Ok(_) => {}
                Err(e) if e.is(&NOT_IMPLEMENTED_ERROR) => self.peek = Value::ABSENT,
                Err(e) => return Err(e),
            }
        }
        let bytes = self.call(self.read, &[Value::usize(self.th, n)])?;
        self.refill(bytes);
        if self.limit < n {
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
        if self.pos < self.limit {
            self.pos += 1;
            return Ok(self.bytes[self.pos - 1]);
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
        if self.pos == self.limit {
            self.leave_frame("")?;
        }
        let range: Range<usize> = match find(&self.bytes[self.pos..self.limit]) {
            Some(n) => self.pos..self.pos + n,
            None => {
                self.leave_frame("pickle exhausted before end of frame")?;
                if self.read.is_absent() {
                    return Err(self.truncated());
                }
                self.skip_used()?;
                let bytes = self.call(self.readline, &[])?;
                self.refill(bytes);
                match find(&self.bytes) {
                    Some(n) => 0..n,
                    None => return Err(self.truncated()),
                }
            }
        };
        self.pos = range.end + 1;
        Ok(&self.bytes[range])
    }

    /// The next line, which must not be empty.
    pub fn argument(&mut self) -> PyResult<&[u8]> {
        let th = self.th;
        match self.line()? {
            [] => Err(unpickling_error(th, "pickle data was truncated")),
            line => Ok(line),
        }
    }

    /// Begins a frame of `n` bytes.
    pub fn frame(&mut self, n: usize) -> PyResult<()> {
        self.leave_frame("beginning of a new frame before end of current frame")?;
        self.need(n)?;
        self.in_frame = true;
        self.limit = self.pos + n;
        Ok(())
    }
}
