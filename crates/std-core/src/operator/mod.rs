//! `_operator`: the operators as functions, and callables that pick items, attributes and methods.

mod getters;

use taipan_object::call::{self, Args};
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::slots::{BinOp, CmpOp};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, buffer, ops};

/// `_operator`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_operator",
    doc: "Operator interface.\n\nThis module exports a set of functions implemented in C corresponding\nto the intrinsic operators of Python.  For example, operator.add(x, y)\nis equivalent to the expression x+y.",
    functions: FUNCTIONS,
    types: &[
        (&getters::ITEM_GETTER, &getters::ITEM_GETTER_SPEC),
        (&getters::ATTR_GETTER, &getters::ATTR_GETTER_SPEC),
        (&getters::METHOD_CALLER, &getters::METHOD_CALLER_SPEC),
    ],
    init: |_, _| Ok(()),
};

macro_rules! binary {
    ($name:literal, $op:ident, $doc:literal) => {
        Method::new($name, "(a, b, /)", |th, a| {
            ops::binary(th, BinOp::$op, a[0], a[1])
        })
        .doc($doc)
    };
}

macro_rules! inplace {
    ($name:literal, $op:ident, $doc:literal) => {
        Method::new($name, "(a, b, /)", |th, a| {
            ops::inplace(th, BinOp::$op, a[0], a[1])
        })
        .doc($doc)
    };
}

macro_rules! compare {
    ($name:literal, $op:ident, $doc:literal) => {
        Method::new($name, "(a, b, /)", |th, a| {
            ops::compare(th, a[0], a[1], CmpOp::$op)
        })
        .doc($doc)
    };
}

macro_rules! unary {
    ($name:literal, $f:expr, $doc:literal) => {
        Method::new($name, "(a, /)", |th, a| $f(th, a[0])).doc($doc)
    };
}

static FUNCTIONS: &[Method] = &[
    binary!("add", Add, "Same as a + b."),
    binary!("sub", Sub, "Same as a - b."),
    binary!("mul", Mul, "Same as a * b."),
    binary!("matmul", MatMul, "Same as a @ b."),
    binary!("truediv", TrueDiv, "Same as a / b."),
    binary!("floordiv", FloorDiv, "Same as a // b."),
    binary!("mod", Rem, "Same as a % b."),
    binary!("lshift", LShift, "Same as a << b."),
    binary!("rshift", RShift, "Same as a >> b."),
    binary!("and_", And, "Same as a & b."),
    binary!("or_", Or, "Same as a | b."),
    binary!("xor", Xor, "Same as a ^ b."),
    binary!("pow", Pow, "Same as a ** b."),
    inplace!("iadd", Add, "Same as a += b."),
    inplace!("isub", Sub, "Same as a -= b."),
    inplace!("imul", Mul, "Same as a *= b."),
    inplace!("imatmul", MatMul, "Same as a @= b."),
    inplace!("itruediv", TrueDiv, "Same as a /= b."),
    inplace!("ifloordiv", FloorDiv, "Same as a //= b."),
    inplace!("imod", Rem, "Same as a %= b."),
    inplace!("ilshift", LShift, "Same as a <<= b."),
    inplace!("irshift", RShift, "Same as a >>= b."),
    inplace!("iand", And, "Same as a &= b."),
    inplace!("ior", Or, "Same as a |= b."),
    inplace!("ixor", Xor, "Same as a ^= b."),
    inplace!("ipow", Pow, "Same as a **= b."),
    compare!("lt", Lt, "Same as a < b."),
    compare!("le", Le, "Same as a <= b."),
    compare!("eq", Eq, "Same as a == b."),
    compare!("ne", Ne, "Same as a != b."),
    compare!("ge", Ge, "Same as a >= b."),
    compare!("gt", Gt, "Same as a > b."),
    unary!("neg", ops::neg, "Same as -a."),
    unary!("pos", ops::pos, "Same as +a."),
    unary!("inv", ops::invert, "Same as ~a."),
    unary!("invert", ops::invert, "Same as ~a."),
    unary!("abs", ops::abs, "Same as abs(a)."),
    unary!("index", ops::index, "Same as a.__index__()"),
    unary!("not_", not, "Same as not a."),
    unary!("truth", truth, "Return True if a is true, False otherwise."),
    Method::new("is_", "(a, b, /)", |_, a| Ok(Value::bool(a[0].is(a[1]))))
        .doc("Same as a is b."),
    Method::new("is_not", "(a, b, /)", |_, a| Ok(Value::bool(!a[0].is(a[1]))))
        .doc("Same as a is not b."),
    unary!("is_none", |_, a: Value| PyResult::Ok(Value::bool(a.is_none())), "Same as a is None."),
    unary!("is_not_none", |_, a: Value| PyResult::Ok(Value::bool(!a.is_none())), "Same as a is not None."),
    Method::new("concat", "(a, b, /)", |th, a| concat(th, a, false))
        .doc("Same as a + b, for a and b sequences."),
    Method::new("iconcat", "(a, b, /)", |th, a| concat(th, a, true))
        .doc("Same as a += b, for a and b sequences."),
    Method::new("contains", "(a, b, /)", |th, a| {
        Ok(Value::bool(ops::contains(th, a[0], a[1])?))
    })
    .doc("Same as b in a (note reversed operands)."),
    Method::new("countOf", "(a, b, /)", count_of)
        .doc("Return the number of items in a which are, or which equal, b."),
    Method::new("indexOf", "(a, b, /)", index_of)
        .doc("Return the first index of b in a."),
    Method::new("getitem", "(a, b, /)", |th, a| ops::get_item(th, a[0], a[1]))
        .doc("Same as a[b]."),
    Method::new("setitem", "(a, b, c, /)", |th, a| {
        ops::set_item(th, a[0], a[1], a[2])?;
        Ok(Value::NONE)
    })
    .doc("Same as a[b] = c."),
    Method::new("delitem", "(a, b, /)", |th, a| {
        ops::del_item(th, a[0], a[1])?;
        Ok(Value::NONE)
    })
    .doc("Same as del a[b]."),
    Method::new("length_hint", "(obj, default=0, /)", length_hint)
        .doc("Return an estimate of the number of items in obj.\n\nThis is useful for presizing containers when building from an iterable.\n\nIf the object supports len(), the result will be exact.\nOtherwise, it may over- or under-estimate by an arbitrary amount.\nThe result will be an integer >= 0."),
    Method::raw("call", "(obj, /, *args, **kwargs)", call_function)
        .doc("Same as obj(*args, **kwargs)."),
    Method::new("_compare_digest", "(a, b, /)", compare_digest)
        .doc("Return 'a == b'.\n\nThis function uses an approach designed to prevent\ntiming analysis, making it appropriate for cryptography.\n\na and b must both be of the same type: either str (ASCII only),\nor any bytes-like object.\n\nNote: If a and b are of different lengths, or if an error occurs,\na timing attack could theoretically reveal information about the\ntypes and lengths of a and b--but not their values."),
];

