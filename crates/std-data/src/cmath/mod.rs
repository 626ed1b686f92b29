//! `cmath`.

mod functions;

use taipan_numbers::complex::new::to_complex;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Raised, Thread, Value, attr, ops};

use functions::{Complex, Failure};

/// `cmath`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "cmath",
    doc: "This module provides access to mathematical functions for complex\nnumbers.",
    functions: &[
        Method::new("acos", "(z, /)", |th, a| apply(th, a[0], functions::acos)).doc("Return the arc cosine of z."),
        Method::new("acosh", "(z, /)", |th, a| apply(th, a[0], functions::acosh)).doc("Return the inverse hyperbolic cosine of z."),
        Method::new("asin", "(z, /)", |th, a| apply(th, a[0], functions::asin)).doc("Return the arc sine of z."),
        Method::new("asinh", "(z, /)", |th, a| apply(th, a[0], functions::asinh)).doc("Return the inverse hyperbolic sine of z."),
        Method::new("atan", "(z, /)", |th, a| apply(th, a[0], functions::atan)).doc("Return the arc tangent of z."),
        Method::new("atanh", "(z, /)", |th, a| apply(th, a[0], functions::atanh)).doc("Return the inverse hyperbolic tangent of z."),
        Method::new("cos", "(z, /)", |th, a| apply(th, a[0], functions::cos)).doc("Return the cosine of z."),
        Method::new("cosh", "(z, /)", |th, a| apply(th, a[0], functions::cosh)).doc("Return the hyperbolic cosine of z."),
        Method::new("exp", "(z, /)", |th, a| apply(th, a[0], functions::exp)).doc("Return the exponential value e**z."),
        Method::new("isclose", "(a, b, *, rel_tol=1e-09, abs_tol=0.0)", isclose).doc("Determine whether two complex numbers are close in value.\n\n  rel_tol\n    maximum difference for being considered \"close\", relative to the\n    magnitude of the input values\n  abs_tol\n    maximum difference for being considered \"close\", regardless of the\n    magnitude of the input values\n\nReturn True if a is close in value to b, and False otherwise.\n\nFor the values to be considered close, the difference between them must be\nsmaller than at least one of the tolerances.\n\n-inf, inf and NaN behave similarly to the IEEE 754 Standard. That is, NaN is\nnot close to anything, even itself. inf and -inf are only close to themselves."),
        Method::new("isfinite", "(z, /)", |th, a| {
            let (x, y) = get(th, a[0])?;
            Ok(Value::bool(x.is_finite() && y.is_finite()))
        }).doc("Return True if both the real and imaginary parts of z are finite, else False."),
        Method::new("isinf", "(z, /)", |th, a| {
            let (x, y) = get(th, a[0])?;
            Ok(Value::bool(x.is_infinite() || y.is_infinite()))
        }).doc("Checks if the real or imaginary part of z is infinite."),
        Method::new("isnan", "(z, /)", |th, a| {
            let (x, y) = get(th, a[0])?;
            Ok(Value::bool(x.is_nan() || y.is_nan()))
        }).doc("Checks if the real or imaginary part of z not a number (NaN)."),
        Method::new("log", "(z, base=<unrepresentable>, /)", log).doc("log(z[, base]) -> the logarithm of z to the given base.\n\nIf the base is not specified, returns the natural logarithm (base e) of z."),
        Method::new("log10", "(z, /)", |th, a| apply(th, a[0], functions::log10)).doc("Return the base-10 logarithm of z."),
        Method::new("phase", "(z, /)", |th, a| {
            let (x, y) = get(th, a[0])?;
            Ok(Value::float(th, y.atan2(x)))
        }).doc("Return argument, also known as the phase angle, of a complex."),
        Method::new("polar", "(z, /)", polar).doc("Convert a complex from rectangular coordinates to polar coordinates.\n\nr is the distance from 0 and phi the phase angle."),
        Method::new("rect", "(r, phi, /)", rect).doc("Convert from polar coordinates to rectangular coordinates."),
        Method::new("sin", "(z, /)", |th, a| apply(th, a[0], functions::sin)).doc("Return the sine of z."),
        Method::new("sinh", "(z, /)", |th, a| apply(th, a[0], functions::sinh)).doc("Return the hyperbolic sine of z."),
        Method::new("sqrt", "(z, /)", |th, a| apply(th, a[0], |z| Ok(functions::sqrt(z)))).doc("Return the square root of z."),
        Method::new("tan", "(z, /)", |th, a| apply(th, a[0], functions::tan)).doc("Return the tangent of z."),
        Method::new("tanh", "(z, /)", |th, a| apply(th, a[0], functions::tanh)).doc("Return the hyperbolic tangent of z."),
    ],
    types: &[],
    init: |th, module| {
        let set = |name: &str, v: Value| {
            attr::set(th, module, taipan_object::strings::intern(th, name), v)
        };
        set("e", Value::float(th, std::f64::consts::E))?;
        set("pi", Value::float(th, std::f64::consts::PI))?;
        set("tau", Value::float(th, std::f64::consts::TAU))?;
        set("inf", Value::float(th, f64::INFINITY))?;
        set("nan", Value::float(th, f64::NAN))?;
        set("infj", Value::complex(th, 0.0, f64::INFINITY))?;
        set("nanj", Value::complex(th, 0.0, f64::NAN))
    },
};

