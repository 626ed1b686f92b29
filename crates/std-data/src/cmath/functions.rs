//! The functions, on pairs of floats. Numbers that are not finite follow annex G of the C standard; large and small
//! ones are scaled, so that no step overflows or loses its digits where the result does not.

use std::f64::consts::{FRAC_PI_2, LN_2};

/// Real and imaginary part.
pub(super) type Complex = (f64, f64);

/// Why there is no result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Failure {
    /// Outside the domain.
    Domain,
    /// Too large.
    Range,
}

type Outcome = Result<Complex, Failure>;

const INF: f64 = f64::INFINITY;
const NAN: f64 = f64::NAN;
/// A quarter of the largest float.
const LARGE: f64 = f64::MAX / 4.0;
/// Its root.
const ROOT_LARGE: f64 = 6.703903964971298e153;
/// Its logarithm.
const LOG_LARGE: f64 = 708.3964185322641;
/// The root of the smallest normal float.
const ROOT_SMALL: f64 = 1.4916681462400413e-154;

fn is_finite((x, y): Complex) -> bool {
    x.is_finite() && y.is_finite()
}

fn has_nan((x, y): Complex) -> bool {
    x.is_nan() || y.is_nan()
}

fn ranged(z: Complex) -> Outcome {
    if z.0.is_infinite() || z.1.is_infinite() {
        Err(Failure::Range)
    } else {
        Ok(z)
    }
}

pub(super) fn sqrt((x, y): Complex) -> Complex {
    if y.is_infinite() {
        return (INF, y);
    }
    if x.is_nan() {
        return (NAN, NAN);
    }
    if x.is_infinite() {
        return match (x > 0.0, y.is_nan()) {
            (true, true) => (INF, NAN),
            (true, false) => (INF, 0f64.copysign(y)),
            (false, true) => (NAN, INF),
            (false, false) => (0.0, INF.copysign(y)),
        };
    }
    if y.is_nan() {
        return (NAN, NAN);
    }
    if x == 0.0 && y == 0.0 {
        return (0.0, y);
    }
    let (mut ax, ay) = (x.abs(), y.abs());
    let s = if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE && (ax > 0.0 || ay > 0.0) {
        // Both are subnormal.
        ax = libm::ldexp(ax, 54);
        libm::ldexp((ax + ax.hypot(libm::ldexp(ay, 54))).sqrt(), -27) / 2f64.sqrt()
    } else {
        ax /= 8.0;
        2.0 * (ax + ax.hypot(ay / 8.0)).sqrt()
    };
    let d = ay / (2.0 * s);
    if x >= 0.0 {
        (s, d.copysign(y))
    } else {
        (d, s.copysign(y))
    }
}

pub(super) fn exp((x, y): Complex) -> Outcome {
    if !is_finite((x, y)) {
        if y.is_infinite() && !x.is_nan() && x != -INF {
            return Err(Failure::Domain);
        }
        return Ok(if x.is_infinite() && y.is_finite() {
            if y == 0.0 {
                (x.exp(), y)
            } else {
                let r = x.exp();
                (r.copysign(y.cos()), r.copysign(y.sin()))
            }
        } else if x == -INF {
            (0.0, 0.0)
        } else if x == INF {
            (INF, NAN)
        } else if y == 0.0 {
            (NAN, y)
        } else {
            (NAN, NAN)
        });
    }
    ranged(if x > LOG_LARGE {
        let l = (x - 1.0).exp();
        (
            l * y.cos() * std::f64::consts::E,
            l * y.sin() * std::f64::consts::E,
        )
    } else {
        let l = x.exp();
        (l * y.cos(), l * y.sin())
    })
}

