//! `bytes`.

pub mod iter;

use taipan_object::buffer::Buffer;
use taipan_object::call::{Args, call_method_row};
use taipan_object::func::Slice;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::slots::{CmpOp, Slots};
use taipan_object::strings::Bytes;
use taipan_object::types::{self, Type, class_of, is_exactly};
use taipan_object::{Object, PyResult, Thread, Value, attr, buffer, names, ops};

use crate::args::{self, bytes_like};
use crate::byteslike::{self as shared, Immutable, Sort};

macro_rules! shared_methods {
    ($sort:ty, $atomic:expr) => {
        [
            Method::new("capitalize", "($self, /)", shared::capitalize::<$sort>).atomic($atomic).doc("B.capitalize() -> copy of B\n\nReturn a copy of B with only its first character capitalized (ASCII)\nand the rest lower-cased."),
            Method::new("center", "($self, width, fillchar=b' ', /)", shared::center::<$sort>).atomic($atomic).doc("Return a centered string of length width.\n\nPadding is done using the specified fill character."),
            Method::new("count", "($self, sub, start=None, end=None, /)", shared::count::<$sort>).atomic($atomic).doc("Return the number of non-overlapping occurrences of subsection 'sub' in bytes B[start:end].\n\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes."),
            Method::new("decode", "($self, /, encoding='utf-8', errors='strict')", shared::decode::<$sort>).atomic($atomic).doc("Decode the bytes using the codec registered for encoding.\n\n  encoding\n    The encoding with which to decode the bytes.\n  errors\n    The error handling scheme to use for the handling of decoding errors."),
            Method::new("endswith", "($self, suffix, start=None, end=None, /)", shared::endswith::<$sort>).atomic($atomic).doc("Return True if the bytes ends with the specified suffix, False otherwise.\n\n  suffix\n    A bytes or a tuple of bytes to try.\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes."),
            Method::new("expandtabs", "($self, /, tabsize=8)", shared::expandtabs::<$sort>).atomic($atomic).doc("Return a copy where all tab characters are expanded using spaces.\n\nIf tabsize is not given, a tab size of 8 characters is assumed."),
            Method::new("find", "($self, sub, start=None, end=None, /)", shared::find::<$sort>).atomic($atomic).doc("Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\nReturn -1 on failure."),
            Method::new("fromhex", "($type, string, /)", shared::fromhex::<$sort>).class().doc("Create an object from a string of hexadecimal numbers.\n\nSpaces between two numbers are accepted."),
            Method::new("hex", "($self, /, sep=<unrepresentable>, bytes_per_sep=1)", shared::hex::<$sort>).atomic($atomic).doc("Create a string of hexadecimal numbers.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from the\n    right, negative values count from the left."),
            Method::new("index", "($self, sub, start=None, end=None, /)", shared::index::<$sort>).atomic($atomic).doc("Return the lowest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\nRaise ValueError if the subsection is not found."),
            Method::new("isalnum", "($self, /)", shared::isalnum::<$sort>).atomic($atomic).doc("B.isalnum() -> bool\n\nReturn True if all characters in B are alphanumeric\nand there is at least one character in B, False otherwise."),
            Method::new("isalpha", "($self, /)", shared::isalpha::<$sort>).atomic($atomic).doc("B.isalpha() -> bool\n\nReturn True if all characters in B are alphabetic\nand there is at least one character in B, False otherwise."),
            Method::new("isascii", "($self, /)", shared::isascii::<$sort>).atomic($atomic).doc("B.isascii() -> bool\n\nReturn True if B is empty or all characters in B are ASCII,\nFalse otherwise."),
            Method::new("isdigit", "($self, /)", shared::isdigit::<$sort>).atomic($atomic).doc("B.isdigit() -> bool\n\nReturn True if all characters in B are digits\nand there is at least one character in B, False otherwise."),
            Method::new("islower", "($self, /)", shared::islower::<$sort>).atomic($atomic).doc("B.islower() -> bool\n\nReturn True if all cased characters in B are lowercase and there is\nat least one cased character in B, False otherwise."),
            Method::new("isspace", "($self, /)", shared::isspace::<$sort>).atomic($atomic).doc("B.isspace() -> bool\n\nReturn True if all characters in B are whitespace\nand there is at least one character in B, False otherwise."),
            Method::new("istitle", "($self, /)", shared::istitle::<$sort>).atomic($atomic).doc("B.istitle() -> bool\n\nReturn True if B is a titlecased string and there is at least one\ncharacter in B, i.e. uppercase characters may only follow uncased\ncharacters and lowercase characters only cased ones. Return False\notherwise."),
            Method::new("isupper", "($self, /)", shared::isupper::<$sort>).atomic($atomic).doc("B.isupper() -> bool\n\nReturn True if all cased characters in B are uppercase and there is\nat least one cased character in B, False otherwise."),
            Method::new("join", "($self, iterable_of_bytes, /)", shared::join::<$sort>).doc("Concatenate any number of bytes objects.\n\nThe bytes whose method is called is inserted in between each pair."),
            Method::new("ljust", "($self, width, fillchar=b' ', /)", shared::ljust::<$sort>).atomic($atomic).doc("Return a left-justified string of length width.\n\nPadding is done using the specified fill character."),
            Method::new("lower", "($self, /)", shared::lower::<$sort>).atomic($atomic).doc("B.lower() -> copy of B\n\nReturn a copy of B with all ASCII characters converted to lowercase."),
            Method::new("lstrip", "($self, bytes=None, /)", shared::lstrip::<$sort>).atomic($atomic).doc("Strip leading bytes contained in the argument.\n\nIf the argument is omitted or None, strip leading ASCII whitespace."),
            Method::new("maketrans", "(frm, to, /)", shared::maketrans).static_().doc("Return a translation table usable for the bytes or bytearray translate method.\n\nThe returned table will be one where each byte in frm is mapped to the byte at\nthe same position in to.\n\nThe bytes objects frm and to must be of the same length."),
            Method::new("partition", "($self, sep, /)", shared::partition::<$sort>).atomic($atomic).doc("Partition the bytes into three parts using the given separator.\n\nThis will search for the separator sep in the bytes. If the separator is found,\nreturns a 3-tuple containing the part before the separator, the separator\nitself, and the part after it.\n\nIf the separator is not found, returns a 3-tuple containing the original bytes\nobject and two empty bytes objects."),
            Method::new("replace", "($self, old, new, count=-1, /)", shared::replace::<$sort>).atomic($atomic).doc("Return a copy with all occurrences of substring old replaced by new.\n\n  count\n    Maximum number of occurrences to replace.\n    -1 (the default value) means replace all occurrences."),
            Method::new("removeprefix", "($self, prefix, /)", shared::removeprefix::<$sort>).atomic($atomic).doc("Return a bytes object with the given prefix string removed if present."),
            Method::new("removesuffix", "($self, suffix, /)", shared::removesuffix::<$sort>).atomic($atomic).doc("Return a bytes object with the given suffix string removed if present."),
            Method::new("rfind", "($self, sub, start=None, end=None, /)", shared::rfind::<$sort>).atomic($atomic).doc("Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\nReturn -1 on failure."),
            Method::new("rindex", "($self, sub, start=None, end=None, /)", shared::rindex::<$sort>).atomic($atomic).doc("Return the highest index in B where subsection 'sub' is found, such that 'sub' is contained within B[start,end].\n\nRaise ValueError if the subsection is not found."),
            Method::new("rjust", "($self, width, fillchar=b' ', /)", shared::rjust::<$sort>).atomic($atomic).doc("Return a right-justified string of length width.\n\nPadding is done using the specified fill character."),
            Method::new("rpartition", "($self, sep, /)", shared::rpartition::<$sort>).atomic($atomic).doc("Partition the bytes into three parts using the given separator.\n\nThis will search for the separator sep in the bytes, starting at the end."),
            Method::new("rsplit", "($self, /, sep=None, maxsplit=-1)", shared::rsplit::<$sort>).atomic($atomic).doc("Return a list of the sections in the bytes, using sep as the delimiter.\n\nSplitting is done starting at the end of the bytes and working to the front."),
            Method::new("rstrip", "($self, bytes=None, /)", shared::rstrip::<$sort>).atomic($atomic).doc("Strip trailing bytes contained in the argument.\n\nIf the argument is omitted or None, strip trailing ASCII whitespace."),
            Method::new("split", "($self, /, sep=None, maxsplit=-1)", shared::split::<$sort>).atomic($atomic).doc("Return a list of the sections in the bytes, using sep as the delimiter.\n\n  sep\n    The delimiter according which to split the bytes.\n    None (the default value) means split on ASCII whitespace characters\n    (space, tab, return, newline, formfeed, vertical tab).\n  maxsplit\n    Maximum number of splits to do.\n    -1 (the default value) means no limit."),
            Method::new("splitlines", "($self, /, keepends=False)", shared::splitlines::<$sort>).atomic($atomic).doc("Return a list of the lines in the bytes, breaking at line boundaries.\n\nLine breaks are not included in the resulting list unless keepends is given and\ntrue."),
            Method::new("startswith", "($self, prefix, start=None, end=None, /)", shared::startswith::<$sort>).atomic($atomic).doc("Return True if the bytes starts with the specified prefix, False otherwise.\n\n  prefix\n    A bytes or a tuple of bytes to try.\n  start\n    Optional start position. Default: start of the bytes.\n  end\n    Optional stop position. Default: end of the bytes."),
            Method::new("strip", "($self, bytes=None, /)", shared::strip::<$sort>).atomic($atomic).doc("Strip leading and trailing bytes contained in the argument.\n\nIf the argument is omitted or None, strip leading and trailing ASCII whitespace."),
            Method::new("swapcase", "($self, /)", shared::swapcase::<$sort>).atomic($atomic).doc("B.swapcase() -> copy of B\n\nReturn a copy of B with uppercase ASCII characters converted\nto lowercase ASCII and vice versa."),
            Method::new("title", "($self, /)", shared::title::<$sort>).atomic($atomic).doc("B.title() -> copy of B\n\nReturn a titlecased version of B, i.e. ASCII words start with uppercase\ncharacters, all remaining cased characters have lowercase."),
            Method::new("translate", "($self, table, /, delete=b'')", shared::translate::<$sort>).atomic($atomic).doc("Return a copy with each character mapped by the given translation table.\n\n  table\n    Translation table, which must be a bytes object of length 256.\n\nAll characters occurring in the optional argument delete are removed.\nThe remaining characters are mapped through the given translation table."),
            Method::new("upper", "($self, /)", shared::upper::<$sort>).atomic($atomic).doc("B.upper() -> copy of B\n\nReturn a copy of B with all ASCII characters converted to uppercase."),
            Method::new("zfill", "($self, width, /)", shared::zfill::<$sort>).atomic($atomic).doc("Pad a numeric string with zeros on the left, to fill a field of the given width.\n\nThe original string is never truncated."),
        ]
    };
}
pub(crate) use shared_methods;

