//! The buffer protocol: a view of an object's bytes.

use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::class_of;
use crate::value::Value;

/// A view of memory that an object exports. Lives on the stack; [`Buffer::release`] ends it.
///
/// While it lives the exporter does not resize its memory.
pub struct Buffer {
    /// The first byte.
    pub ptr: *mut u8,
    /// Bytes in all.
    pub len: usize,
    /// Whether the bytes must not be written.
    pub readonly: bool,
    /// The `struct` format of one item.
    pub format: &'static str,
    /// Bytes of one item.
    pub itemsize: usize,
    /// Items per dimension, and the bytes from one to the next; one dimension where empty.
    pub shape: Vec<isize>,
    /// See `shape`.
    pub strides: Vec<isize>,
    /// The object that exports the memory; it is kept alive by being here, on the stack.
    pub owner: Value,
    /// Called once when the view ends.
    pub on_release: Option<fn(Value)>,
}

impl Buffer {
    /// A view of plain bytes.
    pub fn bytes(owner: Value, ptr: *mut u8, len: usize, readonly: bool) -> Buffer {
        Buffer {
            ptr,
            len,
            readonly,
            format: "B",
            itemsize: 1,
            shape: Vec::new(),
            strides: Vec::new(),
            owner,
            on_release: None,
        }
    }

    /// Whether the items lie one behind the other, in C order.
    pub fn is_contiguous(&self) -> bool {
        let mut expect = self.itemsize as isize;
        for (n, s) in self.shape.iter().zip(&self.strides).rev() {
            if *n > 1 && *s != expect {
                return false;
            }
            expect *= *n;
        }
        true
    }

    /// The bytes of a contiguous view. Another thread may change them meanwhile, as with any shared memory.
    pub fn as_slice(&self) -> &[u8] {
        if self.len == 0 {
            return &[];
        }
        // SAFETY: the exporter keeps the memory while the view lives.
        unsafe { std::slice::from_raw_parts(self.ptr, self.len) }
    }

    /// The bytes of a contiguous, writable view.
    #[expect(clippy::mut_from_ref, reason = "shared memory, as in the protocol")]
    pub fn as_mut_slice(&self) -> &mut [u8] {
        assert!(!self.readonly);
        if self.len == 0 {
            return &mut [];
        }
        // SAFETY: the exporter keeps the memory while the view lives and allows writing.
        unsafe { std::slice::from_raw_parts_mut(self.ptr, self.len) }
    }

    /// Ends the view.
    pub fn release(self) {}
}

impl Drop for Buffer {
    fn drop(&mut self) {
        if let Some(f) = self.on_release {
            f(self.owner);
        }
    }
}

/// A view of any object that exports one.
///
/// # Errors
/// `TypeError: a bytes-like object is required, not 'T'`, or what the exporter raises.
pub fn get(th: &Thread, v: Value, writable: bool) -> PyResult<Buffer> {
    match class_of(v).slots().buffer {
        Some(f) => f(th, v, writable),
        None => Err(th.type_error(format!(
            "a bytes-like object is required, not '{}'",
            class_of(v).tp_name()
        ))),
    }
}

/// A contiguous view for reading.
pub fn get_contiguous(th: &Thread, v: Value) -> PyResult<Buffer> {
    let b = get(th, v, false)?;
    if !b.is_contiguous() {
        return Err(th.raise(
            &crate::exception::BUFFER_ERROR,
            "memoryview: underlying buffer is not C-contiguous",
        ));
    }
    Ok(b)
}

/// Whether an object exports a buffer.
pub fn is_exporter(v: Value) -> bool {
    class_of(v).slots().buffer.is_some()
}
