//! Native modules over the operating system.
//!
//! | module | what it has |
//! |---|---|
//! | `args` | taking arguments apart: paths, descriptors, sizes; system calls that signals interrupt |
//! | `forking` | what surrounds a fork: registered functions, the stopped world, the child put in order |
//! | `io` | `_io`: files, buffers, text streams |
//! | `signal` | `_signal` |
//! | `posix` | `posix` |
//! | `mmap` | `mmap` |
//! | `multiprocessing`, `posixshmem` | `_multiprocessing`, `_posixshmem` |
//! | `posixsubprocess` | `_posixsubprocess` |
//! | `errno`, `stat_mode` | `errno`, `_stat` |
//! | `fcntl`, `resource`, `termios`, `syslog`, `locale` | the modules of these names, `_locale` for the last |
//! | `users` | `pwd`, `grp` |
//! | `time` | `time` |

pub mod args;
pub mod errno;
pub mod fcntl;
pub mod forking;
pub mod io;
pub mod locale;
pub mod mmap;
pub mod multiprocessing;
pub mod posix;
pub mod posixshmem;
pub mod posixsubprocess;
pub mod resource;
pub mod signal;
pub mod stat_mode;
pub mod syslog;
pub mod termios;
pub mod time;
pub mod users;

use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;

static MODULES: &[&ModuleSpec] = &[
    &errno::MODULE,
    &fcntl::MODULE,
    &io::MODULE,
    &locale::MODULE,
    &posix::MODULE,
    &resource::MODULE,
    &mmap::MODULE,
    &multiprocessing::MODULE,
    &posixshmem::MODULE,
    &posixsubprocess::MODULE,
    &signal::MODULE,
    &stat_mode::MODULE,
    &syslog::MODULE,
    &termios::MODULE,
    &time::MODULE,
    &users::GRP,
    &users::PWD,
];

/// The modules of this crate.
pub fn modules() -> &'static [&'static ModuleSpec] {
    MODULES
}

/// Types of this crate that no module's table has: none.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    &[]
}
