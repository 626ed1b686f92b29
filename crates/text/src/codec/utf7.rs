//! UTF-7: ASCII with runs of base64 for the rest.

use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

use super::{DecodeErrors, DecodeIssue, Decoded, fix_decoding};

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn value(b: u8) -> Option<u32> {
    ALPHABET
        .iter()
        .position(|&a| a == b)
        .map(|position| position as u32)
}

/// Whether the encoder writes the character as itself.
fn is_direct(code: u32) -> bool {
    matches!(code, 0x09 | 0x0a | 0x0d | 0x20..=0x7d) && !matches!(code, 0x2b | 0x5c)
}

/// Encodes as UTF-7; nothing fails, lone surrogates included.
pub fn utf7_encode(text: &Wtf8) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len() + 8);
    let mut shifted = false;
    let (mut bits, mut count) = (0u32, 0u32);
    let flush = |out: &mut Vec<u8>, bits: &mut u32, count: &mut u32| {
        if *count > 0 {
            out.push(ALPHABET[(*bits << (6 - *count) & 0x3f) as usize]);
        }
        (*bits, *count) = (0, 0);
    };
    for c in text.code_points() {
        let code = c.to_u32();
        if is_direct(code) {
            if shifted {
                flush(&mut out, &mut bits, &mut count);
                shifted = false;
                // A character that could be part of the run needs an explicit end.
                if value(code as u8).is_some() || code == u32::from(b'-') {
                    out.push(b'-');
                }
            }
            out.push(code as u8);
            continue;
        }
        if !shifted {
            out.push(b'+');
            if code == u32::from(b'+') {
                out.push(b'-');
                continue;
            }
            shifted = true;
        }
        let mut unit = |u: u32| {
            bits = bits << 16 | u;
            count += 16;
            while count >= 6 {
                count -= 6;
                out.push(ALPHABET[(bits >> count & 0x3f) as usize]);
            }
            bits &= (1 << count) - 1;
        };
        if code >= 0x10000 {
            unit(0xd800 + ((code - 0x10000) >> 10));
            unit(0xdc00 + ((code - 0x10000) & 0x3ff));
        } else {
            unit(code);
        }
    }
    if shifted {
        flush(&mut out, &mut bits, &mut count);
        out.push(b'-');
    }
    out
}

/// A run of base64 being read.
#[derive(Default)]
struct Shift {
    bits: u32,
    count: u32,
    /// A lead surrogate waiting for its trail.
    lead: Option<u16>,
    /// Where the run's `+` is, and how long the output was there.
    start: usize,
    kept: usize,
}

impl Shift {
    fn push(&mut self, out: &mut Wtf8Buf, sextet: u32) {
        self.bits = self.bits << 6 | sextet;
        self.count += 6;
        if self.count < 16 {
            return;
        }
        self.count -= 16;
        let unit = (self.bits >> self.count) as u16;
        self.bits &= (1 << self.count) - 1;
        if let Some(lead) = self.lead.take() {
            if let 0xdc00..0xe000 = unit {
                let code = 0x10000 + (u32::from(lead - 0xd800) << 10) + u32::from(unit - 0xdc00);
                out.extend(CodePoint::from_u32(code));
                return;
            }
            out.push(CodePoint::from(lead));
        }
        match unit {
            0xd800..0xdc00 => self.lead = Some(unit),
            _ => out.push(CodePoint::from(unit)),
        }
    }

    /// What is wrong with ending the run here.
    fn fault(&self) -> Option<&'static str> {
        if self.count >= 6 {
            Some("partial character in shift sequence")
        } else if self.bits != 0 {
            Some("non-zero padding bits in shift sequence")
        } else {
            None
        }
    }
}

/// Decodes UTF-7. Unless this is the last input, a run that has not ended is left for later.
pub fn utf7_decode<H: DecodeErrors>(
    input: &[u8],
    errors: &mut H,
    last: bool,
) -> Result<Decoded, H::Error> {
    let mut out = Wtf8Buf::with_capacity(input.len());
    let mut at = 0;
    let mut shift: Option<Shift> = None;
    let issue = |start, end, reason| DecodeIssue {
        encoding: "utf7",
        input,
        start,
        end,
        reason,
    };
    loop {
        let Some(&b) = input.get(at) else {
            let Some(run) = shift.take() else {
                break;
            };
            if !last {
                out.truncate(run.kept);
                return Ok(Decoded {
                    text: out,
                    consumed: run.start,
                });
            }
            if run.lead.is_none() && run.fault().is_none() {
                break;
            }
            let problem = issue(run.start, input.len(), "unterminated shift sequence");
            at = fix_decoding(&mut out, &problem, errors)?;
            continue;
        };
        if let Some(run) = &mut shift {
            if let Some(sextet) = value(b) {
                run.push(&mut out, sextet);
                at += 1;
                continue;
            }
            // The run ends; a "-" that ends it is not text.
            let start = run.start;
            let fault = run.fault();
            if fault.is_none()
                && b.is_ascii()
                && let Some(lead) = run.lead
            {
                out.push(CodePoint::from(lead));
            }
            shift = None;
            if let Some(reason) = fault {
                at = fix_decoding(&mut out, &issue(start, at + 1, reason), errors)?;
            } else if b == b'-' {
                at += 1;
            }
            continue;
        }
        match (b, input.get(at + 1)) {
            (b'+', Some(b'-')) => {
                out.push_char('+');
                at += 2;
            }
            (b'+', Some(&next)) if value(next).is_none() => {
                let problem = issue(at, at + 2, "ill-formed sequence");
                at = fix_decoding(&mut out, &problem, errors)?;
            }
            (b'+', _) => {
                shift = Some(Shift {
                    start: at,
                    kept: out.len(),
                    ..Shift::default()
                });
                at += 1;
            }
            (0..0x80, _) => {
                out.push(CodePoint::from(b));
                at += 1;
            }
            _ => {
                let problem = issue(at, at + 1, "unexpected special character");
                at = fix_decoding(&mut out, &problem, errors)?;
            }
        }
    }
    Ok(Decoded {
        text: out,
        consumed: input.len(),
    })
}
