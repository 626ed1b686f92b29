//! The `is...` methods of `str`, for one character and for whole strings.
//!
//! ASCII is answered from ranges; the rest asks the Unicode tables, which are corrected to
//! the version CPython has (see [`crate::unicode`]).

use rustpython_unicode::{case, classify, identifier};
use rustpython_wtf8::{CodePoint, Wtf8};

use crate::unicode::{PHARYNGEAL_FRICATIVE, is_newly_numeric, known};

/// White space among ASCII characters.
#[inline]
pub(crate) fn is_ascii_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t'..=b'\r' | 0x1c..=0x1f)
}

macro_rules! predicate {
    ($(#[$doc:meta])* $name:ident, $ascii:expr, $other:expr) => {
        $(#[$doc])*
        #[inline]
        pub fn $name(c: CodePoint) -> bool {
            let ascii: fn(u8) -> bool = $ascii;
            match c.to_u32() {
                b @ 0..0x80 => ascii(b as u8),
                _ => known(c).is_some_and($other),
            }
        }
    };
}

predicate!(
    /// `isalpha` of one character: a letter.
    is_alpha, |b| b.is_ascii_alphabetic(), classify::is_alpha
);
predicate!(
    /// `isdecimal` of one character: a digit of a decimal system.
    is_decimal, |b| b.is_ascii_digit(), classify::is_decimal
);
predicate!(
    /// `isdigit` of one character: also superscripts and the like.
    is_digit, |b| b.is_ascii_digit(), classify::is_digit
);
predicate!(
    /// `isnumeric` of one character: also fractions and number words.
    is_numeric, |b| b.is_ascii_digit(), |ch| classify::is_numeric(ch) && !is_newly_numeric(ch.into())
);
predicate!(
    /// `isspace` of one character.
    is_space, is_ascii_space, classify::is_space
);
predicate!(
    /// `isprintable` of one character.
    is_printable, |b| matches!(b, b' '..=b'~'), classify::is_printable
);
predicate!(
    /// Lower case, as `islower` sees it.
    is_lower,
    |b| b.is_ascii_lowercase(),
    |ch| case::is_lowercase(ch) || u32::from(ch) == PHARYNGEAL_FRICATIVE
);
predicate!(
    /// Upper case, as `isupper` sees it.
    is_upper, |b| b.is_ascii_uppercase(), case::is_uppercase
);
predicate!(
    /// Title case: the few letters that are two in one.
    is_title, |_| false, case::is_titlecase
);
predicate!(
    /// May begin an identifier.
    is_identifier_start, |b| b.is_ascii_alphabetic() || b == b'_', identifier::is_xid_start
);
predicate!(
    /// May go on an identifier.
    is_identifier_continue, |b| b.is_ascii_alphanumeric() || b == b'_', identifier::is_xid_continue
);

/// `isalnum` of one character: a letter or of numeric value.
pub fn is_alnum(c: CodePoint) -> bool {
    is_alpha(c) || is_numeric(c)
}

#[inline]
fn all(text: &Wtf8, wanted: impl Fn(CodePoint) -> bool) -> bool {
    !text.is_empty() && text.code_points().all(wanted)
}

pub fn isalpha(text: &Wtf8) -> bool {
    all(text, is_alpha)
}

pub fn isalnum(text: &Wtf8) -> bool {
    all(text, is_alnum)
}

pub fn isdecimal(text: &Wtf8) -> bool {
    all(text, is_decimal)
}

pub fn isdigit(text: &Wtf8) -> bool {
    all(text, is_digit)
}

pub fn isnumeric(text: &Wtf8) -> bool {
    all(text, is_numeric)
}

pub fn isspace(text: &Wtf8) -> bool {
    all(text, is_space)
}

/// `isprintable()`: true for the empty string too.
pub fn isprintable(text: &Wtf8) -> bool {
    text.code_points().all(is_printable)
}

pub fn islower(text: &Wtf8) -> bool {
    let mut cased = false;
    for c in text.code_points() {
        if is_upper(c) || is_title(c) {
            return false;
        }
        cased |= is_lower(c);
    }
    cased
}

pub fn isupper(text: &Wtf8) -> bool {
    let mut cased = false;
    for c in text.code_points() {
        if is_lower(c) || is_title(c) {
            return false;
        }
        cased |= is_upper(c);
    }
    cased
}

/// `istitle()`: words begin in upper or title case and go on in lower case.
pub fn istitle(text: &Wtf8) -> bool {
    let mut inside = false;
    let mut cased = false;
    for c in text.code_points() {
        if is_upper(c) || is_title(c) {
            if inside {
                return false;
            }
            inside = true;
            cased = true;
        } else if is_lower(c) {
            if !inside {
                return false;
            }
            cased = true;
        } else {
            inside = false;
        }
    }
    cased
}

/// `isidentifier()`.
pub fn isidentifier(text: &Wtf8) -> bool {
    let mut chars = text.code_points();
    chars.next().is_some_and(is_identifier_start) && chars.all(is_identifier_continue)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn w(s: &str) -> &Wtf8 {
        Wtf8::new(s)
    }

    #[test]
    fn strings() {
        assert!(!isupper(w("\u{1c5}")) && !islower(w("\u{1c5}")) && istitle(w("\u{1c5}")));
        assert!(!isupper(w("A\u{1c5}")));
        assert!(
            !istitle(w("Ab1c De"))
                && istitle(w("Ab1C De"))
                && !istitle(w("1"))
                && !istitle(w("AB"))
        );
        assert!(
            isidentifier(w("a\u{301}"))
                && isidentifier(w("\u{2118}"))
                && !isidentifier(w("\u{b7}a"))
        );
        assert!(
            isidentifier(w("a\u{b7}"))
                && !isidentifier(w("\u{e33}"))
                && !isidentifier(w(""))
                && !isidentifier(w("1a"))
        );
        assert!(isspace(w("\u{1c}\u{85}")) && !isspace(w("\u{200b}")) && !isspace(w("\u{180e}")));
        assert!(
            isdigit(w("²"))
                && !isdecimal(w("²"))
                && isnumeric(w("½"))
                && isnumeric(w("一"))
                && isalpha(w("一"))
        );
        assert!(
            !isprintable(w("\u{ad}"))
                && isprintable(w(" "))
                && !isprintable(w("\u{3000}"))
                && isprintable(w(""))
        );
        assert!(isalnum(w("²a½")) && !isalnum(w("")));
    }
}
