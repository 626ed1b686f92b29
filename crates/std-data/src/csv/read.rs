//! `_csv.reader`.

use super::dialect::Dialect;
use super::{Quoting, error, field_limit, first_and_dialect};
use std::sync::atomic::{AtomicU64, Ordering};
use taipan_object::call::Args;
use taipan_object::heap::{Field, FieldOf, Guarded};
use taipan_object::native::{GetSet, TypeSpec};
use taipan_object::seq::List;
use taipan_object::types::{self, OBJECT, StaticType, class_of, flags, layout_of};
use taipan_object::wtf8::{CodePoint, Wtf8, Wtf8Buf};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, call, ops, payload};

/// The payload of `_csv.reader`. A row is read by one thread alone: two threads share the lines.
#[repr(C)]
struct Reader {
    lines: Field,
    dialect: FieldOf<Dialect>,
    line_num: AtomicU64,
    /// The threads that are reading a row, and whether their lines' iterator has read one of its own meanwhile.
    reading: Guarded<Vec<(u64, bool)>>,
}

payload!(Reader, "csv reader", |this, m| {
    this.lines.trace(m);
    this.dialect.trace(m);
});

/// `_csv.Reader`
pub(super) static READER: StaticType = StaticType::new(
    "_csv",
    "reader",
    Some(&OBJECT),
    flags::NO_NEW | flags::BASE,
    layout_of::<Reader>,
);

pub(super) static READER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[],
    getset: &[
        GetSet::new("dialect", |_, v| {
            Ok(v.expect::<Reader>().dialect.expect().value())
        }),
        GetSet::new("line_num", |th, v| {
            Ok(Value::uint(
                th,
                v.expect::<Reader>().line_num.load(Ordering::Relaxed),
            ))
        }),
    ],
    doc: "CSV reader\n\nReader objects are responsible for reading and parsing tabular data\nin CSV format.\n",
    sig: "",
};

pub(super) fn reader(th: &Thread, args: Args) -> PyResult {
    let (iterable, dialect) = match args.pos().first() {
        // The iterable is looked at before the dialect is.
        Some(v) if args.pos().len() <= 2 => {
            let lines = ops::iter(th, *v)?;
            (lines, first_and_dialect(th, "reader", &args)?.1)
        }
        _ => first_and_dialect(th, "reader", &args)?,
    };
    let data = Reader {
        lines: Field::new(iterable),
        dialect: FieldOf::new(dialect.expect()),
        line_num: AtomicU64::new(0),
        reading: Guarded::new(Vec::new()),
    };
    Ok(th.new_object(&READER, data).value())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    StartRecord,
    StartField,
    Escaped,
    InField,
    InQuoted,
    EscapeInQuoted,
    QuoteInQuoted,
    EatLineEnd,
    AfterEscapedLineEnd,
}

/// One record that is being read.
struct Record<'a> {
    th: &'a Thread,
    d: &'a Dialect,
    limit: i64,
    state: State,
    fields: ValueVec,
    field: Wtf8Buf,
    /// Characters in `field`.
    chars: usize,
    unquoted: bool,
    /// Which ASCII characters mean something within a field.
    special: [bool; 128],
    /// Whether other characters may.
    wide: bool,
}

fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let r = v.expect::<Reader>();
    let me = th.ident;
    let outermost = r.reading.with(|threads| {
        match threads.iter_mut().find(|t| t.0 == me) {
            Some(t) => t.1 = true,
            None => threads.push((me, false)),
        }
        threads.contains(&(me, false))
    });
    let row = read_row(th, r, !outermost);
    if outermost {
        r.reading.with(|threads| threads.retain(|t| t.0 != me));
    }
    row
}

fn read_row(th: &Thread, r: &Reader, nested: bool) -> PyResult<Option<Value>> {
    let d: &Object<Dialect> = r.dialect.expect();
    let mut special = [false; 128];
    let mut wide = false;
    for c in [Some(d.delimiter), d.quotechar, d.escapechar]
        .into_iter()
        .flatten()
        .chain([CodePoint::from_char('\n'), CodePoint::from_char('\r')])
    {
        match special.get_mut(c.to_u32() as usize) {
            Some(s) => *s = true,
            None => wide = true,
        }
    }
    let mut record = Record {
        th,
        d,
        limit: field_limit(th),
        state: State::StartRecord,
        fields: ValueVec::new(),
        field: Wtf8Buf::new(),
        chars: 0,
        unquoted: true,
        special,
        wide,
    };
    loop {
        let line = ops::next(th, r.lines.get())?;
        let me = th.ident;
        if r.reading.with(|threads| threads.contains(&(me, true))) && !nested {
            return Err(error(th, "iterator has already advanced the reader"));
        }
        let Some(line) = line else {
            if record.chars != 0 || record.state == State::InQuoted {
                if d.strict {
                    return Err(error(th, "unexpected end of data"));
                }
                record.save()?;
                break;
            }
            return Ok(None);
        };
        let Some(text) = line.as_wtf8() else {
            return Err(error(
                th,
                format!(
                    "iterator should return strings, not {} (the file should be opened in text mode)",
                    class_of(line).name_text()
                ),
            ));
        };
        r.line_num.fetch_add(1, Ordering::Relaxed);
        record.line(text)?;
        record.step(None)?;
        if record.state == State::StartRecord {
            break;
        }
        th.poll()?;
    }
    Ok(Some(List::from_vec(th, record.fields)))
}

