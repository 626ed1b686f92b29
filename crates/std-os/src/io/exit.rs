//! The end of an interpreter: what was written but not flushed still reaches its file.

use super::buffered::{BUFFERED_READER, Buffered};
use super::text_io::TextIoWrapper;
use taipan_object::heap::{Array, Kind, Object};
use taipan_object::types::is_instance;
use taipan_object::{Payload, PyResult, Thread, Value, call, gc};

/// Cells that other threads may make between counting and gathering.
const SLACK: usize = 64;

/// Flushes all streams that are not closed and hold bytes or text back: text streams first, then what is below
/// them. What goes wrong is nobody's to hear any more.
pub fn flush_all(th: &Thread) {
    for kind in [TextIoWrapper::kind(), Buffered::kind()] {
        let Ok(all) = living(th, kind) else { continue };
        for f in &all.fields()[..all.len()] {
            let v = f.get();
            let idle = v.downcast::<Buffered>().is_some_and(|b| !b.is_dirty())
                || v.downcast::<TextIoWrapper>().is_some_and(|t| !t.is_dirty())
                || is_instance(v, BUFFERED_READER.get());
            if !idle {
                let _ = call::call_method(th, v, "flush", &[]);
            }
        }
    }
}

/// All objects of a kind. The world stands still while they are looked for, so room for them is made before.
fn living<'a>(th: &Thread, kind: Kind) -> PyResult<&'a Object<Array>> {
    let mut n = 0;
    gc::for_each_cell(&th.mutator, &mut |c| {
        n += usize::from(Value::from_cell(c).kind() == kind);
    });
    let all = Object::<Array>::try_new(th, n + SLACK)?;
    let mut at = 0;
    gc::for_each_cell(&th.mutator, &mut |c| {
        let v = Value::from_cell(c);
        if v.kind() == kind && at < all.capacity() {
            all.fields()[at].set(&all.header, v);
            at += 1;
        }
    });
    all.set_len(at);
    Ok(all)
}
