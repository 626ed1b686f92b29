//! Writing the tracebacks of threads without allocating, as fatal signals' handlers must.
//!
//! A handler looks at threads that run, or at its own in the middle of anything. So each pointer is checked to be a
//! cell of the right kind before it is used: a line may be wrong, but the report comes.

use taipan_host::crash::{write_number, write_raw};
use taipan_host::{Fd, thread};
use taipan_object::code::Code;
use taipan_object::frame::FramePtr;
use taipan_object::strings::Str;
use taipan_object::thread::try_for_each_thread;
use taipan_object::{Thread, Value, gc};

const MAX_FRAMES: usize = 100;
const MAX_THREADS: usize = 100;
const MAX_TEXT: usize = 500;

/// The cell at an address, if there is one of this kind.
fn checked<'a, T: taipan_object::Payload>(v: Value) -> Option<&'a taipan_object::Object<T>> {
    let cell = v.cell()?;
    if !gc::is_in_heap(cell.addr()) {
        return None;
    }
    v.downcast::<T>()
}

/// A string in ASCII, other characters as escapes.
fn write_text(fd: Fd, v: Value) {
    let Some(s) = checked::<Str>(v) else {
        write_raw(fd, b"???");
        return;
    };
    for (i, c) in s.wtf8().code_points().enumerate() {
        if i == MAX_TEXT {
            write_raw(fd, b"...");
            return;
        }
        let n = c.to_u32();
        match n {
            0x20..0x7f => write_raw(fd, &[n as u8]),
            0..0x100 => {
                write_raw(fd, b"\\x");
                write_number(fd, n.into(), 16, 2);
            }
            0x100..0x1_0000 => {
                write_raw(fd, b"\\u");
                write_number(fd, n.into(), 16, 4);
            }
            _ => {
                write_raw(fd, b"\\U");
                write_number(fd, n.into(), 16, 8);
            }
        }
    }
}

/// The frames of a thread.
fn write_frames(fd: Fd, th: &Thread) {
    let mut at = FramePtr(th.frame.get());
    if at.is_null() {
        write_raw(fd, b"  <no Python frame>\n");
        return;
    }
    for depth in 0.. {
        if at.is_null() {
            return;
        }
        if depth == MAX_FRAMES {
            write_raw(fd, b"  ...\n");
            return;
        }
        if at.code.is_null() || at.code.addr() & 7 != 0 {
            write_raw(fd, b"  <invalid frame>\n");
            return;
        }
        let Some(code) = checked::<Code>(Value::from_cell(at.code)) else {
            write_raw(fd, b"  <invalid frame>\n");
            return;
        };
        write_raw(fd, b"  File \"");
        write_text(fd, code.filename.get());
        write_raw(fd, b"\", line ");
        let word = usize::try_from(at.word_index()).unwrap_or(0);
        match code.data().positions.line_at(word) {
            Some(line) => write_number(fd, line.into(), 10, 1),
            None => write_raw(fd, b"???"),
        }
        write_raw(fd, b" in ");
        write_text(fd, code.name.get());
        write_raw(fd, b"\n");
        at = FramePtr(at.previous);
    }
}

/// The current thread's traceback, under the heading that it has alone.
pub(super) fn write_stack(fd: Fd, th: Option<&Thread>) {
    write_raw(fd, b"Stack (most recent call first):\n");
    match th {
        Some(th) => write_frames(fd, th),
        None => write_raw(fd, b"  <no Python frame>\n"),
    }
}

/// All threads' tracebacks, the youngest thread first.
pub(super) fn write_threads(fd: Fd, current: Option<&Thread>) {
    let mut n = 0;
    let mut one = |th: &Thread| {
        if n == MAX_THREADS {
            write_raw(fd, b"...\n");
        }
        n += 1;
        if n > MAX_THREADS {
            return;
        }
        if n > 1 {
            write_raw(fd, b"\n");
        }
        let is_current = current.is_some_and(|c| std::ptr::eq(c, th));
        write_raw(
            fd,
            if is_current {
                b"Current thread 0x"
            } else {
                b"Thread 0x"
            },
        );
        write_number(fd, th.ident, 16, 16);
        let name = thread::name_of(th.ident);
        let end = name.iter().position(|b| *b == 0).unwrap_or(name.len());
        if end > 0 {
            write_raw(fd, b" [");
            write_raw(fd, &name[..end]);
            write_raw(fd, b"]");
        }
        write_raw(fd, b" (most recent call first):\n");
        write_frames(fd, th);
    };
    if !try_for_each_thread(&mut one)
        && let Some(th) = current
    {
        one(th);
    }
}