fn not(th: &Thread, v: Value) -> PyResult {
    Ok(Value::bool(!ops::truth(th, v)?))
}

fn truth(th: &Thread, v: Value) -> PyResult {
    Ok(Value::bool(ops::truth(th, v)?))
}

/// Whether `+` of an object means concatenation.
fn is_sequence(v: Value) -> bool {
    let s = class_of(v).slots();
    s.concat.is_some() || (s.getitem.is_some() && v.as_dict().is_none())
}

fn concat(th: &Thread, a: &[Value], inplace: bool) -> PyResult {
    if !is_sequence(a[0]) {
        return Err(th.type_error(format!(
            "'{}' object can't be concatenated",
            class_of(a[0]).tp_name()
        )));
    }
    if inplace {
        ops::inplace(th, BinOp::Add, a[0], a[1])
    } else {
        ops::binary(th, BinOp::Add, a[0], a[1])
    }
}

fn not_iterable(th: &Thread, v: Value) -> PyResult<()> {
    let s = class_of(v).slots();
    if s.iter.is_none() && s.getitem.is_none() {
        return Err(th.type_error(format!(
            "argument of type '{}' is not iterable",
            class_of(v).tp_name()
        )));
    }
    Ok(())
}

fn count_of(th: &Thread, a: &[Value]) -> PyResult {
    not_iterable(th, a[0])?;
    let mut n = 0;
    ops::for_each(th, a[0], |x| {
        n += ops::eq(th, x, a[1])? as i64;
        Ok(())
    })?;
    Ok(Value::small_int(n))
}

fn index_of(th: &Thread, a: &[Value]) -> PyResult {
    not_iterable(th, a[0])?;
    let it = ops::iter(th, a[0])?;
    let mut n = 0;
    while let Some(x) = ops::next(th, it)? {
        if ops::eq(th, x, a[1])? {
            return Ok(Value::small_int(n));
        }
        n += 1;
        th.poll()?;
    }
    Err(th.value_error("sequence.index(x): x not in sequence"))
}

fn length_hint(th: &Thread, a: &[Value]) -> PyResult {
    let default = match a[1].present() {
        Some(v) => ops::index_i64(th, v)?,
        None => 0,
    };
    // A negative default comes back as it is, where it is what is used.
    const NONE: usize = usize::MAX;
    match ops::length_hint(th, a[0], NONE)? {
        NONE => Ok(Value::int(th, default)),
        n => Ok(Value::usize(th, n)),
    }
}

fn call_function(th: &Thread, args: Args) -> PyResult {
    match args.pos().first() {
        Some(f) => call::call_args(th, *f, args.skip_first()),
        None => Err(th.type_error("call expected at least 1 argument, got 0")),
    }
}

fn compare_digest(th: &Thread, a: &[Value]) -> PyResult {
    if let (Some(x), Some(y)) = (a[0].as_str_obj(), a[1].as_str_obj()) {
        if !x.is_ascii() || !y.is_ascii() {
            return Err(
                th.type_error("comparing strings with non-ASCII characters is not supported")
            );
        }
        return Ok(Value::bool(same_bytes(x.as_bytes(), y.as_bytes())));
    }
    if !buffer::is_exporter(a[0]) || !buffer::is_exporter(a[1]) {
        return Err(th.type_error(format!(
            "unsupported operand types(s) or combination of types: '{}' and '{}'",
            class_of(a[0]).tp_name(),
            class_of(a[1]).tp_name()
        )));
    }
    let x = buffer::get_contiguous(th, a[0])?;
    let y = buffer::get_contiguous(th, a[1])?;
    Ok(Value::bool(same_bytes(x.as_slice(), y.as_slice())))
}

/// Looks at every byte, whatever the first difference.
fn same_bytes(x: &[u8], y: &[u8]) -> bool {
    let mut diff = (x.len() != y.len()) as u8;
    for (i, b) in y.iter().enumerate() {
        diff |= x.get(i).copied().unwrap_or(0) ^ b;
    }
    std::hint::black_box(diff) == 0
}
