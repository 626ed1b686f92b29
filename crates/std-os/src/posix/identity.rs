//! Who the process is: process, user and group ids, sessions.

use super::numbers::{gid, id, id_value, pid};
use crate::args::{self, fs_cstring, fs_decode, int, sys};
use taipan_host::{identity, session, users};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, ValueVec, ops};

fn number(n: i32) -> Value {
    Value::small_int(i64::from(n))
}

/// `getpid()`
pub fn getpid(_: &Thread, _: &[Value]) -> PyResult {
    Ok(number(identity::getpid()))
}

/// `getppid()`
pub fn getppid(_: &Thread, _: &[Value]) -> PyResult {
    Ok(number(identity::getppid()))
}

/// `getuid()`
pub fn getuid(_: &Thread, _: &[Value]) -> PyResult {
    Ok(id_value(identity::getuid()))
}

/// `geteuid()`
pub fn geteuid(_: &Thread, _: &[Value]) -> PyResult {
    Ok(id_value(identity::geteuid()))
}

/// `getgid()`
pub fn getgid(_: &Thread, _: &[Value]) -> PyResult {
    Ok(id_value(identity::getgid()))
}

/// `getegid()`
pub fn getegid(_: &Thread, _: &[Value]) -> PyResult {
    Ok(id_value(identity::getegid()))
}

fn three(th: &Thread, ids: (u32, u32, u32)) -> PyResult {
    Value::try_tuple(th, &[ids.0, ids.1, ids.2].map(id_value))
}

/// `getresuid()`
pub fn getresuid(th: &Thread, _: &[Value]) -> PyResult {
    three(th, sys(th, identity::getresuid())?)
}

/// `getresgid()`
pub fn getresgid(th: &Thread, _: &[Value]) -> PyResult {
    three(th, sys(th, identity::getresgid())?)
}

