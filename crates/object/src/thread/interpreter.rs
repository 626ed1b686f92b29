//! Interpreters: what each has of its own, and the list of them.

use super::{POLL_FREEZE, POLL_GIL, Thread, for_each_thread};
use crate::dict::Dict;
use crate::heap::{Field, FieldOf, Object};
use std::sync::atomic::{
    AtomicBool, AtomicI32, AtomicU8, AtomicU32, AtomicU64, AtomicUsize, Ordering,
};
use std::sync::{Arc, Mutex, OnceLock};
use taipan_gc::{self as gc, Header, Marker};

static NEXT_INTERP: AtomicU64 = AtomicU64::new(0);

static MAIN: OnceLock<&Interpreter> = OnceLock::new();

/// Those that exist, the oldest first.
static INTERPRETERS: Mutex<Vec<&'static Interpreter>> = Mutex::new(Vec::new());

/// The marks by which the collector tells whose finalisers it has: which are taken. The first interpreter's is 0.
static OWNERS: Mutex<Vec<bool>> = Mutex::new(Vec::new());

/// Interpreters are roots: the barrier has nothing to remember.
static NO_OWNER: Header = Header {
    shape: AtomicU32::new(0),
    kind: 0,
    flags: AtomicU8::new(0),
    lock: taipan_sync::ByteLock::new(),
    aux: AtomicU8::new(0),
};

/// One interpreter: modules, builtins, import state, threads, and the GIL if it has one.
pub struct Interpreter {
    /// Its number; the main one is 0. Never used again.
    pub id: u64,
    /// By what the collector knows its finalisers; used again when it is closed.
    pub(crate) owner: u16,
    /// `sys.modules`
    pub modules: FieldOf<Dict>,
    /// The `builtins` module's dict.
    pub builtins: FieldOf<Dict>,
    /// The `sys` module's dict.
    pub sys_dict: FieldOf<Dict>,
    /// Objects that native modules keep per interpreter, by name.
    pub state: FieldOf<Dict>,
    /// The tools of `sys.monitoring`.
    pub monitors: crate::monitor::Monitors,
    /// `importlib._bootstrap`, once loaded.
    pub importlib: Field,
    /// The GIL, in the mode with one.
    pub gil: Option<Arc<taipan_sync::Gil>>,
    /// Limit of nested Python calls.
    pub recursion_limit: AtomicI32,
    /// Set when finalisation has begun.
    pub finalizing: AtomicBool,
    /// Whether its `__main__` runs: one thread at a time may do that. The main one's does all the time.
    running_main: AtomicBool,
    /// What it forbids its code.
    pub limits: Limits,
    /// `sys.get_int_max_str_digits()`
    pub int_max_str_digits: AtomicUsize,
    /// `threading.stack_size()`, in bytes; 0 for the default.
    pub thread_stack_size: AtomicUsize,
    /// `gc.isenabled()`. There is one heap: what counts is what the main interpreter says.
    pub gc_enabled: AtomicBool,
    /// Start-up configuration; owned by the engine.
    pub config: OnceLock<Box<dyn std::any::Any + Send + Sync>>,
}

fn request_gil(holder: usize) {
    let word = holder as *const std::sync::atomic::AtomicU32;
    if !word.is_null() {
        // SAFETY: the holder is the poll word of an attached thread; it releases the GIL before it detaches.
        unsafe { (*word).fetch_or(POLL_GIL, Ordering::AcqRel) };
    }
}

/// What an interpreter forbids its code, as `_interpreters.new_config` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Whether `os.fork` is there.
    pub fork: bool,
    /// Whether `os.exec*` is there.
    pub exec: bool,
    /// Whether threads may be started.
    pub threads: bool,
    /// Whether daemon threads may be started.
    pub daemon_threads: bool,
}

impl Limits {
    /// Nothing is forbidden: the main interpreter.
    pub const NONE: Limits = Limits {
        fork: true,
        exec: true,
        threads: true,
        daemon_threads: true,
    };
}

