//! `_csv.writer`.

use super::dialect::Dialect;
use super::{Quoting, error, first_and_dialect};
use taipan_object::call::Args;
use taipan_object::exception::TYPE_ERROR;
use taipan_object::heap::{Field, FieldOf};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, class_of, flags, layout_of};
use taipan_object::wtf8::{Wtf8, Wtf8Buf};
use taipan_object::{PyResult, Thread, Value, attr, call, ops, payload, strings};

/// The payload of `_csv.writer`. It never changes once made.
#[repr(C)]
struct Writer {
    /// The bound method `write` of the file.
    write: Field,
    dialect: FieldOf<Dialect>,
}

payload!(Writer, "csv writer", |this, m| {
    this.write.trace(m);
    this.dialect.trace(m);
});

/// `_csv.Writer`
pub(super) static WRITER: StaticType = StaticType::new(
    "_csv",
    "writer",
    Some(&OBJECT),
    flags::NO_NEW | flags::BASE,
    layout_of::<Writer>,
);

pub(super) static WRITER_SPEC: TypeSpec = TypeSpec {
    slots: |_| {},
    methods: &[
        Method::new("writerow", "($self, row, /)", |th, a| row(th, a[0].expect(), a[1]))
            .doc("Construct and write a CSV record from an iterable of fields.\n\nNon-string elements will be converted to string."),
        Method::new("writerows", "($self, rows, /)", |th, a| {
            let w = a[0].expect::<Writer>();
            ops::for_each(th, a[1], |v| row(th, w, v).map(|_| ()))?;
            Ok(Value::NONE)
        })
        .doc("Construct and write a series of iterables to a csv file.\n\nNon-string elements will be converted to string."),
    ],
    getset: &[GetSet::new("dialect", |_, v| {
        Ok(v.expect::<Writer>().dialect.expect().value())
    })],
    doc: "CSV writer\n\nWriter objects are responsible for generating tabular data\nin CSV format from sequence input.\n",
    sig: "",
};

pub(super) fn writer(th: &Thread, args: Args) -> PyResult {
    let (file, dialect) = first_and_dialect(th, "writer", &args)?;
    let write = attr::get_opt(th, file, strings::intern(th, "write"))?;
    let Some(write) = write.filter(|f| ops::is_callable(*f)) else {
        return Err(th.type_error("argument 1 must have a \"write\" method"));
    };
    let data = Writer {
        write: Field::new(write),
        dialect: FieldOf::new(dialect.expect()),
    };
    Ok(th.new_object(&WRITER, data).value())
}

/// Whether a value counts as a number, as `PyNumber_Check`.
fn is_number(th: &Thread, v: Value) -> bool {
    let has = |name: &str| {
        matches!(
            attr::class_get_opt(th, class_of(v).value(), strings::intern(th, name)),
            Ok(Some(_))
        )
    };
    v.is_int()
        || v.as_float().is_some()
        || has("__index__")
        || has("__int__")
        || has("__float__")
        || v.as_complex().is_some()
}

fn row(th: &Thread, w: &Writer, fields: Value) -> PyResult {
    let d: &Dialect = w.dialect.expect();
    let it = ops::iter(th, fields).map_err(|e| {
        if e.is(&TYPE_ERROR) {
            error(
                th,
                format!("iterable expected, not {}", class_of(fields).name_text()),
            )
        } else {
            e
        }
    })?;
    let mut line = Line {
        th,
        d,
        text: Wtf8Buf::new(),
        fields: 0,
    };
    let mut last_null = false;
    while let Some(v) = ops::next(th, it)? {
        let quoted = match d.quoting {
            Quoting::NonNumeric => !is_number(th, v),
            Quoting::All => true,
            Quoting::Strings => v.as_str_obj().is_some(),
            Quoting::NotNull => !v.is_none(),
            Quoting::Minimal | Quoting::None => false,
        };
        last_null = v.is_none();
        if last_null {
            line.add(Wtf8::new(""), true, quoted)?;
        } else {
            let text = if v.as_str_obj().is_some() {
                v
            } else {
                ops::str(th, v)?
            };
            line.add(text.as_wtf8().unwrap_or(Wtf8::new("")), false, quoted)?;
        }
    }
    if line.fields > 0 && line.text.is_empty() {
        let null = last_null && matches!(d.quoting, Quoting::Strings | Quoting::NotNull);
        if d.quoting == Quoting::None || null {
            return Err(error(th, "single empty field record must be quoted"));
        }
        line.fields -= 1;
        line.add(Wtf8::new(""), true, true)?;
    }
    line.text.push_wtf8(d.line_end());
    let text = Value::try_wtf8(th, &line.text)?;
    call::call(th, w.write.get(), &[text])
}

/// One line that is being written.
struct Line<'a> {
    th: &'a Thread,
    d: &'a Dialect,
    text: Wtf8Buf,
    fields: usize,
}

impl Line<'_> {
    /// Appends a field. `null` says that it is None.
    fn add(&mut self, field: &Wtf8, null: bool, mut quoted: bool) -> PyResult<()> {
        let (th, d) = (self.th, self.d);
        if field.is_empty() && d.delimiter.to_u32() == 32 && d.skipinitialspace {
            let never = null && matches!(d.quoting, Quoting::Strings | Quoting::NotNull);
            if d.quoting == Quoting::None || never {
                return Err(error(
                    th,
                    "empty field must be quoted if delimiter is a space and skipinitialspace is true",
                ));
            }
            quoted = true;
        }
        if self.fields > 0 {
            self.text.push(d.delimiter);
        }
        self.fields += 1;
        let mut out = Wtf8Buf::with_capacity(field.len() + 2);
        for c in field.code_points() {
            let is_quote = Some(c) == d.quotechar;
            let is_escape = Some(c) == d.escapechar;
            let special = c == d.delimiter
                || is_quote
                || is_escape
                || matches!(c.to_u32(), 10 | 13)
                || d.line_end().code_points().any(|x| x == c);
            if special {
                let mut escape = d.quoting == Quoting::None;
                if !escape {
                    if is_quote {
                        if d.doublequote {
                            out.push(c);
                        } else {
                            escape = true;
                        }
                    } else if is_escape {
                        escape = true;
                    }
                    quoted |= !escape;
                }
                if escape {
                    match d.escapechar {
                        Some(e) => out.push(e),
                        None => return Err(error(th, "need to escape, but no escapechar set")),
                    }
                }
            }
            out.push(c);
        }
        let quote = d.quotechar.filter(|_| quoted);
        if let Some(q) = quote {
            self.text.push(q);
        }
        self.text.push_wtf8(&out);
        if let Some(q) = quote {
            self.text.push(q);
        }
        Ok(())
    }
}
