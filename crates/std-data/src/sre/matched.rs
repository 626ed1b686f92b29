//! `re.Match`.

use super::pattern::{Pattern, compile_template};
use super::subject::Subject;
use super::substitute;
use super::walk::Walk;
use taipan_object::call::Args;
use taipan_object::dict::Dict;
use taipan_object::heap::{Field, FieldOf};
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, class_of, flags, layout_of};
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{Object, PyResult, Raised, Thread, Value, ValueVec, ops, payload};

/// The payload of `re.Match`. It never changes once made, but for the cache of `regs`.
#[repr(C)]
pub(super) struct Match {
    /// The object that was matched.
    string: Field,
    re: FieldOf<Pattern>,
    /// `regs`, once asked for.
    regs: Field,
    pos: usize,
    endpos: usize,
    /// The last group that matched; -1 for none.
    lastindex: i64,
    /// Groups, the whole match among them.
    groups: usize,
    /// The spans of a few groups, [`NOWHERE`] for one that took no part.
    few: [(u32, u32); FEW],
    /// The spans of all if there are more or the text is very long, as words in a bytes object: matches have nothing
    /// to drop.
    all: Field,
}

const FEW: usize = 8;
const NOWHERE: u32 = u32::MAX;
const NO_SPAN: (i64, i64) = (-1, -1);

payload!(Match, "re.Match", |this, m| {
    this.string.trace(m);
    this.re.trace(m);
    this.regs.trace(m);
    this.all.trace(m);
});

/// `re.Match`
pub(crate) static MATCH: StaticType = StaticType::new(
    "re",
    "Match",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Match>,
);

pub(crate) static MATCH_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(repr);
        s.getitem = Some(|th, v, key| {
            let m = v.expect::<Match>();
            let group = m.index(th, key)?;
            m.text(th, group, Value::NONE)
        });
    },
    methods: &[
        Method::raw("group", "", group)
            .atomic(Atomic::Immutable)
            .doc("group([group1, ...]) -> str or tuple.\n    Return subgroup(s) of the match by indices or names.\n    For 0 returns the entire match."),
        Method::new("start", "($self, group=0, /)", |th, a| Ok(Value::int(th, span_of(th, a)?.0)))
            .atomic(Atomic::Immutable)
            .doc("Return index of the start of the substring matched by group."),
        Method::new("end", "($self, group=0, /)", |th, a| Ok(Value::int(th, span_of(th, a)?.1)))
            .atomic(Atomic::Immutable)
            .doc("Return index of the end of the substring matched by group."),
        Method::new("span", "($self, group=0, /)", |th, a| pair(th, span_of(th, a)?))
            .atomic(Atomic::Immutable)
            .doc("For match object m, return the 2-tuple (m.start(group), m.end(group))."),
        Method::new("groups", "($self, /, default=None)", groups)
            .atomic(Atomic::Immutable)
            .doc("Return a tuple containing all the subgroups of the match, from 1.\n\n  default\n    Is used for groups that did not participate in the match."),
        Method::new("groupdict", "($self, /, default=None)", groupdict)
            .atomic(Atomic::Immutable)
            .doc("Return a dictionary containing all the named subgroups of the match, keyed by the subgroup name.\n\n  default\n    Is used for groups that did not participate in the match."),
        Method::new("expand", "($self, /, template)", |th, a| {
            let m = a[0].expect::<Match>();
            let template = compile_template(th, m.re.expect().value(), a[1])?;
            substitute::expand(th, template.expect(), m)
        })
        .doc("Return the string obtained by doing backslash substitution on the string template, as done by the sub() method."),
        Method::new("__copy__", "($self, /)", |_, a| Ok(a[0])).atomic(Atomic::Immutable),
        Method::new("__deepcopy__", "($self, memo, /)", |_, a| Ok(a[0])).atomic(Atomic::Immutable),
        Method::new("__class_getitem__", "($type, object, /)", |th, a| ops::generic_alias(th, a[0], a[1]))
            .class()
            .doc("See PEP 585"),
    ],
    getset: &[
        GetSet::new("string", |_, v| Ok(v.expect::<Match>().string.get()))
            .doc("The string passed to match() or search()."),
        GetSet::new("re", |_, v| Ok(v.expect::<Match>().re.expect().value()))
            .doc("The regular expression object."),
        GetSet::new("pos", |th, v| Ok(Value::usize(th, v.expect::<Match>().pos)))
            .doc("The index into the string at which the RE engine started looking for a match."),
        GetSet::new("endpos", |th, v| Ok(Value::usize(th, v.expect::<Match>().endpos)))
            .doc("The index into the string beyond which the RE engine will not go."),
        GetSet::new("lastindex", |th, v| {
            let n = v.expect::<Match>().lastindex;
            Ok(if n < 0 { Value::NONE } else { Value::int(th, n) })
        })
        .doc("The integer index of the last matched capturing group."),
        GetSet::new("lastgroup", |_, v| {
            let m = v.expect::<Match>();
            let names = m.re.expect().indexgroup.get().as_tuple().unwrap_or(&[]);
            let n = usize::try_from(m.lastindex).ok();
            Ok(n.and_then(|n| names.get(n)).copied().unwrap_or(Value::NONE))
        })
        .doc("The name of the last matched capturing group."),
        GetSet::new("regs", regs),
    ],
    doc: "The result of re.match() and re.search().\nMatch objects always have a boolean value of True.",
    sig: "",
};

