//! `_struct`.

mod compiled;
mod items;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_object::buffer::{self, Buffer};
use taipan_object::call::{Args, call_method_row};
use taipan_object::exception::EXCEPTION;
use taipan_object::heap::{Field, Guarded};
use taipan_object::native::{Atomic, GetSet, Method, ModuleSpec, TypeSpec};
use taipan_object::types::{self, OBJECT, StaticType, class_of, flags, layout_of, no_layout};
use taipan_object::{PyResult, Raised, Thread, Value, ValueVec, ops, payload};
use taipan_strings::memoryview;

use compiled::Compiled;

/// `_struct`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_struct",
    doc: "Functions to convert between Python values and C structs.\nPython bytes objects are used to hold the data representing the C struct.\nThe format string describes the layout of data in the C struct.\n\nThe optional first format char indicates byte order, size and alignment:\n  @: native order, size & alignment (default)\n  =: native order, std. size & alignment\n  <: little-endian, std. size & alignment\n  >: big-endian, std. size & alignment\n  !: same as >\n\nThe variable struct.error is an exception raised on errors.",
    functions: &[
        Method::new("_clearcache", "()", |_, _| Ok(Value::NONE)).doc("Clear the internal cache."),
        Method::new("calcsize", "(format, /)", |th, a| Ok(Value::usize(th, compile(th, a[0])?.size)))
            .doc("Return size in bytes of the struct described by the format string."),
        Method::new("iter_unpack", "(format, buffer, /)", |th, a| {
            let c = compile(th, a[0])?;
            iter_unpack(th, c, a[1])
        })
        .doc("Return an iterator yielding tuples unpacked from the given bytes.\n\nThe bytes are unpacked according to the format string, like\na repeated invocation of unpack_from().\n\nRequires that the bytes length be a multiple of the struct size."),
        Method::raw("pack", "", |th, args| {
            args.no_kw(th, "pack")?;
            match args.values {
                [format, values @ ..] => {
                    let c = compile(th, *format)?;
                    pack(th, &c, values)
                }
                [] => Err(th.type_error("missing format argument")),
            }
        })
        .doc("pack(format, v1, v2, ...) -> bytes\n\nReturn a bytes object containing the values v1, v2, ... packed according\nto the format string.  See help(struct) for more on format strings."),
        Method::raw("pack_into", "", |th, args| {
            args.no_kw(th, "pack_into")?;
            match args.values {
                [format, rest @ ..] => {
                    let c = compile(th, *format)?;
                    pack_into(th, &c, rest)
                }
                [] => Err(th.type_error("missing format argument")),
            }
        })
        .doc("pack_into(format, buffer, offset, v1, v2, ...)\n\nPack the values v1, v2, ... according to the format string and write\nthe packed bytes into the writable buffer buf starting at offset.  Note\nthat the offset is a required argument.  See help(struct) for more\non format strings."),
        Method::new("unpack", "(format, buffer, /)", |th, a| {
            let c = compile(th, a[0])?;
            unpack(th, &c, a[1])
        })
        .doc("Return a tuple containing values unpacked according to the format string.\n\nThe buffer's size in bytes must be calcsize(format).\n\nSee help(struct) for more on format strings."),
        Method::new("unpack_from", "(format, /, buffer, offset=0)", |th, a| {
            let c = compile(th, a[0])?;
            unpack_from(th, &c, a[1], a[2])
        })
        .doc("Return a tuple containing values unpacked according to the format string.\n\nThe buffer's size, minus offset, must be at least calcsize(format).\n\nSee help(struct) for more on format strings."),
    ],
    types: &[(&STRUCT, &STRUCT_SPEC), (&ERROR, &TypeSpec::EMPTY)],
    init: |_, _| Ok(()),
};

/// `struct.error`
pub static ERROR: StaticType = StaticType::new(
    "struct",
    "error",
    Some(&EXCEPTION),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS,
    no_layout,
);

/// The payload of `Struct`.
#[repr(C)]
struct Struct {
    compiled: Guarded<Option<Arc<Compiled>>>,
    format: Field,
}

payload!(Struct, "Struct", |this, m| this.format.trace(m));

static STRUCT: StaticType = StaticType::new(
    "_struct",
    "Struct",
    Some(&OBJECT),
    flags::BASE | flags::HAS_WEAKREF,
    layout_of::<Struct>,
);