const OWN: [Method; 2] = [
    Method::new("__getnewargs__", "($self, /)", getnewargs).atomic(Atomic::Immutable),
    Method::new("__bytes__", "($self, /)", |th, a| {
        Immutable::unchanged(th, a[0])
    })
    .atomic(Atomic::Immutable)
    .doc("Convert this value to exact type bytes."),
];

static METHODS: [Method; 44] =
    crate::bytes::append(OWN, shared_methods!(Immutable, Atomic::Immutable));

/// Two tables of methods as one.
pub(crate) const fn append<const A: usize, const B: usize, const N: usize>(
    a: [Method; A],
    b: [Method; B],
) -> [Method; N] {
    assert!(A + B == N);
    let mut out = [const { Method::new("", "()", |_, _| Ok(Value::NONE)) }; N];
    let mut i = 0;
    while i < A {
        out[i] = copy(&a[i]);
        i += 1;
    }
    while i < N {
        out[i] = copy(&b[i - A]);
        i += 1;
    }
    out
}

const fn copy(m: &Method) -> Method {
    Method {
        name: m.name,
        sig: m.sig,
        arity: m.arity,
        names: m.names,
        func: m.func,
        binding: m.binding,
        atomic: m.atomic,
        leaves_loop: false,
        doc: m.doc,
    }
}

