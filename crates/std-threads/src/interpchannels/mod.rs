//! `_interpchannels`: channels that all interpreters of the process share.
//!
//! | module | what it does |
//! |---|---|
//! | `store` | the channels and their items |
//! | `ends` | who uses which end |
//! | `id` | `ChannelID` |
//! | `library` | the pure library's objects for the ends |
//! | `errors` | the exceptions |

mod ends;
mod errors;
mod id;
mod library;
mod store;

use crate::crossinterp::arguments::{flag, int, optional_flag};
use crate::crossinterp::item::{Fate, Item};
use crate::crossinterp::{self, Fallback, UnboundOp, capture, release, restore};
use crate::parsing;
use crate::state;
use crate::thread::wait::{Limit, park, seconds_to_ns};
use ends::End;
use errors::failed;
use store::{Channel, Failure};
use taipan_containers::structseq;
use taipan_object::exception::TIMEOUT_ERROR;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{Object, PyResult, Thread, Value, attr, strings};
use taipan_strings::memoryview;
use taipan_sync::parking::Parked;

pub use id::{CHANNEL_ID, HANDLER};
pub use library::HANDLER as END_HANDLER;
pub use store::interpreter_gone;

/// `_interpchannels`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_interpchannels",
    doc: "This module provides primitive operations to manage Python interpreters.\nThe 'interpreters' module provides a more convenient interface.",
    functions: &[
        parsing!("create", "(unboundop=-1, fallback=-1)", create)
            .doc("channel_create(unboundop) -> cid\n\nCreate a new cross-interpreter channel and return a unique generated ID."),
        parsing!("destroy", "channel_destroy", "(cid)", |th, a| {
            let (id, _) = id::parse(th, a[0])?;
            match store::find(th, id)? {
                Some(c) if store::destroy(th, c)? => Ok(Value::NONE),
                _ => Err(failed(th, Failure::NotFound, id)),
            }
        })
        .doc("channel_destroy(cid)\n\nClose and finalize the channel.  Afterward attempts to use the channel\nwill behave as though it never existed."),
        Method::new("list_all", "()", list_all)
            .doc("channel_list_all() -> [cid]\n\nReturn the list of all IDs for active channels."),
        parsing!(
            "list_interpreters",
            "channel_list_interpreters",
            "(cid, *, send)",
            list_interpreters
        )
        .doc("channel_list_interpreters(cid, *, send) -> [id]\n\nReturn the list of all interpreter IDs associated with an end of the channel.\n\nThe 'send' argument should be a boolean indicating whether to use the send or\nreceive end."),
        parsing!(
            "send",
            "channel_send",
            "(cid, obj, unboundop=-1, fallback=-1, *, blocking=True, timeout=None)",
            |th, a| send(th, a, a[1])
        )
        .doc("channel_send(cid, obj, *, blocking=True, timeout=None)\n\nAdd the object's data to the channel's queue.\nBy default this waits for the object to be received."),
        parsing!(
            "send_buffer",
            "channel_send_buffer",
            "(cid, obj, unboundop=-1, fallback=-1, *, blocking=True, timeout=None)",
            |th, a| {
                id::parse(th, a[0])?;
                send(th, a, memoryview::of_object(th, a[1])?)
            }
        )
        .doc("channel_send_buffer(cid, obj, *, blocking=True, timeout=None)\n\nAdd the object's buffer to the channel's queue.\nBy default this waits for the object to be received."),
        parsing!("recv", "channel_recv", "(cid, default=None)", recv)
            .doc("channel_recv(cid, [default]) -> (obj, unboundop)\n\nReturn a new object from the data at the front of the channel's queue.\n\nIf there is nothing to receive then raise ChannelEmptyError, unless\na default value is provided.  In that case return it."),
        parsing!(
            "close",
            "channel_close",
            "(cid, *, send=None, recv=None, force=False)",
            |th, a| {
                let (id, _) = id::parse(th, a[0])?;
                let end = ends_of(th, a[1], a[2])?;
                let force = flag(th, a[3], false)?;
                let c = channel(th, id)?;
                done(th, id, store::close(th, c, end, force))
            }
        )
        .doc("channel_close(cid, *, send=None, recv=None, force=False)\n\nClose the channel for all interpreters.\n\nIf the channel is empty then the keyword args are ignored and both\nends are immediately closed.  Otherwise, if 'force' is True then\nall queued items are released and both ends are immediately\nclosed.\n\nIf the channel is not empty *and* 'force' is False then following\nhappens:\n\n * recv is True (regardless of send):\n   - raise ChannelNotEmptyError\n * recv is None and send is None:\n   - raise ChannelNotEmptyError\n * send is True and recv is not True:\n   - fully close the 'send' end\n   - close the 'recv' end to interpreters not already receiving\n   - fully close it once empty\n\nClosing an already closed channel results in a ChannelClosedError.\n\nOnce the channel's ID has no more ref counts in any interpreter\nthe channel will be destroyed."),
        parsing!(
            "release",
            "channel_release",
            "(cid, *, send=None, recv=None, force=True)",
            |th, a| {
                let (id, _) = id::parse(th, a[0])?;
                let end = ends_of(th, a[1], a[2])?;
                flag(th, a[3], true)?;
                let c = channel(th, id)?;
                done(th, id, store::release_ends(c, th.interp.id, end))
            }
        )
        .doc("channel_release(cid, *, send=None, recv=None, force=True)\n\nClose the channel for the current interpreter.  'send' and 'recv'\n(bool) may be used to indicate the ends to close.  By default both\nends are closed.  Closing an already closed end is a noop."),
        parsing!("get_count", "(cid)", |th, a| {
            let (id, _) = id::parse(th, a[0])?;
            match store::count(channel(th, id)?) {
                Ok(n) => Ok(Value::usize(th, n)),
                Err(f) => Err(failed(th, f, id)),
            }
        })
        .doc("get_count(cid)\n\nReturn the number of items in the channel."),
        parsing!("get_info", "_get_info", "(cid)", get_info)
            .doc("get_info(cid)\n\nReturn details about the channel."),
        parsing!("get_channel_defaults", "(cid)", |th, a| {
            let (id, _) = id::parse(th, a[0])?;
            let c = channel(th, id)?;
            done(th, id, store::check(c))?;
            let parts = [c.unbound.number(), c.fallback.number()].map(Value::small_int);
            Value::try_tuple(th, &parts)
        })
        .doc("get_channel_defaults(cid)\n\nReturn the channel's default values, set when it was created."),
        parsing!(
            "_channel_id",
            "ChannelID.__new__",
            "(id, *, send=None, recv=None, force=False, _resolve=False)",
            id::channel_id
        ),
        parsing!("_register_end_types", "(send, recv)", library::register_end_types),
    ],
    types: &[
        (&errors::CHANNEL_ERROR, &errors::SPEC),
        (&errors::CHANNEL_NOT_FOUND, &errors::SPEC),
        (&errors::CHANNEL_CLOSED, &errors::SPEC),
        (&errors::CHANNEL_EMPTY, &errors::SPEC),
        (&errors::CHANNEL_NOT_EMPTY, &errors::SPEC),
        (&id::CHANNEL_ID, &id::SPEC),
    ],
    init: |th, module| {
        crossinterp::init(th)?;
        let info = info_type(th)?;
        attr::set(th, module, strings::intern(th, "ChannelInfo"), info)
    },
};

