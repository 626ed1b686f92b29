//! Other programs: in place of this one, or beside it.

use super::path::Path;
use super::sched;
use crate::args::{self, fs_cstring, given, int};
use std::ffi::CString;
use taipan_host::exec::{self as host, FileAction, Program, Spawn};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, ValueVec, call, ops};

/// The items of a tuple or list.
fn tuple_or_list(th: &Thread, v: Value) -> PyResult<Option<ValueVec>> {
    if let Some(items) = v.as_tuple() {
        return ValueVec::from_slice(th, items).map(Some);
    }
    v.as_list().map(|l| l.snapshot(th)).transpose()
}

/// The arguments of a program; `what` is what its messages begin with.
fn argv(th: &Thread, what: &str, v: Value) -> PyResult<Vec<CString>> {
    let Some(items) = tuple_or_list(th, v)? else {
        return Err(th.type_error(format!("{what} must be a tuple or list")));
    };
    if items.is_empty() {
        return Err(th.value_error(format!("{what} must not be empty")));
    }
    let mut list = Vec::with_capacity(items.len());
    for v in items.iter() {
        list.push(fs_cstring(th, *v)?);
    }
    if list[0].is_empty() {
        return Err(th.value_error(format!("{what} first element cannot be empty")));
    }
    Ok(list)
}

/// A mapping as the environment of a program.
fn environment(th: &Thread, v: Value) -> PyResult<Vec<CString>> {
    let keys = ops::to_vec(th, call::call_method(th, v, "keys", &[])?)?;
    let values = ops::to_vec(th, call::call_method(th, v, "values", &[])?)?;
    let mut list = Vec::with_capacity(keys.len());
    for (k, v) in keys.iter().zip(values.iter()) {
        let mut entry = fs_cstring(th, *k)?.into_bytes();
        let value = fs_cstring(th, *v)?;
        if entry.is_empty() || entry[1..].contains(&b'=') {
            return Err(th.value_error("illegal environment variable name"));
        }
        entry.push(b'=');
        entry.extend_from_slice(value.as_bytes());
        list.push(args::cstring(th, entry)?);
    }
    Ok(list)
}

fn is_mapping(v: Value) -> bool {
    class_of(v).slots().getitem.is_some()
}

fn allowed(th: &Thread) -> PyResult<()> {
    if th.interp.limits.exec {
        return Ok(());
    }
    Err(th.runtime_error("exec not supported for isolated subinterpreters"))
}

/// `execv(path, argv)`
pub fn execv(th: &Thread, a: &[Value]) -> PyResult {
    allowed(th)?;
    let path = Path::plain(th, "execv", a[0])?;
    let list = argv(th, "execv() arg 2", a[1])?;
    th.audit("os.exec", &[path.object, a[1], Value::NONE])?;
    let e = th.blocking(|| host::exec(Program::Path(&path.text), &list, None));
    Err(path.error(th, &e))
}

/// `execve(path, argv, env)`
pub fn execve(th: &Thread, a: &[Value]) -> PyResult {
    allowed(th)?;
    let path = Path::or_fd(th, "execve", a[0])?;
    if tuple_or_list(th, a[1])?.is_none() {
        return Err(th.type_error("execve: argv must be a tuple or list"));
    }
    let list = argv(th, "execve: argv", a[1])?;
    if !is_mapping(a[2]) {
        return Err(th.type_error("execve: environment must be a mapping object"));
    }
    let env = environment(th, a[2])?;
    th.audit("os.exec", &[path.object, a[1], a[2]])?;
    let program = match path.fd {
        Some(fd) => Program::Fd(fd),
        None => Program::Path(&path.text),
    };
    let e = th.blocking(|| host::exec(program, &list, Some(&env)));
    Err(path.error(th, &e))
}

/// Signals given as an iterable of numbers.
fn signals(th: &Thread, v: Value) -> PyResult<Vec<i32>> {
    let mut list = Vec::new();
    ops::for_each(th, v, |v| {
        let n = ops::index(th, v)?.as_i64();
        match n {
            Some(n) if (1..=64).contains(&n) => {
                list.push(n as i32);
                Ok(())
            }
            Some(n) => Err(th.value_error(format!("signal number {n} out of range [1; 64]"))),
            None => Err(th.overflow_error("Python int too large to convert to C long")),
        }
    })?;
    Ok(list)
}

