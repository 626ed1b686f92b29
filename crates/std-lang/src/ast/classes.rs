//! The node classes as Python objects: made once per interpreter.

use taipan_object::attr::Plain;
use taipan_object::dict::Dict;
use taipan_object::slots::BinOp;
use taipan_object::types::{self, Type};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, class, ops, strings};

use super::grammar::{Count, Kind, Place};
use super::node::AST;
use crate::args::state;

/// Where the interpreter's state has them.
const KEY: &str = "_ast.classes";

const PLACE: [&str; 4] = ["lineno", "col_offset", "end_lineno", "end_col_offset"];

/// The classes and the single instances of operators and contexts, by number.
#[derive(Clone, Copy)]
pub struct Classes<'a> {
    classes: &'a [Value],
    singletons: &'a [Value],
    fields: &'a [Value],
    place: &'a [Value],
}

impl<'a> Classes<'a> {
    /// A class.
    pub fn class(&self, k: Kind) -> &'a Object<Type> {
        self.classes[k as usize].expect::<Type>()
    }

    /// The instance of an operator or context.
    pub fn singleton(&self, k: Kind) -> Value {
        self.singletons[k as usize]
    }

    /// The names of a class's fields.
    pub fn fields(&self, k: Kind) -> &'a [Value] {
        self.fields[k as usize].as_tuple().unwrap_or(&[])
    }

    /// `lineno`, `col_offset`, `end_lineno` and `end_col_offset`.
    pub fn place(&self) -> &'a [Value] {
        self.place
    }

    /// The number of the class that an instance is of, or inherits from.
    pub fn kind_of(&self, v: Value) -> Option<Kind> {
        let class = types::class_of(v);
        let find = |c: Value| {
            let at = self.classes.iter().position(|x| x.is(c))?;
            Kind::ALL.get(at).copied()
        };
        class
            .mro_items()
            .iter()
            .find_map(|c| find(*c).filter(|k| !k.is_sort()))
    }
}

/// The classes of this interpreter, made when first asked for.
///
/// # Errors
/// `MemoryError`.
pub fn get<'a>(th: &Thread) -> PyResult<Classes<'a>> {
    let both = match state(th).get_name(th, KEY) {
        Some(v) => v,
        None => {
            let made = make(th)?;
            // Another thread may have been faster: the classes must be the same for all.
            let state = state(th);
            let key = strings::intern(th, KEY);
            match state.get_name(th, KEY) {
                Some(v) => v,
                None => {
                    state.set(th, key, made)?;
                    made
                }
            }
        }
    };
    match both.as_tuple() {
        Some([c, s, f, p]) => Ok(Classes {
            classes: c.as_tuple().unwrap_or(&[]),
            singletons: s.as_tuple().unwrap_or(&[]),
            fields: f.as_tuple().unwrap_or(&[]),
            place: p.as_tuple().unwrap_or(&[]),
        }),
        _ => Err(th.runtime_error("lost the classes of _ast")),
    }
}

fn make(th: &Thread) -> PyResult {
    AST.define(th, &super::node::SPEC)?;
    let empty = Value::empty_tuple();
    for name in ["_fields", "__match_args__", "_attributes"] {
        if AST.lookup(strings::intern(th, name)).is_none() {
            types::set_raw(th, AST.get(), name, empty)?;
        }
    }
    let mut classes = ValueVec::with_capacity(th, Kind::ALL.len())?;
    for k in Kind::ALL {
        let c = make_class(th, *k, &classes)?;
        classes.push(th, c)?;
    }
    let mut singletons = ValueVec::with_capacity(th, Kind::ALL.len())?;
    for (k, c) in Kind::ALL.iter().zip(classes.iter()) {
        let v = if k.is_singleton() {
            th.new_instance(c.expect::<Type>(), Plain).value()
        } else {
            Value::NONE
        };
        singletons.push(th, v)?;
    }
    for (k, c) in Kind::ALL.iter().zip(classes.iter()) {
        if !k.is_sort() {
            let field_types = field_types(th, *k, &classes)?;
            types::set_raw(th, c.expect::<Type>(), "_field_types", field_types)?;
            types::set_raw(th, c.expect::<Type>(), "__annotations_cache__", field_types)?;
        }
        c.expect::<Type>().modified();
    }
    let mut fields = ValueVec::with_capacity(th, Kind::ALL.len())?;
    for c in classes.iter() {
        let of = c.expect::<Type>().lookup(strings::intern(th, "_fields"));
        fields.push(th, of.unwrap_or(empty))?;
    }
    let place = PLACE.map(|n| strings::intern(th, n));
    let parts = [
        Value::try_tuple(th, &classes)?,
        Value::try_tuple(th, &singletons)?,
        Value::try_tuple(th, &fields)?,
        Value::tuple(th, &place),
    ];
    Value::try_tuple(th, &parts)
}

fn make_class(th: &Thread, k: Kind, before: &[Value]) -> PyResult {
    let n = k.node();
    let ns = Dict::new(th);
    let mut fields = ValueVec::new();
    for f in n.each_field() {
        fields.push(th, strings::intern(th, f.name))?;
    }
    let fields = Value::try_tuple(th, &fields)?;
    ns.set_name(th, "_fields", fields)?;
    ns.set_name(th, "__match_args__", fields)?;
    ns.set_name(th, "__module__", strings::intern(th, "ast"))?;
    ns.set_name(th, "__doc__", Value::str(th, &k.doc()))?;
    for f in n.each_field() {
        if f.count == Count::Optional {
            ns.set_name(th, f.name, Value::NONE)?;
        }
    }
    match n.placed {
        Place::Inherited => {}
        Place::None => ns.set_name(th, "_attributes", Value::empty_tuple())?,
        Place::Start | Place::Full => {
            let names = PLACE.map(|n| strings::intern(th, n));
            ns.set_name(th, "_attributes", Value::tuple(th, &names))?;
            if n.placed == Place::Start {
                ns.set(th, names[2], Value::NONE)?;
                ns.set(th, names[3], Value::NONE)?;
            }
        }
    }
    let base = match n.base {
        Some(b) => before[b as usize],
        None => AST.value(),
    };
    let name = strings::intern(th, n.name);
    Ok(class::new_class(th, types::TYPE.get(), name, &[base], ns)?.value())
}

fn field_types(th: &Thread, k: Kind, classes: &[Value]) -> PyResult {
    let d = Dict::new(th);
    for f in k.node().each_field() {
        let plain = match f.ty {
            "identifier" | "string" => types::STR.value(),
            "int" => types::INT.value(),
            "constant" => types::OBJECT.value(),
            // `expr?*`: some of the list may be missing.
            other => match Kind::of_type(other.trim_end_matches('?')) {
                Some(k) => classes[k as usize],
                None => types::OBJECT.value(),
            },
        };
        let v = match f.count {
            Count::One => plain,
            Count::Many => ops::generic_alias(th, types::LIST.value(), plain)?,
            Count::Optional => ops::binary(th, BinOp::Or, plain, Value::NONE)?,
        };
        d.set_name(th, f.name, v)?;
    }
    Ok(d.value())
}
