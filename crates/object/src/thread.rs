//! The state of a thread attached to an interpreter, and the interpreter's own state.

use crate::dict::Dict;
use crate::error::{PyResult, Raised};
use crate::exception;
use crate::frame::FrameRec;
use crate::heap::{Field, FieldOf, Object, Payload};
use crate::types::StaticType;
use crate::value::Value;
use std::cell::Cell;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, AtomicU64, Ordering};
use taipan_gc::{self as gc, Header, Marker, Mutator, ObjectGuard};
use taipan_text::hash::HashKey;

mod enter;
mod frame_stack;
mod interpreter;
mod stacks;

pub(crate) use interpreter::trace_interpreters;
pub use interpreter::{GilOf, Interpreter, Limits};
pub use stacks::Stacks;
use stacks::{MAX_FRAMES, STACK_WORDS, WINDOWS_BYTES};

/// Poll bit: a signal handler waits to be run (main thread only).
pub const POLL_SIGNAL: u32 = gc::POLL_FIRST_FREE;
/// Poll bit: another thread wants the GIL.
pub const POLL_GIL: u32 = gc::POLL_FIRST_FREE << 1;
/// Poll bit: an exception was set from another thread.
pub const POLL_ASYNC_EXC: u32 = gc::POLL_FIRST_FREE << 2;
/// Poll bit: the interpreter finalises; a daemon thread stops here for good.
pub const POLL_FREEZE: u32 = gc::POLL_FIRST_FREE << 3;
/// Poll bit: memory ran out in a place that could not raise.
pub const POLL_MEMORY: u32 = gc::POLL_FIRST_FREE << 4;
/// Poll bit: tracing or profiling was turned on or off.
pub const POLL_TRACE: u32 = gc::POLL_FIRST_FREE << 5;

/// The key of string hashes; set once before the first string is made.
static HASH_KEY: OnceLock<HashKey> = OnceLock::new();

/// Sets the key of string hashes; later calls do nothing.
pub fn set_hash_key(k: HashKey) {
    let _ = HASH_KEY.set(k);
}

/// The hash of a string's or bytes object's content; never -1, and 0 for nothing.
#[inline]
pub fn hash_bytes(bytes: &[u8]) -> i64 {
    HASH_KEY.get_or_init(|| HashKey::from_seed(0)).hash(bytes)
}

/// One level of "the exception being handled": a thread has one, each generator in execution its own.
pub struct ExcNode {
    /// The exception that this level handles; absent for none.
    pub value: Cell<Value>,
    /// The level below.
    pub previous: Cell<*const ExcNode>,
}

impl ExcNode {
    /// A level that handles nothing.
    pub const fn new() -> ExcNode {
        ExcNode {
            value: Cell::new(Value::ABSENT),
            previous: Cell::new(std::ptr::null()),
        }
    }
}

impl Default for ExcNode {
    fn default() -> Self {
        Self::new()
    }
}

