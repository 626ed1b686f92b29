//! `posix`: the operating system, as the module `os` builds on it.
//!
//! | file | what it has |
//! |---|---|
//! | `table` | the module's functions |
//! | `path`, `numbers`, `structs` | arguments and results |
//! | `stat`, `files`, `dirs`, `scandir`, `lexical`, `xattr`, `transfer` | files and directories |
//! | `environ`, `config`, `terminal`, `special` | the environment, limits, terminals, descriptors of other kinds |
//! | `identity`, `process`, `wait`, `exec`, `fork`, `sched` | processes |

mod config;
mod dirs;
mod environ;
mod exec;
mod files;
pub(crate) mod fork;
mod identity;
mod lexical;
pub(crate) mod numbers;
mod path;
mod process;
mod scandir;
mod sched;
mod special;
mod stat;
mod structs;
mod table;
mod terminal;
mod transfer;
mod wait;
mod xattr;

use crate::args::{add_constants, module_dict};
use taipan_object::native::ModuleSpec;
use taipan_object::{PyResult, Thread, Value};

/// `posix`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "posix",
    doc: "What the system offers by the C and POSIX standards, and what Linux adds. The module os is its face.",
    functions: table::FUNCTIONS,
    types: &[
        (&scandir::DIR_ENTRY, &scandir::ENTRY_SPEC),
        (&scandir::SCANDIR_ITERATOR, &scandir::ITERATOR_SPEC),
    ],
    init,
};

/// What `os` looks at to say which functions take descriptors and the like.
const HAVE: &[&str] = &[
    "HAVE_EVENTFD",
    "HAVE_TIMERFD_CREATE",
    "HAVE_FACCESSAT",
    "HAVE_FCHDIR",
    "HAVE_FCHMOD",
    "HAVE_FCHMODAT",
    "HAVE_FCHOWN",
    "HAVE_FCHOWNAT",
    "HAVE_FEXECVE",
    "HAVE_FDOPENDIR",
    "HAVE_FPATHCONF",
    "HAVE_FSTATAT",
    "HAVE_FSTATVFS",
    "HAVE_FTRUNCATE",
    "HAVE_FUTIMENS",
    "HAVE_FUTIMES",
    "HAVE_FUTIMESAT",
    "HAVE_LINKAT",
    "HAVE_LCHOWN",
    "HAVE_LSTAT",
    "HAVE_LUTIMES",
    "HAVE_MEMFD_CREATE",
    "HAVE_MKDIRAT",
    "HAVE_MKFIFOAT",
    "HAVE_MKNODAT",
    "HAVE_OPENAT",
    "HAVE_READLINKAT",
    "HAVE_RENAMEAT",
    "HAVE_SYMLINKAT",
    "HAVE_UNLINKAT",
    "HAVE_UTIMENSAT",
    "HAVE_PTSNAME_R",
];

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let d = module_dict(module);
    add_constants(th, module, taipan_host::constants::posix::CONSTANTS)?;
    structs::init(th, module)?;
    config::init(th, module)?;
    // The iterator's type has no name in the module.
    d.remove(th, taipan_object::strings::intern(th, "ScandirIterator"))?;
    d.set_name(th, "environ", environ::snapshot(th)?)?;
    d.set_name(th, "error", taipan_object::exception::OS_ERROR.value())?;
    let mut have = taipan_object::ValueVec::new();
    for name in HAVE {
        have.push(th, Value::str(th, name))?;
    }
    d.set_name(
        th,
        "_have_functions",
        taipan_object::seq::List::from_vec(th, have),
    )
}