fn file_action(th: &Thread, v: Value) -> PyResult<FileAction> {
    let Some(items @ [tag, ..]) = v.as_tuple() else {
        return Err(th.type_error("Each file_actions element must be a non-empty tuple"));
    };
    let wrong = |which: &str, n: usize| {
        Err(th.type_error(format!(
            "A {which} file_action tuple must have {n} elements"
        )))
    };
    match (ops::index(th, *tag)?.as_i64(), items) {
        (Some(0), [_, fd, path, flags, mode]) => Ok(FileAction::Open {
            fd: int(th, *fd)?,
            path: fs_cstring(th, *path)?,
            flags: int(th, *flags)?,
            mode: super::numbers::bits(th, *mode)?,
        }),
        (Some(0), _) => wrong("open", 5),
        (Some(1), [_, fd]) => Ok(FileAction::Close(int(th, *fd)?)),
        (Some(1), _) => wrong("close", 2),
        (Some(2), [_, from, to]) => Ok(FileAction::Dup2 {
            from: int(th, *from)?,
            to: int(th, *to)?,
        }),
        (Some(2), _) => wrong("dup2", 3),
        (Some(3), [_, fd]) => Ok(FileAction::CloseFrom(int(th, *fd)?)),
        (Some(3), _) => wrong("closefrom", 2),
        _ => Err(th.type_error("Unknown file_actions identifier")),
    }
}

fn file_actions(th: &Thread, v: Value) -> PyResult<Vec<FileAction>> {
    let Some(v) = given(v) else {
        return Ok(Vec::new());
    };
    let s = class_of(v).slots();
    if s.iter.is_none() && s.getitem.is_none() {
        return Err(th.type_error("file_actions must be a sequence or None"));
    }
    let mut list = Vec::new();
    for v in ops::to_vec(th, v)?.iter() {
        list.push(file_action(th, *v)?);
    }
    Ok(list)
}

/// Both calls; the arguments are those of the signature.
fn spawn(th: &Thread, func: &str, search_path: bool, a: &[Value]) -> PyResult {
    let path = Path::plain(th, func, a[0])?;
    let list = argv(th, &format!("{func}: argv"), a[1])?;
    let env = match given(a[2]) {
        None => None,
        Some(v) if is_mapping(v) => Some(environment(th, v)?),
        Some(_) => {
            return Err(th.type_error(format!(
                "{func}: environment must be a mapping object or None"
            )));
        }
    };
    let file_actions = file_actions(th, a[3])?;
    let process_group = given(a[4]).map(|v| int(th, v)).transpose()?;
    let reset_ids = args::flag(th, a[5], false)?;
    let new_session = args::flag(th, a[6], false)?;
    let signal_mask = a[7].present().map(|v| signals(th, v)).transpose()?;
    let default_signals = a[8].present().map(|v| signals(th, v)).transpose()?;
    let scheduler = match given(a[9]) {
        None => None,
        Some(v) => match v.as_tuple() {
            Some([policy, param]) => {
                let policy = given(*policy).map(|v| int(th, v)).transpose()?;
                Some((policy, sched::priority(th, *param)?))
            }
            Some(_) => return Err(th.type_error("A scheduler tuple must have two elements")),
            None => {
                return Err(th.type_error(format!("{func}: scheduler must be a tuple or None")));
            }
        },
    };
    let how = Spawn {
        search_path,
        file_actions,
        process_group,
        reset_ids,
        new_session,
        signal_mask,
        default_signals,
        scheduler,
    };
    th.audit("os.posix_spawn", &[path.object, a[1], a[2]])?;
    let pid = th.blocking(|| host::spawn(&path.text, &list, env.as_deref(), &how));
    match pid {
        Ok(pid) => Ok(Value::small_int(i64::from(pid))),
        Err(e) => Err(path.error(th, &e)),
    }
}

/// `posix_spawn(path, argv, env, *, …)`
pub fn posix_spawn(th: &Thread, a: &[Value]) -> PyResult {
    spawn(th, "posix_spawn", false, a)
}

/// `posix_spawnp(path, argv, env, *, …)`
pub fn posix_spawnp(th: &Thread, a: &[Value]) -> PyResult {
    spawn(th, "posix_spawnp", true, a)
}
