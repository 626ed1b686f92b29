//! `array`. Each operation is one step under the array's guard; what needs Python code is worked out before.

mod item;
mod iter;
mod methods;
mod pickle;

use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::buffer::{self, Buffer};
use taipan_object::bytearray::ByteArray;
use taipan_object::call::Args;
use taipan_object::exception::{BUFFER_ERROR, DEPRECATION_WARNING};
use taipan_object::heap::Guarded;
use taipan_object::native::{Atomic, GetSet, Method, ModuleSpec, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{OBJECT, StaticType, Type, class_of, flags, is_exactly, layout_of};
use taipan_object::{Object, PyResult, Raised, Thread, Value, attr, gc, ops, payload};
use taipan_strings::args;

use item::Code;

/// `array`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "array",
    doc: "This module defines an object type which can efficiently represent\nan array of basic values: characters, integers, floating-point\nnumbers.  Arrays are sequence types and behave very much like lists,\nexcept that the type of objects stored in them is constrained.",
    functions: &[Method::new(
        "_array_reconstructor",
        "(arraytype, typecode, mformat_code, items, /)",
        pickle::reconstruct,
    )
    .doc("Internal. Used for pickling support.")],
    types: &[(&ARRAY, &SPEC)],
    init: |th, module| {
        // An interpreter that cannot import has no abstract classes to register with.
        if th.interp.importlib.get().present().is_some() {
            let sequences = crate::library::attribute(th, "collections.abc", "MutableSequence")?;
            taipan_object::call::call_method(th, sequences, "register", &[ARRAY.value()])?;
        }
        let set = |name: &str, v: Value| {
            attr::set(th, module, taipan_object::strings::intern(th, name), v)
        };
        set("ArrayType", ARRAY.value())?;
        set("typecodes", Value::str(th, item::CODES))
    },
};

/// The payload of `array`.
#[repr(C)]
pub struct Array {
    code: Code,
    /// The items' bytes.
    bytes: Guarded<Vec<u8>>,
    /// Views that are out; while there are some the size can't change.
    exports: AtomicUsize,
}

payload!(Array, "array.array", |this, m| {});

impl Drop for Array {
    fn drop(&mut self) {
        let n = self.bytes.with(|b| b.capacity());
        gc::add_outside_bytes(-(n as isize));
    }
}

/// `array.array`
pub static ARRAY: StaticType = StaticType::new(
    "array",
    "array",
    Some(&OBJECT),
    flags::BASE | flags::SEQUENCE | flags::HAS_WEAKREF,
    layout_of::<Array>,
);

pub(crate) use iter::{ARRAY_ITERATOR, ITERATOR_SPEC};

const LOCKED: Atomic = Atomic::Locked;