static STRUCT_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| {
            let data = Struct {
                compiled: Guarded::new(None),
                format: Field::new(Value::NONE),
            };
            Ok(th.new_instance(cls, data).value())
        });
        s.init = Some(init);
        s.repr = Some(|th, v| {
            let c = of_struct(th, v)?;
            Ok(Value::str(
                th,
                &format!(
                    "{}({})",
                    class_of(v).name_text(),
                    taipan_text::repr::repr(taipan_object::wtf8::Wtf8::new(c.format.as_str()))
                ),
            ))
        });
    },
    methods: &[
        Method::new("iter_unpack", "($self, buffer, /)", |th, a| {
            let c = of_struct(th, a[0])?;
            iter_unpack(th, c, a[1])
        })
        .doc("Return an iterator yielding tuples.\n\nTuples are unpacked from the given bytes source, like a repeated\ninvocation of unpack_from().\n\nRequires that the bytes length be a multiple of the struct size."),
        Method::raw("pack", "", |th, args| {
            args.no_kw(th, "pack")?;
            let c = of_struct(th, receiver(th, &args)?)?;
            pack(th, &c, &args.values[1..])
        })
        .doc("S.pack(v1, v2, ...) -> bytes\n\nReturn a bytes object containing values v1, v2, ... packed according\nto the format string S.format.  See help(struct) for more on format\nstrings."),
        Method::raw("pack_into", "", |th, args| {
            args.no_kw(th, "pack_into")?;
            let c = of_struct(th, receiver(th, &args)?)?;
            pack_into(th, &c, &args.values[1..])
        })
        .doc("S.pack_into(buffer, offset, v1, v2, ...)\n\nPack the values v1, v2, ... according to the format string S.format\nand write the packed bytes into the writable buffer buf starting at\noffset.  Note that the offset is a required argument.  See\nhelp(struct) for more on format strings."),
        Method::new("unpack", "($self, buffer, /)", |th, a| {
            let c = of_struct(th, a[0])?;
            unpack(th, &c, a[1])
        })
        .doc("Return a tuple containing unpacked values.\n\nUnpack according to the format string Struct.format. The buffer's size\nin bytes must be Struct.size.\n\nSee help(struct) for more on format strings."),
        Method::new("unpack_from", "($self, /, buffer, offset=0)", |th, a| {
            let c = of_struct(th, a[0])?;
            unpack_from(th, &c, a[1], a[2])
        })
        .doc("Return a tuple containing unpacked values.\n\nValues are unpacked according to the format string Struct.format.\n\nThe buffer's size in bytes, starting at position offset, must be\nat least Struct.size.\n\nSee help(struct) for more on format strings."),
        Method::new("__sizeof__", "($self, /)", |th, a| {
            let c = of_struct(th, a[0])?;
            Ok(Value::usize(th, 40 + c.bytes()))
        })
        .atomic(Atomic::Immutable)
        .doc("S.__sizeof__() -> size of S in memory, in bytes"),
    ],
    getset: &[
        GetSet::new("format", |th, v| {
            let c = of_struct(th, v)?;
            Ok(Value::str(th, &c.format))
        })
        .doc("struct format string"),
        GetSet::new("size", |th, v| match v.expect::<Struct>().compiled.with(|c| c.clone()) {
            Some(c) => Ok(Value::usize(th, c.size)),
            None => Ok(Value::small_int(-1)),
        })
        .doc("struct size in bytes"),
    ],
    doc: "Struct(fmt) --> compiled struct object",
    sig: "",
};

fn receiver(th: &Thread, args: &Args) -> PyResult {
    match args.pos().first() {
        Some(v) if v.downcast::<Struct>().is_some() => Ok(*v),
        _ => Err(th.type_error("expected a Struct object")),
    }
}

static INIT_ROW: Method = Method::new("Struct", "($self, /, format)", |th, a| {
    let c = compile(th, a[1])?;
    let s = a[0].expect::<Struct>();
    s.format.set(&s.header, a[1]);
    s.compiled.with(|to| *to = Some(c));
    Ok(Value::NONE)
});

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    args.with_first(th, v, |a| call_method_row(th, &INIT_ROW, a))?;
    Ok(())
}

