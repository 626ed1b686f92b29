//! The C library's locale.

use crate::c_state::PROCESS;
use crate::check::bytes;
use std::ffi::CStr;

pub use crate::constants::locale::CONSTANTS;

/// Sets the locale of a category, or only asks; its name, or `None` if there is no such locale.
pub fn setlocale(category: i32, name: Option<&CStr>) -> Option<Vec<u8>> {
    let _guard = PROCESS.hold();
    let name = name.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: the name is null or terminated; the result is copied under the lock.
    unsafe {
        let text = libc::setlocale(category, name);
        (!text.is_null()).then(|| bytes(text))
    }
}

/// How numbers and amounts of money are written.
#[derive(Clone, Debug)]
pub struct Conventions {
    pub decimal_point: Vec<u8>,
    pub thousands_sep: Vec<u8>,
    /// Sizes of groups of digits, ended by 127 ("no more groups") or 0 ("the last repeats").
    pub grouping: Vec<u8>,
    pub int_curr_symbol: Vec<u8>,
    pub currency_symbol: Vec<u8>,
    pub mon_decimal_point: Vec<u8>,
    pub mon_thousands_sep: Vec<u8>,
    pub mon_grouping: Vec<u8>,
    pub positive_sign: Vec<u8>,
    pub negative_sign: Vec<u8>,
    /// In this order: `int_frac_digits`, `frac_digits`, `p_cs_precedes`, `p_sep_by_space`,
    /// `n_cs_precedes`, `n_sep_by_space`, `p_sign_posn`, `n_sign_posn`.
    pub numbers: [i32; 8],
}

/// The current conventions.
pub fn localeconv() -> Conventions {
    let _guard = PROCESS.hold();
    // SAFETY: the call gives a static record whose texts are copied under the lock.
    unsafe {
        let raw = &*libc::localeconv();
        Conventions {
            decimal_point: bytes(raw.decimal_point),
            thousands_sep: bytes(raw.thousands_sep),
            grouping: bytes(raw.grouping),
            int_curr_symbol: bytes(raw.int_curr_symbol),
            currency_symbol: bytes(raw.currency_symbol),
            mon_decimal_point: bytes(raw.mon_decimal_point),
            mon_thousands_sep: bytes(raw.mon_thousands_sep),
            mon_grouping: bytes(raw.mon_grouping),
            positive_sign: bytes(raw.positive_sign),
            negative_sign: bytes(raw.negative_sign),
            numbers: [
                raw.int_frac_digits.into(),
                raw.frac_digits.into(),
                raw.p_cs_precedes.into(),
                raw.p_sep_by_space.into(),
                raw.n_cs_precedes.into(),
                raw.n_sep_by_space.into(),
                raw.p_sign_posn.into(),
                raw.n_sign_posn.into(),
            ],
        }
    }
}

/// A text of the locale, by the number `nl_langinfo` knows it by.
pub fn nl_langinfo(item: libc::nl_item) -> Vec<u8> {
    let _guard = PROCESS.hold();
    // SAFETY: an unknown number gives an empty text; the result is copied under the lock.
    unsafe { bytes(libc::nl_langinfo(item)) }
}

/// A text of the locale that is a list, of up to `max` texts.
pub fn nl_langinfo_list(item: libc::nl_item, max: usize) -> Vec<Vec<u8>> {
    let _guard = PROCESS.hold();
    let mut list = Vec::new();
    // SAFETY: such an item is a row of terminated texts, ended by an empty one or by their number.
    unsafe {
        let mut at = libc::nl_langinfo(item).cast_const();
        while list.len() < max && !at.is_null() && *at != 0 {
            let text = bytes(at);
            at = at.add(text.len() + 1);
            list.push(text);
        }
    }
    list
}

unsafe extern "C" {
    fn wcscoll(a: *const libc::wchar_t, b: *const libc::wchar_t) -> libc::c_int;
    fn wcsxfrm(to: *mut libc::wchar_t, from: *const libc::wchar_t, n: usize) -> usize;
}

/// Code points as the C library's wide characters, terminated. The text must hold no NUL.
fn wide(text: &[u32]) -> Vec<libc::wchar_t> {
    text.iter()
        .copied()
        .chain(std::iter::once(0))
        .map(|point| point as libc::wchar_t)
        .collect()
}

/// Compares two texts (of code points, without NUL) in the locale's order.
pub fn strcoll(a: &[u32], b: &[u32]) -> std::cmp::Ordering {
    let (a, b) = (wide(a), wide(b));
    // SAFETY: both are terminated.
    unsafe { wcscoll(a.as_ptr(), b.as_ptr()) }.cmp(&0)
}

