//! `_pickle.Unpickler`, `load` and `loads`.

use super::input::Input;
use super::load::{Load, find_class, memo_dict, no_persistent_load};
use super::pickler::{alone, refuse};
use super::{opt, overridden, unpickling_error};
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};
use taipan_object::call::call_method_row;
use taipan_object::dict::Dict;
use taipan_object::exception::ATTRIBUTE_ERROR;
use taipan_object::heap::{Array, Field, FieldOf};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, class_of, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, attr, buffer, ops, payload, types};
use taipan_strings::args;

/// The payload of `Unpickler`.
#[repr(C)]
struct Unpickler {
    /// The file's methods; `read` is absent before `__init__`.
    read: Field,
    readline: Field,
    peek: Field,
    encoding: Field,
    errors: Field,
    buffers: Field,
    /// `persistent_load`, where it was set on the instance.
    persistent_load: Field,
    /// What earlier loads have memoized: by number, and the rest in a dict.
    dense: FieldOf<Array>,
    sparse: FieldOf<Dict>,
    proto: AtomicI32,
    fix_imports: AtomicBool,
    /// Whether a call of `load` or `__init__` is under way.
    running: AtomicBool,
}

payload!(Unpickler, "Unpickler", |this, m| {
    for f in [
        &this.read,
        &this.readline,
        &this.peek,
        &this.encoding,
        &this.errors,
        &this.buffers,
        &this.persistent_load,
    ] {
        f.trace(m);
    }
    this.dense.trace(m);
    this.sparse.trace(m);
});

/// `_pickle.Unpickler`
pub(super) static UNPICKLER: StaticType = StaticType::new(
    "_pickle",
    "Unpickler",
    Some(&OBJECT),
    flags::BASE,
    layout_of::<Unpickler>,
);

pub(super) static UNPICKLER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| {
            let data = Unpickler {
                read: Field::absent(),
                readline: Field::absent(),
                peek: Field::absent(),
                encoding: Field::new(Value::NONE),
                errors: Field::new(Value::NONE),
                buffers: Field::new(Value::NONE),
                persistent_load: Field::absent(),
                dense: FieldOf::null(),
                sparse: FieldOf::null(),
                proto: AtomicI32::new(0),
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
            let own = v.expect::<Unpickler>().persistent_load.get();
            if !own.is_absent() && name.is_str("persistent_load") {
                return Ok(own);
            }
            attr::generic_get(th, v, name)
        });
        s.setattro = Some(|th, v, name, x| {
            if !name.is_str("persistent_load") {
                return attr::generic_set(th, v, name, x);
            }
            let u = v.expect::<Unpickler>();
            if x.is_absent() && u.persistent_load.get().is_absent() {
                return Err(th.raise(&ATTRIBUTE_ERROR, "persistent_load"));
            }
            u.persistent_load.set(&u.header, x);
            Ok(())
        });
    },
    methods: &[
        Method::new("load", "($self, /)", |th, a| unpickle(th, a[0])).doc("Load a pickle.\n\nRead a pickled object representation from the open file object given\nin the constructor, and return the reconstituted object hierarchy\nspecified therein."),
        Method::new("find_class", "($self, module_name, global_name, /)", |th, a| {
            let u = a[0].expect::<Unpickler>();
            let proto = u.proto.load(Ordering::Relaxed);
            find_class(th, a[1], a[2], proto, u.fix_imports.load(Ordering::Relaxed))
        })
        .doc("Return an object from a specified module.\n\nIf necessary, the module will be imported. Subclasses may override\nthis method (e.g. to restrict unpickling of arbitrary classes and\nfunctions).\n\nThis method is called whenever a class or a function object is\nneeded.  Both arguments passed are str objects."),
        Method::new("persistent_load", "($self, pid, /)", |th, _| Err(no_persistent_load(th))),
        Method::new("__sizeof__", "($self, /)", |th, a| {
            let n = a[0].expect::<Unpickler>().dense.get().map_or(0, |d| d.capacity());
            Ok(Value::usize(th, size_of::<Object<Unpickler>>() + 8 * n))
        })
        .doc("Returns size in memory, in bytes."),
    ],
    getset: &[GetSet::rw(
        "memo",
        |th, v| Ok(th.new_object(&PROXY, Proxy { owner: Field::new(v) }).value()),
        set_memo,
    )],
    doc: "This takes a binary file for reading a pickle data stream.\n\nThe protocol version of the pickle is detected automatically, so no\nprotocol argument is needed.  Bytes past the pickled object's\nrepresentation are ignored.\n\nThe argument *file* must have two methods, a read() method that takes\nan integer argument, and a readline() method that requires no\narguments.  Both methods should return bytes.  Thus *file* can be a\nbinary file object opened for reading, an io.BytesIO object, or any\nother custom object that meets this interface.\n\nOptional keyword arguments are *fix_imports*, *encoding* and *errors*,\nwhich are used to control compatibility support for pickle stream\ngenerated by Python 2.  If *fix_imports* is True, pickle will try to\nmap the old Python 2 names to the new names used in Python 3.  The\n*encoding* and *errors* tell pickle how to decode 8-bit string\ninstances pickled by Python 2; these default to 'ASCII' and 'strict',\nrespectively.  The *encoding* can be 'bytes' to read these 8-bit\nstring instances as bytes objects.",
    sig: "(file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
};

