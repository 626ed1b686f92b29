//! `BaseExceptionGroup` and `ExceptionGroup`, and what `except*` does with them.

use super::{base, blank_instance, get, set};
use taipan_object::attr;
use taipan_object::call::{self, Args};
use taipan_object::class;
use taipan_object::dict::{Dict, StaticField};
use taipan_object::exception::{self as exc, Exception, extra};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{self, Type, class_of, is_instance};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, names, ops, strings};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.init = Some(|th, v, args| {
            args.no_kw(th, &class_of(v).name_text())?;
            base::init(th, v, args)
        });
        s.str = Some(str);
        s.repr = Some(repr);
    },
    methods: &[
        Method::new("derive", "($self, excs, /)", |th, a| {
            call::call(
                th,
                exc::BASE_EXCEPTION_GROUP.value(),
                &[get(a[0], extra::GROUP[0]), a[1]],
            )
        }),
        Method::new("split", "($self, matcher_value, /)", |th, a| {
            let (hit, rest) = split(th, a[0], &Matcher::new(th, a[1])?)?;
            Ok(Value::tuple(th, &[hit, rest]))
        }),
        Method::new("subgroup", "($self, matcher_value, /)", |th, a| {
            Ok(split(th, a[0], &Matcher::new(th, a[1])?)?.0)
        }),
        Method::new(
            "__class_getitem__",
            "($cls, object, /)",
            crate::generic::class_getitem,
        )
        .class()
        .doc("See PEP 585"),
    ],
    getset: &[
        GetSet::new("message", |_, v| Ok(get(v, extra::GROUP[0]))).doc("exception message"),
        GetSet::new("exceptions", |_, v| Ok(get(v, extra::GROUP[1]))),
    ],
    doc: "A combination of multiple unrelated exceptions.",
    sig: "",
};

static EXCEPTION_GROUP: StaticField = StaticField::new();

/// The class `ExceptionGroup`.
pub fn exception_group<'a>() -> &'a Object<Type> {
    EXCEPTION_GROUP.get().expect::<Type>()
}

/// Makes `ExceptionGroup`, which has two bases.
pub(super) fn define(th: &Thread) -> PyResult<()> {
    if !EXCEPTION_GROUP.get().is_absent() {
        return Ok(());
    }
    let ns = Dict::new(th);
    ns.set(th, names::MODULE.get(), strings::intern(th, "builtins"))?;
    let bases = [exc::BASE_EXCEPTION_GROUP.value(), exc::EXCEPTION.value()];
    let name = strings::intern(th, "ExceptionGroup");
    let t = class::new_class(th, &types::TYPE, name, &bases, ns)?;
    EXCEPTION_GROUP.set(t.value());
    taipan_object::gc::add_root_tracer(|m| EXCEPTION_GROUP.trace(m));
    Ok(())
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let [message, list] = args.pos() else {
        return Err(th.type_error(format!(
            "BaseExceptionGroup.__new__() takes exactly 2 arguments ({} given)",
            args.pos().len()
        )));
    };
    if message.as_str_obj().is_none() {
        return Err(th.type_error(format!(
            "BaseExceptionGroup.__new__() argument 1 must be str, not {}",
            class_of(*message).tp_name()
        )));
    }
    let s = class_of(*list).slots();
    if s.getitem.is_none() || list.as_dict().is_some() {
        return Err(th.type_error("second argument (exceptions) must be a sequence"));
    }
    let items = ops::to_vec(th, *list)?;
    if items.is_empty() {
        return Err(th.value_error("second argument (exceptions) must be a non-empty sequence"));
    }
    let mut nested_base = false;
    for (i, e) in items.iter().enumerate() {
        if e.downcast::<Exception>().is_none() {
            return Err(th.value_error(format!(
                "Item {i} of second argument (exceptions) is not an exception"
            )));
        }
        nested_base |= !is_instance(*e, &exc::EXCEPTION);
    }
    let mut cls = cls;
    if cls.is(&exc::BASE_EXCEPTION_GROUP) {
        if !nested_base {
            cls = exception_group();
        }
    } else if cls.is(exception_group()) {
        if nested_base {
            return Err(th.type_error("Cannot nest BaseExceptions in an ExceptionGroup"));
        }
    } else if nested_base && cls.is_subtype(&exc::EXCEPTION) {
        return Err(th.type_error(format!("Cannot nest BaseExceptions in '{}'", cls.tp_name())));
    }
    let shown = match list.as_list().is_some() || list.as_tuple().is_some() {
        true => Value::NONE,
        false => ops::repr(th, *list)?,
    };
    let v = blank_instance(th, cls, args.pos())?;
    set(th, v, extra::GROUP[2], shown);
    set(th, v, extra::GROUP[0], *message);
    let tuple = Value::try_tuple(th, &items)?;
    set(th, v, extra::GROUP[1], tuple);
    Ok(v)
}