/// What an attached OS thread carries. Passed as `th` to everything that may run Python code.
///
/// Only its own thread uses it, but for the atomics.
pub struct Thread {
    /// The collector's part: allocation, polls, blocking regions.
    pub mutator: &'static Mutator,
    /// The interpreter this thread runs.
    pub interp: &'static Interpreter,
    /// The state of the same OS thread in the interpreter from where it entered this one; null for none.
    outer: *const Thread,
    /// The register stack: frames' windows.
    stack: *mut Value,
    /// One past the highest register in use; the collector scans up to here.
    pub stack_top: Cell<*mut Value>,
    stack_end: *mut Value,
    frames: *mut FrameRec,
    frames_end: *mut FrameRec,
    /// A frame may be entered where the innermost record of the frame stack lies below this address. It stands for the
    /// recursion limit: what else counts as a level, a running generator or nested native code, lowers it.
    frame_limit: Cell<usize>,
    /// `frame_limit` without such levels.
    whole_frame_limit: Cell<usize>,
    /// The innermost running frame; null outside Python code.
    pub frame: Cell<*mut FrameRec>,
    /// The innermost level of exception handling.
    pub exc: Cell<*const ExcNode>,
    base_exc: ExcNode,
    /// Address below which native recursion must stop.
    native_limit: Cell<usize>,
    /// `threading.get_ident()`
    pub ident: u64,
    /// `sys.settrace` and `sys.setprofile` functions, the current context (PEP 567), asynchronous exception.
    pub trace_fn: Field,
    /// See `trace_fn`.
    pub profile_fn: Field,
    /// See `trace_fn`.
    pub context: Field,
    /// See `trace_fn`.
    pub async_exc: Field,
    /// Objects of native code by slot (`_thread._local` and the like use dicts in here).
    pub locals: FieldOf<Dict>,
    /// Asynchronous generator hooks.
    pub asyncgen_hooks: [Field; 2],
    /// The depth of coroutine origin tracking.
    pub origin_depth: Cell<u32>,
    /// Whether this thread's frames run in the traced copy of the interpreter's loop.
    pub traced: Cell<bool>,
    /// How many callbacks of tracing and monitoring run, one within the other.
    pub tracing: Cell<u32>,
    /// The event of the innermost such callback, for what `f_lineno` may be set; -1 for none.
    pub what_event: Cell<i32>,
    /// The frame that the innermost such callback is about; null for none.
    pub event_frame: Cell<*const FrameRec>,
    /// Reprs in progress, innermost last.
    repr_stack: FieldOf<crate::heap::Array>,
    /// The waits of this thread that a signal may interrupt.
    pub parker: std::sync::Arc<taipan_sync::parking::Parker>,
    /// Whether this was attached as the main thread of its interpreter; [`Thread::is_main_thread`] knows of forks.
    pub is_main: bool,
    /// Whether it became the main thread by a fork.
    main_by_fork: Cell<bool>,
    /// A number that no other thread of the process has had.
    pub serial: u64,
    /// Whether finalisers run on this thread just now: they do not nest.
    pub(crate) in_finalizers: Cell<bool>,
}

/// What the layers above plug in; each is set once at start-up.
pub struct Hooks {
    /// Runs a Python function's code with bound arguments: see `interp`.
    pub call_function: fn(&Thread, Value, crate::call::Args) -> PyResult,
    /// Runs a code object in a namespace.
    pub run_code:
        fn(&Thread, code: Value, globals: Value, locals: Value, closure: Value) -> PyResult,
    /// Resumes a generator: send (present value) or throw.
    pub resume: fn(&Thread, generator: Value, crate::frame::Resume) -> PyResult<crate::frame::Step>,
    /// The frame object of the innermost Python frame `depth` levels up; absent if there is none.
    pub current_frame: fn(&Thread, depth: usize) -> Value,
    /// Runs what the poll bits ask for.
    pub poll: fn(&Thread, bits: u32) -> PyResult<()>,
    /// Compiles source text: source (str or bytes), filename, mode ("exec", "eval", "single"), flags, optimize.
    pub compile: fn(
        &Thread,
        source: Value,
        filename: Value,
        mode: &str,
        flags: u32,
        optimize: i32,
    ) -> PyResult,
}

static HOOKS: AtomicPtr<Hooks> = AtomicPtr::new(std::ptr::null_mut());

/// Plugs the upper layers in.
pub fn set_hooks(hooks: &'static Hooks) {
    HOOKS.store(hooks as *const _ as *mut _, Ordering::Release);
}

/// What was plugged in.
#[inline(always)]
pub fn hooks() -> &'static Hooks {
    let p = HOOKS.load(Ordering::Relaxed);
    assert!(
        !p.is_null(),
        "internal error: the interpreter is not plugged in"
    );
    // SAFETY: set from a static reference.
    unsafe { &*p }
}

thread_local! {
    static CURRENT: Cell<*const Thread> = const { Cell::new(std::ptr::null()) };
}

static NEXT_SERIAL: AtomicU64 = AtomicU64::new(1);

/// The addresses of the attached threads' states. Locked by running threads only and never across a safepoint, so
/// that with the world stopped it is free.
static THREADS: std::sync::Mutex<Vec<usize>> = std::sync::Mutex::new(Vec::new());

/// Calls `f` for each attached thread, of every interpreter. `f` may use what any thread may use of another's state
/// (its atomics); with the world stopped it may look at everything. It must not allocate or reach a safepoint.
pub fn for_each_thread(f: &mut dyn FnMut(&Thread)) {
    for p in THREADS.lock().unwrap_or_else(|e| e.into_inner()).iter() {
        // SAFETY: a thread's state is in the list while it is attached.
        f(unsafe { &*(*p as *const Thread) });
    }
}