/// What `bytes` is.
pub static SPEC: TypeSpec = TypeSpec {
    slots,
    methods: &METHODS,
    getset: &[],
    doc: "bytes(iterable_of_ints) -> bytes\nbytes(string, encoding[, errors]) -> bytes\nbytes(bytes_or_buffer) -> immutable copy of bytes_or_buffer\nbytes(int) -> bytes object of size given by the parameter initialized with null bytes\nbytes() -> empty bytes object\n\nConstruct an immutable array of bytes from:\n  - an iterable yielding integers in range(256)\n  - a text string encoded using the specified encoding\n  - any object implementing the buffer API.\n  - an integer",
    sig: "",
};

fn slots(s: &mut Slots) {
    s.new = Some(new);
    s.repr = Some(|th, v| Ok(Value::str(th, &taipan_text::repr::repr_bytes(get(v)))));
    s.str = Some(|th, v| Ok(Value::str(th, &taipan_text::repr::repr_bytes(get(v)))));
    s.hash = Some(|_, v| Ok(v.expect::<Bytes>().hash()));
    s.richcmp = Some(richcmp);
    s.str = Some(|th, v| {
        th.bytes_warning("str() on a bytes instance")?;
        ops::repr(th, v)
    });
    s.iter = Some(iter::iter);
    s.len = Some(|_, v| Ok(get(v).len()));
    s.getitem = Some(getitem);
    s.contains = Some(shared::contains::<Immutable>);
    s.concat = Some(concat);
    s.repeat = Some(repeat);
    s.rem = Some(rem);
    s.buffer = Some(export);
}

