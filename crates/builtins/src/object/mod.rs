//! `object`: the base of every class.

mod methods;
mod reduce;

pub use methods::{attribute_names, instance_dict_copy};

use taipan_object::attr::{self, Plain};
use taipan_object::call::Args;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, Type, class_of, flags};
use taipan_object::{Object, PyResult, Thread, Value, names, ops};

/// What `object` can do. `getattro` and `setattro` stay unset: plain attribute access is known by their absence.
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.init = Some(init);
        s.repr = Some(repr);
        s.str = Some(ops::repr);
        s.hash = Some(hash);
        s.richcmp = Some(richcmp);
    },
    methods: &[
        Method::new("__reduce__", "($self, /)", reduce::reduce).doc("Helper for pickle."),
        Method::new("__reduce_ex__", "($self, protocol, /)", reduce::reduce_ex).doc("Helper for pickle."),
        Method::new("__getstate__", "($self, /)", reduce::getstate).doc("Helper for pickle."),
        Method::new("__subclasshook__", "($type, object, /)", |_, _| Ok(Value::NOT_IMPLEMENTED))
            .class()
            .doc(SUBCLASSHOOK_DOC),
        Method::raw("__init_subclass__", "($type, /)", |th, args| {
            let cls = args.values[0].downcast::<Type>();
            let name = cls.map_or("object".into(), |t| t.name_text());
            if args.has_kw() {
                return Err(th.type_error(format!(
                    "{name}.__init_subclass__() takes no keyword arguments"
                )));
            }
            match args.values.len() {
                1 => Ok(Value::NONE),
                n => Err(th.type_error(format!(
                    "{name}.__init_subclass__() takes no arguments ({} given)",
                    n - 1
                ))),
            }
        })
        .class()
            .doc("This method is called when a class is subclassed.\n\nThe default implementation does nothing. It may be\noverridden to extend subclasses."),
        Method::new("__format__", "($self, format_spec, /)", methods::format)
            .doc("Default object formatter.\n\nReturn str(self) if format_spec is empty. Raise TypeError otherwise."),
        Method::new("__sizeof__", "($self, /)", methods::sizeof).doc("Size of object in memory, in bytes."),
        Method::new("__dir__", "($self, /)", methods::dir).doc("Default dir() implementation."),
    ],
    getset: &[GetSet::rw("__class__", get_class, set_class).doc("the object's class")],
    doc: "The base class of the class hierarchy.\n\nWhen called, it accepts no arguments and returns a new featureless\ninstance that has no instance attributes and cannot be given any.\n",
    sig: "()",
};

const SUBCLASSHOOK_DOC: &str = "Abstract classes can override this to customize issubclass().\n\nThis is invoked early on by abc.ABCMeta.__subclasscheck__().\nIt should return True, False or NotImplemented.  If it returns\nNotImplemented, the normal algorithm is used.  Otherwise, it\noverrides the normal algorithm (and the outcome is cached).";

fn has_own_new(t: &Object<Type>) -> bool {
    t.slots()
        .new
        .is_none_or(|f| f as usize != new as *const () as usize)
}

fn has_own_init(t: &Object<Type>) -> bool {
    t.slots()
        .init
        .is_none_or(|f| f as usize != init as *const () as usize)
}

/// `object.__new__`
pub fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    if !args.values.is_empty() {
        if has_own_new(cls) {
            return Err(th.type_error(
                "object.__new__() takes exactly one argument (the type to instantiate)",
            ));
        }
        if !has_own_init(cls) {
            return Err(th.type_error(format!("{}() takes no arguments", cls.tp_name())));
        }
    }
    if cls.has_flag(flags::ABSTRACT) {
        return Err(abstract_error(th, cls)?);
    }
    if !cls.makes::<Plain>() {
        return Err(th.type_error(format!(
            "object.__new__({0}) is not safe, use {0}.__new__()",
            cls.tp_name()
        )));
    }
    Ok(th.new_instance(cls, Plain).value())
}

fn abstract_error(th: &Thread, cls: &Object<Type>) -> PyResult<taipan_object::Raised> {
    let methods = attr::get(th, cls.value(), names::ABSTRACT_METHODS.get())?;
    let mut texts = Vec::new();
    for m in ops::to_vec(th, methods)?.iter() {
        texts.push(names::text(ops::str(th, *m)?).into_owned());
    }
    texts.sort();
    let s = if texts.len() == 1 { "" } else { "s" };
    Ok(th.type_error(format!(
        "Can't instantiate abstract class {} without an implementation for abstract method{s} '{}'",
        cls.name_text(),
        texts.join("', '")
    )))
}

/// `object.__init__`
fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    let t = class_of(v);
    if args.values.is_empty() {
        return Ok(());
    }
    if has_own_init(t) {
        return Err(th.type_error(
            "object.__init__() takes exactly one argument (the instance to initialize)",
        ));
    }
    if !has_own_new(t) {
        return Err(th.type_error(format!(
            "{}.__init__() takes exactly one argument (the instance to initialize)",
            t.tp_name()
        )));
    }
    Ok(())
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let t = class_of(v);
    let module = types::module_of(t).or_else(|| {
        let spec_module = t
            .mro_items()
            .iter()
            .find_map(|b| types::module_of(b.downcast::<Type>()?));
        if t.is_heap() { spec_module } else { None }
    });
    let name = t.qualname.get();
    let text = match module {
        Some(m) if !m.is_str("builtins") => {
            format!(
                "<{}.{} object at {:#x}>",
                names::text(m),
                names::text(name),
                ops::id(v)
            )
        }
        _ => format!("<{} object at {:#x}>", t.name_text(), ops::id(v)),
    };
    Ok(Value::str(th, &text))
}

fn hash(_: &Thread, v: Value) -> PyResult<i64> {
    Ok(ops::hash_pointer(v))
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    match op {
        CmpOp::Eq => Ok(if a.is(b) {
            Value::TRUE
        } else {
            Value::NOT_IMPLEMENTED
        }),
        CmpOp::Ne => {
            let Some(f) = class_of(a).slots().richcmp else {
                return Ok(Value::NOT_IMPLEMENTED);
            };
            let r = f(th, a, b, CmpOp::Eq)?;
            if r.is(Value::NOT_IMPLEMENTED) {
                return Ok(r);
            }
            Ok(Value::bool(!ops::truth(th, r)?))
        }
        _ => Ok(Value::NOT_IMPLEMENTED),
    }
}

fn get_class(_: &Thread, v: Value) -> PyResult {
    Ok(class_of(v).value())
}

fn set_class(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        return Err(th.type_error("can't delete __class__ attribute"));
    }
    let Some(new) = value.downcast::<Type>() else {
        return Err(th.type_error(format!(
            "__class__ must be set to a class, not '{}' object",
            class_of(value).tp_name()
        )));
    };
    let name = Value::str(th, "__class__");
    th.audit("object.__setattr__", &[v, name, value])?;
    let old = class_of(v);
    if old.is(new) {
        return Ok(());
    }
    let modules = old.is_subtype(&types::MODULE) && new.is_subtype(&types::MODULE);
    if !modules && (new.has_flag(flags::IMMUTABLE) || old.has_flag(flags::IMMUTABLE)) {
        return Err(th.type_error(
            "__class__ assignment only supported for mutable types or ModuleType subclasses",
        ));
    }
    if !taipan_object::class::compatible_layout(old, new) {
        return Err(th.type_error(format!(
            "__class__ assignment: '{}' object layout differs from '{}'",
            new.tp_name(),
            old.tp_name()
        )));
    }
    attr::change_class(th, v, new)
}
