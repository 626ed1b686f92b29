//! zlib's streams as owned values: deflate and inflate with all their parameters, dictionaries and copies.
//!
//! The safe interface of `zlib-rs` has no copies, strategies or gzip headers; its C interface has, and is wrapped here.

use libz_rs_sys as z;
use std::ffi::{CStr, c_int};

/// What zlib's functions return, besides errors, which are negative.
pub mod code {
    pub const OK: i32 = 0;
    pub const STREAM_END: i32 = 1;
    pub const NEED_DICT: i32 = 2;
    pub const STREAM_ERROR: i32 = -2;
    pub const DATA_ERROR: i32 = -3;
    pub const MEM_ERROR: i32 = -4;
    pub const BUF_ERROR: i32 = -5;
}

/// How much of what is pending a step must put out.
pub mod flush {
    pub const NO_FLUSH: i32 = 0;
    pub const SYNC_FLUSH: i32 = 2;
    pub const FINISH: i32 = 4;
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Direction {
    Deflate,
    Inflate,
}

/// One stream of data that is being compressed or decompressed.
pub struct Stream {
    /// In a box, for zlib may remember the address.
    raw: Box<z::z_stream>,
    direction: Direction,
    /// Whether it has ended and given its memory back.
    ended: bool,
}

// SAFETY: a stream's memory is its own, and nothing of it depends on the thread.
unsafe impl Send for Stream {}

/// What one step did.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Step {
    /// zlib's return code.
    pub code: i32,
    /// Bytes of input used.
    pub read: usize,
    /// Bytes of output made.
    pub written: usize,
}

impl std::fmt::Debug for Stream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stream")
            .field("direction", &self.direction)
            .field("ended", &self.ended)
            .finish_non_exhaustive()
    }
}

fn blank() -> Box<z::z_stream> {
    Box::new(z::z_stream::default())
}

const SIZE: c_int = size_of::<z::z_stream>() as c_int;

impl Stream {
    /// A compressing stream.
    ///
    /// # Errors
    /// zlib's code, for parameters that it refuses or want of memory.
    pub fn deflate(
        level: i32,
        method: i32,
        window_bits: i32,
        mem_level: i32,
        strategy: i32,
    ) -> Result<Stream, i32> {
        let mut raw = blank();
        // SAFETY: `raw` is a fresh stream; the version and size are those of the crate itself.
        let code = unsafe {
            z::deflateInit2_(
                &mut *raw,
                level,
                method,
                window_bits,
                mem_level,
                strategy,
                z::zlibVersion(),
                SIZE,
            )
        };
        Self::made(raw, Direction::Deflate, code)
    }

    /// A decompressing stream.
    ///
    /// # Errors
    /// As [`Stream::deflate`].
    pub fn inflate(window_bits: i32) -> Result<Stream, i32> {
        let mut raw = blank();
        // SAFETY: as in `deflate`.
        let code = unsafe { z::inflateInit2_(&mut *raw, window_bits, z::zlibVersion(), SIZE) };
        Self::made(raw, Direction::Inflate, code)
    }

    fn made(raw: Box<z::z_stream>, direction: Direction, code: i32) -> Result<Stream, i32> {
        if code == code::OK {
            Ok(Stream {
                raw,
                direction,
                ended: false,
            })
        } else {
            Err(code)
        }
    }

    /// One call of `deflate` or `inflate`.
    pub fn step(&mut self, input: &[u8], output: &mut [u8], flush: i32) -> Step {
        if self.ended {
            return Step {
                code: code::STREAM_ERROR,
                read: 0,
                written: 0,
            };
        }
        let give = input.len().min(u32::MAX as usize);
        let room = output.len().min(u32::MAX as usize);
        self.raw.next_in = input.as_ptr();
        self.raw.avail_in = give as u32;
        self.raw.next_out = output.as_mut_ptr();
        self.raw.avail_out = room as u32;
        // SAFETY: the stream was initialised for its direction and has not ended; the pointers and lengths are those
        // of slices that live throughout the call.
        let code = unsafe {
            match self.direction {
                Direction::Deflate => z::deflate(&mut *self.raw, flush),
                Direction::Inflate => z::inflate(&mut *self.raw, flush),
            }
        };
        let step = Step {
            code,
            read: give - self.raw.avail_in as usize,
            written: room - self.raw.avail_out as usize,
        };
        self.raw.next_in = std::ptr::null();
        self.raw.avail_in = 0;
        self.raw.next_out = std::ptr::null_mut();
        self.raw.avail_out = 0;
        step
    }

    /// Sets the dictionary; zlib's return code.
    pub fn set_dictionary(&mut self, dictionary: &[u8]) -> i32 {
        let Ok(len) = u32::try_from(dictionary.len()) else {
            return code::STREAM_ERROR;
        };
        if self.ended {
            return code::STREAM_ERROR;
        }
        // SAFETY: as in `step`.
        unsafe {
            match self.direction {
                Direction::Deflate => {
                    z::deflateSetDictionary(&mut *self.raw, dictionary.as_ptr(), len)
                }
                Direction::Inflate => {
                    z::inflateSetDictionary(&mut *self.raw, dictionary.as_ptr(), len)
                }
            }
        }
    }

