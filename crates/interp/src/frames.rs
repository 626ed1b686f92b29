//! Python's frame objects: made when asked for, detached when the frame ends.

use std::sync::atomic::Ordering;
use taipan_object::frame::{Frame, FramePtr, FrameRec, Pc, Regs, object_of};
use taipan_object::heap::Array;
use taipan_object::{Object, Thread, Value};

/// The frame ends: its object keeps the registers and the way back.
pub fn detach(th: &Thread, frame: FramePtr) {
    let Some(o) = frame.object.downcast::<Frame>() else {
        return;
    };
    let code = frame.code();
    let n = code.first_temp as usize;
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
    let back = if frame.generator.is_absent() {
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

/// `f_back` of a frame object.
pub fn back_of(th: &Thread, frame: &Object<Frame>) -> Value {
    let rec = FramePtr(frame.rec.load(Ordering::Acquire));
    if rec.is_null() {
        return frame.back.get().or(Value::NONE);
    }
    parent_object(th, rec.previous)
}
