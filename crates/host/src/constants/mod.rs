//! Tables of names and values that modules loop over.
//!
//! A value stands in the table itself only where the C library's bindings lack the name, or give
//! it another sign than Python does.

pub mod config;
pub mod errno;
pub mod fcntl;
pub mod locale;
pub mod mmap;
pub mod posix;
pub mod resource;
pub mod select;
pub mod signal;
pub mod socket;
pub mod syslog;
pub mod termios;
pub mod time;

/// A list of `NAME` (from the C library's bindings) and `NAME = value`.
macro_rules! constants {
    (@value $name:ident) => { libc::$name as i64 };
    (@value $name:ident $value:literal) => { $value };
    ($($name:ident $(= $value:literal)?),* $(,)?) => {
        [$((stringify!($name), constants!(@value $name $($value)?))),*]
    };
}
use constants;

/// The value of a name in a table.
pub fn lookup(table: &[(&str, i64)], name: &str) -> Option<i64> {
    table
        .iter()
        .find(|(known, _)| *known == name)
        .map(|(_, value)| *value)
}
