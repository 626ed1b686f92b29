//! Objects that the modules of this crate keep per interpreter.

use taipan_object::dict::Dict;
use taipan_object::heap::Object;
use taipan_object::{PyResult, Thread, ops, strings};

/// The dict of objects that native modules keep per interpreter.
pub(crate) fn dict<'a>(th: &Thread) -> &'a Object<Dict> {
    match th.interp.state.get() {
        Some(d) => d,
        None => {
            th.interp.set_dict(&th.interp.state, Dict::new(th));
            th.interp.state.expect()
        }
    }
}

/// The object of a name, which `make` makes when it is first asked for: one for all threads.
pub(crate) fn get_or_make(th: &Thread, name: &str, make: impl FnOnce() -> PyResult) -> PyResult {
    let d = dict(th);
    let key = strings::intern(th, name);
    if let Some(v) = d.map.get_str(key) {
        return Ok(v);
    }
    let fresh = make()?;
    d.map
        .setdefault(th, &d.header, key, ops::hash(th, key)?, fresh)
}
