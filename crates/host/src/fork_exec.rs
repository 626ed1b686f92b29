//! Starting a program the way `subprocess` does.
//!
//! Everything the child needs is made ready before it exists: between its birth and `exec` it
//! allocates nothing and takes no lock, so other threads of the parent need not be stopped. The
//! one exception is `preexec`, which runs arbitrary code in the child: whoever passes one must
//! have stopped the world, as for a plain fork.
//!
//! Where nothing forbids it the child borrows the parent's memory until it execs (`CLONE_VM |
//! CLONE_VFORK`), which costs the same however much memory the parent has. Copying the page
//! tables of a large heap is what makes a plain fork slow.
//!
//! A failure in the child is written to the error pipe as `Name:errno in hex:message`.

use crate::c_state::{PROCESS, while_quiet};
use crate::check::{check, errno};
use crate::exec::pointers;
use crate::{Fd, Pid};
use libc::{c_char, c_int, c_void};
use std::ffi::{CStr, CString};
use std::io;

/// The descriptors of the child's standard streams and of the error pipe; -1 where there is none.
#[derive(Clone, Copy, Debug)]
pub struct Pipes {
    /// Standard input: the child's end (read) and the parent's (write).
    pub p2cread: Fd,
    pub p2cwrite: Fd,
    /// Standard output: the parent's end (read) and the child's (write).
    pub c2pread: Fd,
    pub c2pwrite: Fd,
    /// Standard error, likewise.
    pub errread: Fd,
    pub errwrite: Fd,
    /// The error pipe.
    pub errpipe_read: Fd,
    pub errpipe_write: Fd,
}

/// Says whether the code before exec went well.
pub type Preexec<'a> = &'a mut dyn FnMut() -> bool;

/// What to start, and how.
pub struct ForkExec<'a> {
    pub args: &'a [CString],
    /// Paths to try, in order.
    pub executables: &'a [CString],
    /// Variables as `name=value`; the parent's if `None`.
    pub env: Option<&'a [CString]>,
    pub cwd: Option<&'a CStr>,
    pub pipes: Pipes,
    pub close_fds: bool,
    /// Sorted, without repetition, none negative.
    pub fds_to_keep: &'a [Fd],
    /// Set the signals that this engine ignores back to their defaults.
    pub restore_signals: bool,
    pub new_session: bool,
    /// Process group to join; 0 makes a new one.
    pub process_group: Option<Pid>,
    pub groups: Option<&'a [u32]>,
    pub gid: Option<u32>,
    pub uid: Option<u32>,
    pub umask: Option<libc::mode_t>,
    /// Runs in the child just before exec.
    pub preexec: Option<Preexec<'a>>,
    /// Whether the child may borrow the parent's memory.
    pub allow_vfork: bool,
}

/// All that the child uses, in forms that need no allocation.
struct Plan<'a> {
    args: Vec<*mut c_char>,
    executables: Vec<*mut c_char>,
    env: Option<Vec<*mut c_char>>,
    /// Pipe ends below 3 that are in the way are moved by the child itself.
    how: ForkExec<'a>,
    highest_fd: Fd,
    /// The mask to give the child where it began with all signals blocked.
    mask: Option<libc::sigset_t>,
}

unsafe extern "C" {
    static environ: *const *mut c_char;
}

/// Starts the program; gives the child's id at once. Whether exec went well is told by the error
/// pipe: it is closed without a word if so.
pub fn fork_exec(how: ForkExec<'_>) -> io::Result<Pid> {
    // Changing ids in a child that shares memory would let the old user's tracer at the parent.
    let may_borrow = how.allow_vfork
        && how.preexec.is_none()
        && how.groups.is_none()
        && how.gid.is_none()
        && how.uid.is_none();
    let mut plan = Plan {
        args: pointers(how.args),
        executables: pointers(how.executables),
        env: how.env.map(pointers),
        highest_fd: highest_fd(),
        mask: None,
        how,
    };
    // The child reads the list of variables itself if it is to inherit them.
    let guard = plan.env.is_none().then(|| PROCESS.hold());
    if may_borrow {
        match borrow_and_exec(&mut plan) {
            Err(error) if error.raw_os_error() == Some(libc::ENOSYS) => plan.mask = None,
            other => return other,
        }
    }
    drop(guard);
    let fork = || {
        // SAFETY: the child only makes calls that are allowed after a fork of a threaded process,
        // apart from `preexec`, for which the caller has prepared.
        check(unsafe { libc::fork() })
    };
    let pid = if plan.how.preexec.is_some() {
        while_quiet(fork)
    } else {
        fork()
    }?;
    if pid == 0 {
        child(&mut plan);
    }
    Ok(pid)
}

