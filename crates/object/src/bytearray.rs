//! `bytearray` cells: growable bytes in native memory.

use crate::heap::Guarded;
use crate::payload;
use crate::thread::Thread;
use crate::value::Value;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The payload of `bytearray`.
#[repr(C)]
pub struct ByteArray {
    /// The bytes. Each operation is one step under the guard.
    pub bytes: Guarded<Vec<u8>>,
    /// Views that are out; while there are some the size can't change.
    pub exports: AtomicUsize,
}

payload!(32: ByteArray, "bytearray", |this, m| {});

impl Drop for ByteArray {
    fn drop(&mut self) {
        let n = self.bytes.with(|b| b.capacity());
        taipan_gc::add_outside_bytes(-(n as isize));
    }
}

impl ByteArray {
    /// A payload with the given bytes.
    pub fn with(bytes: Vec<u8>) -> ByteArray {
        taipan_gc::add_outside_bytes(bytes.capacity() as isize);
        ByteArray {
            bytes: Guarded::new(bytes),
            exports: AtomicUsize::new(0),
        }
    }

    /// A new `bytearray`.
    pub fn new(th: &Thread, bytes: Vec<u8>) -> Value {
        th.new_object(&crate::types::BYTEARRAY, ByteArray::with(bytes))
            .value()
    }

    /// A view of the bytes; ends with the buffer.
    pub fn export(v: Value) -> crate::buffer::Buffer {
        let b = v.expect::<ByteArray>();
        let (ptr, len) = b.bytes.with(|bytes| {
            b.exports.fetch_add(1, Ordering::AcqRel);
            (bytes.as_mut_ptr(), bytes.len())
        });
        let mut buf = crate::buffer::Buffer::bytes(v, ptr, len, false);
        buf.on_release = Some(|v| {
            v.expect::<ByteArray>()
                .exports
                .fetch_sub(1, Ordering::AcqRel);
        });
        buf
    }
}