pub(super) fn log((x, y): Complex) -> Outcome {
    let angle = y.atan2(x);
    if !is_finite((x, y)) {
        let r = if x.is_infinite() || y.is_infinite() {
            INF
        } else {
            NAN
        };
        return Ok((r, angle));
    }
    let (ax, ay) = (x.abs(), y.abs());
    let r = if ax > LARGE || ay > LARGE {
        (ax / 2.0).hypot(ay / 2.0).ln() + LN_2
    } else if ax < f64::MIN_POSITIVE && ay < f64::MIN_POSITIVE {
        if ax == 0.0 && ay == 0.0 {
            return Err(Failure::Domain);
        }
        libm::ldexp(ax, 53).hypot(libm::ldexp(ay, 53)).ln() - 53.0 * LN_2
    } else {
        let h = ax.hypot(ay);
        if (0.71..=1.73).contains(&h) {
            let (a, b) = if ax > ay { (ax, ay) } else { (ay, ax) };
            ((a - 1.0) * (a + 1.0) + b * b).ln_1p() / 2.0
        } else {
            h.ln()
        }
    };
    Ok((r, angle))
}

pub(super) fn log10(z: Complex) -> Outcome {
    let (x, y) = log(z)?;
    Ok((x / std::f64::consts::LN_10, y / std::f64::consts::LN_10))
}

/// The logarithm of twice the distance from 0 of a number so large that 1 does not count.
fn log_twice(x: f64, y: f64) -> f64 {
    (x / 2.0).hypot(y / 2.0).ln() + LN_2 * 2.0
}

pub(super) fn acos((x, y): Complex) -> Outcome {
    if !is_finite((x, y)) {
        return Ok(if !has_nan((x, y)) {
            (y.abs().atan2(x), -INF.copysign(y))
        } else if x.is_infinite() {
            (NAN, INF)
        } else if y.is_infinite() {
            (NAN, -y)
        } else if x == 0.0 {
            (FRAC_PI_2, NAN)
        } else {
            (NAN, NAN)
        });
    }
    if x.abs() > LARGE || y.abs() > LARGE {
        let im = log_twice(x, y);
        return Ok((y.abs().atan2(x), im.copysign(-y)));
    }
    let a = sqrt((1.0 - x, -y));
    let b = sqrt((1.0 + x, y));
    Ok((2.0 * a.0.atan2(b.0), libm::asinh(b.0 * a.1 - b.1 * a.0)))
}

pub(super) fn acosh((x, y): Complex) -> Outcome {
    if !is_finite((x, y)) {
        return Ok(if !has_nan((x, y)) {
            (INF, y.atan2(x))
        } else if x.is_infinite() || y.is_infinite() {
            (INF, NAN)
        } else if x == 0.0 {
            (NAN, FRAC_PI_2)
        } else {
            (NAN, NAN)
        });
    }
    if x.abs() > LARGE || y.abs() > LARGE {
        return Ok((log_twice(x, y), y.atan2(x)));
    }
    let a = sqrt((x - 1.0, y));
    let b = sqrt((x + 1.0, y));
    Ok((libm::asinh(a.0 * b.0 + a.1 * b.1), 2.0 * a.1.atan2(b.0)))
}

pub(super) fn asinh((x, y): Complex) -> Outcome {
    if !is_finite((x, y)) {
        return Ok(if !has_nan((x, y)) {
            (INF.copysign(x), y.atan2(x.abs()))
        } else if x.is_infinite() {
            (x, NAN)
        } else if y.is_infinite() {
            (INF, NAN)
        } else if y == 0.0 {
            (NAN, y)
        } else {
            (NAN, NAN)
        });
    }
    if x.abs() > LARGE || y.abs() > LARGE {
        return Ok((log_twice(x, y).copysign(x), y.atan2(x.abs())));
    }
    let a = sqrt((1.0 + y, -x));
    let b = sqrt((1.0 - y, x));
    Ok((
        libm::asinh(a.0 * b.1 - b.0 * a.1),
        y.atan2(a.0 * b.0 - a.1 * b.1),
    ))
}

/// `-i * f(i * z)`
fn turned((x, y): Complex, f: fn(Complex) -> Outcome) -> Outcome {
    let (a, b) = f((-y, x))?;
    Ok((b, -a))
}

