//! What a buffered stream asks of the raw stream below. One that is a plain `FileIO` is used directly; of others the
//! methods are called.

use super::Session;
use crate::args::is_errno;
use crate::io::base;
use crate::io::file_io::plain;
use std::sync::atomic::Ordering;
use taipan_object::bytearray::ByteArray;
use taipan_object::exception::{OS_ERROR, TYPE_ERROR, chain_context};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Raised, Thread, Value, call, ops};

/// Calls a method of a raw stream, again if a signal interrupted it and the handler raised nothing (PEP 475).
pub(super) fn call_raw(th: &Thread, raw: Value, method: &str, args: &[Value]) -> PyResult {
    loop {
        match call::call_method(th, raw, method, args) {
            Err(e) if is_errno(e, libc::EINTR) => th.poll()?,
            r => return r,
        }
    }
}

fn memory_view(th: &Thread, v: Value) -> PyResult {
    call::call(th, taipan_strings::memoryview::MEMORYVIEW.value(), &[v])
}

fn caused(th: &Thread, message: &str, cause: Raised) -> Raised {
    let e = th.raise(&OS_ERROR, message);
    chain_context(e.0, cause.0);
    if let Some(o) = e.0.downcast::<taipan_object::exception::Exception>() {
        o.cause.set(&o.header, cause.0);
        o.suppress.store(true, Ordering::Release);
    }
    e
}

/// A position that a raw stream gave.
fn position(th: &Thread, v: Value) -> PyResult<i64> {
    let n = ops::index(th, v)?;
    match n.as_i64() {
        Some(n) if n >= 0 => Ok(n),
        Some(n) => Err(th.raise(
            &OS_ERROR,
            format!("Raw stream returned invalid position {n}"),
        )),
        None => Err(th.value_error(format!(
            "cannot fit '{}' into an offset-sized integer",
            class_of(v).name_text()
        ))),
    }
}