    /// A stream in the same state.
    ///
    /// # Errors
    /// zlib's code, for one that has ended or want of memory.
    pub fn copy(&mut self) -> Result<Stream, i32> {
        if self.ended {
            return Err(code::STREAM_ERROR);
        }
        let mut raw = blank();
        // A stream without a place for output is refused; nothing is put there.
        let mut nowhere = [0u8; 1];
        self.raw.next_out = nowhere.as_mut_ptr();
        // SAFETY: the source is an initialised stream, the target a blank one that the call fills in.
        let code = unsafe {
            match self.direction {
                Direction::Deflate => z::deflateCopy(&mut *raw, &mut *self.raw),
                Direction::Inflate => z::inflateCopy(&mut *raw, &*self.raw),
            }
        };
        self.raw.next_out = std::ptr::null_mut();
        raw.next_out = std::ptr::null_mut();
        Self::made(raw, self.direction, code)
    }

    /// zlib's text about the last error, if it has one.
    pub fn message(&self) -> Option<String> {
        if self.ended || self.raw.msg.is_null() {
            return None;
        }
        // SAFETY: zlib's messages are static C strings.
        let text = unsafe { CStr::from_ptr(self.raw.msg) };
        Some(text.to_string_lossy().into_owned())
    }

    /// Gives the stream's memory back. Every later step fails with a stream error.
    pub fn end(&mut self) {
        if self.ended {
            return;
        }
        self.ended = true;
        // SAFETY: initialised, and ended but once.
        unsafe {
            match self.direction {
                Direction::Deflate => z::deflateEnd(&mut *self.raw),
                Direction::Inflate => z::inflateEnd(&mut *self.raw),
            }
        };
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.end();
    }
}

/// The Adler-32 checksum of data, going on from `start`.
pub fn adler32(start: u32, data: &[u8]) -> u32 {
    // SAFETY: the pointer and length are those of a slice; an empty one's pointer is not null.
    unsafe { z::adler32_z(start.into(), data.as_ptr(), data.len()) as u32 }
}

/// The CRC-32 checksum of data, going on from `start`.
pub fn crc32(start: u32, data: &[u8]) -> u32 {
    // SAFETY: as in `adler32`.
    unsafe { z::crc32_z(start.into(), data.as_ptr(), data.len()) as u32 }
}

/// The version of zlib whose behaviour this is.
pub fn version() -> String {
    // SAFETY: a static C string.
    let text = unsafe { CStr::from_ptr(z::zlibVersion()) };
    text.to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn squeeze(data: &[u8], bits: i32) -> Vec<u8> {
        let mut s = Stream::deflate(-1, 8, bits, 8, 0).unwrap();
        let mut out = vec![0; 1000];
        let step = s.step(data, &mut out, flush::FINISH);
        assert_eq!((step.code, step.read), (code::STREAM_END, data.len()));
        out.truncate(step.written);
        out
    }

    #[test]
    fn what_was_compressed_comes_back() {
        for bits in [15, -15, 31] {
            let data = b"hello".repeat(100);
            let packed = squeeze(&data, bits);
            assert!(packed.len() < 100);
            let mut s = Stream::inflate(bits).unwrap();
            let mut out = vec![0; 1000];
            let step = s.step(&packed, &mut out, flush::SYNC_FLUSH);
            assert_eq!((step.code, step.written), (code::STREAM_END, data.len()));
            assert_eq!(&out[..step.written], data);
        }
    }

    #[test]
    fn a_copy_goes_its_own_way() {
        let packed = squeeze(b"some text, some text, some text", 15);
        let mut a = Stream::inflate(15).unwrap();
        let mut out = [0; 100];
        a.step(&packed[..10], &mut out, flush::SYNC_FLUSH);
        let mut b = a.copy().unwrap();
        let x = a.step(&packed[10..], &mut [0; 100], flush::SYNC_FLUSH);
        let y = b.step(&packed[10..], &mut [0; 100], flush::SYNC_FLUSH);
        assert_eq!((x.code, x.written), (y.code, y.written));
    }

    #[test]
    fn an_ended_stream_refuses_and_bad_parameters_fail() {
        let mut s = Stream::inflate(15).unwrap();
        s.end();
        assert_eq!(s.step(b"x", &mut [0; 9], 0).code, code::STREAM_ERROR);
        assert_eq!(s.copy().unwrap_err(), code::STREAM_ERROR);
        assert!(Stream::deflate(10, 8, 15, 8, 0).is_err());
        assert!(Stream::inflate(99).is_err());
    }

    #[test]
    fn checksums() {
        assert_eq!(adler32(1, b"a"), 6422626);
        assert_eq!(crc32(0, b"a"), 3904355907);
    }
}
