//! `re.Pattern`.

use super::linear::Automata;
use super::matched::Match;
use super::scanner;
use super::subject::Subject;
use super::substitute;
use super::verify::verify;
use super::walk::{Mode, Walk};
use crate::library;
use taipan_object::call;
use taipan_object::dict::Dict;
use taipan_object::func::MappingProxy;
use taipan_object::heap::Field;
use taipan_object::iter::CallableIter;
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, OBJECT, StaticType, class_of, flags, layout_of};
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{PyResult, Thread, Value, ValueVec, attr, ops, payload, thread};
use taipan_strings::args;

/// The payload of `re.Pattern`. It never changes once made.
#[repr(C)]
pub(super) struct Pattern {
    /// What the program wrote: `str`, bytes, or None for code of unknown origin.
    pub pattern: Field,
    /// Names to group numbers: a dict that nobody else has.
    pub groupindex: Field,
    /// Group numbers to names, a tuple.
    pub indexgroup: Field,
    pub flags: i64,
    pub groups: usize,
    /// Whether `pattern` is of bytes; nothing where it is None.
    pub is_bytes: Option<bool>,
    /// See [`super::verify::Verified::slow`].
    pub slow: bool,
    /// See [`super::verify::Verified::dollar`].
    pub dollar: bool,
    /// What serves instead of the code where it can.
    pub automata: Automata,
    /// Verified code.
    pub code: Box<[u32]>,
}

payload!(Pattern, "re.Pattern", |this, m| {
    this.pattern.trace(m);
    this.groupindex.trace(m);
    this.indexgroup.trace(m);
});

/// `re.Pattern`
pub(crate) static PATTERN: StaticType = StaticType::new(
    "re",
    "Pattern",
    Some(&OBJECT),
    flags::NO_NEW | flags::HAS_WEAKREF,
    layout_of::<Pattern>,
);

pub(crate) static PATTERN_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(repr);
        s.richcmp = Some(richcmp);
        s.hash = Some(hash);
    },
    methods: &[
        Method::new("match", "($self, /, string, pos=0, endpos=sys.maxsize)", |th, a| once(th, a, Mode::Match))
            .atomic(Atomic::Immutable)
            .doc("Matches zero or more characters at the beginning of the string."),
        Method::new("fullmatch", "($self, /, string, pos=0, endpos=sys.maxsize)", |th, a| once(th, a, Mode::Full))
            .atomic(Atomic::Immutable)
            .doc("Matches against all of the string."),
        Method::new("search", "($self, /, string, pos=0, endpos=sys.maxsize)", |th, a| once(th, a, Mode::Search))
            .atomic(Atomic::Immutable)
            .doc("Scan through string looking for a match, and return a corresponding match object instance.\n\nReturn None if no position in the string matches."),
        Method::new("sub", "($self, /, repl, string, count=0)", |th, a| Ok(substitute::sub(th, a)?.0))
            .doc("Return the string obtained by replacing the leftmost non-overlapping occurrences of pattern in string by the replacement repl."),
        Method::new("subn", "($self, /, repl, string, count=0)", |th, a| {
            let (text, n) = substitute::sub(th, a)?;
            Value::try_tuple(th, &[text, Value::usize(th, n)])
        })
        .doc("Return the tuple (new_string, number_of_subs_made) found by replacing the leftmost non-overlapping occurrences of pattern with the replacement repl."),
        Method::new("findall", "($self, /, string, pos=0, endpos=sys.maxsize)", findall)
            .atomic(Atomic::Immutable)
            .doc("Return a list of all non-overlapping matches of pattern in string."),
        Method::new("split", "($self, /, string, maxsplit=0)", split)
            .atomic(Atomic::Immutable)
            .doc("Split string by the occurrences of pattern."),
        Method::new("finditer", "($self, /, string, pos=0, endpos=sys.maxsize)", |th, a| {
            let scanner = scanner::make(th, a)?;
            let search = attr::get_str(th, scanner, "search")?;
            CallableIter::new(th, search, Value::NONE)
        })
        .atomic(Atomic::Immutable)
        .doc("Return an iterator over all non-overlapping matches for the RE pattern in string.\n\nFor each match, the iterator returns a match object."),
        Method::new("scanner", "($self, /, string, pos=0, endpos=sys.maxsize)", scanner::make)
            .atomic(Atomic::Immutable),
        Method::new("__copy__", "($self, /)", |_, a| Ok(a[0])).atomic(Atomic::Immutable),
        Method::new("__deepcopy__", "($self, memo, /)", |_, a| Ok(a[0])).atomic(Atomic::Immutable),
        Method::new("__class_getitem__", "($type, object, /)", |th, a| ops::generic_alias(th, a[0], a[1]))
            .class()
            .doc("See PEP 585"),
    ],
    getset: &[
        GetSet::new("pattern", |_, v| Ok(v.expect::<Pattern>().pattern.get()))
            .doc("The pattern string from which the RE object was compiled."),
        GetSet::new("flags", |th, v| Ok(Value::int(th, v.expect::<Pattern>().flags)))
            .doc("The regex matching flags."),
        GetSet::new("groups", |th, v| Ok(Value::usize(th, v.expect::<Pattern>().groups)))
            .doc("The number of capturing groups in the pattern."),
        GetSet::new("groupindex", |th, v| {
            let mapping = Field::new(v.expect::<Pattern>().groupindex.get());
            Ok(th.new_object(&types::MAPPINGPROXY, MappingProxy { mapping }).value())
        })
        .doc("A dictionary mapping group names to group numbers."),
    ],
    doc: "Compiled regular expression object.",
    sig: "",
};

