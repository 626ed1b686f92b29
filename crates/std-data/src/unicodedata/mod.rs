//! `unicodedata`, and `ucd_3_2_0`, the same over the database of Unicode 3.2.

use taipan_object::native::{GetSet, Method, ModuleSpec, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::wtf8::{CodePoint, Wtf8};
use taipan_object::{PyResult, Thread, Value, attr, payload};
use taipan_strings::args;
use taipan_text::unicode::{self, Form, Named};

macro_rules! functions {
    ($($name:literal $sig:literal $f:ident $doc:literal;)*) => {
        /// `unicodedata`
        pub static MODULE: ModuleSpec = ModuleSpec {
            name: "unicodedata",
            doc: "This module provides access to the Unicode Character Database which\ndefines character properties for all Unicode characters. The data in\nthis database is based on the UnicodeData.txt file version\n16.0.0 which is publicly available from the Unicode Consortium.",
            functions: &[$(Method::new($name, concat!("(", $sig, ")"), |th, a| $f(th, Database::Current, a)).doc($doc)),*],
            types: &[(&UCD, &UCD_SPEC)],
            init,
        };
        static UCD_SPEC: TypeSpec = TypeSpec {
            slots: |_| {},
            methods: &[$(Method::new($name, concat!("($self, ", $sig, ")"), |th, a| $f(th, Database::Old, &a[1..])).doc($doc)),*],
            getset: &[GetSet::new("unidata_version", |th, _| Ok(Value::str(th, "3.2.0")))],
            doc: "",
            sig: "",
        };
    };
}

functions! {
    "decimal" "chr, default=<unrepresentable>, /" decimal "Converts a Unicode character into its equivalent decimal value.\n\nReturns the decimal value assigned to the character chr as integer.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised.";
    "digit" "chr, default=<unrepresentable>, /" digit "Converts a Unicode character into its equivalent digit value.\n\nReturns the digit value assigned to the character chr as integer.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised.";
    "numeric" "chr, default=<unrepresentable>, /" numeric "Converts a Unicode character into its equivalent numeric value.\n\nReturns the numeric value assigned to the character chr as float.\nIf no such value is defined, default is returned, or, if not given,\nValueError is raised.";
    "category" "chr, /" category "Returns the general category assigned to the character chr as string.";
    "bidirectional" "chr, /" bidirectional "Returns the bidirectional class assigned to the character chr as string.\n\nIf no such value is defined, an empty string is returned.";
    "combining" "chr, /" combining "Returns the canonical combining class assigned to the character chr as integer.\n\nReturns 0 if no combining class is defined.";
    "mirrored" "chr, /" mirrored "Returns the mirrored property assigned to the character chr as integer.\n\nReturns 1 if the character has been identified as a \"mirrored\"\ncharacter in bidirectional text, 0 otherwise.";
    "east_asian_width" "chr, /" east_asian_width "Returns the east asian width assigned to the character chr as string.";
    "decomposition" "chr, /" decomposition "Returns the character decomposition mapping assigned to the character chr as string.\n\nAn empty string is returned in case no such mapping is defined.";
    "name" "chr, default=<unrepresentable>, /" name "Returns the name assigned to the character chr as a string.\n\nIf no name is defined, default is returned, or, if not given,\nValueError is raised.";
    "lookup" "name, /" lookup "Look up character by name.\n\nIf a character with the given name is found, return the\ncorresponding character.  If not found, KeyError is raised.";
    "is_normalized" "form, unistr, /" is_normalized "Return whether the Unicode string unistr is in the normal form 'form'.\n\nValid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.";
    "normalize" "form, unistr, /" normalize "Return the normal form 'form' for the Unicode string unistr.\n\nValid values for form are 'NFC', 'NFKC', 'NFD', and 'NFKD'.";
}

/// Which version of the database.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Database {
    Current,
    Old,
}

/// The payload of `UCD`.
struct Ucd;

payload!(Ucd, "UCD", |this, m| {});

static UCD: StaticType = StaticType::new(
    "unicodedata",
    "UCD",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Ucd>,
);

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let set =
        |name: &str, v: Value| attr::set(th, module, taipan_object::strings::intern(th, name), v);
    set("unidata_version", Value::str(th, unicode::VERSION))?;
    set("ucd_3_2_0", th.new_object(&UCD, Ucd).value())
}

/// The one character of an argument; `which` names it where there are several.
fn character(th: &Thread, f: &str, which: &str, v: Value) -> PyResult<CodePoint> {
    let space = if which.is_empty() { "" } else { " " };
    let Some(s) = v.as_str_obj() else {
        return Err(th.type_error(format!(
            "{f}() argument{space}{which} must be a unicode character, not {}",
            args::type_name(v)
        )));
    };
    match s.wtf8().code_points().next() {
        Some(c) if s.len() == 1 => Ok(c),
        _ => Err(th.type_error(format!(
            "{f}(): argument{space}{which} must be a unicode character, not a string of length {}",
            s.len()
        ))),
    }
}

