//! Cells of callables and descriptors, and other small core objects.

use crate::code::Code;
use crate::dict::Dict;
use crate::heap::{Field, FieldOf, Object};
use crate::native::{GetSet, Method, ModuleSpec};
use crate::payload;
use crate::thread::Thread;
use crate::types::{self, Type};
use crate::value::Value;
use std::sync::atomic::AtomicPtr;

/// The payload of `function`: what a `def` or `lambda` makes.
#[repr(C)]
pub struct Function {
    /// `__code__`
    pub code: FieldOf<Code>,
    /// `__globals__`
    pub globals: FieldOf<Dict>,
    /// `__builtins__`
    pub builtins: FieldOf<Dict>,
    /// `__closure__`, a tuple of cells or absent.
    pub closure: Field,
    /// `__defaults__`, a tuple or None.
    pub defaults: Field,
    /// `__kwdefaults__`, a dict or None.
    pub kwdefaults: Field,
    /// `__name__`
    pub name: Field,
    /// `__qualname__`, absent until set: it is the code's then.
    pub own_qualname: Field,
    /// `__doc__`, absent until set: it is the code's docstring then.
    pub doc: Field,
    /// `__module__`
    pub module: Field,
    /// `__annotate__`, or None.
    pub annotate: Field,
    /// `__annotations__` once computed, or absent.
    pub annotations: Field,
    /// `__type_params__`, a tuple.
    pub type_params: Field,
}

payload!(5: Function, "function", |this, m| {
    this.code.trace(m);
    this.globals.trace(m);
    this.builtins.trace(m);
    for f in [
        &this.closure,
        &this.defaults,
        &this.kwdefaults,
        &this.name,
        &this.own_qualname,
        &this.doc,
        &this.module,
        &this.annotate,
        &this.annotations,
        &this.type_params,
    ] {
        f.trace(m);
    }
});

impl Object<Function> {
    /// `__qualname__`
    pub fn qualname(&self, th: &Thread) -> Value {
        let own = self.own_qualname.get().present();
        own.unwrap_or_else(|| self.code.expect().qualname(th))
    }
}

/// The payload of `builtin_function_or_method`: a native function, perhaps bound.
#[repr(C)]
pub struct NativeFunction {
    /// The table row.
    pub method: &'static Method,
    /// `__self__`: the instance, class or module; None for none.
    pub receiver: Field,
    /// `__module__`
    pub module: Field,
    /// Whether the receiver is the first argument: not for module functions and static methods.
    pub bound: bool,
}

payload!(7: NativeFunction, "native function", |this, m| {
    this.receiver.trace(m);
    this.module.trace(m);
});

impl NativeFunction {
    /// A module's function.
    pub fn for_module(th: &Thread, method: &'static Method, module: Value, name: Value) -> Value {
        let data = NativeFunction {
            method,
            receiver: Field::new(module),
            module: Field::new(name),
            bound: false,
        };
        th.new_object(&types::BUILTIN_FUNCTION, data).value()
    }

    /// A method bound to its receiver.
    pub fn bind(th: &Thread, method: &'static Method, receiver: Value) -> Value {
        let data = NativeFunction {
            method,
            receiver: Field::new(receiver),
            module: Field::new(Value::NONE),
            bound: true,
        };
        th.new_object(&types::BUILTIN_FUNCTION, data).value()
    }

    /// A static method of a type (its `__new__`, for one): `__self__` is the type, which is not passed.
    pub fn unbound(th: &Thread, method: &'static Method, receiver: Value) -> Value {
        let data = NativeFunction {
            method,
            receiver: Field::new(receiver),
            module: Field::new(Value::NONE),
            bound: false,
        };
        th.new_object(&types::BUILTIN_FUNCTION, data).value()
    }
}

/// The payload of `method_descriptor` and `classmethod_descriptor`.
#[repr(C)]
pub struct MethodDescriptor {
    /// The table row.
    pub method: &'static Method,
    /// `__objclass__`
    pub owner: FieldOf<Type>,
}

payload!(8: MethodDescriptor, "method descriptor", |this, m| this
    .owner
    .trace(m));

/// The payload of `wrapper_descriptor`: a slot as a method.
#[repr(C)]
pub struct WrapperDescriptor {
    /// The row of the table of special methods.
    pub def: &'static crate::slotdefs::SlotDef,
    /// `__objclass__`
    pub owner: FieldOf<Type>,
}

payload!(WrapperDescriptor, "wrapper descriptor", |this, m| this
    .owner
    .trace(m));

/// The payload of `getset_descriptor`.
#[repr(C)]
pub struct GetSetDescriptor {
    /// The table row.
    pub def: &'static GetSet,
    /// `__objclass__`
    pub owner: FieldOf<Type>,
}

payload!(GetSetDescriptor, "getset descriptor", |this, m| this
    .owner
    .trace(m));

/// The payload of `member_descriptor`: one of a class's `__slots__`.
#[repr(C)]
pub struct MemberDescriptor {
    /// The field's number among the fixed ones.
    pub index: u32,
    /// `__name__`
    pub name: Field,
    /// `__objclass__`
    pub owner: FieldOf<Type>,
}

payload!(MemberDescriptor, "member descriptor", |this, m| {
    this.name.trace(m);
    this.owner.trace(m);
});

/// The payload of `method` (a callable and its self) and of `method-wrapper`.
#[repr(C)]
pub struct BoundMethod {
    /// `__func__`
    pub func: Field,
    /// `__self__`
    pub receiver: Field,
}

payload!(6: BoundMethod, "method", |this, m| {
    this.func.trace(m);
    this.receiver.trace(m);
});