/// What GIL a new interpreter has.
pub enum GilOf {
    /// None: its threads run in parallel.
    Nobody,
    /// One of its own.
    Own,
    /// The one of another interpreter.
    Shared(&'static Interpreter),
}

impl Interpreter {
    /// A new interpreter; its memory, without what it holds, is never freed. Nothing if there are too many.
    pub fn create(gil: GilOf, limits: Limits) -> Option<&'static Interpreter> {
        let owner = take_owner()?;
        let gil = match gil {
            GilOf::Nobody => None,
            GilOf::Own => Some(Arc::new(taipan_sync::Gil::new(request_gil))),
            GilOf::Shared(other) => other.gil.clone(),
        };
        let id = NEXT_INTERP.fetch_add(1, Ordering::Relaxed);
        let interp = Box::leak(Box::new(Interpreter {
            id,
            owner,
            modules: FieldOf::null(),
            builtins: FieldOf::null(),
            sys_dict: FieldOf::null(),
            state: FieldOf::null(),
            monitors: crate::monitor::Monitors::new(),
            importlib: Field::absent(),
            gil,
            recursion_limit: AtomicI32::new(1000),
            finalizing: AtomicBool::new(false),
            running_main: AtomicBool::new(id == 0),
            limits,
            int_max_str_digits: AtomicUsize::new(4300),
            thread_stack_size: AtomicUsize::new(0),
            gc_enabled: AtomicBool::new(true),
            config: OnceLock::new(),
        }));
        let _ = MAIN.set(interp);
        all().push(interp);
        Some(interp)
    }

    /// The main interpreter: the first that was made. Takes no lock, so that it may be asked in a blocking region.
    pub fn main() -> &'static Interpreter {
        MAIN.get().expect("made before anybody runs")
    }

    /// The interpreter of a number, if there is one.
    pub fn by_id(id: u64) -> Option<&'static Interpreter> {
        all().iter().copied().find(|i| i.id == id)
    }

    /// All interpreters, the oldest first.
    pub fn list() -> Vec<&'static Interpreter> {
        all().clone()
    }

    /// Whether its `__main__` runs.
    pub fn is_running_main(&self) -> bool {
        self.running_main.load(Ordering::Acquire)
    }

    /// Claims the right to run its `__main__`, or to close it: false where another thread has it.
    pub fn begin_main(&self) -> bool {
        !self.running_main.swap(true, Ordering::AcqRel)
    }

    /// Gives that right back.
    pub fn end_main(&self) {
        self.running_main.store(false, Ordering::Release);
    }

    /// Takes a closed interpreter, in which nothing runs any more, off the list and lets go of all it holds.
    pub fn forget(&'static self, th: &Thread) {
        all().retain(|i| !std::ptr::eq(*i, self));
        for d in [&self.modules, &self.builtins, &self.sys_dict, &self.state] {
            d.set(&NO_OWNER, None);
        }
        self.importlib.init(crate::Value::ABSENT);
        self.monitors.forget(&NO_OWNER);
        gc::give_finalizable_away(th.mutator, self.owner);
        OWNERS.lock().unwrap_or_else(|e| e.into_inner())[self.owner as usize] = false;
    }

    fn trace(&self, m: &mut Marker) {
        self.modules.trace(m);
        self.builtins.trace(m);
        self.sys_dict.trace(m);
        self.state.trace(m);
        self.monitors.trace(m);
        self.importlib.trace(m);
    }

    /// Begins the interpreter's end: all its other threads stop for good, each at its next safepoint or when it leaves
    /// a blocking region; new ones stop before they run anything. When this returns they are all at such a point. The end
    /// of the main interpreter stops the threads of all.
    pub fn freeze_other_threads(&self, th: &Thread) {
        self.finalizing.store(true, Ordering::SeqCst);
        for_each_thread(&mut |other| {
            // Those that entered for a moment go on: they have to finish what they are at.
            let ends =
                self.id == 0 || (std::ptr::eq(other.interp, self) && other.outer().is_none());
            if ends && !std::ptr::eq(other.mutator, th.mutator) {
                other.mutator.set_poll(POLL_FREEZE);
            }
        });
        gc::stop_world(th.mutator, || ());
    }

    /// Sets one of this interpreter's dicts. Interpreters are roots: there is no owner to remember.
    pub fn set_dict(&self, field: &FieldOf<Dict>, d: &Object<Dict>) {
        field.set(&NO_OWNER, Some(d));
    }
}

fn all() -> std::sync::MutexGuard<'static, Vec<&'static Interpreter>> {
    INTERPRETERS.lock().unwrap_or_else(|e| e.into_inner())
}

fn take_owner() -> Option<u16> {
    let mut taken = OWNERS.lock().unwrap_or_else(|e| e.into_inner());
    let at = match taken.iter().position(|t| !t) {
        Some(at) => at,
        None => {
            taken.push(false);
            taken.len() - 1
        }
    };
    let owner = u16::try_from(at).ok()?;
    taken[at] = true;
    Some(owner)
}

/// Marks what the interpreters hold; a root of the bootstrap.
pub(crate) fn trace_interpreters(m: &mut Marker) {
    for i in all().iter() {
        i.trace(m);
    }
}

/// In the child of a fork: there are the main interpreter and those that the calling thread is inside of.
pub(super) fn after_fork_child(th: &Thread) {
    all().retain(|i| i.id == 0 || th.chain().any(|t| std::ptr::eq(t.interp, *i)));
}
