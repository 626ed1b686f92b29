//! Native modules over the operating system.
//!
//! | module | what it has |
//! |---|---|
//! | `args` | taking arguments apart: paths, descriptors, sizes; system calls that signals interrupt |
//! | `io` | `_io`, in part: the bases of streams, `BytesIO`, the lock that streams hold over whole calls |
//! | `time` | `time` |

pub mod args;
pub mod io;
pub mod time;

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;

static MODULES: &[&ModuleSpec] = &[&time::MODULE];

/// The modules that are whole. [`io::MODULE`] lacks files, buffers and text, so it is not offered for import.
pub fn modules() -> &'static [&'static ModuleSpec] {
    MODULES
}

/// Types of this crate that no module's table has: none.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    &[]
}