macro_rules! setters {
    ($($(#[$doc:meta])* $name:ident($($what:literal),+);)*) => {
        $(
            $(#[$doc])*
            pub fn $name(th: &Thread, a: &[Value]) -> PyResult {
                setters!(@call th, a, $name, $($what),+)
            }
        )*
    };
    (@call $th:ident, $a:ident, $name:ident, $x:literal) => {{
        let x = id($th, $x, $a[0])?;
        sys($th, identity::$name(x))?;
        Ok(Value::NONE)
    }};
    (@call $th:ident, $a:ident, $name:ident, $x:literal, $y:literal) => {{
        let (x, y) = (id($th, $x, $a[0])?, id($th, $y, $a[1])?);
        sys($th, identity::$name(x, y))?;
        Ok(Value::NONE)
    }};
    (@call $th:ident, $a:ident, $name:ident, $x:literal, $y:literal, $z:literal) => {{
        let (x, y, z) = (id($th, $x, $a[0])?, id($th, $y, $a[1])?, id($th, $z, $a[2])?);
        sys($th, identity::$name(x, y, z))?;
        Ok(Value::NONE)
    }};
}

setters! {
    /// `setuid(uid)`
    setuid("uid");
    /// `seteuid(euid)`
    seteuid("uid");
    /// `setgid(gid)`
    setgid("gid");
    /// `setegid(egid)`
    setegid("gid");
    /// `setreuid(ruid, euid)`
    setreuid("uid", "uid");
    /// `setregid(rgid, egid)`
    setregid("gid", "gid");
    /// `setresuid(ruid, euid, suid)`
    setresuid("uid", "uid", "uid");
    /// `setresgid(rgid, egid, sgid)`
    setresgid("gid", "gid", "gid");
}

fn list(th: &Thread, ids: &[u32]) -> PyResult {
    let mut out = ValueVec::with_capacity(th, ids.len())?;
    for n in ids {
        out.push(th, id_value(*n))?;
    }
    Ok(taipan_object::seq::List::from_vec(th, out))
}

/// `getgroups()`
pub fn getgroups(th: &Thread, _: &[Value]) -> PyResult {
    list(th, &sys(th, identity::getgroups())?)
}

/// `setgroups(groups)`
pub fn setgroups(th: &Thread, a: &[Value]) -> PyResult {
    let s = class_of(a[0]).slots();
    if s.getitem.is_none() || a[0].as_dict().is_some() {
        return Err(th.type_error("setgroups argument must be a sequence"));
    }
    let items = ops::to_vec(th, a[0])?;
    if items.len() > 65536 {
        return Err(th.value_error("too many groups"));
    }
    let mut groups = Vec::with_capacity(items.len());
    for v in items.iter() {
        if !v.is_int() {
            return Err(th.type_error("groups must be integers"));
        }
        groups.push(gid(th, *v)?);
    }
    sys(th, identity::setgroups(&groups))?;
    Ok(Value::NONE)
}

/// `getgrouplist(user, group)`
pub fn getgrouplist(th: &Thread, a: &[Value]) -> PyResult {
    args::text(th, "getgrouplist", "1", a[0])?;
    let user = fs_cstring(th, a[0])?;
    let group = gid(th, a[1])?;
    let groups = th.blocking(|| identity::getgrouplist(&user, group));
    list(th, &sys(th, groups)?)
}

/// `initgroups(username, gid)`
pub fn initgroups(th: &Thread, a: &[Value]) -> PyResult {
    let user = fs_cstring(th, a[0])?;
    let group = gid(th, a[1])?;
    sys(th, th.blocking(|| identity::initgroups(&user, group)))?;
    Ok(Value::NONE)
}

/// `getlogin()`
pub fn getlogin(th: &Thread, _: &[Value]) -> PyResult {
    let name = sys(th, th.blocking(users::getlogin))?;
    Ok(fs_decode(th, &name))
}

/// `getpgid(pid)`
pub fn getpgid(th: &Thread, a: &[Value]) -> PyResult {
    let p = pid(th, a[0])?;
    Ok(number(sys(th, session::getpgid(p))?))
}

/// `getpgrp()`
pub fn getpgrp(_: &Thread, _: &[Value]) -> PyResult {
    Ok(number(session::getpgrp()))
}

/// `setpgid(pid, pgrp)`
pub fn setpgid(th: &Thread, a: &[Value]) -> PyResult {
    let (p, group) = (pid(th, a[0])?, pid(th, a[1])?);
    sys(th, session::setpgid(p, group))?;
    Ok(Value::NONE)
}

/// `setpgrp()`
pub fn setpgrp(th: &Thread, _: &[Value]) -> PyResult {
    sys(th, session::setpgid(0, 0))?;
    Ok(Value::NONE)
}

/// `getsid(pid)`
pub fn getsid(th: &Thread, a: &[Value]) -> PyResult {
    let p = pid(th, a[0])?;
    Ok(number(sys(th, session::getsid(p))?))
}

/// `setsid()`
pub fn setsid(th: &Thread, _: &[Value]) -> PyResult {
    sys(th, session::setsid())?;
    Ok(Value::NONE)
}

/// `tcgetpgrp(fd)`
pub fn tcgetpgrp(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    Ok(number(sys(th, session::tcgetpgrp(n))?))
}

/// `tcsetpgrp(fd, pgid)`
pub fn tcsetpgrp(th: &Thread, a: &[Value]) -> PyResult {
    let (n, group) = (int(th, a[0])?, pid(th, a[1])?);
    sys(th, th.blocking(|| session::tcsetpgrp(n, group)))?;
    Ok(Value::NONE)
}

/// `getpriority(which, who)`
pub fn getpriority(th: &Thread, a: &[Value]) -> PyResult {
    let (which, who) = (int(th, a[0])?, int(th, a[1])?);
    let n = sys(th, taipan_host::limits::getpriority(which, who as u32))?;
    Ok(number(n))
}

/// `setpriority(which, who, priority)`
pub fn setpriority(th: &Thread, a: &[Value]) -> PyResult {
    let (which, who, to) = (int(th, a[0])?, int(th, a[1])?, int(th, a[2])?);
    sys(th, taipan_host::limits::setpriority(which, who as u32, to))?;
    Ok(Value::NONE)
}

/// `nice(increment)`
pub fn nice(th: &Thread, a: &[Value]) -> PyResult {
    let by = int(th, a[0])?;
    Ok(number(sys(th, taipan_host::limits::nice(by))?))
}
