//! `complex(...)`, `complex.from_number(x)`, and what takes any number for a complex one.

use taipan_object::call::{Args, call_method_row};
use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::native::Method;
use taipan_object::types::{self, Type, class_of, is_exactly};
use taipan_object::{Object, PyResult, Thread, Value, attr, names, ops};

use crate::float_error;
use crate::int::of_class;

static ROW: Method = Method::new("complex", "(real=0, imag=0)", |th, a| {
    // The arguments come back bound.
    Ok(Value::tuple(
        th,
        &[
            a[0].or(Value::NOT_IMPLEMENTED),
            a[1].or(Value::NOT_IMPLEMENTED),
        ],
    ))
});

/// The parts of a number: by `__complex__`, `__float__` or `__index__`; nothing for anything else.
pub fn to_complex(th: &Thread, v: Value) -> PyResult<Option<(f64, f64)>> {
    if is_exactly(v, &types::COMPLEX) {
        return Ok(v.as_complex());
    }
    if let Some(r) = by_method(th, v)? {
        return Ok(Some(r));
    }
    if let Some(z) = v.as_complex() {
        return Ok(Some(z));
    }
    let s = class_of(v).slots();
    if s.float.is_some() || s.index.is_some() {
        return Ok(Some((ops::to_f64(th, v)?, 0.0)));
    }
    Ok(None)
}

fn by_method(th: &Thread, v: Value) -> PyResult<Option<(f64, f64)>> {
    let Some(r) = attr::call_special(th, v, names::COMPLEX.get(), &[])? else {
        return Ok(None);
    };
    let said = || {
        format!(
            "__complex__ returned non-complex (type {})",
            class_of(r).name_text()
        )
    };
    let Some(z) = r.as_complex() else {
        return Err(th.type_error(said()));
    };
    if !is_exactly(r, &types::COMPLEX) {
        th.warn(
            &DEPRECATION_WARNING,
            format!(
                "{}.  The ability to return an instance of a strict subclass of complex is deprecated, and may be removed in a future version of Python.",
                said()
            ),
        )?;
    }
    Ok(Some(z))
}

pub(super) fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let bound = call_method_row(th, &ROW, args)?;
    let items = bound.as_tuple().unwrap_or(&[]);
    let given = |v: Value| {
        if v.is(Value::NOT_IMPLEMENTED) {
            None
        } else {
            Some(v)
        }
    };
    match (given(items[0]), given(items[1])) {
        (None, None) => Ok(super::make(th, cls, 0.0, 0.0)),
        (Some(x), None) if args.kwnames.is_empty() => one(th, cls, x),
        (x, y) => two(th, cls, x, y),
    }
}

fn one(th: &Thread, cls: &Object<Type>, x: Value) -> PyResult {
    if cls.is(&types::COMPLEX) && is_exactly(x, &types::COMPLEX) {
        return Ok(x);
    }
    let z = if let Some(s) = x.as_wtf8() {
        taipan_num::float::parse_complex(&taipan_text::ops::to_ascii_digits(s))
            .map_err(|e| float_error(th, e))?
    } else {
        match to_complex(th, x)? {
            Some(z) => z,
            None => {
                return Err(th.type_error(format!(
                    "complex() argument must be a string or a number, not {}",
                    ops::full_type_name(x)
                )));
            }
        }
    };
    Ok(super::make(th, cls, z.0, z.1))
}

fn wants_real(th: &Thread, name: &str, v: Value) -> taipan_object::Raised {
    th.type_error(format!(
        "complex() argument '{name}' must be a real number, not {}",
        ops::full_type_name(v)
    ))
}

fn two(th: &Thread, cls: &Object<Type>, x: Option<Value>, y: Option<Value>) -> PyResult {
    let (mut re, mut im) = (0.0, 0.0);
    if let Some(x) = x {
        let had_method = is_exactly(x, &types::COMPLEX)
            || x.as_complex().is_some()
            || attr::special(th, x, names::COMPLEX.get())?.is_some();
        if x.as_wtf8().is_some() {
            return Err(wants_real(th, "real", x));
        }
        let Some(z) = to_complex(th, x)? else {
            return Err(wants_real(th, "real", x));
        };
        if had_method {
            th.warn(
                &DEPRECATION_WARNING,
                format!(
                    "complex() argument 'real' must be a real number, not {}",
                    ops::full_type_name(x)
                ),
            )?;
        }
        (re, im) = z;
    }
    if let Some(y) = y {
        if let Some((a, b)) = y.as_complex() {
            th.warn(
                &DEPRECATION_WARNING,
                format!(
                    "complex() argument 'imag' must be a real number, not {}",
                    ops::full_type_name(y)
                ),
            )?;
            re -= b;
            im += a;
        } else {
            let s = class_of(y).slots();
            if y.as_wtf8().is_some() || (s.float.is_none() && s.index.is_none()) {
                return Err(wants_real(th, "imag", y));
            }
            let n = ops::to_f64(th, y)?;
            // A sum would turn a negative zero to a positive one.
            im = if im == 0.0 { n } else { im + n };
        }
    }
    Ok(super::make(th, cls, re, im))
}

pub(super) fn from_number(th: &Thread, a: &[Value]) -> PyResult {
    if is_exactly(a[1], &types::COMPLEX) && a[0].is(types::COMPLEX.value()) {
        return Ok(a[1]);
    }
    match to_complex(th, a[1])? {
        Some((re, im)) => of_class(th, a[0], Value::complex(th, re, im)),
        None => Err(th.type_error(format!(
            "must be real number, not {}",
            class_of(a[1]).tp_name()
        ))),
    }
}
