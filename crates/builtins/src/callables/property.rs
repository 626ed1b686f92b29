//! `property`.

use std::sync::atomic::{AtomicBool, Ordering};
use taipan_object::attr;
use taipan_object::call::{self, Args};
use taipan_object::exception as exc;
use taipan_object::func::Property;
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{self, Type, class_of};
use taipan_object::{Object, PyResult, Raised, Thread, Value, names, ops};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.init = Some(init);
        s.descr_get = Some(get);
        s.descr_set = Some(set);
    },
    methods: &[
        Method::new("getter", "($self, object, /)", |th, a| {
            copy(th, a[0], [a[1], Value::NONE, Value::NONE])
        })
        .doc("Descriptor to obtain a copy of the property with a different getter."),
        Method::new("setter", "($self, object, /)", |th, a| {
            copy(th, a[0], [Value::NONE, a[1], Value::NONE])
        })
        .doc("Descriptor to obtain a copy of the property with a different setter."),
        Method::new("deleter", "($self, object, /)", |th, a| {
            copy(th, a[0], [Value::NONE, Value::NONE, a[1]])
        })
        .doc("Descriptor to obtain a copy of the property with a different deleter."),
        Method::raw("__set_name__", "($self, owner, name, /)", |th, args| {
            let [v, _, name] = args.values else {
                return Err(th.type_error(format!(
                    "__set_name__() takes 2 positional arguments but {} were given",
                    args.values.len().saturating_sub(1)
                )));
            };
            this(*v).name.set(&this(*v).header, *name);
            Ok(Value::NONE)
        })
        .doc("Method to set name of a property."),
    ],
    getset: &[
        GetSet::rw(
            "fget",
            |_, v| Ok(this(v).get.get().or(Value::NONE)),
            super::function::read_only,
        ),
        GetSet::rw(
            "fset",
            |_, v| Ok(this(v).set.get().or(Value::NONE)),
            super::function::read_only,
        ),
        GetSet::rw(
            "fdel",
            |_, v| Ok(this(v).del.get().or(Value::NONE)),
            super::function::read_only,
        ),
        GetSet::rw(
            "__doc__",
            |_, v| Ok(this(v).doc.get().or(Value::NONE)),
            |_, v, x| {
                this(v).doc.set(&this(v).header, x.or(Value::NONE));
                Ok(())
            },
        ),
        GetSet::rw("__name__", get_name, |_, v, x| {
            this(v).name.set(&this(v).header, x);
            Ok(())
        }),
        GetSet::new("__isabstractmethod__", |th, v| {
            let p = this(v);
            for f in [&p.get, &p.set, &p.del] {
                if crate::is_abstract(th, f.get())? {
                    return Ok(Value::TRUE);
                }
            }
            Ok(Value::FALSE)
        }),
    ],
    doc: "Property attribute.\n\n  fget\n    function to be used for getting an attribute value\n  fset\n    function to be used for setting an attribute value\n  fdel\n    function to be used for del'ing an attribute\n  doc\n    docstring\n\nTypical use is to define a managed attribute x:\n\nclass C(object):\n    def getx(self): return self._x\n    def setx(self, value): self._x = value\n    def delx(self): del self._x\n    x = property(getx, setx, delx, \"I'm the 'x' property.\")\n\nDecorators make defining new properties or modifying existing ones easy:\n\nclass C(object):\n    @property\n    def x(self):\n        \"I am the 'x' property.\"\n        return self._x\n    @x.setter\n    def x(self, value):\n        self._x = value\n    @x.deleter\n    def x(self):\n        del self._x",
    sig: "(fget=None, fset=None, fdel=None, doc=None)",
};

fn this<'a>(v: Value) -> &'a Object<Property> {
    v.expect::<Property>()
}

fn new(th: &Thread, cls: &Object<Type>, _: Args) -> PyResult {
    let data = Property {
        get: Field::new(Value::NONE),
        set: Field::new(Value::NONE),
        del: Field::new(Value::NONE),
        doc: Field::new(Value::NONE),
        name: Field::absent(),
        getter_doc: AtomicBool::new(false),
    };
    Ok(th.new_instance(cls, data).value())
}