impl Match {
    /// The match that `walk` has just found. `range` is the part of the text that was asked for.
    pub fn new(
        th: &Thread,
        p: &Object<Pattern>,
        walk: &Walk,
        (pos, endpos): (usize, usize),
    ) -> PyResult {
        let span = |i: usize| match walk.group(i) {
            Some((a, b)) => (walk.position(a) as i64, walk.position(b) as i64),
            None => NO_SPAN,
        };
        let groups = p.groups + 1;
        let mut few = [(NOWHERE, NOWHERE); FEW];
        let mut all = Field::absent();
        if groups > FEW || endpos >= NOWHERE as usize {
            let words = (0..groups).map(span).flat_map(|(a, b)| [a, b]);
            let bytes: Vec<u8> = words.flat_map(i64::to_ne_bytes).collect();
            all = Field::new(Value::bytes(th, &bytes)?);
        } else {
            for (i, to) in few.iter_mut().enumerate().take(groups) {
                if let Some((a, b)) = walk.group(i) {
                    *to = (walk.position(a) as u32, walk.position(b) as u32);
                }
            }
        }
        let data = Match {
            string: Field::new(walk.subject.string),
            re: FieldOf::new(p),
            regs: Field::absent(),
            pos,
            endpos,
            lastindex: walk.last_group().map_or(-1, |n| n as i64),
            groups,
            few,
            all,
        };
        Ok(th.new_object(&MATCH, data).value())
    }

    fn span(&self, group: usize) -> (i64, i64) {
        let Some(words) = self.all.get().as_bytes() else {
            return match self.few.get(group) {
                Some((a, b)) if *a != NOWHERE => (i64::from(*a), i64::from(*b)),
                _ => NO_SPAN,
            };
        };
        let word = |i: usize| {
            let bytes = words.get(8 * i..)?.first_chunk()?;
            Some(i64::from_ne_bytes(*bytes))
        };
        word(2 * group).zip(word(2 * group + 1)).unwrap_or(NO_SPAN)
    }

    /// The group that an index or a name means.
    fn index(&self, th: &Thread, key: Value) -> PyResult<usize> {
        let n = if class_of(key).slots().index.is_some() {
            ops::index_clamped(th, key)?
        } else {
            let names = self.re.expect().groupindex.get();
            let found = match names.as_dict() {
                Some(d) => d.get(th, key)?,
                None => None,
            };
            found.and_then(|v| v.as_i64()).unwrap_or(-1)
        };
        match usize::try_from(n) {
            Ok(n) if n < self.groups => Ok(n),
            _ => Err(no_such_group(th)),
        }
    }

