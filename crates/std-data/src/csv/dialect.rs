//! `_csv.Dialect`.

use super::{QUOTINGS, Quoting, registered};
use taipan_object::call::Args;
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, Type, class_of, flags, layout_of};
use taipan_object::wtf8::{CodePoint, Wtf8};
use taipan_object::{Object, PyResult, Raised, Thread, Value, attr, ops, payload, strings};

/// The payload of `Dialect`. It never changes once made.
#[repr(C)]
pub(super) struct Dialect {
    /// A `str`.
    lineterminator: Field,
    pub delimiter: CodePoint,
    pub quotechar: Option<CodePoint>,
    pub escapechar: Option<CodePoint>,
    pub quoting: Quoting,
    pub doublequote: bool,
    pub skipinitialspace: bool,
    pub strict: bool,
}

payload!(Dialect, "csv dialect", |this, m| this
    .lineterminator
    .trace(m));

impl Dialect {
    pub fn line_end<'a>(&self) -> &'a Wtf8 {
        self.lineterminator.get().as_wtf8().unwrap_or(Wtf8::new(""))
    }
}

/// `_csv.Dialect`
pub(super) static DIALECT: StaticType = StaticType::new(
    "_csv",
    "Dialect",
    Some(&OBJECT),
    flags::BASE,
    layout_of::<Dialect>,
);

fn refuse_pickle(th: &Thread, a: &[Value]) -> PyResult {
    Err(th.type_error(format!(
        "cannot pickle '{}' instances",
        class_of(a[0]).tp_name()
    )))
}

fn char_value(th: &Thread, c: Option<CodePoint>) -> Value {
    c.map_or(Value::NONE, |c| Value::char(th, c))
}

macro_rules! get {
    ($name:literal, |$th:pat_param, $d:ident| $e:expr) => {
        GetSet::new($name, |$th, v| {
            let $d = v.expect::<Dialect>();
            Ok($e)
        })
    };
}

/// A flag; CPython's words for one that can't be set differ from those for the others.
macro_rules! member {
    ($name:literal, $field:ident) => {
        GetSet::rw(
            $name,
            |_, v| Ok(Value::bool(v.expect::<Dialect>().$field)),
            |th, _, _| Err(th.raise(&ATTRIBUTE_ERROR, "readonly attribute")),
        )
    };
}

pub(super) static DIALECT_SPEC: TypeSpec = TypeSpec {
    slots: |s| s.new = Some(new),
    methods: &[
        Method::new("__reduce__", "($self, /)", refuse_pickle)
            .doc("raises an exception to avoid pickling"),
        Method::new("__reduce_ex__", "($self, protocol, /)", refuse_pickle)
            .doc("raises an exception to avoid pickling"),
    ],
    getset: &[
        get!("delimiter", |th, d| Value::char(th, d.delimiter)),
        get!("quotechar", |th, d| char_value(th, d.quotechar)),
        get!("escapechar", |th, d| char_value(th, d.escapechar)),
        get!("lineterminator", |_, d| d.lineterminator.get()),
        get!("quoting", |th, d| Value::int(th, d.quoting as i64)),
        member!("doublequote", doublequote),
        member!("skipinitialspace", skipinitialspace),
        member!("strict", strict),
    ],
    doc: "CSV dialect\n\nThe Dialect type records CSV parsing and generation options.\n",
    sig: "",
};

/// The parameters of the constructor behind `dialect`.
const NAMES: [&str; 8] = [
    "delimiter",
    "doublequote",
    "escapechar",
    "lineterminator",
    "quotechar",
    "quoting",
    "skipinitialspace",
    "strict",
];

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let given = args.pos();
    if given.len() > 9 {
        return Err(th.type_error(format!(
            "function takes at most 9 arguments ({} given)",
            given.len()
        )));
    }
    let base = given.first().copied().unwrap_or(Value::ABSENT);
    make(th, cls, base, given.get(1..).unwrap_or(&[]), &args)
}

/// The dialect that a base dialect and the keyword arguments make.
pub(super) fn make_over(th: &Thread, base: Value, args: &Args) -> PyResult {
    make(th, DIALECT.get(), base, &[], args)
}

fn make(
    th: &Thread,
    cls: &Object<Type>,
    mut base: Value,
    positional: &[Value],
    args: &Args,
) -> PyResult {
    let mut p = [Value::ABSENT; 8];
    p[..positional.len()].copy_from_slice(positional);
    for (name, v) in args.kw() {
        let text = name
            .as_wtf8()
            .map(|w| w.to_string_lossy())
            .unwrap_or_default();
        let place = if text == "dialect" {
            &mut base
        } else {
            match NAMES.iter().position(|n| *n == text) {
                Some(i) => &mut p[i],
                None => {
                    return Err(th.type_error(format!(
                        "this function got an unexpected keyword argument '{text}'"
                    )));
                }
            }
        };
        if !place.is_absent() {
            return Err(th.type_error(format!(
                "argument for function given by name ('{text}') and position"
            )));
        }
        *place = v;
    }
    if let Some(b) = base.present() {
        if b.as_str_obj().is_some() {
            base = registered(th, b)?;
        }
        let nothing_else = p.iter().all(|v| v.is_absent());
        if nothing_else && cls.is(&DIALECT) && class_of(base).is(&DIALECT) {
            return Ok(base);
        }
        for (v, name) in p.iter_mut().zip(NAMES) {
            if v.is_absent()
                && let Ok(Some(x)) = attr::get_opt(th, base, strings::intern(th, name))
            {
                *v = x;
            }
        }
    }
    let data = checked(th, &p)?;
    Ok(th.new_instance(cls, data).value())
}