static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(methods::repr);
        s.richcmp = Some(richcmp);
        s.iter = Some(iter::iter);
        s.len = Some(|_, v| Ok(get(v).len()));
        s.getitem = Some(methods::getitem);
        s.setitem = Some(methods::setitem);
        s.contains = Some(methods::contains);
        s.concat = Some(methods::concat);
        s.iconcat = Some(methods::iconcat);
        s.repeat = Some(methods::repeat);
        s.irepeat = Some(methods::irepeat);
        s.buffer = Some(export);
    },
    methods: &[
        Method::new("append", "($self, v, /)", methods::append).atomic(LOCKED).doc("Append new value v to the end of the array."),
        Method::new("buffer_info", "($self, /)", methods::buffer_info).atomic(LOCKED).doc("Return a tuple (address, length) giving the current memory address and the length in items of the buffer used to hold array's contents.\n\nThe length should be multiplied by the itemsize attribute to calculate\nthe buffer length in bytes."),
        Method::new("byteswap", "($self, /)", methods::byteswap).atomic(LOCKED).doc("Byteswap all items of the array.\n\nIf the items in the array are not 1, 2, 4, or 8 bytes in size, RuntimeError is\nraised."),
        Method::new("clear", "($self, /)", |th, a| change(th, a[0], 0, |b| b.clear()).map(|()| Value::NONE)).atomic(LOCKED).doc("Remove all items from the array."),
        Method::new("__copy__", "($self, /)", |th, a| make(th, get(a[0]).code, get(a[0]).snapshot())).atomic(LOCKED).doc("Return a copy of the array."),
        Method::new("count", "($self, v, /)", methods::count).doc("Return number of occurrences of v in the array."),
        Method::new("__deepcopy__", "($self, unused, /)", |th, a| make(th, get(a[0]).code, get(a[0]).snapshot())).atomic(LOCKED).doc("Return a copy of the array."),
        Method::new("extend", "($self, bb, /)", |th, a| methods::extend(th, a[0], a[1]).map(|()| Value::NONE)).doc("Append items to the end of the array."),
        Method::new("fromfile", "($self, f, n, /)", methods::fromfile).doc("Read n objects from the file object f and append them to the end of the array."),
        Method::new("fromlist", "($self, list, /)", methods::fromlist).doc("Append items to array from list."),
        Method::new("frombytes", "($self, buffer, /)", methods::frombytes).atomic(LOCKED).doc("Appends items from the string, interpreting it as an array of machine values, as if it had been read from a file using the fromfile() method."),
        Method::new("fromunicode", "($self, ustr, /)", methods::fromunicode).atomic(LOCKED).doc("Extends this array with data from the unicode string ustr.\n\nThe array must be a unicode type array; otherwise a ValueError is raised.\nUse array.frombytes(ustr.encode(...)) to append Unicode data to an array of\nsome other type."),
        Method::new("index", "($self, v, start=0, stop=sys.maxsize, /)", methods::index).doc("Return index of first occurrence of v in the array.\n\nRaise ValueError if the value is not present."),
        Method::new("insert", "($self, i, v, /)", methods::insert).atomic(LOCKED).doc("Insert a new item v into the array before position i."),
        Method::new("pop", "($self, i=-1, /)", methods::pop).atomic(LOCKED).doc("Return the i-th element and delete it from the array.\n\ni defaults to -1."),
        Method::new("__reduce_ex__", "($self, value, /)", pickle::reduce_ex).atomic(LOCKED).doc("Return state information for pickling."),
        Method::new("remove", "($self, v, /)", methods::remove).doc("Remove the first occurrence of v in the array."),
        Method::new("reverse", "($self, /)", methods::reverse).atomic(LOCKED).doc("Reverse the order of the items in the array."),
        Method::new("tofile", "($self, f, /)", methods::tofile).doc("Write all items (as machine values) to the file object f."),
        Method::new("tolist", "($self, /)", methods::tolist).atomic(LOCKED).doc("Convert array to an ordinary list with the same items."),
        Method::new("tobytes", "($self, /)", |th, a| Value::bytes(th, &get(a[0]).snapshot())).atomic(LOCKED).doc("Convert the array to an array of machine values and return the bytes representation."),
        Method::new("tounicode", "($self, /)", methods::tounicode).atomic(LOCKED).doc("Extends this array with data from the unicode string ustr.\n\nConvert the array to a unicode string.  The array must be a unicode type array;\notherwise a ValueError is raised.  Use array.tobytes().decode() to obtain a\nunicode string from an array of some other type."),
        Method::new("__sizeof__", "($self, /)", |th, a| {
            let n = get(a[0]).bytes.with(|b| b.capacity());
            Ok(Value::usize(th, size_of::<Object<Array>>() + n))
        }).atomic(LOCKED).doc("Size of the array in memory, in bytes."),
        Method::new("__release_buffer__", "($self, buffer, /)", |th, a| {
            match a[1].downcast::<taipan_strings::memoryview::MemoryView>() {
                Some(m) => taipan_strings::memoryview::release(th, m).map(|()| Value::NONE),
                None => Err(th.type_error("expected a memoryview object")),
            }
        })
        .doc("Release the buffer object that exposes the underlying memory of the object."),
        Method::new("__class_getitem__", "($type, object, /)", |th, a| ops::generic_alias(th, a[0], a[1])).class().doc("Arrays are generic over the type of their elements"),
    ],
    getset: &[
        GetSet::new("typecode", |th, v| Ok(Value::str(th, &char::from(get(v).code.letter()).to_string()))).doc("the typecode character used to create the array"),
        GetSet::new("itemsize", |th, v| Ok(Value::usize(th, get(v).code.size()))).doc("the size, in bytes, of one array item"),
    ],
    doc: "array(typecode [, initializer]) -> array\n\nReturn a new array whose items are restricted by typecode, and\ninitialized from the optional initializer value, which must be a list,\nstring or iterable over elements of the appropriate type.\n\nArrays represent basic values and behave very much like lists, except\nthe type of objects stored in them is constrained. The type is specified\nat object creation time by using a type code, which is a single character.",
    sig: "",
};

