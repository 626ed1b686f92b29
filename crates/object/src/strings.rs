//! `str` and `bytes` cells, and interned strings.
//!
//! A string is WTF-8 in one cell: an ASCII one 24 bytes plus its text, any other 32 bytes plus its text,
//! with an index of code-point offsets made when first needed. Limit: 4 GiB of text in one string.
//!
//! A string that is being built by `s += x` has its text in a buffer with room behind it ([`Buffer`]): the next sum
//! adds to that buffer and is a new string that shares it.

use crate::error::{PyResult, Raised};
use crate::heap::{Field, FieldOf, Object, Payload};
use crate::payload;
use crate::thread::Thread;
use crate::types;
use crate::value::Value;
use rustpython_wtf8::{Wtf8, Wtf8Buf};
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use taipan_text::index;

mod interned;

pub(crate) use interned::trace_interned;
pub use interned::{intern, intern_name, intern_value, intern_wtf8, interned_count};

/// The payload of `str`.
#[repr(C)]
pub struct Str {
    /// The hash plus nothing: zero until it is computed (the empty string's hash is zero too).
    hash: AtomicU64,
    bytes: u32,
    chars: u32,
    /// For text that is not ASCII: byte offsets of every 64th code point, made when first asked for.
    rest: [u64; 0],
}

payload!(1: Str, "str", |this, m| this.trace_more(m));

const ASCII: u8 = 1;
const INTERNED: u8 = 2;
/// The text is in a [`Buffer`].
const BUFFERED: u8 = 4;
/// The string is a sum: who adds to a sum is likely to go on.
const SUM: u8 = 8;
/// The text is known to have no lone surrogates.
const NO_SURROGATES: u8 = 16;

/// Where the word of the index lies in the cell of a string that is not ASCII or is buffered.
const INDEX_AT: usize = 24;
/// Where the reference to the buffer lies.
const BUFFER_AT: usize = 32;

/// Byte offsets of every 64th code point of one string.
#[repr(C)]
struct Samples {
    len: usize,
    offsets: [u32; 0],
}

payload!(Samples, "str index", |this, m| {});

/// Text that several strings are beginnings of. Bytes below `used` never change; those above belong to whoever
/// succeeds in moving `used` from the end of its own string.
#[repr(C)]
struct Buffer {
    used: AtomicUsize,
    capacity: usize,
    text: [u8; 0],
}

payload!(Buffer, "str buffer", |this, m| {});

impl Str {
    #[inline]
    fn trace_more(&self, m: &mut taipan_gc::Marker) {
        let object = (self as *const Str as *const u8).wrapping_sub(8) as *const Object<Str>;
        // SAFETY: a `Str` lives only inside its `Object<Str>` cell.
        let object = unsafe { &*object };
        let aux = object.header.aux.load(Ordering::Relaxed);
        // A cell that is not finished has no flags; it has no references either, or they are on the stack.
        if aux & BUFFERED != 0 {
            object.buffer_field().trace(m);
        }
        if aux & ASCII == 0 && self.bytes != self.chars {
            object.samples_field().trace(m);
        }
    }
}

impl Object<Str> {
    /// Makes a string.
    ///
    /// # Errors
    /// `MemoryError` if there is no room, or for text over 4 GiB.
    pub fn try_new<'a>(th: &Thread, text: &Wtf8) -> PyResult<&'a Object<Str>> {
        let bytes = text.as_bytes();
        let chars = if bytes.is_ascii() {
            bytes.len()
        } else {
            bytecount(bytes)
        };
        Self::try_new_counted(th, bytes, chars)
    }

    fn try_new_counted<'a>(th: &Thread, bytes: &[u8], chars: usize) -> PyResult<&'a Object<Str>> {
        Self::try_new_with(th, bytes.len(), chars, |to| to.copy_from_slice(bytes))
    }

    /// The text.
    #[inline(always)]
    pub fn wtf8<'a>(&self) -> &'a Wtf8 {
        // SAFETY: cells are made from WTF-8 only and never change.
        unsafe { Wtf8::from_bytes_unchecked(self.as_bytes()) }
    }