/// As [`for_each_thread`], giving up where the list is locked: for handlers of fatal signals, which look at threads
/// that run. What `f` sees may be out of date or half changed.
pub fn try_for_each_thread(f: &mut dyn FnMut(&Thread)) -> bool {
    let Ok(threads) = THREADS.try_lock() else {
        return false;
    };
    for p in threads.iter().rev() {
        // SAFETY: as in `for_each_thread`.
        f(unsafe { &*(*p as *const Thread) });
    }
    true
}

/// What modules do in the child of a fork.
static AFTER_FORK_CHILD: std::sync::Mutex<Vec<fn(&Thread)>> = std::sync::Mutex::new(Vec::new());

/// Has `f` called in the child of a fork, on its one thread, before any Python code runs there.
pub fn add_after_fork_child(f: fn(&Thread)) {
    let mut all = AFTER_FORK_CHILD.lock().unwrap_or_else(|e| e.into_inner());
    if !all.iter().any(|g| std::ptr::fn_addr_eq(*g, f)) {
        all.push(f);
    }
}

/// In the child of a fork: forgets the threads that are not there and runs what [`add_after_fork_child`] was given.
/// The collector's own `after_fork_child` comes first.
pub fn after_fork_child(th: &Thread) {
    THREADS
        .lock()
        .unwrap_or_else(|e| e.into_inner())
        .retain(|p| th.chain().any(|t| std::ptr::eq(t, *p as *const Thread)));
    interpreter::after_fork_child(th);
    if let Some(gil) = &th.interp.gil {
        gil.after_fork_child(Some(th.mutator.poll_word() as *const _ as usize));
    }
    th.main_by_fork.set(true);
    crate::wake::after_fork_child(th);
    let all = AFTER_FORK_CHILD
        .lock()
        .unwrap_or_else(|e| e.into_inner())
        .clone();
    for f in all {
        f(th);
    }
}

/// Stops the calling thread until the process ends.
#[cold]
#[inline(never)]
fn stop_for_good() -> ! {
    loop {
        std::thread::park();
    }
}

/// The lock of an object, for the scope of the guard; nothing is locked while only one thread exists.
///
/// Never run Python code, allocate or block while the guard lives.
#[inline(always)]
pub fn lock(header: &Header) -> ObjectGuard {
    ObjectGuard::new(header as *const Header as *mut Header)
}

/// The locks of two objects, taken in address order.
pub fn lock_two(a: &Header, b: &Header) -> (ObjectGuard, Option<ObjectGuard>) {
    ObjectGuard::pair(
        a as *const Header as *mut Header,
        b as *const Header as *mut Header,
    )
}

impl Thread {
    /// Attaches this OS thread to an interpreter. The result must outlive all Python code on this thread.
    ///
    /// # Errors
    /// When the system refuses the memory.
    pub fn attach(interp: &'static Interpreter, is_main: bool) -> std::io::Result<Box<Thread>> {
        Self::attach_with(interp, is_main, Stacks::reserve()?)
    }

    /// As [`Thread::attach`] with stacks that were reserved before: then the system has nothing left to refuse.
    ///
    /// # Errors
    /// Where the thread is attached already.
    pub fn attach_with(
        interp: &'static Interpreter,
        is_main: bool,
        stacks: Stacks,
    ) -> std::io::Result<Box<Thread>> {
        let mutator =
            Mutator::attach().map_err(|_| std::io::Error::from_raw_os_error(libc::ENOMEM))?;
        let th = Self::new(
            interp,
            is_main,
            Box::leak(mutator),
            stacks,
            std::ptr::null(),
        );
        th.come_in();
        if interp.finalizing.load(Ordering::SeqCst) && !is_main {
            th.mutator.set_poll(POLL_FREEZE);
            th.mutator.blocking(|| stop_for_good());
        }
        if let Some(gil) = &interp.gil {
            th.mutator
                .blocking(|| gil.acquire(th.mutator.poll_word() as *const _ as usize));
        }
        Ok(th)
    }