/// The arguments that all ways to load share.
struct Options {
    fix_imports: bool,
    encoding: Value,
    errors: Value,
    buffers: Value,
}

impl Options {
    /// From the values of `fix_imports`, `encoding`, `errors` and `buffers`.
    fn of(th: &Thread, f: &str, a: &[Value]) -> PyResult<Options> {
        let text = |v: Value, which: &str, default: &str| match v.present() {
            None => Ok(Value::str(th, default)),
            Some(v) if v.as_str_obj().is_some() => Ok(v),
            Some(v) => Err(th.type_error(format!(
                "{f}() argument '{which}' must be str, not {}",
                args::type_name(v)
            ))),
        };
        let buffers = a[3].present().filter(|v| !v.is_none());
        Ok(Options {
            fix_imports: match a[0].present() {
                Some(v) => ops::truth(th, v)?,
                None => true,
            },
            encoding: text(a[1], "encoding", "ASCII")?,
            errors: text(a[2], "errors", "strict")?,
            buffers: match buffers {
                Some(v) => ops::iter(th, v)?,
                None => Value::NONE,
            },
        })
    }

    fn apply(&self, l: &mut Load) {
        l.fix_imports = self.fix_imports;
        l.encoding = self.encoding;
        l.errors = self.errors;
        l.buffers = self.buffers;
    }
}

/// The methods of a file: `read`, `readline`, and `peek` or absent.
fn methods(th: &Thread, file: Value) -> PyResult<[Value; 3]> {
    let peek = opt(th, file, "peek")?.unwrap_or(Value::ABSENT);
    match (opt(th, file, "read")?, opt(th, file, "readline")?) {
        (Some(read), Some(readline)) => Ok([read, readline, peek]),
        _ => Err(th.type_error("file must have 'read' and 'readline' attributes")),
    }
}

static INIT_ROW: Method = Method::new(
    "Unpickler",
    "($self, /, file, *, fix_imports=True, encoding='ASCII', errors='strict', buffers=())",
    |th, a| {
        let u = a[0].expect::<Unpickler>();
        alone(th, &u.running, "Unpickler", || initialise(th, u, a))
    },
);

fn initialise(th: &Thread, u: &Object<Unpickler>, a: &[Value]) -> PyResult {
    let [read, readline, peek] = methods(th, a[1])?;
    let o = Options::of(th, "Unpickler", &a[2..])?;
    u.fix_imports.store(o.fix_imports, Ordering::Relaxed);
    u.proto.store(0, Ordering::Relaxed);
    u.encoding.set(&u.header, o.encoding);
    u.errors.set(&u.header, o.errors);
    u.buffers.set(&u.header, o.buffers);
    u.dense.set(&u.header, None);
    u.sparse.set(&u.header, None);
    u.readline.set(&u.header, readline);
    u.peek.set(&u.header, peek);
    u.read.set(&u.header, read);
    Ok(Value::NONE)
}

fn unpickle(th: &Thread, v: Value) -> PyResult {
    let u = v.expect::<Unpickler>();
    if u.read.get().is_absent() {
        return Err(unpickling_error(
            th,
            format!(
                "Unpickler.__init__() was not called by {}.__init__()",
                class_of(v).name_text()
            ),
        ));
    }
    let input = Input::of_file(th, u.read.get(), u.readline.get(), u.peek.get());
    let mut l = Load::new(th, input);
    l.fix_imports = u.fix_imports.load(Ordering::Relaxed);
    l.encoding = u.encoding.get();
    l.errors = u.errors.get();
    l.buffers = u.buffers.get();
    l.proto = u.proto.load(Ordering::Relaxed);
    l.persistent = overridden(th, v, &UNPICKLER, "persistent_load")?;
    l.find = overridden(th, v, &UNPICKLER, "find_class")?;
    if let Some(d) = u.dense.get() {
        l.dense = ValueVec::from_slice(th, d.values())?;
    }
    l.sparse = u.sparse.get();
    alone(th, &u.running, "Unpickler", || {
        let r = l.load_noting(Some(&u.proto));
        keep(u, l);
        r
    })
}

