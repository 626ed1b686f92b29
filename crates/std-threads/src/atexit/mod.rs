//! `atexit`: functions to be called when the interpreter ends.

use taipan_object::call::Args;
use taipan_object::heap::Object;
use taipan_object::native::{Atomic, Method, ModuleSpec};
use taipan_object::seq::List;
use taipan_object::{PyResult, Thread, Value, names, ops};

/// `atexit`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "atexit",
    doc: "allow programmer to define multiple exit functions to be executed\nupon normal program termination.\n\nTwo public functions, register and unregister, are defined.\n",
    functions: &[
        Method::raw("register", "(func, /, *args, **kwargs)", register)
            .doc("Register a function to be executed upon normal program termination\n\n    func - function to be called at exit\n    args - optional arguments to pass to func\n    kwargs - optional keyword arguments to pass to func\n\n    func is returned to facilitate usage as a decorator."),
        Method::new("_clear", "()", |th, _| {
            callbacks(th)?.exchange(None);
            Ok(Value::NONE)
        })
        .atomic(Atomic::Locked)
        .doc("Clear the list of previously registered exit functions."),
        Method::new("_run_exitfuncs", "()", |th, _| {
            run_at_exit(th);
            Ok(Value::NONE)
        })
        .doc("Run all registered exit functions.\n\nIf a callback raises an exception, it is logged with sys.unraisablehook."),
        Method::new("unregister", "(func, /)", |th, a| unregister(th, a[0]))
            .doc("Unregister an exit function which was previously registered using\natexit.register\n\n    func - function to be unregistered"),
        Method::new("_ncallbacks", "()", |th, _| Ok(Value::usize(th, callbacks(th)?.len())))
            .atomic(Atomic::LockFree)
            .doc("Return the number of registered exit functions."),
    ],
    types: &[],
    init: |_, _| Ok(()),
};

/// The interpreter's list of (function, arguments, keywords), first registered first.
fn callbacks<'a>(th: &Thread) -> PyResult<&'a Object<List>> {
    let v = crate::state::get_or_make(th, "atexit.callbacks", || Value::list(th, &[]))?;
    Ok(v.expect::<List>())
}

fn register(th: &Thread, args: Args) -> PyResult {
    let Some((f, rest)) = args.pos().split_first() else {
        return Err(th.type_error("register() takes at least 1 argument (0 given)"));
    };
    if !ops::is_callable(*f) {
        return Err(th.type_error("the first argument must be callable"));
    }
    let entry = [*f, Value::try_tuple(th, rest)?, args.kw_dict(th)?];
    callbacks(th)?.append(th, Value::try_tuple(th, &entry)?)?;
    Ok(*f)
}

fn unregister(th: &Thread, f: Value) -> PyResult {
    let list = callbacks(th)?;
    // Comparing runs Python code, which may change the list: each entry found is looked up anew.
    for entry in list.snapshot(th)?.iter() {
        let known = entry.as_tuple().and_then(|t| t.first());
        let same = match known {
            Some(g) if g.is(f) => true,
            Some(g) => ops::eq(th, *g, f)?,
            None => false,
        };
        if same {
            remove(list, *entry);
        }
    }
    Ok(Value::NONE)
}

fn remove(list: &Object<List>, entry: Value) {
    let mut i = 0;
    while let Some(v) = list.get(i) {
        if v.is(entry) {
            // Another thread may have moved it meanwhile: what was taken by mistake goes back to its place.
            match list.remove_at(i as i64) {
                Some(gone) if !gone.is(entry) => {
                    let _ = list.insert(Thread::current(), i as i64, gone);
                    i = 0;
                    continue;
                }
                _ => return,
            }
        }
        i += 1;
    }
}

/// Calls the registered functions, last registered first; exceptions go to `sys.unraisablehook`. Then none is
/// registered any more.
pub fn run_at_exit(th: &Thread) {
    let Ok(list) = callbacks(th) else { return };
    let Ok(entries) = list.snapshot(th) else {
        return;
    };
    for entry in entries.iter().rev() {
        let Some([f, args, kwargs]) = entry.as_tuple() else {
            continue;
        };
        if let Err(e) = crate::call_with(th, *f, *args, *kwargs) {
            let shown = match ops::repr(th, *f) {
                Ok(r) => names::text(r).into_owned(),
                Err(_) => "<object repr() failed>".into(),
            };
            let what = format!("Exception ignored in atexit callback {shown}");
            th.unraisable(e, Some(&what), Value::ABSENT);
        }
    }
    list.exchange(None);
}
