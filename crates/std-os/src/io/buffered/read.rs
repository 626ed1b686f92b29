//! Reading.

use super::{Buffered, SMALL, Session, ssize};
use crate::args::{self, size};
use taipan_object::{PyResult, Thread, Value};

impl Session<'_> {
    /// Forgets what was read ahead.
    pub(super) fn forget_read(&mut self) {
        self.s.read_end = None;
    }

    /// Writes out what waits before the raw stream is read.
    pub(super) fn before_raw_read(&mut self) -> PyResult<()> {
        if self.b.can_write {
            self.flush_and_rewind()?;
        }
        self.forget_read();
        Ok(())
    }

    /// Reads once behind what is in the buffer.
    fn fill(&mut self) -> PyResult<Option<usize>> {
        self.need_buffer()?;
        let start = self.s.read_end.unwrap_or(0);
        let mut buf = std::mem::take(&mut self.s.buf);
        let r = self.raw_read(&mut buf[start..]);
        self.s.buf = buf;
        let n = r?;
        if let Some(n) = n.filter(|n| *n > 0) {
            self.s.read_end = Some(start + n);
            self.s.raw_pos = Some(start + n);
        }
        Ok(n)
    }

    /// Takes `n` of the bytes that were read ahead.
    fn take(&mut self, n: usize) -> &[u8] {
        let from = self.s.pos;
        self.s.pos += n;
        &self.s.buf[from..from + n]
    }

    fn read_exactly(&mut self, n: usize) -> PyResult {
        let th = self.th;
        let ahead = self.s.ahead();
        if n <= ahead {
            let from = self.s.pos;
            let out = Value::bytes(th, &self.s.buf[from..from + n])?;
            self.s.pos += n;
            return Ok(out);
        }
        let mut out = Vec::new();
        if out.try_reserve(n).is_err() {
            return Err(th.memory_error());
        }
        out.extend_from_slice(self.take(ahead));
        self.before_raw_read()?;
        let size = self.size();
        // Whole blocks come straight from the raw stream, the last part through the buffer.
        while n - out.len() >= size {
            let rest = n - out.len();
            match self.raw_append(&mut out, rest - rest % size)? {
                Some(0) => return Value::bytes(th, &out),
                None if out.is_empty() => return Ok(Value::NONE),
                None => return Value::bytes(th, &out),
                Some(_) => {}
            }
        }
        self.s.pos = 0;
        self.s.raw_pos = Some(0);
        self.s.read_end = Some(0);
        // No read more than needed: it might wait for ever.
        while out.len() < n && self.s.read_end.is_some_and(|e| e < size) {
            match self.fill()? {
                None if out.is_empty() => return Ok(Value::NONE),
                None | Some(0) => break,
                Some(got) => {
                    let part = got.min(n - out.len());
                    out.extend_from_slice(self.take(part));
                }
            }
        }
        Value::bytes(th, &out)
    }

    fn read_rest(&mut self) -> PyResult {
        let th = self.th;
        let ahead = self.s.ahead();
        if ahead == 0 {
            self.before_raw_read()?;
            return self.raw_read_all();
        }
        let mut out = self.take(ahead).to_vec();
        self.before_raw_read()?;
        let rest = self.raw_read_all()?;
        if let Some(rest) = rest.as_bytes() {
            if out.try_reserve(rest.len()).is_err() {
                return Err(th.memory_error());
            }
            out.extend_from_slice(rest);
        }
        Value::bytes(th, &out)
    }

    fn read_into(&mut self, out: &mut [u8], once: bool) -> PyResult<Option<usize>> {
        let mut done = self.s.ahead().min(out.len());
        out[..done].copy_from_slice(self.take(done));
        if done == out.len() {
            return Ok(Some(done));
        }
        self.before_raw_read()?;
        self.s.pos = 0;
        while done < out.len() {
            let rest = out.len() - done;
            let n = if rest > self.size() {
                // Past the buffer, when what is wanted does not fit it.
                self.raw_read(&mut out[done..])?
            } else if !(once && done > 0) {
                match self.fill()? {
                    Some(n) if n > 0 => {
                        let part = n.min(rest);
                        out[done..done + part].copy_from_slice(self.take(part));
                        done += part;
                        if once {
                            break;
                        }
                        continue;
                    }
                    n => n,
                }
            } else {
                Some(0)
            };
            match n {
                Some(0) => break,
                None if done > 0 => break,
                None => return Ok(None),
                Some(n) => {
                    done += n;
                    if once {
                        break;
                    }
                }
            }
        }
        Ok(Some(done))
    }

    fn read_line(&mut self, limit: Option<usize>) -> PyResult {
        let th = self.th;
        let ahead = self.s.ahead();
        let most = limit.map_or(ahead, |n| n.min(ahead));
        let from = self.s.pos;
        let end = memchr::memchr(b'\n', &self.s.buf[from..from + most]);
        if let Some(n) = end.map(|i| i + 1).or((limit == Some(most)).then_some(most)) {
            let line = Value::bytes(th, &self.s.buf[from..from + n])?;
            self.s.pos += n;
            return Ok(line);
        }
        let mut line = self.take(ahead).to_vec();
        if self.b.can_write {
            self.flush_and_rewind()?;
        }
        loop {
            self.forget_read();
            if self.fill()?.unwrap_or(0) == 0 {
                break;
            }
            self.s.pos = 0;
            let got = self.s.ahead();
            let most = limit.map_or(got, |n| (n - line.len()).min(got));
            let end = memchr::memchr(b'\n', &self.s.buf[..most]);
            let part = end.map_or(most, |i| i + 1);
            if line.try_reserve(part).is_err() {
                return Err(th.memory_error());
            }
            line.extend_from_slice(self.take(part));
            if end.is_some() || limit == Some(line.len()) {
                break;
            }
        }
        Value::bytes(th, &line)
    }
}

