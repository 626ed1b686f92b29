//! `_locale`: the C library's locale.

use crate::args::{add_constants, given, int, module_dict, os_error, type_name};
use std::ffi::CString;
use taipan_host::locale as host;
use taipan_num::format::NumericLocale;
use taipan_object::dict::Dict;
use taipan_object::exception::EXCEPTION;
use taipan_object::native::{Method, ModuleSpec, TypeSpec};
use taipan_object::seq::List;
use taipan_object::types::{StaticType, flags, no_layout};
use taipan_object::wtf8::{CodePoint, Wtf8Buf};
use taipan_object::{PyResult, Raised, Thread, Value, ValueVec};

/// `locale.Error`
pub static ERROR: StaticType = StaticType::new(
    "locale",
    "Error",
    Some(&EXCEPTION),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS,
    no_layout,
);

/// `_locale`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_locale",
    doc: "The C library's locale.",
    functions: &[
        Method::new("setlocale", "(category, locale=None, /)", setlocale)
            .doc("Set the locale of a category, or only ask; its name."),
        Method::new("localeconv", "()", localeconv)
            .doc("How numbers and amounts of money are written, as a dict."),
        Method::new("strcoll", "(os1, os2, /)", strcoll)
            .doc("Compare two strings in the locale's order."),
        Method::new("strxfrm", "(string, /)", strxfrm).doc(
            "A string whose plain order among its like is the locale's order of the original.",
        ),
        Method::new("nl_langinfo", "(key, /)", nl_langinfo).doc("A text of the locale."),
        Method::new("getencoding", "()", |th, _| {
            let name = th.blocking(host::encoding);
            Ok(crate::args::fs_decode(th, &name))
        })
        .doc("The encoding of the locale."),
        Method::new("gettext", "(msg, /)", |th, a| {
            let message = text(th, "gettext", "", a[0])?;
            Ok(translated(th, None, &message, None))
        })
        .doc("The translation of a message."),
        Method::new("dgettext", "(domain, msg, /)", |th, a| {
            let domain = maybe_text(th, "dgettext", "1", a[0])?;
            let message = text(th, "dgettext", "2", a[1])?;
            Ok(translated(th, domain, &message, None))
        })
        .doc("The translation of a message in a domain."),
        Method::new("dcgettext", "(domain, msg, category, /)", |th, a| {
            let domain = maybe_text(th, "dcgettext", "1", a[0])?;
            let message = text(th, "dcgettext", "2", a[1])?;
            let category = int(th, a[2])?;
            Ok(translated(th, domain, &message, Some(category)))
        })
        .doc("The translation of a message in a domain, for a category."),
        Method::new("textdomain", "(domain, /)", textdomain)
            .doc("Set the current domain of messages, or only ask for it."),
        Method::new("bindtextdomain", "(domain, dir, /)", bindtextdomain)
            .doc("Set where the messages of a domain are, or only ask."),
        Method::new(
            "bind_textdomain_codeset",
            "(domain, codeset, /)",
            bind_textdomain_codeset,
        )
        .doc("Set the encoding of the messages of a domain, or only ask."),
    ],
    types: &[(&ERROR, &TypeSpec::EMPTY)],
    init: |th, module| {
        add_constants(th, module, host::CONSTANTS)?;
        // Only this module can change the locale of numbers.
        taipan_numbers::locale::set_source(numeric);
        module_dict(module).set_name(th, "Error", ERROR.value())
    },
};

/// What the format code `n` uses.
fn numeric() -> NumericLocale {
    let c = host::localeconv();
    let text = |b: Vec<u8>| String::from_utf8_lossy(&b).into_owned();
    NumericLocale {
        decimal_point: text(c.decimal_point),
        thousands_sep: text(c.thousands_sep),
        grouping: c.grouping,
    }
}

fn error(th: &Thread, text: &str) -> Raised {
    th.raise(&ERROR, text)
}

fn c_string(th: &Thread, v: Value) -> PyResult<CString> {
    let bytes = taipan_strings::codec::encode(th, v, Some("utf-8"), Some("strict"))?;
    CString::new(bytes.as_bytes().unwrap_or_default())
        .map_err(|_| th.value_error("embedded null character"))
}

fn text(th: &Thread, func: &str, which: &str, v: Value) -> PyResult<CString> {
    crate::args::text(th, func, which, v)?;
    c_string(th, v)
}

fn maybe_text(th: &Thread, func: &str, which: &str, v: Value) -> PyResult<Option<CString>> {
    let Some(v) = given(v) else { return Ok(None) };
    if v.as_wtf8().is_none() {
        let space = if which.is_empty() { "" } else { " " };
        return Err(th.type_error(format!(
            "{func}() argument{space}{which} must be str or None, not {}",
            type_name(v)
        )));
    }
    c_string(th, v).map(Some)
}

fn setlocale(th: &Thread, a: &[Value]) -> PyResult {
    let category = int(th, a[0])?;
    let name = maybe_text(th, "setlocale", "2", a[1])?;
    match th.blocking(|| host::setlocale(category, name.as_deref())) {
        Some(name) => Ok(crate::args::fs_decode(th, &name)),
        None if name.is_some() => Err(error(th, "unsupported locale setting")),
        None => Err(error(th, "locale query failed")),
    }
}

