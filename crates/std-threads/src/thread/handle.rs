//! Threads: starting them, `_ThreadHandle`, waiting for them at the end.

use super::wait::{Limit, park, seconds_to_ns, wanted_elsewhere};
use super::{local, pool};
use std::sync::atomic::{AtomicU32, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use taipan_object::dict::Dict;
use taipan_object::exception as exc;
use taipan_object::heap::Object;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::thread::Stacks;
use taipan_object::types::{OBJECT, StaticType, layout_of};
use taipan_object::{PyResult, Thread, Value, names, ops, payload};
use taipan_sync::turns::Patience;
use taipan_sync::{
    Mutex,
    parking::{self, Parked},
};

const NOT_STARTED: u32 = 0;
const STARTING: u32 = 1;
const RUNNING: u32 = 2;
const DONE: u32 = 3;

/// What a handle and its thread share. The thread outlives its attachment to the interpreter by a moment, so this is
/// no heap object.
struct Shared {
    state: AtomicU32,
    /// How many threads wait for the end.
    joiners: AtomicU32,
    ident: AtomicU64,
}

impl Shared {
    fn new(state: u32, ident: u64) -> Arc<Shared> {
        Arc::new(Shared {
            state: AtomicU32::new(state),
            joiners: AtomicU32::new(0),
            ident: AtomicU64::new(ident),
        })
    }

    fn state(&self) -> u32 {
        self.state.load(Ordering::Acquire)
    }

    fn key(&self) -> usize {
        (&raw const self.state).addr()
    }

    fn set_done(&self) {
        self.state.store(DONE, Ordering::Release);
        parking::unpark_all(self.key());
    }

    /// Whether some thread waits for the end, or comes to do so in the next moment.
    fn is_awaited(&self) -> bool {
        let mut looks = 256;
        while self.joiners.load(Ordering::Relaxed) == 0 && looks > 0 {
            std::hint::spin_loop();
            looks -= 1;
        }
        looks > 0
    }

    /// Waits until the thread has ended; whether it has.
    fn wait(&self, th: &Thread, limit: Limit) -> PyResult<bool> {
        self.joiners.fetch_add(1, Ordering::Relaxed);
        let r = self.wait_counted(th, limit);
        self.joiners.fetch_sub(1, Ordering::Relaxed);
        r
    }

    fn wait_counted(&self, th: &Thread, limit: Limit) -> PyResult<bool> {
        // Threads that are joined have often just ended.
        if th.interp.gil.is_none() && !matches!(limit, Limit::Never) {
            let mut patience = Patience::default();
            while self.state() != DONE && patience.wait() && !wanted_elsewhere(th) {}
        }
        while self.state() != DONE {
            let how = park(th, self.key(), limit, || self.state() != DONE)?;
            if how == Parked::TimedOut {
                return Ok(self.state() == DONE);
            }
        }
        Ok(true)
    }
}

/// A started thread, until its end is noticed.
struct Started {
    interp: u64,
    daemon: bool,
    shared: Arc<Shared>,
}

/// All started threads. Locked by attached threads only, never across a safepoint.
static STARTED: Mutex<Vec<Started>> = Mutex::new(Vec::new());

/// The handles made for threads that ran already. Locked as [`STARTED`].
static MADE: Mutex<Vec<Weak<Shared>>> = Mutex::new(Vec::new());

const DEFAULT_STACK: usize = 8 << 20;
/// Below this much native code could not work at all: a smaller wish is rounded up.
const LEAST_STACK: usize = 512 << 10;

/// The payload of `_ThreadHandle`.
pub struct ThreadHandle {
    shared: Arc<Shared>,
}

payload!(ThreadHandle, "_ThreadHandle", |this, m| {});

/// `_thread._ThreadHandle`
pub static HANDLE: StaticType = StaticType::new(
    "_thread",
    "_ThreadHandle",
    Some(&OBJECT),
    0,
    layout_of::<ThreadHandle>,
);

/// `_thread._ThreadHandle`
pub static HANDLE_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, _, args| {
            if !args.values.is_empty() {
                return Err(th.type_error("_ThreadHandle() takes no arguments"));
            }
            Ok(new_handle(th, NOT_STARTED, 0))
        });
        s.repr = Some(|th, v| {
            let ident = shared(v).ident.load(Ordering::Relaxed);
            Ok(Value::str(
                th,
                &format!("<{} object: ident={ident}>", ops::full_type_name(v)),
            ))
        });
    },
    methods: &[
        Method::new("join", "($self, timeout=None, /)", |th, a| {
            let limit = match a[1].present().filter(|v| !v.is_none()) {
                None => Limit::Forever,
                Some(t) => {
                    let ns = seconds_to_ns(th, t)?;
                    if ns < 0 {
                        Limit::Forever
                    } else {
                        Limit::after(th, ns)?
                    }
                }
            };
            join(th, shared(a[0]), limit)?;
            Ok(Value::NONE)
        }),
        Method::new("_set_done", "($self, /)", |th, a| {
            let s = shared(a[0]);
            if matches!(s.state(), NOT_STARTED | STARTING) {
                return Err(th.runtime_error("thread not started"));
            }
            s.set_done();
            Ok(Value::NONE)
        }),
        Method::new("is_done", "($self, /)", |_, a| {
            Ok(Value::bool(shared(a[0]).state() == DONE))
        }),
    ],
    getset: &[GetSet::new("ident", |th, v| {
        Ok(Value::uint(th, shared(v).ident.load(Ordering::Acquire)))
    })],
    ..TypeSpec::EMPTY
};