/// The bytes of a value that is a `bytes`.
#[inline]
pub(crate) fn get<'a>(v: Value) -> &'a [u8] {
    v.as_bytes().unwrap_or(&[])
}

fn export(th: &Thread, v: Value, writable: bool) -> PyResult<Buffer> {
    if writable {
        return Err(th.raise(
            &taipan_object::exception::BUFFER_ERROR,
            "Object is not writable.",
        ));
    }
    let b = get(v);
    Ok(Buffer::bytes(v, b.as_ptr() as *mut u8, b.len(), true))
}

static ROW: Method = Method::new(
    "bytes",
    "(source=b'', encoding='utf-8', errors='strict')",
    |th, a| {
        if let Some(source) = a[0].present()
            && a[1].is_absent()
            && a[2].is_absent()
        {
            if is_exactly(source, &types::BYTES) {
                return Ok(source);
            }
            if let Some(r) = attr::call_special(th, source, names::BYTES.get(), &[])? {
                return if r.as_bytes().is_some() {
                    Ok(r)
                } else {
                    Err(th.type_error(format!(
                        "__bytes__ returned non-bytes (type {})",
                        class_of(r).tp_name()
                    )))
                };
            }
        }
        Value::bytes(th, &shared::construct(th, "bytes", a)?)
    },
);

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let v = call_method_row(th, &ROW, args)?;
    if cls.is(&types::BYTES) {
        return Ok(v);
    }
    Object::<Bytes>::for_class(th, cls, get(v))
}

