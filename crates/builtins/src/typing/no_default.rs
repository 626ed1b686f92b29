//! `typing.NoDefault`: what stands for a default that is not there.

use taipan_object::attr::Plain;
use taipan_object::dict::StaticField;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, layout_of};
use taipan_object::{Thread, Value, strings};

/// `typing.NoDefaultType`
pub static NO_DEFAULT_TYPE: StaticType = StaticType::new(
    "typing",
    "NoDefaultType",
    Some(&OBJECT),
    0,
    layout_of::<Plain>,
);

static INSTANCE: StaticField = StaticField::new();

/// The only instance.
pub fn no_default(th: &Thread) -> Value {
    static LOCK: std::sync::Mutex<()> = std::sync::Mutex::new(());
    if let Some(v) = INSTANCE.get().present() {
        return v;
    }
    let fresh = th.new_object(&NO_DEFAULT_TYPE, Plain).value();
    let _guard = LOCK.lock().unwrap_or_else(|e| e.into_inner());
    if INSTANCE.get().is_absent() {
        INSTANCE.set(fresh);
        taipan_object::gc::add_root_tracer(|m| INSTANCE.trace(m));
    }
    INSTANCE.get()
}

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, _, args| match args.values {
            [] => Ok(no_default(th)),
            _ => Err(th.type_error("NoDefaultType takes no arguments")),
        });
        s.repr = Some(|th, _| Ok(strings::intern(th, "typing.NoDefault")));
    },
    methods: &[Method::new("__reduce__", "($self, /)", |th, _| {
        Ok(strings::intern(th, "NoDefault"))
    })],
    getset: &[],
    doc: "The type of the NoDefault singleton.",
    sig: "()",
};