/// The channel of a number.
fn channel<'a>(th: &Thread, id: i64) -> PyResult<&'a Object<Channel>> {
    store::find(th, id)?.ok_or_else(|| failed(th, Failure::NotFound, id))
}

/// None, or the failure as an exception.
fn done(th: &Thread, id: i64, r: Result<(), Failure>) -> PyResult {
    match r {
        Ok(()) => Ok(Value::NONE),
        Err(f) => Err(failed(th, f, id)),
    }
}

/// The ends that two flags mean: both where neither or both are set.
fn ends_of(th: &Thread, send: Value, recv: Value) -> PyResult<End> {
    let send = optional_flag(th, send)?.unwrap_or(false);
    let recv = optional_flag(th, recv)?.unwrap_or(false);
    Ok(match (send, recv) {
        (true, false) => End::Send,
        (false, true) => End::Recv,
        _ => End::Both,
    })
}

fn create(th: &Thread, a: &[Value]) -> PyResult {
    let (unbound, fallback) = (int(th, a[0], -1)?, int(th, a[1], -1)?);
    let unbound = UnboundOp::from_number(th, unbound, UnboundOp::Replace)?;
    let fallback = Fallback::from_number(th, fallback, Fallback::Full)?;
    let c = store::create(th, unbound, fallback)?;
    id::make(th, c.id, End::Both, false, false)
}

