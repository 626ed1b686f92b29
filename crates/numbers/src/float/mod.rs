//! `float`.

pub mod arith;
mod methods;

use taipan_object::bytearray::ByteArray;
use taipan_object::call::Args;
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::numbers;
use taipan_object::types::{self, Type, class_of, is_exactly};
use taipan_object::{Object, PyResult, Raised, Thread, Value, buffer, ops};

const IMMUTABLE: Atomic = Atomic::Immutable;

/// What `float` is.
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(|th, v| Ok(Value::str(th, &taipan_num::float::repr(get(v)))));
        s.hash = Some(|_, v| {
            Ok(taipan_num::hash::hash_f64(get(v)).unwrap_or_else(|| ops::hash_pointer(v)))
        });
        s.richcmp = Some(arith::richcmp);
        s.add = Some(arith::add);
        s.sub = Some(arith::sub);
        s.mul = Some(arith::mul);
        s.rem = Some(arith::rem);
        s.divmod = Some(arith::divmod);
        s.pow = Some(arith::pow);
        s.neg = Some(|th, v| Ok(Value::float(th, -get(v))));
        s.pos = Some(|th, v| methods::itself(th, &[v]));
        s.abs = Some(|th, v| Ok(Value::float(th, get(v).abs())));
        s.bool = Some(|_, v| Ok(get(v) != 0.0));
        s.int = Some(|th, v| methods::trunc(th, &[v]));
        s.float = Some(|th, v| methods::itself(th, &[v]));
        s.floordiv = Some(arith::floordiv);
        s.truediv = Some(arith::truediv);
    },
    methods: &[
        Method::new("from_number", "($type, number, /)", methods::from_number)
            .class()
            .doc("Convert real number to a floating-point number."),
        Method::new("conjugate", "($self, /)", methods::itself)
            .atomic(IMMUTABLE)
            .doc("Return self, the complex conjugate of any float."),
        Method::new("__trunc__", "($self, /)", methods::trunc)
            .atomic(IMMUTABLE)
            .doc("Return the Integral closest to x between 0 and x."),
        Method::new("__floor__", "($self, /)", methods::floor)
            .atomic(IMMUTABLE)
            .doc("Return the floor as an Integral."),
        Method::new("__ceil__", "($self, /)", methods::ceil)
            .atomic(IMMUTABLE)
            .doc("Return the ceiling as an Integral."),
        Method::new("__round__", "($self, ndigits=None, /)", methods::round)
            .atomic(IMMUTABLE)
            .doc("Return the Integral closest to x, rounding half toward even.\n\nWhen an argument is passed, work like built-in round(x, ndigits)."),
        Method::new("as_integer_ratio", "($self, /)", methods::as_integer_ratio)
            .atomic(IMMUTABLE)
            .doc("Return a pair of integers, whose ratio is exactly equal to the original float.\n\nThe ratio is in lowest terms and has a positive denominator.  Raise\nOverflowError on infinities and a ValueError on NaNs.\n\n>>> (10.0).as_integer_ratio()\n(10, 1)\n>>> (0.0).as_integer_ratio()\n(0, 1)\n>>> (-.25).as_integer_ratio()\n(-1, 4)"),
        Method::new("fromhex", "($type, string, /)", methods::fromhex)
            .class()
            .doc("Create a floating-point number from a hexadecimal string.\n\n>>> float.fromhex('0x1.ffffp10')\n2047.984375\n>>> float.fromhex('-0x1p-1074')\n-5e-324"),
        Method::new("hex", "($self, /)", methods::hex)
            .atomic(IMMUTABLE)
            .doc("Return a hexadecimal representation of a floating-point number.\n\n>>> (-0.1).hex()\n'-0x1.999999999999ap-4'\n>>> 3.14159.hex()\n'0x1.921f9f01b866ep+1'"),
        Method::new("is_integer", "($self, /)", methods::is_integer)
            .atomic(IMMUTABLE)
            .doc("Return True if the float is an integer."),
        Method::new("__getnewargs__", "($self, /)", methods::getnewargs).atomic(IMMUTABLE),
        Method::new("__getformat__", "($type, typestr, /)", methods::getformat)
            .class()
            .doc("You probably don't want to use this function.\n\n  typestr\n    Must be 'double' or 'float'.\n\nIt exists mainly to be used in Python's test suite."),
        Method::new("__format__", "($self, format_spec, /)", methods::format)
            .atomic(IMMUTABLE)
            .doc("Formats the float according to format_spec."),
    ],
    getset: &[
        GetSet::new("real", |th, v| methods::itself(th, &[v])).doc("the real part of a complex number"),
        GetSet::new("imag", |th, _| Ok(Value::float(th, 0.0))).doc("the imaginary part of a complex number"),
    ],
    doc: "Convert a string or number to a floating-point number, if possible.",
    sig: "(x=0, /)",
};