/// Whether the old database lacks a character that the current one has.
fn missing(db: Database, c: CodePoint) -> bool {
    db == Database::Old && unicode::ucd_3_2_0().category(c) == "Cn"
}

fn or_default(th: &Thread, found: Option<Value>, default: Value, msg: &str) -> PyResult {
    match found.or(default.present()) {
        Some(v) => Ok(v),
        None => Err(th.value_error(msg)),
    }
}

fn decimal(th: &Thread, db: Database, a: &[Value]) -> PyResult {
    let c = character(th, "decimal", "1", a[0])?;
    let n = match db {
        Database::Current => unicode::decimal(c).map(i64::from),
        Database::Old => unicode::ucd_3_2_0().decimal(c).map(|n| n as i64),
    };
    or_default(th, n.map(Value::small_int), a[1], "not a decimal")
}

fn digit(th: &Thread, db: Database, a: &[Value]) -> PyResult {
    let c = character(th, "digit", "1", a[0])?;
    let n = match db {
        Database::Current => unicode::digit(c).map(i64::from),
        Database::Old => unicode::ucd_3_2_0().digit(c).map(|n| n as i64),
    };
    or_default(th, n.map(Value::small_int), a[1], "not a digit")
}

fn numeric(th: &Thread, db: Database, a: &[Value]) -> PyResult {
    let c = character(th, "numeric", "1", a[0])?;
    let n = match db {
        Database::Current => unicode::numeric(c),
        Database::Old => unicode::ucd_3_2_0().numeric(c),
    };
    or_default(
        th,
        n.map(|x| Value::float(th, x)),
        a[1],
        "not a numeric character",
    )
}

fn category(th: &Thread, db: Database, a: &[Value]) -> PyResult {
    let c = character(th, "category", "", a[0])?;
    Ok(match db {
        Database::Current => Value::str(th, unicode::category(c)),
        Database::Old => Value::str(th, unicode::ucd_3_2_0().category(c)),
    })
}

fn bidirectional(th: &Thread, db: Database, a: &[Value]) -> PyResult {
    let c = character(th, "bidirectional", "", a[0])?;
    Ok(match db {
        Database::Current => Value::str(th, unicode::bidirectional(c)),
        Database::Old if missing(db, c) => Value::str(th, ""),
        Database::Old => Value::str(th, unicode::ucd_3_2_0().bidirectional(c)),
    })
}

fn combining(th: &Thread, db: Database, a: &[Value]) -> PyResult {
    let c = character(th, "combining", "", a[0])?;
    Ok(Value::small_int(match db {
        Database::Current => unicode::combining(c) as i64,
        Database::Old => unicode::ucd_3_2_0().combining(c) as i64,
    }))
}

fn mirrored(th: &Thread, db: Database, a: &[Value]) -> PyResult {
    let c = character(th, "mirrored", "", a[0])?;
    Ok(Value::small_int(match db {
        Database::Current => unicode::mirrored(c) as i64,
        Database::Old => (unicode::ucd_3_2_0().mirrored(c) != 0) as i64,
    }))
}

fn east_asian_width(th: &Thread, db: Database, a: &[Value]) -> PyResult {
    let c = character(th, "east_asian_width", "", a[0])?;
    // Of what is not assigned today nothing has changed since.
    let current = db == Database::Current || unicode::category(c) == "Cn";
    Ok(if current {
        Value::str(th, unicode::east_asian_width(c))
    } else {
        Value::str(th, unicode::ucd_3_2_0().east_asian_width(c))
    })
}

fn is_hangul(c: CodePoint) -> bool {
    (0xac00..=0xd7a3).contains(&c.to_u32())
}

fn decomposition(th: &Thread, db: Database, a: &[Value]) -> PyResult {
    let c = character(th, "decomposition", "", a[0])?;
    Ok(match db {
        Database::Current => Value::str(th, &unicode::decomposition(c)),
        Database::Old if missing(db, c) => Value::str(th, ""),
        Database::Old if is_hangul(c) => Value::str(th, &unicode::decomposition(c)),
        Database::Old => Value::str(th, &unicode::ucd_3_2_0().decomposition(c)),
    })
}

fn name(th: &Thread, db: Database, a: &[Value]) -> PyResult {
    let c = character(th, "name", "1", a[0])?;
    let n = if missing(db, c) {
        None
    } else {
        unicode::name(c)
    };
    or_default(th, n.map(|n| Value::str(th, &n)), a[1], "no such name")
}

/// Whether a name that finds a character is another than the character's own.
fn is_alias(name: &str, c: char) -> bool {
    unicode::name(c.into()).is_some_and(|own| !own.eq_ignore_ascii_case(name))
}

