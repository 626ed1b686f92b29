//! Replacing the program, and starting another one with `posix_spawn`.

use crate::c_state::PROCESS;
use crate::check::{code, error};
use crate::{Fd, Pid, signal};
use libc::{c_char, c_int, c_short};
use std::ffi::{CStr, CString};
use std::io;
use std::mem::MaybeUninit;

/// A list of C strings ended by null, which lives as long as the strings.
pub(crate) fn pointers(strings: &[CString]) -> Vec<*mut c_char> {
    let null = std::iter::once(std::ptr::null_mut());
    strings
        .iter()
        .map(|text| text.as_ptr().cast_mut())
        .chain(null)
        .collect()
}

unsafe extern "C" {
    static environ: *const *mut c_char;
}

/// The program to replace this one with.
#[derive(Clone, Copy)]
pub enum Program<'a> {
    Path(&'a CStr),
    Fd(Fd),
}

/// Replaces the program; without `env` the environment stays. Comes back only with an error.
pub fn exec(program: Program<'_>, args: &[CString], env: Option<&[CString]>) -> io::Error {
    let args = pointers(args);
    let env = env.map(pointers);
    let _guard = env.is_none().then(|| PROCESS.hold());
    // SAFETY: both lists are ended by null and alive; a path is terminated.
    unsafe {
        let env = env
            .as_ref()
            .map_or(environ.cast(), |list| list.as_ptr().cast());
        match program {
            Program::Path(path) => libc::execve(path.as_ptr(), args.as_ptr().cast(), env),
            Program::Fd(fd) => libc::fexecve(fd, args.as_ptr().cast(), env),
        };
    }
    io::Error::last_os_error()
}

/// Something that happens to the child's descriptors before it starts.
pub enum FileAction {
    Open {
        fd: Fd,
        path: CString,
        flags: c_int,
        mode: libc::mode_t,
    },
    Close(Fd),
    Dup2 {
        from: Fd,
        to: Fd,
    },
    /// Closes this one and all above.
    CloseFrom(Fd),
}

/// How [`spawn`] starts a program.
#[derive(Default)]
pub struct Spawn {
    /// Look the program up in `PATH`.
    pub search_path: bool,
    pub file_actions: Vec<FileAction>,
    /// Process group to join; 0 makes a new one.
    pub process_group: Option<Pid>,
    /// Effective ids back to the real ones.
    pub reset_ids: bool,
    pub new_session: bool,
    /// Signals blocked in the child.
    pub signal_mask: Option<Vec<i32>>,
    /// Signals set back to their default in the child.
    pub default_signals: Option<Vec<i32>>,
    /// Policy (the parent's if `None`) and priority.
    pub scheduler: Option<(Option<i32>, i32)>,
}

unsafe extern "C" {
    fn posix_spawn_file_actions_addclosefrom_np(
        actions: *mut libc::posix_spawn_file_actions_t,
        from: c_int,
    ) -> c_int;
}

/// File actions that are freed in any case.
struct Actions(libc::posix_spawn_file_actions_t);

impl Actions {
    fn new(list: &[FileAction]) -> io::Result<Self> {
        let mut raw = MaybeUninit::uninit();
        // SAFETY: room for the object, which the call fills.
        code(unsafe { libc::posix_spawn_file_actions_init(raw.as_mut_ptr()) })?;
        // SAFETY: just filled.
        let mut actions = Self(unsafe { raw.assume_init() });
        let at = &raw mut actions.0;
        for action in list {
            // SAFETY: `at` is initialised; the paths outlive it, as the list does.
            code(unsafe {
                match action {
                    FileAction::Open {
                        fd,
                        path,
                        flags,
                        mode,
                    } => libc::posix_spawn_file_actions_addopen(
                        at,
                        *fd,
                        path.as_ptr(),
                        *flags,
                        *mode,
                    ),
                    FileAction::Close(fd) => libc::posix_spawn_file_actions_addclose(at, *fd),
                    FileAction::Dup2 { from, to } => {
                        libc::posix_spawn_file_actions_adddup2(at, *from, *to)
                    }
                    FileAction::CloseFrom(fd) => posix_spawn_file_actions_addclosefrom_np(at, *fd),
                }
            })?;
        }
        Ok(actions)
    }
}

impl Drop for Actions {
    fn drop(&mut self) {
        // SAFETY: initialised, not used again.
        unsafe { libc::posix_spawn_file_actions_destroy(&raw mut self.0) };
    }
}

/// Attributes that are freed in any case.
struct Attributes(libc::posix_spawnattr_t);