#[cold]
fn fail(th: &Thread, e: Failure) -> Raised {
    match e {
        Failure::Domain => crate::math::domain_error(th),
        Failure::Range => crate::math::range_error(th),
    }
}

fn get(th: &Thread, v: Value) -> PyResult<Complex> {
    match to_complex(th, v)? {
        Some(z) => Ok(z),
        None => Err(th.type_error(format!(
            "must be real number, not {}",
            class_of(v).tp_name()
        ))),
    }
}

fn give(th: &Thread, r: Result<Complex, Failure>) -> PyResult {
    match r {
        Ok((x, y)) => Ok(Value::complex(th, x, y)),
        Err(e) => Err(fail(th, e)),
    }
}

fn apply(th: &Thread, v: Value, f: fn(Complex) -> Result<Complex, Failure>) -> PyResult {
    let z = get(th, v)?;
    give(th, f(z))
}

fn log(th: &Thread, a: &[Value]) -> PyResult {
    let z = functions::log(get(th, a[0])?).map_err(|e| fail(th, e))?;
    let Some(base) = a[1].present() else {
        return give(th, Ok(z));
    };
    let b = functions::log(get(th, base)?).map_err(|e| fail(th, e))?;
    let quotient = taipan_num::float::complex_div(z, b);
    give(th, quotient.map_err(|_| Failure::Domain))
}

fn polar(th: &Thread, a: &[Value]) -> PyResult {
    let (x, y) = get(th, a[0])?;
    let r = x.hypot(y);
    if r.is_infinite() && x.is_finite() && y.is_finite() {
        return Err(fail(th, Failure::Range));
    }
    let r = Value::float(th, r);
    let phi = Value::float(th, y.atan2(x));
    Ok(Value::tuple(th, &[r, phi]))
}

fn rect(th: &Thread, a: &[Value]) -> PyResult {
    let (r, phi) = (ops::to_f64(th, a[0])?, ops::to_f64(th, a[1])?);
    give(th, functions::rect(r, phi))
}

fn isclose(th: &Thread, a: &[Value]) -> PyResult {
    let (x, y) = (get(th, a[0])?, get(th, a[1])?);
    let option = |v: Value, default: f64| match v.present() {
        Some(v) => ops::to_f64(th, v),
        None => Ok(default),
    };
    let (rel, abs) = (option(a[2], 1e-9)?, option(a[3], 0.0)?);
    if rel < 0.0 || abs < 0.0 {
        return Err(th.value_error("tolerances must be non-negative"));
    }
    if x == y {
        return Ok(Value::TRUE);
    }
    let infinite = |z: Complex| z.0.is_infinite() || z.1.is_infinite();
    if infinite(x) || infinite(y) {
        return Ok(Value::FALSE);
    }
    let diff = (x.0 - y.0).hypot(x.1 - y.1);
    Ok(Value::bool(
        diff <= rel * y.0.hypot(y.1) || diff <= rel * x.0.hypot(x.1) || diff <= abs,
    ))
}