fn of_struct(th: &Thread, v: Value) -> PyResult<Arc<Compiled>> {
    match v.expect::<Struct>().compiled.with(|c| c.clone()) {
        Some(c) => Ok(c),
        None => Err(th.runtime_error("Struct object is not initialized")),
    }
}

/// A `struct.error`.
#[cold]
fn error(th: &Thread, msg: impl AsRef<str>) -> Raised {
    th.raise(&ERROR, msg)
}

/// The compiled form of a format, out of a small cache of formats used lately.
fn compile(th: &Thread, format: Value) -> PyResult<Arc<Compiled>> {
    let text = if let Some(s) = format.as_str_obj() {
        if !s.is_ascii() {
            // As encoding it to ASCII says.
            taipan_strings::codec::encode(th, format, Some("ascii"), None)?;
        }
        s.as_bytes()
    } else if let Some(b) = format.as_bytes() {
        b
    } else {
        return Err(th.type_error(format!(
            "Struct() argument 1 must be a str or bytes object, not {}",
            taipan_strings::args::type_name(format)
        )));
    };
    if let Some(c) = compiled::cached(text) {
        return Ok(c);
    }
    match Compiled::new(text) {
        Ok(c) => Ok(compiled::remember(text, c)),
        Err(msg) => Err(error(th, msg)),
    }
}

fn fill(th: &Thread, c: &Compiled, values: &[Value], what: &str) -> PyResult<Vec<u8>> {
    if values.len() != c.values {
        return Err(error(
            th,
            format!(
                "{what} expected {} items for packing (got {})",
                c.values,
                values.len()
            ),
        ));
    }
    let mut out = Vec::new();
    if out.try_reserve_exact(c.size).is_err() {
        return Err(th.memory_error());
    }
    out.resize(c.size, 0);
    items::pack(th, c, values, &mut out)?;
    Ok(out)
}

fn pack(th: &Thread, c: &Compiled, values: &[Value]) -> PyResult {
    Value::bytes(th, &fill(th, c, values, "pack")?)
}

fn pack_into(th: &Thread, c: &Compiled, args: &[Value]) -> PyResult {
    let (target, offset, values) = match args {
        [] => return Err(error(th, "pack_into expected buffer argument")),
        [_] => return Err(error(th, "pack_into expected offset argument")),
        [target, offset, values @ ..] => (*target, *offset, values),
    };
    if values.len() != c.values {
        return Err(error(
            th,
            format!(
                "pack_into expected {} items for packing (got {})",
                c.values,
                values.len()
            ),
        ));
    }
    let buffer = writable(th, target)?;
    let len = buffer.len as i64;
    let given = ops::index_i64(th, offset)?;
    let mut offset = given;
    if offset < 0 {
        if offset + c.size as i64 > 0 {
            return Err(error(
                th,
                format!("no space to pack {} bytes at offset {given}", c.size),
            ));
        }
        if offset + len < 0 {
            return Err(error(
                th,
                format!("offset {given} out of range for {len}-byte buffer"),
            ));
        }
        offset += len;
    }
    if len - offset < c.size as i64 {
        return Err(error(
            th,
            format!(
                "pack_into requires a buffer of at least {} bytes for packing {} bytes at offset {offset} (actual buffer size is {len})",
                c.size as u64 + offset as u64,
                c.size
            ),
        ));
    }
    let bytes = fill(th, c, values, "pack_into")?;
    buffer.as_mut_slice()[offset as usize..offset as usize + c.size].copy_from_slice(&bytes);
    Ok(Value::NONE)
}

fn writable(th: &Thread, v: Value) -> PyResult<Buffer> {
    let wrong = || {
        th.type_error(format!(
            "argument must be read-write bytes-like object, not {}",
            class_of(v).tp_name()
        ))
    };
    if !buffer::is_exporter(v) {
        return Err(wrong());
    }
    match buffer::get(th, v, true) {
        Ok(b) if !b.readonly && b.is_contiguous() => Ok(b),
        Ok(_) => Err(wrong()),
        Err(e) if e.is(&taipan_object::exception::BUFFER_ERROR) => Err(wrong()),
        Err(e) => Err(e),
    }
}

fn tuple(th: &Thread, c: &Compiled, bytes: &[u8]) -> PyResult {
    let mut out = ValueVec::with_capacity(th, c.values)?;
    items::unpack(th, c, bytes, &mut out)?;
    Value::try_tuple(th, &out)
}

