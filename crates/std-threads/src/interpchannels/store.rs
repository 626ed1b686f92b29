//! The channels of the process.
//!
//! A channel's state is changed under its own lock, which is never held over allocation in the heap. A closed channel
//! stays in the register until it is destroyed or no `ChannelID` names it any more.

use super::ends::{End, Ends};
use crate::crossinterp::item::{self, Fate, Item};
use crate::crossinterp::register::Register;
use crate::crossinterp::{Fallback, UnboundOp, release};
use crate::ring::Ring;
use taipan_object::gc::Marker;
use taipan_object::heap::{Array, Guarded, Object, ValueVec};
use taipan_object::{PyResult, Thread, payload};

/// Why something could not be done with a channel.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Failure {
    /// There is none of that number.
    NotFound,
    /// It is closed.
    Closed,
    /// It was closed while a sender waited.
    ClosedWaiting,
    /// This interpreter has released the end.
    Released,
    /// There is nothing to be received.
    Empty,
    /// There is something left to be received.
    NotEmpty,
}

/// What a channel's lock guards, but for its items.
struct State {
    ends: Ends,
    /// Whether it is used by somebody, or may be.
    open: bool,
    /// Whether it closes with its last item.
    closing: bool,
    /// Whether it is closed for good: no items, no ends.
    closed: bool,
    /// Whether it is not in the register any more.
    destroyed: bool,
    /// How many objects name it.
    objects: i64,
}

impl State {
    fn check(&self) -> Result<(), Failure> {
        if self.destroyed {
            Err(Failure::NotFound)
        } else if self.closed || !self.open {
            Err(Failure::Closed)
        } else {
            Ok(())
        }
    }
}

/// A channel.
pub struct Channel {
    /// Its number.
    pub id: i64,
    /// What becomes of items by default.
    pub unbound: UnboundOp,
    /// How values are packed by default.
    pub fallback: Fallback,
    ring: Ring,
    state: Guarded<State>,
}

payload!(Channel, "channel", |this, m| this.trace_items(m));

impl Channel {
    fn trace_items(&self, m: &mut Marker) {
        self.ring.trace(m);
    }
}

static CHANNELS: Register<Channel> = Register::new(0);

/// Makes a channel that no object names yet.
///
/// # Errors
/// `MemoryError`.
pub fn create<'a>(
    th: &Thread,
    unbound: UnboundOp,
    fallback: Fallback,
) -> PyResult<&'a Object<Channel>> {
    let state = State {
        ends: Ends::default(),
        open: true,
        closing: false,
        closed: false,
        destroyed: false,
        objects: 0,
    };
    CHANNELS.make(th, |id| Channel {
        id,
        unbound,
        fallback,
        ring: Ring::new(),
        state: Guarded::new(state),
    })
}

/// The channel of a number, closed or not.
///
/// # Errors
/// None but those of a dict of integers, which has none.
pub fn find<'a>(th: &Thread, id: i64) -> PyResult<Option<&'a Object<Channel>>> {
    CHANNELS.find(th, id)
}

/// The channels that are not closed for good, the oldest first.
///
/// # Errors
/// `MemoryError`.
pub fn all(th: &Thread) -> PyResult<ValueVec> {
    CHANNELS.all(th, |c| c.state.with(|s| !s.closed && !s.destroyed))
}

/// Takes a channel out of the register, with its items; whether it was there.
///
/// # Errors
/// `MemoryError`.
pub fn destroy(th: &Thread, c: &Object<Channel>) -> PyResult<bool> {
    let was = c.state.with(|s| !std::mem::replace(&mut s.destroyed, true));
    if was {
        forget(th, c)?;
    }
    Ok(was)
}

fn forget(th: &Thread, c: &Object<Channel>) -> PyResult<()> {
    CHANNELS.remove(th, c.id)?;
    drop_items(th, c);
    Ok(())
}

