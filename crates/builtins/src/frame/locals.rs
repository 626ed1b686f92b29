//! `f_locals` of functions: a view of the variables that writes through (PEP 667), and `locals()`.

use taipan_object::code::Code;
use taipan_object::dict::Dict;
use taipan_object::exception as exc;
use taipan_object::frame::{Frame, FrameRec, with_record};
use taipan_object::func::{Cell, Function};
use taipan_object::heap::Field;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::slots::{BinOp, CmpOp};
use taipan_object::types::{self, OBJECT, StaticType, class_of, is_exactly, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, call, names, ops, payload, seq};

/// The payload of `FrameLocalsProxy`.
pub struct LocalsProxy {
    frame: Field,
}

payload!(LocalsProxy, "frame locals", |this, m| this.frame.trace(m));

/// `FrameLocalsProxy`
pub static PROXY: StaticType = StaticType::new(
    "builtins",
    "FrameLocalsProxy",
    Some(&OBJECT),
    types::flags::MAPPING,
    layout_of::<LocalsProxy>,
);

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, _, args| match args.values {
            _ if args.has_kw() => Err(th.type_error("FrameLocalsProxy takes no keyword arguments")),
            [f] if f.downcast::<Frame>().is_some() => Ok(proxy(th, *f)),
            [f] => Err(th.type_error(format!("expect frame, not {}", class_of(*f).name_text()))),
            more => Err(th.type_error(format!(
                "FrameLocalsProxy expected 1 argument, got {}",
                more.len()
            ))),
        });
        s.len = Some(|th, v| Ok(snapshot(th, v)?.map.len()));
        s.getitem = Some(getitem);
        s.setitem = Some(setitem);
        s.contains = Some(|th, v, k| Ok(lookup(th, v, k)?.is_some()));
        s.iter = Some(|th, v| {
            let keys = keys(th, v)?;
            ops::iter(th, keys)
        });
        s.repr = Some(|th, v| {
            let shown = th.repr_guard(v, || ops::repr(th, snapshot(th, v)?.value()))?;
            Ok(shown.unwrap_or_else(|| Value::str(th, "{...}")))
        });
        s.richcmp = Some(richcmp);
        s.or = Some(|th, a, b| {
            let plain = |v: Value| -> PyResult {
                if is_exactly(v, &PROXY) {
                    Ok(snapshot(th, v)?.value())
                } else {
                    Ok(v)
                }
            };
            let (x, y) = (plain(a)?, plain(b)?);
            if x.as_dict().is_none() || y.as_dict().is_none() {
                return Ok(Value::NOT_IMPLEMENTED);
            }
            ops::binary(th, BinOp::Or, x, y)
        });
        s.ior = Some(|th, a, b| {
            update_from(th, a, b)?;
            Ok(a)
        });
    },
    methods: &[
        Method::new("keys", "($self, /)", |th, a| keys(th, a[0])),
        Method::new("values", "($self, /)", |th, a| pairs(th, a[0], |_, _, v| v)),
        Method::new("items", "($self, /)", |th, a| {
            pairs(th, a[0], |th, k, v| Value::tuple(th, &[k, v]))
        }),
        Method::new(
            "copy",
            "($self, /)",
            |th, a| Ok(snapshot(th, a[0])?.value()),
        ),
        Method::new("get", "($self, key, default=None, /)", |th, a| {
            Ok(lookup(th, a[0], a[1])?.unwrap_or(a[2].or(Value::NONE)))
        }),
        Method::new("setdefault", "($self, key, default=None, /)", |th, a| {
            if let Some(v) = lookup(th, a[0], a[1])? {
                return Ok(v);
            }
            let v = a[2].or(Value::NONE);
            setitem(th, a[0], a[1], v)?;
            Ok(v)
        }),
        Method::new("pop", "($self, key, default=None, /)", |th, a| {
            if let Some(extra) = extra_of(frame_of(a[0]))
                && variable(th, frame_of(a[0]), a[1])?.is_none()
                && let Some(v) = extra.remove(th, a[1])?
            {
                return Ok(v);
            }
            if variable(th, frame_of(a[0]), a[1])?.is_some() {
                return Err(th.value_error("cannot remove local variables from FrameLocalsProxy"));
            }
            match a[2].present() {
                Some(d) => Ok(d),
                None => Err(th.key_error(a[1])),
            }
        }),
        Method::new("update", "($self, mapping, /)", |th, a| {
            update_from(th, a[0], a[1])?;
            Ok(Value::NONE)
        }),
        Method::new("__reversed__", "($self, /)", |th, a| {
            let mut items = ops::to_vec(th, keys(th, a[0])?)?;
            items.reverse();
            Ok(seq::List::from_vec(th, items))
        }),
    ],
    getset: &[],
    doc: "",
    sig: "",
};