static INIT: Method = Method::new(
    "property",
    "($self, fget=None, fset=None, fdel=None, doc=None)",
    |th, a| {
        let p = this(a[0]);
        let h = &p.header;
        p.get.set(h, a[1].or(Value::NONE));
        p.set.set(h, a[2].or(Value::NONE));
        p.del.set(h, a[3].or(Value::NONE));
        p.name.set(h, Value::ABSENT);
        p.getter_doc.store(false, Ordering::Relaxed);
        let mut doc = a[4].or(Value::NONE);
        if doc.is_none()
            && !p.get.get().is_none()
            && let Some(d) = attr::get_opt(th, p.get.get(), names::DOC.get())?
            && !d.is_none()
        {
            doc = d;
            p.getter_doc.store(true, Ordering::Relaxed);
        }
        if class_of(a[0]).is(&types::PROPERTY) {
            p.doc.set(h, doc);
        } else if attr::has_dict(a[0]) {
            // A subclass has a `__doc__` of its own, which hides this type's.
            attr::set_own(th, a[0], names::DOC.get(), doc)?;
            p.doc.set(h, doc);
        } else {
            match attr::set(th, a[0], names::DOC.get(), doc) {
                Ok(()) => {}
                // A docstring that is given is dropped, that of the getter is not.
                Err(e) if e.is(&exc::ATTRIBUTE_ERROR) && !p.getter_doc.load(Ordering::Relaxed) => {}
                Err(e) => return Err(e),
            }
        }
        Ok(Value::NONE)
    },
);

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    args.with_first(th, v, |a| call::call_method_row(th, &INIT, a))
        .map(|_| ())
}

fn copy(th: &Thread, v: Value, parts: [Value; 3]) -> PyResult {
    let p = this(v);
    let [get, set, del] = [(parts[0], &p.get), (parts[1], &p.set), (parts[2], &p.del)]
        .map(|(new, old)| if new.is_none() { old.get() } else { new });
    let doc = if p.getter_doc.load(Ordering::Relaxed) && !get.is_none() {
        Value::NONE
    } else {
        p.doc.get()
    };
    let made = call::call(th, class_of(v).value(), &[get, set, del, doc])?;
    if let Some(q) = made.downcast::<Property>() {
        q.name.set(&q.header, p.name.get());
    }
    Ok(made)
}

fn name_of(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let p = this(v);
    if let Some(n) = p.name.get().present() {
        return Ok(Some(n));
    }
    match p.get.get() {
        f if f.is_none() => Ok(None),
        f => attr::get_opt(th, f, names::NAME.get()),
    }
}

fn get_name(th: &Thread, v: Value) -> PyResult {
    match name_of(th, v)? {
        Some(n) => Ok(n),
        None => Err(th.no_attribute(v, names::NAME.get())),
    }
}

#[cold]
fn missing(th: &Thread, v: Value, obj: Value, what: &str) -> PyResult<Raised> {
    let name = name_of(th, v)?;
    let qualname = Value::str(th, &names::text(class_of(obj).qualname.get()));
    let of = names::text(ops::repr(th, qualname)?);
    let msg = match name {
        Some(n) => {
            let n = ops::repr(th, n)?;
            format!("property {} of {of} object has no {what}", names::text(n))
        }
        None => format!("property of {of} object has no {what}"),
    };
    Ok(th.raise(&exc::ATTRIBUTE_ERROR, msg))
}

fn get(th: &Thread, v: Value, obj: Value, _: Value) -> PyResult {
    if obj.is_absent() {
        return Ok(v);
    }
    match this(v).get.get() {
        f if f.is_none() => Err(missing(th, v, obj, "getter")?),
        f => call::call(th, f, &[obj]),
    }
}

fn set(th: &Thread, v: Value, obj: Value, value: Value) -> PyResult<()> {
    let p = this(v);
    let (f, what) = if value.is_absent() {
        (p.del.get(), "deleter")
    } else {
        (p.set.get(), "setter")
    };
    if f.is_none() {
        return Err(missing(th, v, obj, what)?);
    }
    if value.is_absent() {
        call::call(th, f, &[obj])?;
    } else {
        call::call(th, f, &[obj, value])?;
    }
    Ok(())
}
