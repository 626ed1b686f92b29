//! `_sysconfig`: how this interpreter was built.

use taipan_object::dict::Dict;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{Thread, Value};

/// `_sysconfig`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_sysconfig",
    doc: "A helper for the sysconfig module.",
    functions: &[
        Method::new("config_vars", "()", |th: &Thread, _: &[Value]| {
            let d = Dict::new(th);
            // Threads run at once unless `-X gil=1` asks otherwise.
            d.set_name(th, "Py_GIL_DISABLED", Value::small_int(1))?;
            d.set_name(th, "Py_DEBUG", Value::small_int(0))?;
            Ok(d.value())
        })
        .doc(
            "Returns a dictionary containing build variables intended to be exposed by sysconfig.",
        ),
    ],
    types: &[],
    init: |_, _| Ok(()),
};
