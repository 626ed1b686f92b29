//! `_statistics`: the inverse of the normal distribution.

use taipan_object::native::{Atomic, Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value, ops};

/// `_statistics`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_statistics",
    doc: "Accelerators for the statistics module.\n",
    functions: &[
        Method::new("_normal_dist_inv_cdf", "(p, mu, sigma, /)", inverse).atomic(Atomic::Immutable),
    ],
    types: &[],
    init: |_, _| Ok(()),
};

fn inverse(th: &Thread, a: &[Value]) -> PyResult {
    let (p, mu, sigma) = (
        ops::to_f64(th, a[0])?,
        ops::to_f64(th, a[1])?,
        ops::to_f64(th, a[2])?,
    );
    if p <= 0.0 || p >= 1.0 {
        return Err(th.value_error("inv_cdf undefined for these parameters"));
    }
    let x = quantile(p);
    Ok(Value::float(th, mu + x * sigma))
}

// The coefficients of M. J. Wichura, "Algorithm AS241: The Percentage Points of the Normal Distribution", Applied
// Statistics 37 (1988), pp. 477-484: numerators and denominators of three rational functions, highest power first.
const CENTRE: [f64; 8] = [
    2509.0809287301227,
    33430.57558358813,
    67265.7709270087,
    45921.95393154987,
    13731.69376550946,
    1971.5909503065513,
    133.14166789178438,
    3.3871328727963665,
];
const CENTRE_UNDER: [f64; 8] = [
    5226.495278852854,
    28729.085735721943,
    39307.89580009271,
    21213.794301586597,
    5394.196021424751,
    687.1870074920579,
    42.31333070160091,
    1.0,
];
const MIDDLE: [f64; 8] = [
    0.0007745450142783414,
    0.022723844989269184,
    0.2417807251774506,
    1.2704582524523684,
    3.6478483247632045,
    5.769497221460691,
    4.630337846156546,
    1.4234371107496835,
];
const MIDDLE_UNDER: [f64; 8] = [
    1.0507500716444169e-09,
    0.0005475938084995345,
    0.015198666563616457,
    0.14810397642748008,
    0.6897673349851,
    1.6763848301838038,
    2.053191626637759,
    1.0,
];
const TAIL: [f64; 8] = [
    2.0103343992922881e-07,
    2.7115555687434876e-05,
    0.0012426609473880784,
    0.026532189526576124,
    0.29656057182850487,
    1.7848265399172913,
    5.463784911164114,
    6.657904643501103,
];
const TAIL_UNDER: [f64; 8] = [
    2.0442631033899397e-15,
    1.421511758316446e-07,
    1.8463183175100548e-05,
    0.0007868691311456133,
    0.014875361290850615,
    0.1369298809227358,
    0.599832206555888,
    1.0,
];

fn polynomial(coefficients: &[f64; 8], x: f64) -> f64 {
    coefficients.iter().fold(0.0, |sum, c| sum * x + c)
}

/// The standard normal distribution's quantile, for `p` between zero and one.
fn quantile(p: f64) -> f64 {
    let q = p - 0.5;
    if q.abs() <= 0.425 {
        let r = 0.180625 - q * q;
        return polynomial(&CENTRE, r) * q / polynomial(&CENTRE_UNDER, r);
    }
    let r = if q <= 0.0 { p } else { 1.0 - p };
    let r = (-r.ln()).sqrt();
    let x = if r <= 5.0 {
        let r = r - 1.6;
        polynomial(&MIDDLE, r) / polynomial(&MIDDLE_UNDER, r)
    } else {
        let r = r - 5.0;
        polynomial(&TAIL, r) / polynomial(&TAIL_UNDER, r)
    };
    if q < 0.0 { -x } else { x }
}
