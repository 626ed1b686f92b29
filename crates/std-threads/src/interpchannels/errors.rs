//! The exceptions of channels.

use super::store::Failure;
use taipan_object::exception::RUNTIME_ERROR;
use taipan_object::native::TypeSpec;
use taipan_object::types::{StaticType, flags, no_layout};
use taipan_object::{Raised, Thread};

macro_rules! exceptions {
    ($($id:ident = $name:literal : $base:expr;)*) => {
        $(
            #[doc = concat!("`_interpchannels.", $name, "`")]
            pub static $id: StaticType = StaticType::new(
                "_interpchannels",
                $name,
                Some($base),
                flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS,
                no_layout,
            );
        )*
    };
}

exceptions! {
    CHANNEL_ERROR = "ChannelError": &RUNTIME_ERROR;
    CHANNEL_NOT_FOUND = "ChannelNotFoundError": &CHANNEL_ERROR;
    CHANNEL_CLOSED = "ChannelClosedError": &CHANNEL_ERROR;
    CHANNEL_EMPTY = "ChannelEmptyError": &CHANNEL_ERROR;
    CHANNEL_NOT_EMPTY = "ChannelNotEmptyError": &CHANNEL_ERROR;
}

/// What each of them is.
pub static SPEC: TypeSpec = TypeSpec::EMPTY;

/// A failure as an exception.
#[cold]
pub fn failed(th: &Thread, f: Failure, id: i64) -> Raised {
    let (class, what) = match f {
        Failure::NotFound => (&CHANNEL_NOT_FOUND, "not found"),
        Failure::Closed => (&CHANNEL_CLOSED, "is closed"),
        Failure::ClosedWaiting => (&CHANNEL_CLOSED, "has closed"),
        Failure::Released => (&CHANNEL_CLOSED, "is already closed"),
        Failure::Empty => (&CHANNEL_EMPTY, "is empty"),
        Failure::NotEmpty => (
            &CHANNEL_NOT_EMPTY,
            "may not be closed if not empty (try force=True)",
        ),
    };
    th.raise(class, format!("channel {id} {what}"))
}
