//! `StringIO`: a text stream in memory.

use super::base::{self, c_name};
use super::bytes_io::{attributes, set_attributes};
use super::text_io::newline::{Newline, Translator, chars_prefix, count_chars, newlines};
use crate::args::{given, int_or, size, type_name};
use std::borrow::Cow;
use taipan_object::call::{Args, call_method_row};
use taipan_object::exception::OS_ERROR;
use taipan_object::heap::{Guarded, Object};
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::types::{StaticType, Type, class_of, flags, is_exactly, layout_of};
use taipan_object::wtf8::{Wtf8, Wtf8Buf};
use taipan_object::{PyResult, Raised, Thread, Value, call, gc, ops, payload};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Status {
    New,
    Open,
    Closed,
}

/// The state: the content as WTF-8, and the position in characters, which may lie behind its end.
struct State {
    status: Status,
    text: Vec<u8>,
    /// How many characters `text` has.
    chars: usize,
    pos: usize,
    /// Where in `text` the position is; its length where the position lies behind the end.
    at: usize,
    newline: Newline,
    translator: Option<Translator>,
}

/// The payload of `StringIO`.
pub struct StringIo(Guarded<State>);

payload!(StringIo, "StringIO", |this, m| {});

impl Drop for StringIo {
    fn drop(&mut self) {
        gc::add_outside_bytes(-(self.0.with(|s| s.text.capacity()) as isize));
    }
}

/// `StringIO`
pub static STRING_IO: StaticType = StaticType::new(
    "_io",
    "StringIO",
    Some(&base::TEXT_IO_BASE),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF,
    layout_of::<StringIo>,
);

/// `StringIO`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls: &Object<Type>, _| {
            let state = State {
                status: Status::New,
                text: Vec::new(),
                chars: 0,
                pos: 0,
                at: 0,
                newline: Newline::Lf,
                translator: None,
            };
            Ok(th.new_instance(cls, StringIo(Guarded::new(state))).value())
        });
        s.init = Some(|th, v, args: Args| {
            args.with_first(th, v, |a| call_method_row(th, &INIT, a)).map(|_| ())
        });
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[
        Method::new("close", "($self, /)", |_, a| {
            let old = a[0].expect::<StringIo>().0.with(|s| {
                if s.status == Status::Open {
                    s.status = Status::Closed;
                }
                (s.chars, s.pos, s.at) = (0, 0, 0);
                std::mem::take(&mut s.text)
            });
            gc::add_outside_bytes(-(old.capacity() as isize));
            Ok(Value::NONE)
        })
        .atomic(Atomic::Locked)
        .doc("Close the IO object.\n\nAttempting any further operation after the object is closed\nwill raise a ValueError.\n\nThis method has no effect if the file is already closed."),
        Method::new("getvalue", "($self, /)", |th, a| {
            let text = with(th, a[0], |s| s.text.clone())?;
            to_str(th, &text)
        })
        .atomic(Atomic::Locked)
        .doc("Retrieve the entire contents of the object."),
        Method::new("read", "($self, size=-1, /)", read).atomic(Atomic::Locked).doc(
            "Read at most size characters, returned as a string.\n\nIf the argument is negative or omitted, read until EOF\nis reached. Return an empty string at EOF.",
        ),
        Method::new("readline", "($self, size=-1, /)", |th, a| {
            let limit = size(th, a[1])?;
            let line = with(th, a[0], |s| s.take_line(limit))?;
            to_str(th, &line)
        })
        .atomic(Atomic::Locked)
        .doc("Read until newline or EOF.\n\nReturns an empty string if EOF is hit immediately."),
        Method::new("tell", "($self, /)", |th, a| {
            let n = with(th, a[0], |s| s.pos)?;
            Ok(Value::usize(th, n))
        })
        .atomic(Atomic::Locked)
        .doc("Tell the current file position."),
        Method::new("truncate", "($self, pos=None, /)", truncate).atomic(Atomic::Locked).doc(
            "Truncate size to pos.\n\nThe pos argument defaults to the current file position, as\nreturned by tell().  The current file position is unchanged.\nReturns the new absolute position.",
        ),
        Method::new("seek", "($self, pos, whence=0, /)", seek).atomic(Atomic::Locked).doc(
            "Change stream position.\n\nSeek to character offset pos relative to position indicated by\nwhence:\n    0  Start of stream (the default).  pos should be >= 0;\n    1  Current position - pos must be 0;\n    2  End of stream - pos must be 0.\nReturns the new absolute position.",
        ),
        Method::new("write", "($self, s, /)", write).atomic(Atomic::Locked).doc(
            "Write string to file.\n\nReturns the number of characters written, which is always equal to\nthe length of the string.",
        ),
        Method::new("seekable", "($self, /)", always).doc("Returns True if the IO object can be seeked."),
        Method::new("readable", "($self, /)", always).doc("Returns True if the IO object can be read."),
        Method::new("writable", "($self, /)", always).doc("Returns True if the IO object can be written."),
        Method::new("__getstate__", "($self, /)", get_state),
        Method::new("__setstate__", "($self, state, /)", set_state),
    ],
    getset: &[
        GetSet::new("closed", |th, v| {
            match v.expect::<StringIo>().0.with(|s| s.status) {
                Status::New => Err(unusable(th, Status::New)),
                status => Ok(Value::bool(status == Status::Closed)),
            }
        }),
        GetSet::new("newlines", |th, v| {
            let seen = with(th, v, |s| s.translator.as_ref().map_or(0, Translator::seen))?;
            newlines(th, seen)
        }),
        GetSet::new("line_buffering", |th, v| with(th, v, |_| Value::FALSE)),
    ],
    doc: "Text I/O implementation using an in-memory buffer.\n\nThe initial_value argument sets the value of object.  The newline\nargument is like the one of TextIOWrapper's constructor.",
    sig: "(initial_value='', newline='\\n')",
};

