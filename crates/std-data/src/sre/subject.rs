//! The text that is matched.

use super::pattern::Pattern;
use rustpython_sre_engine::{StrDrive, StringCursor};
use taipan_object::strings::Str;
use taipan_object::types::{self, class_of};
use taipan_object::wtf8::Wtf8;
use taipan_object::{Object, PyResult, Thread, Value, buffer, ops};

/// Bytes, or text of ASCII only: a character is a byte.
#[derive(Clone, Copy)]
pub(super) struct Narrow<'a>(pub &'a [u8]);

impl StrDrive for Narrow<'_> {
    #[inline]
    fn count(&self) -> usize {
        self.0.len()
    }
    #[inline]
    fn create_cursor(&self, n: usize) -> StringCursor {
        self.0.create_cursor(n)
    }
    #[inline]
    fn adjust_cursor(&self, cursor: &mut StringCursor, n: usize) {
        self.0.adjust_cursor(cursor, n);
    }
    // The engine's own way reads the byte behind the one consumed, which may lie behind the text.
    #[inline]
    fn advance(cursor: &mut StringCursor) -> u32 {
        let c = <&[u8]>::peek(cursor);
        <&[u8]>::skip(cursor, 1);
        c
    }
    #[inline]
    fn peek(cursor: &StringCursor) -> u32 {
        <&[u8]>::peek(cursor)
    }
    #[inline]
    fn skip(cursor: &mut StringCursor, n: usize) {
        <&[u8]>::skip(cursor, n);
    }
    #[inline]
    fn back_advance(cursor: &mut StringCursor) -> u32 {
        <&[u8]>::back_advance(cursor)
    }
    #[inline]
    fn back_peek(cursor: &StringCursor) -> u32 {
        <&[u8]>::back_peek(cursor)
    }
    #[inline]
    fn back_skip(cursor: &mut StringCursor, n: usize) {
        <&[u8]>::back_skip(cursor, n);
    }
}

/// Other text: positions are found by the string's index of code points, or by walking from near by.
#[derive(Clone, Copy)]
pub(super) struct Wide<'a>(pub &'a Object<Str>);

/// How far a cursor walks before asking the index is cheaper.
const NEAR: usize = 64;

impl StrDrive for Wide<'_> {
    #[inline]
    fn count(&self) -> usize {
        self.0.len()
    }
    fn create_cursor(&self, n: usize) -> StringCursor {
        let rest = &self.0.wtf8()[self.0.byte_offset(n)..];
        let mut cursor = (&rest).create_cursor(0);
        cursor.position = n;
        cursor
    }
    #[inline]
    fn adjust_cursor(&self, cursor: &mut StringCursor, n: usize) {
        let at = cursor.position;
        // A cursor at zero may be a fresh one, which points nowhere.
        if at != 0 && at <= n && n - at <= NEAR {
            Self::skip(cursor, n - at);
        } else if at != 0 && at > n && at - n <= NEAR {
            Self::back_skip(cursor, at - n);
        } else {
            *cursor = self.create_cursor(n);
        }
    }
    #[inline]
    fn advance(cursor: &mut StringCursor) -> u32 {
        <&Wtf8>::advance(cursor)
    }
    #[inline]
    fn peek(cursor: &StringCursor) -> u32 {
        <&Wtf8>::peek(cursor)
    }
    #[inline]
    fn skip(cursor: &mut StringCursor, n: usize) {
        <&Wtf8>::skip(cursor, n);
    }
    #[inline]
    fn back_advance(cursor: &mut StringCursor) -> u32 {
        <&Wtf8>::back_advance(cursor)
    }
    #[inline]
    fn back_peek(cursor: &StringCursor) -> u32 {
        <&Wtf8>::back_peek(cursor)
    }
    #[inline]
    fn back_skip(cursor: &mut StringCursor, n: usize) {
        <&Wtf8>::back_skip(cursor, n);
    }
}