pub(super) fn asin(z: Complex) -> Outcome {
    turned(z, asinh)
}

pub(super) fn atan(z: Complex) -> Outcome {
    turned(z, atanh)
}

pub(super) fn atanh((x, y): Complex) -> Outcome {
    if !is_finite((x, y)) {
        return Ok(if !has_nan((x, y)) {
            (0f64.copysign(x), FRAC_PI_2.copysign(y))
        } else if x.is_infinite() {
            (0f64.copysign(x), NAN)
        } else if y.is_infinite() {
            (0.0, FRAC_PI_2.copysign(y))
        } else if x == 0.0 {
            (x, NAN)
        } else {
            (NAN, NAN)
        });
    }
    if x.is_sign_negative() {
        let (a, b) = atanh((-x, -y))?;
        return Ok((-a, -b));
    }
    let ay = y.abs();
    if x > ROOT_LARGE || ay > ROOT_LARGE {
        let h = (x / 2.0).hypot(y / 2.0);
        return Ok((x / 4.0 / h / h, FRAC_PI_2.copysign(y)));
    }
    if x == 1.0 && ay < ROOT_SMALL {
        if ay == 0.0 {
            return Err(Failure::Domain);
        }
        let re = -(ay.sqrt() / ay.hypot(2.0).sqrt()).ln();
        return Ok((re, (2f64.atan2(-ay) / 2.0).copysign(y)));
    }
    let re = (4.0 * x / ((1.0 - x) * (1.0 - x) + ay * ay)).ln_1p() / 4.0;
    let im = -(-2.0 * y).atan2((1.0 - x) * (1.0 + x) - ay * ay) / 2.0;
    Ok((re, im))
}

pub(super) fn cosh((x, y): Complex) -> Outcome {
    if !is_finite((x, y)) {
        if y.is_infinite() && !x.is_nan() {
            return Err(Failure::Domain);
        }
        return Ok(if x.is_infinite() && y.is_finite() {
            if y == 0.0 {
                (INF, if x > 0.0 { y } else { -y })
            } else {
                let sin = y.sin();
                (
                    INF.copysign(y.cos()),
                    INF.copysign(if x > 0.0 { sin } else { -sin }),
                )
            }
        } else if x.is_infinite() {
            (INF, NAN)
        } else if x == 0.0 || y == 0.0 {
            (NAN, 0.0)
        } else {
            (NAN, NAN)
        });
    }
    ranged(if x.abs() > LOG_LARGE {
        let less = x - 1f64.copysign(x);
        let e = std::f64::consts::E;
        (y.cos() * less.cosh() * e, y.sin() * less.sinh() * e)
    } else {
        (y.cos() * x.cosh(), y.sin() * x.sinh())
    })
}

pub(super) fn sinh((x, y): Complex) -> Outcome {
    if !is_finite((x, y)) {
        if y.is_infinite() && !x.is_nan() {
            return Err(Failure::Domain);
        }
        return Ok(if x.is_infinite() && y.is_finite() {
            if y == 0.0 {
                (x, y)
            } else {
                let re = INF.copysign(y.cos());
                (if x > 0.0 { re } else { -re }, INF.copysign(y.sin()))
            }
        } else if x.is_infinite() {
            (INF, NAN)
        } else if y == 0.0 {
            (NAN, y)
        } else if x == 0.0 {
            (0.0, NAN)
        } else {
            (NAN, NAN)
        });
    }
    ranged(if x.abs() > LOG_LARGE {
        let less = x - 1f64.copysign(x);
        let e = std::f64::consts::E;
        (y.cos() * less.sinh() * e, y.sin() * less.cosh() * e)
    } else {
        (y.cos() * x.sinh(), y.sin() * x.cosh())
    })
}