    /// The bytes of the text.
    #[inline(always)]
    pub fn as_bytes<'a>(&self) -> &'a [u8] {
        let aux = self.header.aux.load(Ordering::Relaxed);
        let head = if aux & ASCII != 0 { 24 } else { 32 };
        // SAFETY: `bytes` bytes follow the head, or are the first ones in the buffer that the string keeps alive.
        unsafe {
            let mut text = (self as *const _ as *const u8).add(head);
            if aux & BUFFERED != 0 {
                text = self.buffered_text();
            }
            std::slice::from_raw_parts(text, self.data.bytes as usize)
        }
    }

    #[cold]
    fn buffered_text(&self) -> *const u8 {
        let buffer = self.buffer_field().expect();
        &raw const buffer.data.text as *const u8
    }

    fn buffer_field(&self) -> &FieldOf<Buffer> {
        // SAFETY: only called for buffered strings, which have this field at that offset.
        unsafe { &*((self as *const _ as *const u8).add(BUFFER_AT) as *const FieldOf<Buffer>) }
    }

    fn samples_field(&self) -> &FieldOf<Samples> {
        // SAFETY: text that is not ASCII has this field, zeroed at first, at that offset.
        unsafe { &*((self as *const _ as *const u8).add(INDEX_AT) as *const FieldOf<Samples>) }
    }

    /// The text if it has no lone surrogate.
    pub fn as_str<'a>(&self) -> Option<&'a str> {
        if self.is_ascii() {
            // SAFETY: ASCII is UTF-8.
            return Some(unsafe { std::str::from_utf8_unchecked(self.as_bytes()) });
        }
        std::str::from_utf8(self.as_bytes()).ok()
    }

    /// Whether every character is ASCII.
    #[inline(always)]
    pub fn is_ascii(&self) -> bool {
        self.header.aux.load(Ordering::Relaxed) & ASCII != 0
    }

    /// Whether this is the one interned string of its text.
    #[inline(always)]
    pub fn is_interned(&self) -> bool {
        self.header.aux.load(Ordering::Relaxed) & INTERNED != 0
    }

    /// The length in code points, Python's `len`.
    #[inline(always)]
    pub fn len(&self) -> usize {
        self.data.chars as usize
    }

    /// Whether it is empty.
    pub fn is_empty(&self) -> bool {
        self.data.bytes == 0
    }

    /// The hash, SipHash-1-3 keyed once per process.
    #[inline]
    pub fn hash(&self) -> i64 {
        let h = self.data.hash.load(Ordering::Relaxed);
        if h != 0 {
            return h as i64;
        }
        let h = crate::thread::hash_bytes(self.as_bytes());
        self.data.hash.store(h as u64, Ordering::Relaxed);
        h
    }

    /// The index of a text that is not ASCII, made when first asked for; nothing for a short text, or where there is
    /// no memory for one: the text is walked through then.
    fn samples(&self) -> &[u32] {
        let count = index::sample_count(self.len());
        if count == 0 {
            return &[];
        }
        let field = self.samples_field();
        if field.get().is_none() {
            // SAFETY: the current mutator is alive, and a thread that looks at strings is attached.
            let Some(mutator) = (unsafe { taipan_gc::current().as_ref() }) else {
                return &[];
            };
            let size = size_of::<Object<Samples>>() + count * 4;
            let Ok(cell) = mutator.alloc(Samples::kind().0, size) else {
                return &[];
            };
            let o = cell as *mut Object<Samples>;
            // SAFETY: the cell is new, zeroed, large enough, and seen by no one else.
            unsafe {
                (&raw mut (*o).data.len).write(count);
                let to = (&raw mut (*o).data.offsets) as *mut u32;
                index::take_samples(self.wtf8(), std::slice::from_raw_parts_mut(to, count));
                // Of two threads that make one at once, the first wins.
                field.set_if_null(&self.header, &*o);
            }
        }
        let Some(samples) = field.get() else {
            return &[];
        };
        // SAFETY: `len` words follow; they were written before the cell was published.
        unsafe {
            std::slice::from_raw_parts(
                &raw const samples.data.offsets as *const u32,
                samples.data.len,
            )
        }
    }

