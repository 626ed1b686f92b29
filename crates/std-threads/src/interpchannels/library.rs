//! The pure library's objects for the ends of channels: each interpreter registers its own types.

use super::ends::End;
use super::id::{self, ChannelId};
use crate::crossinterp;
use crate::crossinterp::handles::Handler;
use crate::state;
use taipan_object::types::{Type, class_of};
use taipan_object::{PyResult, Thread, Value, attr, strings};

const TYPES: &str = "interpchannels.types";

/// Modules that register types when they are imported, in the order that they are tried in.
const LIBRARIES: [&str; 2] = ["interpreters.channels", "test.support.channels"];

/// `_register_end_types(send, recv)`
pub fn register_end_types(th: &Thread, a: &[Value]) -> PyResult {
    for (v, name) in [(a[0], "send"), (a[1], "recv")] {
        if v.downcast::<Type>().is_none() {
            return Err(th.type_error(format!("expected a type for '{name}'")));
        }
    }
    state::dict(th).set_name(th, TYPES, Value::try_tuple(th, a)?)?;
    Ok(Value::NONE)
}

fn registered(th: &Thread, end: End) -> Option<Value> {
    let types = th.interp.state.get()?.get_name(th, TYPES)?;
    types
        .as_tuple()?
        .get(usize::from(end == End::Recv))
        .copied()
}

/// Whether a value is one of the library's objects.
fn is_end(th: &Thread, v: Value) -> bool {
    let class = class_of(v).value();
    [End::Send, End::Recv]
        .into_iter()
        .any(|end| registered(th, end).is_some_and(|t| t.is(class)))
}

/// The type that stands for an end; the library is imported if need be.
///
/// # Errors
/// What importing raises.
pub fn end_type(th: &Thread, end: End) -> PyResult {
    let mut failure = None;
    for name in LIBRARIES {
        if let Some(t) = registered(th, end) {
            return Ok(t);
        }
        failure = crossinterp::import(th, name).err();
    }
    match (registered(th, end), failure) {
        (Some(t), _) => Ok(t),
        (None, Some(e)) => Err(e),
        (None, None) => Err(th.runtime_error("no types for the ends of channels")),
    }
}

/// How the library's objects pass: by the name of their channel.
pub static HANDLER: Handler = Handler {
    takes: is_end,
    capture: |th, v| {
        let name = attr::get(th, v, strings::intern(th, "_id"))?;
        match name.downcast::<ChannelId>() {
            Some(c) => Ok(id::pack_end(th, c.id, c.end, true)),
            None => Err(th.type_error(format!(
                "'_id' attribute must be an _interpchannels.ChannelID object, not {}",
                class_of(name).tp_name()
            ))),
        }
    },
};
