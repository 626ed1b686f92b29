//! `_interpreters`: the interpreters of this process. There is one so far.

use crate::crossinterp::{self, buffer, errors};
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value, attr, ops, strings};

/// Where an interpreter was made: with the process.
const WHENCE_RUNTIME: i64 = 1;

/// `_interpreters`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_interpreters",
    doc: "This module provides primitive operations to manage Python interpreters.\nThe 'interpreters' module provides a more convenient interface.",
    functions: &[
        Method::new("get_current", "()", |th, _| {
            one(th, th.interp.id as i64)
        })
        .doc("get_current() -> (ID, whence)\n\nReturn the ID of current interpreter."),
        Method::new("get_main", "()", |th, _| one(th, 0))
            .doc("get_main() -> (ID, whence)\n\nReturn the ID of main interpreter."),
        Method::new("list_all", "(*, require_ready=False)", |th, _| {
            Value::list(th, &[one(th, 0)?])
        })
        .doc("list_all() -> [(ID, whence)]\n\nReturn a list containing the ID of every existing interpreter."),
        Method::new("is_running", "(id, *, restrict=False)", |th, a| known(th, a[0], Value::TRUE))
            .doc("is_running(id, *, restrict=False) -> bool\n\nReturn whether or not the identified interpreter is running."),
        Method::new("whence", "(id)", |th, a| {
            known(th, a[0], Value::small_int(WHENCE_RUNTIME))
        })
        .doc("whence(id) -> int\n\nReturn an identifier for where the interpreter was created."),
        Method::new("incref", "(id, *, implieslink=False, restrict=False)", |th, a| {
            known(th, a[0], Value::NONE)
        }),
        Method::new("decref", "(id, *, restrict=False)", |th, a| known(th, a[0], Value::NONE)),
        Method::new("is_shareable", "(obj)", |th, a| {
            Ok(Value::bool(crossinterp::is_shareable(th, a[0])))
        })
        .doc("is_shareable(obj) -> bool\n\nReturn True if the object's data may be shared between interpreters and\nFalse otherwise."),
    ],
    types: &[
        (&errors::INTERPRETER_ERROR, &errors::INTERPRETER_ERROR_SPEC),
        (
            &errors::INTERPRETER_NOT_FOUND,
            &errors::INTERPRETER_NOT_FOUND_SPEC,
        ),
        (&errors::NOT_SHAREABLE, &errors::NOT_SHAREABLE_SPEC),
        (&buffer::BUFFER_VIEW, &buffer::BUFFER_VIEW_SPEC),
    ],
    init: |th, module| {
        crossinterp::init(th)?;
        for (name, n) in [
            ("WHENCE_UNKNOWN", 0),
            ("WHENCE_RUNTIME", WHENCE_RUNTIME),
            ("WHENCE_LEGACY_CAPI", 2),
            ("WHENCE_CAPI", 3),
            ("WHENCE_XI", 4),
            ("WHENCE_STDLIB", 5),
        ] {
            attr::set(th, module, strings::intern(th, name), Value::small_int(n))?;
        }
        Ok(())
    },
};

fn one(th: &Thread, id: i64) -> PyResult {
    let parts = [Value::int(th, id), Value::small_int(WHENCE_RUNTIME)];
    Value::try_tuple(th, &parts)
}

/// `answer` for the identity of the one interpreter.
fn known(th: &Thread, id: Value, answer: Value) -> PyResult {
    match ops::index_i64(th, id)? {
        0 => Ok(answer),
        n => Err(th.raise(
            &errors::INTERPRETER_NOT_FOUND,
            format!("unrecognized interpreter ID {n}"),
        )),
    }
}
