//! Checksums.

use taipan_object::numbers::Int;
use taipan_object::{PyResult, Thread, Value, ops};
use taipan_strings::args;

/// Tables for eight bytes at a time.
static CRC32: [[u32; 256]; 8] = {
    let mut t = [[0u32; 256]; 8];
    let mut i = 0;
    while i < 256 {
        let mut c = i as u32;
        let mut k = 0;
        while k < 8 {
            c = if c & 1 != 0 {
                0xEDB88320 ^ (c >> 1)
            } else {
                c >> 1
            };
            k += 1;
        }
        t[0][i] = c;
        i += 1;
    }
    let mut n = 1;
    while n < 8 {
        let mut i = 0;
        while i < 256 {
            let c = t[n - 1][i];
            t[n][i] = t[0][(c & 255) as usize] ^ (c >> 8);
            i += 1;
        }
        n += 1;
    }
    t
};

/// CRC-32 of more bytes behind those that gave `crc`.
pub fn update_crc32(crc: u32, bytes: &[u8]) -> u32 {
    let mut c = !crc;
    let mut chunks = bytes.chunks_exact(8);
    for w in &mut chunks {
        let low = c ^ u32::from_le_bytes([w[0], w[1], w[2], w[3]]);
        let mut next = 0;
        for i in 0..4 {
            next ^= CRC32[7 - i][(low >> (8 * i) & 255) as usize];
            next ^= CRC32[3 - i][w[4 + i] as usize];
        }
        c = next;
    }
    for b in chunks.remainder() {
        c = CRC32[0][((c ^ *b as u32) & 255) as usize] ^ (c >> 8);
    }
    !c
}

/// The low 32 bits of an integer argument.
fn word(th: &Thread, v: Value) -> PyResult<u32> {
    Ok(match ops::index(th, v)?.as_int() {
        Some(Int::Small(n)) => n as u32,
        Some(Int::Big(b)) => b.wrapping_u64() as u32,
        None => 0,
    })
}

pub(super) fn crc32(th: &Thread, a: &[Value]) -> PyResult {
    let crc = match a[1].present() {
        Some(v) => word(th, v)?,
        None => 0,
    };
    let bytes = args::bytes_like(th, a[0])?;
    let r = if bytes.len() > 5 << 10 {
        th.blocking(|| update_crc32(crc, &bytes))
    } else {
        update_crc32(crc, &bytes)
    };
    Ok(Value::small_int(r as i64))
}

pub(super) fn crc_hqx(th: &Thread, a: &[Value]) -> PyResult {
    let bytes = args::bytes_like(th, a[0])?;
    let mut crc = word(th, a[1])? & 0xffff;
    for b in bytes.iter() {
        crc ^= (*b as u32) << 8;
        for _ in 0..8 {
            crc = if crc & 0x8000 != 0 {
                crc << 1 ^ 0x1021
            } else {
                crc << 1
            } & 0xffff;
        }
    }
    Ok(Value::small_int(crc as i64))
}