fn lookup(th: &Thread, db: Database, a: &[Value]) -> PyResult {
    let text = if let Some(w) = a[0].as_wtf8() {
        w.to_string_lossy().into_owned()
    } else {
        String::from_utf8_lossy(&args::bytes_like(th, a[0])?).into_owned()
    };
    let undefined = || {
        let msg = Value::str(th, &format!("undefined character name '{text}'"));
        th.key_error(msg)
    };
    match unicode::lookup(&text) {
        Some(Named::Character(c))
            if db == Database::Current
                || unicode::is_numbered(&text)
                || (!missing(db, c.into()) && !is_alias(&text, c)) =>
        {
            Ok(Value::char(th, CodePoint::from(c)))
        }
        Some(Named::Sequence(s)) if db == Database::Current => Ok(Value::str(th, s)),
        _ => Err(undefined()),
    }
}

fn form(th: &Thread, f: &str, v: Value) -> PyResult<Form> {
    let name = args::text(th, f, "1", v)?;
    match name.as_str().ok().and_then(Form::from_name) {
        Some(form) => Ok(form),
        None => Err(th.value_error("invalid normalization form")),
    }
}

fn is_normalized(th: &Thread, db: Database, a: &[Value]) -> PyResult {
    let text = args::text(th, "is_normalized", "2", a[1])?;
    if text.is_empty() {
        return Ok(Value::TRUE);
    }
    let form = form(th, "is_normalized", a[0])?;
    Ok(Value::bool(match db {
        Database::Current => unicode::is_normalized(form, text),
        Database::Old => normalized_as_of_old(form, text).as_bytes() == text.as_bytes(),
    }))
}

fn normalize(th: &Thread, db: Database, a: &[Value]) -> PyResult {
    let text = args::text(th, "normalize", "2", a[1])?;
    let form = form(th, "normalize", a[0])?;
    let s = a[1].as_str_obj();
    if s.is_some_and(|s| s.is_ascii() && taipan_object::types::is_exact_str(s)) {
        return Ok(a[1]);
    }
    let out = match db {
        Database::Current => unicode::normalize(form, text),
        Database::Old => normalized_as_of_old(form, text),
    };
    Value::try_wtf8(th, &out)
}

/// What Unicode corrected later: the compatibility ideographs as 3.2 took them apart.
const CORRECTED: [(u32, u32); 5] = [
    (0x2f868, 0x2136a),
    (0x2f874, 0x5f33),
    (0x2f91f, 0x43ab),
    (0x2f95f, 0x7aae),
    (0x2f9bf, 0x4d57),
];

/// Normalisation that takes no character apart that Unicode 3.2 did not have; what is put together and in which order
/// is as today, as in CPython.
fn normalized_as_of_old(form: Form, text: &Wtf8) -> taipan_object::wtf8::Wtf8Buf {
    let old = unicode::ucd_3_2_0();
    let (apart, together) = match form {
        Form::Nfc => (Form::Nfd, true),
        Form::Nfd => (Form::Nfd, false),
        Form::Nfkc => (Form::Nfkd, true),
        Form::Nfkd => (Form::Nfkd, false),
    };
    let mut points: Vec<CodePoint> = Vec::with_capacity(text.len());
    let mut one = taipan_object::wtf8::Wtf8Buf::new();
    for c in text.code_points() {
        let corrected = CORRECTED.iter().find(|(from, _)| *from == c.to_u32());
        if let Some(to) = corrected.and_then(|(_, to)| CodePoint::from_u32(*to)) {
            points.push(to);
        } else if c.to_u32() < 0x80 || old.category(c) == "Cn" {
            points.push(c);
        } else {
            one.clear();
            one.push(c);
            points.extend(unicode::normalize(apart, &one).code_points());
        }
    }
    // Canonical order: marks behind a starter by their class.
    let mut i = 0;
    while i < points.len() {
        if unicode::combining(points[i]) == 0 {
            i += 1;
            continue;
        }
        let end = points[i..]
            .iter()
            .position(|c| unicode::combining(*c) == 0)
            .map_or(points.len(), |n| i + n);
        points[i..end].sort_by_key(|c| unicode::combining(*c));
        i = end;
    }
    if !together {
        return points.into_iter().collect();
    }
    let (mut out, mut part) = (
        taipan_object::wtf8::Wtf8Buf::new(),
        taipan_object::wtf8::Wtf8Buf::new(),
    );
    for c in points {
        one.clear();
        one.push(c);
        // Putting together would first take it apart.
        let apart = old.category(c) == "Cn" && unicode::normalize(Form::Nfc, &one) != one;
        if apart {
            out.push_wtf8(&unicode::normalize(Form::Nfc, &part));
            out.push(c);
            part.clear();
        } else {
            part.push(c);
        }
    }
    out.push_wtf8(&unicode::normalize(Form::Nfc, &part));
    out
}
