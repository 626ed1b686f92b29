//! `Pattern.sub`, and the templates that `re._compile_template` makes.

use super::matched::Match;
use super::pattern::{Pattern, compile_template};
use super::subject::{Part, Subject};
use super::walk::{Mode, Walk};
use taipan_object::heap::Field;
use taipan_object::native::TypeSpec;
use taipan_object::seq::Tuple;
use taipan_object::types::{OBJECT, StaticType, class_of, flags, layout_of};
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{Object, PyResult, Thread, Value, call, ops, payload};
use taipan_strings::args;

/// The payload of `_sre.SRE_Template`: a literal, then groups each with a literal behind it.
#[repr(C)]
pub(super) struct Template {
    /// A tuple of the literals and group numbers, alternating, as they were given.
    items: Field,
}

payload!(Template, "SRE_Template", |this, m| this.items.trace(m));

/// `_sre.SRE_Template`
pub(crate) static TEMPLATE: StaticType = StaticType::new(
    "_sre",
    "SRE_Template",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Template>,
);

pub(crate) static TEMPLATE_SPEC: TypeSpec = TypeSpec::EMPTY;

impl Template {
    fn items<'a>(&self) -> &'a [Value] {
        self.items.get().expect::<Tuple>().items()
    }
}

/// `_sre.template(pattern, template)`
pub(super) fn template(th: &Thread, a: &[Value]) -> PyResult {
    let invalid = || th.type_error("invalid template");
    let Some(list) = a[1].as_list() else {
        return Err(th.type_error(format!(
            "template() argument 2 must be list, not {}",
            args::type_name(a[1])
        )));
    };
    let items = list.snapshot(th)?;
    if items.len() % 2 == 0 {
        return Err(invalid());
    }
    for (i, v) in items.iter().enumerate() {
        if i % 2 == 1 {
            if !v.is_int() {
                return Err(th.type_error("an integer is required"));
            }
            if ops::index_i64(th, *v)? < 0 {
                return Err(invalid());
            }
        } else if v.as_wtf8().is_none() && v.as_bytes().is_none() {
            return Err(invalid());
        }
    }
    let items = Field::new(Value::try_tuple(th, &items)?);
    Ok(th.new_object(&TEMPLATE, Template { items }).value())
}

/// `match.expand` of a compiled template.
pub(super) fn expand(th: &Thread, t: &Object<Template>, m: &Match) -> PyResult {
    let items = t.items();
    if let [literal] = items {
        return Ok(*literal);
    }
    let mut out = Out::new(items[0].as_wtf8().is_none());
    for (i, v) in items.iter().enumerate() {
        if i % 2 == 0 {
            out.push(th, *v)?;
        } else if let Some((subject, start, end)) = m.part(th, v.as_i64().unwrap_or(0) as usize)? {
            out.push_part(th, subject.part(start, end))?;
        }
    }
    out.finish(th)
}

/// A `str` or `bytes` that is being joined of parts.
struct Out {
    text: Wtf8Buf,
    bytes: Vec<u8>,
    is_bytes: bool,
    /// How many parts there are.
    parts: usize,
    /// The first part of a wrong type; raised at the end, as a join of all parts would.
    wrong: Option<String>,
}

impl Out {
    fn new(is_bytes: bool) -> Out {
        Out {
            text: Wtf8Buf::new(),
            bytes: Vec::new(),
            is_bytes,
            parts: 0,
            wrong: None,
        }
    }

    fn reserve(&mut self, th: &Thread, n: usize) -> PyResult<()> {
        let r = if self.is_bytes {
            self.bytes.try_reserve(n)
        } else {
            self.text.try_reserve(n)
        };
        r.map_err(|_| th.memory_error())
    }

    fn push_part(&mut self, th: &Thread, part: Part) -> PyResult<()> {
        self.parts += 1;
        match part {
            Part::Text(w) if !self.is_bytes => {
                self.reserve(th, w.len())?;
                self.text.push_wtf8(w);
            }
            Part::Bytes(b) if self.is_bytes => {
                self.reserve(th, b.len())?;
                self.bytes.extend_from_slice(b);
            }
            Part::Text(_) => self.mismatch("str"),
            Part::Bytes(_) => self.mismatch("bytes"),
        }
        Ok(())
    }