#[cold]
fn unusable(th: &Thread, status: Status) -> Raised {
    th.value_error(match status {
        Status::New => "I/O operation on uninitialized object",
        _ => "I/O operation on closed file",
    })
}

/// Runs `f` on the state of an open stream.
fn with<R>(th: &Thread, v: Value, f: impl FnOnce(&mut State) -> R) -> PyResult<R> {
    let r = v.expect::<StringIo>().0.with(|s| match s.status {
        Status::Open => Ok(f(s)),
        status => Err(status),
    });
    r.map_err(|status| unusable(th, status))
}

fn always(th: &Thread, a: &[Value]) -> PyResult {
    with(th, a[0], |_| Value::TRUE)
}

/// The text of a part of a stream's content.
fn text(bytes: &[u8]) -> Cow<'_, Wtf8> {
    match std::str::from_utf8(bytes) {
        Ok(s) => Cow::Borrowed(Wtf8::new(s)),
        Err(_) => match Wtf8::from_bytes(bytes) {
            Some(w) => Cow::Borrowed(w),
            // Content is made of whole characters only.
            None => Cow::Owned(String::from_utf8_lossy(bytes).into_owned().into()),
        },
    }
}

fn to_str(th: &Thread, bytes: &[u8]) -> PyResult {
    Value::try_wtf8(th, &text(bytes))
}

/// Why text could not be written.
enum Failure {
    Position,
    Size,
    Memory,
}

impl State {
    /// Goes to a character.
    fn go(&mut self, pos: usize) {
        self.at = if pos >= self.chars {
            self.text.len()
        } else if self.chars == self.text.len() {
            pos
        } else if pos >= self.pos {
            self.at + chars_prefix(&self.text[self.at..], pos - self.pos).0
        } else {
            chars_prefix(&self.text, pos).0
        };
        self.pos = pos;
    }

    /// The bytes of at most `n` characters from the position on, which moves behind them.
    fn take(&mut self, n: Option<usize>) -> Vec<u8> {
        let rest = &self.text[self.at..];
        let left = self.chars.saturating_sub(self.pos);
        let (bytes, chars) = match n {
            Some(n) if n < left && self.chars == self.text.len() => (n, n),
            Some(n) if n < left => chars_prefix(rest, n),
            _ => (rest.len(), left),
        };
        let out = rest[..bytes].to_vec();
        self.at += bytes;
        self.pos += chars;
        out
    }

    fn take_line(&mut self, limit: Option<usize>) -> Vec<u8> {
        let rest = &self.text[self.at..];
        let mut end = self.newline.find(rest).unwrap_or(rest.len());
        let mut chars = None;
        if let Some(limit) = limit {
            let (bytes, n) = chars_prefix(&rest[..end], limit);
            end = bytes;
            chars = Some(n);
        }
        let line = rest[..end].to_vec();
        self.at += end;
        self.pos += chars.unwrap_or_else(|| count_chars(&line));
        line
    }

    /// Writes as the newline mode wants it.
    fn write(&mut self, new: &Wtf8) -> Result<(), Failure> {
        let mut new = Cow::Borrowed(new);
        if let Some(t) = &mut self.translator
            && !t.pass(new.as_bytes())
        {
            let mut out = Wtf8Buf::new();
            if out.try_reserve(new.len()).is_err() {
                return Err(Failure::Memory);
            }
            t.push(&mut out, &new, true);
            new = Cow::Owned(out);
        }
        if let Some(ending) = self.newline.write_ending() {
            new = Cow::Owned(new.replace(Wtf8::new("\n"), Wtf8::new(ending)));
        }
        self.overwrite(new.as_bytes())
    }

