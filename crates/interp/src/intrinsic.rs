//! Intrinsics: type parameters, generator errors, templates. The objects are made by Python-level or native modules
//! that the engine loads (`_typing`, `string.templatelib`), found through the interpreter's state.

use taipan_builtins::exceptions::group;
use taipan_builtins::typing;
use taipan_bytecode::{Conversion, Intrinsic1, Intrinsic2};
use taipan_object::exception::{self as exc, Exception};
use taipan_object::func::Function;
use taipan_object::types::{self, class_of};
use taipan_object::{PyResult, Thread, Value, ValueVec, call, names};

/// A callable that another part of the engine registered under a name in the interpreter's state.
fn registered(th: &Thread, name: &str) -> PyResult {
    match th.interp.state.get().and_then(|d| d.get_name(th, name)) {
        Some(f) => Ok(f),
        None => Err(th.raise(
            &exc::SYSTEM_ERROR,
            format!("{name} is not available in this build"),
        )),
    }
}

/// `INTRINSIC_1`
pub fn one(th: &Thread, which: u8, v: Value) -> PyResult {
    match Intrinsic1::from_u8(which) {
        Some(Intrinsic1::Print) => {
            let hook = th
                .interp
                .sys_dict
                .get()
                .and_then(|d| d.map.get_str(names::DISPLAYHOOK.get()));
            match hook {
                Some(h) => call::call(th, h, &[v]),
                None => Err(th.runtime_error("lost sys.displayhook")),
            }
        }
        Some(Intrinsic1::StopIterationError) => Ok(stop_iteration_error(th, v)),
        Some(Intrinsic1::TypeVar) => Ok(typing::new_type_var(th, v, Value::ABSENT, Value::ABSENT)),
        Some(Intrinsic1::ParamSpec) => Ok(typing::new_param_spec(th, v)),
        Some(Intrinsic1::TypeVarTuple) => Ok(typing::new_type_var_tuple(th, v)),
        Some(Intrinsic1::SubscriptGeneric) => typing::subscript_generic(th, v),
        Some(Intrinsic1::TypeAlias) | None => match v.as_tuple() {
            Some([name, params, evaluator]) => {
                Ok(typing::new_type_alias(th, *name, *params, *evaluator))
            }
            _ => Err(th.raise(&exc::SYSTEM_ERROR, "bad operand of a type alias")),
        },
    }
}

/// `INTRINSIC_2`
pub fn two(th: &Thread, which: u8, a: Value, b: Value) -> PyResult {
    match Intrinsic2::from_u8(which) {
        Some(Intrinsic2::PrepReraiseStar) => {
            let parts = taipan_object::ops::to_vec(th, b)?;
            group::prepare_reraise(th, a, &parts)
        }
        Some(Intrinsic2::TypeVarWithBound) => Ok(typing::new_type_var(th, a, b, Value::ABSENT)),
        Some(Intrinsic2::TypeVarWithConstraints) => {
            Ok(typing::new_type_var(th, a, Value::ABSENT, b))
        }
        Some(Intrinsic2::SetFunctionTypeParams) => {
            let f = a.expect::<Function>();
            f.type_params.set(&f.header, b);
            Ok(a)
        }
        Some(Intrinsic2::SetTypeParamDefault) | None => typing::set_default(th, a, b),
    }
}

/// What replaces a `StopIteration` (or, in asynchronous generators, `StopAsyncIteration`) that leaves a generator.
fn stop_iteration_error(th: &Thread, e: Value) -> Value {
    let stop = types::is_instance(e, &exc::STOP_ITERATION);
    let stop_async = types::is_instance(e, &exc::STOP_ASYNC_ITERATION);
    let frame = th.frame.get();
    let owner = if frame.is_null() {
        Value::ABSENT
    } else {
        taipan_object::frame::FramePtr(frame).generator()
    };
    let is = |t| !owner.is_absent() && class_of(owner).is(t);
    let what = if is(&types::COROUTINE) {
        "coroutine"
    } else if is(&types::ASYNC_GENERATOR) {
        "async generator"
    } else {
        "generator"
    };
    let msg = if stop {
        format!("{what} raised StopIteration")
    } else if stop_async && what == "async generator" {
        "async generator raised StopAsyncIteration".to_owned()
    } else {
        return e;
    };
    let r = th.runtime_error(msg);
    if let Some(o) = r.0.downcast::<Exception>() {
        o.cause.set(&o.header, e);
        o.context.set(&o.header, e);
        o.suppress.store(true, std::sync::atomic::Ordering::Release);
    }
    r.0
}

/// A template string (PEP 750) of its literal parts and its interpolations.
pub fn template(th: &Thread, strings: Value, interpolations: Value) -> PyResult {
    let f = registered(th, "intrinsic.template")?;
    // The constructor takes both in order of appearance: text, interpolation, text, ….
    let (s, i) = (
        strings.as_tuple().unwrap_or(&[]),
        interpolations.as_tuple().unwrap_or(&[]),
    );
    let mut args = ValueVec::with_capacity(th, s.len() + i.len())?;
    for (n, text) in s.iter().enumerate() {
        args.push(th, *text)?;
        if let Some(v) = i.get(n) {
            args.push(th, *v)?;
        }
    }
    call::call(th, f, &args)
}

/// One interpolation of a template string.
pub fn interpolation(
    th: &Thread,
    v: Value,
    expression: Value,
    conversion: u8,
    spec: Value,
) -> PyResult {
    let f = registered(th, "intrinsic.interpolation")?;
    let c = match Conversion::from_u8(conversion) {
        Some(Conversion::Str) => Value::str(th, "s"),
        Some(Conversion::Repr) => Value::str(th, "r"),
        Some(Conversion::Ascii) => Value::str(th, "a"),
        _ => Value::NONE,
    };
    call::call(th, f, &[v, expression, c, spec])
}