    fn push(&mut self, th: &Thread, v: Value) -> PyResult<()> {
        self.parts += 1;
        if !self.is_bytes {
            match v.as_wtf8() {
                Some(w) => {
                    self.reserve(th, w.len())?;
                    self.text.push_wtf8(w);
                }
                None => self.mismatch(&class_of(v).name_text()),
            }
        } else if taipan_object::buffer::is_exporter(v) {
            let b = args::bytes_like(th, v)?;
            self.reserve(th, b.len())?;
            self.bytes.extend_from_slice(&b);
        } else {
            self.mismatch(&class_of(v).name_text());
        }
        Ok(())
    }

    fn mismatch(&mut self, found: &str) {
        if self.wrong.is_none() {
            let want = if self.is_bytes {
                "a bytes-like object"
            } else {
                "str instance"
            };
            self.wrong = Some(format!(
                "sequence item {}: expected {want}, {found} found",
                self.parts - 1
            ));
        }
    }

    fn finish(self, th: &Thread) -> PyResult {
        match self.wrong {
            Some(msg) => Err(th.type_error(msg)),
            None if self.is_bytes => Value::bytes(th, &self.bytes),
            None => Value::try_wtf8(th, &self.text),
        }
    }
}

/// What each match is replaced by.
enum Replacement {
    Literal(Value),
    Template(Value),
    Call(Value),
}

fn replacement(th: &Thread, pattern: Value, repl: Value) -> PyResult<Replacement> {
    if ops::is_callable(repl) {
        return Ok(Replacement::Call(repl));
    }
    let plain = match (repl.as_wtf8(), repl.as_bytes()) {
        (Some(w), _) => !w.as_bytes().contains(&b'\\'),
        (_, Some(b)) => !b.contains(&b'\\'),
        _ => {
            taipan_object::buffer::is_exporter(repl)
                && args::bytes_like(th, repl).is_ok_and(|b| !b.contains(&b'\\'))
        }
    };
    if plain {
        return Ok(Replacement::Literal(repl));
    }
    let made = compile_template(th, pattern, repl)?;
    Ok(match made.expect::<Template>().items() {
        [literal] => Replacement::Literal(*literal),
        _ => Replacement::Template(made),
    })
}

/// `pattern.subn(repl, string, count)`
pub(super) fn sub(th: &Thread, a: &[Value]) -> PyResult<(Value, usize)> {
    let p = a[0].expect::<Pattern>();
    let count = match a[3].present() {
        Some(v) => ops::index_i64(th, v)?,
        None => 0,
    };
    let repl = replacement(th, a[0], a[1])?;
    let subject = Subject::of(th, a[2])?;
    subject.check(th, p)?;
    let range = (0, subject.len);
    let groups = match repl {
        Replacement::Literal(_) => 0,
        _ => p.groups,
    };
    let mut walk = Walk::new(th, p, subject, range, Mode::Search, groups);
    let mut out = Out::new(subject.is_bytes);
    let mut last = 0;
    let mut n = 0usize;
    while (count == 0 || (n as i64) < count) && walk.run(th)? {
        let (start, end) = walk.span();
        if last < start {
            out.push_part(th, walk.part(last, start))?;
        }
        match repl {
            Replacement::Literal(v) => out.push(th, v)?,
            Replacement::Template(t) => fill(th, &mut out, t.expect(), &walk, p.groups)?,
            Replacement::Call(f) => {
                let m = Match::new(th, p, &walk, range)?;
                let v = call::call(th, f, &[m])?;
                if !v.is_none() {
                    out.push(th, v)?;
                }
            }
        }
        last = end;
        n += 1;
        walk.advance();
        th.poll()?;
    }
    if n == 0 {
        return Ok((subject.slice(th, 0, subject.len)?, 0));
    }
    if last < walk.whole() {
        out.push_part(th, walk.part(last, walk.whole()))?;
    }
    Ok((out.finish(th)?, n))
}

/// Appends a template's expansion for the match that `walk` has just found, as one part.
fn fill(
    th: &Thread,
    out: &mut Out,
    t: &Object<Template>,
    walk: &Walk,
    groups: usize,
) -> PyResult<()> {
    let at = out.parts;
    for (i, v) in t.items().iter().enumerate() {
        if i % 2 == 0 {
            out.push(th, *v)?;
            continue;
        }
        let group = v.as_i64().unwrap_or(0) as usize;
        if group > groups {
            return Err(th.index_error("no such group"));
        }
        if let Some((start, end)) = walk.group(group) {
            out.push_part(th, walk.part(start, end))?;
        }
    }
    out.parts = at + 1;
    Ok(())
}