/// Lets the items of a channel go that takes no more; their senders learn that it was closed.
fn drop_items(th: &Thread, c: &Object<Channel>) {
    while let Some(v) = c.state.with(|_| c.ring.pop()) {
        let i = v.expect::<Item>();
        if let Some(packed) = i.packed() {
            release(th, packed);
        }
        i.settle(Fate::Dropped);
    }
}

/// One more object names a channel; whether that is still there.
pub fn name(c: &Channel) -> bool {
    c.state.with(|s| {
        if !s.destroyed {
            s.objects += 1;
        }
        !s.destroyed
    })
}

/// An object less names a channel; with the last it is destroyed.
///
/// # Errors
/// `MemoryError`.
pub fn unname(th: &Thread, c: &Object<Channel>) -> PyResult<()> {
    let last = c.state.with(|s| {
        s.objects -= 1;
        s.objects == 0 && !std::mem::replace(&mut s.destroyed, true)
    });
    if last {
        forget(th, c)?;
    }
    Ok(())
}

/// Whether a channel takes items: asked before one is made.
pub fn check_sending(c: &Channel) -> Result<(), Failure> {
    c.state.with(|s| {
        s.check()?;
        if s.closing {
            return Err(Failure::Closed);
        }
        Ok(())
    })
}

/// Whether a channel is open.
pub fn check(c: &Channel) -> Result<(), Failure> {
    c.state.with(|s| s.check())
}

/// Appends an item. The calling thread's interpreter uses the sending end from then on.
///
/// # Errors
/// `MemoryError`.
pub fn send(
    th: &Thread,
    c: &Object<Channel>,
    item: &Object<Item>,
) -> PyResult<Result<(), Failure>> {
    loop {
        let done = c.state.with(|s| {
            s.check()?;
            if s.closing {
                return Err(Failure::Closed);
            }
            if !s.ends.send.join(item.interp) {
                return Err(Failure::Released);
            }
            Ok(c.ring.push(item.value()))
        });
        match done {
            Err(f) => return Ok(Err(f)),
            Ok(true) => return Ok(Ok(())),
            Ok(false) => {}
        }
        let bigger = Object::<Array>::try_new(th, (c.ring.capacity() * 2).max(8))?;
        c.state.with(|_| c.ring.grow(&c.header, bigger));
    }
}

/// Takes the oldest item. The calling thread's interpreter uses the receiving end from then on.
pub fn recv<'a>(th: &Thread, c: &Object<Channel>) -> Result<&'a Object<Item>, Failure> {
    c.state.with(|s| {
        s.check()?;
        if !s.ends.recv.join(th.interp.id) {
            return Err(Failure::Released);
        }
        let next = c.ring.pop().map(|v| v.expect::<Item>());
        if s.closing && c.ring.len() == 0 {
            s.open = false;
            s.closed = true;
        }
        match next {
            Some(i) => {
                i.take();
                Ok(i)
            }
            None => Err(Failure::Empty),
        }
    })
}

/// Takes an item back that its sender has waited for in vain; whether it was still there.
pub fn take_back(c: &Object<Channel>, item: &Object<Item>) -> bool {
    c.state.with(|s| {
        let mut found = false;
        c.ring.retain(|v| {
            let this = v.is(item.value());
            found |= this;
            !this
        });
        if found && s.closing && c.ring.len() == 0 {
            s.open = false;
            s.closed = true;
        }
        found
    })
}

/// Releases ends for an interpreter.
pub fn release_ends(c: &Channel, interp: u64, end: End) -> Result<(), Failure> {
    c.state.with(|s| {
        s.check()?;
        s.ends.release(interp, end);
        s.open = s.ends.are_open();
        Ok(())
    })
}