fn proxy(th: &Thread, frame: Value) -> Value {
    let data = LocalsProxy {
        frame: Field::new(frame),
    };
    th.new_object(&PROXY, data).value()
}

/// `frame.f_locals`
pub(super) fn of_frame(th: &Thread, v: Value) -> PyResult {
    let f = v.expect::<Frame>();
    match f.locals.get().present() {
        Some(ns) => Ok(ns),
        None => Ok(proxy(th, v)),
    }
}

fn frame_of<'a>(v: Value) -> &'a Object<Frame> {
    v.expect::<LocalsProxy>().frame.get().expect::<Frame>()
}

fn extra_of<'a>(f: &Frame) -> Option<&'a Object<Dict>> {
    f.extra_locals.get().as_dict()
}

/// The value in a register, or in the cell that it holds.
fn contents(raw: Value, is_cell: bool) -> Option<Value> {
    match raw.downcast::<Cell>() {
        Some(c) if is_cell => c.value.get().present(),
        _ => raw.present(),
    }
}

fn register(th: &Thread, f: &Frame, n: usize) -> Value {
    let held = with_record(th, f, |rec| match (rec, f.registers.get()) {
        (Some(rec), _) => rec.register(n),
        (None, Some(a)) if n < a.len() => a.fields()[n].get(),
        _ => Value::ABSENT,
    });
    let first_free = f.code.expect().data().first_free();
    if !held.is_absent() || n < first_free || f.registers.get().is_some() {
        return held;
    }
    // A generator that has not begun has its captured variables in its function only.
    let function = f.func.get().downcast::<Function>();
    let cells = function.and_then(|f| f.closure.get().as_tuple());
    cells
        .and_then(|c| c.get(n - first_free))
        .copied()
        .unwrap_or(Value::ABSENT)
}

/// The register of a variable, and whether it is a cell's. A name may have both: a parameter that inner functions
/// capture (its own register is empty then), or the variable of a comprehension that hides it while that runs.
fn variable(th: &Thread, f: &Frame, key: Value) -> PyResult<Option<(usize, bool)>> {
    let code = f.code.expect();
    let names = code.register_names.expect().values();
    let first_cell = code.data().first_cell();
    let mut found = None;
    let hash = if key.as_wtf8().is_some() && is_exactly(key, &types::STR) {
        None
    } else {
        Some(ops::hash(th, key)?)
    };
    for (n, name) in names.iter().enumerate() {
        let same = match hash {
            None => name.as_wtf8() == key.as_wtf8(),
            Some(h) => ops::hash(th, *name)? == h && ops::eq(th, *name, key)?,
        };
        if !same {
            continue;
        }
        let is_cell = n >= first_cell;
        if !is_cell && !register(th, f, n).is_absent() {
            return Ok(Some((n, false)));
        }
        if is_cell || found.is_none() {
            found = Some((n, is_cell));
        }
    }
    Ok(found)
}

fn lookup(th: &Thread, v: Value, key: Value) -> PyResult<Option<Value>> {
    let f = frame_of(v);
    if let Some((n, is_cell)) = variable(th, f, key)?
        && let Some(x) = contents(register(th, f, n), is_cell)
    {
        return Ok(Some(x));
    }
    match extra_of(f) {
        Some(d) => d.get(th, key),
        None => {
            ops::hash(th, key)?;
            Ok(None)
        }
    }
}

fn getitem(th: &Thread, v: Value, key: Value) -> PyResult {
    match lookup(th, v, key)? {
        Some(x) => Ok(x),
        None => {
            let shown = ops::repr(th, key)?;
            Err(th.raise(
                &exc::KEY_ERROR,
                format!(
                    "local variable '{}' is not defined",
                    names::text(shown).trim_matches('\'')
                ),
            ))
        }
    }
}

