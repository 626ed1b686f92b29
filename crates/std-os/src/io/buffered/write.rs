//! Writing.

use super::{Buffered, Session, State, would_block};
use crate::io::file_io::{plain, with_bytes};
use taipan_object::exception::BLOCKING_IO_ERROR;
use taipan_object::{PyResult, Thread, Value};

impl State {
    /// Puts bytes at the logical position, where they fit in the buffer and do not fill it all.
    #[inline]
    fn append(&mut self, bytes: &[u8]) -> Option<usize> {
        let (pos, size) = (self.pos, self.buf.len());
        let end = pos + bytes.len();
        if end > size || bytes.len() >= size || (pos > 0 && self.is_clean()) {
            return None;
        }
        if self.is_clean() {
            self.raw_pos = Some(0);
        }
        self.buf[pos..end].copy_from_slice(bytes);
        let (from, to) = self.dirty.unwrap_or((pos, 0));
        self.move_to(end);
        self.dirty = Some((from.min(pos), to.max(end)));
        Some(bytes.len())
    }

    /// Whether the buffer holds nothing, neither bytes of the stream nor bytes for it.
    fn is_clean(&self) -> bool {
        self.read_end.is_none() && self.dirty.is_none()
    }
}

impl Session<'_> {
    /// Writes out what waits. The logical position stays; the raw stream ends up behind what was written.
    pub(super) fn flush_dirty(&mut self) -> PyResult<()> {
        let Some((mut from, to)) = self.s.dirty else {
            return Ok(());
        };
        let back = self.s.raw_pos.map_or(0, |r| r as i64 - from as i64);
        if back != 0 {
            self.raw_seek(-back, libc::SEEK_CUR)?;
            self.s.raw_pos = Some(from);
        }
        while from < to {
            let buf = std::mem::take(&mut self.s.buf);
            let r = self.raw_write(&buf[from..to]);
            self.s.buf = buf;
            let Some(n) = r? else {
                return Err(would_block(self.th, 0));
            };
            from += n;
            self.s.dirty = Some((from, to));
            self.s.raw_pos = Some(from);
            // A write that a signal cut short is no error: its handler runs before the next.
            self.th.poll()?;
        }
        self.s.dirty = None;
        Ok(())
    }

    /// Writes out what waits, and moves the raw stream to the logical position: what was read ahead is forgotten.
    pub(super) fn flush_and_rewind(&mut self) -> PyResult<()> {
        self.flush_dirty()?;
        if self.b.can_read {
            let ahead = self.s.raw_offset();
            // The buffer is forgotten even when seeking fails.
            let r = if ahead == 0 {
                Ok(0)
            } else {
                self.s.raw_pos = Some(self.s.pos);
                self.raw_seek(-ahead, libc::SEEK_CUR)
            };
            self.forget_read();
            r?;
        }
        Ok(())
    }

    fn store(&mut self, at: usize, bytes: &[u8]) {
        self.s.buf[at..at + bytes.len()].copy_from_slice(bytes);
    }

    fn write(&mut self, bytes: &[u8]) -> PyResult<usize> {
        self.need_buffer()?;
        let size = self.size();
        if self.s.is_clean() {
            self.s.pos = 0;
            self.s.raw_pos = Some(0);
        }
        if let Some(n) = self.s.append(bytes) {
            return Ok(n);
        }
        match self.flush_dirty() {
            Ok(()) => {}
            Err(e) if e.is(&BLOCKING_IO_ERROR) => return self.keep(bytes),
            Err(e) => return Err(e),
        }
        // What was read ahead but not consumed puts the raw stream beyond the place to write at.
        let ahead = self.s.raw_offset();
        if ahead != 0 {
            self.raw_seek(-ahead, libc::SEEK_CUR)?;
            self.s.raw_pos = Some(self.s.pos);
        }
        let mut done = 0;
        while bytes.len() - done > size {
            match self.raw_write(&bytes[done..])? {
                Some(n) => done += n,
                None => {
                    // Keeps as much as the buffer takes.
                    self.store(0, &bytes[done..done + size]);
                    self.s.raw_pos = Some(0);
                    self.s.move_to(size);
                    self.s.dirty = Some((0, size));
                    return Err(would_block(self.th, done + size));
                }
            }
            self.th.poll()?;
        }
        self.forget_read();
        let rest = &bytes[done..];
        self.store(0, rest);
        self.s.pos = rest.len();
        self.s.dirty = (!rest.is_empty()).then_some((0, rest.len()));
        self.s.raw_pos = Some(0);
        Ok(bytes.len())
    }

    /// Keeps what fits behind bytes that the raw stream does not take now.
    fn keep(&mut self, bytes: &[u8]) -> PyResult<usize> {
        let (from, to) = self.s.dirty.unwrap_or((0, 0));
        if self.s.pos != to {
            return Err(would_block(self.th, 0));
        }
        self.forget_read();
        self.s.buf.copy_within(from..to, 0);
        let waiting = to - from;
        self.s.raw_pos = self.s.raw_pos.map(|r| r.saturating_sub(from));
        let n = bytes.len().min(self.size() - waiting);
        self.store(waiting, &bytes[..n]);
        self.s.pos = waiting + n;
        self.s.dirty = Some((0, waiting + n));
        if n == bytes.len() {
            Ok(n)
        } else {
            Err(would_block(self.th, n))
        }
    }
}

pub(super) fn write(th: &Thread, a: &[Value]) -> PyResult {
    super::check_ready(th, a[0].expect::<super::Buffered>())?;
    let n = with_bytes(th, a[1], |bytes| write_bytes(th, a[0], bytes))?;
    Ok(Value::usize(th, n))
}

/// Writes bytes that no other thread changes.
pub(super) fn write_bytes(th: &Thread, v: Value, bytes: &[u8]) -> PyResult<usize> {
    let b = v.expect::<Buffered>();
    if plain(b.raw.get()).is_some_and(|f| f.fd() >= 0)
        && let Some(n) = b.quick(|s| s.append(bytes))
    {
        return Ok(n);
    }
    let mut s = Session::begin(th, v)?;
    if s.is_closed()? {
        return Err(th.value_error("write to closed file"));
    }
    s.write(bytes)
}

pub(super) fn flush(th: &Thread, a: &[Value]) -> PyResult {
    let mut s = Session::begin_open(th, a[0], "flush of closed file")?;
    s.flush_and_rewind()?;
    Ok(Value::NONE)
}
