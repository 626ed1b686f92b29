//! `ChannelID`: what names a channel, or one of its ends. A channel lives as long as something names it.

use super::ends::End;
use super::errors::failed;
use super::{library, store};
use crate::crossinterp::arguments::{id_number, is_negative, negative_id, optional_flag};
use crate::crossinterp::handles::Handler;
use crate::crossinterp::packed::{How, Packed, pack};
use store::{Channel, Failure};
use taipan_object::heap::FieldOf;
use taipan_object::native::{GetSet, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{OBJECT, StaticType, class_of, flags, is_exactly, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, call, ops, payload};

/// The payload of `ChannelID`.
#[repr(C)]
pub struct ChannelId {
    /// The number.
    pub id: i64,
    /// The end, or both.
    pub end: End,
    /// Whether the other side is to have one of the library's objects of it.
    resolve: bool,
    /// The channel that it counts for; null for a number without a channel.
    channel: FieldOf<Channel>,
}

payload!(ChannelId, "ChannelID", |this, m| this.channel.trace(m));

/// `_interpchannels.ChannelID`
pub static CHANNEL_ID: StaticType = StaticType::new(
    "_interpchannels",
    "ChannelID",
    Some(&OBJECT),
    flags::BASE | flags::NO_NEW | flags::HAS_DEL,
    layout_of::<ChannelId>,
);

/// What `ChannelID` is.
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.del = Some(|th, v| match v.expect::<ChannelId>().channel.get() {
            Some(c) => store::unname(th, c),
            None => Ok(()),
        });
        s.repr = Some(|th, v| {
            let me = v.expect::<ChannelId>();
            let end = match me.end {
                End::Send => ", send=True",
                End::Recv => ", recv=True",
                End::Both => "",
            };
            let name = class_of(v).name_text();
            Ok(Value::str(th, &format!("{name}({}{end})", me.id)))
        });
        s.str = Some(|th, v| Ok(Value::str(th, &v.expect::<ChannelId>().id.to_string())));
        s.hash = Some(|th, v| ops::hash(th, number(th, v)));
        s.int = Some(|th, v| Ok(number(th, v)));
        s.index = Some(|th, v| Ok(number(th, v)));
        s.richcmp = Some(compare);
    },
    methods: &[],
    getset: &[
        GetSet::new("end", |th, v| {
            Ok(Value::str(th, v.expect::<ChannelId>().end.name()))
        })
        .doc("'send', 'recv', or 'both'"),
        GetSet::new("send", |th, v| other(th, v, End::Send)).doc("the 'send' end of the channel"),
        GetSet::new("recv", |th, v| other(th, v, End::Recv)).doc("the 'recv' end of the channel"),
    ],
    doc: "A channel ID identifies a channel and may be used as an int.",
    sig: "",
};

fn number(th: &Thread, v: Value) -> Value {
    Value::int(th, v.expect::<ChannelId>().id)
}

fn compare(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let me = a.expect::<ChannelId>();
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let equal = if let Some(other) = b.downcast::<ChannelId>() {
        me.end == other.end && me.id == other.id
    } else if b.is_int() {
        b.as_i64() == Some(me.id)
    } else {
        let slots = class_of(b).slots();
        if slots.index.is_none() && slots.int.is_none() && slots.float.is_none() {
            return Ok(Value::NOT_IMPLEMENTED);
        }
        return ops::compare(th, number(th, a), b, op);
    };
    Ok(Value::bool(equal == matches!(op, CmpOp::Eq)))
}

/// The same channel, by another end.
fn other(th: &Thread, v: Value, end: End) -> PyResult {
    let me = v.expect::<ChannelId>();
    make(th, me.id, end, false, me.resolve)
}

