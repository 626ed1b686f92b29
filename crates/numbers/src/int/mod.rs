//! `int`.

pub mod arith;
mod methods;
pub mod parse;

pub(crate) use methods::{decimal, of_class, shown_type, spec_arg, text};
use taipan_object::call::Args;
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::numbers::Int;
use taipan_object::slots::Slots;
use taipan_object::types::{self, Type};
use taipan_object::{Object, PyResult, Raised, Thread, Value};

const IMMUTABLE: Atomic = Atomic::Immutable;

/// What `int` is.
pub static SPEC: TypeSpec = TypeSpec {
    slots,
    methods: &[
        Method::new("conjugate", "($self, /)", methods::itself)
            .atomic(IMMUTABLE)
            .doc("Returns self, the complex conjugate of any int."),
        Method::new("bit_length", "($self, /)", methods::bit_length)
            .atomic(IMMUTABLE)
            .doc("Number of bits necessary to represent self in binary.\n\n>>> bin(37)\n'0b100101'\n>>> (37).bit_length()\n6"),
        Method::new("bit_count", "($self, /)", methods::bit_count)
            .atomic(IMMUTABLE)
            .doc("Number of ones in the binary representation of the absolute value of self.\n\nAlso known as the population count.\n\n>>> bin(13)\n'0b1101'\n>>> (13).bit_count()\n3"),
        Method::new("to_bytes", "($self, /, length=1, byteorder='big', *, signed=False)", methods::to_bytes)
            .atomic(IMMUTABLE)
            .doc("Return an array of bytes representing an integer.\n\n  length\n    The length of the result; OverflowError if the integer does not fit.\n  byteorder\n    'big' for the most significant byte first, 'little' for the least\n    significant byte first.\n  signed\n    Whether two's complement is used. Otherwise a negative integer is an\n    OverflowError."),
        Method::new("from_bytes", "($type, /, bytes, byteorder='big', *, signed=False)", methods::from_bytes)
            .class()
            .doc("Return the integer represented by the given array of bytes.\n\n  bytes\n    A bytes-like object or an iterable of bytes.\n  byteorder\n    'big' for the most significant byte first, 'little' for the least\n    significant byte first.\n  signed\n    Whether the bytes are in two's complement."),
        Method::new("as_integer_ratio", "($self, /)", methods::as_integer_ratio)
            .atomic(IMMUTABLE)
            .doc("Return a pair of integers, whose ratio is equal to the original int.\n\nThe ratio is in lowest terms and has a positive denominator.\n\n>>> (10).as_integer_ratio()\n(10, 1)\n>>> (-10).as_integer_ratio()\n(-10, 1)\n>>> (0).as_integer_ratio()\n(0, 1)"),
        Method::new("__trunc__", "($self, /)", methods::itself)
            .atomic(IMMUTABLE)
            .doc("Truncating an Integral returns itself."),
        Method::new("__floor__", "($self, /)", methods::itself)
            .atomic(IMMUTABLE)
            .doc("Flooring an Integral returns itself."),
        Method::new("__ceil__", "($self, /)", methods::itself)
            .atomic(IMMUTABLE)
            .doc("Ceiling of an Integral returns itself."),
        Method::new("__round__", "($self, ndigits=None, /)", methods::round)
            .atomic(IMMUTABLE)
            .doc("Rounding an Integral returns itself.\n\nRounding with an ndigits argument also returns an integer."),
        Method::new("__getnewargs__", "($self, /)", methods::getnewargs).atomic(IMMUTABLE),
        Method::new("__format__", "($self, format_spec, /)", methods::format)
            .atomic(IMMUTABLE)
            .doc("Convert to a string according to format_spec."),
        Method::new("__sizeof__", "($self, /)", methods::sizeof)
            .atomic(IMMUTABLE)
            .doc("Returns size in memory, in bytes."),
        Method::new("is_integer", "($self, /)", methods::is_integer)
            .atomic(IMMUTABLE)
            .doc("Returns True. Exists for duck type compatibility with float.is_integer."),
    ],
    getset: &[
        GetSet::new("real", |th, v| methods::itself(th, &[v])).doc("the real part of a complex number"),
        GetSet::new("imag", |_, _| Ok(Value::small_int(0))).doc("the imaginary part of a complex number"),
        GetSet::new("numerator", |th, v| methods::itself(th, &[v]))
            .doc("the numerator of a rational number in lowest terms"),
        GetSet::new("denominator", |_, _| Ok(Value::small_int(1)))
            .doc("the denominator of a rational number in lowest terms"),
    ],
    doc: "int([x]) -> integer\nint(x, base=10) -> integer\n\nConvert a number or string to an integer, or return 0 if no arguments\nare given.  If x is a number, return x.__int__().  For floating-point\nnumbers, this truncates towards zero.\n\nIf x is not a number or if base is given, then x must be a string,\nbytes, or bytearray instance representing an integer literal in the\ngiven base.  The literal can be preceded by '+' or '-' and be surrounded\nby whitespace.  The base defaults to 10.  Valid bases are 0 and 2-36.\nBase 0 means to interpret the base from the string as an integer literal.\n>>> int('0b100', base=0)\n4",
    sig: "",
};

