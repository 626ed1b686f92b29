//! Python's frame objects: made when asked for, detached when the frame ends.

use std::sync::atomic::Ordering;
use taipan_object::dict::Dict;
use taipan_object::frame::{Frame, FramePtr, FrameRec, Pc, Regs, object_of, with_all_objects};
use taipan_object::heap::Array;
use taipan_object::{Object, PyResult, Thread, Value};

/// The frame ends: its object keeps the registers and the way back.
pub fn detach(th: &Thread, frame: FramePtr) {
    let Some(o) = frame.object().downcast::<Frame>() else {
        return;
    };
    let code = frame.code();
    let n = code.first_temp.get() as usize;
    if o.registers.get().is_none() {
        let copy = Object::<Array>::new(th, n);
        let regs = Regs(frame.regs);
        for (i, f) in copy.fields().iter().enumerate() {
            f.set(&copy.header, regs.get(i as u16));
        }
        copy.set_len(n);
        o.registers.set(&o.header, Some(copy));
    }
    o.lasti
        .store(Pc(frame.pc).index_in(code) as i64 - 1, Ordering::Relaxed);
    // A suspended or ended generator's frame has no way back.
    let back = if !frame.in_generator() {
        parent_object(th, frame.previous)
    } else {
        Value::NONE
    };
    o.back.set(&o.header, back);
    o.rec.store(std::ptr::null_mut(), Ordering::Release);
}

/// The object of a frame further down that already has one or may be given one; None at the bottom.
fn parent_object(th: &Thread, rec: *mut FrameRec) -> Value {
    let f = FramePtr(rec);
    if f.is_null() {
        Value::NONE
    } else {
        object_of(th, f)
    }
}

/// The frame object `depth` levels up from the innermost frame of this thread; absent if there is none.
pub fn current(th: &Thread, depth: usize) -> Value {
    let mut f = FramePtr(th.frame.get());
    for _ in 0..depth {
        if f.is_null() {
            return Value::ABSENT;
        }
        f = FramePtr(f.previous);
    }
    if f.is_null() {
        Value::ABSENT
    } else {
        object_of(th, f)
    }
}

/// `sys._current_frames()`: each thread's innermost frame object by the thread's identifier.
///
/// # Errors
/// `MemoryError`.
pub fn of_all_threads(th: &Thread) -> PyResult {
    by_thread(th, &|t| {
        let f = FramePtr(t.frame.get());
        if f.is_null() {
            Value::ABSENT
        } else {
            f.object()
        }
    })
}

/// `sys._current_exceptions()`: what each thread handles, or None.
///
/// # Errors
/// `MemoryError`.
pub fn exceptions_of_all_threads(th: &Thread) -> PyResult {
    by_thread(th, &|t| t.handled_exception().or(Value::NONE))
}

fn by_thread(th: &Thread, read: &dyn Fn(&Thread) -> Value) -> PyResult {
    let mut room = 8;
    loop {
        // Filled while all threads stand still and nothing may be allocated.
        let found = Object::<Array>::try_new(th, room)?;
        let mut idents = Vec::with_capacity(room);
        let mut n = 0;
        with_all_objects(th, &mut |t| {
            let v = read(t);
            if !v.is_absent() {
                if n < room {
                    found.fields()[n].set(&found.header, v);
                    idents.push(t.ident);
                }
                n += 1;
            }
        })?;
        if n > room {
            room = n + 8;
            continue;
        }
        found.set_len(n);
        let d = Dict::new(th);
        for (ident, v) in idents.into_iter().zip(found.values()) {
            d.set(th, Value::int(th, ident as i64), *v)?;
        }
        return Ok(d.value());
    }
}