/// The text as the engines see it.
#[derive(Clone, Copy)]
pub(super) enum Text<'a> {
    Narrow(&'a [u8]),
    Wide(&'a Object<Str>),
}

/// A part of a text.
#[derive(Clone, Copy)]
pub(super) enum Part<'a> {
    Text(&'a Wtf8),
    Bytes(&'a [u8]),
}

/// What a pattern is matched against.
#[derive(Clone, Copy)]
pub(super) struct Subject<'a> {
    /// The object that the program gave.
    pub string: Value,
    /// What is read: the same, or a copy as `bytes` of a buffer that may change.
    pub data: Value,
    pub text: Text<'a>,
    /// Characters or bytes.
    pub len: usize,
    /// Whether it is not a `str`.
    pub is_bytes: bool,
}

impl<'a> Subject<'a> {
    /// The text of a string or bytes-like object.
    ///
    /// # Errors
    /// `TypeError` if it is neither.
    pub fn of(th: &Thread, string: Value) -> PyResult<Subject<'a>> {
        Subject::with(th, string, string)
    }

    /// As [`Subject::of`], read from `data`, which an earlier subject of `string` made.
    pub fn with(th: &Thread, string: Value, data: Value) -> PyResult<Subject<'a>> {
        if let Some(s) = data.as_str_obj() {
            return Ok(Subject {
                string,
                data,
                text: if s.is_ascii() {
                    Text::Narrow(s.as_bytes())
                } else {
                    Text::Wide(s)
                },
                len: s.len(),
                is_bytes: false,
            });
        }
        let (data, bytes) = match data.as_bytes() {
            Some(b) => (data, b),
            None => {
                let copy = copied(th, data)?;
                (copy, copy.as_bytes().unwrap_or(&[]))
            }
        };
        Ok(Subject {
            string,
            data,
            text: Text::Narrow(bytes),
            len: bytes.len(),
            is_bytes: true,
        })
    }

    /// Fails where a pattern of text meets bytes, or the other way about.
    pub fn check(&self, th: &Thread, p: &Pattern) -> PyResult<()> {
        match (self.is_bytes, p.is_bytes) {
            (true, Some(false)) => {
                Err(th.type_error("cannot use a string pattern on a bytes-like object"))
            }
            (false, Some(true)) => {
                Err(th.type_error("cannot use a bytes pattern on a string-like object"))
            }
            _ => Ok(()),
        }
    }

    /// The part from `from` to `to` as a new `str` or `bytes`; the object itself where that is the whole of one.
    pub fn slice(&self, th: &Thread, from: usize, to: usize) -> PyResult {
        if !self.is_bytes {
            return self.data.expect::<Str>().slice(th, from, to);
        }
        let Text::Narrow(bytes) = self.text else {
            return Value::bytes(th, &[]);
        };
        if from == 0 && to == bytes.len() && class_of(self.string).is(&types::BYTES) {
            return Ok(self.string);
        }
        Value::bytes(th, bytes.get(from..to).unwrap_or(&[]))
    }

    /// As [`Subject::slice`], from byte to byte of the text.
    pub fn slice_bytes(&self, th: &Thread, from: usize, to: usize) -> PyResult {
        match self.text {
            Text::Narrow(_) => self.slice(th, from, to),
            Text::Wide(s) => s.slice_bytes(th, from, to),
        }
    }

    /// All bytes, of WTF-8 for text.
    pub fn bytes(&self) -> &'a [u8] {
        match self.text {
            Text::Narrow(b) => b,
            Text::Wide(s) => s.as_bytes(),
        }
    }

    /// The byte at which a character begins.
    pub fn byte_of(&self, at: usize) -> usize {
        match self.text {
            Text::Narrow(_) => at,
            Text::Wide(_) if at == 0 => 0,
            Text::Wide(s) if at == s.len() => s.as_bytes().len(),
            Text::Wide(s) => s.byte_offset(at),
        }
    }

    /// What it holds from character `from` to `to`.
    pub fn part(&self, from: usize, to: usize) -> Part<'a> {
        self.part_of_bytes(self.byte_of(from), self.byte_of(to))
    }

    /// As [`Subject::part`], from byte to byte.
    pub fn part_of_bytes(&self, from: usize, to: usize) -> Part<'a> {
        match self.data.as_wtf8() {
            Some(text) if !self.is_bytes => Part::Text(&text[from..to]),
            _ => Part::Bytes(self.bytes().get(from..to).unwrap_or(&[])),
        }
    }

    /// Fits the arguments `pos` and `endpos` to the text.
    pub fn range(&self, th: &Thread, pos: Value, endpos: Value) -> PyResult<(usize, usize)> {
        let fit = |n: i64| (n.max(0) as usize).min(self.len);
        let start = match pos.present() {
            Some(v) => fit(ops::index_i64(th, v)?),
            None => 0,
        };
        let end = match endpos.present() {
            Some(v) => fit(ops::index_i64(th, v)?),
            None => self.len,
        };
        Ok((start, end))
    }
}

/// A copy as `bytes` of what a buffer holds at one instant.
fn copied(th: &Thread, v: Value) -> PyResult {
    let bytes = if buffer::is_exporter(v) {
        taipan_strings::args::bytes_like(th, v).ok()
    } else {
        None
    };
    match bytes {
        Some(b) => Value::bytes(th, &b),
        None => Err(th.type_error(format!(
            "expected string or bytes-like object, got '{}'",
            class_of(v).tp_name()
        ))),
    }
}