/// Sizes of groups, with what ends them: 0 to repeat the last, 127 for no more groups.
fn grouping(th: &Thread, sizes: &[u8]) -> PyResult {
    let mut out = ValueVec::new();
    for n in sizes {
        out.push(th, Value::small_int(i64::from(*n)))?;
        if *n == 127 {
            return Ok(List::from_vec(th, out));
        }
    }
    if !sizes.is_empty() {
        out.push(th, Value::small_int(0))?;
    }
    Ok(List::from_vec(th, out))
}

fn localeconv(th: &Thread, _: &[Value]) -> PyResult {
    let c = th.blocking(host::localeconv);
    let d = Dict::new(th);
    let texts = [
        ("int_curr_symbol", &c.int_curr_symbol),
        ("currency_symbol", &c.currency_symbol),
        ("mon_decimal_point", &c.mon_decimal_point),
        ("mon_thousands_sep", &c.mon_thousands_sep),
    ];
    for (name, value) in texts {
        d.set_name(th, name, crate::args::fs_decode(th, value))?;
    }
    d.set_name(th, "mon_grouping", grouping(th, &c.mon_grouping)?)?;
    for (name, value) in [
        ("positive_sign", &c.positive_sign),
        ("negative_sign", &c.negative_sign),
    ] {
        d.set_name(th, name, crate::args::fs_decode(th, value))?;
    }
    let names = [
        "int_frac_digits",
        "frac_digits",
        "p_cs_precedes",
        "p_sep_by_space",
        "n_cs_precedes",
        "n_sep_by_space",
        "p_sign_posn",
        "n_sign_posn",
    ];
    for (name, n) in names.iter().zip(c.numbers) {
        d.set_name(th, name, Value::small_int(i64::from(n)))?;
    }
    for (name, value) in [
        ("decimal_point", &c.decimal_point),
        ("thousands_sep", &c.thousands_sep),
    ] {
        d.set_name(th, name, crate::args::fs_decode(th, value))?;
    }
    d.set_name(th, "grouping", grouping(th, &c.grouping)?)?;
    Ok(d.value())
}

/// The code points of a `str` without null characters.
fn points(th: &Thread, func: &str, which: &str, v: Value) -> PyResult<Vec<u32>> {
    let w = crate::args::text(th, func, which, v)?;
    let points: Vec<u32> = w.code_points().map(|c| c.to_u32()).collect();
    if points.contains(&0) {
        return Err(th.value_error("embedded null character"));
    }
    Ok(points)
}

fn strcoll(th: &Thread, a: &[Value]) -> PyResult {
    let (x, y) = (
        points(th, "strcoll", "1", a[0])?,
        points(th, "strcoll", "2", a[1])?,
    );
    Ok(Value::small_int(host::strcoll(&x, &y) as i64))
}

fn strxfrm(th: &Thread, a: &[Value]) -> PyResult {
    let text = points(th, "strxfrm", "", a[0])?;
    let mut out = Wtf8Buf::new();
    for n in host::strxfrm(&text) {
        match CodePoint::from_u32(n) {
            Some(c) => out.push(c),
            None => {
                return Err(th.value_error(format!(
                    "character U+{n:x} is not in range [U+0000; U+10ffff]"
                )));
            }
        }
    }
    Value::try_wtf8(th, &out)
}

fn nl_langinfo(th: &Thread, a: &[Value]) -> PyResult {
    let key = int(th, a[0])?;
    let known = host::CONSTANTS
        .iter()
        .any(|(name, n)| *n == i64::from(key) && !name.starts_with("LC_") && *name != "CHAR_MAX");
    if !known {
        return Err(th.value_error("unsupported langinfo constant"));
    }
    let list = match key {
        libc::ALT_DIGITS => Some(100),
        libc::ERA => Some(usize::MAX),
        _ => None,
    };
    let bytes = th.blocking(|| match list {
        Some(max) => host::nl_langinfo_list(key, max).join(&b';'),
        None => host::nl_langinfo(key),
    });
    Ok(crate::args::fs_decode(th, &bytes))
}

fn translated(
    th: &Thread,
    domain: Option<CString>,
    message: &CString,
    category: Option<i32>,
) -> Value {
    let bytes = th.blocking(|| host::translate(domain.as_deref(), message, category));
    crate::args::fs_decode(th, &bytes)
}

fn textdomain(th: &Thread, a: &[Value]) -> PyResult {
    let domain = maybe_text(th, "textdomain", "", a[0])?;
    match th.blocking(|| host::text_domain(domain.as_deref())) {
        Some(name) => Ok(crate::args::fs_decode(th, &name)),
        None => Err(os_error(th, taipan_host::errno::get())),
    }
}

fn bindtextdomain(th: &Thread, a: &[Value]) -> PyResult {
    let domain = text(th, "bindtextdomain", "1", a[0])?;
    if domain.is_empty() {
        return Err(error(th, "domain must be a non-empty string"));
    }
    let dir = given(a[1])
        .map(|v| crate::args::fs_cstring(th, v))
        .transpose()?;
    match th.blocking(|| host::bind_text_domain(&domain, dir.as_deref())) {
        Some(name) => Ok(crate::args::fs_decode(th, &name)),
        None => Err(os_error(th, taipan_host::errno::get())),
    }
}

fn bind_textdomain_codeset(th: &Thread, a: &[Value]) -> PyResult {
    let domain = text(th, "bind_textdomain_codeset", "1", a[0])?;
    let codeset = maybe_text(th, "bind_textdomain_codeset", "2", a[1])?;
    match th.blocking(|| host::bind_text_domain_codeset(&domain, codeset.as_deref())) {
        Some(name) => Ok(crate::args::fs_decode(th, &name)),
        None => Ok(Value::NONE),
    }
}