fn setitem(th: &Thread, v: Value, key: Value, value: Value) -> PyResult<()> {
    let f = frame_of(v);
    if value.is_absent() {
        if variable(th, f, key)?.is_some() {
            return Err(th.value_error("cannot remove local variables from FrameLocalsProxy"));
        }
        return match extra_of(f) {
            Some(d) if d.remove(th, key)?.is_some() => Ok(()),
            _ => Err(th.key_error(key)),
        };
    }
    if let Some((n, is_cell)) = variable(th, f, key)? {
        let old = register(th, f, n);
        if let Some(c) = old.downcast::<Cell>()
            && is_cell
        {
            c.value.set(&c.header, value);
            return Ok(());
        }
        with_record(th, f, |rec| match (rec, f.registers.get()) {
            (Some(rec), _) => rec.set_register(n, value),
            (None, Some(a)) if n < a.len() => a.fields()[n].set(&a.header, value),
            _ => {}
        });
        return Ok(());
    }
    let extra = match extra_of(f) {
        Some(d) => d,
        None => {
            let fresh = Dict::new(th);
            f.extra_locals
                .compare_exchange(&f.header, Value::ABSENT, fresh.value());
            extra_of(f).unwrap_or(fresh)
        }
    };
    extra.set(th, key, value)
}

/// Calls `f` with the name and value of each bound variable, in order of registers.
fn for_each_variable(
    code: &Object<Code>,
    read: &dyn Fn(usize) -> Value,
    f: &mut dyn FnMut(Value, Value) -> PyResult<()>,
) -> PyResult<()> {
    let names = code.register_names.expect().values();
    let first_cell = code.data().first_cell();
    for (n, name) in names.iter().enumerate() {
        // Names of the compiler's own are no identifiers.
        if name
            .as_wtf8()
            .is_some_and(|w| w.as_bytes().first() == Some(&b'.'))
            && n >= first_cell
        {
            continue;
        }
        // Hidden by a comprehension's variable of the same name.
        let hidden = n >= first_cell
            && names[..first_cell]
                .iter()
                .enumerate()
                .any(|(l, own)| own.is(*name) && !read(l).is_absent());
        if hidden {
            continue;
        }
        if let Some(v) = contents(read(n), n >= first_cell) {
            f(*name, v)?;
        }
    }
    Ok(())
}

fn snapshot<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<Dict>> {
    let f = frame_of(v);
    let d = Dict::new(th);
    for_each_variable(f.code.expect(), &|n| register(th, f, n), &mut |k, v| {
        d.set(th, k, v)
    })?;
    if let Some(extra) = extra_of(f) {
        let mut at = 0;
        while let Some((next, k, x, _)) = extra.map.next_entry(at) {
            d.set(th, k, x)?;
            at = next;
        }
    }
    Ok(d)
}

fn keys(th: &Thread, v: Value) -> PyResult {
    pairs(th, v, |_, k, _| k)
}

fn pairs(th: &Thread, v: Value, f: fn(&Thread, Value, Value) -> Value) -> PyResult {
    let d = snapshot(th, v)?;
    let mut out = ValueVec::with_capacity(th, d.map.len())?;
    let mut at = 0;
    while let Some((next, k, x, _)) = d.map.next_entry(at) {
        let item = f(th, k, x);
        out.push(th, item)?;
        at = next;
    }
    Ok(seq::List::from_vec(th, out))
}

fn update_from(th: &Thread, v: Value, other: Value) -> PyResult<()> {
    let from = if is_exactly(other, &PROXY) {
        snapshot(th, other)?.value()
    } else {
        other
    };
    if from.as_dict().is_none()
        && taipan_object::attr::get_opt(th, from, names::KEYS.get())?.is_none()
    {
        return Err(th.type_error(format!(
            "update() argument must be dict or another FrameLocalsProxy, not {}",
            class_of(other).name_text()
        )));
    }
    let keys = call::call_method_name(th, from, names::KEYS.get(), &[])?;
    for k in ops::to_vec(th, keys)?.iter() {
        let x = ops::get_item(th, from, *k)?;
        setitem(th, v, *k, x)?;
    }
    Ok(())
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    if is_exactly(b, &PROXY) {
        let same = frame_of(a).value().is(frame_of(b).value());
        return Ok(Value::bool(same == (op == CmpOp::Eq)));
    }
    if b.as_dict().is_some() {
        return ops::compare(th, snapshot(th, a)?.value(), b, op);
    }
    Ok(Value::NOT_IMPLEMENTED)
}

/// What `locals()` gives for a running frame: its namespace, or a new dict of a function's variables.
pub fn locals_snapshot(th: &Thread, f: &FrameRec) -> PyResult {
    if let Some(ns) = f.namespace().present() {
        return Ok(ns);
    }
    let d = Dict::new(th);
    for_each_variable(f.code(), &|n| f.register(n), &mut |k, v| d.set(th, k, v))?;
    if let Some(o) = f.object().downcast::<Frame>()
        && let Some(extra) = extra_of(o)
    {
        let mut at = 0;
        while let Some((next, k, x, _)) = extra.map.next_entry(at) {
            d.set(th, k, x)?;
            at = next;
        }
    }
    Ok(d.value())
}
