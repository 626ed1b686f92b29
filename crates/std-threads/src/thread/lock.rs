//! `lock` and `RLock`.

use super::wait::{Limit, RawLock};
use std::sync::atomic::{AtomicU64, Ordering};
use taipan_object::call::Args;
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops, payload};

/// The payload of `lock`.
#[repr(C)]
pub struct Lock {
    raw: RawLock,
}

payload!(Lock, "lock", |this, m| {});

/// `_thread.lock`
pub static LOCK: StaticType = StaticType::new(
    "_thread",
    "lock",
    Some(&OBJECT),
    flags::HAS_WEAKREF,
    layout_of::<Lock>,
);

const ACQUIRE: &str = "Lock the lock.\n\nWithout argument, this blocks if the lock is already\nlocked (even by the same thread), waiting for another thread to release\nthe lock, and return True once the lock is acquired.\nWith an argument, this will only block if the argument is true,\nand the return value reflects whether the lock is acquired.\nThe blocking operation is interruptible.";
const RELEASE: &str = "Release the lock.\n\nAllows another thread that is blocked waiting for\nthe lock to acquire the lock.  The lock must be in the locked state,\nbut it needn't be locked by the same thread that unlocks it.";
const ACQUIRE_SIG: &str = "($self, /, blocking=True, timeout=-1)";

/// `_thread.lock`
pub static LOCK_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, _, args| {
            no_arguments(th, "lock", args)?;
            Ok(new_lock(th))
        });
        s.repr = Some(|th, v| {
            let word = word(raw(v).is_locked());
            Ok(Value::str(
                th,
                &format!(
                    "<{word} {} object at {:#x}>",
                    ops::full_type_name(v),
                    ops::id(v)
                ),
            ))
        });
    },
    methods: &[
        Method::new("acquire", ACQUIRE_SIG, acquire)
            .atomic(Atomic::LockFree)
            .doc(ACQUIRE),
        Method::new("acquire_lock", ACQUIRE_SIG, acquire)
            .atomic(Atomic::LockFree)
            .doc("An obsolete synonym of acquire()."),
        Method::new("release", "($self, /)", release)
            .atomic(Atomic::LockFree)
            .doc(RELEASE),
        Method::new("release_lock", "($self, /)", release)
            .atomic(Atomic::LockFree)
            .doc("An obsolete synonym of release()."),
        Method::new("locked", "($self, /)", |_, a| {
            Ok(Value::bool(raw(a[0]).is_locked()))
        })
        .atomic(Atomic::LockFree)
        .doc("Return whether the lock is in the locked state."),
        Method::new("locked_lock", "($self, /)", |_, a| {
            Ok(Value::bool(raw(a[0]).is_locked()))
        })
        .atomic(Atomic::LockFree)
        .doc("An obsolete synonym of locked()."),
        Method::new("__enter__", "($self, /)", |th, a| {
            raw(a[0]).acquire(th, Limit::Forever)?;
            Ok(Value::TRUE)
        })
        .atomic(Atomic::LockFree)
        .doc("Lock the lock."),
        Method::new("__exit__", "($self, /, *exc_info)", |th, a| {
            release(th, &a[..1])
        })
        .atomic(Atomic::LockFree)
        .doc("Release the lock."),
        Method::new("_at_fork_reinit", "($self, /)", |_, a| {
            raw(a[0]).reset();
            Ok(Value::NONE)
        }),
    ],
    getset: &[],
    doc: "A lock object is a synchronization primitive.  To create a lock,\ncall threading.Lock().  Methods are:\n\nacquire() -- lock the lock, possibly blocking until it can be obtained\nrelease() -- unlock of the lock\nlocked() -- test whether the lock is currently locked\n\nA lock is not owned by the thread that locked it; another thread may\nunlock it.  A thread attempting to lock a lock that it has already locked\nwill block until another thread unlocks it.  Deadlocks may ensue.",
    sig: "()",
};

fn raw<'a>(v: Value) -> &'a RawLock {
    &v.expect::<Lock>().data.raw
}

fn word(locked: bool) -> &'static str {
    if locked { "locked" } else { "unlocked" }
}

