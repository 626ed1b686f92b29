//! `_pickle.Pickler`, `dump` and `dumps`.

use super::memo::Memo;
use super::save::Save;
use super::{HIGHEST, opt, overridden, pickling_error};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use taipan_object::call::{self, Args, call_method_row};
use taipan_object::dict::Dict;
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::heap::{Field, FieldOf};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, class_of, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, attr, ops, payload, types};

/// The payload of `Pickler`.
#[repr(C)]
struct Pickler {
    /// The file's `write`; absent before `__init__`.
    write: Field,
    memo: FieldOf<Memo>,
    buffer_callback: Field,
    /// `dispatch_table`, where it was set on the instance.
    dispatch_table: Field,
    /// `persistent_id`, where it was set on the instance.
    persistent_id: Field,
    proto: AtomicI32,
    bin: AtomicBool,
    fast: AtomicBool,
    fix_imports: AtomicBool,
    /// Whether a call of `dump` or `__init__` is under way.
    running: AtomicBool,
}

payload!(Pickler, "Pickler", |this, m| {
    this.memo.trace(m);
    for f in [
        &this.write,
        &this.buffer_callback,
        &this.dispatch_table,
        &this.persistent_id,
    ] {
        f.trace(m);
    }
});

/// `_pickle.Pickler`
pub(super) static PICKLER: StaticType = StaticType::new(
    "_pickle",
    "Pickler",
    Some(&OBJECT),
    flags::BASE,
    layout_of::<Pickler>,
);

macro_rules! flag {
    ($name:literal, $field:ident) => {
        GetSet::rw(
            $name,
            |_, v| {
                Ok(Value::small_int(
                    v.expect::<Pickler>().$field.load(Ordering::Relaxed).into(),
                ))
            },
            |th, v, x| {
                let Some(x) = x.present() else {
                    return Err(th.type_error("can't delete numeric/char attribute"));
                };
                let on = ops::index_i64(th, x)? != 0;
                v.expect::<Pickler>().$field.store(on, Ordering::Relaxed);
                Ok(())
            },
        )
    };
}

pub(super) static PICKLER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| {
            let data = Pickler {
                write: Field::absent(),
                memo: FieldOf::new(Memo::new(th)?),
                buffer_callback: Field::new(Value::NONE),
                dispatch_table: Field::absent(),
                persistent_id: Field::absent(),
                proto: AtomicI32::new(HIGHEST),
                bin: AtomicBool::new(true),
                fast: AtomicBool::new(false),
                fix_imports: AtomicBool::new(true),
                running: AtomicBool::new(false),
            };
            Ok(th.new_instance(cls, data).value())
        });
        s.init = Some(|th, v, args| {
            args.with_first(th, v, |a| call_method_row(th, &INIT_ROW, a))?;
            Ok(())
        });
        s.getattro = Some(|th, v, name| {
            let own = v.expect::<Pickler>().persistent_id.get();
            if !own.is_absent() && name.is_str("persistent_id") {
                return Ok(own);
            }
            attr::generic_get(th, v, name)
        });
        s.setattro = Some(|th, v, name, x| {
            if !name.is_str("persistent_id") {
                return attr::generic_set(th, v, name, x);
            }
            let p = v.expect::<Pickler>();
            if x.is_absent() && p.persistent_id.get().is_absent() {
                return Err(th.raise(&ATTRIBUTE_ERROR, "persistent_id"));
            }
            p.persistent_id.set(&p.header, x);
            Ok(())
        });
    },
    methods: &[
        Method::new("dump", "($self, obj, /)", |th, a| {
            pickle(th, a[0], a[1])?;
            Ok(Value::NONE)
        })
        .doc("Write a pickled representation of the given object to the open file."),
        Method::new("clear_memo", "($self, /)", |th, a| {
            Memo::clear(a[0].expect::<Pickler>().memo.expect(), th)?;
            Ok(Value::NONE)
        })
        .doc("Clears the pickler's \"memo\".\n\nThe memo is the data structure that remembers which objects the\npickler has already seen, so that shared or recursive objects are\npickled by reference and not by value.  This method is useful when\nre-using picklers."),
        Method::new("persistent_id", "($self, obj, /)", |_, _| Ok(Value::NONE)),
        Method::new("__sizeof__", "($self, /)", |th, a| {
            let n = a[0].expect::<Pickler>().memo.expect().len();
            Ok(Value::usize(th, size_of::<Object<Pickler>>() + 32 * n))
        })
        .doc("Returns size in memory, in bytes."),
    ],
    getset: &[
        flag!("bin", bin),
        flag!("fast", fast),
        GetSet::rw(
            "dispatch_table",
            |th, v| match v.expect::<Pickler>().dispatch_table.get().present() {
                Some(t) => Ok(t),
                None => Err(th.no_attribute(v, taipan_object::strings::intern(th, "dispatch_table"))),
            },
            |th, v, x| {
                let p = v.expect::<Pickler>();
                if x.is_absent() && p.dispatch_table.get().is_absent() {
                    return Err(th.raise(&ATTRIBUTE_ERROR, "dispatch_table"));
                }
                p.dispatch_table.set(&p.header, x);
                Ok(())
            },
        ),
        GetSet::rw(
            "memo",
            |th, v| Ok(th.new_object(&PROXY, Proxy { owner: Field::new(v) }).value()),
            set_memo,
        ),
    ],
    doc: "This takes a binary file for writing a pickle data stream.\n\nThe optional *protocol* argument tells the pickler to use the given\nprotocol; supported protocols are 0, 1, 2, 3, 4 and 5.  The default\nprotocol is 5. It was introduced in Python 3.8, and is incompatible\nwith previous versions.\n\nSpecifying a negative protocol version selects the highest protocol\nversion supported.  The higher the protocol used, the more recent the\nversion of Python needed to read the pickle produced.\n\nThe *file* argument must have a write() method that accepts a single\nbytes argument. It can thus be a file object opened for binary\nwriting, an io.BytesIO instance, or any other custom object that meets\nthis interface.\n\nIf *fix_imports* is True and protocol is less than 3, pickle will try\nto map the new Python 3 names to the old module names used in Python\n2, so that the pickle data stream is readable with Python 2.\n\nIf *buffer_callback* is None (the default), buffer views are\nserialized into *file* as part of the pickle stream.\n\nIf *buffer_callback* is not None, then it can be called any number\nof times with a buffer view.  If the callback returns a false value\n(such as None), the given buffer is out-of-band; otherwise the\nbuffer is serialized in-band, i.e. inside the pickle stream.\n\nIt is an error if *buffer_callback* is not None and *protocol*\nis None or smaller than 5.",
    sig: "(file, protocol=None, fix_imports=True, buffer_callback=None)",
};