/// A text whose plain order among its like is the locale's order of the original.
pub fn strxfrm(text: &[u32]) -> Vec<u32> {
    let text = wide(text);
    let mut buffer = vec![0 as libc::wchar_t; text.len() * 4 + 16];
    loop {
        // SAFETY: the text is terminated, the buffer writable for its length.
        let n = unsafe { wcsxfrm(buffer.as_mut_ptr(), text.as_ptr(), buffer.len()) };
        if n < buffer.len() {
            buffer.truncate(n);
            return buffer.into_iter().map(|unit| unit as u32).collect();
        }
        buffer.resize(n + 1, 0);
    }
}

/// The locale's character encoding.
pub fn encoding() -> Vec<u8> {
    nl_langinfo(libc::CODESET)
}

unsafe extern "C" {
    fn gettext(id: *const libc::c_char) -> *mut libc::c_char;
    fn dgettext(domain: *const libc::c_char, id: *const libc::c_char) -> *mut libc::c_char;
    fn dcgettext(
        domain: *const libc::c_char,
        id: *const libc::c_char,
        category: i32,
    ) -> *mut libc::c_char;
    fn textdomain(domain: *const libc::c_char) -> *mut libc::c_char;
    fn bindtextdomain(domain: *const libc::c_char, dir: *const libc::c_char) -> *mut libc::c_char;
    fn bind_textdomain_codeset(
        domain: *const libc::c_char,
        set: *const libc::c_char,
    ) -> *mut libc::c_char;
}

fn or_null(text: Option<&CStr>) -> *const libc::c_char {
    text.map_or(std::ptr::null(), CStr::as_ptr)
}

/// A message's translation: in a domain (or the current one), for a category (or messages).
pub fn translate(domain: Option<&CStr>, message: &CStr, category: Option<i32>) -> Vec<u8> {
    let _guard = PROCESS.hold();
    // SAFETY: terminated or null; the result is copied under the lock.
    unsafe {
        bytes(match (domain, category) {
            (domain, Some(category)) => dcgettext(or_null(domain), message.as_ptr(), category),
            (Some(domain), None) => dgettext(domain.as_ptr(), message.as_ptr()),
            (None, None) => gettext(message.as_ptr()),
        })
    }
}

/// Sets the current domain, or only asks for it.
pub fn text_domain(domain: Option<&CStr>) -> Option<Vec<u8>> {
    let _guard = PROCESS.hold();
    // SAFETY: terminated or null; the result is copied under the lock.
    unsafe { not_null(textdomain(or_null(domain))) }
}

/// Sets where a domain's messages are, or only asks.
pub fn bind_text_domain(domain: &CStr, dir: Option<&CStr>) -> Option<Vec<u8>> {
    let _guard = PROCESS.hold();
    // SAFETY: terminated or null; the result is copied under the lock.
    unsafe { not_null(bindtextdomain(domain.as_ptr(), or_null(dir))) }
}

/// Sets the encoding of a domain's messages, or only asks.
pub fn bind_text_domain_codeset(domain: &CStr, codeset: Option<&CStr>) -> Option<Vec<u8>> {
    let _guard = PROCESS.hold();
    // SAFETY: terminated or null; the result is copied under the lock.
    unsafe { not_null(bind_textdomain_codeset(domain.as_ptr(), or_null(codeset))) }
}

/// # Safety
/// The text is null or terminated.
unsafe fn not_null(text: *const libc::c_char) -> Option<Vec<u8>> {
    // SAFETY: the caller's promise.
    (!text.is_null()).then(|| unsafe { bytes(text) })
}

/// Takes the locale of characters from the environment. Where that is the C locale, which nobody asked for, it becomes
/// one that knows all characters, for child processes too (PEP 538), unless `coerce` says no. Only at start-up, while
/// there is one thread. Gives whether it was the C locale, and the name of the one that took its place.
pub fn adopt_environment(coerce: bool) -> (bool, Option<&'static str>) {
    let is_legacy =
        setlocale(libc::LC_CTYPE, Some(c"")).is_none_or(|name| name == b"C" || name == b"POSIX");
    let by_all = crate::environ::get(c"LC_ALL").is_some_and(|v| !v.is_empty());
    if !is_legacy || by_all || !coerce {
        return (is_legacy, None);
    }
    for target in [c"C.UTF-8", c"C.utf8", c"UTF-8"] {
        if setlocale(libc::LC_CTYPE, Some(target)).is_some() && !encoding().is_empty() {
            let _ = crate::environ::set(c"LC_CTYPE", target);
            return (true, target.to_str().ok());
        }
    }
    (true, None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_locale() {
        assert_eq!(setlocale(libc::LC_NUMERIC, None).unwrap(), b"C");
        assert!(setlocale(libc::LC_ALL, Some(c"xx_no_such")).is_none());
        assert_eq!(localeconv().decimal_point, b".");
        assert_eq!(nl_langinfo(libc::DAY_1), b"Sunday");
        let text = |text: &str| text.chars().map(u32::from).collect::<Vec<_>>();
        assert!(strcoll(&text("a"), &text("b")).is_lt());
        assert!(strxfrm(&text("a")) < strxfrm(&text("b")));
        assert_eq!(translate(None, c"hello", None), b"hello");
    }
}
