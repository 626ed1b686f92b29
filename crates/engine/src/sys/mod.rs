//! `sys`.
//!
//! | module | what it has |
//! |---|---|
//! | `info` | constants, versions, flags, paths |
//! | `display` | the hooks: display, exceptions, unraisable exceptions, breakpoints, audit |
//! | `frames` | frames, exceptions in flight, tracing functions |
//! | `monitoring` | `sys.monitoring` |
//! | `limits` | recursion, digits, switch interval, sizes |

mod display;
mod frames;
mod info;
mod limits;
mod monitoring;

pub use display::{brief, show_exception, write_stderr, write_stderr_value};
pub use info::{VERSION_NUMBER, os_text, version_text};

use taipan_object::func::Module;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value};

/// `sys`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "sys",
    doc: "This module provides access to some objects used or maintained by the\ninterpreter and to functions that interact strongly with the interpreter.",
    functions: &[],
    types: &[],
    init,
};

static TABLES: &[&[Method]] = &[
    display::FUNCTIONS,
    frames::FUNCTIONS,
    limits::FUNCTIONS,
    info::FUNCTIONS,
];

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let d = module.expect::<Module>().dict.expect();
    let name = Value::str(th, "sys");
    for m in TABLES.iter().copied().flatten() {
        let f = taipan_object::func::NativeFunction::for_module(th, m, module, name);
        d.set_name(th, m.name, f)?;
    }
    for (hidden, shown) in [
        ("__displayhook__", "displayhook"),
        ("__excepthook__", "excepthook"),
        ("__unraisablehook__", "unraisablehook"),
        ("__breakpointhook__", "breakpointhook"),
    ] {
        if let Some(f) = d.get_name(th, shown) {
            d.set_name(th, hidden, f)?;
        }
    }
    d.set_name(th, "monitoring", monitoring::module(th)?)?;
    d.set_name(th, "_jit", Module::from_spec(th, &JIT)?.value())?;
    info::fill(th, d)
}

/// `sys._jit`: there is no just-in-time compiler yet.
static JIT: ModuleSpec = ModuleSpec {
    name: "sys._jit",
    doc: "The state of the just-in-time compiler.",
    functions: &[
        Method::new("is_available", "()", |_, _| Ok(Value::FALSE)),
        Method::new("is_enabled", "()", |_, _| Ok(Value::FALSE)),
        Method::new("is_active", "()", |_, _| Ok(Value::FALSE)),
    ],
    types: &[],
    init: |_, _| Ok(()),
};