    /// The byte offset of the code point at `index`, which is at most the length. Constant time.
    pub fn byte_offset(&self, index: usize) -> usize {
        if self.is_ascii() {
            return index;
        }
        if index == self.len() {
            return self.data.bytes as usize;
        }
        // Near the start a walk needs no index.
        let samples = if index < 64 { &[] } else { self.samples() };
        index::byte_of(self.wtf8(), samples, index)
    }

    /// Whether a code point is a surrogate.
    pub fn has_surrogates(&self) -> bool {
        // A long text may be asked often: it remembers the answer that most give.
        let known = self.header.aux.load(Ordering::Relaxed) & (ASCII | NO_SURROGATES);
        if known != 0 {
            return false;
        }
        let found = index::has_surrogates(self.wtf8());
        if !found {
            self.header.aux.fetch_or(NO_SURROGATES, Ordering::Relaxed);
        }
        found
    }

    /// How many code points lie before a byte offset.
    pub fn char_index(&self, offset: usize) -> usize {
        if self.is_ascii() {
            return offset;
        }
        if offset == self.data.bytes as usize {
            return self.len();
        }
        let samples = if offset < 64 { &[] } else { self.samples() };
        index::char_of(self.wtf8(), samples, offset)
    }
}

/// Bytes from which a string that is added to again gets a buffer.
const BUFFER_FROM: usize = 512;

fn bytecount(bytes: &[u8]) -> usize {
    bytes.iter().filter(|b| **b & 0xC0 != 0x80).count()
}

/// The payload of `bytes`.
#[repr(C)]
pub struct Bytes {
    hash: AtomicU64,
    len: usize,
    data: [u8; 0],
}

payload!(19: Bytes, "bytes", |this, m| {});

impl Object<Bytes> {
    /// Makes a bytes object.
    ///
    /// # Errors
    /// `MemoryError` if there is no room.
    pub fn try_new<'a>(th: &Thread, data: &[u8]) -> PyResult<&'a Object<Bytes>> {
        let Some(size) = size_of::<Object<Bytes>>().checked_add(data.len()) else {
            return Err(th.memory_error());
        };
        let cell = th.try_alloc(Bytes::kind(), size)?;
        // SAFETY: the cell is new, large enough, and seen by no one else.
        unsafe {
            let b = cell as *mut Object<Bytes>;
            (&raw mut (*b).data.len).write(data.len());
            std::ptr::copy_nonoverlapping(
                data.as_ptr(),
                (&raw mut (*b).data.data) as *mut u8,
                data.len(),
            );
            (*b).header
                .shape
                .store(types::BYTES.shape_word(), Ordering::Release);
            Ok(&*b)
        }
    }

    /// The content.
    #[inline(always)]
    pub fn as_bytes<'a>(&self) -> &'a [u8] {
        // SAFETY: `len` bytes follow; they never change.
        unsafe { std::slice::from_raw_parts(self.data.data.as_ptr(), self.data.len) }
    }

    /// The hash, that of a string of the same bytes.
    pub fn hash(&self) -> i64 {
        let h = self.data.hash.load(Ordering::Relaxed);
        if h != 0 {
            return h as i64;
        }
        let h = crate::thread::hash_bytes(self.as_bytes());
        self.data.hash.store(h as u64, Ordering::Relaxed);
        h
    }
}

impl Value {
    /// A new string; small ones of one ASCII character and the empty one are shared.
    pub fn str(th: &Thread, text: &str) -> Value {
        Value::wtf8(th, Wtf8::new(text))
    }

    /// A new string that may hold lone surrogates.
    pub fn wtf8(th: &Thread, text: &Wtf8) -> Value {
        match Value::try_wtf8(th, text) {
            Ok(v) => v,
            Err(_) => th.out_of_memory(),
        }
    }

    /// A new string, for text whose size is not known to be small.
    pub fn try_wtf8(th: &Thread, text: &Wtf8) -> PyResult {
        let bytes = text.as_bytes();
        match bytes {
            [] => Ok(empty_str()),
            [b] if *b < 128 => Ok(ascii_char(*b)),
            _ => Ok(Object::<Str>::try_new(th, text)?.value()),
        }
    }