/// `_sre.compile`
pub(super) fn compile(th: &Thread, a: &[Value]) -> PyResult {
    let [pattern, flags, code, groups, groupindex, indexgroup] = *a else {
        return Err(th.runtime_error("invalid SRE code"));
    };
    let flags = c_int(th, flags)?;
    let Some(list) = code.as_list() else {
        return Err(wrong_type(th, "code", "list", code));
    };
    let groups = ops::index_i64(th, groups)?;
    let Some(names) = groupindex.as_dict() else {
        return Err(wrong_type(th, "groupindex", "dict", groupindex));
    };
    if indexgroup.as_tuple().is_none() {
        return Err(wrong_type(th, "indexgroup", "tuple", indexgroup));
    }
    let items = list.snapshot(th)?;
    let mut words = Vec::with_capacity(items.len());
    for v in items.iter() {
        match v.as_i64().map(u32::try_from) {
            Some(Ok(n)) => words.push(n),
            _ if !v.is_int() => return Err(th.type_error("an integer is required")),
            _ => {
                return Err(th.overflow_error("regular expression code size limit exceeded"));
            }
        }
    }
    let is_bytes = if pattern.is_none() {
        None
    } else {
        Some(Subject::of(th, pattern)?.is_bytes)
    };
    let invalid = || th.runtime_error("invalid SRE code");
    let groups = usize::try_from(groups)
        .ok()
        .filter(|n| *n <= super::MAX_GROUPS)
        .ok_or_else(invalid)?;
    let found = verify(&words, groups).ok_or_else(invalid)?;
    if let Some(better) = super::locale::rewrite(&words) {
        words = better;
    }
    // The program may go on changing its dict.
    let own = Dict::new(th);
    for key in ops::to_vec(th, groupindex)?.iter() {
        if let Some(v) = names.get(th, *key)? {
            own.set(th, *key, v)?;
        }
    }
    let data = Pattern {
        pattern: Field::new(pattern),
        groupindex: Field::new(own.value()),
        indexgroup: Field::new(indexgroup),
        flags: i64::from(flags),
        groups,
        is_bytes,
        slow: found.slow,
        dollar: found.dollar,
        automata: Automata::new(),
        code: words.into_boxed_slice(),
    };
    Ok(th.new_object(&PATTERN, data).value())
}

fn wrong_type(th: &Thread, which: &str, want: &str, v: Value) -> taipan_object::Raised {
    th.type_error(format!(
        "compile() argument '{which}' must be {want}, not {}",
        args::type_name(v)
    ))
}

/// A C `int` argument.
pub(super) fn c_int(th: &Thread, v: Value) -> PyResult<i32> {
    ops::index_i32(th, v)
}

/// One attempt: `match`, `fullmatch` and `search`.
fn once(th: &Thread, a: &[Value], mode: Mode) -> PyResult {
    let p = a[0].expect::<Pattern>();
    let subject = Subject::of(th, a[1])?;
    subject.check(th, p)?;
    let range = subject.range(th, a[2], a[3])?;
    let mut walk = Walk::new(th, p, subject, range, mode, p.groups);
    if walk.run(th)? {
        Match::new(th, p, &walk, range)
    } else {
        Ok(Value::NONE)
    }
}

fn findall(th: &Thread, a: &[Value]) -> PyResult {
    let p = a[0].expect::<Pattern>();
    let subject = Subject::of(th, a[1])?;
    subject.check(th, p)?;
    let range = subject.range(th, a[2], a[3])?;
    let mut walk = Walk::new(th, p, subject, range, Mode::Search, p.groups);
    let empty = subject.slice(th, 0, 0)?;
    let mut out = ValueVec::new();
    while walk.run(th)? {
        let item = match p.groups {
            0 => walk.group_text(th, 0, empty)?,
            1 => walk.group_text(th, 1, empty)?,
            n => {
                let mut items = ValueVec::with_capacity(th, n)?;
                for i in 1..=n {
                    items.push(th, walk.group_text(th, i, empty)?)?;
                }
                Value::try_tuple(th, &items)?
            }
        };
        out.push(th, item)?;
        walk.advance();
        th.poll()?;
    }
    Value::list(th, &out)
}