    fn new(
        interp: &'static Interpreter,
        is_main: bool,
        mutator: &'static Mutator,
        stacks: Stacks,
        outer: *const Thread,
    ) -> Box<Thread> {
        let stack = stacks.into_raw();
        // SAFETY: a call without arguments.
        let ident = unsafe { libc::pthread_self() } as u64;
        let th = Box::new(Thread {
            mutator,
            interp,
            outer,
            stack,
            stack_top: Cell::new(stack),
            // SAFETY: within the mapping.
            stack_end: unsafe { stack.byte_add(WINDOWS_BYTES) },
            // SAFETY: the frame records lie behind the registers in the same mapping.
            frames: unsafe { stack.add(STACK_WORDS) } as *mut FrameRec,
            // SAFETY: one past the last record, but for a few in reserve.
            frames_end: unsafe { (stack.add(STACK_WORDS) as *mut FrameRec).add(MAX_FRAMES - 4) },
            frame_limit: Cell::new(0),
            whole_frame_limit: Cell::new(0),
            frame: Cell::new(std::ptr::null_mut()),
            exc: Cell::new(std::ptr::null()),
            base_exc: ExcNode::new(),
            native_limit: Cell::new(native_limit(mutator)),
            ident,
            trace_fn: Field::absent(),
            profile_fn: Field::absent(),
            context: Field::absent(),
            async_exc: Field::absent(),
            locals: FieldOf::null(),
            asyncgen_hooks: [Field::new(Value::NONE), Field::new(Value::NONE)],
            origin_depth: Cell::new(0),
            traced: Cell::new(interp.monitors.active()),
            tracing: Cell::new(0),
            what_event: Cell::new(-1),
            event_frame: Cell::new(std::ptr::null()),
            repr_stack: FieldOf::null(),
            parker: taipan_sync::parking::current_parker(),
            is_main,
            main_by_fork: Cell::new(false),
            serial: NEXT_SERIAL.fetch_add(1, Ordering::Relaxed),
            in_finalizers: Cell::new(false),
        });
        th.exc.set(&th.base_exc);
        th.set_frame_limit();
        th
    }

    /// Makes this the state of the calling OS thread.
    fn come_in(&self) {
        self.mutator
            .set_root_tracer(trace_thread, self as *const Thread as *mut ());
        self.mutator.set_owner(self.interp.owner);
        CURRENT.set(self);
        THREADS
            .lock()
            .unwrap_or_else(|e| e.into_inner())
            .push(self as *const Thread as usize);
    }

    /// Makes this the state of the calling OS thread no more, but the one it entered from, if any.
    fn go_out(&self) {
        let me = self as *const Thread as usize;
        THREADS
            .lock()
            .unwrap_or_else(|e| e.into_inner())
            .retain(|p| *p != me);
        CURRENT.set(self.outer);
        // A collection may begin from here on: it must find no pointer to this state any more.
        match self.outer() {
            Some(outer) => {
                let data = outer as *const Thread as *mut ();
                self.mutator.set_root_tracer(trace_thread, data);
                self.mutator.set_owner(outer.interp.owner);
            }
            None => self
                .mutator
                .set_root_tracer(|_, _| {}, std::ptr::null_mut()),
        }
    }

    /// Detaches this thread; no Python code may run on it any more.
    pub fn detach(self: Box<Thread>) {
        if let Some(gil) = &self.interp.gil {
            gil.release();
        }
        drop(self);
    }

    /// Whether this is the main thread of its interpreter: the one that was attached as such, or in the child of a
    /// fork the one that forked.
    pub fn is_main_thread(&self) -> bool {
        self.is_main || self.main_by_fork.get()
    }

    /// The state of the calling OS thread.
    ///
    /// # Panics
    /// If it is not attached.
    #[inline]
    pub fn current<'a>() -> &'a Thread {
        let p = CURRENT.get();
        assert!(
            !p.is_null(),
            "internal error: this thread is not attached to an interpreter"
        );
        // SAFETY: set by `attach`, cleared by `detach`.
        unsafe { &*p }
    }

    /// Whether the calling OS thread is attached.
    pub fn is_attached() -> bool {
        !CURRENT.get().is_null()
    }

