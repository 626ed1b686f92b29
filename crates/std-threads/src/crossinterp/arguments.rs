//! Arguments as `_interpqueues` and `_interpchannels` read them.

use taipan_object::call::Args;
use taipan_object::native::Method;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, names, numbers, ops};

/// A row of a module's table whose function takes keywords but shows no signature, as those of CPython that parse their
/// arguments themselves. `called` is what errors call it.
#[macro_export]
macro_rules! parsing {
    ($name:literal, $called:literal, $sig:literal, $f:expr) => {
        taipan_object::native::Method::raw($name, "", |th, args| {
            static ROW: taipan_object::native::Method =
                taipan_object::native::Method::new($called, $sig, $f);
            $crate::crossinterp::arguments::check_count(th, &ROW, args)?;
            taipan_object::call::call_method_row(th, &ROW, args)
        })
    };
    ($name:literal, $sig:literal, $f:expr) => {
        $crate::parsing!($name, $name, $sig, $f)
    };
}

/// Refuses more arguments than a function takes, as CPython's functions do that parse their arguments themselves.
///
/// # Errors
/// `TypeError`.
pub fn check_count(th: &Thread, row: &Method, args: Args) -> PyResult<()> {
    let (all, positional) = (args.values.len(), args.pos().len());
    let (max, max_positional) = (row.arity.params as usize, row.arity.max as usize);
    let (kind, max, given) = if all > max {
        ("", max, all)
    } else if positional > max_positional {
        ("positional ", max_positional, positional)
    } else {
        return Ok(());
    };
    let s = if max == 1 { "" } else { "s" };
    Err(th.type_error(format!(
        "{}() takes at most {max} {kind}argument{s} ({given} given)",
        row.name
    )))
}

/// An integer by `__index__` that is to name a `what` (`queue`, `channel`).
///
/// # Errors
/// `TypeError` for other types.
pub fn id_number(th: &Thread, v: Value, what: &str) -> PyResult {
    if !v.is_int() && class_of(v).slots().index.is_none() {
        return Err(th.type_error(format!(
            "{what} ID must be an int, got {}",
            class_of(v).tp_name()
        )));
    }
    ops::index(th, v)
}

/// `ValueError: queue ID must be a non-negative int, got -1`
#[cold]
pub fn negative_id(th: &Thread, n: Value, what: &str) -> taipan_object::Raised {
    match ops::repr(th, n) {
        Ok(text) => {
            let text = names::text(text);
            th.value_error(format!("{what} ID must be a non-negative int, got {text}"))
        }
        Err(e) => e,
    }
}

/// Whether an integer of any size is below zero.
pub fn is_negative(n: Value) -> bool {
    match n.as_int() {
        Some(numbers::Int::Small(n)) => n < 0,
        Some(numbers::Int::Big(n)) => n.is_negative(),
        None => false,
    }
}

/// A C `int`; `default` where it was left out.
///
/// # Errors
/// `TypeError`, `OverflowError`.
pub fn int(th: &Thread, v: Value, default: i32) -> PyResult<i32> {
    let Some(v) = v.present() else {
        return Ok(default);
    };
    let Some(n) = ops::index(th, v)?.as_i64() else {
        return Err(th.overflow_error("Python int too large to convert to C long"));
    };
    i32::try_from(n).map_err(|_| {
        th.overflow_error(if n > 0 {
            "signed integer is greater than maximum"
        } else {
            "signed integer is less than minimum"
        })
    })
}

/// A flag; `default` where it was left out.
///
/// # Errors
/// What `__bool__` raises.
pub fn flag(th: &Thread, v: Value, default: bool) -> PyResult<bool> {
    Ok(optional_flag(th, v)?.unwrap_or(default))
}

/// A flag, if it was given.
///
/// # Errors
/// What `__bool__` raises.
pub fn optional_flag(th: &Thread, v: Value) -> PyResult<Option<bool>> {
    v.present().map(|v| ops::truth(th, v)).transpose()
}
