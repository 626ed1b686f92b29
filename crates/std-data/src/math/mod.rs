//! `math`.

mod exact;
mod integers;
mod real;
mod sums;

use taipan_object::native::{Method, ModuleSpec};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Raised, Thread, Value, attr, names, ops};

/// `math`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "math",
    doc: "This module provides access to the mathematical functions\ndefined by the C standard.",
    functions: &[
        Method::new("acos", "(x, /)", |th, a| real::acos(th, a[0])).doc("Return the arc cosine (measured in radians) of x.\n\nThe result is between 0 and pi."),
        Method::new("acosh", "(x, /)", |th, a| real::acosh(th, a[0])).doc("Return the inverse hyperbolic cosine of x."),
        Method::new("asin", "(x, /)", |th, a| real::asin(th, a[0])).doc("Return the arc sine (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2."),
        Method::new("asinh", "(x, /)", |th, a| real::plain(th, a[0], libm::asinh)).doc("Return the inverse hyperbolic sine of x."),
        Method::new("atan", "(x, /)", |th, a| real::plain(th, a[0], f64::atan)).doc("Return the arc tangent (measured in radians) of x.\n\nThe result is between -pi/2 and pi/2."),
        Method::new("atan2", "(y, x, /)", real::atan2).doc("Return the arc tangent (measured in radians) of y/x.\n\nUnlike atan(y/x), the signs of both x and y are considered."),
        Method::new("atanh", "(x, /)", |th, a| real::atanh(th, a[0])).doc("Return the inverse hyperbolic tangent of x."),
        Method::new("cbrt", "(x, /)", |th, a| real::plain(th, a[0], f64::cbrt)).doc("Return the cube root of x."),
        Method::new("ceil", "(x, /)", ceil).doc("Return the ceiling of x as an Integral.\n\nThis is the smallest integer >= x."),
        Method::new("comb", "(n, k, /)", integers::comb).doc("Number of ways to choose k items from n items without repetition and without order.\n\nEvaluates to n! / (k! * (n - k)!) when k <= n and evaluates\nto zero when k > n.\n\nAlso called the binomial coefficient because it is equivalent\nto the coefficient of k-th term in polynomial expansion of the\nexpression (1 + x)**n.\n\nRaises TypeError if either of the arguments are not integers.\nRaises ValueError if either of the arguments are negative."),
        Method::new("copysign", "(x, y, /)", real::copysign).doc("Return a float with the magnitude (absolute value) of x but the sign of y.\n\nOn platforms that support signed zeros, copysign(1.0, -0.0)\nreturns -1.0.\n"),
        Method::new("cos", "(x, /)", |th, a| real::finite(th, a[0], f64::cos)).doc("Return the cosine of x (measured in radians)."),
        Method::new("cosh", "(x, /)", |th, a| real::ranged(th, a[0], f64::cosh)).doc("Return the hyperbolic cosine of x."),
        Method::new("degrees", "(x, /)", |th, a| real::plain(th, a[0], |x| x * (180.0 / std::f64::consts::PI))).doc("Convert angle x from radians to degrees."),
        Method::new("dist", "(p, q, /)", exact::dist).doc("Return the Euclidean distance between two points p and q.\n\nThe points should be specified as sequences (or iterables) of\ncoordinates.  Both inputs must have the same dimension.\n\nRoughly equivalent to:\n    sqrt(sum((px - qx) ** 2.0 for px, qx in zip(p, q)))"),
        Method::new("erf", "(x, /)", |th, a| real::plain(th, a[0], libm::erf)).doc("Error function at x."),
        Method::new("erfc", "(x, /)", |th, a| real::plain(th, a[0], libm::erfc)).doc("Complementary error function at x."),
        Method::new("exp", "(x, /)", |th, a| real::ranged(th, a[0], f64::exp)).doc("Return e raised to the power of x."),
        Method::new("exp2", "(x, /)", |th, a| real::ranged(th, a[0], f64::exp2)).doc("Return 2 raised to the power of x."),
        Method::new("expm1", "(x, /)", |th, a| real::ranged(th, a[0], f64::exp_m1)).doc("Return exp(x)-1.\n\nThis function avoids the loss of precision involved in the direct evaluation of exp(x)-1 for small x."),
        Method::new("fabs", "(x, /)", |th, a| real::plain(th, a[0], f64::abs)).doc("Return the absolute value of the float x."),
        Method::new("factorial", "(n, /)", integers::factorial).doc("Find n!."),
        Method::new("floor", "(x, /)", floor).doc("Return the floor of x as an Integral.\n\nThis is the largest integer <= x."),
        Method::new("fma", "(x, y, z, /)", real::fma).doc("Fused multiply-add operation.\n\nCompute (x * y) + z with a single round."),
        Method::new("fmod", "(x, y, /)", real::fmod).doc("Return fmod(x, y), according to platform C.\n\nx % y may differ."),
        Method::new("frexp", "(x, /)", real::frexp).doc("Return the mantissa and exponent of x, as pair (m, e).\n\nm is a float and e is an int, such that x = m * 2.**e.\nIf x is 0, m and e are both 0.  Else 0.5 <= abs(m) < 1.0."),
        Method::new("fsum", "(seq, /)", sums::fsum).doc("Return an accurate floating-point sum of values in the iterable seq.\n\nAssumes IEEE-754 floating-point arithmetic."),
        Method::new("gamma", "(x, /)", |th, a| real::gamma(th, a[0])).doc("Gamma function at x."),
        Method::new("gcd", "(*integers)", integers::gcd).doc("Greatest Common Divisor."),
        Method::new("hypot", "(*coordinates)", exact::hypot).doc("Multidimensional Euclidean distance from the origin to a point.\n\nRoughly equivalent to:\n    sqrt(sum(x**2 for x in coordinates))\n\nFor a two dimensional point (x, y), gives the hypotenuse\nusing the Pythagorean theorem:  sqrt(x*x + y*y).\n\nFor example, the hypotenuse of a 3/4/5 right triangle is:\n\n    >>> hypot(3.0, 4.0)\n    5.0\n"),
        Method::new("isclose", "(a, b, *, rel_tol=1e-09, abs_tol=0.0)", real::isclose).doc("Determine whether two floating-point numbers are close in value.\n\n  rel_tol\n    maximum difference for being considered \"close\", relative to the\n    magnitude of the input values\n  abs_tol\n    maximum difference for being considered \"close\", regardless of the\n    magnitude of the input values\n\nReturn True if a is close in value to b, and False otherwise.\n\nFor the values to be considered close, the difference between them\nmust be smaller than at least one of the tolerances.\n\n-inf, inf and NaN behave similarly to the IEEE 754 Standard.  That\nis, NaN is not close to anything, even itself.  inf and -inf are\nonly close to themselves."),
        Method::new("isfinite", "(x, /)", |th, a| Ok(Value::bool(ops::to_f64(th, a[0])?.is_finite()))).doc("Return True if x is neither an infinity nor a NaN, and False otherwise."),
        Method::new("isinf", "(x, /)", |th, a| Ok(Value::bool(ops::to_f64(th, a[0])?.is_infinite()))).doc("Return True if x is a positive or negative infinity, and False otherwise."),
        Method::new("isnan", "(x, /)", |th, a| Ok(Value::bool(ops::to_f64(th, a[0])?.is_nan()))).doc("Return True if x is a NaN (not a number), and False otherwise."),
        Method::new("isqrt", "(n, /)", integers::isqrt).doc("Return the integer part of the square root of the input."),
        Method::new("lcm", "(*integers)", integers::lcm).doc("Least Common Multiple."),
        Method::new("ldexp", "(x, i, /)", real::ldexp).doc("Return x * (2**i).\n\nThis is essentially the inverse of frexp()."),
        Method::new("lgamma", "(x, /)", |th, a| real::lgamma(th, a[0])).doc("Natural logarithm of absolute value of Gamma function at x."),
        Method::new("log", "(x, base=<unrepresentable>, /)", real::log).doc("log(x, [base=math.e])\nReturn the logarithm of x to the given base.\n\nIf the base is not specified, returns the natural logarithm (base e) of x."),
        Method::new("log10", "(x, /)", |th, a| real::logarithm(th, a[0], f64::log10, std::f64::consts::LOG10_2)).doc("Return the base 10 logarithm of x."),
        Method::new("log1p", "(x, /)", |th, a| real::log1p(th, a[0])).doc("Return the natural logarithm of 1+x (base e).\n\nThe result is computed in a way which is accurate for x near zero."),
        Method::new("log2", "(x, /)", |th, a| real::logarithm(th, a[0], f64::log2, 1.0)).doc("Return the base 2 logarithm of x."),
        Method::new("modf", "(x, /)", real::modf).doc("Return the fractional and integer parts of x.\n\nBoth results carry the sign of x and are floats."),
        Method::new("nextafter", "(x, y, /, *, steps=None)", real::nextafter).doc("Return the floating-point value the given number of steps after x towards y.\n\nIf steps is not specified or is None, it defaults to 1.\n\nRaises a TypeError, if x or y is not a double, or if steps is not an integer.\nRaises ValueError if steps is negative."),
        Method::new("perm", "(n, k=None, /)", integers::perm).doc("Number of ways to choose k items from n items without repetition and with order.\n\nEvaluates to n! / (n - k)! when k <= n and evaluates\nto zero when k > n.\n\nIf k is not specified or is None, then k defaults to n\nand the function returns n!.\n\nRaises TypeError if either of the arguments are not integers.\nRaises ValueError if either of the arguments are negative."),
        Method::new("pow", "(x, y, /)", real::pow).doc("Return x**y (x to the power of y)."),
        Method::new("prod", "(iterable, /, *, start=1)", sums::prod).doc("Calculate the product of all the elements in the input iterable.\n\nThe default start value for the product is 1.\n\nWhen the iterable is empty, return the start value.  This function is\nintended specifically for use with numeric values and may reject\nnon-numeric types."),
        Method::new("radians", "(x, /)", |th, a| real::plain(th, a[0], |x| x * (std::f64::consts::PI / 180.0))).doc("Convert angle x from degrees to radians."),
        Method::new("remainder", "(x, y, /)", real::remainder).doc("Difference between x and the closest integer multiple of y.\n\nReturn x - n*y where n*y is the closest integer multiple of y.\nIn the case where x is exactly halfway between two multiples of\ny, the nearest even value of n is used. The result is always exact."),
        Method::new("sin", "(x, /)", |th, a| real::finite(th, a[0], f64::sin)).doc("Return the sine of x (measured in radians)."),
        Method::new("sinh", "(x, /)", |th, a| real::ranged(th, a[0], f64::sinh)).doc("Return the hyperbolic sine of x."),
        Method::new("sqrt", "(x, /)", |th, a| real::sqrt(th, a[0])).doc("Return the square root of x."),
        Method::new("sumprod", "(p, q, /)", sums::sumprod).doc("Return the sum of products of values from two iterables p and q.\n\nRoughly equivalent to:\n\n    sum(itertools.starmap(operator.mul, zip(p, q, strict=True)))\n\nFor float and mixed int/float inputs, the intermediate products\nand sums are computed with extended precision."),
        Method::new("tan", "(x, /)", |th, a| real::finite(th, a[0], f64::tan)).doc("Return the tangent of x (measured in radians)."),
        Method::new("tanh", "(x, /)", |th, a| real::plain(th, a[0], f64::tanh)).doc("Return the hyperbolic tangent of x."),
        Method::new("trunc", "(x, /)", trunc).doc("Truncates the Real x to the nearest Integral toward 0.\n\nUses the __trunc__ magic method."),
        Method::new("ulp", "(x, /)", real::ulp).doc("Return the value of the least significant bit of the float x."),
    ],
    types: &[],
    init: |th, module| {
        let constants = [
            ("e", std::f64::consts::E),
            ("pi", std::f64::consts::PI),
            ("tau", std::f64::consts::TAU),
            ("inf", f64::INFINITY),
            ("nan", f64::NAN),
        ];
        for (name, x) in constants {
            let name = taipan_object::strings::intern(th, name);
            attr::set(th, module, name, Value::float(th, x))?;
        }
        Ok(())
    },
};