pub(super) fn peek(th: &Thread, a: &[Value]) -> PyResult {
    ssize(th, a[1], 0)?;
    let mut s = Session::begin_open(th, a[0], "peek of closed file")?;
    if s.s.ahead() == 0 {
        s.before_raw_read()?;
        s.fill()?;
        s.s.pos = 0;
    }
    let (from, n) = (s.s.pos, s.s.ahead());
    Value::bytes(th, s.s.buf.get(from..from + n).unwrap_or(&[]))
}

pub(super) fn read(th: &Thread, a: &[Value]) -> PyResult {
    let n = match args::given(a[1]) {
        Some(_) => {
            // Only -1 and None mean everything.
            let n = size(th, a[1])?;
            if n.is_none() && taipan_object::ops::index(th, a[1])?.as_i64() != Some(-1) {
                return Err(th.value_error("read length must be non-negative or -1"));
            }
            n
        }
        None => None,
    };
    if let Some(n) = n.filter(|n| *n <= SMALL) {
        let mut small = [0; SMALL];
        let copied = a[0].expect::<Buffered>().quick(|s| {
            (n <= s.ahead() && n > 0).then(|| {
                small[..n].copy_from_slice(&s.buf[s.pos..s.pos + n]);
                s.pos += n;
            })
        });
        if copied.is_some() {
            return Value::bytes(th, &small[..n]);
        }
    }
    let mut s = Session::begin_open(th, a[0], "read of closed file")?;
    match n {
        Some(n) => s.read_exactly(n),
        None => s.read_rest(),
    }
}

pub(super) fn read1(th: &Thread, a: &[Value]) -> PyResult {
    let n = ssize(th, a[1], -1)?;
    let mut s = Session::begin_open(th, a[0], "read of closed file")?;
    let n = usize::try_from(n).unwrap_or(s.size());
    if n == 0 {
        return Value::bytes(th, b"");
    }
    let ahead = s.s.ahead().min(n);
    if ahead > 0 {
        return s.read_exactly(ahead);
    }
    s.before_raw_read()?;
    let mut out = Vec::new();
    s.raw_append(&mut out, n)?;
    Value::bytes(th, &out)
}

/// As `read1`, onto the end of `out`.
pub(super) fn append_once(th: &Thread, v: Value, out: &mut Vec<u8>, n: usize) -> PyResult<()> {
    let mut s = Session::begin_open(th, v, "read of closed file")?;
    let ahead = s.s.ahead().min(n);
    if ahead > 0 {
        out.extend_from_slice(s.take(ahead));
        return Ok(());
    }
    s.before_raw_read()?;
    s.raw_append(out, n)?;
    Ok(())
}

fn into(th: &Thread, a: &[Value], f: &str, once: bool) -> PyResult {
    let view = args::writable(th, f, a[1])?;
    let mut s = Session::begin_open(th, a[0], "readinto of closed file")?;
    let n = s.read_into(view.as_mut_slice(), once)?;
    Ok(crate::io::file_io::count_or_none(th, n))
}

pub(super) fn read_into(th: &Thread, a: &[Value]) -> PyResult {
    into(th, a, "readinto", false)
}

pub(super) fn read_into1(th: &Thread, a: &[Value]) -> PyResult {
    into(th, a, "readinto1", true)
}

/// One line, of `limit` bytes at most.
pub(super) fn line(th: &Thread, v: Value, limit: Option<usize>) -> PyResult {
    let mut small = [0; SMALL];
    let found = v.expect::<Buffered>().quick(|s| {
        let most = s.ahead().min(limit.unwrap_or(SMALL)).min(SMALL);
        let near = &s.buf[s.pos..s.pos + most];
        let n = match memchr::memchr(b'\n', near) {
            Some(i) => i + 1,
            None if limit == Some(most) && most > 0 => most,
            None => return None,
        };
        small[..n].copy_from_slice(&near[..n]);
        s.pos += n;
        Some(n)
    });
    if let Some(n) = found {
        return Value::bytes(th, &small[..n]);
    }
    Session::begin_open(th, v, "readline of closed file")?.read_line(limit)
}

pub(super) fn read_line(th: &Thread, a: &[Value]) -> PyResult {
    let limit = size(th, a[1])?;
    line(th, a[0], limit)
}
