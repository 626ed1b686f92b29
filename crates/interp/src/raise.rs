//! Raising, unwinding, matching exceptions, `except*`.

use crate::trace;
use taipan_builtins::exceptions::group;
use taipan_bytecode::find_handler;
use taipan_object::exception::{self as exc, Exception};
use taipan_object::frame::{FramePtr, Pc, Regs, frame_flags};
use taipan_object::types::{self, Type, class_of};
use taipan_object::{PyResult, Raised, Thread, Value, call};

/// Finds the handler of an exception raised at `pc` in the innermost frame, leaving frames that have none. Gives the
/// frame, its place set to the handler, and the word in it where the exception came from. `traced` tells tracing.
///
/// # Errors
/// The exception, when the frame that native code entered has no handler either.
pub fn unwind(
    th: &Thread,
    frame: FramePtr,
    pc: Pc,
    raised: Raised,
    again: bool,
    traced: bool,
) -> Result<(FramePtr, usize), Raised> {
    let (mut frame, mut pc, mut raised, mut again) = (frame, pc, raised, again);
    loop {
        let code = frame.code();
        let at = pc.index_in(code).saturating_sub(1);
        frame.pc = pc.0;
        if !again {
            let object = taipan_object::frame::object_of(th, frame);
            exc::add_traceback(th, raised.0, object, at as i64 * 8);
        }
        if traced {
            raised = trace::raised(th, frame, raised, again);
        }
        if let Some(h) = find_handler(&code.data().handlers, at) {
            let mut target = Pc(code.entry());
            target.step(h.target as isize);
            if traced && let Err(e) = trace::handled(th, frame, &raised, h.target as usize) {
                raised = e;
                pc = target;
                pc.step(1);
                again = true;
                continue;
            }
            Regs(frame.regs).set(h.exc, raised.0);
            frame.pc = target.0;
            th.stack_top.set(frame.top);
            return Ok((frame, at));
        }
        if again {
            // It leaves from where it was raised, not from the code that raised it again.
            let tb = raised.0.downcast::<Exception>().map(|e| e.traceback.get());
            if let Some(t) = tb.and_then(|t| t.downcast::<exc::Traceback>())
                && t.frame.get().is(frame.object())
            {
                let lasti = t.lasti.load(std::sync::atomic::Ordering::Relaxed);
                let mut at = Pc(code.entry());
                // A program can make tracebacks that lie.
                if (0..code.words().len() as i64).contains(&(lasti / 8)) {
                    at.step(lasti as isize / 8 + 1);
                    frame.pc = at.0;
                }
            }
        }
        if traced {
            raised = trace::unwound(th, frame, raised);
        }
        let flags = frame.flags;
        if frame.in_generator() {
            crate::generators::finished(th, frame);
        }
        crate::calls::leave(th, frame);
        if flags & frame_flags::ENTRY != 0 {
            return Err(raised);
        }
        frame = FramePtr(th.frame.get());
        pc = Pc(frame.pc);
        again = false;
    }
}

/// Makes an exception the handled one of the current level; what was before.
pub fn push_handled(th: &Thread, e: Value) -> Value {
    let node = th.exc_level();
    node.value.replace(e)
}

/// Makes the exception the handled one again that was before a `push_handled`.
pub fn pop_handled(th: &Thread, old: Value) {
    th.exc_level().value.set(old);
}

/// Whether a value is an exception class.
fn as_exception_class<'a>(v: Value) -> Option<&'a taipan_object::Object<Type>> {
    v.downcast::<Type>()
        .filter(|t| t.has_flag(types::flags::EXCEPTION_SUBCLASS))
}

fn instantiate(th: &Thread, t: &taipan_object::Object<Type>) -> PyResult {
    let v = call::call(th, t.value(), &[])?;
    if v.downcast::<Exception>().is_none() {
        return Err(th.type_error(format!(
            "calling <class '{}'> should have returned an instance of BaseException, not <class '{}'>",
            t.tp_name(),
            class_of(v).tp_name()
        )));
    }
    Ok(v)
}

/// `raise v` or `raise v from cause`.
pub fn raise(th: &Thread, v: Value, cause: Value) -> Raised {
    let made = match as_exception_class(v) {
        Some(t) => instantiate(th, t),
        None if v.downcast::<Exception>().is_some() => Ok(v),
        None => Err(th.type_error("exceptions must derive from BaseException")),
    };
    let e = match made {
        Ok(e) => e,
        Err(e) => return e,
    };
    if let Some(c) = cause.present() {
        let c = match as_exception_class(c) {
            Some(t) => match instantiate(th, t) {
                Ok(c) => c,
                Err(e) => return e,
            },
            None if c.is_none() || c.downcast::<Exception>().is_some() => c,
            None => return th.type_error("exception causes must derive from BaseException"),
        };
        let o = e.expect::<Exception>();
        o.cause.set(&o.header, c);
        o.suppress.store(true, std::sync::atomic::Ordering::Release);
    }
    th.with_context(Raised(e))
}

