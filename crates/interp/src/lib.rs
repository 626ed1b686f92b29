//! The interpreter: the loop over register bytecode, frames, inline caches, generators.
//!
//! | module | what it does |
//! |---|---|
//! | `eval` | the loop: one arm an operation, slow paths elsewhere |
//! | `calls`, `bind` | entering and leaving frames, arguments to parameters |
//! | `rare` | the operations that are run seldom |
//! | `trace` | `sys.settrace`, `sys.setprofile`, `sys.monitoring` |
//! | `arith` | operators |
//! | `attrs`, `globals` | attribute and name access through inline caches |
//! | `raise` | raising, unwinding, `except*` |
//! | `generators` | resuming, `yield from`, `await` |
//! | `build`, `pattern`, `import`, `function`, `intrinsic` | the rest of the operations |
//! | `frames` | Python's frame objects |
//!
//! Python-to-Python calls do not recurse on the native stack: a call pushes a frame record and goes on in the loop.

mod arith;
mod attrs;
mod bind;
mod build;
mod calls;
mod eval;
pub mod frames;
mod function;
mod generators;
mod globals;
mod import;
mod intrinsic;
mod iterate;
mod pattern;
mod raise;
mod rare;
pub mod trace;

pub use calls::{call_function, run_code};
pub use generators::resume;

use taipan_object::thread::Thread;

/// Registers the interpreter's own kinds of cells. Before the first code runs.
pub fn init(_th: &Thread) {
    taipan_object::heap::register::<attrs::CacheEntry>();
    taipan_object::heap::register::<taipan_object::monitor::CodeMonitor>();
}