/// The members are shown as they were given: as a list, a tuple, or by what another sequence said of itself then.
fn repr(th: &Thread, v: Value) -> PyResult {
    let shown = get(v, extra::GROUP[2]);
    let shown = if shown.is_none() {
        let args = base::this(v).args.get();
        let was_list = args
            .as_tuple()
            .is_some_and(|a| a.get(1).is_some_and(|x| x.as_list().is_some()));
        let items = match was_list {
            true => Value::list(th, members(v))?,
            false => get(v, extra::GROUP[1]),
        };
        ops::repr(th, items)?
    } else {
        shown
    };
    let message = ops::repr(th, get(v, extra::GROUP[0]))?;
    let name = Value::str(th, &class_of(v).name_text());
    let [open, comma, close] = ["(", ", ", ")"].map(|s| Value::str(th, s));
    crate::text::join(th, &[name, open, message, comma, shown, close])
}

fn str(th: &Thread, v: Value) -> PyResult {
    let n = members(v).len();
    let s = if n == 1 { "" } else { "s" };
    let message = ops::str(th, get(v, extra::GROUP[0]))?;
    crate::text::join(
        th,
        &[message, Value::str(th, &format!(" ({n} sub-exception{s})"))],
    )
}

/// The exceptions of a group.
pub fn members<'a>(group: Value) -> &'a [Value] {
    get(group, extra::GROUP[1]).as_tuple().unwrap_or(&[])
}

/// Whether a value is an exception group.
pub fn is_group(v: Value) -> bool {
    is_instance(v, &exc::BASE_EXCEPTION_GROUP)
}

/// What a group is split by.
enum Matcher {
    /// Instances of a class or of one of a tuple of classes.
    Types(Value),
    /// What a function says.
    Call(Value),
    /// These very exceptions.
    Leaves(Value),
}

impl Matcher {
    fn new(th: &Thread, v: Value) -> PyResult<Matcher> {
        let is_class = |v: Value| {
            v.downcast::<Type>()
                .is_some_and(|t| t.is_subtype(&exc::BASE_EXCEPTION))
        };
        if is_class(v) || v.as_tuple().is_some_and(|t| t.iter().all(|x| is_class(*x))) {
            return Ok(Matcher::Types(v));
        }
        if v.downcast::<Type>().is_none() && ops::is_callable(v) {
            return Ok(Matcher::Call(v));
        }
        Err(th.type_error(
            "expected an exception type, a tuple of exception types, or a callable (other than a class)",
        ))
    }

    fn matches(&self, th: &Thread, e: Value) -> PyResult<bool> {
        match self {
            Matcher::Types(t) => {
                let of = |t: Value| t.downcast::<Type>().is_some_and(|t| is_instance(e, t));
                Ok(of(*t) || t.as_tuple().is_some_and(|ts| ts.iter().any(|t| of(*t))))
            }
            Matcher::Call(f) => {
                let r = call::call(th, *f, &[e])?;
                ops::truth(th, r)
            }
            Matcher::Leaves(set) => match set.as_tuple() {
                Some(items) => Ok(!is_group(e) && items.contains(&e)),
                None => Ok(false),
            },
        }
    }
}

/// What matches and the rest, None for nothing.
fn split(th: &Thread, v: Value, matcher: &Matcher) -> PyResult<(Value, Value)> {
    if matcher.matches(th, v)? {
        return Ok((v, Value::NONE));
    }
    let (mut hits, mut rest) = (ValueVec::new(), ValueVec::new());
    for e in members(v) {
        if is_group(*e) {
            let (h, r) = th.recurse(" in exception group split", || split(th, *e, matcher))?;
            if !h.is_none() {
                hits.push(th, h)?;
            }
            if !r.is_none() {
                rest.push(th, r)?;
            }
        } else if matcher.matches(th, *e)? {
            hits.push(th, *e)?;
        } else {
            rest.push(th, *e)?;
        }
    }
    let hit = derive(th, v, &hits)?;
    Ok((hit, derive(th, v, &rest)?))
}

/// A group of some of another's exceptions, with its notes, traceback, cause and context; None for none.
fn derive(th: &Thread, from: Value, items: &[Value]) -> PyResult {
    if items.is_empty() {
        return Ok(Value::NONE);
    }
    let list = Value::list(th, items)?;
    let made = call::call_method(th, from, "derive", &[list])?;
    if !is_group(made) {
        return Err(th.type_error("derive must return an instance of BaseExceptionGroup"));
    }
    copy_details(th, from, made)?;
    Ok(made)
}