fn no_arguments(th: &Thread, name: &str, args: Args) -> PyResult<()> {
    if args.values.is_empty() {
        Ok(())
    } else {
        Err(th.type_error(format!("{name}() takes no arguments")))
    }
}

/// A new, free lock.
pub fn new_lock(th: &Thread) -> Value {
    let data = Lock {
        raw: RawLock::default(),
    };
    th.new_object(&LOCK, data).value()
}

fn acquire(th: &Thread, a: &[Value]) -> PyResult {
    let limit = if a[1].is_absent() && a[2].is_absent() {
        Limit::Forever
    } else {
        Limit::parse(th, a[1], a[2])?
    };
    raw(a[0]).acquire(th, limit).map(Value::bool)
}

fn release(th: &Thread, a: &[Value]) -> PyResult {
    if raw(a[0]).release() {
        Ok(Value::NONE)
    } else {
        Err(th.runtime_error("release unlocked lock"))
    }
}

/// The payload of `RLock`.
#[repr(C)]
pub struct RLock {
    raw: RawLock,
    /// The holder's identity; zero for none.
    owner: AtomicU64,
    /// How often it holds it. Only the holder changes it.
    count: AtomicU64,
}

payload!(RLock, "RLock", |this, m| {});

/// `_thread.RLock`
pub static RLOCK: StaticType = StaticType::new(
    "_thread",
    "RLock",
    Some(&OBJECT),
    flags::BASE | flags::HAS_WEAKREF,
    layout_of::<RLock>,
);