fn list_all(th: &Thread, _: &[Value]) -> PyResult {
    let mut out = taipan_object::ValueVec::new();
    for c in store::all(th)?.iter() {
        let c = c.expect::<Channel>();
        let id = match id::make(th, c.id, End::Both, false, false) {
            Ok(id) => id,
            // It was destroyed since.
            Err(e) if e.is(&errors::CHANNEL_NOT_FOUND) => continue,
            Err(e) => return Err(e),
        };
        let (unbound, fallback) = (c.unbound.number(), c.fallback.number());
        let parts = [id, Value::small_int(unbound), Value::small_int(fallback)];
        out.push(th, Value::try_tuple(th, &parts)?)?;
    }
    out.reverse();
    Value::list(th, &out)
}

fn list_interpreters(th: &Thread, a: &[Value]) -> PyResult {
    if a[1].is_absent() {
        let msg = "channel_list_interpreters() missing required argument 'send' (pos 2)";
        return Err(th.type_error(msg));
    }
    let (id, _) = id::parse(th, a[0])?;
    let end = match flag(th, a[1], false)? {
        true => End::Send,
        false => End::Recv,
    };
    let ids = store::users(channel(th, id)?, end).map_err(|f| failed(th, f, id))?;
    let mut out = taipan_object::ValueVec::new();
    for n in ids {
        out.push(th, Value::uint(th, n))?;
    }
    Value::list(th, &out)
}

/// How long a sender waits until its item is received.
fn limit(th: &Thread, blocking: bool, timeout: Value) -> PyResult<Limit> {
    let timeout = timeout.present().filter(|t| !t.is_none());
    let Some(timeout) = timeout else {
        return Ok(if blocking {
            Limit::Forever
        } else {
            Limit::Never
        });
    };
    if !blocking {
        return Err(th.value_error("can't specify a timeout for a non-blocking call"));
    }
    let ns = seconds_to_ns(th, timeout)?;
    if ns < 0 {
        return Err(th.value_error("timeout value must be a non-negative number"));
    }
    Limit::after(th, ns)
}

/// Sends `obj` with the arguments `(cid, _, unboundop, fallback, blocking, timeout)`.
fn send(th: &Thread, a: &[Value], obj: Value) -> PyResult {
    let (id, _) = id::parse(th, a[0])?;
    let (unbound, fallback) = (int(th, a[2], -1)?, int(th, a[3], -1)?);
    let blocking = flag(th, a[4], true)?;
    let limit = limit(th, blocking, a[5])?;
    let found = store::find(th, id)?;
    let defaults = match found {
        Some(c) if unbound < 0 || fallback < 0 => store::check(c).map(|()| (c.unbound, c.fallback)),
        Some(c) => Ok((c.unbound, c.fallback)),
        None if unbound < 0 || fallback < 0 => Err(Failure::NotFound),
        None => Ok((UnboundOp::Replace, Fallback::Full)),
    };
    let defaults = defaults.map_err(|f| failed(th, f, id))?;
    let unbound = UnboundOp::from_number(th, unbound, defaults.0)?;
    let fallback = Fallback::from_number(th, fallback, defaults.1)?;
    let c = found.ok_or_else(|| failed(th, Failure::NotFound, id))?;
    done(th, id, store::check_sending(c))?;
    let packed = capture(th, obj, fallback)?;
    let item = Item::new(th, packed, unbound)?;
    let sent = store::send(th, c, item);
    if !matches!(sent, Ok(Ok(()))) {
        release(th, packed);
    }
    done(th, id, sent?)?;
    if blocking {
        wait(th, c, item, limit)?;
    }
    Ok(Value::NONE)
}

