//! Making functions, `super()`, special methods of `with`.

use taipan_builtins::callables::super_object;
use taipan_bytecode::{FunctionFlags, Special};
use taipan_object::code::Code;
use taipan_object::dict::Dict;
use taipan_object::frame::{FramePtr, Regs};
use taipan_object::func::Function;
use taipan_object::types::{self, Type, class_of};
use taipan_object::{Field, FieldOf, Object, PyResult, Thread, Value, attr, call, names};

/// A function of a code object, without defaults or closure.
pub fn make<'a>(
    th: &Thread,
    code: &Object<Code>,
    globals: &Object<Dict>,
    builtins: &Object<Dict>,
) -> PyResult<&'a Object<Function>> {
    let module = globals
        .map
        .get_str(names::NAME.get())
        .unwrap_or(Value::NONE);
    Ok(th.new_object(
        &types::FUNCTION,
        Function {
            code: FieldOf::new(code),
            globals: FieldOf::new(globals),
            builtins: FieldOf::new(builtins),
            closure: Field::absent(),
            defaults: Field::new(Value::NONE),
            kwdefaults: Field::new(Value::NONE),
            name: Field::new(code.name.get()),
            own_qualname: Field::absent(),
            doc: Field::absent(),
            module: Field::new(module),
            annotate: Field::new(Value::NONE),
            annotations: Field::absent(),
            type_params: Field::new(Value::empty_tuple()),
        },
    ))
}

/// `MAKE_FUNCTION`
pub fn make_function(th: &Thread, frame: FramePtr, code: Value, flags: u8, regs: Regs) -> PyResult {
    let f = make(th, code.expect::<Code>(), frame.globals(), frame.builtins())?;
    let mut n = 0;
    let mut take = |flag: u8, field: &Field| {
        if flags & flag != 0 {
            field.set(&f.header, regs.get(n));
            n += 1;
        }
    };
    take(FunctionFlags::DEFAULTS, &f.defaults);
    take(FunctionFlags::KWDEFAULTS, &f.kwdefaults);
    take(FunctionFlags::ANNOTATIONS, &f.annotations);
    take(FunctionFlags::ANNOTATE, &f.annotate);
    take(FunctionFlags::CLOSURE, &f.closure);
    Ok(f.value())
}

/// Gives the frame's namespace an `__annotations__` dict if it has none.
pub fn setup_annotations(th: &Thread, frame: FramePtr) -> PyResult<()> {
    let ns = frame.names();
    if crate::globals::lookup_mapping(th, ns, names::ANNOTATIONS.get())?.is_none() {
        let d = Dict::new(th).value();
        crate::globals::store_name(th, frame, names::ANNOTATIONS.get(), d)?;
    }
    Ok(())
}

/// Binds a method descriptor to its receiver.
pub fn bind_method(th: &Thread, f: Value, receiver: Value) -> PyResult {
    match class_of(f).slots().descr_get {
        Some(g) => g(th, f, receiver, class_of(receiver).value()),
        None => Ok(f),
    }
}

/// `super(cls, self).name` as a function and its self, or a value and absent. `r` is what `super` names, the class,
/// self; `explicit` says whether both were written.
pub fn load_super(
    th: &Thread,
    r: &[Value],
    name: Value,
    explicit: bool,
) -> PyResult<(Value, Value)> {
    let (what, cls, obj) = (r[0], r[1], r[2]);
    if !what.is(types::SUPER.value()) {
        let s = if explicit {
            call::call(th, what, &[cls, obj])?
        } else {
            call::call(th, what, &[])?
        };
        return attr::get(th, s, name).map(|v| (v, Value::ABSENT));
    }
    let plain = cls.downcast::<Type>().zip(Some(class_of(obj)));
    if let Some((t, ot)) = plain
        && ot.is_subtype(t)
        && obj.downcast::<Type>().is_none()
        && !name.is(names::CLASS.get())
        && let Some(v) = super_object::find(cls, ot, name)
    {
        if class_of(v).has_flag(types::flags::METHOD_DESCRIPTOR) {
            return Ok((v, obj));
        }
        return match class_of(v).slots().descr_get {
            Some(g) => g(th, v, obj, ot.value()).map(|v| (v, Value::ABSENT)),
            None => Ok((v, Value::ABSENT)),
        };
    }
    let s = call::call(th, what, &[cls, obj])?;
    attr::get(th, s, name).map(|v| (v, Value::ABSENT))
}

/// A special method of a `with` statement, looked up on the type.
pub fn load_special(th: &Thread, v: Value, which: u8) -> PyResult<(Value, Value)> {
    let (name, asynchronous) = match Special::from_u8(which) {
        Some(Special::Exit) => (&names::EXIT, false),
        Some(Special::AEnter) => (&names::AENTER, true),
        Some(Special::AExit) => (&names::AEXIT, true),
        _ => (&names::ENTER, false),
    };
    let t = class_of(v);
    let Some(d) = attr::type_lookup(t, name.get()) else {
        let has = |n: Value| attr::type_lookup(t, n).is_some();
        let (kind, hint) = if asynchronous {
            let other = has(names::ENTER.get()) && has(names::EXIT.get());
            let hint = " but it supports the context manager protocol. Did you mean to use 'with'?";
            ("asynchronous ", if other { hint } else { "" })
        } else {
            let other = has(names::AENTER.get()) && has(names::AEXIT.get());
            let hint = " but it supports the asynchronous context manager protocol. Did you mean to use 'async with'?";
            ("", if other { hint } else { "" })
        };
        return Err(th.type_error(format!(
            "'{}' object does not support the {kind}context manager protocol (missed {} method){hint}",
            t.tp_name(),
            name.text()
        )));
    };
    if class_of(d).has_flag(types::flags::METHOD_DESCRIPTOR) {
        return Ok((d, v));
    }
    match class_of(d).slots().descr_get {
        Some(g) => g(th, d, v, t.value()).map(|f| (f, Value::ABSENT)),
        None => Ok((d, Value::ABSENT)),
    }
}