/// `_thread.RLock`
pub static RLOCK_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        // Arguments are ignored, as CPython still does; `threading.RLock` warns of them.
        s.new = Some(|th, cls, _| {
            let data = RLock {
                raw: RawLock::default(),
                owner: AtomicU64::new(0),
                count: AtomicU64::new(0),
            };
            Ok(th.new_instance(cls, data).value())
        });
        s.repr = Some(|th, v| {
            let l = rlock(v);
            Ok(Value::str(
                th,
                &format!(
                    "<{} {} object owner={} count={} at {:#x}>",
                    word(l.raw.is_locked()),
                    ops::full_type_name(v),
                    l.owner.load(Ordering::Relaxed),
                    l.count.load(Ordering::Relaxed),
                    ops::id(v)
                ),
            ))
        });
    },
    methods: &[
        Method::new("acquire", ACQUIRE_SIG, |th, a| {
            let limit = if a[1].is_absent() && a[2].is_absent() {
                Limit::Forever
            } else {
                Limit::parse(th, a[1], a[2])?
            };
            rlock(a[0]).acquire(th, limit).map(Value::bool)
        })
        .atomic(Atomic::LockFree)
        .doc("Lock the lock.\n\n`blocking` indicates whether we should wait\nfor the lock to be available or not.  If `blocking` is False\nand another thread holds the lock, the method will return False\nimmediately.  If `blocking` is True and another thread holds\nthe lock, the method will wait for the lock to be released,\ntake it and then return True.\n(note: the blocking operation is interruptible.)\n\nIn all other cases, the method will return True immediately.\nPrecisely, if the current thread already holds the lock, its\ninternal counter is simply incremented. If nobody holds the lock,\nthe lock is taken and its internal counter initialized to 1."),
        Method::new("release", "($self, /)", |th, a| rlock(a[0]).release(th).map(|()| Value::NONE))
            .atomic(Atomic::LockFree)
            .doc("Release the lock.\n\nAllows another thread that is blocked waiting for\nthe lock to acquire the lock.  The lock must be in the locked state,\nand must be locked by the same thread that unlocks it; otherwise a\n`RuntimeError` is raised.\n\nDo note that if the lock was acquire()d several times in a row by the\ncurrent thread, release() needs to be called as many times for the lock\nto be available for other threads."),
        Method::new("locked", "($self, /)", |_, a| Ok(Value::bool(rlock(a[0]).raw.is_locked())))
            .atomic(Atomic::LockFree)
            .doc("Return a boolean indicating whether this object is locked right now."),
        Method::new("__enter__", "($self, /)", |th, a| {
            rlock(a[0]).acquire(th, Limit::Forever).map(Value::bool)
        })
        .atomic(Atomic::LockFree)
        .doc("Lock the lock."),
        Method::new("__exit__", "($self, /, *exc_info)", |th, a| {
            rlock(a[0]).release(th).map(|()| Value::NONE)
        })
        .atomic(Atomic::LockFree)
        .doc("Release the lock."),
        Method::new("_is_owned", "($self, /)", |th, a| Ok(Value::bool(rlock(a[0]).is_mine(th))))
            .atomic(Atomic::LockFree)
            .doc("For internal use by `threading.Condition`."),
        Method::new("_recursion_count", "($self, /)", |th, a| {
            let l = rlock(a[0]);
            let n = if l.is_mine(th) { l.count.load(Ordering::Relaxed) } else { 0 };
            Ok(Value::uint(th, n))
        })
        .atomic(Atomic::LockFree)
        .doc("For internal use by reentrancy checks."),
        Method::new("_release_save", "($self, /)", |th, a| {
            let l = rlock(a[0]);
            if !l.raw.is_locked() || !l.is_mine(th) {
                return Err(th.runtime_error("cannot release un-acquired lock"));
            }
            let count = l.count.swap(0, Ordering::Relaxed);
            let owner = l.owner.swap(0, Ordering::Relaxed);
            l.raw.release();
            Value::try_tuple(th, &[Value::uint(th, count), Value::uint(th, owner)])
        })
        .doc("For internal use by `threading.Condition`."),
        Method::new("_acquire_restore", "($self, state, /)", |th, a| {
            let state = a[1].as_tuple().unwrap_or(&[]);
            let numbers = [0, 1].map(|i: usize| state.get(i).and_then(|v| v.as_i64()));
            let ([Some(count), Some(owner)], 2) = (numbers, state.len()) else {
                return Err(th.type_error("_acquire_restore() argument must be a tuple of two integers"));
            };
            let l = rlock(a[0]);
            // A condition must have its lock back whatever comes: an interrupt is raised afterwards.
            let mut interrupt = None;
            loop {
                match l.raw.acquire(th, Limit::Forever) {
                    Ok(_) => break,
                    Err(e) => interrupt = Some(e),
                }
            }
            l.owner.store(owner.cast_unsigned(), Ordering::Relaxed);
            l.count.store(count.cast_unsigned(), Ordering::Relaxed);
            interrupt.map_or(Ok(Value::NONE), Err)
        })
        .doc("For internal use by `threading.Condition`."),
        Method::new("_at_fork_reinit", "($self, /)", |_, a| {
            let l = rlock(a[0]);
            l.owner.store(0, Ordering::Relaxed);
            l.count.store(0, Ordering::Relaxed);
            l.raw.reset();
            Ok(Value::NONE)
        }),
    ],
    getset: &[],
    doc: "",
    sig: "()",
};

fn rlock<'a>(v: Value) -> &'a Object<RLock> {
    v.expect::<RLock>()
}

impl RLock {
    fn is_mine(&self, th: &Thread) -> bool {
        self.owner.load(Ordering::Relaxed) == th.ident
    }

    fn acquire(&self, th: &Thread, limit: Limit) -> PyResult<bool> {
        if self.is_mine(th) {
            let n = self.count.load(Ordering::Relaxed);
            if n == u64::MAX {
                return Err(th.overflow_error("Internal lock count overflowed"));
            }
            self.count.store(n + 1, Ordering::Relaxed);
            return Ok(true);
        }
        let taken = self.raw.acquire(th, limit)?;
        if taken {
            self.owner.store(th.ident, Ordering::Relaxed);
            self.count.store(1, Ordering::Relaxed);
        }
        Ok(taken)
    }

    fn release(&self, th: &Thread) -> PyResult<()> {
        if !self.is_mine(th) {
            return Err(th.runtime_error("cannot release un-acquired lock"));
        }
        let n = self.count.load(Ordering::Relaxed) - 1;
        self.count.store(n, Ordering::Relaxed);
        if n == 0 {
            self.owner.store(0, Ordering::Relaxed);
            self.raw.release();
        }
        Ok(())
    }
}
