//! `_posixsubprocess`.

use crate::args::{cstring, flag, fs_cstring, fspath, given, int, type_name};
use crate::{forking, posix::numbers};
use std::ffi::CString;
use std::sync::atomic::Ordering;
use taipan_host::fork_exec::{ForkExec, Pipes, fork_exec as host_fork_exec};
use taipan_object::exception::PYTHON_FINALIZATION_ERROR;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value, call, ops};

/// `_posixsubprocess`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_posixsubprocess",
    doc: "A POSIX helper for the subprocess module.",
    functions: &[Method::new(
        "fork_exec",
        "(args, executable_list, close_fds, pass_fds, cwd, env, p2cread, p2cwrite, c2pread, c2pwrite, errread, errwrite, errpipe_read, errpipe_write, restore_signals, call_setsid, pgid_to_set, gid, extra_groups, uid, child_umask, preexec_fn, /)",
        fork_exec,
    )
    .doc("Spawn a fresh new child process.\n\nFork a child process, close parent file descriptors as appropriate in the\nchild and duplicate the few that are needed before calling exec() in the\nchild process.\n\nIf close_fds is True, close file descriptors 3 and higher, except those listed\nin the sorted tuple pass_fds.\n\nIf preexec_fn is not None, it is called after the fork and before the exec; it\nis not safe where other threads run.\n\nReturns: the child process's PID.\n\nRaises: Only on an error in the parent process.")],
    types: &[],
    init: |_, _| Ok(()),
};

/// The most groups that the system lets a process have.
const MAX_GROUPS: usize = 65536;

/// Descriptors to keep: a sorted tuple without repetition.
fn descriptors(th: &Thread, v: Value) -> PyResult<Vec<i32>> {
    let Some(items) = v.as_tuple() else {
        return Err(th.type_error(format!(
            "fork_exec() argument 4 must be tuple, not {}",
            type_name(v)
        )));
    };
    let mut found: Vec<i32> = Vec::with_capacity(items.len());
    for item in items {
        let fd = item.as_i64().and_then(|n| i32::try_from(n).ok());
        match fd {
            Some(fd) if fd >= 0 && found.last().is_none_or(|last| *last < fd) => found.push(fd),
            _ => return Err(th.value_error("bad value(s) in fds_to_keep")),
        }
    }
    Ok(found)
}

/// A sequence of `bytes`.
fn byte_strings(th: &Thread, v: Value) -> PyResult<Vec<CString>> {
    let n = ops::len(th, v)?;
    let mut found = Vec::new();
    for i in 0..n {
        let item = ops::get_item(th, v, Value::usize(th, i))?;
        let Some(bytes) = item.as_bytes() else {
            return Err(th.type_error(format!("expected bytes, {} found", type_name(item))));
        };
        found.push(cstring(th, bytes.to_vec())?);
    }
    Ok(found)
}

/// The program's arguments; none at all for None.
fn arguments(th: &Thread, v: Value) -> PyResult<Vec<CString>> {
    if v.is_none() {
        return Ok(Vec::new());
    }
    let items = ops::to_vec(th, v).map_err(|e| {
        if e.is(&taipan_object::exception::TYPE_ERROR) {
            th.type_error("argv must be a tuple")
        } else {
            e
        }
    })?;
    let mut found = Vec::with_capacity(items.len());
    for item in items.iter() {
        found.push(fs_cstring(th, *item)?);
    }
    Ok(found)
}

fn groups(th: &Thread, v: Value) -> PyResult<Option<Vec<u32>>> {
    let Some(v) = given(v) else { return Ok(None) };
    let Some(list) = v.as_list() else {
        return Err(th.type_error("setgroups argument must be a list"));
    };
    if list.len() > MAX_GROUPS {
        return Err(th.value_error("too many extra_groups"));
    }
    let mut found = Vec::new();
    for item in list.snapshot(th)?.iter() {
        if !item.is_int() {
            return Err(th.type_error("extra_groups must be integers"));
        }
        match numbers::gid(th, *item) {
            Ok(n) => found.push(n),
            Err(_) => return Err(th.value_error("invalid group id")),
        }
    }
    Ok(Some(found))
}

fn fork_exec(th: &Thread, a: &[Value]) -> PyResult {
    let close_fds = ops::truth(th, a[2])?;
    let keep = descriptors(th, a[3]);
    // All numbers are looked at before what their values mean.
    let mut n = [0; 8];
    for (n, v) in n.iter_mut().zip(&a[6..14]) {
        *n = int(th, *v)?;
    }
    let restore_signals = flag(th, a[14], true)?;
    let new_session = flag(th, a[15], false)?;
    let process_group = int(th, a[16])?;
    let umask = int(th, a[20])?;
    let preexec = given(a[21]);
    let keep = keep?;
    if preexec.is_some() && th.interp.id != 0 {
        return Err(th.runtime_error("preexec_fn not supported within subinterpreters"));
    }
    if preexec.is_some() && th.interp.finalizing.load(Ordering::Acquire) {
        return Err(th.raise(
            &PYTHON_FINALIZATION_ERROR,
            "preexec_fn not supported at interpreter shutdown",
        ));
    }
    if close_fds && n[7] < 3 {
        return Err(th.value_error("errpipe_write must be >= 3"));
    }
    let executables = byte_strings(th, a[1])?;
    let args = arguments(th, a[0])?;
    let env = match given(a[5]) {
        Some(v) => Some(byte_strings(th, v)?),
        None => None,
    };
    let cwd = match given(a[4]) {
        Some(v) => Some(fs_cstring(th, fspath(th, v)?)?),
        None => None,
    };
    let groups = groups(th, a[18])?;
    let gid = match given(a[17]) {
        Some(v) => Some(numbers::gid(th, v)?),
        None => None,
    };
    let uid = match given(a[19]) {
        Some(v) => Some(numbers::uid(th, v)?),
        None => None,
    };
    let programs = ops::to_vec(th, a[1])?;
    let programs = Value::list(th, &programs)?;
    th.audit("_posixsubprocess.fork_exec", &[programs, a[0], a[5]])?;
    let mut in_child = || {
        forking::in_child(th);
        preexec.is_none_or(|f| call::call(th, f, &[]).is_ok())
    };
    let how = ForkExec {
        args: &args,
        executables: &executables,
        env: env.as_deref(),
        cwd: cwd.as_deref(),
        pipes: Pipes {
            p2cread: n[0],
            p2cwrite: n[1],
            c2pread: n[2],
            c2pwrite: n[3],
            errread: n[4],
            errwrite: n[5],
            errpipe_read: n[6],
            errpipe_write: n[7],
        },
        close_fds,
        fds_to_keep: &keep,
        restore_signals,
        new_session,
        process_group: (process_group >= 0).then_some(process_group),
        groups: groups.as_deref(),
        gid,
        uid,
        umask: (umask >= 0).then_some(umask.cast_unsigned()),
        preexec: preexec.is_some().then_some(&mut in_child),
        allow_vfork: true,
    };
    let pid = if preexec.is_some() {
        forking::before(th);
        let r = host_fork_exec(how);
        forking::in_parent(th);
        r
    } else {
        th.blocking(|| host_fork_exec(how))
    };
    Ok(Value::int(th, crate::args::sys(th, pid)?.into()))
}