fn slots(s: &mut Slots) {
    s.new = Some(new);
    s.repr = Some(methods::repr);
    s.hash = Some(|_, v| Ok(hash(v)));
    s.richcmp = Some(arith::richcmp);
    s.add = Some(arith::add);
    s.sub = Some(arith::sub);
    s.mul = Some(arith::mul);
    s.rem = Some(arith::rem);
    s.divmod = Some(arith::divmod);
    s.pow = Some(arith::pow);
    s.neg = Some(arith::neg);
    s.pos = Some(|th, v| methods::itself(th, &[v]));
    s.abs = Some(arith::abs);
    s.bool = Some(|_, v| Ok(!is_zero(v)));
    s.invert = Some(arith::invert);
    s.lshift = Some(arith::lshift);
    s.rshift = Some(arith::rshift);
    s.and = Some(arith::and);
    s.or = Some(arith::or);
    s.xor = Some(arith::xor);
    s.int = Some(|th, v| methods::itself(th, &[v]));
    s.float = Some(|th, v| Ok(Value::float(th, to_f64(th, v)?)));
    s.floordiv = Some(arith::floordiv);
    s.truediv = Some(arith::truediv);
    s.index = Some(|th, v| methods::itself(th, &[v]));
}

/// The integer of a value that is one.
#[inline]
pub(crate) fn get<'a>(v: Value) -> Int<'a> {
    v.as_int().unwrap_or(Int::Small(0))
}

fn is_zero(v: Value) -> bool {
    match get(v) {
        Int::Small(n) => n == 0,
        Int::Big(b) => b.is_zero(),
    }
}

fn hash(v: Value) -> i64 {
    match get(v) {
        Int::Small(n) => taipan_object::ops::hash_small_int(n),
        Int::Big(b) => taipan_num::hash::hash_int_ref(b),
    }
}

/// `float(v)` of an integer.
pub fn to_f64(th: &Thread, v: Value) -> PyResult<f64> {
    match get(v) {
        Int::Small(n) => Ok(n as f64),
        Int::Big(b) => b.to_f64().map_err(|e| crate::int_error(th, e)),
    }
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let pos = args.pos();
    if pos.len() > 2 {
        return Err(too_many(th, pos.len()));
    }
    let given = args.values.len();
    if args.has_kw() && given > 2 {
        return Err(th.type_error(format!("int() takes at most 2 arguments ({given} given)")));
    }
    let x = pos.first().copied();
    let mut base = pos.get(1).copied();
    for (k, v) in args.kw() {
        if !k.is_str("base") {
            return Err(th.type_error(format!(
                "int() got an unexpected keyword argument '{}'",
                taipan_object::names::text(k)
            )));
        }
        if base.is_some() {
            return Err(th.type_error("argument for int() given by name ('base') and position (2)"));
        }
        base = Some(v);
    }
    let exact = match (x, base) {
        (None, None) => Value::small_int(0),
        (None, Some(_)) => return Err(th.type_error("int() missing string argument")),
        (Some(x), None) => parse::from_object(th, x)?,
        (Some(x), Some(base)) => parse::from_text(th, x, base)?,
    };
    if cls.is(&types::INT) {
        return Ok(exact);
    }
    let mut room = 0;
    Ok(Value::int_of_class(th, cls, get(exact).view(&mut room)))
}

#[cold]
fn too_many(th: &Thread, n: usize) -> Raised {
    th.type_error(format!("int expected at most 2 arguments, got {n}"))
}