fn get<'a>(v: Value) -> &'a Object<Array> {
    v.expect::<Array>()
}

impl Array {
    /// How many items.
    fn len(&self) -> usize {
        self.bytes.with(|b| b.len()) / self.code.size()
    }

    /// The bytes at this instant.
    fn snapshot(&self) -> Vec<u8> {
        self.bytes.with(|b| b.clone())
    }

    /// The bytes of one item.
    fn item(&self, i: usize) -> Option<[u8; 8]> {
        self.item_at(i as i64)
    }

    /// The item at an index that may count from the end.
    fn item_at(&self, i: i64) -> Option<[u8; 8]> {
        let n = self.code.size();
        self.bytes.with(|b| {
            let i = methods::at(i, b.len() / n)?;
            let from = b.get(i * n..(i + 1) * n)?;
            let mut out = [0; 8];
            out[..n].copy_from_slice(from);
            Some(out)
        })
    }
}

fn payload_of(code: Code, bytes: Vec<u8>) -> Array {
    gc::add_outside_bytes(bytes.capacity() as isize);
    Array {
        code,
        bytes: Guarded::new(bytes),
        exports: AtomicUsize::new(0),
    }
}

/// A new array.
fn make(th: &Thread, code: Code, bytes: Vec<u8>) -> PyResult {
    Ok(th.new_object(&ARRAY, payload_of(code, bytes)).value())
}

#[cold]
fn exported(th: &Thread) -> Raised {
    th.raise(
        &BUFFER_ERROR,
        "cannot resize an array that is exporting buffers",
    )
}

/// Runs `f`, which may change the size and needs room for `extra` bytes, unless views are out. One step.
fn change<R>(
    th: &Thread,
    v: Value,
    extra: usize,
    mut f: impl FnMut(&mut Vec<u8>) -> R,
) -> PyResult<R> {
    let o = get(v);
    let mut attempt = || {
        let (r, grown) = o.bytes.with(|b| {
            if o.exports.load(Ordering::Acquire) > 0 {
                return (Err(true), 0);
            }
            let before = b.capacity();
            if b.try_reserve(extra).is_err() {
                return (Err(false), 0);
            }
            let r = f(b);
            (Ok(r), b.capacity() as isize - before as isize)
        });
        if grown != 0 {
            gc::add_outside_bytes(grown);
        }
        r
    };
    let mut r = attempt();
    if matches!(r, Err(true)) {
        // A view that nobody holds any more may only be waiting for the collector.
        gc::collect(th.mutator, true);
        th.poll()?;
        r = attempt();
    }
    r.map_err(|out| if out { exported(th) } else { th.memory_error() })
}

fn export(_: &Thread, v: Value, _: bool) -> PyResult<Buffer> {
    let o = get(v);
    let (ptr, len) = o.bytes.with(|b| {
        o.exports.fetch_add(1, Ordering::AcqRel);
        (b.as_mut_ptr(), b.len())
    });
    let mut b = Buffer::bytes(v, ptr, len, false);
    b.format = o.code.format();
    b.itemsize = o.code.size();
    b.on_release = Some(|v| {
        get(v).exports.fetch_sub(1, Ordering::AcqRel);
    });
    Ok(b)
}