#[cold]
pub(crate) fn domain_error(th: &Thread) -> Raised {
    th.value_error("math domain error")
}

#[cold]
pub(crate) fn range_error(th: &Thread) -> Raised {
    th.overflow_error("math range error")
}

fn whole(th: &Thread, x: f64) -> PyResult {
    if x.abs() < 1e18 {
        return Ok(Value::int(th, x as i64));
    }
    match taipan_num::float::to_int(x) {
        Ok(n) => Ok(Value::big(th, n)),
        Err(e) => Err(taipan_numbers::float_error(th, e)),
    }
}

fn ceil(th: &Thread, a: &[Value]) -> PyResult {
    if taipan_object::types::is_exactly(a[0], &taipan_object::types::FLOAT) {
        return whole(th, a[0].as_float().unwrap_or(0.0).ceil());
    }
    if let Some(r) = attr::call_special(th, a[0], names::CEIL.get(), &[])? {
        return Ok(r);
    }
    whole(th, ops::to_f64(th, a[0])?.ceil())
}

fn floor(th: &Thread, a: &[Value]) -> PyResult {
    if taipan_object::types::is_exactly(a[0], &taipan_object::types::FLOAT) {
        return whole(th, a[0].as_float().unwrap_or(0.0).floor());
    }
    if let Some(r) = attr::call_special(th, a[0], names::FLOOR.get(), &[])? {
        return Ok(r);
    }
    whole(th, ops::to_f64(th, a[0])?.floor())
}

fn trunc(th: &Thread, a: &[Value]) -> PyResult {
    if taipan_object::types::is_exactly(a[0], &taipan_object::types::FLOAT) {
        return whole(th, a[0].as_float().unwrap_or(0.0).trunc());
    }
    match attr::call_special(th, a[0], names::TRUNC.get(), &[])? {
        Some(r) => Ok(r),
        None => Err(th.type_error(format!(
            "type {} doesn't define __trunc__ method",
            class_of(a[0]).tp_name()
        ))),
    }
}