fn copy_details(th: &Thread, from: Value, to: Value) -> PyResult<()> {
    let (a, b) = (from.expect::<Exception>(), to.expect::<Exception>());
    b.traceback.set(&b.header, a.traceback.get());
    b.context.set(&b.header, a.context.get());
    b.cause.set(&b.header, a.cause.get());
    if let Some(notes) = attr::get_opt(th, from, names::NOTES.get())?
        && class_of(notes).slots().getitem.is_some()
    {
        let items = ops::to_vec(th, notes)?;
        let copy = Value::list(th, &items)?;
        attr::set(th, to, names::NOTES.get(), copy)?;
    }
    Ok(())
}

/// `except* types`: what of `e` matches and what is left, None for nothing. A plain exception that matches is
/// wrapped in a group.
pub fn match_star(th: &Thread, e: Value, types: Value) -> PyResult<(Value, Value)> {
    if ops::is_instance(th, e, types)? {
        if is_group(e) {
            return Ok((e, Value::NONE));
        }
        let list = Value::list(th, &[e])?;
        let empty = strings::empty_str();
        let wrapped = call::call(th, exception_group_for(e), &[empty, list])?;
        if let (Some(a), Some(b)) = (e.downcast::<Exception>(), wrapped.downcast::<Exception>()) {
            b.traceback.set(&b.header, a.traceback.get());
        }
        return Ok((wrapped, Value::NONE));
    }
    if !is_group(e) {
        return Ok((Value::NONE, e));
    }
    // The group's own `split` may be overridden.
    let r = call::call_method(th, e, "split", &[types])?;
    match r.as_tuple() {
        Some([hit, rest]) => Ok((*hit, *rest)),
        Some(items) if items.len() > 2 => Ok((items[0], items[1])),
        Some(items) => Err(th.type_error(format!(
            "{}.split must return a 2-tuple, got tuple of size {}",
            class_of(e).tp_name(),
            items.len()
        ))),
        None => Err(th.type_error(format!(
            "{}.split must return a tuple, not {}",
            class_of(e).tp_name(),
            class_of(r).tp_name()
        ))),
    }
}

fn exception_group_for(e: Value) -> Value {
    if is_instance(e, &exc::EXCEPTION) {
        exception_group().value()
    } else {
        exc::BASE_EXCEPTION_GROUP.value()
    }
}

/// Collects the leaves of a group.
fn leaves(th: &Thread, v: Value, out: &mut ValueVec) -> PyResult<()> {
    if !is_group(v) {
        return out.push(th, v);
    }
    for e in members(v) {
        leaves(th, *e, out)?;
    }
    Ok(())
}

fn same_metadata(a: Value, b: Value) -> bool {
    let (Some(x), Some(y)) = (a.downcast::<Exception>(), b.downcast::<Exception>()) else {
        return false;
    };
    x.traceback.get().is(y.traceback.get())
        && x.cause.get().is(y.cause.get())
        && x.context.get().is(y.context.get())
        && get_notes(a) == get_notes(b)
}

fn get_notes(v: Value) -> Option<Value> {
    attr::get_own(v, names::NOTES.get())
}

/// What is to be raised after the clauses of a `try`/`except*` ran: `raised` holds what they raised and what none of
/// them matched. None if nothing is left.
pub fn prepare_reraise(th: &Thread, original: Value, raised: &[Value]) -> PyResult {
    if raised.is_empty() {
        return Ok(Value::NONE);
    }
    if !is_group(original) {
        // A plain exception was caught whole or not at all; only one clause can have run.
        return Ok(raised[0]);
    }
    let (mut fresh, mut again) = (ValueVec::new(), ValueVec::new());
    for e in raised.iter().filter(|e| !e.is_none()) {
        if same_metadata(*e, original) {
            again.push(th, *e)?;
        } else {
            fresh.push(th, *e)?;
        }
    }
    let reraised = if again.is_empty() {
        Value::NONE
    } else {
        let mut keep = ValueVec::new();
        for e in again.iter() {
            leaves(th, *e, &mut keep)?;
        }
        let keep = Value::try_tuple(th, &keep)?;
        split(th, original, &Matcher::Leaves(keep))?.0
    };
    if fresh.is_empty() {
        return Ok(reraised);
    }
    if !reraised.is_none() {
        fresh.push(th, reraised)?;
    }
    if let [one] = &fresh[..] {
        return Ok(*one);
    }
    let base = fresh.iter().any(|e| !is_instance(*e, &exc::EXCEPTION));
    let cls = if base {
        exc::BASE_EXCEPTION_GROUP.value()
    } else {
        exception_group().value()
    };
    let list = Value::list(th, &fresh)?;
    call::call(th, cls, &[strings::empty_str(), list])
}
