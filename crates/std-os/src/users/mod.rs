//! `pwd` and `grp`: the databases of users and groups.

use crate::args::{cstring, fs_decode, fs_encode, module_dict, state, sys};
use crate::posix::numbers::{gid, id_value, uid};
use std::ffi::CString;
use taipan_containers::structseq;
use taipan_host::users::{self as host, Group, User};
use taipan_object::exception::OVERFLOW_ERROR;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::seq::List;
use taipan_object::{PyResult, Raised, Thread, Value, ValueVec};

/// `pwd`
pub static PWD: ModuleSpec = ModuleSpec {
    name: "pwd",
    doc: "The database of users.\n\nAn entry is a tuple of name, password, user id, group id, full name, home directory and shell.\nA KeyError is raised for one that is not there.",
    functions: &[
        Method::new("getpwuid", "(uidobj, /)", getpwuid).doc("The entry of a user id."),
        Method::new("getpwnam", "(name, /)", getpwnam).doc("The entry of a user's name."),
        Method::new("getpwall", "()", getpwall).doc("All entries, in no order."),
    ],
    types: &[],
    init: |th, module| {
        let fields = &[
            ("pw_name", "user name"),
            ("pw_passwd", "password"),
            ("pw_uid", "user id"),
            ("pw_gid", "group id"),
            ("pw_gecos", "real name"),
            ("pw_dir", "home directory"),
            ("pw_shell", "shell program"),
        ];
        define(th, module, "pwd", "struct_passwd", fields)
    },
};

/// `grp`
pub static GRP: ModuleSpec = ModuleSpec {
    name: "grp",
    doc: "The database of groups.\n\nAn entry is a tuple of name, password, group id and the names of its members.\nA KeyError is raised for one that is not there.",
    functions: &[
        Method::new("getgrgid", "(id)", getgrgid).doc("The entry of a group id."),
        Method::new("getgrnam", "(name)", getgrnam).doc("The entry of a group's name."),
        Method::new("getgrall", "()", getgrall).doc("All entries, in no order."),
    ],
    types: &[],
    init: |th, module| {
        let fields = &[
            ("gr_name", "group name"),
            ("gr_passwd", "password"),
            ("gr_gid", "group id"),
            ("gr_mem", "group members"),
        ];
        define(th, module, "grp", "struct_group", fields)
    },
};

fn define(
    th: &Thread,
    module: Value,
    owner: &str,
    name: &str,
    fields: &[(&str, &str)],
) -> PyResult<()> {
    let doc = format!(
        "{owner}.{name}: an entry of the database, a tuple whose items are attributes too."
    );
    let t = structseq::define(th, owner, name, fields, fields.len(), &doc)?;
    state(th).set_name(th, &key(owner, name), t)?;
    module_dict(module).set_name(th, name, t)
}

fn key(owner: &str, name: &str) -> String {
    format!("{owner}.{name}")
}

fn make(th: &Thread, owner: &str, name: &str, values: &[Value]) -> PyResult {
    match state(th).get_name(th, &key(owner, name)) {
        Some(t) => structseq::make(th, t, values),
        None => Err(th.runtime_error(format!("lost {owner}.{name}"))),
    }
}

fn user(th: &Thread, u: &User) -> PyResult {
    let values = [
        fs_decode(th, &u.name),
        fs_decode(th, &u.password),
        id_value(u.uid),
        id_value(u.gid),
        fs_decode(th, &u.gecos),
        fs_decode(th, &u.dir),
        fs_decode(th, &u.shell),
    ];
    make(th, "pwd", "struct_passwd", &values)
}

fn group(th: &Thread, g: &Group) -> PyResult {
    let mut members = ValueVec::with_capacity(th, g.members.len())?;
    for name in &g.members {
        members.push(th, fs_decode(th, name))?;
    }
    let values = [
        fs_decode(th, &g.name),
        fs_decode(th, &g.password),
        id_value(g.gid),
        List::from_vec(th, members),
    ];
    make(th, "grp", "struct_group", &values)
}

fn key_error(th: &Thread, text: &str) -> Raised {
    th.key_error(Value::str(th, text))
}

/// A name to look for, as the system wants it.
fn name_argument(th: &Thread, v: Value) -> PyResult<CString> {
    cstring(th, fs_encode(th, v)?)
}

fn not_found(th: &Thread, func: &str, name: Value) -> Raised {
    match taipan_object::ops::repr(th, name) {
        Ok(text) => key_error(
            th,
            &format!(
                "{func}(): name not found: {}",
                taipan_object::names::text(text)
            ),
        ),
        Err(e) => e,
    }
}

fn getpwuid(th: &Thread, a: &[Value]) -> PyResult {
    let id = uid(th, a[0]).map_err(|e| {
        if e.is(&OVERFLOW_ERROR) {
            key_error(th, "getpwuid(): uid not found")
        } else {
            e
        }
    })?;
    match sys(th, th.blocking(|| host::getpwuid(id)))? {
        Some(u) => user(th, &u),
        None => {
            let id = id_value(id).as_i64().unwrap_or(-1);
            Err(key_error(th, &format!("getpwuid(): uid not found: {id}")))
        }
    }
}

fn getpwnam(th: &Thread, a: &[Value]) -> PyResult {
    crate::args::text(th, "getpwnam", "", a[0])?;
    let name = name_argument(th, a[0])?;
    match sys(th, th.blocking(|| host::getpwnam(&name)))? {
        Some(u) => user(th, &u),
        None => Err(not_found(th, "getpwnam", a[0])),
    }
}

fn getpwall(th: &Thread, _: &[Value]) -> PyResult {
    let mut out = ValueVec::new();
    for u in th.blocking(host::getpwall) {
        out.push(th, user(th, &u)?)?;
    }
    Ok(List::from_vec(th, out))
}

fn getgrgid(th: &Thread, a: &[Value]) -> PyResult {
    let id = gid(th, a[0])?;
    match sys(th, th.blocking(|| host::getgrgid(id)))? {
        Some(g) => group(th, &g),
        None => {
            let id = id_value(id).as_i64().unwrap_or(-1);
            Err(key_error(th, &format!("getgrgid(): gid not found: {id}")))
        }
    }
}

fn getgrnam(th: &Thread, a: &[Value]) -> PyResult {
    crate::args::text(th, "getgrnam", "'name'", a[0])?;
    let name = name_argument(th, a[0])?;
    match sys(th, th.blocking(|| host::getgrnam(&name)))? {
        Some(g) => group(th, &g),
        None => Err(not_found(th, "getgrnam", a[0])),
    }
}

fn getgrall(th: &Thread, _: &[Value]) -> PyResult {
    let mut out = ValueVec::new();
    for g in th.blocking(host::getgrall) {
        out.push(th, group(th, &g)?)?;
    }
    Ok(List::from_vec(th, out))
}