/// Keeps what a load has memoized.
fn keep(u: &Object<Unpickler>, l: Load) {
    u.sparse.set(&u.header, l.sparse);
    u.dense.set(&u.header, l.dense.into_array());
}

/// `_pickle.load`
pub(super) fn load(th: &Thread, a: &[Value]) -> PyResult {
    let [read, readline, peek] = methods(th, a[0])?;
    let mut l = Load::new(th, Input::of_file(th, read, readline, peek));
    Options::of(th, "load", &a[1..])?.apply(&mut l);
    l.load()
}

/// `_pickle.loads`
pub(super) fn loads(th: &Thread, a: &[Value]) -> PyResult {
    if !buffer::is_exporter(a[0]) {
        return Err(th.type_error(format!(
            "a bytes-like object is required, not '{}'",
            class_of(a[0]).tp_name()
        )));
    }
    let data = args::bytes_like(th, a[0])?;
    let mut l = Load::new(th, Input::of_bytes(th, data));
    Options::of(th, "loads", &a[1..])?.apply(&mut l);
    l.load()
}

/// The payload of `UnpicklerMemoProxy`.
#[repr(C)]
pub(super) struct Proxy {
    owner: Field,
}

payload!(Proxy, "UnpicklerMemoProxy", |this, m| this.owner.trace(m));

/// `_pickle.UnpicklerMemoProxy`
pub(super) static PROXY: StaticType = StaticType::new(
    "_pickle",
    "UnpicklerMemoProxy",
    Some(&OBJECT),
    0,
    layout_of::<Proxy>,
);

fn owner<'a>(v: Value) -> &'a Object<Unpickler> {
    v.expect::<Proxy>().owner.get().expect()
}

fn contents(th: &Thread, u: &Unpickler) -> PyResult {
    let dense = u.dense.get().map_or(&[][..], |d| d.values());
    Ok(memo_dict(th, dense, u.sparse.get())?.value())
}

pub(super) static PROXY_SPEC: TypeSpec = TypeSpec {
    slots: |s| s.new = Some(refuse),
    methods: &[
        Method::new("clear", "($self, /)", |_, a| {
            let u = owner(a[0]);
            u.dense.set(&u.header, None);
            u.sparse.set(&u.header, None);
            Ok(Value::NONE)
        })
        .doc("Remove all items from memo."),
        Method::new("copy", "($self, /)", |th, a| contents(th, owner(a[0])))
            .doc("Copy the memo to a new object."),
        Method::new("__reduce__", "($self, /)", |th, a| {
            let args = Value::try_tuple(th, &[contents(th, owner(a[0]))?])?;
            Value::try_tuple(th, &[types::DICT.value(), args])
        })
        .doc("Implement pickling support."),
    ],
    getset: &[],
    doc: "",
    sig: "",
};

fn set_memo(th: &Thread, v: Value, x: Value) -> PyResult<()> {
    let Some(x) = x.present() else {
        return Err(th.type_error("attribute deletion is not supported"));
    };
    let source = match x.downcast::<Proxy>() {
        Some(_) => contents(th, owner(x))?,
        None if x.as_dict().is_some() => x,
        None => {
            return Err(th.type_error(format!(
                "'memo' attribute must be an UnpicklerMemoProxy object or dict, not {}",
                class_of(x).tp_name()
            )));
        }
    };
    let fresh = Dict::new(th);
    for key in ops::to_vec(th, source)?.iter() {
        if !key.is_int() {
            return Err(th.type_error("memo key must be integers"));
        }
        if ops::index_i64(th, *key)? < 0 {
            return Err(th.value_error("memo key must be positive integers."));
        }
        if let Some(o) = source
            .as_dict()
            .map(|d| d.get(th, *key))
            .transpose()?
            .flatten()
        {
            fresh.set(th, *key, o)?;
        }
    }
    let u = v.expect::<Unpickler>();
    u.dense.set(&u.header, None);
    u.sparse.set(&u.header, Some(fresh));
    Ok(())
}