    /// A string of one code point.
    pub fn char(th: &Thread, c: rustpython_wtf8::CodePoint) -> Value {
        let mut buf = Wtf8Buf::new();
        buf.push(c);
        Value::wtf8(th, &buf)
    }

    /// A new bytes object.
    pub fn bytes(th: &Thread, data: &[u8]) -> PyResult {
        Ok(Object::<Bytes>::try_new(th, data)?.value())
    }

    /// The string cell, if this is a `str` or of a subclass.
    #[inline(always)]
    pub fn as_str_obj<'a>(self) -> Option<&'a Object<Str>> {
        self.downcast::<Str>()
    }

    /// The text, if this is a `str` or of a subclass.
    #[inline(always)]
    pub fn as_wtf8<'a>(self) -> Option<&'a Wtf8> {
        Some(self.downcast::<Str>()?.wtf8())
    }

    /// The bytes, if this is a `bytes` or of a subclass.
    #[inline(always)]
    pub fn as_bytes<'a>(self) -> Option<&'a [u8]> {
        Some(self.downcast::<Bytes>()?.as_bytes())
    }

    /// Whether this is a string of just this text.
    pub fn is_str(self, text: &str) -> bool {
        self.as_wtf8()
            .is_some_and(|w| w.as_bytes() == text.as_bytes())
    }
}

static ASCII_CHARS: [Field; 128] = [const { Field::absent() }; 128];
static EMPTY_STR: Field = Field::absent();

/// The empty string.
#[inline(always)]
pub fn empty_str() -> Value {
    EMPTY_STR.get()
}

/// The string of one ASCII character.
#[inline(always)]
pub fn ascii_char(b: u8) -> Value {
    ASCII_CHARS[b as usize].get()
}

/// Makes the shared strings; part of the bootstrap.
pub(crate) fn init(th: &Thread) -> Result<(), Raised> {
    crate::heap::register::<Samples>();
    crate::heap::register::<Buffer>();
    EMPTY_STR.init(intern_value(
        Object::<Str>::try_new(th, Wtf8::new(""))?.value(),
    ));
    for (b, field) in ASCII_CHARS.iter().enumerate() {
        let text = [b as u8];
        // SAFETY: ASCII is WTF-8.
        let text = unsafe { Wtf8::from_bytes_unchecked(&text) };
        field.init(intern_value(Object::<Str>::try_new(th, text)?.value()));
    }
    Ok(())
}