fn split(th: &Thread, a: &[Value]) -> PyResult {
    let p = a[0].expect::<Pattern>();
    let subject = Subject::of(th, a[1])?;
    let limit = match a[2].present() {
        Some(v) => ops::index_i64(th, v)?,
        None => 0,
    };
    subject.check(th, p)?;
    let mut walk = Walk::new(th, p, subject, (0, subject.len), Mode::Search, p.groups);
    let mut out = ValueVec::new();
    let mut last = 0;
    let mut n = 0;
    while (limit == 0 || n < limit) && walk.run(th)? {
        let (start, end) = walk.span();
        out.push(th, walk.slice(th, last, start)?)?;
        for i in 1..=p.groups {
            out.push(th, walk.group_text(th, i, Value::NONE)?)?;
        }
        n += 1;
        last = end;
        walk.advance();
        th.poll()?;
    }
    out.push(th, walk.slice(th, last, walk.whole())?)?;
    Value::list(th, &out)
}

const FLAG_NAMES: [(i64, &str); 7] = [
    (2, "re.IGNORECASE"),
    (4, "re.LOCALE"),
    (8, "re.MULTILINE"),
    (16, "re.DOTALL"),
    (64, "re.VERBOSE"),
    (128, "re.DEBUG"),
    (256, "re.ASCII"),
];

const UNICODE: i64 = 32;
const LOCALE: i64 = 4;
const ASCII: i64 = 256;

fn repr(th: &Thread, v: Value) -> PyResult {
    let p = v.expect::<Pattern>();
    let mut rest = p.flags;
    if p.is_bytes == Some(false) && rest & (LOCALE | UNICODE | ASCII) == UNICODE {
        rest &= !UNICODE;
    }
    let mut shown = String::new();
    let mut show = |text: &str| {
        if !shown.is_empty() {
            shown.push('|');
        }
        shown.push_str(text);
    };
    for (bit, name) in FLAG_NAMES {
        if rest & bit != 0 {
            show(name);
            rest &= !bit;
        }
    }
    if rest != 0 {
        show(&format!("{rest:#x}"));
    }
    let pattern = ops::repr(th, p.pattern.get())?;
    let mut out = Wtf8Buf::from_string("re.compile(".into());
    if let Some(w) = pattern.as_wtf8() {
        for c in w.code_points().take(200) {
            out.push(c);
        }
    }
    if !shown.is_empty() {
        out.push_str(", ");
        out.push_str(&shown);
    }
    out.push_str(")");
    Value::try_wtf8(th, &out)
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (Some(x), Some(y)) = (a.downcast::<Pattern>(), b.downcast::<Pattern>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let same = a.is(b)
        || x.flags == y.flags
            && x.is_bytes == y.is_bytes
            && x.code == y.code
            && ops::eq(th, x.pattern.get(), y.pattern.get())?;
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn hash(th: &Thread, v: Value) -> PyResult<i64> {
    let p = v.expect::<Pattern>();
    let bytes: Vec<u8> = p.code.iter().flat_map(|w| w.to_ne_bytes()).collect();
    let kind = p.is_bytes.map_or(-1, i64::from);
    let h = thread::hash_bytes(&bytes)
        ^ ops::hash(th, p.pattern.get())?
        ^ p.flags
        ^ kind
        ^ p.groups as i64;
    Ok(if h == -1 { -2 } else { h })
}

/// `re._compile_template(pattern, template)`: a template object.
pub(super) fn compile_template(th: &Thread, pattern: Value, template: Value) -> PyResult {
    let f = library::attribute(th, "re", "_compile_template")?;
    let made = match call::call(th, f, &[pattern, template]) {
        // What can't be a key of the cache is turned to what can.
        Err(e) if e.is(&taipan_object::exception::TYPE_ERROR) => {
            let plain = match template.as_wtf8() {
                Some(w) if !class_of(template).is(&types::STR) => Value::try_wtf8(th, w)?,
                None if !class_of(template).is(&types::BYTES)
                    && taipan_object::buffer::is_exporter(template) =>
                {
                    let b = args::bytes_like(th, template)?;
                    Value::bytes(th, &b)?
                }
                _ => return Err(e),
            };
            call::call(th, f, &[pattern, plain])?
        }
        r => r?,
    };
    if made.downcast::<substitute::Template>().is_none() {
        return Err(th.type_error(format!(
            "the result of compiling a replacement string is {}, not Template object",
            class_of(made).tp_name()
        )));
    }
    Ok(made)
}