fn shared<'a>(v: Value) -> &'a Arc<Shared> {
    let h: &Object<ThreadHandle> = v.expect::<ThreadHandle>();
    &h.data.shared
}

fn new_handle(th: &Thread, state: u32, ident: u64) -> Value {
    let shared = Shared::new(state, ident);
    th.new_object(&HANDLE, ThreadHandle { shared }).value()
}

fn join(th: &Thread, s: &Arc<Shared>, limit: Limit) -> PyResult<()> {
    if matches!(s.state(), NOT_STARTED | STARTING) {
        return Err(th.runtime_error("thread not started"));
    }
    if s.state() == DONE {
        return Ok(());
    }
    if s.ident.load(Ordering::Acquire) == th.ident {
        return Err(th.runtime_error("Cannot join current thread"));
    }
    if th.interp.finalizing.load(Ordering::Acquire) {
        // It stands still for good: this would be for ever.
        return Err(th.raise(
            &exc::PYTHON_FINALIZATION_ERROR,
            "cannot join thread at interpreter shutdown",
        ));
    }
    s.wait(th, limit).map(|_| ())
}

/// `_make_thread_handle(ident)`: the handle of a thread that runs already.
pub(super) fn make_handle(th: &Thread, a: &[Value]) -> PyResult {
    if !a[0].is_int() {
        return Err(th.type_error("ident must be an integer"));
    }
    let ident = ops::index(th, a[0])?.as_i64();
    let Some(ident) = ident.and_then(|n| u64::try_from(n).ok()) else {
        return Err(th.overflow_error("can't convert negative value to unsigned int"));
    };
    let handle = new_handle(th, RUNNING, ident);
    let mut made = MADE.lock();
    if made.len() == made.capacity() {
        made.retain(|known| known.strong_count() > 0);
    }
    made.push(Arc::downgrade(shared(handle)));
    Ok(handle)
}

/// `start_new_thread(function, args[, kwargs])`
pub(super) fn start_new_thread(th: &Thread, args: taipan_object::call::Args) -> PyResult {
    args.no_kw(th, "_thread.start_new_thread")?;
    let a = args.pos();
    let n = a.len();
    if n < 2 {
        return Err(th.type_error(format!(
            "start_new_thread expected at least 2 arguments, got {n}"
        )));
    }
    if n > 3 {
        return Err(th.type_error(format!(
            "start_new_thread expected at most 3 arguments, got {n}"
        )));
    }
    if !ops::is_callable(a[0]) {
        return Err(th.type_error("first arg must be callable"));
    }
    if a[1].as_tuple().is_none() {
        return Err(th.type_error("2nd arg must be a tuple"));
    }
    let kwargs = a.get(2).copied().unwrap_or(Value::ABSENT);
    if !kwargs.is_absent() && kwargs.as_dict().is_none() {
        return Err(th.type_error("optional 3rd arg must be a dictionary"));
    }
    let seen = [a[0], a[1], kwargs.or(Value::NONE)];
    th.audit("_thread.start_new_thread", &seen)?;
    let s = Shared::new(NOT_STARTED, 0);
    start(th, &s, &[a[0], a[1], kwargs.or(Value::NONE)], true)?;
    Ok(Value::uint(th, s.ident.load(Ordering::Acquire)))
}