impl Object<Str> {
    /// The concatenation of two strings.
    ///
    /// # Errors
    /// `MemoryError` if there is no room.
    pub fn try_concat<'a>(
        th: &Thread,
        x: &Object<Str>,
        y: &Object<Str>,
    ) -> PyResult<&'a Object<Str>> {
        let (a, b) = (x.as_bytes(), y.as_bytes());
        // A surrogate pair must not form across the seam: WTF-8 would have to write it as one code point.
        if a.len() >= 3 && a[a.len() - 3] == 0xED && b.first() == Some(&0xED) {
            let mut joined = rustpython_wtf8::Wtf8Buf::with_capacity(a.len() + b.len());
            joined.push_wtf8(x.wtf8());
            joined.push_wtf8(y.wtf8());
            return Object::<Str>::try_new(th, &joined);
        }
        let total = a.len() + b.len();
        if total >= BUFFER_FROM && x.header.aux.load(Ordering::Relaxed) & (SUM | BUFFERED) != 0 {
            return Self::append(th, x, y);
        }
        let sum = Object::<Str>::try_new_with(th, total, x.len() + y.len(), |to| {
            to[..a.len()].copy_from_slice(a);
            to[a.len()..].copy_from_slice(b);
        })?;
        if total >= BUFFER_FROM {
            sum.header.aux.fetch_or(SUM, Ordering::Relaxed);
        }
        Ok(sum)
    }

    /// The sum as a string in a buffer: that of `x`, if there is room behind it and nobody has added to it.
    fn append<'a>(th: &Thread, x: &Object<Str>, y: &Object<Str>) -> PyResult<&'a Object<Str>> {
        let (a, b) = (x.as_bytes(), y.as_bytes());
        let total = a.len() + b.len();
        if total > u32::MAX as usize {
            return Err(th.memory_error());
        }
        // Both cells are there before the first byte is written: what is claimed of a buffer is used.
        let cell = th.try_alloc(Str::kind(), BUFFER_AT + 8)?;
        let old = (x.header.aux.load(Ordering::Relaxed) & BUFFERED != 0)
            .then(|| x.buffer_field().expect())
            .filter(|buffer| {
                total <= buffer.capacity
                    && buffer
                        .used
                        .compare_exchange(a.len(), total, Ordering::AcqRel, Ordering::Relaxed)
                        .is_ok()
            });
        let buffer = match old {
            Some(buffer) => buffer,
            None => {
                // Large ones grow by less: their memory counts for more than the copying.
                let spare = if total < 1 << 20 {
                    total / 2
                } else {
                    total / 8
                };
                Self::try_buffer(th, total, spare, a)?
            }
        };
        // SAFETY: the cell is new, zeroed, large enough, and seen by no one else; the bytes of the buffer from `a`'s
        // length to `total` are this call's.
        unsafe {
            let to = &raw const buffer.data.text as *mut u8;
            std::ptr::copy_nonoverlapping(b.as_ptr(), to.add(a.len()), b.len());
            let chars = x.len() + y.len();
            let s = cell as *mut Object<Str>;
            (&raw mut (*s).data.bytes).write(total as u32);
            (&raw mut (*s).data.chars).write(chars as u32);
            let ascii = if chars == total { ASCII } else { 0 };
            (*s).buffer_field().set(&(*s).header, Some(buffer));
            (*s).header.aux.store(ascii | BUFFERED, Ordering::Release);
            (*s).header
                .shape
                .store(types::STR.shape_word(), Ordering::Release);
            Ok(&*s)
        }
    }

    /// A buffer of `used` bytes, the first of which are given, and some to spare.
    fn try_buffer<'a>(
        th: &Thread,
        used: usize,
        spare: usize,
        text: &[u8],
    ) -> PyResult<&'a Object<Buffer>> {
        let size = taipan_gc::rounded_size(size_of::<Object<Buffer>>() + used + spare);
        let cell = th.try_alloc(Buffer::kind(), size)?;
        // SAFETY: the cell is new, large enough, and seen by no one else.
        unsafe {
            let o = cell as *mut Object<Buffer>;
            (&raw mut (*o).data.used).write(AtomicUsize::new(used));
            (&raw mut (*o).data.capacity).write(size - size_of::<Object<Buffer>>());
            let to = (&raw mut (*o).data.text) as *mut u8;
            std::ptr::copy_nonoverlapping(text.as_ptr(), to, text.len());
            Ok(&*o)
        }
    }

    /// A string of `bytes` bytes and `chars` code points that `fill` writes. `fill` must write WTF-8 of just that many.
    pub(crate) fn try_new_with<'a>(
        th: &Thread,
        bytes: usize,
        chars: usize,
        fill: impl FnOnce(&mut [u8]),
    ) -> PyResult<&'a Object<Str>> {
        if bytes > u32::MAX as usize {
            return Err(th.memory_error());
        }
        let ascii = chars == bytes;
        let head = size_of::<Object<Str>>() + if ascii { 0 } else { 8 };
        let cell = th.try_alloc(Str::kind(), head + bytes)?;
        // SAFETY: the cell is new, zeroed, large enough, and seen by no one else.
        unsafe {
            let s = cell as *mut Object<Str>;
            (&raw mut (*s).data.bytes).write(bytes as u32);
            (&raw mut (*s).data.chars).write(chars as u32);
            fill(std::slice::from_raw_parts_mut(
                (cell as *mut u8).add(head),
                bytes,
            ));
            (*s).header
                .aux
                .store(if ascii { ASCII } else { 0 }, Ordering::Relaxed);
            (*s).header
                .shape
                .store(types::STR.shape_word(), Ordering::Release);
            Ok(&*s)
        }
    }
}