/// The number of a value that is a float.
#[inline]
pub(crate) fn get(v: Value) -> f64 {
    v.as_float().unwrap_or(f64::NAN)
}

/// A float of a class: exactly a `float`, or an instance of a subclass.
pub fn make(th: &Thread, cls: &Object<Type>, x: f64) -> Value {
    if cls.is(&types::FLOAT) {
        Value::float(th, x)
    } else {
        th.new_instance(cls, numbers::Float { x }).value()
    }
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let init = |t: &Object<Type>| t.slots().init.map(|f| f as usize);
    if init(cls) == init(&types::FLOAT) {
        args.no_kw(th, "float")?;
    }
    let x = match args.pos() {
        [] => Value::small_int(0),
        [x] => *x,
        more => {
            return Err(th.type_error(format!(
                "float expected at most 1 argument, got {}",
                more.len()
            )));
        }
    };
    if cls.is(&types::FLOAT) && is_exactly(x, &types::FLOAT) {
        return Ok(x);
    }
    let n = from_object(th, x)?;
    Ok(make(th, cls, n))
}

/// `float(x)`
pub fn from_object(th: &Thread, x: Value) -> PyResult<f64> {
    if let Some(s) = x.as_wtf8()
        && is_exactly(x, &types::STR)
    {
        return parse(th, x, &taipan_text::ops::to_ascii_digits(s));
    }
    if is_exactly(x, &types::FLOAT) {
        return Ok(get(x));
    }
    if let Some(n) = ops::float_by_method(th, x)? {
        return Ok(n);
    }
    if class_of(x).slots().index.is_some() {
        return crate::int::to_f64(th, ops::index(th, x)?);
    }
    if let Some(s) = x.as_wtf8() {
        return parse(th, x, &taipan_text::ops::to_ascii_digits(s));
    }
    if let Some(b) = x.as_bytes() {
        return parse(th, x, b);
    }
    if let Some(b) = x.downcast::<ByteArray>() {
        return parse(th, x, &b.bytes.with(|b| b.clone()));
    }
    if buffer::is_exporter(x)
        && let Ok(b) = buffer::get_contiguous(th, x)
    {
        let bytes = b.as_slice().to_vec();
        return parse(th, x, &bytes);
    }
    Err(th.type_error(format!(
        "float() argument must be a string or a real number, not '{}'",
        class_of(x).tp_name()
    )))
}

fn parse(th: &Thread, x: Value, text: &[u8]) -> PyResult<f64> {
    match taipan_num::float::parse(text) {
        Some(n) => Ok(n),
        None => Err(parse_error(th, x)?),
    }
}

#[cold]
fn parse_error(th: &Thread, x: Value) -> PyResult<Raised> {
    let repr = ops::repr(th, x)?;
    Ok(th.value_error(format!(
        "could not convert string to float: {}",
        taipan_object::names::text(repr)
    )))
}