/// `a OP b` of two bytes-like objects, one of them a `bytes` or `bytearray`.
pub(crate) fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if let (Some(x), Some(y)) = (a.as_bytes(), b.as_bytes()) {
        return Ok(Value::bool(match op {
            CmpOp::Eq => a.is(b) || x == y,
            CmpOp::Ne => !a.is(b) && x != y,
            _ => op.of(x.cmp(y)),
        }));
    }
    if matches!(op, CmpOp::Eq | CmpOp::Ne) {
        warn_of_comparison(th, [a, b])?;
    }
    // `bytes` leaves other buffers to their own types.
    if !buffer::is_exporter(a) || !buffer::is_exporter(b) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let plain = |v: Value| {
        v.as_bytes().is_some()
            || v.downcast::<taipan_object::bytearray::ByteArray>()
                .is_some()
    };
    if !(plain(a) && plain(b))
        && (a.as_bytes().is_some() || b.as_bytes().is_some())
        && !(is_array(a) || is_array(b))
    {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let x = bytes_like(th, a)?;
    let y = bytes_like(th, b)?;
    Ok(Value::bool(op.of(x.as_ref().cmp(y.as_ref()))))
}

/// Bytes are never equal to text or to a number, which a program may not mean.
fn warn_of_comparison(th: &Thread, both: [Value; 2]) -> PyResult<()> {
    let bytes = if both.iter().any(|v| is_array(*v)) {
        "bytearray"
    } else {
        "bytes"
    };
    if both.iter().any(|v| v.as_str_obj().is_some()) {
        th.bytes_warning(&format!("Comparison between {bytes} and string"))?;
    } else if bytes == "bytes" && both.iter().any(|v| v.is_int()) {
        th.bytes_warning("Comparison between bytes and int")?;
    }
    Ok(())
}

fn is_array(v: Value) -> bool {
    v.downcast::<taipan_object::bytearray::ByteArray>()
        .is_some()
}

fn getitem(th: &Thread, v: Value, key: Value) -> PyResult {
    let b = get(v);
    if key.downcast::<Slice>().is_some() {
        let r = ops::adjust_slice(ops::slice_parts(th, key)?, b.len());
        if r.step == 1 && r.count == b.len() && is_exactly(v, &types::BYTES) {
            return Ok(v);
        }
        if r.step == 1 {
            return Value::bytes(th, &b[r.start as usize..r.start as usize + r.count]);
        }
        return Value::bytes(th, &shared::pick(b, r));
    }
    let i = shared::item_index(th, key, b.len(), "byte", "index out of range")?;
    Ok(Value::small_int(b[i] as i64))
}

fn concat(th: &Thread, a: Value, b: Value) -> PyResult {
    joined(th, a, b, "bytes").and_then(|v| Value::bytes(th, &v))
}

/// The bytes of both operands of `+`.
pub(crate) fn joined(th: &Thread, a: Value, b: Value, name: &str) -> PyResult<Vec<u8>> {
    let said = || format!("can't concat {} to {name}", class_of(b).name_text());
    let x = args::bytes_like_or(th, a, said)?;
    let y = args::bytes_like_or(th, b, said)?;
    let mut out = Vec::new();
    th.reserve(&mut out, x.len() + y.len())?;
    out.extend_from_slice(&x);
    out.extend_from_slice(&y);
    Ok(out)
}

fn repeat(th: &Thread, v: Value, n: Value) -> PyResult {
    let b = get(v);
    let n = args::repeat_count(th, n, b.len())?;
    if n == 1 {
        return Immutable::unchanged(th, v);
    }
    let out = args::room(th, taipan_text::bytes::repeat(b, n))?;
    Value::bytes(th, &out)
}

fn rem(th: &Thread, a: Value, b: Value) -> PyResult {
    match a.as_bytes() {
        Some(format) => Value::bytes(th, &crate::str::printf::format_of_bytes(th, format, b)?),
        None => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn getnewargs(th: &Thread, a: &[Value]) -> PyResult {
    let b = Immutable::unchanged(th, a[0])?;
    Ok(Value::tuple(th, &[b]))
}
