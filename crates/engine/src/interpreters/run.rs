//! Running code in another interpreter.

use super::failure::{Failure, with_cause};
use super::{bad_argument, find, life};
use crate::run::main_dict;
use taipan_object::code::Code;
use taipan_object::dict::Dict;
use taipan_object::exception as exc;
use taipan_object::func::Function;
use taipan_object::{Interpreter, Object, PyResult, Raised, Thread, Value, ValueVec, names, ops};
use taipan_std_threads::crossinterp::{self, Fallback, function::pack_script};

/// Why something could not be done in the other interpreter.
enum Trouble {
    /// Its code raised.
    Failed(Box<Failure>),
    /// What was sent there could not be restored there: what that was.
    NotRestored(&'static str, Box<Failure>),
    /// What it returned cannot be sent back.
    NotReturned(Box<Failure>),
}

/// Runs `f` as the code of another interpreter's `__main__`.
fn as_main<R>(
    th: &Thread,
    interp: &'static Interpreter,
    f: impl FnOnce(&Thread) -> R,
) -> PyResult<R> {
    /// Gives the right to run `__main__` back, also when `f` unwinds.
    struct End(&'static Interpreter);
    impl Drop for End {
        fn drop(&mut self) {
            self.0.end_main();
        }
    }
    life::take(th, interp, "interpreter already running")?;
    let end = End(interp);
    let r = th
        .enter(interp, f)
        .map_err(|e| th.os_error(&e, Value::ABSENT));
    drop(end);
    life::close_if_abandoned(th, interp)?;
    r
}

/// Names and packed values that are to be set in `__main__` of another interpreter.
struct Updates {
    names: ValueVec,
    packed: ValueVec,
}

impl Updates {
    fn none() -> Updates {
        Updates {
            names: ValueVec::new(),
            packed: ValueVec::new(),
        }
    }

    fn of(th: &Thread, d: &Object<Dict>) -> PyResult<Updates> {
        let mut updates = Updates::none();
        let items = Dict::from_map(th, d.map.copy(th, &d.header)?);
        let mut at = 0;
        while let Some((next, k, v, _)) = items.map.next_entry(at) {
            at = next;
            if k.as_wtf8().is_none() {
                return Err(th.type_error("bad argument type for built-in operation"));
            }
            super::check_text(th, k)?;
            updates.names.push(th, k)?;
            updates
                .packed
                .push(th, crossinterp::capture(th, v, Fallback::None)?)?;
        }
        Ok(updates)
    }

    fn apply(&self, th: &Thread) -> PyResult<()> {
        let d = main_namespace(th)?;
        for (name, packed) in self.names.iter().zip(self.packed.iter()) {
            let v = restored_once(th, *packed)?;
            d.set(th, *name, v)?;
        }
        Ok(())
    }
}

fn main_namespace<'a>(th: &Thread) -> PyResult<&'a Object<Dict>> {
    main_dict(th).ok_or_else(|| th.runtime_error("unable to get __main__ module"))
}

/// Runs a script's packed code in the other interpreter: None, or what is told of what it raised.
fn run_script(
    th: &Thread,
    interp: &'static Interpreter,
    code: Value,
    updates: &Updates,
) -> PyResult {
    let outcome = as_main(th, interp, |inner| {
        updates
            .apply(inner)
            .map_err(|e| Trouble::NotReturned(Failure::with_cause_of(inner, e.0)))?;
        let ran = || -> PyResult {
            let code = crossinterp::restore(inner, code)?;
            let g = main_namespace(inner)?.value();
            taipan_interp::run_code(inner, code, g, g, Value::ABSENT)
        };
        match ran() {
            Ok(_) => Ok(()),
            Err(e) => Err(Trouble::Failed(Failure::whatever_of(inner, e.0))),
        }
    })?;
    match outcome {
        Ok(()) => Ok(Value::NONE),
        Err(Trouble::Failed(failure)) => failure.namespace(th),
        Err(Trouble::NotRestored(_, failure) | Trouble::NotReturned(failure)) => {
            Err(failure.stand_in(th))
        }
    }
}

/// The argument `shared` of the functions that run scripts.
fn shared(th: &Thread, f: &str, v: Value) -> PyResult<Updates> {
    match v.present() {
        None => Ok(Updates::none()),
        Some(v) => Updates::of(th, dict(th, f, 3, v)?),
    }
}

fn dict<'a>(th: &Thread, f: &str, place: usize, v: Value) -> PyResult<&'a Object<Dict>> {
    v.as_dict()
        .ok_or_else(|| bad_argument(th, f, place, "dict", v))
}

fn is_code(v: Value) -> bool {
    v.downcast::<Function>().is_some() || v.downcast::<Code>().is_some()
}

/// `exec(id, code, shared)`
pub fn exec(th: &Thread, a: &[Value]) -> PyResult {
    let updates = a[2].present();
    if let Some(v) = updates {
        dict(th, "exec", 3, v)?;
    }
    let interp = find(th, a, 3, "exec code for")?;
    let code = pack_script(th, a[1], false)?;
    run_script(th, interp, code, &shared(th, "exec", a[2])?)
}

/// `run_string(id, script, shared)`
pub fn run_string(th: &Thread, a: &[Value]) -> PyResult {
    if a[1].as_wtf8().is_none() {
        return Err(bad_argument(th, "run_string", 2, "str", a[1]));
    }
    let interp = find(th, a, 3, "run a string in")?;
    let code = pack_script(th, a[1], false)?;
    run_script(th, interp, code, &shared(th, "run_string", a[2])?)
}

/// `run_func(id, func, shared)`
pub fn run_func(th: &Thread, a: &[Value]) -> PyResult {
    let interp = find(th, a, 3, "run a function in")?;
    if !is_code(a[1]) {
        return Err(bad_argument(th, "run_func", 2, "a function", a[1]));
    }
    let code = pack_script(th, a[1], false)?;
    run_script(th, interp, code, &shared(th, "run_func", a[2])?)
}

/// `set___main___attrs(id, updates)`
pub fn set_main_attrs(th: &Thread, a: &[Value]) -> PyResult {
    let d = dict(th, "set___main___attrs", 2, a[1])?;
    let interp = find(th, a, 2, "update __main__ for")?;
    if d.map.is_empty() {
        return Err(th.value_error("arg 2 must be a non-empty dict"));
    }
    let updates = Updates::of(th, d)?;
    let outcome = as_main(th, interp, |inner| {
        updates
            .apply(inner)
            .map_err(|e| Failure::with_cause_of(inner, e.0))
    })?;
    match outcome {
        Ok(()) => Ok(Value::NONE),
        Err(failure) => Err(failure.stand_in(th)),
    }
}

/// `call(id, callable, args, kwargs)`: the result and None, or None and what is told of what was raised.
pub fn call(th: &Thread, a: &[Value]) -> PyResult {
    let args = a[2].present();
    if let Some(v) = args
        && v.as_tuple().is_none()
    {
        return Err(bad_argument(th, "call", 3, "tuple", v));
    }
    let kwargs = a[3].present();
    if let Some(v) = kwargs {
        dict(th, "call", 4, v)?;
    }
    let interp = find(th, a, 5, "make a call in")?;
    if !ops::is_callable(a[1]) {
        let shown = names::text(ops::repr(th, a[1])?).into_owned();
        return Err(th.type_error(format!("expected a callable, got {shown}")));
    }
    let f = packed(th, a[1], FUNC)?;
    let args = match args {
        Some(v) if !v.as_tuple().unwrap_or(&[]).is_empty() => packed(th, v, ARGS)?,
        _ => Value::ABSENT,
    };
    let kwargs = match kwargs {
        Some(v) if !v.as_dict().is_none_or(|d| d.map.is_empty()) => packed(th, v, KWARGS)?,
        _ => Value::ABSENT,
    };
    let outcome = as_main(th, interp, |inner| {
        let restored = |v: Value, what| match v.present() {
            None => Ok(Value::ABSENT),
            Some(v) => restored_once(inner, v)
                .map_err(|e| Trouble::NotRestored(what, Failure::with_cause_of(inner, e.0))),
        };
        let f = restored(f, FUNC)?;
        let (args, kwargs) = (restored(args, ARGS)?, restored(kwargs, KWARGS)?);
        let result = taipan_std_threads::call_with(inner, f, args, kwargs)
            .map_err(|e| Trouble::Failed(Failure::whatever_of(inner, e.0)))?;
        crossinterp::capture(inner, result, Fallback::Full)
            .map_err(|e| Trouble::NotReturned(Failure::whatever_of(inner, e.0)))
    })?;
    match outcome {
        Ok(result) => {
            let result = restored_once(th, result)?;
            Value::try_tuple(th, &[result, Value::NONE])
        }
        Err(Trouble::Failed(failure)) => {
            let told = failure.namespace(th)?;
            Value::try_tuple(th, &[Value::NONE, told])
        }
        Err(Trouble::NotRestored(what, failure)) => Err(caused(th, what, failure.stand_in(th))),
        Err(Trouble::NotReturned(failure)) => {
            let cause = th.raise(&exc::EXCEPTION, failure.formatted());
            let msg = "object does not support cross-interpreter data";
            Err(caused(th, msg, cause))
        }
    }
}

/// The value of a packed one that nobody else will restore.
fn restored_once(th: &Thread, packed: Value) -> PyResult {
    let v = crossinterp::restore(th, packed);
    crossinterp::release(th, packed);
    v
}

const FUNC: &str = "func not shareable";
const ARGS: &str = "args not shareable";
const KWARGS: &str = "kwargs not shareable";

fn packed(th: &Thread, v: Value, what: &str) -> PyResult {
    crossinterp::capture(th, v, Fallback::Full).map_err(|cause| caused(th, what, cause))
}

/// `NotShareableError(msg)` from another exception.
fn caused(th: &Thread, msg: &str, cause: Raised) -> Raised {
    with_cause(th.raise(&crossinterp::NOT_SHAREABLE_ERROR, msg), cause)
}
