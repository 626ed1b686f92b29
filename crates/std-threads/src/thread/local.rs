//! `_local`: attributes of which each thread has its own.
//!
//! The object holds a dictionary of the threads' dictionaries, by the thread's number. A thread knows, weakly, the
//! objects that have one of it, and takes it out when it ends.

use taipan_object::call::Args;
use taipan_object::dict::Dict;
use taipan_object::gc::Header;
use taipan_object::heap::{Field, FieldOf, Object};
use taipan_object::native::TypeSpec;
use taipan_object::types::{OBJECT, StaticType, Type, class_of, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, attr, names, payload, weak};

/// The payload of `_local`.
#[repr(C)]
pub struct Local {
    dicts: FieldOf<Dict>,
    /// The constructor's arguments, a tuple and a dict: `__init__` is called anew in each thread.
    args: Field,
    kwargs: Field,
}

payload!(Local, "_local", |this, m| {
    this.dicts.trace(m);
    this.args.trace(m);
    this.kwargs.trace(m);
});

/// `_thread._local`
pub static LOCAL: StaticType = StaticType::new(
    "_thread",
    "_local",
    Some(&OBJECT),
    flags::BASE | flags::HAS_WEAKREF,
    layout_of::<Local>,
);

/// `_thread._local`
pub static LOCAL_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.getattro = Some(get);
        s.setattro = Some(set);
    },
    methods: &[],
    getset: &[],
    doc: "Thread-local data",
    sig: "",
};

fn has_own_init(cls: &Object<Type>) -> bool {
    cls.slots().init.map(|f| f as usize) != OBJECT.slots().init.map(|f| f as usize)
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    if !args.values.is_empty() && !has_own_init(cls) {
        return Err(th.type_error("Initialization arguments are not supported"));
    }
    let data = Local {
        dicts: FieldOf::new(Dict::new(th)),
        args: Field::new(Value::try_tuple(th, args.pos())?),
        kwargs: Field::new(args.kw_dict(th)?),
    };
    let v = th.new_instance(cls, data).value();
    // The caller runs `__init__` for this thread.
    make_dict(th, v)?;
    Ok(v)
}

fn key(th: &Thread) -> Value {
    Value::small_int(th.serial as i64)
}

fn make_dict<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<Dict>> {
    let local = v.expect::<Local>();
    let d = Dict::new(th);
    let known = match th.locals.get() {
        Some(k) => k,
        None => {
            let k = Dict::new(th);
            th.locals.set(&k.header, Some(k));
            k
        }
    };
    let address = v.cell_unchecked() as *const Header as usize;
    known.set(
        th,
        Value::small_int((address >> 3) as i64),
        weak::plain_ref(th, v),
    )?;
    let n = known.map.len();
    if n >= 64 && n.is_power_of_two() {
        let mut at = 0;
        while let Some((next, k, w, _)) = known.map.next_entry(at) {
            at = next;
            if weak::target_of(w).is_none() {
                known.remove(th, k)?;
            }
        }
    }
    local.dicts.expect().set(th, key(th), d.value())?;
    Ok(d)
}

/// This thread's attributes.
fn dict<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<Dict>> {
    let local = v.expect::<Local>();
    let dicts = local.dicts.expect();
    if let Some(d) = dicts.get(th, key(th))? {
        return Ok(d.expect::<Dict>());
    }
    let d = make_dict(th, v)?;
    let cls = class_of(v);
    if let Some(init) = cls.slots().init
        && has_own_init(cls)
    {
        let r = crate::with_args(th, local.args.get(), local.kwargs.get(), |args| {
            init(th, v, args)
        });
        if let Err(e) = r {
            dicts.remove(th, key(th))?;
            return Err(e);
        }
    }
    Ok(d)
}

fn get(th: &Thread, v: Value, name: Value) -> PyResult {
    let name = attr::attr_name(th, name)?;
    let d = dict(th, v)?;
    if name.is(names::DICT.get()) {
        return Ok(d.value());
    }
    let ty = class_of(v);
    let found = ty.lookup(name);
    if let Some(x) = found {
        let s = class_of(x).slots();
        if let (Some(g), true) = (s.descr_get, s.descr_set.is_some()) {
            return g(th, x, v, ty.value());
        }
    }
    if let Some(own) = d.get(th, name)? {
        return Ok(own);
    }
    match found {
        Some(x) => match class_of(x).slots().descr_get {
            Some(g) => g(th, x, v, ty.value()),
            None => Ok(x),
        },
        None => Err(th.no_attribute(v, name)),
    }
}

fn set(th: &Thread, v: Value, name: Value, value: Value) -> PyResult<()> {
    let name = attr::attr_name(th, name)?;
    let d = dict(th, v)?;
    let ty = class_of(v);
    if name.is(names::DICT.get()) {
        let text = format!(
            "'{}' object attribute '__dict__' is read-only",
            ty.name_text()
        );
        return Err(th.attribute_error(text, v, name));
    }
    if let Some(x) = ty.lookup(name)
        && let Some(s) = class_of(x).slots().descr_set
    {
        return s(th, x, v, value);
    }
    if !value.is_absent() {
        return d.set(th, name, value);
    }
    match d.remove(th, name)? {
        Some(_) => Ok(()),
        None => Err(th.no_attribute(v, name)),
    }
}

/// Forgets the attributes that the ending thread has in objects that live on.
pub(super) fn thread_ends(th: &Thread) {
    let Some(known) = th.locals.get() else { return };
    let mut at = 0;
    while let Some((next, _, w, _)) = known.map.next_entry(at) {
        at = next;
        if let Some(v) = weak::target_of(w)
            && let Some(local) = v.downcast::<Local>()
        {
            // The key is an integer: nothing can fail but for memory, and then the attributes stay.
            let _ = local.dicts.expect().remove(th, key(th));
        }
    }
}