impl Value {
    /// A string of `len` ASCII characters that `fill` writes.
    ///
    /// # Errors
    /// `MemoryError` if there is no room.
    ///
    /// # Panics
    /// If `fill` writes anything but ASCII.
    #[inline]
    pub fn ascii_by(th: &Thread, len: usize, fill: impl FnOnce(&mut [u8])) -> PyResult {
        if len == 0 {
            return Ok(empty_str());
        }
        let s = Object::<Str>::try_new_with(th, len, len, |to| {
            fill(to);
            assert!(to.is_ascii(), "internal error: not ASCII");
        })?;
        match s.as_bytes() {
            [b] => Ok(ascii_char(*b)),
            _ => Ok(s.value()),
        }
    }
}

impl Object<Str> {
    /// The code points `from..to`, which are within the string. An exact `str`; the whole of one is itself.
    ///
    /// # Errors
    /// `MemoryError` if there is no room.
    pub fn slice(&self, th: &Thread, from: usize, to: usize) -> PyResult {
        if from >= to {
            return Ok(empty_str());
        }
        if from == 0 && to == self.len() && types::is_exact_str(self) {
            return Ok(Value::from_cell(self));
        }
        if self.is_ascii() {
            return match &self.as_bytes()[from..to] {
                [b] => Ok(ascii_char(*b)),
                bytes => Ok(Self::try_new_counted(th, bytes, bytes.len())?.value()),
            };
        }
        let start = self.byte_offset(from);
        // The end of a short part is near its start.
        let end = if to - from < 64 {
            start + index::byte_of(&self.wtf8()[start..], &[], to - from)
        } else {
            self.byte_offset(to)
        };
        let bytes = &self.as_bytes()[start..end];
        match bytes {
            [b] if *b < 128 => Ok(ascii_char(*b)),
            _ => Ok(Self::try_new_counted(th, bytes, to - from)?.value()),
        }
    }

    /// The code points between two byte offsets, which are boundaries. An exact `str`; the whole of one is itself.
    ///
    /// # Errors
    /// `MemoryError` if there is no room.
    pub fn slice_bytes(&self, th: &Thread, from: usize, to: usize) -> PyResult {
        let bytes = &self.as_bytes()[from..to];
        match bytes {
            [] => Ok(empty_str()),
            [b] if *b < 128 => Ok(ascii_char(*b)),
            _ if bytes.len() == self.as_bytes().len() && types::is_exact_str(self) => {
                Ok(Value::from_cell(self))
            }
            _ => {
                let chars = taipan_text::index::count_starts(bytes);
                Ok(Self::try_new_counted(th, bytes, chars)?.value())
            }
        }
    }

    /// `separator.join(items)`; all items are strings.
    ///
    /// # Errors
    /// `MemoryError` if there is no room.
    pub fn join(&self, th: &Thread, items: &[Value]) -> PyResult {
        let separator = self.as_bytes();
        let between = items.len().saturating_sub(1);
        let mut bytes = separator.len().saturating_mul(between);
        let mut chars = self.len().saturating_mul(between);
        // A surrogate pair must not form across a seam.
        let mut surrogates = separator.contains(&0xED);
        for v in items {
            let s = v.expect::<Str>();
            bytes = bytes.saturating_add(s.as_bytes().len());
            chars = chars.saturating_add(s.len());
            surrogates |= !s.is_ascii() && s.as_bytes().contains(&0xED);
        }
        if surrogates || bytes > 1 << 30 {
            let mut out = Wtf8Buf::new();
            if out.try_reserve(bytes).is_err() {
                return Err(th.memory_error());
            }
            for (i, v) in items.iter().enumerate() {
                if i > 0 {
                    out.push_wtf8(self.wtf8());
                }
                out.push_wtf8(v.expect::<Str>().wtf8());
            }
            return Value::try_wtf8(th, &out);
        }
        if bytes == 0 {
            return Ok(empty_str());
        }
        let joined = Object::<Str>::try_new_with(th, bytes, chars, |to| {
            let mut at = 0;
            for (i, v) in items.iter().enumerate() {
                if i > 0 {
                    to[at..at + separator.len()].copy_from_slice(separator);
                    at += separator.len();
                }
                let part = v.expect::<Str>().as_bytes();
                to[at..at + part.len()].copy_from_slice(part);
                at += part.len();
            }
        })?;
        Ok(joined.value())
    }