/// The protocol that an argument means.
fn protocol(th: &Thread, v: Value) -> PyResult<i32> {
    let Some(v) = v.present().filter(|v| !v.is_none()) else {
        return Ok(HIGHEST);
    };
    let n = ops::index_i32(th, v)?;
    if n > HIGHEST {
        return Err(th.value_error(format!("pickle protocol must be <= {HIGHEST}")));
    }
    Ok(if n < 0 { HIGHEST } else { n })
}

fn flag(th: &Thread, v: Value) -> PyResult<bool> {
    match v.present() {
        Some(v) => ops::truth(th, v),
        None => Ok(true),
    }
}

/// The callback for buffers, if there is one.
fn callback(th: &Thread, v: Value, proto: i32) -> PyResult<Option<Value>> {
    let f = v.present().filter(|v| !v.is_none());
    if f.is_some() && proto < 5 {
        return Err(th.value_error("buffer_callback needs protocol >= 5"));
    }
    Ok(f)
}

fn writer(th: &Thread, file: Value) -> PyResult {
    match opt(th, file, "write")? {
        Some(f) => Ok(f),
        None => Err(th.type_error("file must have a 'write' attribute")),
    }
}

/// Runs `f` as the one user of a pickler or unpickler.
pub(super) fn alone<R>(
    th: &Thread,
    running: &AtomicBool,
    what: &str,
    f: impl FnOnce() -> PyResult<R>,
) -> PyResult<R> {
    if running.swap(true, Ordering::AcqRel) {
        return Err(th.runtime_error(format!("{what} object is already used")));
    }
    let r = f();
    running.store(false, Ordering::Release);
    r
}

static INIT_ROW: Method = Method::new(
    "Pickler",
    "($self, /, file, protocol=None, fix_imports=True, buffer_callback=None)",
    |th, a| {
        let p = a[0].expect::<Pickler>();
        alone(th, &p.running, "Pickler", || initialise(th, p, a))
    },
);

fn initialise(th: &Thread, p: &Object<Pickler>, a: &[Value]) -> PyResult {
    let proto = protocol(th, a[2])?;
    let fix = flag(th, a[3])?;
    let f = callback(th, a[4], proto)?;
    let write = writer(th, a[1])?;
    p.proto.store(proto, Ordering::Relaxed);
    p.bin.store(proto > 0, Ordering::Relaxed);
    p.fast.store(false, Ordering::Relaxed);
    p.fix_imports.store(fix, Ordering::Relaxed);
    p.buffer_callback.set(&p.header, f.unwrap_or(Value::NONE));
    Memo::clear(p.memo.expect(), th)?;
    p.write.set(&p.header, write);
    Ok(Value::NONE)
}

