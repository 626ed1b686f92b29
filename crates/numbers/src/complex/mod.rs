//! `complex`.

pub(crate) mod arith;
pub mod new;

use taipan_num::format::format_complex;
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::numbers;
use taipan_object::types::{self, Type, class_of, is_exactly};
use taipan_object::{Object, PyResult, Thread, Value, ops};

use crate::format_error;
use crate::int::{spec_arg, text};

const IMMUTABLE: Atomic = Atomic::Immutable;

/// What `complex` is.
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new::new);
        s.repr = Some(repr);
        s.hash = Some(hash);
        s.richcmp = Some(arith::richcmp);
        s.add = Some(arith::add);
        s.sub = Some(arith::sub);
        s.mul = Some(arith::mul);
        s.truediv = Some(arith::truediv);
        s.pow = Some(arith::pow);
        s.neg = Some(|th, v| {
            let (re, im) = get(v);
            Ok(Value::complex(th, -re, -im))
        });
        s.pos = Some(|th, v| itself(th, &[v]));
        s.abs = Some(arith::abs);
        s.bool = Some(|_, v| {
            let (re, im) = get(v);
            Ok(re != 0.0 || im != 0.0)
        });
    },
    methods: &[
        Method::new("from_number", "($type, number, /)", new::from_number)
            .class()
            .doc("Convert number to a complex floating-point number."),
        Method::new("conjugate", "($self, /)", conjugate)
            .atomic(IMMUTABLE)
            .doc("Return the complex conjugate of its argument. (3-4j).conjugate() == 3+4j."),
        Method::new("__complex__", "($self, /)", itself)
            .atomic(IMMUTABLE)
            .doc("Convert this value to exact type complex."),
        Method::new("__getnewargs__", "($self, /)", getnewargs).atomic(IMMUTABLE),
        Method::new("__format__", "($self, format_spec, /)", format)
            .atomic(IMMUTABLE)
            .doc("Convert to a string according to format_spec."),
    ],
    getset: &[
        GetSet::new("real", |th, v| Ok(Value::float(th, get(v).0)))
            .doc("the real part of a complex number"),
        GetSet::new("imag", |th, v| Ok(Value::float(th, get(v).1)))
            .doc("the imaginary part of a complex number"),
    ],
    doc: "Create a complex number from a string or numbers.\n\nIf a string is given, parse it as a complex number.\nIf a single number is given, convert it to a complex number.\nIf the 'real' or 'imag' arguments are given, create a complex number\nwith the specified real and imaginary components.",
    sig: "(real=0, imag=0)",
};

/// The parts of a value that is a complex number.
pub(crate) fn get(v: Value) -> (f64, f64) {
    v.as_complex().unwrap_or((f64::NAN, f64::NAN))
}

/// A complex number of a class: exactly a `complex`, or an instance of a subclass.
pub fn make(th: &Thread, cls: &Object<Type>, re: f64, im: f64) -> Value {
    th.new_instance(cls, numbers::Complex { re, im }).value()
}

fn itself(th: &Thread, a: &[Value]) -> PyResult {
    if is_exactly(a[0], &types::COMPLEX) {
        return Ok(a[0]);
    }
    let (re, im) = get(a[0]);
    Ok(Value::complex(th, re, im))
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let (re, im) = get(v);
    Ok(Value::str(th, &taipan_num::float::repr_complex(re, im)))
}

fn hash(_: &Thread, v: Value) -> PyResult<i64> {
    let (re, im) = get(v);
    let part = |x: f64| taipan_num::hash::hash_f64(x).unwrap_or_else(|| ops::hash_pointer(v));
    Ok(taipan_num::hash::hash_complex(part(re), part(im)))
}

fn conjugate(th: &Thread, a: &[Value]) -> PyResult {
    let (re, im) = get(a[0]);
    Ok(Value::complex(th, re, -im))
}

fn getnewargs(th: &Thread, a: &[Value]) -> PyResult {
    let (re, im) = get(a[0]);
    let re = Value::float(th, re);
    let im = Value::float(th, im);
    Ok(Value::tuple(th, &[re, im]))
}

fn format(th: &Thread, a: &[Value]) -> PyResult {
    let spec = spec_arg(th, a[1])?;
    if spec.is_empty() && !is_exactly(a[0], &types::COMPLEX) {
        return ops::str(th, a[0]);
    }
    let (re, im) = get(a[0]);
    let name = class_of(a[0]).name_text();
    match format_complex(re, im, spec, &name, &crate::locale::for_spec(spec)) {
        Ok(s) => text(th, s),
        Err(e) => Err(format_error(th, e)),
    }
}