impl BoundMethod {
    /// `types.MethodType(func, receiver)`
    pub fn new(th: &Thread, func: Value, receiver: Value) -> Value {
        let data = BoundMethod {
            func: Field::new(func),
            receiver: Field::new(receiver),
        };
        th.new_object(&types::METHOD, data).value()
    }
}

/// The payload of `classmethod` and `staticmethod`.
#[repr(C)]
pub struct ClassMethod {
    /// `__func__`
    pub func: Field,
}

payload!(ClassMethod, "classmethod", |this, m| this.func.trace(m));

/// The payload of `property`.
#[repr(C)]
pub struct Property {
    /// `fget`
    pub get: Field,
    /// `fset`
    pub set: Field,
    /// `fdel`
    pub del: Field,
    /// `__doc__`
    pub doc: Field,
    /// `__name__`, absent until set.
    pub name: Field,
    /// Whether the docstring came from the getter.
    pub getter_doc: std::sync::atomic::AtomicBool,
}

payload!(22: Property, "property", |this, m| {
    for f in [&this.get, &this.set, &this.del, &this.doc, &this.name] {
        f.trace(m);
    }
});

/// The payload of `super`.
#[repr(C)]
pub struct Super {
    /// `__thisclass__`, a type; absent before `__init__`.
    pub this_class: Field,
    /// `__self__`, or absent.
    pub object: Field,
    /// `__self_class__`, a type or absent.
    pub object_class: Field,
}

payload!(Super, "super", |this, m| {
    this.this_class.trace(m);
    this.object.trace(m);
    this.object_class.trace(m);
});

/// The payload of `cell`: a variable that inner scopes capture.
#[repr(C)]
pub struct Cell {
    /// The variable's value; absent while unbound.
    pub value: Field,
}

payload!(14: Cell, "cell", |this, m| this.value.trace(m));

impl Cell {
    /// A new cell; absent for an empty one.
    pub fn new(th: &Thread, v: Value) -> Value {
        th.new_object(
            &types::CELL,
            Cell {
                value: Field::new(v),
            },
        )
        .value()
    }
}

/// The payload of `slice`.
#[repr(C)]
pub struct Slice {
    /// `start`
    pub start: Field,
    /// `stop`
    pub stop: Field,
    /// `step`
    pub step: Field,
}

payload!(31: Slice, "slice", |this, m| {
    this.start.trace(m);
    this.stop.trace(m);
    this.step.trace(m);
});

impl Slice {
    /// `slice(start, stop, step)`
    pub fn new(th: &Thread, start: Value, stop: Value, step: Value) -> Value {
        let data = Slice {
            start: Field::new(start),
            stop: Field::new(stop),
            step: Field::new(step),
        };
        th.new_object(&types::SLICE, data).value()
    }
}

/// The payload of `module`.
#[repr(C)]
pub struct Module {
    /// The namespace.
    pub dict: FieldOf<Dict>,
    /// What a native module was made from, or null.
    pub spec: AtomicPtr<ModuleSpec>,
}

payload!(16: Module, "module", |this, m| this.dict.trace(m));

impl Module {
    /// Makes a native module: its functions and types under their names, then what its `init` adds.
    ///
    /// # Errors
    /// `MemoryError`, or what `init` raises.
    pub fn from_spec<'a>(
        th: &Thread,
        spec: &'static ModuleSpec,
    ) -> crate::error::PyResult<&'a Object<Module>> {
        let name = crate::strings::intern(th, spec.name);
        let doc = if spec.doc.is_empty() {
            Value::NONE
        } else {
            Value::str(th, spec.doc)
        };
        let module = Module::new(th, name, doc)?;
        module.spec.store(
            spec as *const _ as *mut _,
            std::sync::atomic::Ordering::Release,
        );
        let dict = module.dict.expect();
        for m in spec.functions {
            dict.set_name(
                th,
                m.name,
                NativeFunction::for_module(th, m, module.value(), name),
            )?;
        }
        for (t, type_spec) in spec.types {
            let made = t.define(th, type_spec)?;
            dict.set_name(th, t.name, made.value())?;
        }
        (spec.init)(th, module.value())?;
        Ok(module)
    }
}

impl Module {
    /// A new module with `__name__`, `__doc__`, `__package__`, `__loader__` and `__spec__`.
    pub fn new<'a>(
        th: &Thread,
        name: Value,
        doc: Value,
    ) -> crate::error::PyResult<&'a Object<Module>> {
        let dict = Dict::new(th);
        dict.set(th, crate::names::NAME.get(), name)?;
        dict.set(th, crate::names::DOC.get(), doc)?;
        for n in [
            &crate::names::PACKAGE,
            &crate::names::LOADER,
            &crate::names::SPEC,
        ] {
            dict.set(th, n.get(), Value::NONE)?;
        }
        Ok(th.new_object(
            &types::MODULE,
            Module {
                dict: FieldOf::new(dict),
                spec: AtomicPtr::new(std::ptr::null_mut()),
            },
        ))
    }
}

/// The payload of `mappingproxy`.
#[repr(C)]
pub struct MappingProxy {
    /// The mapping behind it.
    pub mapping: Field,
}

payload!(MappingProxy, "mappingproxy", |this, m| this
    .mapping
    .trace(m));

impl MappingProxy {
    /// A read-only view.
    pub fn new(th: &Thread, mapping: Value) -> Value {
        th.new_object(
            &types::MAPPINGPROXY,
            MappingProxy {
                mapping: Field::new(mapping),
            },
        )
        .value()
    }
}
