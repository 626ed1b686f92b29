//! `reversed`: what `__reversed__` gives, or an iterator by indices.

use super::is_stop;
use std::sync::atomic::{AtomicI64, Ordering};
use taipan_object::call::{self, Args, call_method_row};
use taipan_object::exception as exc;
use taipan_object::heap::Field;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::payload;
use taipan_object::types::{OBJECT, StaticType, Type, class_of, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, attr, names, ops};

/// The payload of `reversed`.
#[repr(C)]
pub struct Reversed {
    /// Absent at the end.
    seq: Field,
    index: AtomicI64,
}

payload!(Reversed, "reversed", |this, m| this.seq.trace(m));

/// `reversed`
pub static REVERSED: StaticType = StaticType::new(
    "builtins",
    "reversed",
    Some(&OBJECT),
    flags::BASE,
    layout_of::<Reversed>,
);

/// `reversed`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[
        Method::new("__length_hint__", "($self, /)", length_hint)
            .doc("Private method returning an estimate of len(list(it))."),
        Method::new("__reduce__", "($self, /)", reduce)
            .doc("Return state information for pickling."),
        Method::new("__setstate__", "($self, state, /)", set_state)
            .doc("Set state information for unpickling."),
    ],
    getset: &[],
    doc: "Return a reverse iterator over the values of the given sequence.",
    sig: "(object, /)",
};

static ARGS: Method = Method::new("reversed", "(object, /)", |_, a| Ok(a[0]));

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let own = cls.slots().init.map(|f| f as usize) == REVERSED.slots().init.map(|f| f as usize);
    let args = if own {
        args
    } else {
        Args::positional(args.pos())
    };
    if args.has_kw() {
        return Err(th.type_error("reversed() takes no keyword arguments"));
    }
    let n = args.values.len();
    if n != 1 {
        return Err(th.type_error(format!("reversed expected 1 argument, got {n}")));
    }
    let seq = call_method_row(th, &ARGS, args)?;
    let ty = class_of(seq);
    let not_reversible = || {
        th.type_error(format!(
            "'{}' object is not reversible",
            class_of(seq).tp_name()
        ))
    };
    if attr::type_lookup(ty, names::REVERSED.get()).is_some() {
        let f = attr::special(th, seq, names::REVERSED.get())?.unwrap_or(Value::NONE);
        if f.is_none() {
            return Err(not_reversible());
        }
        return call::call(th, f, &[]);
    }
    if ty.slots().getitem.is_none() || ty.has_flag(flags::DICT_SUBCLASS) {
        return Err(not_reversible());
    }
    let n = ops::len(th, seq)? as i64;
    let data = Reversed {
        seq: Field::new(seq),
        index: AtomicI64::new(n - 1),
    };
    Ok(th.new_instance(cls, data).value())
}

fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let r = v.expect::<Reversed>();
    let i = r.index.load(Ordering::Relaxed);
    let seq = r.seq.get();
    if i >= 0 && !seq.is_absent() {
        match ops::get_item(th, seq, Value::int(th, i)) {
            Ok(x) => {
                r.index.store(i - 1, Ordering::Relaxed);
                return Ok(Some(x));
            }
            Err(e) if e.is(&exc::INDEX_ERROR) || is_stop(&e) => {}
            Err(e) => return Err(e),
        }
    }
    r.index.store(-1, Ordering::Relaxed);
    r.seq.set(&r.header, Value::ABSENT);
    Ok(None)
}

fn length_hint(th: &Thread, a: &[Value]) -> PyResult {
    let r = a[0].expect::<Reversed>();
    let Some(seq) = r.seq.get().present() else {
        return Ok(Value::small_int(0));
    };
    let n = ops::len(th, seq)? as i64;
    let left = r.index.load(Ordering::Relaxed) + 1;
    Ok(Value::int(th, if n < left { 0 } else { left }))
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let r = a[0].expect::<Reversed>();
    let cls = class_of(a[0]).value();
    match r.seq.get().present() {
        Some(seq) => {
            let args = Value::tuple(th, &[seq]);
            let i = Value::int(th, r.index.load(Ordering::Relaxed));
            Ok(Value::tuple(th, &[cls, args, i]))
        }
        None => {
            let args = Value::tuple(th, &[Value::empty_tuple()]);
            Ok(Value::tuple(th, &[cls, args]))
        }
    }
}

fn set_state(th: &Thread, a: &[Value]) -> PyResult {
    let r = a[0].expect::<Reversed>();
    let i = ops::index_i64(th, a[1])?;
    if let Some(seq) = r.seq.get().present() {
        let n = ops::len(th, seq)? as i64;
        r.index.store(i.clamp(-1, n - 1), Ordering::Relaxed);
    }
    Ok(Value::NONE)
}