/// Waits until an item is received. An item that was waited for in vain is taken back.
fn wait(th: &Thread, c: &Object<Channel>, item: &Object<Item>, limit: Limit) -> PyResult<()> {
    loop {
        let before = item.fate();
        match before {
            Fate::Received => return Ok(()),
            Fate::Dropped => return Err(failed(th, Failure::ClosedWaiting, c.id)),
            Fate::Waiting | Fate::Taken => {}
        }
        let how = park(th, item.key(), limit, || item.fate() == before);
        if matches!(how, Ok(Parked::TimedOut) | Err(_)) {
            if store::take_back(c, item) {
                if let Some(packed) = item.packed() {
                    release(th, packed);
                }
            } else if how.is_ok() {
                // It is out of the sender's hands: received, or about to be.
                match item.fate() {
                    Fate::Waiting | Fate::Dropped => {
                        return Err(failed(th, Failure::ClosedWaiting, c.id));
                    }
                    Fate::Taken | Fate::Received => return Ok(()),
                }
            }
            how?;
            return Err(th.raise(&TIMEOUT_ERROR, "timed out"));
        }
    }
}

fn recv(th: &Thread, a: &[Value]) -> PyResult {
    let (id, _) = id::parse(th, a[0])?;
    let item = match store::recv(th, channel(th, id)?) {
        Ok(item) => item,
        Err(f) => {
            return match a[1].present() {
                Some(default) if f == Failure::Empty => {
                    Value::try_tuple(th, &[default, Value::NONE])
                }
                _ => Err(failed(th, f, id)),
            };
        }
    };
    let Some(packed) = item.packed() else {
        item.settle(Fate::Received);
        let op = Value::small_int(item.unbound.number());
        return Value::try_tuple(th, &[Value::NONE, op]);
    };
    let v = restore(th, packed);
    release(th, packed);
    item.settle(if v.is_ok() {
        Fate::Received
    } else {
        Fate::Dropped
    });
    Value::try_tuple(th, &[v?, Value::NONE])
}

const INFO: &str = "interpchannels.info";

/// `ChannelInfo`, of this interpreter.
fn info_type(th: &Thread) -> PyResult {
    state::get_or_make(th, INFO, || {
        structseq::define(
            th,
            "_interpchannels",
            "ChannelInfo",
            &[
                ("open", "both ends are open"),
                ("closing", "send is closed, recv is non-empty"),
                ("closed", "both ends are closed"),
                ("count", "queued objects"),
                ("num_interp_send", "interpreters bound to the send end"),
                (
                    "num_interp_send_released",
                    "interpreters bound to the send end and released",
                ),
                ("num_interp_recv", "interpreters bound to the send end"),
                (
                    "num_interp_recv_released",
                    "interpreters bound to the send end and released",
                ),
                ("num_interp_both", "interpreters bound to both ends"),
                (
                    "num_interp_both_released",
                    "interpreters bound to both ends and released_from_both",
                ),
                (
                    "num_interp_both_send_released",
                    "interpreters bound to both ends and released_from_the send end",
                ),
                (
                    "num_interp_both_recv_released",
                    "interpreters bound to both ends and released_from_the recv end",
                ),
                (
                    "send_associated",
                    "current interpreter is bound to the send end",
                ),
                (
                    "send_released",
                    "current interpreter *was* bound to the send end",
                ),
                (
                    "recv_associated",
                    "current interpreter is bound to the recv end",
                ),
                (
                    "recv_released",
                    "current interpreter *was* bound to the recv end",
                ),
            ],
            8,
            "ChannelInfo\n\nA named tuple of a channel's state.",
        )
    })
}

fn get_info(th: &Thread, a: &[Value]) -> PyResult {
    let (id, _) = id::parse(th, a[0])?;
    let info = store::info(channel(th, id)?, th.interp.id).map_err(|f| failed(th, f, id))?;
    let n = |n: i64| Value::int(th, n);
    let own = |end: usize, open: bool| Value::bool(info.own[end] == Some(open));
    let values = [
        Value::bool(!info.closed && !info.closing),
        Value::bool(info.closing),
        Value::bool(info.closed),
        Value::usize(th, info.count),
        n(info.send_only[0]),
        n(info.send_only[1]),
        n(info.recv_only[0]),
        n(info.recv_only[1]),
        n(info.both[0]),
        n(info.both[1]),
        n(info.both[2]),
        n(info.both[3]),
        own(0, true),
        own(0, false),
        own(1, true),
        own(1, false),
    ];
    structseq::make(th, info_type(th)?, &values)
}