    /// A string whose type is a subclass of `str` (or `str` itself).
    ///
    /// # Errors
    /// `MemoryError` if there is no room.
    pub fn for_class(th: &Thread, cls: &Object<types::Type>, text: &Wtf8) -> PyResult {
        if cls.is(&types::STR) {
            return Value::try_wtf8(th, text);
        }
        let bytes = text.as_bytes();
        let chars = bytecount(bytes);
        if bytes.len() > u32::MAX as usize {
            return Err(th.memory_error());
        }
        let ascii = chars == bytes.len();
        let head = size_of::<Object<Str>>() + if ascii { 0 } else { 8 };
        let shape = cls.root_shape.expect();
        let size = (head + bytes.len()).next_multiple_of(8);
        let cell = th.try_alloc(Str::kind(), size + shape.extra_bytes())?;
        // SAFETY: the cell is new, zeroed, large enough, and seen by no one else.
        unsafe {
            let s = cell as *mut Object<Str>;
            (&raw mut (*s).data.bytes).write(bytes.len() as u32);
            (&raw mut (*s).data.chars).write(chars as u32);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), (cell as *mut u8).add(head), bytes.len());
            (*s).header
                .aux
                .store(if ascii { ASCII } else { 0 }, Ordering::Relaxed);
            if shape.extra_bytes() != 0 {
                crate::attr::init_slots(cell, size, shape);
            }
            (*s).header.shape.store(cls.shape_word(), Ordering::Release);
            if cls.has_flag(types::flags::HAS_DEL) {
                taipan_gc::register_finalizable(cell);
            }
            Ok((*s).value())
        }
    }
}

impl Object<Bytes> {
    /// Bytes whose type is a subclass of `bytes` (or `bytes` itself).
    ///
    /// # Errors
    /// `MemoryError` if there is no room.
    pub fn for_class(th: &Thread, cls: &Object<types::Type>, data: &[u8]) -> PyResult {
        if cls.is(&types::BYTES) {
            return Value::bytes(th, data);
        }
        let shape = cls.root_shape.expect();
        let size = (size_of::<Object<Bytes>>() + data.len()).next_multiple_of(8);
        let cell = th.try_alloc(Bytes::kind(), size + shape.extra_bytes())?;
        // SAFETY: the cell is new, zeroed, large enough, and seen by no one else.
        unsafe {
            let b = cell as *mut Object<Bytes>;
            (&raw mut (*b).data.len).write(data.len());
            let to = (&raw mut (*b).data.data) as *mut u8;
            std::ptr::copy_nonoverlapping(data.as_ptr(), to, data.len());
            if shape.extra_bytes() != 0 {
                crate::attr::init_slots(cell, size, shape);
            }
            (*b).header.shape.store(cls.shape_word(), Ordering::Release);
            if cls.has_flag(types::flags::HAS_DEL) {
                taipan_gc::register_finalizable(cell);
            }
            Ok((*b).value())
        }
    }
}

/// Fails for text that UTF-8 cannot express, one with a lone surrogate.
///
/// # Errors
/// `UnicodeEncodeError`, as `text.encode()`.
pub fn check_utf8(th: &Thread, text: Value) -> PyResult<()> {
    let Some(s) = text.as_str_obj().filter(|s| s.as_str().is_none()) else {
        return Ok(());
    };
    let is_lone = |c: &u32| (0xD800..0xE000).contains(c);
    let points = s.wtf8().code_points().map(|c| c.to_u32());
    let start = points.clone().take_while(|c| !is_lone(c)).count();
    let lone = points.skip(start).take_while(is_lone).count();
    let args = [
        Value::str(th, "utf-8"),
        text,
        Value::usize(th, start),
        Value::usize(th, start + lone),
        Value::str(th, "surrogates not allowed"),
    ];
    Err(th.raise_with(&crate::exception::UNICODE_ENCODE_ERROR, &args))
}