/// Closes a channel for all interpreters. One with items is not closed unless by `force`; if it is its sending end that
/// is to be closed, it takes no more and closes with the last of them.
pub fn close(th: &Thread, c: &Object<Channel>, end: End, force: bool) -> Result<(), Failure> {
    let closed = c.state.with(|s| {
        if s.destroyed {
            return Err(Failure::NotFound);
        }
        if s.closed || !s.open || (!force && end == End::Send && s.closing) {
            return Err(Failure::Closed);
        }
        if !force && c.ring.len() > 0 {
            if end != End::Send {
                return Err(Failure::NotEmpty);
            }
            s.closing = true;
            return Ok(false);
        }
        s.open = false;
        s.closed = true;
        s.ends.send.release_all();
        s.ends.recv.release_all();
        Ok(true)
    })?;
    if closed {
        drop_items(th, c);
    }
    Ok(())
}

/// The interpreters that use an end.
pub fn users(c: &Channel, end: End) -> Result<Vec<u64>, Failure> {
    c.state.with(|s| {
        s.check()?;
        if end == End::Send && s.closing {
            return Err(Failure::Closed);
        }
        let users = match end {
            End::Send => &s.ends.send,
            _ => &s.ends.recv,
        };
        let mut ids: Vec<u64> = users.iter().filter(|u| u.open).map(|u| u.interp).collect();
        ids.sort_unstable();
        Ok(ids)
    })
}

/// How many items an open channel has.
pub fn count(c: &Channel) -> Result<usize, Failure> {
    c.state.with(|s| s.check().map(|()| c.ring.len()))
}

/// What `get_info()` tells.
#[derive(Default, Debug)]
pub struct Info {
    /// Whether it is closed.
    pub closed: bool,
    /// Whether it closes with its last item.
    pub closing: bool,
    /// Items.
    pub count: usize,
    /// Interpreters that only send, and how many of those have released that.
    pub send_only: [i64; 2],
    /// The same for receiving.
    pub recv_only: [i64; 2],
    /// Interpreters that do both, and have released neither end, both, the receiving one, the sending one.
    pub both: [i64; 4],
    /// Whether this interpreter uses the ends: nothing where it never did.
    pub own: [Option<bool>; 2],
}

/// What `get_info()` tells, in one moment.
pub fn info(c: &Channel, interp: u64) -> Result<Info, Failure> {
    c.state.with(|s| {
        let mut info = Info::default();
        if s.destroyed {
            return Err(Failure::NotFound);
        }
        if s.closed || !s.open {
            info.closed = true;
            return Ok(info);
        }
        info.closing = s.closing;
        info.count = c.ring.len();
        info.own = [&s.ends.send, &s.ends.recv].map(|e| e.find(interp).map(|u| u.open));
        for u in s.ends.send.iter() {
            let n = match (u.open, s.ends.recv.find(u.interp).map(|r| r.open)) {
                (true, None) => &mut info.send_only[0],
                (false, None) => &mut info.send_only[1],
                (true, Some(true)) => &mut info.both[0],
                (false, Some(false)) => &mut info.both[1],
                (true, Some(false)) => &mut info.both[2],
                (false, Some(true)) => &mut info.both[3],
            };
            *n += 1;
        }
        for u in s.ends.recv.iter() {
            if s.ends.send.find(u.interp).is_none() {
                info.recv_only[usize::from(!u.open)] += 1;
            }
        }
        Ok(info)
    })
}

/// An interpreter is gone: its items are unbound and its ends released, in all channels.
pub fn interpreter_gone(th: &Thread, id: u64) {
    // Without memory for the list the items stay as they are: nothing but their origin is lost.
    let Ok(channels) = all(th) else { return };
    for c in channels.iter() {
        let c = c.expect::<Channel>();
        // What is taken out of the items is released without the lock.
        let Ok(taken) = Object::<Array>::try_new(th, c.ring.len()) else {
            return;
        };
        c.state.with(|s| {
            item::unbind_all(&c.ring, id, taken);
            s.ends.leave(id);
            s.open = s.ends.are_open();
        });
        for packed in taken.values() {
            release(th, *packed);
        }
    }
}