fn new(th: &Thread, cls: &Object<Type>, a: Args) -> PyResult {
    if cls.is(&ARRAY) && a.has_kw() {
        return Err(th.type_error("array.array() takes no keyword arguments"));
    }
    let pos = a.pos();
    let (typecode, initial) = match pos {
        [t] => (*t, None),
        [t, i] => (*t, Some(*i)),
        [] => return Err(th.type_error("array() takes at least 1 argument (0 given)")),
        more => {
            return Err(th.type_error(format!(
                "array() takes at most 2 arguments ({} given)",
                more.len()
            )));
        }
    };
    let letter = match typecode.as_str_obj() {
        None => {
            return Err(th.type_error(format!(
                "array() argument 1 must be a unicode character, not {}",
                args::type_name(typecode)
            )));
        }
        Some(s) if s.len() != 1 => {
            return Err(th.type_error(format!(
                "array(): argument 1 must be a unicode character, not a string of length {}",
                s.len()
            )));
        }
        Some(s) => s.as_bytes(),
    };
    let code = match letter {
        [c] => Code::new(*c),
        _ => None,
    };
    if letter == b"u" {
        th.warn(
            &DEPRECATION_WARNING,
            "The 'u' type code is deprecated and will be removed in Python 3.16",
        )?;
    }
    let text_code = matches!(letter, b"u" | b"w");
    if let Some(i) = initial
        && !text_code
    {
        if i.as_str_obj().is_some() {
            return Err(th.type_error(format!(
                "cannot use a str to initialize an array with typecode '{}'",
                taipan_object::names::text(typecode)
            )));
        }
        if let Some(other) = i.downcast::<Array>()
            && other.code.is_text()
        {
            return Err(th.type_error(format!(
                "cannot use a unicode array to initialize an array with typecode '{}'",
                taipan_object::names::text(typecode)
            )));
        }
    }
    let Some(code) = code else {
        return Err(
            th.value_error("bad typecode (must be b, B, u, w, h, H, i, I, l, L, q, Q, f or d)")
        );
    };
    let v = th.new_instance(cls, payload_of(code, Vec::new())).value();
    let Some(i) = initial else {
        return Ok(v);
    };
    if i.as_bytes().is_some() || i.downcast::<ByteArray>().is_some() {
        methods::frombytes(th, &[v, i])?;
    } else if i.as_str_obj().is_some() {
        methods::fromunicode(th, &[v, i])?;
    } else if let Some(other) = i.downcast::<Array>()
        && other.code == code
    {
        let bytes = other.snapshot();
        change(th, v, bytes.len(), |b| b.extend_from_slice(&bytes))?;
    } else {
        let bytes = methods::packed(th, code, i)?;
        change(th, v, bytes.len(), |b| b.extend_from_slice(&bytes))?;
    }
    Ok(v)
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (a.downcast::<Array>(), b.downcast::<Array>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    let (n, m) = (x.len(), y.len());
    if n != m && matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    let (xs, ys) = (x.snapshot(), y.snapshot());
    for (p, q) in xs
        .chunks_exact(x.code.size())
        .zip(ys.chunks_exact(y.code.size()))
    {
        let p = x.code.unpack(th, p)?;
        let q = y.code.unpack(th, q)?;
        if !ops::truth(th, ops::compare(th, p, q, CmpOp::Eq)?)? {
            return match op {
                CmpOp::Eq => Ok(Value::FALSE),
                CmpOp::Ne => Ok(Value::TRUE),
                _ => ops::compare(th, p, q, op),
            };
        }
    }
    let (n, m) = (xs.len() / x.code.size(), ys.len() / y.code.size());
    Ok(Value::bool(op.of(n.cmp(&m))))
}

/// The class's name in reprs: `array`, or that of a subclass.
fn shown_name(v: Value) -> String {
    if is_exactly(v, &ARRAY) {
        "array".into()
    } else {
        class_of(v).name_text().into_owned()
    }
}

/// The bytes of a bytes-like argument.
fn bytes_of(th: &Thread, v: Value) -> PyResult<Vec<u8>> {
    let b = buffer::get(th, v, false)?;
    args::contents(th, &b)
}