/// A `ChannelID`. With `force` there need not be a channel of that number.
///
/// # Errors
/// `ChannelNotFoundError`.
pub fn make(th: &Thread, id: i64, end: End, force: bool, resolve: bool) -> PyResult {
    let channel = store::find(th, id)?.filter(|c| store::name(c));
    if channel.is_none() && !force {
        return Err(failed(th, Failure::NotFound, id));
    }
    let data = ChannelId {
        id,
        end,
        resolve,
        channel: channel.map_or(FieldOf::null(), FieldOf::new),
    };
    Ok(th.new_object(&CHANNEL_ID, data).value())
}

/// What an argument names: a channel, and the end if it is a `ChannelID`.
///
/// # Errors
/// `TypeError`, `ValueError`, `OverflowError`.
pub fn parse(th: &Thread, v: Value) -> PyResult<(i64, End)> {
    if let Some(c) = v.downcast::<ChannelId>() {
        return Ok((c.id, c.end));
    }
    let n = id_number(th, v, "channel")?;
    let Some(id) = n.as_i64() else {
        return Err(th.overflow_error("int too big to convert"));
    };
    if is_negative(n) {
        return Err(negative_id(th, n, "channel"));
    }
    Ok((id, End::Both))
}

/// `_channel_id(id, *, send, recv, force, _resolve)`
pub fn channel_id(th: &Thread, a: &[Value]) -> PyResult {
    let (id, end) = parse(th, a[0])?;
    let (send, recv) = (optional_flag(th, a[1])?, optional_flag(th, a[2])?);
    let force = optional_flag(th, a[3])?.unwrap_or(false);
    let resolve = optional_flag(th, a[4])?.unwrap_or(false);
    let end = match (send, recv) {
        (Some(false), Some(false)) => {
            return Err(th.value_error("'send' and 'recv' cannot both be False"));
        }
        (Some(true), Some(true)) => End::Both,
        (Some(true), _) => End::Send,
        (_, Some(true)) => End::Recv,
        _ => end,
    };
    make(th, id, end, force, resolve)
}

/// How `ChannelID`s pass.
pub static HANDLER: Handler = Handler {
    takes: |_, v| CHANNEL_ID.is_made() && is_exactly(v, &CHANNEL_ID),
    capture: |th, v| {
        let me = v.expect::<ChannelId>();
        Ok(pack_end(th, me.id, me.end, me.resolve))
    },
};

/// Packs a channel's name, which counts for the channel if that is there.
pub(super) fn pack_end(th: &Thread, id: i64, end: End, resolve: bool) -> Value {
    let channel = store::find(th, id).ok().flatten();
    let channel = channel.filter(|c| store::name(c));
    let how = match (end, resolve) {
        (End::Send, false) => &SEND,
        (End::Recv, false) => &RECV,
        (End::Both, _) => &BOTH,
        (End::Send, true) => &SEND_RESOLVED,
        (End::Recv, true) => &RECV_RESOLVED,
    };
    pack(th, how, channel.map_or(Value::NONE, |c| c.value()), id)
}

/// The ways that a name passes: one for each end, as itself or as an object of the library.
macro_rules! ways {
    ($($name:ident: $end:expr, $resolve:literal;)*) => {
        $(static $name: How = How {
            restore: |th, p| unpack(th, p, $end, $resolve),
            release: Some(unname),
        };)*
    };
}

ways! {
    SEND: End::Send, false;
    RECV: End::Recv, false;
    BOTH: End::Both, false;
    SEND_RESOLVED: End::Send, true;
    RECV_RESOLVED: End::Recv, true;
}

fn unname(th: &Thread, p: &Object<Packed>) {
    if let Some(c) = p.value.get().downcast::<Channel>() {
        // Without memory the channel stays.
        let _ = store::unname(th, c);
    }
}

fn unpack(th: &Thread, p: &Object<Packed>, end: End, resolve: bool) -> PyResult {
    let id = make(th, p.number, end, false, false)?;
    if !resolve {
        return Ok(id);
    }
    // The name alone serves where the library cannot be had.
    match library::end_type(th, end).and_then(|t| call::call(th, t, &[id])) {
        Ok(v) => Ok(v),
        Err(_) => Ok(id),
    }
}