pub(super) fn tanh((x, y): Complex) -> Outcome {
    if !is_finite((x, y)) {
        if y.is_infinite() && x.is_finite() {
            return Err(Failure::Domain);
        }
        return Ok(if x.is_infinite() {
            let im = if y.is_finite() {
                2.0 * y.sin() * y.cos()
            } else {
                0.0
            };
            (1f64.copysign(x), 0f64.copysign(im))
        } else if y == 0.0 {
            (NAN, y)
        } else if x == 0.0 {
            (x, NAN)
        } else {
            (NAN, NAN)
        });
    }
    if x.abs() > LOG_LARGE {
        let im = 4.0 * y.sin() * y.cos() * (-2.0 * x.abs()).exp();
        return Ok((1f64.copysign(x), im));
    }
    let (tx, ty) = (x.tanh(), y.tan());
    let cx = 1.0 / x.cosh();
    let product = tx * ty;
    let d = 1.0 + product * product;
    Ok((tx * (1.0 + ty * ty) / d, ty / d * cx * cx))
}

pub(super) fn cos((x, y): Complex) -> Outcome {
    cosh((-y, x))
}

pub(super) fn sin(z: Complex) -> Outcome {
    turned(z, sinh)
}

pub(super) fn tan(z: Complex) -> Outcome {
    turned(z, tanh)
}

pub(super) fn rect(r: f64, phi: f64) -> Outcome {
    if !r.is_finite() || !phi.is_finite() {
        if phi.is_infinite() && r != 0.0 && !r.is_nan() {
            return Err(Failure::Domain);
        }
        return Ok(if r.is_infinite() && phi.is_finite() && phi != 0.0 {
            let (x, y) = (INF.copysign(phi.cos()), INF.copysign(phi.sin()));
            if r > 0.0 { (x, y) } else { (-x, -y) }
        } else if r.is_infinite() && phi == 0.0 {
            (r, if r > 0.0 { phi } else { -phi })
        } else if r.is_infinite() {
            (INF, NAN)
        } else if r == 0.0 {
            (0.0, 0.0)
        } else if phi == 0.0 {
            (NAN, 0.0)
        } else {
            (NAN, NAN)
        });
    }
    // A zero angle keeps its sign.
    if phi == 0.0 {
        return Ok((r, r * phi));
    }
    Ok((r * phi.cos(), r * phi.sin()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::PI;

    fn close(a: Complex, b: Complex) {
        let near = |x: f64, y: f64| {
            x == y || (x - y).abs() <= 1e-14 * y.abs().max(1e-300) || (x.is_nan() && y.is_nan())
        };
        assert!(near(a.0, b.0) && near(a.1, b.1), "{a:?} is not {b:?}");
    }

    #[test]
    fn inverse_functions_undo() {
        let z = (0.7, -1.3);
        close(cos(acos(z).unwrap()).unwrap(), z);
        close(sin(asin(z).unwrap()).unwrap(), z);
        close(tan(atan(z).unwrap()).unwrap(), z);
        close(cosh(acosh(z).unwrap()).unwrap(), z);
        close(sinh(asinh(z).unwrap()).unwrap(), z);
        close(tanh(atanh(z).unwrap()).unwrap(), z);
        close(exp(log(z).unwrap()).unwrap(), z);
        let s = sqrt(z);
        close((s.0 * s.0 - s.1 * s.1, 2.0 * s.0 * s.1), z);
    }

    #[test]
    fn edges() {
        close(sqrt((-4.0, -0.0)), (0.0, -2.0));
        assert_eq!(log((0.0, 0.0)), Err(Failure::Domain));
        assert_eq!(exp((1000.0, 1.0)), Err(Failure::Range));
        assert_eq!(atanh((1.0, 0.0)), Err(Failure::Domain));
        assert_eq!(sin((INF, 0.0)), Err(Failure::Domain));
        close(acos((INF, 0.0)).unwrap(), (0.0, -INF));
        close(log((1e308, 1e308)).unwrap(), (709.542782232446, PI / 4.0));
    }
}
