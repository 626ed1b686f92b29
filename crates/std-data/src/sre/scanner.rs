//! `_sre.SRE_Scanner`: what `finditer` and `re.Scanner` walk a text with.

use super::matched::Match;
use super::pattern::Pattern;
use super::subject::Subject;
use super::walk::{Mode, Walk};
use taipan_object::heap::{Field, FieldOf, Guarded};
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, call, payload};
use taipan_strings::memoryview::MEMORYVIEW;

/// The payload of `SRE_Scanner`.
#[repr(C)]
struct Scanner {
    pattern: FieldOf<Pattern>,
    /// The object that is matched.
    string: Field,
    /// What is read: the same, or a copy of a buffer.
    data: Field,
    /// A view of a buffer that must not be resized meanwhile; absent for strings and bytes.
    view: Field,
    pos: usize,
    endpos: usize,
    state: Guarded<State>,
}

#[derive(Clone, Copy)]
struct State {
    /// Where the next match is looked for; nothing at the end.
    start: Option<usize>,
    must_advance: bool,
    /// Whether the last match was close to where it was looked for.
    dense: bool,
    /// Whether a thread is looking for the next match.
    executing: bool,
}

payload!(Scanner, "SRE_Scanner", |this, m| {
    this.pattern.trace(m);
    this.string.trace(m);
    this.data.trace(m);
    this.view.trace(m);
});

/// `_sre.SRE_Scanner`
pub(crate) static SCANNER: StaticType = StaticType::new(
    "_sre",
    "SRE_Scanner",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Scanner>,
);

pub(crate) static SCANNER_SPEC: TypeSpec = TypeSpec {
    slots: |_| {},
    methods: &[
        Method::new("match", "($self, /)", |th, a| next(th, a[0], Mode::Match))
            .atomic(Atomic::Locked),
        Method::new("search", "($self, /)", |th, a| next(th, a[0], Mode::Search))
            .atomic(Atomic::Locked),
    ],
    getset: &[GetSet::new("pattern", |_, v| {
        Ok(v.expect::<Scanner>().pattern.expect().value())
    })],
    doc: "",
    sig: "",
};

/// `pattern.scanner(string, pos, endpos)`
pub(super) fn make(th: &Thread, a: &[Value]) -> PyResult {
    let p = a[0].expect::<Pattern>();
    let subject = Subject::of(th, a[1])?;
    subject.check(th, p)?;
    let (pos, endpos) = subject.range(th, a[2], a[3])?;
    let view = if subject.data.is(a[1]) {
        Value::ABSENT
    } else {
        call::call(th, MEMORYVIEW.value(), &[a[1]])?
    };
    let data = Scanner {
        pattern: FieldOf::new(p),
        string: Field::new(a[1]),
        data: Field::new(subject.data),
        view: Field::new(view),
        pos,
        endpos,
        state: Guarded::new(State {
            start: Some(pos),
            must_advance: false,
            dense: false,
            executing: false,
        }),
    };
    Ok(th.new_object(&SCANNER, data).value())
}

fn next(th: &Thread, v: Value, mode: Mode) -> PyResult {
    let s = v.expect::<Scanner>();
    let state = s.state.with(|state| {
        let old = *state;
        state.executing = true;
        old
    });
    if state.executing {
        return Err(th.value_error("regular expression scanner already executing"));
    }
    let mut after = state;
    let r = step(th, s, &mut after, mode);
    s.state.with(|state| *state = after);
    r
}

fn step(th: &Thread, s: &Scanner, state: &mut State, mode: Mode) -> PyResult {
    let Some(start) = state.start else {
        return Ok(Value::NONE);
    };
    let p = s.pattern.expect();
    let subject = Subject::with(th, s.string.get(), s.data.get())?;
    let mut walk = Walk::new(th, p, subject, (start, s.endpos), mode, p.groups);
    walk.resume(state.must_advance, state.dense);
    if !walk.run(th)? {
        state.start = None;
        return Ok(Value::NONE);
    }
    let found = Match::new(th, p, &walk, (s.pos, s.endpos))?;
    walk.advance();
    let (start, must_advance, dense) = walk.rest();
    (state.start, state.must_advance, state.dense) = (Some(start), must_advance, dense);
    Ok(found)
}