impl Attributes {
    fn new(spawn: &Spawn) -> io::Result<Self> {
        let mut raw = MaybeUninit::uninit();
        // SAFETY: room for the object, which the call fills.
        code(unsafe { libc::posix_spawnattr_init(raw.as_mut_ptr()) })?;
        // SAFETY: just filled.
        let mut attributes = Self(unsafe { raw.assume_init() });
        let at = &raw mut attributes.0;
        let mut flags: c_int = 0;
        if let Some(group) = spawn.process_group {
            // SAFETY: `at` is initialised.
            code(unsafe { libc::posix_spawnattr_setpgroup(at, group) })?;
            flags |= libc::POSIX_SPAWN_SETPGROUP;
        }
        if spawn.reset_ids {
            flags |= libc::POSIX_SPAWN_RESETIDS;
        }
        if spawn.new_session {
            flags |= c_int::from(libc::POSIX_SPAWN_SETSID);
        }
        if let Some(signals) = &spawn.signal_mask {
            let set = signal::set_of(signals)?;
            // SAFETY: `at` is initialised, the set too.
            code(unsafe { libc::posix_spawnattr_setsigmask(at, &raw const set) })?;
            flags |= libc::POSIX_SPAWN_SETSIGMASK;
        }
        if let Some(signals) = &spawn.default_signals {
            let set = signal::set_of(signals)?;
            // SAFETY: `at` is initialised, the set too.
            code(unsafe { libc::posix_spawnattr_setsigdefault(at, &raw const set) })?;
            flags |= libc::POSIX_SPAWN_SETSIGDEF;
        }
        if let Some((policy, priority)) = spawn.scheduler {
            if let Some(policy) = policy {
                // SAFETY: `at` is initialised.
                code(unsafe { libc::posix_spawnattr_setschedpolicy(at, policy) })?;
                flags |= libc::POSIX_SPAWN_SETSCHEDULER;
            }
            let param = crate::scheduling::param(priority);
            // SAFETY: `at` is initialised, the parameter too.
            code(unsafe { libc::posix_spawnattr_setschedparam(at, &raw const param) })?;
            flags |= libc::POSIX_SPAWN_SETSCHEDPARAM;
        }
        let Ok(flags) = c_short::try_from(flags) else {
            return error(libc::EINVAL);
        };
        // SAFETY: `at` is initialised.
        code(unsafe { libc::posix_spawnattr_setflags(at, flags) })?;
        Ok(attributes)
    }
}

impl Drop for Attributes {
    fn drop(&mut self) {
        // SAFETY: initialised, not used again.
        unsafe { libc::posix_spawnattr_destroy(&raw mut self.0) };
    }
}

/// Starts a program; without `env` it gets this process's environment.
pub fn spawn(
    program: &CStr,
    args: &[CString],
    env: Option<&[CString]>,
    how: &Spawn,
) -> io::Result<Pid> {
    let actions = Actions::new(&how.file_actions)?;
    let attributes = Attributes::new(how)?;
    let args = pointers(args);
    let env = env.map(pointers);
    let _guard = env.is_none().then(|| PROCESS.hold());
    let mut pid = 0;
    let call = if how.search_path {
        libc::posix_spawnp
    } else {
        libc::posix_spawn
    };
    // SAFETY: both lists are ended by null and alive; the objects are initialised.
    code(unsafe {
        let env = env.as_ref().map_or(environ, |list| list.as_ptr());
        call(
            &raw mut pid,
            program.as_ptr(),
            &raw const actions.0,
            &raw const attributes.0,
            args.as_ptr(),
            env,
        )
    })?;
    Ok(pid)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fd, wait};

    #[test]
    fn a_program_is_started() {
        let (r, w) = fd::pipe(libc::O_CLOEXEC).unwrap();
        let how = Spawn {
            search_path: true,
            file_actions: vec![
                FileAction::Dup2 { from: w, to: 1 },
                FileAction::CloseFrom(3),
            ],
            signal_mask: Some(vec![libc::SIGUSR1]),
            ..Spawn::default()
        };
        let args = [
            c"sh".to_owned(),
            c"-c".to_owned(),
            c"echo $A; exit 3".to_owned(),
        ];
        let pid = spawn(c"sh", &args, Some(&[c"A=b".to_owned()]), &how).unwrap();
        fd::close(w).unwrap();
        let (waited, status) = wait::waitpid(pid, 0).unwrap();
        assert_eq!((waited, wait::to_exit_code(status)), (pid, Some(3)));
        assert_eq!(fd::read_new(r, 10).unwrap(), b"b\n");
        fd::close(r).unwrap();
        let error = spawn(c"/nowhere", &args, None, &Spawn::default()).unwrap_err();
        assert_eq!(error.raw_os_error(), Some(libc::ENOENT));
    }
}