    fn overwrite(&mut self, new: &[u8]) -> Result<(), Failure> {
        let n = count_chars(new);
        let end = self
            .pos
            .checked_add(n)
            .filter(|n| *n <= isize::MAX as usize);
        let Some(end) = end else {
            return Err(Failure::Position);
        };
        if end > isize::MAX as usize / 4 {
            return Err(Failure::Size);
        }
        let gap = self.pos.saturating_sub(self.chars);
        let room = gap.saturating_add(new.len());
        if self.text.try_reserve(room).is_err() {
            return Err(Failure::Memory);
        }
        if n == 0 {
            return Ok(());
        }
        if gap > 0 {
            self.text.resize(self.text.len() + gap, 0);
            self.chars += gap;
            self.at = self.text.len();
        }
        if self.at == self.text.len() {
            self.text.extend_from_slice(new);
        } else {
            let (old, _) = chars_prefix(&self.text[self.at..], n);
            if old == new.len() {
                self.text[self.at..self.at + old].copy_from_slice(new);
            } else {
                self.text
                    .splice(self.at..self.at + old, new.iter().copied());
            }
        }
        self.at += new.len();
        self.pos = end;
        self.chars = self.chars.max(end);
        Ok(())
    }
}

fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let line = if is_exactly(v, &STRING_IO) {
        let line = with(th, v, |s| s.take_line(None))?;
        to_str(th, &line)?
    } else {
        with(th, v, |_| ())?;
        let line = call::call_method(th, v, "readline", &[])?;
        if line.as_wtf8().is_none() {
            return Err(th.raise(
                &OS_ERROR,
                format!(
                    "readline() should have returned a str object, not '{}'",
                    class_of(line).name_text()
                ),
            ));
        }
        line
    };
    Ok(Some(line).filter(|l| l.as_wtf8().is_some_and(|w| !w.is_empty())))
}

fn read(th: &Thread, a: &[Value]) -> PyResult {
    let n = size(th, a[1])?;
    let out = with(th, a[0], |s| s.take(n))?;
    to_str(th, &out)
}

fn write(th: &Thread, a: &[Value]) -> PyResult {
    let Some(s) = a[1].as_str_obj() else {
        return Err(th.type_error(format!(
            "string argument expected, got '{}'",
            class_of(a[1]).tp_name()
        )));
    };
    with(th, a[0], |_| ())?;
    store(th, a[0], s.wtf8())?;
    Ok(Value::usize(th, s.len()))
}

fn store(th: &Thread, v: Value, new: &Wtf8) -> PyResult<()> {
    let (result, grown) = with(th, v, |s| {
        let before = s.text.capacity() as isize;
        let r = s.write(new);
        (r, s.text.capacity() as isize - before)
    })?;
    if grown != 0 {
        gc::add_outside_bytes(grown);
    }
    result.map_err(|f| match f {
        Failure::Position => th.overflow_error("new position too large"),
        Failure::Size => th.overflow_error("new buffer size too large"),
        Failure::Memory => th.memory_error(),
    })
}

fn seek(th: &Thread, a: &[Value]) -> PyResult {
    let pos = ops::index_i64(th, a[1])?;
    let whence = int_or(th, a[2], 0)?;
    with(th, a[0], |_| ())?;
    if !(0..=2).contains(&whence) {
        return Err(th.value_error(format!("Invalid whence ({whence}, should be 0, 1 or 2)")));
    }
    if pos < 0 && whence == 0 {
        return Err(th.value_error(format!("Negative seek position {pos}")));
    }
    if whence != 0 && pos != 0 {
        return Err(th.raise(&OS_ERROR, "Can't do nonzero cur-relative seeks"));
    }
    let new = with(th, a[0], |s| {
        match whence {
            0 => s.go(pos as usize),
            2 => s.go(s.chars),
            _ => {}
        }
        s.pos
    })?;
    Ok(Value::usize(th, new))
}

fn truncate(th: &Thread, a: &[Value]) -> PyResult {
    let n = match given(a[1]) {
        Some(v) => {
            if class_of(v).slots().index.is_none() {
                return Err(th.type_error(format!(
                    "argument should be integer or None, not '{}'",
                    type_name(v)
                )));
            }
            match ops::index(th, v)?.as_i64() {
                Some(n) => Some(n),
                None => {
                    return Err(th.overflow_error("cannot fit 'int' into an index-sized integer"));
                }
            }
        }
        None => None,
    };
    let n = match n {
        Some(n) => n,
        None => with(th, a[0], |s| s.pos)? as i64,
    };
    with(th, a[0], |_| ())?;
    if n < 0 {
        return Err(th.value_error(format!("Negative size value {n}")));
    }
    with(th, a[0], |s| {
        let n = n as usize;
        if n < s.chars {
            let (bytes, _) = chars_prefix(&s.text, n);
            s.text.truncate(bytes);
            s.chars = n;
            s.at = s.at.min(bytes);
        }
    })?;
    Ok(Value::int(th, n))
}