    /// The beginning of the register stack.
    pub fn stack_base(&self) -> *mut Value {
        self.stack
    }

    /// Where a new window must end at the latest.
    #[inline(always)]
    pub fn stack_limit(&self) -> *mut Value {
        self.stack_end
    }

    /// Makes room for `more` items in memory outside the heap; where there is none, dead objects are looked for, which
    /// may hold some. For callers that hold no lock.
    ///
    /// # Errors
    /// `MemoryError`.
    pub fn reserve<T>(&self, room: &mut Vec<T>, more: usize) -> PyResult<()> {
        if room.try_reserve_exact(more).is_ok() {
            return Ok(());
        }
        gc::collect(self.mutator, true);
        match room.try_reserve_exact(more) {
            Ok(()) => Ok(()),
            Err(_) => Err(self.memory_error()),
        }
    }

    /// Allocates a zeroed cell.
    ///
    /// # Errors
    /// `MemoryError`.
    #[inline(always)]
    pub fn try_alloc(&self, kind: crate::heap::Kind, size: usize) -> PyResult<*mut Header> {
        debug_assert!(
            kind != crate::heap::Kind::FREE,
            "a payload's kind is not registered"
        );
        match self.mutator.alloc(kind.0, size) {
            Ok(c) => Ok(c),
            Err(_) => Err(self.memory_error()),
        }
    }

    /// A new object of a native type, with room for the attributes its type gives instances.
    #[inline]
    pub fn new_object<'a, T: Payload>(&self, ty: &StaticType, data: T) -> &'a Object<T> {
        self.new_instance(ty.get(), data)
    }

