//! `BaseException`.

use super::blank_instance;
use std::sync::atomic::Ordering;
use taipan_object::attr;
use taipan_object::call::Args;
use taipan_object::exception::{Exception, Traceback};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, names, ops};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.init = Some(init);
        s.repr = Some(repr);
        s.str = Some(str);
    },
    methods: &[
        Method::new("__reduce__", "($self, /)", |th, a| {
            make_reduce(th, a[0], this(a[0]).args.get())
        }),
        Method::new("__setstate__", "($self, state, /)", setstate),
        Method::new("with_traceback", "($self, tb, /)", |th, a| {
            set_traceback(th, a[0], a[1])?;
            Ok(a[0])
        })
        .doc("Set self.__traceback__ to tb and return self."),
        Method::new("add_note", "($self, note, /)", |th, a| {
            if a[1].as_str_obj().is_none() {
                return Err(th.type_error(format!(
                    "add_note() argument must be str, not {}",
                    class_of(a[1]).tp_name()
                )));
            }
            add_note(th, a[0], a[1]).map(|()| Value::NONE)
        })
        .doc("Add a note to the exception"),
    ],
    getset: &[
        GetSet::rw("args", |_, v| Ok(this(v).args.get()), set_args),
        GetSet::rw(
            "__traceback__",
            |_, v| Ok(this(v).traceback.get()),
            set_traceback,
        ),
        GetSet::rw("__context__", |_, v| Ok(this(v).context.get()), set_context),
        GetSet::rw("__cause__", |_, v| Ok(this(v).cause.get()), set_cause),
        GetSet::rw(
            "__suppress_context__",
            |_, v| Ok(Value::bool(this(v).suppress.load(Ordering::Relaxed))),
            set_suppress,
        ),
    ],
    doc: "Common base class for all exceptions",
    sig: "",
};

pub(super) fn this<'a>(v: Value) -> &'a Object<Exception> {
    v.expect::<Exception>()
}

pub(super) fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    if cls.has_flag(taipan_object::types::flags::ABSTRACT) {
        return crate::object::new(th, cls, Args::positional(&[]));
    }
    blank_instance(th, cls, args.pos())
}

pub(super) fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    args.no_kw(th, &class_of(v).name_text())?;
    set_args_to(th, v, args.values)
}

/// Sets `args`, sparing a tuple that says the same already.
pub(super) fn set_args_to(th: &Thread, v: Value, args: &[Value]) -> PyResult<()> {
    let e = this(v);
    if e.args.get().as_tuple().is_some_and(|old| old == args) {
        return Ok(());
    }
    let tuple = Value::try_tuple(th, args)?;
    e.args.set(&e.header, tuple);
    Ok(())
}

pub(super) fn repr(th: &Thread, v: Value) -> PyResult {
    let name = Value::str(th, &class_of(v).name_text());
    let args = this(v).args.get();
    match args.as_tuple() {
        Some([one]) => {
            let inner = ops::repr(th, *one)?;
            crate::text::join(th, &[name, Value::str(th, "("), inner, Value::str(th, ")")])
        }
        _ => {
            let inner = ops::repr(th, args)?;
            crate::text::join(th, &[name, inner])
        }
    }
}

pub(super) fn str(th: &Thread, v: Value) -> PyResult {
    let args = this(v).args.get();
    match args.as_tuple() {
        Some([]) | None => Ok(taipan_object::strings::empty_str()),
        Some([one]) => ops::str(th, *one),
        Some(_) => ops::str(th, args),
    }
}

/// `(class, args)` or `(class, args, __dict__)`.
pub fn make_reduce(th: &Thread, v: Value, args: Value) -> PyResult {
    let cls = class_of(v).value();
    let state = if attr::has_dict(v) {
        attr::to_dict(th, v)?.value()
    } else {
        Value::NONE
    };
    if state.as_dict().is_some_and(|d| !d.map.is_empty()) {
        return Ok(Value::tuple(th, &[cls, args, state]));
    }
    Ok(Value::tuple(th, &[cls, args]))
}

fn setstate(th: &Thread, a: &[Value]) -> PyResult {
    if a[1].is_none() {
        return Ok(Value::NONE);
    }
    let Some(d) = a[1].as_dict() else {
        return Err(th.type_error("state is not a dictionary"));
    };
    let mut at = 0;
    while let Some((next, k, v, _)) = d.map.next_entry(at) {
        attr::set(th, a[0], k, v)?;
        at = next;
    }
    Ok(Value::NONE)
}

/// Adds a note that may be missing a list to stand in.
fn add_note(th: &Thread, v: Value, note: Value) -> PyResult<()> {
    let name = names::NOTES.get();
    let notes = match attr::get_opt(th, v, name)? {
        Some(n) => n,
        None => {
            let list = Value::list(th, &[])?;
            attr::set(th, v, name, list)?;
            list
        }
    };
    match notes.as_list() {
        Some(l) => l.append(th, note),
        None => Err(th.type_error("Cannot add note: __notes__ is not a list")),
    }
}

/// Adds a note of the engine's own to an exception.
pub fn add_note_text(th: &Thread, v: Value, note: &str) -> PyResult<()> {
    add_note(th, v, Value::str(th, note))
}

fn set_args(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        return Err(th.type_error("args may not be deleted"));
    }
    let items = ops::to_vec(th, value)?;
    let tuple = Value::try_tuple(th, &items)?;
    this(v).args.set(&this(v).header, tuple);
    Ok(())
}

fn set_traceback(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        return Err(th.type_error("__traceback__ may not be deleted"));
    }
    if !value.is_none() && value.downcast::<Traceback>().is_none() {
        return Err(th.type_error("__traceback__ must be a traceback or None"));
    }
    this(v).traceback.set(&this(v).header, value);
    Ok(())
}

fn set_context(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        return Err(th.type_error("__context__ may not be deleted"));
    }
    if !value.is_none() && value.downcast::<Exception>().is_none() {
        return Err(th.type_error("exception context must be None or derive from BaseException"));
    }
    this(v).context.set(&this(v).header, value);
    Ok(())
}

fn set_cause(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        return Err(th.type_error("__cause__ may not be deleted"));
    }
    if !value.is_none() && value.downcast::<Exception>().is_none() {
        return Err(th.type_error("exception cause must be None or derive from BaseException"));
    }
    let e = this(v);
    e.cause.set(&e.header, value);
    e.suppress.store(true, Ordering::Relaxed);
    Ok(())
}

fn set_suppress(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        return Err(th.type_error("can't delete numeric/char attribute"));
    }
    if !value.is_bool() {
        return Err(th.type_error("attribute value type must be bool"));
    }
    this(v)
        .suppress
        .store(value.is(Value::TRUE), Ordering::Relaxed);
    Ok(())
}
