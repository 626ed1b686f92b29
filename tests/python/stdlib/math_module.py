import cmath
import math

assert math.sqrt(16) == 4.0 and math.pi == 3.141592653589793 and math.floor(-2.5) == -3 and math.ceil(2.1) == 3 and math.trunc(-2.9) == -2 and math.factorial(20) == 2432902008176640000
assert math.gcd(12, 18, 27) == 3 and math.lcm(4, 6) == 12 and math.comb(10, 3) == 120 and math.perm(5, 2) == 20 and math.isqrt(10**40) == 10**20 and math.prod([1, 2, 3]) == 6
assert math.isclose(0.1 + 0.2, 0.3) and math.isnan(math.nan) and math.isinf(-math.inf) and math.copysign(1, -0.0) == -1.0 and math.fmod(-7, 3) == -1.0 and math.modf(2.5) == (0.5, 2.0)
assert math.frexp(8.0) == (0.5, 4) and math.ldexp(0.5, 4) == 8.0 and math.hypot(3, 4) == 5.0 and math.dist([0, 0], [3, 4]) == 5.0 and math.fsum([0.1] * 10) == 1.0 and math.log2(8) == 3.0
assert math.log(math.e) == 1.0 and math.log10(1000) == 3.0 and math.log(8, 2) == 3.0 and math.exp(0) == 1.0 and math.sin(0) == 0.0 and math.atan2(1, 1) == math.pi / 4 and math.degrees(math.pi) == 180.0
assert math.log(10**400) > 900 and abs(math.cbrt(27) - 3) < 1e-15 and math.sumprod([1, 2], [3, 4]) == 11 and math.nextafter(1, 2) > 1 and math.ulp(1.0) == 2**-52 and math.fma(2, 3, 4) == 10.0 and math.exp2(3) == 8.0
for f, kind in ((lambda: math.sqrt(-1), ValueError), (lambda: math.log(0), ValueError), (lambda: math.factorial(-1), ValueError), (lambda: math.exp(1000), OverflowError), (lambda: math.sqrt("a"), TypeError)):
    try:
        f()
    except kind:
        pass
    else:
        raise AssertionError
assert cmath.sqrt(-1) == 1j and abs(cmath.exp(1j * math.pi) + 1) < 1e-15 and cmath.phase(1j) == math.pi / 2 and cmath.polar(1j) == (1.0, math.pi / 2)