impl Session<'_> {
    /// Reads once into `out`; nothing where the raw stream has no bytes now and does not wait for some.
    pub(super) fn raw_read(&mut self, out: &mut [u8]) -> PyResult<Option<usize>> {
        let n = match plain(self.raw) {
            Some(f) => f.read_slice(self.th, out)?,
            None => self.read_by_method(out)?,
        };
        self.moved(n);
        Ok(n)
    }

    /// As [`Session::raw_read`], `n` bytes at most, onto the end of `out`.
    pub(super) fn raw_append(&mut self, out: &mut Vec<u8>, n: usize) -> PyResult<Option<usize>> {
        if let Some(f) = plain(self.raw) {
            let got = f.read_append(self.th, out, n)?;
            self.moved(got);
            return Ok(got);
        }
        if out.try_reserve(n).is_err() {
            return Err(self.th.memory_error());
        }
        let start = out.len();
        out.resize(start + n, 0);
        let got = self.raw_read(&mut out[start..]);
        out.truncate(start + got.ok().flatten().unwrap_or(0));
        got
    }

    fn moved(&mut self, n: Option<usize>) {
        if let (Some(n), Some(p)) = (n, self.s.abs_pos) {
            self.s.abs_pos = Some(p + n as i64);
        }
    }

    /// The stream reads into memory of a `bytearray`: whoever keeps the view that it gets keeps nothing of ours.
    fn read_by_method(&mut self, out: &mut [u8]) -> PyResult<Option<usize>> {
        let th = self.th;
        let lent = self.b.scratch.get();
        let fits = lent.downcast::<ByteArray>().is_some_and(|b| {
            b.exports.load(Ordering::Acquire) == 0 && b.bytes.with(|b| b.len()) == out.len()
        });
        let lent = if fits {
            lent
        } else {
            let mut bytes = Vec::new();
            if bytes.try_reserve_exact(out.len()).is_err() {
                return Err(th.memory_error());
            }
            bytes.resize(out.len(), 0);
            let fresh = ByteArray::new(th, bytes);
            self.b.scratch.set(&self.b.header, fresh);
            fresh
        };
        let view = memory_view(th, lent)?;
        let r = call_raw(th, self.raw, "readinto", &[view]);
        // A view that has been passed on can't be released: then another scratch is made next time.
        let _ = call::call_method(th, view, "release", &[]);
        let r = r?;
        if r.is_none() {
            return Ok(None);
        }
        let n = match base::length(th, r) {
            Ok(n) => n,
            Err(e) => return Err(caused(th, "raw readinto() failed", e)),
        };
        if n < 0 || n as usize > out.len() {
            return Err(th.raise(
                &OS_ERROR,
                format!(
                    "raw readinto() returned invalid length {n} (should have been between 0 and {})",
                    out.len()
                ),
            ));
        }
        let n = n as usize;
        lent.expect::<ByteArray>().bytes.with(|b| {
            let n = n.min(b.len());
            out[..n].copy_from_slice(&b[..n]);
        });
        Ok(Some(n))
    }

    /// Writes once; nothing where the raw stream takes no bytes now and does not wait until it does.
    pub(super) fn raw_write(&mut self, bytes: &[u8]) -> PyResult<Option<usize>> {
        let th = self.th;
        let n = match plain(self.raw) {
            Some(f) => f.write_slice(th, bytes)?,
            None => {
                let copy = Value::bytes(th, bytes)?;
                let view = memory_view(th, copy)?;
                let r = call_raw(th, self.raw, "write", &[view])?;
                if r.is_none() {
                    return Ok(None);
                }
                let n = base::length(th, r)?;
                if n < 0 || n as usize > bytes.len() {
                    return Err(th.raise(
                        &OS_ERROR,
                        format!(
                            "raw write() returned invalid length {n} (should have been between 0 and {})",
                            bytes.len()
                        ),
                    ));
                }
                Some(n as usize)
            }
        };
        self.moved(n);
        Ok(n)
    }

    /// Asks where the raw stream is.
    pub(super) fn raw_tell(&mut self) -> PyResult<i64> {
        let th = self.th;
        self.s.abs_pos = None;
        let n = match plain(self.raw) {
            Some(f) => f.seek(th, 0, libc::SEEK_CUR)?,
            None => position(th, call::call_method(th, self.raw, "tell", &[])?)?,
        };
        self.s.abs_pos = Some(n);
        Ok(n)
    }

    /// Moves the raw stream.
    pub(super) fn raw_seek(&mut self, target: i64, whence: i32) -> PyResult<i64> {
        let th = self.th;
        let n = match plain(self.raw) {
            Some(f) => f.seek(th, target, whence)?,
            None => {
                let target = Value::int(th, target);
                let whence = Value::small_int(whence.into());
                self.s.abs_pos = None;
                position(
                    th,
                    call::call_method(th, self.raw, "seek", &[target, whence])?,
                )?
            }
        };
        self.s.abs_pos = Some(n);
        Ok(n)
    }

    /// Where the raw stream is, asked only where it is not known.
    pub(super) fn raw_position(&mut self) -> PyResult<i64> {
        match self.s.abs_pos {
            Some(n) => Ok(n),
            None => self.raw_tell(),
        }
    }

    /// The rest of the raw stream, by its `readall` or by many calls of `read`: bytes, or None.
    pub(super) fn raw_read_all(&mut self) -> PyResult {
        let th = self.th;
        // Where it stands after that only the system knows.
        self.s.abs_pos = None;
        if let Some(f) = plain(self.raw) {
            f.check_readable(th)?;
            return crate::io::file_io::read_all(th, f);
        }
        if let Some(readall) =
            taipan_object::attr::get_opt(th, self.raw, super::name(th, "readall"))?
        {
            let r = call::call(th, readall, &[])?;
            if !r.is_none() && r.as_bytes().is_none() {
                return Err(th.type_error("readall() should return bytes"));
            }
            return Ok(r);
        }
        let mut out: Vec<u8> = Vec::new();
        loop {
            let r = call::call_method(th, self.raw, "read", &[])?;
            if r.is_none() && out.is_empty() {
                return Ok(r);
            }
            let bytes = match r.as_bytes() {
                Some(b) => b,
                None if r.is_none() => b"",
                None => return Err(th.raise(&TYPE_ERROR, "read() should return bytes")),
            };
            if bytes.is_empty() {
                return Value::bytes(th, &out);
            }
            if out.try_reserve(bytes.len()).is_err() {
                return Err(th.memory_error());
            }
            out.extend_from_slice(bytes);
        }
    }
}
