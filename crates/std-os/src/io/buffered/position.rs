//! Where a stream is: `tell`, `seek`, `truncate`.

use super::{Session, given_or_none};
use crate::args;
use crate::io::base::{check_able, unsupported};
use crate::io::file_io::plain;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, call, ops};

pub(super) fn tell(th: &Thread, a: &[Value]) -> PyResult {
    let mut s = Session::begin(th, a[0])?;
    let at = s.raw_tell()? - s.s.raw_offset();
    // A raw stream that was moved from outside may stand before what was read ahead.
    Ok(Value::int(th, at.max(0)))
}

pub(super) fn seek(th: &Thread, a: &[Value]) -> PyResult {
    let whence = args::int_or(th, a[2], 0)?;
    super::check_ready(th, a[0].expect::<super::Buffered>())?;
    if !matches!(
        whence,
        libc::SEEK_SET | libc::SEEK_CUR | libc::SEEK_END | libc::SEEK_HOLE | libc::SEEK_DATA
    ) {
        return Err(th.value_error(format!("whence value {whence} unsupported")));
    }
    let mut s = Session::begin_open(th, a[0], "seek of closed file")?;
    match plain(s.raw) {
        Some(f) if f.is_seekable(th)? => {}
        _ => {
            check_able(th, s.raw, "seekable", "File or stream is not seekable.")?;
        }
    }
    let target = ops::index(th, a[1])?;
    let Some(mut target) = target.as_i64() else {
        return Err(th.value_error(format!(
            "cannot fit '{}' into an offset-sized integer",
            class_of(a[1]).name_text()
        )));
    };
    if matches!(whence, libc::SEEK_SET | libc::SEEK_CUR) && s.b.can_read {
        // Within the buffer nothing but the logical position moves.
        let ahead = s.s.ahead();
        if ahead > 0 {
            let here = s.raw_position()? - s.s.raw_offset();
            let by = if whence == libc::SEEK_SET {
                target.checked_sub(here)
            } else {
                Some(target)
            };
            if let Some(by) = by.filter(|n| *n >= -(s.s.pos as i64) && *n <= ahead as i64) {
                let at = here + by;
                if at >= 0 {
                    s.s.pos = (s.s.pos as i64 + by) as usize;
                    return Ok(Value::int(th, at));
                }
            }
        }
    }
    if s.b.can_write {
        s.flush_dirty()?;
    }
    if whence == libc::SEEK_CUR {
        target = target.saturating_sub(s.s.raw_offset());
    }
    let at = s.raw_seek(target, whence)?;
    s.s.raw_pos = None;
    if s.b.can_read {
        s.forget_read();
    }
    Ok(Value::int(th, at))
}

pub(super) fn truncate(th: &Thread, a: &[Value]) -> PyResult {
    let mut s = Session::begin_open(th, a[0], "truncate of closed file")?;
    if !s.b.can_write {
        return Err(unsupported(th, "truncate"));
    }
    s.flush_and_rewind()?;
    let r = call::call_method(th, s.raw, "truncate", &[given_or_none(a[1])])?;
    // The raw stream may have moved.
    let _ = s.raw_tell();
    Ok(r)
}
