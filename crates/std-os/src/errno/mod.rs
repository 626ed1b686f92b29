//! `errno`: the system's error numbers.

use crate::args::{add_constants, module_dict};
use taipan_host::errno;
use taipan_object::dict::Dict;
use taipan_object::native::ModuleSpec;
use taipan_object::{Thread, Value};

/// `errno`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "errno",
    doc: "The system's error numbers by name. The dict errorcode has the names by number.",
    functions: &[],
    types: &[],
    init: |th: &Thread, module| {
        add_constants(th, module, errno::CONSTANTS)?;
        let names = Dict::new(th);
        for (_, n) in errno::CONSTANTS {
            if let Some(name) = i32::try_from(*n).ok().and_then(errno::name) {
                names.set(
                    th,
                    Value::small_int(*n),
                    taipan_object::strings::intern(th, name),
                )?;
            }
        }
        module_dict(module).set_name(th, "errorcode", names.value())
    },
};
