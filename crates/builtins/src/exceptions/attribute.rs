//! `AttributeError` and `NameError`: they carry the name, and the object, that was asked for.

use super::{base, extra_field, get, set};
use taipan_object::attr;
use taipan_object::call::Args;
use taipan_object::dict::Dict;
use taipan_object::exception::extra;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, names};

pub(super) static ATTRIBUTE_ERROR: TypeSpec = TypeSpec {
    slots: |s| s.init = Some(|th, v, args| init(th, v, args, "AttributeError", &["name", "obj"])),
    methods: &[
        Method::new("__getstate__", "($self, /)", |th, a| state(th, a[0])),
        Method::new("__reduce__", "($self, /)", |th, a| {
            let cls = class_of(a[0]).value();
            let state = state(th, a[0])?;
            Ok(Value::tuple(th, &[cls, base::this(a[0]).args.get(), state]))
        }),
    ],
    getset: &[
        extra_field!("name", extra::NAME),
        extra_field!("obj", extra::OBJ),
    ],
    doc: "Attribute not found.",
    sig: "",
};

pub(super) static NAME_ERROR: TypeSpec = TypeSpec {
    slots: |s| s.init = Some(|th, v, args| init(th, v, args, "NameError", &["name"])),
    methods: &[],
    getset: &[extra_field!("name", extra::NAME)],
    doc: "Name not found globally.",
    sig: "",
};

/// Takes the keyword arguments `keywords` for the extra fields in order; positional ones are `args`.
pub(super) fn init(
    th: &Thread,
    v: Value,
    args: Args,
    cls: &str,
    keywords: &[&str],
) -> PyResult<()> {
    for (k, x) in args.kw() {
        match keywords.iter().position(|n| k.is_str(n)) {
            Some(n) => set(th, v, n, x),
            None => {
                return Err(th.type_error(format!(
                    "{cls}() got an unexpected keyword argument '{}'",
                    names::text(k)
                )));
            }
        }
    }
    base::set_args_to(th, v, args.pos())
}

/// `__dict__` with name and args; the object may not be picklable, so it is left out.
fn state(th: &Thread, v: Value) -> PyResult {
    let d = match attr::has_dict(v) {
        true => {
            let own = attr::to_dict(th, v)?;
            Dict::from_map(th, own.map.copy(th, &own.header)?)
        }
        false => Dict::new(th),
    };
    let name = get(v, extra::NAME);
    if !name.is_none() {
        d.set_name(th, "name", name)?;
        d.set_name(th, "args", base::this(v).args.get())?;
        return Ok(d.value());
    }
    Ok(if d.map.is_empty() {
        Value::NONE
    } else {
        d.value()
    })
}