impl Record<'_> {
    fn line(&mut self, text: &Wtf8) -> PyResult<()> {
        let bytes = text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            if matches!(self.state, State::InField | State::InQuoted) {
                let ordinary = |b: &u8| match self.special.get(usize::from(*b)) {
                    Some(s) => !s,
                    None => !self.wide,
                };
                let n = bytes[at..].iter().take_while(|b| ordinary(b)).count();
                if n > 0 {
                    let run = &text[at..at + n];
                    self.chars += taipan_text::index::char_count(run);
                    self.check_limit()?;
                    self.field.push_wtf8(run);
                    at += n;
                    continue;
                }
            }
            let Some(c) = taipan_text::index::char_at(text, at) else {
                break;
            };
            at += c.len_wtf8();
            self.step(Some(c))?;
        }
        Ok(())
    }

    fn check_limit(&self) -> PyResult<()> {
        if self.chars as i64 > self.limit {
            return Err(error(
                self.th,
                format!("field larger than field limit ({})", self.limit),
            ));
        }
        Ok(())
    }

    fn add(&mut self, c: CodePoint) -> PyResult<()> {
        self.chars += 1;
        self.check_limit()?;
        self.field.push(c);
        Ok(())
    }

    /// Ends the field.
    fn save(&mut self) -> PyResult<()> {
        let th = self.th;
        let quoting = self.d.quoting;
        let v = if self.unquoted
            && self.chars == 0
            && matches!(quoting, Quoting::NotNull | Quoting::Strings)
        {
            Value::NONE
        } else {
            let text = Value::try_wtf8(th, &self.field)?;
            if self.unquoted
                && self.chars != 0
                && matches!(quoting, Quoting::NonNumeric | Quoting::Strings)
            {
                call::call(th, types::FLOAT.value(), &[text])?
            } else {
                text
            }
        };
        self.field.clear();
        self.chars = 0;
        self.unquoted = true;
        self.fields.push(th, v)
    }

    /// Ends the field at a line's end: `c` is what ends it.
    fn end(&mut self, c: Option<CodePoint>) -> PyResult<()> {
        self.save()?;
        self.state = if c.is_none() {
            State::StartRecord
        } else {
            State::EatLineEnd
        };
        Ok(())
    }

    /// Takes one character, or the end of the line.
    fn step(&mut self, c: Option<CodePoint>) -> PyResult<()> {
        let d = self.d;
        let break_char = c.is_some_and(|c| matches!(c.to_u32(), 10 | 13));
        let line_end = break_char || c.is_none();
        let newline = CodePoint::from_char('\n');
        let is_quote = c.is_some() && c == d.quotechar && d.quoting != Quoting::None;
        let is_escape = c.is_some() && c == d.escapechar;
        let is_delimiter = c == Some(d.delimiter);
        match self.state {
            State::StartRecord if c.is_none() => {}
            State::StartRecord if break_char => self.state = State::EatLineEnd,
            State::StartRecord | State::StartField => {
                if line_end {
                    self.end(c)?;
                } else if is_quote {
                    self.unquoted = false;
                    self.state = State::InQuoted;
                } else if is_escape {
                    self.state = State::Escaped;
                } else if c == Some(CodePoint::from_char(' ')) && d.skipinitialspace {
                    self.state = State::StartField;
                } else if is_delimiter {
                    self.save()?;
                    self.state = State::StartField;
                } else if let Some(c) = c {
                    self.add(c)?;
                    self.state = State::InField;
                }
            }
            State::Escaped => {
                self.add(c.unwrap_or(newline))?;
                self.state = if break_char {
                    State::AfterEscapedLineEnd
                } else {
                    State::InField
                };
            }
            State::AfterEscapedLineEnd if c.is_none() => {}
            State::AfterEscapedLineEnd | State::InField => {
                if line_end {
                    self.end(c)?;
                } else if is_escape {
                    self.state = State::Escaped;
                } else if is_delimiter {
                    self.save()?;
                    self.state = State::StartField;
                } else if let Some(c) = c {
                    self.add(c)?;
                    self.state = State::InField;
                }
            }
            State::InQuoted => {
                if is_escape {
                    self.state = State::EscapeInQuoted;
                } else if is_quote {
                    self.state = if d.doublequote {
                        State::QuoteInQuoted
                    } else {
                        State::InField
                    };
                } else if let Some(c) = c {
                    self.add(c)?;
                }
            }
            State::EscapeInQuoted => {
                self.add(c.unwrap_or(newline))?;
                self.state = State::InQuoted;
            }
            State::QuoteInQuoted => match c {
                Some(c) if is_quote => {
                    self.add(c)?;
                    self.state = State::InQuoted;
                }
                _ if is_delimiter => {
                    self.save()?;
                    self.state = State::StartField;
                }
                Some(c) if !line_end => {
                    if d.strict {
                        let shown = |c: CodePoint| c.to_char_lossy();
                        return Err(error(
                            self.th,
                            format!(
                                "'{}' expected after '{}'",
                                shown(d.delimiter),
                                shown(d.quotechar.unwrap_or(d.delimiter))
                            ),
                        ));
                    }
                    self.add(c)?;
                    self.state = State::InField;
                }
                _ => self.end(c)?,
            },
            State::EatLineEnd => {
                if c.is_none() {
                    self.state = State::StartRecord;
                } else if !break_char {
                    return Err(error(
                        self.th,
                        "new-line character seen in unquoted field - do you need to open the file with newline=''?",
                    ));
                }
            }
        }
        Ok(())
    }
}
