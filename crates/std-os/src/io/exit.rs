//! The end of an interpreter: what was written but not flushed still reaches its file.

use super::buffered::{BUFFERED_READER, Buffered};
use super::text_io::TextIoWrapper;
use taipan_object::heap::{Array, Object};
use taipan_object::types::is_instance;
use taipan_object::{Payload, Thread, Value, call, gc};

/// Streams for which there is room at first; a program with more open ones costs another look.
const USUAL: usize = 64;

/// Flushes all streams that are not closed and hold bytes or text back: text streams first, then what is below
/// them. What goes wrong is nobody's to hear any more.
pub fn flush_all(th: &Thread) {
    let mut room = USUAL;
    let all = loop {
        let Ok(all) = Object::<Array>::try_new(th, room) else {
            return;
        };
        let n = living(th, all);
        if n <= all.capacity() {
            all.set_len(n);
            break all;
        }
        room = 2 * n;
    };
    for text in [true, false] {
        for v in all.values() {
            let dirty = match text {
                true => v.downcast::<TextIoWrapper>().is_some_and(|t| t.is_dirty()),
                false => {
                    v.downcast::<Buffered>().is_some_and(|b| b.is_dirty())
                        && !is_instance(*v, BUFFERED_READER.get())
                }
            };
            if dirty {
                let _ = call::call_method(th, *v, "flush", &[]);
            }
        }
    }
}

/// Gathers all streams that no finaliser has closed, as far as there is room for them; how many there are. The world
/// stands still meanwhile.
fn living(th: &Thread, all: &Object<Array>) -> usize {
    let kinds = [TextIoWrapper::kind(), Buffered::kind()];
    let mut n = 0;
    gc::for_each_finalizable(th.mutator, &mut |c| {
        let v = Value::from_cell(c);
        if kinds.contains(&v.kind()) {
            if n < all.capacity() {
                all.fields()[n].set(&all.header, v);
            }
            n += 1;
        }
    });
    n
}
