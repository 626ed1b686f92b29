//! The Unicode character database, as `unicodedata` shows it.
//!
//! The tables come from a crate that is at Unicode 17.0, while CPython 3.14 is at 16.0.
//! What 17.0 added is hidden here ([`NEWER`]): such characters are unassigned, as they are
//! in CPython. The few properties that 17.0 changed for older characters are undone too;
//! a test compares every property of every code point with CPython.

use rustpython_unicode::{NormalizeForm, Ucd};
use rustpython_wtf8::{CodePoint, Wtf8, Wtf8Buf};

/// `unicodedata.unidata_version`.
pub const VERSION: &str = "16.0.0";

mod newer;
use newer::NEWER;

/// Whether a character was added after [`VERSION`].
fn is_newer(c: u32) -> bool {
    if c < NEWER[0].0 {
        return false;
    }
    let i = NEWER.partition_point(|&(_, last)| last < c);
    NEWER.get(i).is_some_and(|&(first, _)| first <= c)
}

/// The character, if it is one the tables may be asked about: no surrogate, none too new.
#[inline]
pub(crate) fn known(c: CodePoint) -> Option<char> {
    let ch = c.to_char()?;
    (!is_newer(u32::from(ch))).then_some(ch)
}

fn hidden(c: CodePoint) -> bool {
    is_newer(c.to_u32())
}

/// What looked lower case and became caseless in 17.0: the glottal stop U+0295.
pub(crate) const PHARYNGEAL_FRICATIVE: u32 = 0x295;

/// Characters that got an upper case in 17.0.
pub(crate) fn is_newly_cased(c: u32) -> bool {
    matches!(c, 0x277 | 0x27c | 0xa7d3 | 0xa7d5 | 0xab4b | 0xab4c)
}

/// Cuneiform signs that got a number in 17.0.
pub(crate) fn is_newly_numeric(c: u32) -> bool {
    matches!(
        c,
        0x12038 | 0x12039 | 0x12079 | 0x12226 | 0x1222b | 0x1230b | 0x1230d | 0x12399
    )
}

fn ucd() -> Ucd {
    Ucd::new(true)
}

/// A normal form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
}

impl Form {
    /// From its name; CPython says "invalid normalization form" to others.
    pub fn from_name(name: &str) -> Option<Form> {
        Some(match name {
            "NFC" => Form::Nfc,
            "NFD" => Form::Nfd,
            "NFKC" => Form::Nfkc,
            "NFKD" => Form::Nfkd,
            _ => return None,
        })
    }

    fn inner(self) -> NormalizeForm {
        match self {
            Form::Nfc => NormalizeForm::Nfc,
            Form::Nfd => NormalizeForm::Nfd,
            Form::Nfkc => NormalizeForm::Nfkc,
            Form::Nfkd => NormalizeForm::Nfkd,
        }
    }
}

/// `unicodedata.normalize(form, text)`.
pub fn normalize(form: Form, text: &Wtf8) -> Wtf8Buf {
    if text.is_ascii() {
        return text.to_wtf8_buf();
    }
    // A character too new stands alone, as an unassigned one does.
    let mut out = Wtf8Buf::new();
    let mut start = 0;
    for (offset, c) in text.code_point_indices().filter(|&(_, c)| hidden(c)) {
        out.push_wtf8(&rustpython_unicode::normalize(
            form.inner(),
            &text[start..offset],
        ));
        out.push(c);
        start = offset + c.len_wtf8();
    }
    if start == 0 {
        return rustpython_unicode::normalize(form.inner(), text);
    }
    out.push_wtf8(&rustpython_unicode::normalize(form.inner(), &text[start..]));
    out
}

/// `unicodedata.is_normalized(form, text)`.
pub fn is_normalized(form: Form, text: &Wtf8) -> bool {
    if text.code_points().any(hidden) {
        return *normalize(form, text) == *text;
    }
    rustpython_unicode::is_normalized(form.inner(), text)
}

/// `unicodedata.category`: two letters.
pub fn category(c: CodePoint) -> &'static str {
    match c.to_u32() {
        PHARYNGEAL_FRICATIVE => "Ll",
        _ if hidden(c) => "Cn",
        _ => ucd().category(c),
    }
}

/// `unicodedata.bidirectional`; empty for unassigned characters.
pub fn bidirectional(c: CodePoint) -> &'static str {
    match c.to_u32() {
        0xd800..0xe000 => "L",
        0x1b3a | 0x1b3c | 0x1b42 => "NSM",
        _ if category(c) == "Cn" => "",
        _ => ucd().bidirectional(c),
    }
}