/// `start_joinable_thread(function, handle=None, daemon=True)`
pub(super) fn start_joinable_thread(th: &Thread, a: &[Value]) -> PyResult {
    if !ops::is_callable(a[0]) {
        return Err(th.type_error("thread function must be callable"));
    }
    let handle = match a[1].present().filter(|v| !v.is_none()) {
        Some(h) if h.downcast::<ThreadHandle>().is_some() => h,
        Some(_) => return Err(th.type_error("'handle' must be a _ThreadHandle")),
        None => new_handle(th, NOT_STARTED, 0),
    };
    let daemon = match a[2].present() {
        Some(v) => ops::truth(th, v)?,
        None => true,
    };
    let seen = [a[0], Value::small_int(daemon.into()), a[1].or(Value::NONE)];
    th.audit("_thread.start_joinable_thread", &seen)?;
    start(
        th,
        shared(handle),
        &[a[0], Value::NONE, Value::NONE],
        daemon,
    )?;
    Ok(handle)
}

/// The calls of threads that have not taken them up yet, by number: a root of theirs until then.
fn starting<'a>(th: &Thread) -> PyResult<&'a Object<Dict>> {
    let d = crate::state::get_or_make(th, "thread.starting", || Ok(Dict::new(th).value()))?;
    Ok(d.expect::<Dict>())
}

/// Starts a thread that calls `call[0](*call[1], **call[2])`.
fn start(th: &Thread, s: &Arc<Shared>, call: &[Value; 3], daemon: bool) -> PyResult<()> {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    if !th.interp.limits.threads {
        let msg = "thread is not supported for isolated subinterpreters";
        return Err(th.runtime_error(msg));
    }
    if th.interp.finalizing.load(Ordering::Acquire) {
        return Err(th.raise(
            &exc::PYTHON_FINALIZATION_ERROR,
            "can't create new thread at interpreter shutdown",
        ));
    }
    let calls = starting(th)?;
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let key = Value::usize(th, number);
    let entry = Value::try_tuple(th, call)?;
    let claimed =
        s.state
            .compare_exchange(NOT_STARTED, STARTING, Ordering::AcqRel, Ordering::Acquire);
    if claimed.is_err() {
        return Err(th.runtime_error("thread already started"));
    }
    if let Err(e) = calls.set(th, key, entry) {
        s.state.store(NOT_STARTED, Ordering::Release);
        return Err(e);
    }
    remember(th, s, daemon);
    let size = match th.interp.thread_stack_size.load(Ordering::Relaxed) {
        0 => DEFAULT_STACK,
        n => n.max(LEAST_STACK),
    };
    let (interp, mine) = (th.interp, Arc::clone(s));
    let spawned = Stacks::reserve().and_then(|stacks| {
        let main = move |place: pool::Place| {
            mine.ident
                .store(taipan_host::thread::pthread_id(), Ordering::Release);
            match Thread::attach_with(interp, false, stacks) {
                Ok(th) => {
                    run(&th, number);
                    th.detach();
                }
                Err(_) => unreachable!("a new thread is not attached, and has its stacks"),
            }
            // Whoever has seen the end may rely on it that no signal for the process comes to this thread.
            taipan_host::thread::block_all_signals();
            // First, so that whoever waits for the end and starts another thread then finds this one idle. Only for him:
            // threads that nobody has joined are not to have the same number in the kernel.
            if mine.is_awaited() {
                place.offer();
            }
            mine.set_done();
        };
        pool::start(size, Box::new(main))
    });
    match spawned {
        Ok(ident) => {
            s.ident.store(ident, Ordering::Release);
            // It may have ended already.
            let _ =
                s.state
                    .compare_exchange(STARTING, RUNNING, Ordering::AcqRel, Ordering::Acquire);
            Ok(())
        }
        Err(_) => {
            STARTED
                .lock()
                .retain(|started| !Arc::ptr_eq(&started.shared, s));
            s.state.store(NOT_STARTED, Ordering::Release);
            calls.remove(th, key)?;
            Err(th.runtime_error("can't start new thread"))
        }
    }
}

