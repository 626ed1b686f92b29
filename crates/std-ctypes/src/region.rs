//! `_ctypes_memory.Region`: memory that exports the buffer protocol with any format and shape.

use crate::address;
use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use taipan_object::buffer::Buffer;
use taipan_object::call::Args;
use taipan_object::heap::Field;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, Type, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops, payload};
use taipan_std_os::args::{bind, bound, text};

/// The payload of a region.
#[repr(C)]
pub struct Region {
    /// Keeps the memory.
    owner: Field,
    start: usize,
    len: usize,
    readonly: bool,
    format: &'static str,
    itemsize: usize,
    /// Items per dimension; none for a single item.
    shape: Vec<isize>,
}

payload!(Region, "Region", |this, m| {
    this.owner.trace(m);
});

/// `_ctypes_memory.Region`
pub static REGION: StaticType = StaticType::new(
    "_ctypes_memory",
    "Region",
    Some(&OBJECT),
    0,
    layout_of::<Region>,
);

static NEW: Method = Method::new(
    "Region",
    "(address, size, format, itemsize, shape, owner, readonly=False)",
    bound,
);

/// `_ctypes_memory.Region`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.buffer = Some(export);
    },
    methods: &[],
    getset: &[],
    doc: "Memory that exports the buffer protocol.",
    sig: "(address, size, format, itemsize, shape, owner, readonly=False)",
};

/// The formats ever used: a program has few, and views outlive the types they are of.
fn format(text: &str) -> &'static str {
    static KNOWN: Mutex<Option<HashSet<&'static str>>> = Mutex::new(None);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let known = known.get_or_insert_default();
    match known.get(text) {
        Some(f) => f,
        None => {
            let f: &'static str = Box::leak(text.to_owned().into_boxed_str());
            known.insert(f);
            f
        }
    }
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let [start, len, shown, itemsize, shape, owner, readonly] = bind(th, &NEW, args)?;
    let shown = text(th, "Region", "3", shown)?.to_string_lossy();
    let items = ops::to_vec(th, shape)?;
    let made = Region {
        owner: Field::new(Value::NONE),
        start: address(start),
        len: address(len),
        readonly: readonly.is(Value::TRUE),
        format: format(&shown),
        itemsize: address(itemsize),
        shape: items.iter().map(|n| address(*n) as isize).collect(),
    };
    let o = th.new_instance(cls, made);
    o.owner.set(&o.header, owner);
    Ok(o.value())
}

fn export(_: &Thread, v: Value, _: bool) -> PyResult<Buffer> {
    let r = v.expect::<Region>();
    let mut b = Buffer::bytes(v, r.start as *mut u8, r.len, r.readonly);
    b.format = r.format;
    b.itemsize = r.itemsize;
    let mut step = r.itemsize as isize;
    b.strides = r
        .shape
        .iter()
        .rev()
        .map(|n| {
            let own = step;
            step *= n;
            own
        })
        .collect();
    b.strides.reverse();
    b.shape = r.shape.clone();
    Ok(b)
}
