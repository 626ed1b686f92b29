//! Native modules over the operating system.
//!
//! | module | what it has |
//! |---|---|
//! | `args` | taking arguments apart: paths, descriptors, sizes; system calls that signals interrupt |
//! | `io` | `_io`, in part: the bases of streams, `BytesIO`, the lock that streams hold over whole calls |

pub mod args;
pub mod io;

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;

/// The modules that are whole: none yet. [`io::MODULE`] lacks files, buffers and text, so it is not offered for import.
pub fn modules() -> &'static [&'static ModuleSpec] {
    &[]
}

/// Types of this crate that no module's table has: none.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    &[]
}
