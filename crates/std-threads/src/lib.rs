//! Native modules about threads, contexts, the collector and the end of a program.
//!
//! | module | what it has |
//! |---|---|
//! | `abc` | `_abc`: registries and caches of abstract base classes |
//! | `atexit` | functions to be called at the end |
//! | `collector` | `gc` |
//! | `contextvars` | `_contextvars`: contexts as persistent maps |
//! | `state` | objects kept per interpreter |

pub mod abc;
pub mod atexit;
pub mod collector;
pub mod contextvars;
mod state;

use taipan_object::call::{self, Args};
use taipan_object::heap::ValueVec;
use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::StaticType;
use taipan_object::{PyResult, Thread, Value};

static MODULES: &[&ModuleSpec] = &[
    &abc::MODULE,
    &atexit::MODULE,
    &collector::MODULE,
    &contextvars::MODULE,
];

/// The modules of this crate.
pub fn modules() -> &'static [&'static ModuleSpec] {
    MODULES
}

/// Types of this crate that no module's table has: none.
pub fn types() -> &'static [(&'static StaticType, &'static TypeSpec)] {
    &[]
}

/// `f(*args, **kwargs)` of a tuple and a dict, each of which may be absent.
fn call_with(th: &Thread, f: Value, args: Value, kwargs: Value) -> PyResult {
    let pos = args.as_tuple().unwrap_or(&[]);
    let Some(d) = kwargs.as_dict().filter(|d| !d.map.is_empty()) else {
        return call::call(th, f, pos);
    };
    let mut values = ValueVec::from_slice(th, pos)?;
    let mut kwnames = ValueVec::new();
    let mut at = 0;
    while let Some((next, k, v, _)) = d.map.next_entry(at) {
        at = next;
        if k.as_wtf8().is_none() {
            return Err(th.type_error("keywords must be strings"));
        }
        kwnames.push(th, k)?;
        values.push(th, v)?;
    }
    call::call_args(
        th,
        f,
        Args {
            values: &values,
            kwnames: &kwnames,
        },
    )
}
