//! An item of a queue or a channel.

use crate::crossinterp::UnboundOp;
use taipan_object::heap::{Field, Object, new_untyped, register};
use taipan_object::{PyResult, Thread, Value, payload};

/// A packed value that waits to be received.
pub struct Item {
    /// Absent once its interpreter is gone.
    slot: Field,
    /// The interpreter that put it.
    pub interp: u64,
    /// What becomes of it without that.
    pub unbound: UnboundOp,
}

payload!(Item, "queue item", |this, m| this.slot.trace(m));

impl Item {
    /// An item of the calling thread's interpreter.
    pub fn new<'a>(th: &Thread, packed: Value, unbound: UnboundOp) -> PyResult<&'a Object<Item>> {
        register::<Item>();
        let item = Item {
            slot: Field::new(packed),
            interp: th.interp.id,
            unbound,
        };
        new_untyped(th, item)
    }

    /// The packed value; nothing where the interpreter that put it is gone.
    pub fn packed(&self) -> Option<Value> {
        self.slot.get().present()
    }
}

/// Takes the packed value out of an item; whether the item itself is to go.
pub fn unbind(item: &Object<Item>) -> (Option<Value>, bool) {
    let packed = item.slot.swap(&item.header, Value::ABSENT);
    (packed.present(), item.unbound == UnboundOp::Remove)
}