/// `unicodedata.combining`.
pub fn combining(c: CodePoint) -> u8 {
    if hidden(c) { 0 } else { ucd().combining(c) }
}

/// `unicodedata.east_asian_width`.
pub fn east_asian_width(c: CodePoint) -> &'static str {
    if hidden(c) {
        // The planes of ideographs are wide even where nothing is assigned.
        let wide = matches!(c.to_u32(), 0x20000..=0x2fffd | 0x30000..=0x3fffd);
        return if wide { "W" } else { "N" };
    }
    ucd().east_asian_width(c)
}

/// `unicodedata.mirrored`.
pub fn mirrored(c: CodePoint) -> bool {
    !hidden(c) && ucd().mirrored(c) != 0
}

/// `unicodedata.decomposition`.
pub fn decomposition(c: CodePoint) -> String {
    if hidden(c) {
        return String::new();
    }
    // Five ideographs whose first decomposition was a mistake.
    let corrected = match c.to_u32() {
        0x2f868 => "36FC",
        0x2f874 => "5F53",
        0x2f91f => "243AB",
        0x2f95f => "7AEE",
        0x2f9bf => "45D7",
        _ => "",
    };
    if !corrected.is_empty() {
        return corrected.to_string();
    }
    if let code @ 0xac00..0xd7a4 = c.to_u32() {
        // CPython takes Hangul syllables apart to the end, not in pairs.
        let i = code - 0xac00;
        let (lead, vowel, tail) = (0x1100 + i / 588, 0x1161 + i % 588 / 28, 0x11a7 + i % 28);
        return if tail == 0x11a7 {
            format!("{lead:04X} {vowel:04X}")
        } else {
            format!("{lead:04X} {vowel:04X} {tail:04X}")
        };
    }
    ucd().decomposition(c)
}

/// `unicodedata.decimal`.
pub fn decimal(c: CodePoint) -> Option<u8> {
    known(c)?;
    ucd().decimal(c).map(|d| d as u8)
}

/// `unicodedata.digit`.
pub fn digit(c: CodePoint) -> Option<u8> {
    known(c)?;
    ucd().digit(c).map(|d| d as u8)
}

/// `unicodedata.numeric`.
pub fn numeric(c: CodePoint) -> Option<f64> {
    known(c)?;
    match c.to_u32() {
        // 兆 is a million in some places, a billion in others.
        0x5146 => Some(1e6),
        code if is_newly_numeric(code) => None,
        _ => ucd().numeric(c),
    }
}

/// `unicodedata.name`.
pub fn name(c: CodePoint) -> Option<String> {
    // CPython has no names for the ideographs of Tangut.
    rustpython_unicode::character_name(known(c)?).filter(|name| !is_tangut_ideograph(name))
}

fn is_tangut_ideograph(name: &str) -> bool {
    const PREFIX: &str = "TANGUT IDEOGRAPH-";
    name.get(..PREFIX.len())
        .is_some_and(|start| start.eq_ignore_ascii_case(PREFIX))
}

/// What a name stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Named {
    Character(char),
    /// A named sequence: `unicodedata.lookup` knows them, `\N{...}` does not.
    Sequence(&'static str),
}

/// Names that end in the character's number, and the characters that have them.
static NUMBERED: &[(&str, &[(u32, u32)])] = &[
    (
        "CJK UNIFIED IDEOGRAPH-",
        &[
            (0x3400, 0x4dbf),
            (0x4e00, 0x9fff),
            (0x20000, 0x2a6df),
            (0x2a700, 0x2b739),
            (0x2b740, 0x2b81d),
            (0x2b820, 0x2cea1),
            (0x2ceb0, 0x2ebe0),
            (0x2ebf0, 0x2ee5d),
            (0x30000, 0x3134a),
            (0x31350, 0x323af),
        ],
    ),
    (
        "TANGUT IDEOGRAPH-",
        &[(0x17000, 0x187f7), (0x18d00, 0x18d08)],
    ),
    ("EGYPTIAN HIEROGLYPH-", &[(0x13460, 0x143fa)]),
    (
        "KHITAN SMALL SCRIPT CHARACTER-",
        &[(0x18b00, 0x18cd5), (0x18cff, 0x18cff)],
    ),
    ("NUSHU CHARACTER-", &[(0x1b170, 0x1b2fb)]),
];

