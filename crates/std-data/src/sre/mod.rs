//! `_sre`: the engine behind `re`.
//!
//! `re._compiler` makes the code, [`verify`] checks it, `rustpython_sre_engine` runs it on text that never changes: a
//! string, bytes, or a copy of another buffer. Where the code means something that automata can find as well,
//! [`linear`] does, once a pattern is used enough.

mod linear;
mod locale;
mod matched;
mod pattern;
mod scanner;
mod subject;
mod substitute;
mod verify;
mod walk;
mod watch;

pub(crate) use matched::{MATCH, MATCH_SPEC};
pub(crate) use pattern::{PATTERN, PATTERN_SPEC};
pub(crate) use scanner::{SCANNER, SCANNER_SPEC};
pub(crate) use substitute::{TEMPLATE, TEMPLATE_SPEC};

use rustpython_sre_engine::{CODESIZE, MAXREPEAT, SRE_MAGIC};
use taipan_object::func::Module;
use taipan_object::native::{Atomic, Method, ModuleSpec};
use taipan_object::wtf8::{CodePoint, Wtf8, Wtf8Buf};
use taipan_object::{PyResult, Thread, Value};
use taipan_text::case;

/// How many groups a pattern may have.
const MAX_GROUPS: usize = i32::MAX as usize / 2;

/// `_sre`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_sre",
    doc: "",
    functions: &[
        Method::new(
            "compile",
            "(pattern, flags, code, groups, groupindex, indexgroup)",
            pattern::compile,
        ),
        Method::new("template", "(pattern, template, /)", substitute::template).doc(
            "\n\n  template\n    A list containing interleaved literal strings (str or bytes) and group\n    indices (int), as returned by re._parser.parse_template():\n        [literal1, group1, ..., literalN, groupN]",
        ),
        Method::new("getcodesize", "()", |_, _| {
            Ok(Value::small_int(CODESIZE as i64))
        })
        .atomic(Atomic::Immutable),
        Method::new("ascii_iscased", "(character, /)", |th, a| {
            let c = pattern::c_int(th, a[0])? as u32;
            Ok(Value::bool(
                u8::try_from(c).is_ok_and(|b| b.is_ascii_alphabetic()),
            ))
        })
        .atomic(Atomic::Immutable),
        Method::new("unicode_iscased", "(character, /)", |th, a| {
            let c = pattern::c_int(th, a[0])? as u32;
            Ok(Value::bool(lower(c) != c || upper(c) != c))
        })
        .atomic(Atomic::Immutable),
        Method::new("ascii_tolower", "(character, /)", |th, a| {
            let c = pattern::c_int(th, a[0])?;
            let low = u8::try_from(c).map_or(c, |b| i32::from(b.to_ascii_lowercase()));
            Ok(Value::small_int(i64::from(low)))
        })
        .atomic(Atomic::Immutable),
        Method::new("unicode_tolower", "(character, /)", |th, a| {
            let c = pattern::c_int(th, a[0])? as u32;
            Ok(Value::small_int(i64::from(lower(c) as i32)))
        })
        .atomic(Atomic::Immutable),
    ],
    types: &[],
    init,
};

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let d = module.expect::<Module>().dict.expect();
    d.set_name(th, "MAGIC", Value::usize(th, SRE_MAGIC))?;
    d.set_name(th, "CODESIZE", Value::usize(th, CODESIZE))?;
    d.set_name(th, "MAXREPEAT", Value::usize(th, MAXREPEAT))?;
    d.set_name(th, "MAXGROUPS", Value::usize(th, MAX_GROUPS))?;
    let copyright = " SRE 2.2.2 Copyright (c) 1997-2002 by Secret Labs AB ";
    d.set_name(th, "copyright", Value::str(th, copyright))
}

/// The first character of a character's lower case. The simple mapping is another one for a few: those whose case
/// has several characters.
fn lower(c: u32) -> u32 {
    first_of(c, case::lower)
}

/// The same for the upper case.
fn upper(c: u32) -> u32 {
    first_of(c, case::upper)
}

fn first_of(c: u32, map: fn(&Wtf8) -> Wtf8Buf) -> u32 {
    let Some(point) = CodePoint::from_u32(c) else {
        return c;
    };
    let mut text = Wtf8Buf::new();
    text.push(point);
    map(&text).code_points().next().map_or(c, CodePoint::to_u32)
}