fn pickle(th: &Thread, v: Value, object: Value) -> PyResult<()> {
    let p = v.expect::<Pickler>();
    if p.write.get().is_absent() {
        return Err(pickling_error(
            th,
            format!(
                "Pickler.__init__() was not called by {}.__init__()",
                class_of(v).name_text()
            ),
        ));
    }
    let mut s = Save::new(th, p.proto.load(Ordering::Relaxed), p.memo.expect());
    s.bin = p.bin.load(Ordering::Relaxed);
    s.fast = p.fast.load(Ordering::Relaxed);
    s.fix_imports = p.fix_imports.load(Ordering::Relaxed);
    s.write = p.write.get();
    s.buffer_callback = Some(p.buffer_callback.get()).filter(|f| !f.is_none());
    s.persistent = overridden(th, v, &PICKLER, "persistent_id")?;
    s.reducer = opt(th, v, "reducer_override")?;
    s.dispatch_table = opt(th, v, "dispatch_table")?;
    alone(th, &p.running, "Pickler", || s.dump(object))
}

/// `_pickle.dump`
pub(super) fn dump(th: &Thread, a: &[Value]) -> PyResult {
    let proto = protocol(th, a[2])?;
    let fix = flag(th, a[3])?;
    let f = callback(th, a[4], proto)?;
    let write = writer(th, a[1])?;
    let mut s = Save::new(th, proto, Memo::new(th)?);
    s.fix_imports = fix;
    s.buffer_callback = f;
    s.write = write;
    s.dump(a[0])?;
    Ok(Value::NONE)
}

/// `_pickle.dumps`
pub(super) fn dumps(th: &Thread, a: &[Value]) -> PyResult {
    let proto = protocol(th, a[1])?;
    let fix = flag(th, a[2])?;
    let f = callback(th, a[3], proto)?;
    let mut s = Save::new(th, proto, Memo::new(th)?);
    s.fix_imports = fix;
    s.buffer_callback = f;
    s.dump(a[0])?;
    Value::bytes(th, &s.out)
}

/// The payload of `PicklerMemoProxy`.
#[repr(C)]
pub(super) struct Proxy {
    owner: Field,
}

payload!(Proxy, "PicklerMemoProxy", |this, m| this.owner.trace(m));

/// `_pickle.PicklerMemoProxy`
pub(super) static PROXY: StaticType = StaticType::new(
    "_pickle",
    "PicklerMemoProxy",
    Some(&OBJECT),
    0,
    layout_of::<Proxy>,
);

fn memo_of<'a>(v: Value) -> &'a Object<Memo> {
    v.expect::<Proxy>()
        .owner
        .get()
        .expect::<Pickler>()
        .memo
        .expect()
}

fn contents(th: &Thread, memo: &Memo) -> PyResult {
    let d = Dict::new(th);
    for (place, n) in memo.entries(th)? {
        let v = memo.object(place);
        let pair = Value::try_tuple(th, &[Value::int(th, n.into()), v])?;
        d.set(th, Value::uint(th, ops::id(v)), pair)?;
    }
    Ok(d.value())
}

pub(super) static PROXY_SPEC: TypeSpec = TypeSpec {
    slots: |s| s.new = Some(refuse),
    methods: &[
        Method::new("clear", "($self, /)", |th, a| {
            Memo::clear(memo_of(a[0]), th)?;
            Ok(Value::NONE)
        })
        .doc("Remove all items from memo."),
        Method::new("copy", "($self, /)", |th, a| contents(th, memo_of(a[0])))
            .doc("Copy the memo to a new object."),
        Method::new("__reduce__", "($self, /)", |th, a| {
            let d = contents(th, memo_of(a[0]))?;
            let args = Value::try_tuple(th, &[d])?;
            Value::try_tuple(th, &[types::DICT.value(), args])
        })
        .doc("Implement pickle support."),
    ],
    getset: &[],
    doc: "",
    sig: "",
};

pub(super) fn refuse(th: &Thread, cls: &Object<types::Type>, _: Args) -> PyResult {
    Err(th.type_error(format!(
        "cannot create '_pickle.{}' instances",
        cls.tp_name()
    )))
}

fn set_memo(th: &Thread, v: Value, x: Value) -> PyResult<()> {
    let Some(x) = x.present() else {
        return Err(th.type_error("attribute deletion is not supported"));
    };
    let d = match x.downcast::<Proxy>() {
        Some(_) => contents(th, memo_of(x))?,
        None if x.as_dict().is_some() => x,
        None => {
            return Err(th.type_error(format!(
                "'memo' attribute must be a PicklerMemoProxy object or dict, not {}",
                class_of(x).tp_name()
            )));
        }
    };
    let fresh = Memo::new(th)?;
    let items = call::call_method(th, d, "values", &[])?;
    for pair in ops::to_vec(th, items)?.iter() {
        let Some([n, object]) = pair.as_tuple() else {
            return Err(th.type_error("'memo' values must be 2-item tuples"));
        };
        let n = ops::index_i64(th, *n)?;
        fresh.put(th, *object, n as u32)?;
    }
    let p = v.expect::<Pickler>();
    p.memo.set(&p.header, Some(fresh));
    Ok(())
}