/// The character of a name that ends in its number, of four or five digits without a zero before them; nothing for
/// another sort of name.
fn lookup_numbered(name: &str) -> Option<Option<char>> {
    let (digits, ranges) = NUMBERED.iter().find_map(|(prefix, ranges)| {
        let start = name.get(..prefix.len())?;
        start
            .eq_ignore_ascii_case(prefix)
            .then(|| (&name[prefix.len()..], ranges))
    })?;
    let plain = matches!(digits.len(), 4 | 5)
        && (digits.len() == 4 || !digits.starts_with('0'))
        && digits.bytes().all(|b| b.is_ascii_hexdigit());
    let code = u32::from_str_radix(digits, 16).ok().filter(|_| plain);
    Some(code.and_then(|c| {
        let known = ranges.iter().any(|(from, to)| (*from..=*to).contains(&c));
        char::from_u32(c).filter(|_| known)
    }))
}

/// Whether a name is of the sort that ends in the character's number.
pub fn is_numbered(name: &str) -> bool {
    lookup_numbered(name).is_some()
}

/// `unicodedata.lookup`: names, aliases and named sequences, in any case.
pub fn lookup(name: &str) -> Option<Named> {
    use rustpython_unicode::LookupResult;
    if let Some(found) = lookup_numbered(name) {
        return found.map(Named::Character);
    }
    match rustpython_unicode::lookup_name(name)? {
        LookupResult::Character(c) => (!is_newer(c.into())).then_some(Named::Character(c)),
        LookupResult::Sequence(s) => Some(Named::Sequence(s)),
    }
}

/// The character of `\N{name}`.
pub fn lookup_character(name: &str) -> Option<char> {
    match lookup(name)? {
        Named::Character(c) => Some(c),
        Named::Sequence(_) => None,
    }
}

/// `unicodedata.ucd_3_2_0`: the functions above over the database of Unicode 3.2.
pub fn ucd_3_2_0() -> Ucd {
    Ucd::new(false)
}

/// An identifier in the form Python compares: NFKC. `None` if it is that already.
pub fn normalize_identifier(name: &str) -> Option<String> {
    let text = Wtf8::new(name);
    if is_normalized(Form::Nfkc, text) {
        return None;
    }
    normalize(Form::Nfkc, text).into_string().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cp(c: char) -> CodePoint {
        CodePoint::from(c)
    }

    #[test]
    fn names() {
        assert_eq!(
            lookup("LATIN SMALL LETTER R WITH TILDE"),
            Some(Named::Sequence("r\u{303}"))
        );
        assert_eq!(
            lookup("keycap digit one"),
            Some(Named::Sequence("1\u{fe0f}\u{20e3}"))
        );
        assert_eq!(lookup("LINE FEED"), Some(Named::Character('\n')));
        assert_eq!(lookup("BOM"), Some(Named::Character('\u{feff}')));
        assert_eq!(
            lookup("HANGUL SYLLABLE GAG"),
            Some(Named::Character('\u{ac01}'))
        );
        assert_eq!(
            lookup("CJK UNIFIED IDEOGRAPH-4E00"),
            Some(Named::Character('\u{4e00}'))
        );
        assert_eq!(lookup("foo"), None);
        assert_eq!(lookup_character("KEYCAP DIGIT ONE"), None);
        assert_eq!(name(cp('\n')), None);
        assert_eq!(name(cp('\u{ac01}')).as_deref(), Some("HANGUL SYLLABLE GAG"));
    }

    #[test]
    fn properties() {
        assert_eq!(category(cp('a')), "Ll");
        assert_eq!(decimal(cp('\u{661}')), Some(1));
        assert_eq!(digit(cp('²')), Some(2));
        assert_eq!(numeric(cp('½')), Some(0.5));
        assert_eq!(decomposition(cp('é')), "0065 0301");
        assert_eq!(bidirectional(cp('\u{5d0}')), "R");
        assert_eq!(combining(cp('\u{301}')), 230);
        assert_eq!(east_asian_width(cp('一')), "W");
        assert!(mirrored(cp('(')));
        assert_eq!(normalize_identifier("ﬁ").as_deref(), Some("fi"));
        assert_eq!(normalize_identifier("fi"), None);
        // Added in 17.0.
        assert_eq!(category(CodePoint::from_u32(NEWER[0].0).unwrap()), "Cn");
    }
}