    /// The part of the text that a group matched as the text is now; nothing if it took no part.
    pub fn part<'a>(
        &self,
        th: &Thread,
        group: usize,
    ) -> PyResult<Option<(Subject<'a>, usize, usize)>> {
        if group >= self.groups {
            return Err(no_such_group(th));
        }
        let (start, end) = self.span(group);
        if start < 0 || self.string.get().is_none() {
            return Ok(None);
        }
        // A mutable buffer may have shrunk meanwhile.
        let subject = Subject::of(th, self.string.get())?;
        let end = (end as usize).min(subject.len);
        Ok(Some((subject, (start as usize).min(end), end)))
    }

    /// The text of a group, `missing` if it took no part.
    fn text(&self, th: &Thread, group: usize, missing: Value) -> PyResult {
        match self.part(th, group)? {
            Some((subject, start, end)) => subject.slice(th, start, end),
            None => Ok(missing),
        }
    }
}

fn no_such_group(th: &Thread) -> Raised {
    th.index_error("no such group")
}

fn pair(th: &Thread, (a, b): (i64, i64)) -> PyResult {
    Value::try_tuple(th, &[Value::int(th, a), Value::int(th, b)])
}

fn span_of(th: &Thread, a: &[Value]) -> PyResult<(i64, i64)> {
    let m = a[0].expect::<Match>();
    let group = match a[1].present() {
        Some(v) => m.index(th, v)?,
        None => 0,
    };
    Ok(m.span(group))
}

fn group(th: &Thread, args: Args) -> PyResult {
    args.no_kw(th, "re.Match.group")?;
    let m = match args.pos().first().and_then(|v| v.downcast::<Match>()) {
        Some(m) => m,
        None => return Err(th.type_error("expected a re.Match object")),
    };
    match &args.pos()[1..] {
        [] => m.text(th, 0, Value::NONE),
        [key] => {
            let n = m.index(th, *key)?;
            m.text(th, n, Value::NONE)
        }
        keys => {
            let mut items = ValueVec::with_capacity(th, keys.len())?;
            for key in keys {
                let n = m.index(th, *key)?;
                items.push(th, m.text(th, n, Value::NONE)?)?;
            }
            Value::try_tuple(th, &items)
        }
    }
}

fn groups(th: &Thread, a: &[Value]) -> PyResult {
    let m = a[0].expect::<Match>();
    let missing = a[1].or(Value::NONE);
    let mut items = ValueVec::with_capacity(th, m.groups)?;
    for i in 1..m.groups {
        items.push(th, m.text(th, i, missing)?)?;
    }
    Value::try_tuple(th, &items)
}

fn groupdict(th: &Thread, a: &[Value]) -> PyResult {
    let m = a[0].expect::<Match>();
    let missing = a[1].or(Value::NONE);
    let out = Dict::new(th);
    let names = m.re.expect().groupindex.get();
    if let Some(names) = names.as_dict() {
        for key in ops::to_vec(th, names.value())?.iter() {
            let n = m.index(th, *key)?;
            out.set(th, *key, m.text(th, n, missing)?)?;
        }
    }
    Ok(out.value())
}

fn regs(th: &Thread, v: Value) -> PyResult {
    let m = v.expect::<Match>();
    if let Some(t) = m.regs.get().present() {
        return Ok(t);
    }
    let mut items = ValueVec::with_capacity(th, m.groups)?;
    for i in 0..m.groups {
        items.push(th, pair(th, m.span(i))?)?;
    }
    let made = Value::try_tuple(th, &items)?;
    m.regs.compare_exchange(&m.header, Value::ABSENT, made);
    Ok(m.regs.get())
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let m = v.expect::<Match>();
    let (start, end) = m.span(0);
    let text = ops::repr(th, m.text(th, 0, Value::NONE)?)?;
    let mut out = Wtf8Buf::from_string(format!(
        "<{} object; span=({start}, {end}), match=",
        ops::full_type_name(v)
    ));
    // CPython shows the first fifty characters.
    if let Some(w) = text.as_wtf8() {
        for c in w.code_points().take(50) {
            out.push(c);
        }
    }
    out.push_str(">");
    Value::try_wtf8(th, &out)
}
