//! A format string, taken apart.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, OnceLock};

/// Items of one sort that lie one behind the other.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    /// The format character.
    pub code: u8,
    /// Where it begins.
    pub offset: usize,
    /// Bytes of one item; for `s` and `p` of the whole.
    pub size: usize,
    /// How many items; one for `s` and `p`.
    pub count: usize,
}

/// What a format means.
#[derive(Debug)]
pub(super) struct Compiled {
    /// Its text.
    pub format: String,
    /// The runs that hold values.
    pub runs: Vec<Run>,
    /// Bytes in all.
    pub size: usize,
    /// Values in all.
    pub values: usize,
    /// Whether numbers are little-endian.
    pub little: bool,
}

/// Size and alignment of a format character.
fn measure(code: u8, native: bool) -> Option<(usize, usize)> {
    let size = match code {
        b'x' | b'c' | b'b' | b'B' | b'?' | b's' | b'p' => 1,
        b'h' | b'H' | b'e' => 2,
        b'i' | b'I' | b'f' => 4,
        b'l' | b'L' => {
            if native {
                8
            } else {
                4
            }
        }
        b'q' | b'Q' | b'd' => 8,
        b'n' | b'N' | b'P' if native => 8,
        // Complex numbers: two floats, two doubles.
        b'F' => return Some((8, 4)),
        b'D' => return Some((16, 8)),
        _ => return None,
    };
    Some((size, size))
}

impl Compiled {
    pub(super) fn new(format: &[u8]) -> Result<Compiled, &'static str> {
        let (order, rest) = match format.first() {
            Some(c @ (b'@' | b'=' | b'<' | b'>' | b'!')) => (*c, &format[1..]),
            _ => (b'@', format),
        };
        let native = order == b'@';
        let little = match order {
            b'<' => true,
            b'>' | b'!' => false,
            _ => cfg!(target_endian = "little"),
        };
        const TOO_LONG: &str = "total struct size too long";
        let mut out = Compiled {
            format: format.iter().map(|b| char::from(*b)).collect(),
            runs: Vec::new(),
            size: 0,
            values: 0,
            little,
        };
        let mut i = 0;
        while let Some(&c) = rest.get(i) {
            i += 1;
            if matches!(c, b' ' | b'\t'..=b'\r') {
                continue;
            }
            let mut code = c;
            let mut count = 1usize;
            if c.is_ascii_digit() {
                count = (c - b'0') as usize;
                loop {
                    let Some(&d) = rest.get(i) else {
                        return Err("repeat count given without format specifier");
                    };
                    i += 1;
                    if !d.is_ascii_digit() {
                        code = d;
                        break;
                    }
                    count = count
                        .checked_mul(10)
                        .and_then(|n| n.checked_add((d - b'0') as usize))
                        .filter(|n| *n <= isize::MAX as usize)
                        .ok_or(TOO_LONG)?;
                }
            }
            let Some((size, align)) = measure(code, native) else {
                return Err(if code == 0 {
                    "embedded null character"
                } else {
                    "bad char in struct format"
                });
            };
            if native {
                out.size = out.size.checked_next_multiple_of(align).ok_or(TOO_LONG)?;
            }
            let total = size.checked_mul(count).ok_or(TOO_LONG)?;
            let end = out
                .size
                .checked_add(total)
                .filter(|n| *n <= isize::MAX as usize)
                .ok_or(TOO_LONG)?;
            let run = match code {
                b'x' => None,
                b's' | b'p' => Some((total, 1)),
                _ if count == 0 => None,
                _ => Some((size, count)),
            };
            if let Some((size, count)) = run {
                out.values = out.values.checked_add(count).ok_or(TOO_LONG)?;
                out.runs.push(Run {
                    code,
                    offset: out.size,
                    size,
                    count,
                });
            }
            out.size = end;
        }
        Ok(out)
    }

    /// Bytes that it takes in memory.
    pub(super) fn bytes(&self) -> usize {
        size_of::<Compiled>() + self.format.len() + self.runs.len() * size_of::<Run>()
    }
}

type Cache = Mutex<HashMap<Vec<u8>, Arc<Compiled>>>;

/// Formats that are kept.
const KEPT: usize = 100;

fn cache() -> &'static Cache {
    static CACHE: OnceLock<Cache> = OnceLock::new();
    CACHE.get_or_init(Default::default)
}

/// A format that was compiled lately.
pub(super) fn cached(format: &[u8]) -> Option<Arc<Compiled>> {
    let cache = cache().lock().unwrap_or_else(|e| e.into_inner());
    cache.get(format).cloned()
}

/// Keeps a compiled format.
pub(super) fn remember(format: &[u8], c: Compiled) -> Arc<Compiled> {
    let c = Arc::new(c);
    let mut cache = cache().lock().unwrap_or_else(|e| e.into_inner());
    if cache.len() >= KEPT {
        cache.clear();
    }
    cache.insert(format.to_vec(), c.clone());
    c
}
