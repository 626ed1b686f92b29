//! `_signal`.
//!
//! The system's handler only notes that a signal came and wakes the main thread (`host::signal`, `object::wake`);
//! Python's handlers run there, at its next safepoint: [`run_pending`].

mod handlers;
mod timers;
mod waiting;

pub use handlers::{finish, install_default_int_handler, release, run_pending};

use crate::args::{add_constants, module_dict, state};
use taipan_containers::structseq;
use taipan_object::exception::OS_ERROR;
use taipan_object::native::{Method, ModuleSpec, TypeSpec};
use taipan_object::types::{StaticType, flags, no_layout};
use taipan_object::{PyResult, Thread, Value};

/// `signal.ItimerError`
pub static ITIMER_ERROR: StaticType = StaticType::new(
    "signal",
    "ItimerError",
    Some(&OS_ERROR),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS,
    no_layout,
);

/// Where the interpreter keeps `struct_siginfo`.
const SIGINFO_KEY: &str = "signal.struct_siginfo";

/// `_signal`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_signal",
    doc: "This module provides mechanisms to use signal handlers in Python.\n\nA handler is called with two arguments: the signal's number, and the interrupted stack frame (or None).\nA handler for a signal remains installed once set. Handlers run in the main thread, between two steps of\nthe program.",
    functions: &[
        Method::new("signal", "(signalnum, handler, /)", handlers::signal).doc("Set the action for the given signal.\n\nThe action can be SIG_DFL, SIG_IGN, or a callable Python object.\nThe previous action is returned.  See getsignal() for possible return values."),
        Method::new("getsignal", "(signalnum, /)", handlers::getsignal).doc("Return the current action for the given signal.\n\nThe return value can be:\n  SIG_IGN -- if the signal is being ignored\n  SIG_DFL -- if the default action for the signal is in effect\n  None    -- if an unknown handler is in effect\n  anything else -- the callable Python object used as a handler"),
        handlers::DEFAULT_INT_HANDLER_ROW,
        Method::new("set_wakeup_fd", "(fd, /, *, warn_on_full_buffer=True)", handlers::set_wakeup_fd).doc("Sets the fd to be written to (with the signal number) when a signal comes in.\n\nReturns the previous fd or -1. The fd must be non-blocking."),
        Method::new("siginterrupt", "(signalnum, flag, /)", handlers::siginterrupt).doc("Change system call restart behaviour.\n\nIf flag is False, system calls will be restarted when interrupted by\nsignal sig, else system calls will be interrupted."),
        Method::new("raise_signal", "(signalnum, /)", handlers::raise_signal).doc("Send a signal to the executing process."),
        Method::new("pthread_kill", "(thread_id, signalnum, /)", handlers::pthread_kill).doc("Send a signal to a thread."),
        Method::new("pidfd_send_signal", "(pidfd, signalnum, siginfo=None, flags=0, /)", handlers::pidfd_send_signal).doc("Send a signal to a process referred to by a pid file descriptor."),
        Method::new("strsignal", "(signalnum, /)", handlers::strsignal).doc("Return the system description of the given signal.\n\nReturns None if the signal is not recognized."),
        Method::new("valid_signals", "()", handlers::valid_signals).doc("Return a set of valid signal numbers on this platform."),
        Method::new("pthread_sigmask", "(how, mask, /)", waiting::pthread_sigmask).doc("Fetch and/or change the signal mask of the calling thread."),
        Method::new("sigpending", "()", waiting::sigpending).doc("Examine pending signals.\n\nReturns a set of signal numbers that are pending for delivery to\nthe calling thread."),
        Method::new("sigwait", "(sigset, /)", waiting::sigwait).doc("Wait for a signal of the set and accept it.\n\nReturns the signal number."),
        Method::new("sigwaitinfo", "(sigset, /)", waiting::sigwaitinfo).doc("Wait synchronously until one of the signals in *sigset* is delivered.\n\nReturns a struct_siginfo containing information about the signal."),
        Method::new("sigtimedwait", "(sigset, timeout, /)", waiting::sigtimedwait).doc("Like sigwaitinfo(), but with a timeout.\n\nThe timeout is specified in seconds, with floating-point numbers allowed."),
        Method::new("pause", "()", waiting::pause).doc("Wait until a signal arrives."),
        Method::new("alarm", "(seconds, /)", timers::alarm).doc("Arrange for SIGALRM to arrive after the given number of seconds."),
        Method::new("setitimer", "(which, seconds, interval=0.0, /)", timers::setitimer).doc("Sets given itimer (one of ITIMER_REAL, ITIMER_VIRTUAL or ITIMER_PROF).\n\nThe timer will fire after value seconds and after that every interval seconds.\nThe itimer can be cleared by setting seconds to zero.\n\nReturns old values as a tuple: (delay, interval)."),
        Method::new("getitimer", "(which, /)", timers::getitimer).doc("Returns current value of given itimer."),
    ],
    types: &[(&ITIMER_ERROR, &TypeSpec::EMPTY)],
    init,
};

const SIGINFO_FIELDS: &[(&str, &str)] = &[
    ("si_signo", "signal number"),
    ("si_code", "signal code"),
    ("si_errno", "errno associated with this signal"),
    ("si_pid", "sending process ID"),
    ("si_uid", "real user ID of sending process"),
    ("si_status", "exit value or signal"),
    ("si_band", "band event for SIGPOLL"),
];

const SIGINFO_DOC: &str = "struct_siginfo: Result from sigwaitinfo or sigtimedwait.\n\nThis object may be accessed either as a tuple of\n(si_signo, si_code, si_errno, si_pid, si_uid, si_status, si_band),\nor via the attributes si_signo, si_code, and so on.";

fn init(th: &Thread, module: Value) -> PyResult<()> {
    add_constants(th, module, taipan_host::signal::CONSTANTS)?;
    let kept = state(th);
    let t = match kept.get_name(th, SIGINFO_KEY) {
        Some(t) => t,
        None => {
            let t = structseq::define(
                th,
                "signal",
                "struct_siginfo",
                SIGINFO_FIELDS,
                7,
                SIGINFO_DOC,
            )?;
            kept.set_name(th, SIGINFO_KEY, t)?;
            t
        }
    };
    let d = module_dict(module);
    d.set_name(th, "struct_siginfo", t)?;
    d.set_name(th, "default_int_handler", handlers::default_handler(th)?)
}
