//! Memory by its address, as C programs see it.
//!
//! An address is a number here that somebody vouches for: the program, when it deals with the data
//! of C libraries. A wrong one ends the process, as it would in C; that is why nothing but the
//! module for such programs calls these functions.

use std::ptr;

/// Copies bytes out of memory; nothing if there is no room for so many.
pub fn read(address: usize, len: usize) -> Option<Vec<u8>> {
    let mut bytes: Vec<u8> = Vec::new();
    bytes.try_reserve_exact(len).ok()?;
    if len > 0 {
        // SAFETY: the program vouches for the address; there is room for `len` bytes, which the copy fills.
        unsafe {
            ptr::copy(address as *const u8, bytes.as_mut_ptr(), len);
            bytes.set_len(len);
        }
    }
    Some(bytes)
}

/// Copies bytes into memory.
pub fn write(address: usize, bytes: &[u8]) {
    if !bytes.is_empty() {
        // SAFETY: the program vouches for the address.
        unsafe { ptr::copy(bytes.as_ptr(), address as *mut u8, bytes.len()) };
    }
}

/// The bytes of a number. One of one, two, four or eight bytes that is aligned is read in one piece.
pub fn load<const N: usize>(address: usize) -> [u8; N] {
    let mut out = [0; N];
    // SAFETY: the program vouches for the address; aligned words are read as what they are.
    unsafe {
        match N {
            2 if address.is_multiple_of(2) => {
                let word = (address as *const u16).read_volatile().to_ne_bytes();
                out.copy_from_slice(&word);
            }
            4 if address.is_multiple_of(4) => {
                let word = (address as *const u32).read_volatile().to_ne_bytes();
                out.copy_from_slice(&word);
            }
            8 if address.is_multiple_of(8) => {
                let word = (address as *const u64).read_volatile().to_ne_bytes();
                out.copy_from_slice(&word);
            }
            _ => ptr::copy(address as *const u8, out.as_mut_ptr(), N),
        }
    }
    out
}

/// Stores the bytes of a number, in one piece as [`load`] reads them.
pub fn store<const N: usize>(address: usize, bytes: [u8; N]) {
    // SAFETY: the program vouches for the address; aligned words are written as what they are.
    unsafe {
        match <&[u8; 2]>::try_from(&bytes[..]) {
            Ok(b) if address.is_multiple_of(2) => {
                (address as *mut u16).write_volatile(u16::from_ne_bytes(*b));
                return;
            }
            _ => {}
        }
        match <&[u8; 4]>::try_from(&bytes[..]) {
            Ok(b) if address.is_multiple_of(4) => {
                (address as *mut u32).write_volatile(u32::from_ne_bytes(*b));
                return;
            }
            _ => {}
        }
        match <&[u8; 8]>::try_from(&bytes[..]) {
            Ok(b) if address.is_multiple_of(8) => {
                (address as *mut u64).write_volatile(u64::from_ne_bytes(*b));
                return;
            }
            _ => {}
        }
        ptr::copy(bytes.as_ptr(), address as *mut u8, N);
    }
}

/// `memmove`
pub fn copy(to: usize, from: usize, len: usize) {
    if len > 0 {
        // SAFETY: the program vouches for both addresses; the pieces may overlap.
        unsafe { ptr::copy(from as *const u8, to as *mut u8, len) };
    }
}

/// The bytes up to the first zero.
pub fn c_string(address: usize) -> Option<Vec<u8>> {
    // SAFETY: the program vouches that a string ends there.
    let len = unsafe { libc::strlen(address as *const libc::c_char) };
    read(address, len)
}

/// How many 4-byte characters come before the first zero, `limit` at most.
pub fn wide_len(address: usize, limit: usize) -> usize {
    (0..limit)
        .find(|i| load::<4>(address + i * 4) == [0; 4])
        .unwrap_or(limit)
}
