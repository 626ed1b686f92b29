//! `Token`, what `ContextVar.set` gives, and `Token.MISSING`.

use std::sync::atomic::{AtomicBool, Ordering};
use taipan_containers::args::class_getitem;
use taipan_containers::text::Text;
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, ops, payload, types};

/// The payload of `Token`.
#[repr(C)]
pub(super) struct Token {
    pub context: Field,
    pub var: Field,
    /// The value before; absent for none.
    pub old: Field,
    used: AtomicBool,
}

payload!(Token, "Token", |this, m| {
    this.context.trace(m);
    this.var.trace(m);
    this.old.trace(m);
});

/// The payload of `Token.MISSING`.
pub(super) struct Missing;

payload!(Missing, "Token.MISSING", |this, m| {});

/// `contextvars.Token`
pub(super) static TOKEN: StaticType = StaticType::new(
    "_contextvars",
    "Token",
    Some(&OBJECT),
    0,
    layout_of::<Token>,
);

/// The type of `Token.MISSING`.
static MISSING: StaticType = StaticType::new(
    "Token",
    "MISSING",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Missing>,
);

static MISSING_SPEC: TypeSpec = TypeSpec {
    slots: |s| s.repr = Some(|th, _| Ok(Value::str(th, "<Token.MISSING>"))),
    ..TypeSpec::EMPTY
};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, _, _| Err(th.runtime_error("Tokens can only be created by ContextVars")));
        s.repr = Some(repr);
        s.hash = Some(|th, v| Err(ops::unhashable(th, v)));
    },
    methods: &[
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("See PEP 585"),
        Method::new("__enter__", "($self, /)", |_, a| Ok(a[0]))
            .doc("Enter into Token context manager."),
        Method::new("__exit__", "($self, type, value, traceback, /)", |th, a| {
            super::reset(th, a[0].expect::<Token>().var.get(), a[0])?;
            Ok(Value::NONE)
        })
        .doc("Exit from Token context manager, restore the linked ContextVar."),
    ],
    getset: &[
        GetSet::new("var", |_, v| Ok(v.expect::<Token>().var.get())),
        GetSet::new("old_value", |th, v| {
            match v.expect::<Token>().old.get().present() {
                Some(old) => Ok(old),
                None => missing(th),
            }
        }),
    ],
    ..TypeSpec::EMPTY
};

impl Token {
    pub(super) fn is_used(&self) -> bool {
        self.used.load(Ordering::Acquire)
    }

    /// Marks it as used; whether it was not before.
    pub(super) fn use_up(&self) -> bool {
        !self.used.swap(true, Ordering::AcqRel)
    }
}

/// A token.
pub(super) fn new(th: &Thread, context: Value, var: Value, old: Value) -> Value {
    let data = Token {
        context: Field::new(context),
        var: Field::new(var),
        old: Field::new(old),
        used: AtomicBool::new(false),
    };
    th.new_object(&TOKEN, data).value()
}

/// The one `Token.MISSING` of the interpreter.
fn missing(th: &Thread) -> PyResult {
    crate::state::get_or_make(th, "contextvars.missing", || {
        MISSING.define(th, &MISSING_SPEC)?;
        Ok(th.new_object(&MISSING, Missing).value())
    })
}

/// Gives `Token` its attribute `MISSING`.
pub(super) fn init(th: &Thread) -> PyResult<()> {
    types::set_raw(th, TOKEN.get(), "MISSING", missing(th)?)
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let t = v.expect::<Token>();
    let mut out = Text::new(if t.is_used() {
        "<Token used var="
    } else {
        "<Token var="
    });
    out.repr(th, t.var.get())?;
    out.push(&format!(" at {:#x}>", ops::id(v)));
    out.finish(th)
}