fn unpack(th: &Thread, c: &Compiled, source: Value) -> PyResult {
    let bytes = contiguous(th, source)?;
    if bytes.len() != c.size {
        return Err(error(
            th,
            format!("unpack requires a buffer of {} bytes", c.size),
        ));
    }
    tuple(th, c, &bytes)
}

/// The bytes of a source: borrowed from `bytes`, else copied at one instant.
fn contiguous<'a>(th: &Thread, v: Value) -> PyResult<std::borrow::Cow<'a, [u8]>> {
    taipan_strings::args::bytes_like(th, v)
}

fn unpack_from(th: &Thread, c: &Compiled, source: Value, offset: Value) -> PyResult {
    let given = match offset.present() {
        Some(v) => ops::index_i64(th, v)?,
        None => 0,
    };
    // Only the part that is needed is copied.
    let whole;
    let b;
    let bytes: &[u8] = if let Some(x) = source.as_bytes() {
        x
    } else {
        b = buffer::get(th, source, false)?;
        if b.is_contiguous() {
            b.as_slice()
        } else {
            whole = memoryview::bytes_of(th, source)?;
            &whole
        }
    };
    let len = bytes.len() as i64;
    let mut offset = given;
    if offset < 0 {
        if offset + c.size as i64 > 0 {
            return Err(error(
                th,
                format!(
                    "not enough data to unpack {} bytes at offset {given}",
                    c.size
                ),
            ));
        }
        if offset + len < 0 {
            return Err(error(
                th,
                format!("offset {given} out of range for {len}-byte buffer"),
            ));
        }
        offset += len;
    }
    if len - offset < c.size as i64 {
        return Err(error(
            th,
            format!(
                "unpack_from requires a buffer of at least {} bytes for unpacking {} bytes at offset {offset} (actual buffer size is {len})",
                c.size as u64 + offset as u64,
                c.size
            ),
        ));
    }
    let part = bytes[offset as usize..offset as usize + c.size].to_vec();
    tuple(th, c, &part)
}

/// The payload of `unpack_iterator`.
#[repr(C)]
struct UnpackIter {
    compiled: Arc<Compiled>,
    /// A view of the source; absent at the end.
    source: Field,
    offset: AtomicUsize,
}

payload!(UnpackIter, "unpack_iterator", |this, m| this
    .source
    .trace(m));

pub(crate) static UNPACK_ITERATOR: StaticType = StaticType::new(
    "_struct",
    "unpack_iterator",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<UnpackIter>,
);

pub(crate) static UNPACK_ITERATOR_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(iter_next(th, v)));
    },
    methods: &[Method::new("__length_hint__", "($self, /)", |th, a| {
        let it = a[0].expect::<UnpackIter>();
        let len = match it.source.get().as_bytes() {
            Some(b) => b.len(),
            None => 0,
        };
        let left = len.saturating_sub(it.offset.load(Ordering::Relaxed));
        Ok(Value::usize(th, left / it.compiled.size.max(1)))
    })],
    getset: &[],
    doc: "",
    sig: "",
};

fn iter_unpack(th: &Thread, c: Arc<Compiled>, source: Value) -> PyResult {
    if c.size == 0 {
        return Err(error(
            th,
            "cannot iteratively unpack with a struct of length 0",
        ));
    }
    let bytes = contiguous(th, source)?;
    if !bytes.len().is_multiple_of(c.size) {
        return Err(error(
            th,
            format!(
                "iterative unpacking requires a buffer of a multiple of {} bytes",
                c.size
            ),
        ));
    }
    let source = if types::is_exactly(source, &types::BYTES) {
        source
    } else {
        Value::bytes(th, &bytes)?
    };
    let it = UnpackIter {
        compiled: c,
        source: Field::new(source),
        offset: AtomicUsize::new(0),
    };
    Ok(th.new_object(&UNPACK_ITERATOR, it).value())
}

fn iter_next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = v.expect::<UnpackIter>();
    let Some(bytes) = it.source.get().as_bytes() else {
        return Ok(None);
    };
    let at = it.offset.load(Ordering::Relaxed);
    let Some(part) = bytes.get(at..at + it.compiled.size) else {
        it.source.set(&it.header, Value::ABSENT);
        return Ok(None);
    };
    it.offset.store(at + it.compiled.size, Ordering::Relaxed);
    tuple(th, &it.compiled, part).map(Some)
}