fn remember(th: &Thread, s: &Arc<Shared>, daemon: bool) {
    let entry = Started {
        interp: th.interp.id,
        daemon,
        shared: Arc::clone(s),
    };
    let mut all = STARTED.lock();
    // Those that have ended are forgotten when there would be no room without.
    if all.len() == all.capacity() {
        all.retain(|started| started.shared.state() != DONE);
    }
    all.push(entry);
}

/// The new thread's work.
fn run(th: &Thread, number: usize) {
    let called = || -> PyResult<Option<(Value, PyResult)>> {
        let key = Value::usize(th, number);
        let Some(entry) = starting(th)?.remove(th, key)? else {
            return Ok(None);
        };
        let Some([f, args, kwargs]) = entry.as_tuple() else {
            return Ok(None);
        };
        Ok(Some((*f, crate::call_with(th, *f, *args, *kwargs))))
    };
    match called() {
        Ok(Some((f, Err(e)))) if !e.is(&exc::SYSTEM_EXIT) => {
            let shown = match ops::repr(th, f) {
                Ok(r) => names::text(r).into_owned(),
                Err(_) => "<object repr() failed>".into(),
            };
            let what = format!("Exception ignored in thread started by {shown}");
            th.unraisable(e, Some(&what), Value::ABSENT);
        }
        Err(e) => th.unraisable(e, Some("Exception ignored in a new thread"), Value::ABSENT),
        _ => {}
    }
    local::thread_ends(th);
}

/// How many threads of the interpreter, started by this module, have not ended.
pub(super) fn count(th: &Thread) -> usize {
    STARTED
        .lock()
        .iter()
        .filter(|s| s.interp == th.interp.id && s.shared.state() != DONE)
        .count()
}

/// Waits for all non-daemon threads of the interpreter but the calling one, as `threading._shutdown` wants it. An
/// exception of a signal handler meanwhile is reported and ends the waiting.
pub fn shutdown(th: &Thread) {
    loop {
        let next = STARTED
            .lock()
            .iter()
            .find(|s| {
                s.interp == th.interp.id
                    && !s.daemon
                    && s.shared.state() != DONE
                    && s.shared.ident.load(Ordering::Acquire) != th.ident
            })
            .map(|s| Arc::clone(&s.shared));
        let Some(s) = next else { return };
        if let Err(e) = s.wait(th, Limit::Forever) {
            let what = "Exception ignored while joining a thread in _thread._shutdown()";
            th.unraisable(e, Some(what), Value::ABSENT);
            return;
        }
    }
}

/// In the child of a fork: threads other than the one that forked have ended.
pub(super) fn after_fork_child(th: &Thread) {
    let lives_on = |s: &Shared| {
        let here = s.ident.load(Ordering::Acquire) == th.ident && s.state() != DONE;
        if !here {
            s.state.store(DONE, Ordering::Release);
        }
        here
    };
    STARTED.lock().retain(|s| lives_on(&s.shared));
    MADE.lock()
        .retain(|s| s.upgrade().is_some_and(|s| lives_on(&s)));
    pool::after_fork_child();
}

/// The smallest stack that CPython gives a thread.
const MIN_STACK: i64 = 53248;

/// `stack_size([size])`
pub(super) fn stack_size(th: &Thread, a: &[Value]) -> PyResult {
    let size = match a[0].present() {
        Some(v) => ops::index_i64(th, v)?,
        None => 0,
    };
    let old = th.interp.thread_stack_size.load(Ordering::Relaxed);
    if a[0].is_absent() {
        return Ok(Value::usize(th, old));
    }
    if size != 0 && size < MIN_STACK {
        let message = format!("size must be at least {MIN_STACK} bytes");
        return Err(th.value_error(message));
    }
    let new = size as usize;
    if new != 0 && (new < taipan_host::thread::min_stack() || new > 1 << 46) {
        return Err(th.value_error(format!("size not valid: {size} bytes")));
    }
    th.interp.thread_stack_size.store(new, Ordering::Relaxed);
    Ok(Value::usize(th, old))
}