static INIT: Method = Method::new(
    "StringIO",
    "($self, initial_value='', newline='\\n')",
    |th, a| {
        let newline = match a[2].present() {
            None => Newline::Lf,
            Some(v) => parse_newline(th, v)?,
        };
        set_up(th, a[0], given(a[1]), newline)?;
        Ok(Value::NONE)
    },
);

fn parse_newline(th: &Thread, v: Value) -> PyResult<Newline> {
    if v.is_none() {
        return Ok(Newline::Universal);
    }
    let Some(s) = v.as_str_obj() else {
        return Err(th.type_error(format!(
            "newline must be str or None, not {}",
            class_of(v).tp_name()
        )));
    };
    let Some(text) = s.as_str() else {
        // The codec says which character it is.
        taipan_strings::codec::encode(th, v, Some("utf-8"), None)?;
        return Err(th.value_error("surrogates not allowed"));
    };
    match Newline::parse(Some(text)) {
        Some(n) => Ok(n),
        None => {
            let shown = ops::repr(th, v)?;
            Err(th.value_error(format!(
                "illegal newline value: {}",
                taipan_object::names::text(shown)
            )))
        }
    }
}

fn set_up(th: &Thread, v: Value, initial: Option<Value>, newline: Newline) -> PyResult<()> {
    let initial = match initial {
        None => Wtf8::new(""),
        Some(t) => t.as_wtf8().ok_or_else(|| {
            th.type_error(format!(
                "initial_value must be str or None, not {}",
                class_of(t).tp_name()
            ))
        })?,
    };
    let old = v.expect::<StringIo>().0.with(|s| {
        s.status = Status::Open;
        (s.chars, s.pos, s.at) = (0, 0, 0);
        s.newline = newline;
        s.translator = newline.translator();
        std::mem::take(&mut s.text)
    });
    if old.capacity() > 0 {
        gc::add_outside_bytes(-(old.capacity() as isize));
    }
    if !initial.is_empty() {
        store(th, v, initial)?;
        with(th, v, |s| s.go(0))?;
    }
    Ok(())
}

fn get_state(th: &Thread, a: &[Value]) -> PyResult {
    let (content, newline, pos) = with(th, a[0], |s| (s.text.clone(), s.newline, s.pos))?;
    let content = to_str(th, &content)?;
    let newline = match newline.argument() {
        Some(n) => Value::str(th, n),
        None => Value::NONE,
    };
    let pos = Value::usize(th, pos);
    Value::try_tuple(th, &[content, newline, pos, attributes(th, a[0])?])
}

fn set_state(th: &Thread, a: &[Value]) -> PyResult {
    let v = a[0];
    if v.expect::<StringIo>().0.with(|s| s.status) == Status::Closed {
        return Err(unusable(th, Status::Closed));
    }
    let Some([content, newline, pos, dict]) = a[1].as_tuple() else {
        return Err(th.type_error(format!(
            "{}.__setstate__ argument should be 4-tuple, got {}",
            c_name(v),
            class_of(a[1]).tp_name()
        )));
    };
    let newline = parse_newline(th, *newline)?;
    set_up(th, v, given(*content), newline)?;
    // The content was translated when it was first written: it is taken as it is.
    let bytes = content.as_wtf8().map_or(&[][..], Wtf8::as_bytes);
    let grown = with(th, v, |s| {
        let before = s.text.capacity() as isize;
        s.text.clear();
        s.text.extend_from_slice(bytes);
        s.chars = count_chars(bytes);
        s.at = 0;
        s.text.capacity() as isize - before
    })?;
    if grown != 0 {
        gc::add_outside_bytes(grown);
    }
    if !pos.is_int() {
        return Err(th.type_error(format!(
            "third item of state must be an integer, got {}",
            class_of(*pos).tp_name()
        )));
    }
    let n = ops::index_i64(th, *pos)?;
    if n < 0 {
        return Err(th.value_error("position value cannot be negative"));
    }
    with(th, v, |s| s.go(n as usize))?;
    if !dict.is_none() && dict.as_dict().is_none() {
        return Err(th.type_error(format!(
            "fourth item of state should be a dict, got a {}",
            class_of(*dict).tp_name()
        )));
    }
    set_attributes(th, v, *dict)?;
    Ok(Value::NONE)
}
