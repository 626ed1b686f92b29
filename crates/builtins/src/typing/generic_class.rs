//! `typing.Generic`.

use super::type_var_tuple::{TypeVarTuple, unpacked};
use taipan_object::call::{self, Args};
use taipan_object::native::{Method, TypeSpec};
use taipan_object::types::flags::BASE;
use taipan_object::types::{OBJECT, StaticType, no_layout};
use taipan_object::{PyResult, Thread, Value, ValueVec, attr, ops};

/// `typing.Generic`
pub static GENERIC: StaticType =
    StaticType::new("typing", "Generic", Some(&OBJECT), BASE, no_layout);

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| s.new = Some(crate::object::new),
    methods: &[
        Method::raw("__class_getitem__", "($cls, /, *args, **kwargs)", |th, args| {
            forward(th, "_generic_class_getitem", args)
        })
        .class()
        .doc("Parameterizes a generic class.\n\nAt least, parameterizing a generic class is the *main* thing this\nmethod does. For example, for some generic class `Foo`, this is called\nwhen we do `Foo[int]` - there, with `cls=Foo` and `params=int`.\n\nHowever, note that this method is also called when defining generic\nclasses in the first place with `class Foo[T]: ...`.\n"),
        Method::raw("__init_subclass__", "($cls, /, *args, **kwargs)", |th, args| {
            forward(th, "_generic_init_subclass", args)
        })
        .class()
        .doc("Function to initialize subclasses."),
    ],
    getset: &[],
    doc: "Abstract base class for generic types.\n\nOn Python 3.12 and newer, generic classes implicitly inherit from\nGeneric when they declare a parameter list after the class's name::\n\n    class Mapping[KT, VT]:\n        def __getitem__(self, key: KT) -> VT:\n            ...\n            # Etc.\n\nOn older versions of Python, however, generic classes have to\nexplicitly inherit from Generic.\n\nAfter a class has been declared to be generic, it can then be used as\nfollows::\n\n    def lookup_name[KT, VT](mapping: Mapping[KT, VT], key: KT, default: VT) -> VT:\n        try:\n            return mapping[key]\n        except KeyError:\n            return default\n",
    sig: "",
};

fn forward(th: &Thread, name: &str, args: Args) -> PyResult {
    let typing = crate::import_module(th, "typing")?;
    let f = attr::get_str(th, typing, name)?;
    call::call_args(th, f, args)
}

/// `Generic[*params]`, the base of a class with type parameters; a type variable tuple among them is unpacked.
pub fn subscript_generic(th: &Thread, params: Value) -> PyResult {
    let mut out = ValueVec::new();
    for p in params.as_tuple().unwrap_or(&[]) {
        if p.downcast::<TypeVarTuple>().is_some() {
            let it = unpacked(th, *p)?;
            while let Some(x) = ops::next(th, it)? {
                out.push(th, x)?;
            }
        } else {
            out.push(th, *p)?;
        }
    }
    let tuple = Value::try_tuple(th, &out)?;
    super::call_typing(th, "_GenericAlias", &[GENERIC.value(), tuple])
}
