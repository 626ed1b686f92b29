//! An item of a queue or a channel.

use super::UnboundOp;
use crate::ring::Ring;
use std::sync::atomic::{AtomicU32, Ordering};
use taipan_object::heap::{Array, Field, Object, new_untyped, register};
use taipan_object::{PyResult, Thread, Value, payload};
use taipan_sync::parking;

/// How far an item has come; a sender may wait for that.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u32)]
pub enum Fate {
    /// It is in its queue.
    Waiting,
    /// Somebody has taken it and makes a value of it.
    Taken,
    /// It was received.
    Received,
    /// It was let go, or could not be made a value.
    Dropped,
}

/// A packed value that waits to be received.
pub struct Item {
    /// Absent once its interpreter is gone.
    slot: Field,
    /// The interpreter that put it.
    pub interp: u64,
    /// What becomes of it without that.
    pub unbound: UnboundOp,
    fate: AtomicU32,
}

payload!(Item, "queue item", |this, m| this.slot.trace(m));

impl Item {
    /// An item of the calling thread's interpreter.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn new<'a>(th: &Thread, packed: Value, unbound: UnboundOp) -> PyResult<&'a Object<Item>> {
        register::<Item>();
        let item = Item {
            slot: Field::new(packed),
            interp: th.interp.id,
            unbound,
            fate: AtomicU32::new(Fate::Waiting as u32),
        };
        new_untyped(th, item)
    }

    /// The packed value; nothing where the interpreter that put it is gone.
    pub fn packed(&self) -> Option<Value> {
        self.slot.get().present()
    }

    /// How far it has come.
    pub fn fate(&self) -> Fate {
        match self.fate.load(Ordering::Acquire) {
            0 => Fate::Waiting,
            1 => Fate::Taken,
            2 => Fate::Received,
            _ => Fate::Dropped,
        }
    }

    /// Says that it is being received; under the lock of its queue.
    pub fn take(&self) {
        self.fate.store(Fate::Taken as u32, Ordering::Release);
    }

    /// Ends it, and its sender's wait.
    pub fn settle(&self, fate: Fate) {
        self.fate.store(fate as u32, Ordering::Release);
        parking::unpark_all(self.key());
    }

    /// The address that stands for it in the parking table.
    pub fn key(&self) -> usize {
        (&raw const self.fate).addr()
    }
}

/// Unbinds the items of an interpreter that is gone, under the lock of their queue: those of
/// [`UnboundOp::Remove`] go, the others lose what they hold. That is put into `taken`, which has room for as many as the
/// queue had: an interpreter that is gone puts no more. Where others have put some meanwhile the collector finds the rest.
pub(crate) fn unbind_all(ring: &Ring, interp: u64, taken: &Object<Array>) {
    ring.retain(|v| {
        let item = v.expect::<Item>();
        if item.interp != interp {
            return true;
        }
        let packed = item.slot.swap(&item.header, Value::ABSENT).present();
        let n = taken.len();
        if let Some(packed) = packed
            && n < taken.capacity()
        {
            taken.fields()[n].set(&taken.header, packed);
            taken.set_len(n + 1);
        }
        item.unbound != UnboundOp::Remove
    });
}
