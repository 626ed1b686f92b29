//! The types of the language without an interpreter: classes are made, instances live, errors have CPython's words.

use taipan_builtins as builtins;
use taipan_object::call::{self, Args};
use taipan_object::dict::Dict;
use taipan_object::exception as exc;
use taipan_object::types::{self, Type, class_of};
use taipan_object::{Interpreter, PyResult, Thread, Value, attr, names, ops, strings};

fn with_thread(f: impl FnOnce(&Thread)) {
    let interp = Interpreter::create(
        taipan_object::thread::GilOf::Nobody,
        taipan_object::thread::Limits::NONE,
    )
    .expect("an interpreter");
    let th = Thread::attach(interp, true).expect("memory for a thread");
    taipan_object::bootstrap(&th).expect("the bootstrap");
    builtins::define(&th).expect("the types");
    f(&th);
    th.detach();
}

fn message(r: PyResult) -> String {
    let e = r.expect_err("an exception").0;
    let args = e.expect::<exc::Exception>().args.get();
    let text = args
        .as_tuple()
        .and_then(|a| a.first().copied())
        .unwrap_or(Value::NONE);
    format!("{}: {}", class_of(e).name_text(), names::text(text))
}

fn make_class<'a>(
    th: &Thread,
    name: &str,
    bases: &[Value],
    ns: &[(&str, Value)],
) -> &'a taipan_object::Object<Type> {
    let d = Dict::new(th);
    for (k, v) in ns {
        d.set_name(th, k, *v).expect("room");
    }
    let bases = Value::tuple(th, bases);
    let args = [Value::str(th, name), bases, d.value()];
    call::call(th, types::TYPE.value(), &args)
        .expect("a class")
        .expect::<Type>()
}

#[test]
fn the_object_model_comes_up() {
    with_thread(|th| {
        classes_and_instances(th);
        descriptors(th);
        exceptions(th);
        unions(th);
    });
}

fn classes_and_instances(th: &Thread) {
    let c = make_class(th, "C", &[], &[("x", Value::small_int(1))]);
    assert!(c.slots().getattro.is_none() && c.slots().setattro.is_none());
    let obj = call::call(th, c.value(), &[]).expect("an instance");
    let x = strings::intern(th, "x");
    assert_eq!(attr::get(th, obj, x).expect("x"), Value::small_int(1));
    attr::set(th, obj, x, Value::small_int(2)).expect("set");
    assert_eq!(attr::get(th, obj, x).expect("x"), Value::small_int(2));
    assert_eq!(attr::get(th, c.value(), x).expect("x"), Value::small_int(1));
    assert_eq!(
        message(call::call(th, c.value(), &[obj])),
        "TypeError: C() takes no arguments"
    );
    assert_eq!(
        message(attr::get(th, obj, strings::intern(th, "y"))),
        "AttributeError: 'C' object has no attribute 'y'"
    );
    let frozen = attr::set(th, types::OBJECT.value(), x, obj);
    assert_eq!(
        message(frozen.map(|()| Value::NONE)),
        "TypeError: cannot set 'x' attribute of immutable type 'object'"
    );
    assert!(ops::hash(th, obj).is_ok() && ops::eq(th, obj, obj).expect("equal"));
    let other = call::call(th, c.value(), &[]).expect("an instance");
    assert!(!ops::eq(th, obj, other).expect("not equal"));
    let d = make_class(th, "D", &[c.value()], &[]);
    assert!(d.is_subtype(c) && ops::is_subclass(th, d.value(), c.value()).expect("a subclass"));
    let dict = attr::get(th, obj, names::DICT.get()).expect("__dict__");
    assert_eq!(dict.as_dict().map(|d| d.map.len()), Some(1));
    attr::set(th, obj, names::CLASS.get(), d.value()).expect("the layout is the same");
    assert!(class_of(obj).is(d));
}

fn descriptors(th: &Thread) {
    let object = types::OBJECT.value();
    let repr = attr::get(th, object, names::REPR.get()).expect("object.__repr__");
    assert!(class_of(repr).is(&types::WRAPPER_DESCRIPTOR));
    let shown = ops::repr(th, repr).expect("a repr");
    assert_eq!(
        names::text(shown),
        "<slot wrapper '__repr__' of 'object' objects>"
    );
    let getattribute = attr::get(th, object, names::GETATTRIBUTE.get()).expect("it");
    let c = make_class(th, "C", &[], &[]);
    let obj = call::call(th, c.value(), &[]).expect("an instance");
    let cls = call::call(th, getattribute, &[obj, names::CLASS.get()]).expect("__class__");
    assert!(cls.is(c.value()));
    let setattr = attr::get(th, object, names::SETATTR.get()).expect("it");
    assert_eq!(
        message(call::call(
            th,
            setattr,
            &[object, names::NAME_ATTR.get(), obj]
        )),
        "TypeError: can't apply this __setattr__ to type object"
    );
    let new = attr::get(th, object, names::NEW.get()).expect("object.__new__");
    assert_eq!(
        message(call::call(th, new, &[])),
        "TypeError: object.__new__(): not enough arguments"
    );
    assert_eq!(
        message(call::call(th, new, &[exc::EXCEPTION.value()])),
        "TypeError: object.__new__(Exception) is not safe, use Exception.__new__()"
    );
}

fn exceptions(th: &Thread) {
    let errno = Value::small_int(libc::ENOENT as i64);
    let e = call::call(
        th,
        exc::OS_ERROR.value(),
        &[errno, Value::str(th, "no"), Value::str(th, "f")],
    );
    let e = e.expect("an exception");
    assert!(class_of(e).is(&exc::FILE_NOT_FOUND_ERROR));
    let kw = [strings::intern(th, "name")];
    let args = Args {
        values: &[Value::str(th, "m"), Value::str(th, "n")],
        kwnames: &kw,
    };
    let e = call::call_args(th, exc::IMPORT_ERROR.value(), args).expect("an exception");
    assert!(
        attr::get(th, e, strings::intern(th, "name"))
            .expect("name")
            .is_str("n")
    );
    let wrong = call::call_args(th, exc::VALUE_ERROR.value(), args);
    assert_eq!(
        message(wrong),
        "TypeError: ValueError() takes no keyword arguments"
    );
    let e = exc::make(th, &exc::STOP_ITERATION, &[Value::TRUE]).expect("an exception");
    assert_eq!(exc::get_extra(e, exc::extra::VALUE), Value::TRUE);
}

fn unions(th: &Thread) {
    let (a, b) = (types::OBJECT.value(), types::TYPE.value());
    let u = ops::binary(th, taipan_object::slots::BinOp::Or, a, Value::NONE).expect("a union");
    assert_eq!(
        names::text(ops::repr(th, u).expect("a repr")),
        "object | None"
    );
    assert!(ops::is_instance(th, Value::NONE, u).expect("an instance"));
    let again = ops::binary(th, taipan_object::slots::BinOp::Or, Value::NONE, a).expect("a union");
    assert!(ops::eq(th, u, again).expect("equal"));
    assert!(!ops::eq(th, u, b).expect("not equal"));
}