/// A bare `raise`.
pub fn reraise_handled(th: &Thread) -> Raised {
    match th.handled_exception().present() {
        Some(e) => Raised(e),
        None => th.runtime_error("No active exception to reraise"),
    }
}

/// Whether an exception has been raised before.
pub fn has_traceback(e: Raised) -> bool {
    e.0.downcast::<Exception>()
        .is_some_and(|e| !e.traceback.get().is_none())
}

/// Makes an exception the cause and context of a new one.
pub fn chain(e: &Raised, cause: Value) {
    if let Some(o) = e.0.downcast::<Exception>() {
        o.cause.set(&o.header, cause);
        o.context.set(&o.header, cause);
        o.suppress.store(true, std::sync::atomic::Ordering::Release);
    }
}

/// Whether `except ty:` catches an exception.
pub fn matches(th: &Thread, e: Value, ty: Value) -> PyResult<bool> {
    check_class(
        th,
        ty,
        "catching classes that do not inherit from BaseException is not allowed",
    )?;
    if let Some(t) = ty.downcast::<Type>() {
        return Ok(types::is_instance(e, t));
    }
    Ok(matches_any(e, ty))
}

fn matches_any(e: Value, ty: Value) -> bool {
    match ty.as_tuple() {
        Some(items) => items.iter().any(|t| matches_any(e, *t)),
        None => ty
            .downcast::<Type>()
            .is_some_and(|t| types::is_instance(e, t)),
    }
}

fn check_class(th: &Thread, ty: Value, msg: &str) -> PyResult<()> {
    if let Some(items) = ty.as_tuple() {
        for t in items {
            if as_exception_class(*t).is_none() {
                return Err(th.type_error(msg));
            }
        }
        return Ok(());
    }
    if as_exception_class(ty).is_some() {
        Ok(())
    } else {
        Err(th.type_error(msg))
    }
}

/// `except* ty:`: the matching part and the rest, each None if empty.
pub fn group_match(th: &Thread, e: Value, ty: Value) -> PyResult<(Value, Value)> {
    if e.is_none() {
        return Ok((Value::NONE, Value::NONE));
    }
    check_class(
        th,
        ty,
        "catching classes that do not inherit from BaseException is not allowed",
    )?;
    let items = [ty];
    for t in ty.as_tuple().unwrap_or(&items) {
        if t.downcast::<Type>()
            .is_some_and(|t| t.is_subtype(&exc::BASE_EXCEPTION_GROUP))
        {
            return Err(th.type_error(
                "catching ExceptionGroup with except* is not allowed. Use except instead.",
            ));
        }
    }
    group::match_star(th, e, ty)
}

/// Calls a `with` statement's exit method with an exception.
pub fn call_exit(th: &Thread, f: Value, receiver: Value, e: Value) -> PyResult {
    let tb = e
        .downcast::<Exception>()
        .map_or(Value::NONE, |e| e.traceback.get());
    let args = [receiver, class_of(e).value(), e, tb];
    call::call(
        th,
        f,
        if receiver.is_absent() {
            &args[1..]
        } else {
            &args
        },
    )
}

/// The candidate nearest to a misspelt name, by edit distance, as CPython's suggestions.
pub fn closest(name: &str, candidates: impl Iterator<Item = String>) -> Option<String> {
    let mut best: Option<(usize, String)> = None;
    for c in candidates.take(750) {
        if c == name {
            continue;
        }
        let limit = (name.len() + c.len() + 3) * 2 / 6;
        let d = distance(name.as_bytes(), c.as_bytes());
        let limit = best
            .as_ref()
            .map_or(limit, |(b, _)| limit.min(b.saturating_sub(1)));
        if d <= limit {
            best = Some((d, c));
        }
    }
    best.map(|(_, c)| c)
}

/// Edit distance: two for a change, an insertion or a deletion, one for a change of case.
fn distance(a: &[u8], b: &[u8]) -> usize {
    let mut row: Vec<usize> = (0..=b.len()).map(|i| i * 2).collect();
    for (i, x) in a.iter().enumerate() {
        let mut diagonal = row[0];
        row[0] = (i + 1) * 2;
        for (j, y) in b.iter().enumerate() {
            let cost = if x == y {
                0
            } else if x.eq_ignore_ascii_case(y) {
                1
            } else {
                2
            };
            let next = (diagonal + cost).min(row[j] + 2).min(row[j + 1] + 2);
            diagonal = row[j + 1];
            row[j + 1] = next;
        }
    }
    row[b.len()]
}