fn character(th: &Thread, name: &str, v: Value, or_none: &str) -> PyResult<CodePoint> {
    let wanted = format!("\"{name}\" must be a unicode character{or_none}, not");
    let Some(s) = v.as_str_obj() else {
        return Err(th.type_error(format!("{wanted} {}", class_of(v).tp_name())));
    };
    match (s.len(), s.wtf8().code_points().next()) {
        (1, Some(c)) => Ok(c),
        (n, _) => Err(th.type_error(format!("{wanted} a string of length {n}"))),
    }
}

fn optional_character(
    th: &Thread,
    name: &str,
    v: Value,
    default: Option<CodePoint>,
) -> PyResult<Option<CodePoint>> {
    match v.present() {
        None => Ok(default),
        Some(v) if v.is_none() => Ok(None),
        Some(v) => character(th, name, v, " or None").map(Some),
    }
}

/// The dialect of the given parameters, absent ones having their defaults.
fn checked(th: &Thread, p: &[Value; 8]) -> PyResult<Dialect> {
    let flag = |v: Value, default: bool| match v.present() {
        Some(v) => ops::truth(th, v),
        None => Ok(default),
    };
    let [
        delimiter,
        doublequote,
        escapechar,
        lineterminator,
        quotechar,
        quoting,
        skip,
        strict,
    ] = *p;
    let mut d = Dialect {
        delimiter: match delimiter.present() {
            Some(v) => character(th, "delimiter", v, "")?,
            None => CodePoint::from_char(','),
        },
        doublequote: flag(doublequote, true)?,
        escapechar: optional_character(th, "escapechar", escapechar, None)?,
        lineterminator: Field::new(match lineterminator.present() {
            None => Value::str(th, "\r\n"),
            Some(v) if v.as_str_obj().is_some() => v,
            Some(v) => {
                return Err(th.type_error(format!(
                    "\"lineterminator\" must be a string, not {}",
                    class_of(v).tp_name()
                )));
            }
        }),
        quotechar: optional_character(th, "quotechar", quotechar, Some(CodePoint::from_char('"')))?,
        quoting: match quoting.present() {
            None => Quoting::Minimal,
            Some(v) if v.is_exact_int() => {
                let n = v.as_i64().and_then(|n| usize::try_from(n).ok());
                match n.and_then(|n| QUOTINGS.get(n)) {
                    Some((_, q)) => *q,
                    None => return Err(th.type_error("bad \"quoting\" value")),
                }
            }
            Some(v) => {
                return Err(th.type_error(format!(
                    "\"quoting\" must be an integer, not {}",
                    class_of(v).tp_name()
                )));
            }
        },
        skipinitialspace: flag(skip, false)?,
        strict: flag(strict, false)?,
    };
    if quotechar.is_none() && quoting.is_absent() {
        d.quoting = Quoting::None;
    }
    if d.quoting != Quoting::None && d.quotechar.is_none() {
        return Err(th.type_error("quotechar must be set if quoting enabled"));
    }
    let delimiter = Some(d.delimiter);
    check_char(th, "delimiter", delimiter, &d, true)?;
    check_char(th, "escapechar", d.escapechar, &d, !d.skipinitialspace)?;
    check_char(th, "quotechar", d.quotechar, &d, !d.skipinitialspace)?;
    for (x, name_x, y, name_y) in [
        (delimiter, "delimiter", d.escapechar, "escapechar"),
        (delimiter, "delimiter", d.quotechar, "quotechar"),
        (d.escapechar, "escapechar", d.quotechar, "quotechar"),
    ] {
        if x.is_some() && x == y {
            return Err(bad(th, &format!("{name_x} or {name_y}")));
        }
    }
    Ok(d)
}

fn bad(th: &Thread, what: &str) -> Raised {
    th.value_error(format!("bad {what} value"))
}

fn check_char(
    th: &Thread,
    name: &str,
    c: Option<CodePoint>,
    d: &Dialect,
    space: bool,
) -> PyResult<()> {
    let Some(c) = c else { return Ok(()) };
    let n = c.to_u32();
    if n == 10 || n == 13 || n == 32 && !space {
        return Err(bad(th, name));
    }
    if d.line_end().code_points().any(|x| x == c) {
        return Err(bad(th, &format!("{name} or lineterminator")));
    }
    Ok(())
}