    /// A new object of a type whose instances have payload `T`.
    #[inline]
    pub fn new_instance<'a, T: Payload>(
        &self,
        ty: &Object<crate::types::Type>,
        data: T,
    ) -> &'a Object<T> {
        let shape = ty.root_shape.expect();
        let size = size_of::<Object<T>>() + shape.extra_bytes();
        let Ok(cell) = self.mutator.alloc(T::kind().0, size) else {
            self.out_of_memory()
        };
        // SAFETY: the cell is new, large enough, and seen by no one else.
        unsafe {
            let o = cell as *mut Object<T>;
            (&raw mut (*o).data).write(data);
            if shape.extra_bytes() != 0 {
                crate::attr::init_slots(cell, size_of::<Object<T>>(), shape);
            }
            (*o).header.shape.store(ty.shape_word(), Ordering::Release);
            if ty.has_flag(crate::types::flags::HAS_DEL) {
                gc::register_finalizable(cell);
            }
            &*o
        }
    }

    /// Memory ran out where no exception can be raised: for cells of a few bytes, after a full collection.
    #[cold]
    pub fn out_of_memory(&self) -> ! {
        // Nothing of Python's can run without memory; CPython's fatal errors end the same way.
        let text = b"Fatal Python error: out of memory\n";
        // SAFETY: writes a static buffer and aborts.
        unsafe {
            libc::write(2, text.as_ptr() as *const _, text.len());
            libc::abort()
        }
    }

    /// A `MemoryError`, made without allocating.
    #[cold]
    pub fn memory_error(&self) -> Raised {
        Raised(exception::preallocated_memory_error(self))
    }

    /// Runs `f` as a blocking region: the collector and the GIL do not wait for this thread. `f` touches no object.
    /// A daemon thread of an interpreter that finalises does not come back.
    #[inline]
    pub fn blocking<R>(&self, f: impl FnOnce() -> R) -> R {
        match &self.interp.gil {
            None => self.mutator.blocking(|| {
                let r = f();
                if self.is_to_stop() {
                    stop_for_good();
                }
                r
            }),
            Some(gil) => self.mutator.blocking(|| {
                gil.release();
                let r = f();
                if self.is_to_stop() {
                    stop_for_good();
                }
                let e = std::io::Error::last_os_error();
                gil.acquire(self.mutator.poll_word() as *const _ as usize);
                self.mutator.clear_poll(POLL_GIL);
                if let Some(code) = e.raw_os_error() {
                    // SAFETY: errno is this thread's own; what `f` left there is kept for the caller.
                    unsafe { *libc::__errno_location() = code };
                }
                r
            }),
        }
    }

    /// Runs `f`, which may do anything, though the thread may be in a blocking region: for foreign code that calls back.
    pub fn called_back<R>(&self, f: impl FnOnce() -> R) -> R {
        if !self.mutator.is_blocking() {
            return f();
        }
        if self.is_to_stop() {
            stop_for_good();
        }
        if let Some(gil) = &self.interp.gil {
            gil.acquire(self.mutator.poll_word() as *const _ as usize);
            self.mutator.clear_poll(POLL_GIL);
        }
        let r = self.mutator.unblocking(f);
        if let Some(gil) = &self.interp.gil {
            gil.release();
        }
        r
    }

    /// Honours the poll word: stops for the collector, hands the GIL over, runs handlers and finalisers.
    ///
    /// # Errors
    /// What a signal handler raised, or an asynchronous exception.
    #[inline(always)]
    pub fn poll(&self) -> PyResult<()> {
        let bits = self.mutator.poll_bits();
        if bits == 0 { Ok(()) } else { self.poll_slow() }
    }

    /// Whether this thread never runs Python code again: its interpreter ends, or the program does. One that is in another
    /// interpreter than the one that ends stops when it comes back.
    #[inline]
    fn is_to_stop(&self) -> bool {
        self.mutator.poll_bits() & POLL_FREEZE != 0
            && (self.outer.is_null() || Interpreter::main().finalizing.load(Ordering::Acquire))
    }

    #[cold]
    #[inline(never)]
    fn poll_slow(&self) -> PyResult<()> {
        self.mutator.safepoint();
        let bits = self.mutator.poll_bits();
        if self.is_to_stop() {
            self.mutator.blocking(|| {
                if let Some(gil) = &self.interp.gil {
                    gil.release();
                }
                stop_for_good()
            });
        }
        if bits & POLL_GIL != 0
            && let Some(gil) = &self.interp.gil
        {
            self.mutator.clear_poll(POLL_GIL);
            self.mutator.blocking(|| {
                gil.release();
                gil.acquire(self.mutator.poll_word() as *const _ as usize);
            });
        }
        if bits & !(POLL_GIL | POLL_FREEZE | gc::POLL_STOP | gc::POLL_COLLECT | gc::POLL_DELAY) != 0
        {
            return (hooks().poll)(self, bits);
        }
        Ok(())
    }

    /// Guards native recursion: fails when the native stack is nearly used up.
    #[inline(always)]
    pub fn check_native_stack(&self) -> PyResult<()> {
        let here = 0u8;
        if (&raw const here as usize) < self.native_limit.get() {
            Err(self.recursion_error(""))
        } else {
            Ok(())
        }
    }

    /// Runs `f` one level deeper in the count of nested calls, failing at the recursion limit or when the native
    /// stack is nearly used up. `what` completes the message: ` while calling a Python object`.
    #[inline]
    pub fn recurse<R>(&self, what: &str, f: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
        if self.is_at_recursion_limit() {
            return Err(self.recursion_error(what));
        }
        let here = 0u8;
        if (&raw const here as usize) < self.native_limit.get() {
            return Err(self.recursion_error(what));
        }
        self.descend();
        let r = f();
        self.ascend();
        r
    }

    /// A `RecursionError` with CPython's message.
    #[cold]
    pub fn recursion_error(&self, what: &str) -> Raised {
        // Raising needs a few calls of its own.
        let limit = self.native_limit.get();
        self.native_limit.set(limit.saturating_sub(32 * 1024));
        let more = (self.frames_end as usize)
            .saturating_sub(self.frame_limit.get())
            .min(50 * size_of::<FrameRec>());
        self.frame_limit.set(self.frame_limit.get() + more);
        let e = self.raise(
            &exception::RECURSION_ERROR,
            format!("maximum recursion depth exceeded{what}"),
        );
        // Another thread may have set another limit meanwhile.
        self.frame_limit.set(self.frame_limit.get() - more);
        self.native_limit.set(limit);
        e
    }

    /// The innermost level of exception handling.
    #[inline(always)]
    pub fn exc_level(&self) -> &ExcNode {
        // SAFETY: never null while attached; levels live on this thread's stack or in generators that it runs.
        unsafe { &*self.exc.get() }
    }

    /// The exception being handled, `sys.exception()`; absent for none.
    pub fn handled_exception(&self) -> Value {
        let mut node = self.exc.get();
        while !node.is_null() {
            // SAFETY: levels live on the native stack or in a running generator's frame.
            let n = unsafe { &*node };
            let v = n.value.get();
            if !v.is_absent() {
                return v;
            }
            node = n.previous.get();
        }
        Value::ABSENT
    }

    /// Runs `f` unless `v` is already being shown by this thread (`list.__repr__` of a list in itself): then nothing.
    pub fn repr_guard<R>(&self, v: Value, f: impl FnOnce() -> PyResult<R>) -> PyResult<Option<R>> {
        let stack = match self.repr_stack.get() {
            Some(a) if a.len() < a.capacity() => a,
            old => {
                let n = old.map_or(0, |a| a.len());
                let bigger = Object::<crate::heap::Array>::try_new(self, (n * 2).max(16))?;
                if let Some(a) = old {
                    for (to, from) in bigger.fields().iter().zip(&a.fields()[..n]) {
                        to.set(&bigger.header, from.get());
                    }
                }
                bigger.set_len(n);
                self.repr_stack.set(&bigger.header, Some(bigger));
                bigger
            }
        };
        let n = stack.len();
        if stack.fields()[..n].iter().any(|f| f.get().is(v)) {
            return Ok(None);
        }
        stack.fields()[n].set(&stack.header, v);
        stack.set_len(n + 1);
        let r = self.recurse(" while getting the repr of an object", f);
        if let Some(a) = self.repr_stack.get() {
            a.set_len(n);
            a.fields()[n].set(&a.header, Value::ABSENT);
        }
        r.map(Some)
    }
}