/// Starts a child that shares our memory until it execs, while this thread waits.
fn borrow_and_exec(plan: &mut Plan<'_>) -> io::Result<Pid> {
    const STACK: usize = 256 << 10;
    extern "C" fn entry(plan: *mut c_void) -> c_int {
        // SAFETY: the pointer comes from the call below, whose frame waits.
        child(unsafe { &mut *plan.cast::<Plan<'_>>() })
    }
    // SAFETY: a fresh private mapping, used as the child's stack and unmapped when it is done:
    // the parent's thread is held until then. Signals are blocked around the call so that no
    // handler of ours runs in the child on memory it shares.
    unsafe {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_STACK;
        let stack = libc::mmap(std::ptr::null_mut(), STACK, protection, flags, -1, 0);
        if stack == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        let mut all = std::mem::zeroed::<libc::sigset_t>();
        let mut old = std::mem::zeroed::<libc::sigset_t>();
        libc::sigfillset(&raw mut all);
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const all, &raw mut old);
        plan.mask = Some(old);
        let flags = libc::CLONE_VM | libc::CLONE_VFORK | libc::SIGCHLD;
        let pid = check(libc::clone(
            entry,
            stack.byte_add(STACK),
            flags,
            std::ptr::from_mut(plan).cast(),
        ));
        libc::pthread_sigmask(libc::SIG_SETMASK, &raw const old, std::ptr::null_mut());
        libc::munmap(stack, STACK);
        pid
    }
}

/// The highest descriptor to close one by one where the system cannot close a range.
fn highest_fd() -> Fd {
    // SAFETY: numbers only.
    let limit = unsafe { libc::sysconf(libc::_SC_OPEN_MAX) };
    Fd::try_from(limit).unwrap_or(256).clamp(256, 1 << 20)
}

/// The child's life up to exec; only async-signal-safe calls, no allocation.
fn child(plan: &mut Plan<'_>) -> ! {
    let message = match prepare_and_exec(plan) {
        Failure::Errno(message) => {
            let number = errno();
            let pipe = plan.how.pipes.errpipe_write;
            say(pipe, b"OSError:");
            let mut digits = [0u8; 8];
            say(pipe, hex(number.cast_unsigned(), &mut digits));
            say(pipe, b":");
            message
        }
        Failure::Preexec => {
            say(plan.how.pipes.errpipe_write, b"SubprocessError:0:");
            "Exception occurred in preexec_fn."
        }
    };
    say(plan.how.pipes.errpipe_write, message.as_bytes());
    // SAFETY: does not return.
    unsafe { libc::_exit(255) }
}

/// Why the child could not become the program.
enum Failure {
    /// With the message that tells the parent what was tried; the number is in `errno`.
    Errno(&'static str),
    Preexec,
}

const BEFORE_EXEC: &str = "noexec";

/// Fails with `errno` unless the call went well.
fn ok(result: c_int) -> Result<(), Failure> {
    if result == -1 {
        Err(Failure::Errno(BEFORE_EXEC))
    } else {
        Ok(())
    }
}

fn prepare_and_exec(plan: &mut Plan<'_>) -> Failure {
    if let Err(failure) = prepare(plan) {
        return failure;
    }
    if let Some(preexec) = &mut plan.how.preexec
        && !preexec()
    {
        return Failure::Preexec;
    }
    if plan.how.close_fds {
        close_others(plan.how.fds_to_keep, plan.highest_fd);
    }
    let mut saved = 0;
    for path in plan.executables.iter().filter(|path| !path.is_null()) {
        // SAFETY: the path is terminated, the lists are ended by null; all were made before.
        unsafe {
            let env = plan
                .env
                .as_ref()
                .map_or(environ.cast(), |list| list.as_ptr().cast());
            libc::execve(*path, plan.args.as_ptr().cast(), env);
        }
        let number = errno();
        if saved == 0 || (number != libc::ENOENT && number != libc::ENOTDIR) {
            saved = number;
            if number != libc::ENOENT && number != libc::ENOTDIR {
                break;
            }
        }
    }
    crate::check::set_errno(saved);
    Failure::Errno("")
}

fn prepare(plan: &Plan<'_>) -> Result<(), Failure> {
    let how = &plan.how;
    let mut pipes = how.pipes;
    // SAFETY: all calls take numbers, or pointers to what the plan or this frame holds.
    unsafe {
        for fd in how
            .fds_to_keep
            .iter()
            .filter(|fd| **fd != pipes.errpipe_write)
        {
            // One that is not open is no failure: it cannot be inherited anyway.
            let flags = libc::fcntl(*fd, libc::F_GETFD);
            if flags >= 0 {
                libc::fcntl(*fd, libc::F_SETFD, flags & !libc::FD_CLOEXEC);
            }
        }
        for fd in [pipes.p2cwrite, pipes.c2pread, pipes.errread] {
            if fd >= 0 {
                ok(libc::close(fd))?;
            }
        }
        ok(libc::close(pipes.errpipe_read))?;

        // A child's end that sits where another stream goes moves out of the way first.
        if pipes.c2pwrite == 0 {
            pipes.c2pwrite = libc::fcntl(pipes.c2pwrite, libc::F_DUPFD_CLOEXEC, 3);
            ok(pipes.c2pwrite)?;
        }
        while pipes.errwrite == 0 || pipes.errwrite == 1 {
            pipes.errwrite = libc::fcntl(pipes.errwrite, libc::F_DUPFD_CLOEXEC, 3);
            ok(pipes.errwrite)?;
        }
        for (fd, stream) in [(pipes.p2cread, 0), (pipes.c2pwrite, 1), (pipes.errwrite, 2)] {
            if fd == stream {
                ok(libc::fcntl(fd, libc::F_SETFD, 0))?;
            } else if fd >= 0 {
                ok(libc::dup2(fd, stream))?;
            }
        }
        if let Some(cwd) = how.cwd
            && libc::chdir(cwd.as_ptr()) == -1
        {
            return Err(Failure::Errno("noexec:chdir"));
        }
        if let Some(mask) = how.umask {
            libc::umask(mask);
        }
        if how.restore_signals {
            for signal in [libc::SIGPIPE, libc::SIGXFSZ] {
                libc::signal(signal, libc::SIG_DFL);
            }
        }
        if let Some(mask) = &plan.mask {
            reset_handlers();
            libc::sigprocmask(libc::SIG_SETMASK, mask, std::ptr::null_mut());
        }
        if how.new_session {
            ok(libc::setsid())?;
        }
        if let Some(group) = how.process_group {
            ok(libc::setpgid(0, group))?;
        }
        // Raw calls: the C library's would try to change ids in threads that are not there.
        if let Some(groups) = how.groups {
            ok(libc::syscall(libc::SYS_setgroups, groups.len(), groups.as_ptr()) as c_int)?;
        }
        if let Some(gid) = how.gid {
            ok(libc::syscall(libc::SYS_setregid, gid, gid) as c_int)?;
        }
        if let Some(uid) = how.uid {
            ok(libc::syscall(libc::SYS_setreuid, uid, uid) as c_int)?;
        }
    }
    Ok(())
}

/// Sets every signal that has a handler back to its default: the handlers would run on the
/// parent's memory. Ignored ones stay ignored, as exec keeps them.
fn reset_handlers() {
    for signal in 1..crate::signal::NSIG {
        // SAFETY: the action is writable; the C library refuses the signals it uses itself.
        unsafe {
            let mut action = std::mem::zeroed::<libc::sigaction>();
            if libc::sigaction(signal, std::ptr::null(), &raw mut action) == 0
                && action.sa_sigaction != libc::SIG_IGN
                && action.sa_sigaction != libc::SIG_DFL
            {
                libc::signal(signal, libc::SIG_DFL);
            }
        }
    }
}

/// Closes everything from 3 on but what is to be kept.
fn close_others(keep: &[Fd], highest: Fd) {
    let mut low = 3;
    for fd in keep.iter().copied().filter(|fd| *fd >= 3) {
        close_gap(low, fd, highest);
        low = low.max(fd.saturating_add(1));
    }
    close_gap(low, Fd::MAX, highest);
}

/// Closes `low..high`.
fn close_gap(low: Fd, high: Fd, highest: Fd) {
    if high <= low {
        return;
    }
    // SAFETY: numbers only.
    unsafe {
        let (first, last) = (low.cast_unsigned(), (high - 1).cast_unsigned());
        if libc::syscall(libc::SYS_close_range, first, last, 0) != 0 {
            for fd in low..high.min(highest) {
                libc::close(fd);
            }
        }
    }
}

fn say(fd: Fd, text: &[u8]) {
    // SAFETY: the text is readable for its length. Nothing can be done about a failure.
    unsafe { libc::write(fd, text.as_ptr().cast(), text.len()) };
}

/// The number in hexadecimal, in the end of `digits`.
fn hex(mut number: u32, digits: &mut [u8; 8]) -> &[u8] {
    let mut at = digits.len();
    loop {
        at -= 1;
        digits[at] = b"0123456789ABCDEF"[(number % 16) as usize];
        number /= 16;
        if number == 0 || at == 0 {
            return &digits[at..];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{fd, wait};

    /// Runs a program with its output in a pipe; what it said, what the error pipe said, its code.
    fn run<'a>(
        args: &'a [CString],
        executable: &CStr,
        change: impl FnOnce(&mut ForkExec<'a>),
    ) -> (Vec<u8>, Vec<u8>, i32) {
        let (out_r, out_w) = fd::pipe(libc::O_CLOEXEC).unwrap();
        let (err_r, err_w) = fd::pipe(libc::O_CLOEXEC).unwrap();
        let executables: &[CString] = vec![executable.to_owned()].leak();
        let keep: &[Fd] = vec![err_w].leak();
        let mut how = ForkExec {
            args,
            executables,
            env: None,
            cwd: None,
            pipes: Pipes {
                p2cread: -1,
                p2cwrite: -1,
                c2pread: out_r,
                c2pwrite: out_w,
                errread: -1,
                errwrite: -1,
                errpipe_read: err_r,
                errpipe_write: err_w,
            },
            close_fds: true,
            fds_to_keep: keep,
            restore_signals: true,
            new_session: false,
            process_group: None,
            groups: None,
            gid: None,
            uid: None,
            umask: None,
            preexec: None,
            allow_vfork: true,
        };
        change(&mut how);
        let pid = fork_exec(how).unwrap();
        fd::close(out_w).unwrap();
        fd::close(err_w).unwrap();
        let (_, status) = wait::waitpid(pid, 0).unwrap();
        let said = (
            fd::read_new(out_r, 1000).unwrap(),
            fd::read_new(err_r, 1000).unwrap(),
        );
        fd::close(out_r).unwrap();
        fd::close(err_r).unwrap();
        (said.0, said.1, wait::to_exit_code(status).unwrap())
    }

    fn shell(script: &CStr) -> [CString; 3] {
        [c"sh".to_owned(), c"-c".to_owned(), script.to_owned()]
    }

    #[test]
    fn a_program_runs_with_and_without_borrowed_memory() {
        for vfork in [true, false] {
            let env = [c"A=b".to_owned()];
            let script = shell(c"pwd; echo $A; exit 4");
            let (out, err, code) = run(&script, c"/bin/sh", |how| {
                how.allow_vfork = vfork;
                how.cwd = Some(c"/usr");
                how.env = Some(&env);
                how.new_session = true;
            });
            assert_eq!((&out[..], &err[..], code), (&b"/usr\nb\n"[..], &b""[..], 4));
        }
    }

    #[test]
    fn failures_are_told_through_the_error_pipe() {
        let nothing = shell(c"");
        let mut preexec = || false;
        let (_, err, code) = run(&nothing, c"/nowhere", |_| {});
        assert_eq!((&err[..], code), (&b"OSError:2:"[..], 255));
        let (_, err, _) = run(&nothing, c"/bin/sh", |how| how.cwd = Some(c"/nowhere"));
        assert_eq!(err, b"OSError:2:noexec:chdir");
        let (_, err, _) = run(&nothing, c"/bin/sh", |how| {
            how.process_group = Some(0x7fff_fff0)
        });
        assert!(err.starts_with(b"OSError:") && err.ends_with(b":noexec"));
        let (_, err, _) = run(&nothing, c"/bin/sh", |how| how.preexec = Some(&mut preexec));
        assert_eq!(err, b"SubprocessError:0:Exception occurred in preexec_fn.");
    }

    #[test]
    fn numbers_in_hexadecimal() {
        assert_eq!(hex(0, &mut [0; 8]), b"0");
        assert_eq!(hex(0x2f, &mut [0; 8]), b"2F");
        assert_eq!(hex(u32::MAX, &mut [0; 8]), b"FFFFFFFF");
    }
}
