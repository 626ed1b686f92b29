//! `_thread`: threads, locks, thread-local data.
//!
//! A thread is an OS thread attached to an interpreter. Locks are one word in their heap cell; who waits is in the
//! parking table of `sync`, in a blocking region that a signal ends for the main thread.

mod handle;
mod hook;
mod local;
mod lock;
mod pool;
pub(crate) mod wait;

pub use handle::shutdown;
pub use lock::new_lock;

use std::sync::atomic::Ordering;
use taipan_host::signal;
use taipan_object::exception as exc;
use taipan_object::native::{Atomic, Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value, attr, ops, strings, thread};

const START: &str = "Start a new thread and return its identifier.\n\nThe thread will call the function with positional arguments from the\ntuple args and keyword arguments taken from the optional dictionary\nkwargs.  The thread exits when the function returns; the return value\nis ignored.  The thread will also exit when the function raises an\nunhandled exception; a stack trace will be printed unless the exception\nis SystemExit.";
const EXIT: &str = "This is synonymous to ``raise SystemExit''.  It will cause the current\nthread to exit silently unless the exception is caught.";
const ALLOCATE: &str =
    "Create a new lock object. See help(type(threading.Lock())) for\ninformation about locks.";

/// `_thread`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_thread",
    doc: "This module provides primitive operations to write multi-threaded programs.\nThe 'threading' module provides a more convenient interface.",
    functions: &[
        Method::raw("start_new_thread", "(function, args, kwargs={}, /)", handle::start_new_thread).doc(START),
        Method::raw("start_new", "(function, args, kwargs={}, /)", handle::start_new_thread)
            .doc("An obsolete synonym of start_new_thread()."),
        Method::new("start_joinable_thread", "(function, handle=None, daemon=True)", handle::start_joinable_thread)
            .doc("*For internal use only*: start a new thread.\n\nLike start_new_thread(), this starts a new thread calling the given function.\nUnlike start_new_thread(), this returns a handle object with methods to join\nor detach the given thread.\nThis function is not for third-party code, please use the\n`threading` module instead. During finalization the runtime will not wait for\nthe thread to exit if daemon is True. If handle is provided it must be a\nnewly created thread._ThreadHandle instance."),
        Method::new("daemon_threads_allowed", "()", |th, _| Ok(Value::bool(th.interp.limits.daemon_threads)))
            .doc("Return True if daemon threads are allowed in the current interpreter,\nand False otherwise.\n"),
        Method::new("allocate_lock", "()", |th, _| Ok(new_lock(th))).doc(ALLOCATE),
        Method::new("allocate", "()", |th, _| Ok(new_lock(th))).doc("An obsolete synonym of allocate_lock()."),
        Method::new("exit_thread", "()", exit).doc("An obsolete synonym of exit()."),
        Method::new("exit", "()", exit).doc(EXIT),
        Method::new("interrupt_main", "(signum=signal.SIGINT, /)", interrupt_main)
            .doc("Simulate the arrival of the given signal in the main thread,\nwhere the corresponding signal handler will be executed.\nIf *signum* is omitted, SIGINT is assumed.\nA subthread can use this function to interrupt the main thread.\n\nNote: the default signal handler for SIGINT raises ``KeyboardInterrupt``."),
        Method::new("get_ident", "()", |th, _| Ok(Value::uint(th, th.ident)))
            .atomic(Atomic::Immutable)
            .doc("Return a non-zero integer that uniquely identifies the current thread\namongst other threads that exist simultaneously.\n\nThis may be used to identify per-thread resources.  Even though on\nsome platforms threads identities may appear to be allocated\nconsecutive numbers starting at 1, this behavior should not be relied\nupon, and the number should be seen purely as a magic cookie.\nA thread's identity may be reused for another thread after it exits."),
        Method::new("get_native_id", "()", |th, _| Ok(Value::uint(th, taipan_host::thread::native_id())))
            .doc("Return a non-negative integer identifying the thread as reported\nby the OS (kernel). This may be used to uniquely identify a\nparticular thread within a system."),
        Method::new("_count", "()", |th, _| Ok(Value::usize(th, handle::count(th))))
            .doc("Return the number of currently running Python threads, excluding\nthe main thread. The returned number comprises all threads created\nthrough `start_new_thread()` as well as `threading.Thread`, and not\nyet finished.\n\nThis function is meant for internal and specialized purposes only.\nIn most applications `threading.enumerate()` should be used instead."),
        Method::new("stack_size", "(size=0, /)", handle::stack_size)
            .doc("Return the thread stack size used when creating new threads.  The\noptional size argument specifies the stack size (in bytes) to be used\nfor subsequent thread creations.  The size must be 0 (use platform or\nconfigured default) or a positive integer value of at least 32,768 (32k).\nIf changing the thread stack size is unsupported, a ThreadError exception\nis raised. If the specified size is invalid, a ValueError exception\nis raised, and the stack size is unmodified.  32k bytes\n currently the minimum supported stack size value to guarantee\nsufficient stack space for the interpreter itself.\n\nNote that some platforms may have particular restrictions on values for\nthe stack size, such as requiring a minimum stack size larger than 32 KiB or\nrequiring allocation in multiples of the system memory page size\n- platform documentation should be referred to for more information\n(4 KiB pages are common; using multiples of 4096 for the stack size is\nthe suggested approach in the absence of more specific information)."),
        Method::new("_excepthook", "(exc_type, /)", hook::excepthook)
            .doc("Handle uncaught Thread.run() exception."),
        Method::new("_is_main_interpreter", "()", |th, _| Ok(Value::bool(th.interp.id == 0)))
            .doc("Return True if the current interpreter is the main Python interpreter."),
        Method::new("_shutdown", "()", |th, _| {
            shutdown(th);
            Ok(Value::NONE)
        })
        .doc("Wait for all non-daemon threads (other than the calling thread) to stop."),
        Method::new("_make_thread_handle", "(ident, /)", handle::make_handle)
            .doc("Internal only. Make a thread handle for threads not spawned\nby the _thread or threading module."),
        Method::new("_get_main_thread_ident", "()", |th, _| Ok(Value::uint(th, main_ident(th))))
            .doc("Internal only. Return a non-zero integer that uniquely identifies the main thread\nof the main interpreter."),
        Method::new("set_name", "(name)", |th, a| {
            let Some(name) = a[0].as_wtf8() else {
                return Err(th.type_error(format!(
                    "set_name() argument 'name' must be str, not {}",
                    taipan_object::types::class_of(a[0]).tp_name()
                )));
            };
            taipan_host::thread::set_name(&name.to_string_lossy())
                .map_err(|e| th.os_error(&e, Value::ABSENT))?;
            Ok(Value::NONE)
        })
        .doc("Set the name of the current thread."),
    ],
    types: &[
        (&lock::LOCK, &lock::LOCK_SPEC),
        (&lock::RLOCK, &lock::RLOCK_SPEC),
        (&handle::HANDLE, &handle::HANDLE_SPEC),
        (&local::LOCAL, &local::LOCAL_SPEC),
    ],
    init: |th, module| {
        thread::add_after_fork_child(handle::after_fork_child);
        let hook_args = hook::args_type(th)?;
        for (name, v) in [
            ("error", exc::RUNTIME_ERROR.value()),
            ("LockType", lock::LOCK.value()),
            ("_ExceptHookArgs", hook_args),
            ("TIMEOUT_MAX", Value::float(th, wait::TIMEOUT_MAX)),
        ] {
            attr::set(th, module, strings::intern(th, name), v)?;
        }
        Ok(())
    },
};

fn exit(th: &Thread, _: &[Value]) -> PyResult {
    Err(th.raise_with(&exc::SYSTEM_EXIT, &[]))
}

fn interrupt_main(th: &Thread, a: &[Value]) -> PyResult {
    let number = match a[0].present() {
        Some(v) => ops::index_i32(th, v)?,
        None => libc::SIGINT,
    };
    if !(1..signal::NSIG).contains(&number) {
        return Err(th.value_error("signal number out of range"));
    }
    // A signal that does what the system does by default, or nothing, is not Python's to handle.
    // At the end of the interpreter no signal is any more: whoever sends one then is told so.
    let at_end = th.interp.finalizing.load(Ordering::Acquire);
    if at_end || signal::disposition(number).is_ok_and(|d| d == signal::Disposition::Note) {
        signal::trip(number);
    }
    Ok(Value::NONE)
}

/// The identity of the main thread: the first, or in the child of a fork the one that forked.
fn main_ident(th: &Thread) -> u64 {
    let mut ident = 0;
    thread::for_each_thread(&mut |t| {
        if t.interp.id == 0 && t.is_main_thread() {
            ident = t.ident;
        }
    });
    if ident == 0 { th.ident } else { ident }
}