impl Drop for Thread {
    /// Also where a panic unwinds through who attached the thread. A state that was entered goes out in `enter`.
    fn drop(&mut self) {
        if !self.outer.is_null() {
            return;
        }
        self.go_out();
        // SAFETY: it was leaked in `attach_with`, and no state refers to it any more.
        let mutator = unsafe { Box::from_raw((self.mutator as *const Mutator).cast_mut()) };
        mutator.detach();
        drop(Stacks::from_raw(self.stack));
    }
}

/// The address below which native code must not recurse: room for handlers is left above the guard page.
fn native_limit(mutator: &Mutator) -> usize {
    let (low, high) = (mutator.stack_low(), mutator.stack_base());
    low + ((high - low) / 8).clamp(48 * 1024, 256 * 1024)
}

unsafe fn trace_thread(data: *mut (), m: &mut Marker) {
    // SAFETY: registered with this thread's address; the thread is stopped.
    let th = unsafe { &*(data as *const Thread) };
    if !th.outer.is_null() {
        // SAFETY: as this one; the state from where it was entered lives longer.
        unsafe { trace_thread(th.outer as *mut (), m) };
    }
    for f in [&th.trace_fn, &th.profile_fn, &th.context, &th.async_exc] {
        f.trace(m);
    }
    for f in &th.asyncgen_hooks {
        f.trace(m);
    }
    th.locals.trace(m);
    th.repr_stack.trace(m);
    if m.is_resting() {
        return;
    }
    m.mark_conservative_range(th.stack as *const usize, th.stack_top.get() as *const usize);
    let mut at = th.frames;
    let free = th.free_frame();
    while at < free {
        // SAFETY: the records of a stopped thread below its first free one.
        unsafe { &*at }.mark(m);
        at = at.wrapping_add(1);
    }
    // A running generator's registers are stored into without a barrier: they are roots.
    let mut at = th.frame.get();
    while !at.is_null() {
        // SAFETY: the chain of a stopped thread's frames.
        let f = unsafe { &*at };
        if f.in_generator() {
            let end = f.regs.wrapping_add(f.code().nregs.get() as usize);
            m.mark_conservative_range(f.regs as *const usize, end as *const usize);
            f.mark(m);
        }
        at = f.previous;
    }
    let mut node = th.exc.get();
    while !node.is_null() {
        // SAFETY: levels live on this stopped thread's native stack or in a running generator's frame.
        let n = unsafe { &*node };
        crate::heap::mark_value(n.value.get(), m);
        node = n.previous.get();
    }
}
