//! The numeric locale that the format code `n` uses: the C locale until a layer above that knows the system's says so.

use std::sync::RwLock;
use taipan_num::format::NumericLocale;

static SOURCE: RwLock<Option<fn() -> NumericLocale>> = RwLock::new(None);

/// Says how to find the numeric locale of the moment.
pub fn set_source(f: fn() -> NumericLocale) {
    *SOURCE.write().unwrap_or_else(|e| e.into_inner()) = Some(f);
}

/// The numeric locale of the moment, for a format specification: only one that ends in `n` asks for it.
pub(crate) fn for_spec(spec: &taipan_object::wtf8::Wtf8) -> NumericLocale {
    if spec.as_bytes().last() != Some(&b'n') {
        return NumericLocale::default();
    }
    let source = *SOURCE.read().unwrap_or_else(|e| e.into_inner());
    source.map_or_else(NumericLocale::default, |f| f())
}
