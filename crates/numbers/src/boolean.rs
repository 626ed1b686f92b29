//! `bool`.

use taipan_object::call::Args;
use taipan_object::exception::DEPRECATION_WARNING;
use taipan_object::native::TypeSpec;
use taipan_object::types::Type;
use taipan_object::{Object, PyResult, Thread, Value, ops};

use crate::int::arith;

/// What `bool` is.
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(|th, v| {
            Ok(taipan_object::strings::intern(
                th,
                if v.is(Value::TRUE) { "True" } else { "False" },
            ))
        });
        s.invert = Some(invert);
        s.and = Some(|th, a, b| logic(th, a, b, |x, y| x & y, arith::and));
        s.or = Some(|th, a, b| logic(th, a, b, |x, y| x | y, arith::or));
        s.xor = Some(|th, a, b| logic(th, a, b, |x, y| x ^ y, arith::xor));
    },
    methods: &[],
    getset: &[],
    doc: "Returns True when the argument is true, False otherwise.\nThe builtins True and False are the only two instances of the class bool.\nThe class bool is a subclass of the class int, and cannot be subclassed.",
    sig: "(object=False, /)",
};

fn new(th: &Thread, _: &Object<Type>, args: Args) -> PyResult {
    args.no_kw(th, "bool")?;
    match args.values {
        [] => Ok(Value::FALSE),
        [v] => Ok(Value::bool(ops::truth(th, *v)?)),
        more => Err(th.type_error(format!(
            "bool expected at most 1 argument, got {}",
            more.len()
        ))),
    }
}

fn invert(th: &Thread, v: Value) -> PyResult {
    th.warn(
        &DEPRECATION_WARNING,
        "Bitwise inversion '~' on bool is deprecated and will be removed in Python 3.16. This returns the bitwise inversion of the underlying int object and is usually not what you expect from negating a bool. Use the 'not' operator for boolean negation or ~int(x) if you really want the bitwise inversion of the underlying int.",
    )?;
    arith::invert(th, v)
}

fn logic(
    th: &Thread,
    a: Value,
    b: Value,
    on_bools: fn(bool, bool) -> bool,
    on_ints: taipan_object::slots::BinaryFn,
) -> PyResult {
    if a.is_bool() && b.is_bool() {
        return Ok(Value::bool(on_bools(a.is(Value::TRUE), b.is(Value::TRUE))));
    }
    on_ints(th, a, b)
}
