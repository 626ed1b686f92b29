//! `_multiprocessing`: semaphores between processes.

use crate::args::{
    self, bind, bound, flag, fs_decode, given, int, module_dict, retry, sys, text, type_name,
};
use std::collections::HashMap;
use std::ffi::CString;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::{Duration, SystemTime};
use taipan_host::semaphore::{self as host, Semaphore};
use taipan_object::call::Args;
use taipan_object::dict::Dict;
use taipan_object::exception::ASSERTION_ERROR;
use taipan_object::native::{GetSet, Method, ModuleSpec, TypeSpec};
use taipan_object::types::{self, OBJECT, StaticType, Type, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops, payload};

/// `_multiprocessing`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_multiprocessing",
    doc: "",
    functions: &[Method::new("sem_unlink", "(name, /)", sem_unlink)],
    types: &[(&SEM_LOCK, &SPEC)],
    init,
};

/// The payload of a lock.
pub struct SemLock {
    semaphore: Arc<Semaphore>,
    kind: i32,
    maxvalue: i32,
    /// Its name, where it is still to be found by it.
    name: Option<Vec<u8>>,
    /// How often this process has taken it more than given back.
    count: AtomicI64,
    /// The thread that took it last.
    owner: AtomicU64,
}

payload!(SemLock, "SemLock", |this, m| {});

/// `_multiprocessing.SemLock`
pub static SEM_LOCK: StaticType = StaticType::new(
    "_multiprocessing",
    "SemLock",
    Some(&OBJECT),
    flags::BASE,
    layout_of::<SemLock>,
);

/// The lock may be taken again by the thread that has it.
const RECURSIVE_MUTEX: i32 = 0;
const SEMAPHORE: i32 = 1;

static NEW: Method = Method::new("SemLock", "(kind, value, maxvalue, name, unlink)", bound);

/// `_multiprocessing.SemLock`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| s.new = Some(new),
    methods: &[
        Method::new("acquire", "($self, /, block=True, timeout=None)", acquire)
            .doc("Acquire the semaphore/lock."),
        Method::new("release", "($self, /)", release).doc("Release the semaphore/lock."),
        Method::new("_count", "($self, /)", |th, a| {
            Ok(Value::int(th, lock(a).count.load(Ordering::Acquire)))
        })
        .doc("Num of `acquire()`s minus num of `release()`s for this process."),
        Method::new("_is_mine", "($self, /)", |th, a| {
            Ok(Value::bool(is_mine(th, lock(a))))
        })
        .doc("Whether the lock is owned by this thread."),
        Method::new("_get_value", "($self, /)", |th, a| {
            Ok(Value::int(th, sys(th, lock(a).semaphore.value())?.into()))
        })
        .doc("Get the value of the semaphore."),
        Method::new("_is_zero", "($self, /)", |th, a| {
            Ok(Value::bool(sys(th, lock(a).semaphore.value())? == 0))
        })
        .doc("Return whether semaphore has value zero."),
        Method::new("_after_fork", "($self, /)", |_, a| {
            lock(a).count.store(0, Ordering::Release);
            Ok(Value::NONE)
        })
        .doc("Rezero the net acquisition count after fork()."),
        Method::new(
            "_rebuild",
            "($type, handle, kind, maxvalue, name, /)",
            rebuild,
        )
        .class(),
        Method::new("__enter__", "($self, /)", |th, a| {
            acquire(th, &[a[0], Value::ABSENT, Value::ABSENT])
        })
        .doc("Enter the semaphore/lock."),
        Method::new(
            "__exit__",
            "($self, exc_type=None, exc_value=None, exc_tb=None, /)",
            release,
        )
        .doc("Exit the semaphore/lock."),
    ],
    getset: &[
        GetSet::new("handle", |th, v| {
            Ok(Value::usize(th, v.expect::<SemLock>().semaphore.handle()))
        }),
        GetSet::new("kind", |th, v| {
            Ok(Value::int(th, v.expect::<SemLock>().kind.into()))
        }),
        GetSet::new("maxvalue", |th, v| {
            Ok(Value::int(th, v.expect::<SemLock>().maxvalue.into()))
        }),
        GetSet::new("name", |th, v| {
            let name = v.expect::<SemLock>().name.as_deref();
            Ok(name.map_or(Value::NONE, |n| fs_decode(th, n)))
        }),
    ],
    doc: "Semaphore/Mutex type",
    sig: "(kind, value, maxvalue, name, unlink)",
};

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let max = Value::int(th, host::VALUE_MAX.into());
    types::set_raw(th, SEM_LOCK.get(), "SEM_VALUE_MAX", max)?;
    SEM_LOCK.modified();
    let have = Dict::new(th);
    for name in ["HAVE_SEM_OPEN", "HAVE_SEM_TIMEDWAIT"] {
        have.set_name(th, name, Value::small_int(1))?;
    }
    module_dict(module).set_name(th, "flags", have.value())
}

fn lock<'a>(a: &[Value]) -> &'a Object<SemLock> {
    a[0].expect::<SemLock>()
}

fn is_mine(th: &Thread, l: &SemLock) -> bool {
    l.count.load(Ordering::Acquire) > 0 && l.owner.load(Ordering::Acquire) == th.ident
}

/// The semaphores that this process has open, by handle: one without a name can be found again.
static OPEN: Mutex<Option<HashMap<usize, Weak<Semaphore>>>> = Mutex::new(None);

fn remember(s: Semaphore) -> Arc<Semaphore> {
    let s = Arc::new(s);
    let mut open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    let open = open.get_or_insert_default();
    open.retain(|_, s| s.strong_count() > 0);
    open.insert(s.handle(), Arc::downgrade(&s));
    s
}

fn find(handle: usize) -> Option<Arc<Semaphore>> {
    let open = OPEN.lock().unwrap_or_else(PoisonError::into_inner);
    open.as_ref()?.get(&handle)?.upgrade()
}

/// A semaphore's name.
fn name(th: &Thread, f: &str, which: &str, v: Value) -> PyResult<CString> {
    text(th, f, which, v)?;
    let bytes = args::fs_encode(th, v)?;
    CString::new(bytes).map_err(|_| th.value_error("embedded null character"))
}

fn make(
    th: &Thread,
    cls: &Object<Type>,
    semaphore: Arc<Semaphore>,
    kind: i32,
    maxvalue: i32,
    name: Option<CString>,
) -> Value {
    let data = SemLock {
        semaphore,
        kind,
        maxvalue,
        name: name.map(CString::into_bytes),
        count: AtomicI64::new(0),
        owner: AtomicU64::new(0),
    };
    th.new_instance(cls, data).value()
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let [kind, value, maxvalue, name_value, unlink] = bind(th, &NEW, args)?;
    let kind = int(th, kind)?;
    let value = int(th, value)?;
    let maxvalue = int(th, maxvalue)?;
    let name = name(th, "SemLock", "'name'", name_value)?;
    let unlink = ops::truth(th, unlink)?;
    if kind != RECURSIVE_MUTEX && kind != SEMAPHORE {
        return Err(th.value_error("unrecognized kind"));
    }
    let s = sys(th, Semaphore::create(&name, value.cast_unsigned()))?;
    if unlink {
        sys(th, host::unlink(&name))?;
    }
    let name = (!unlink).then_some(name);
    Ok(make(th, cls, remember(s), kind, maxvalue, name))
}

fn rebuild(th: &Thread, a: &[Value]) -> PyResult {
    if !a[1].is_int() {
        return Err(th.type_error(format!(
            "_rebuild() argument 1 must be int, not {}",
            type_name(a[1])
        )));
    }
    let handle = args::mask(a[1]) as usize;
    let (kind, maxvalue) = (int(th, a[2])?, int(th, a[3])?);
    let (s, name) = match given(a[4]) {
        Some(v) => {
            let name = name(th, "_rebuild", "4", v)?;
            (remember(sys(th, Semaphore::open(&name))?), Some(name))
        }
        None => match find(handle) {
            Some(s) => (s, None),
            None => return Err(args::os_error(th, libc::EINVAL)),
        },
    };
    Ok(make(th, a[0].expect::<Type>(), s, kind, maxvalue, name))
}

fn acquire(th: &Thread, a: &[Value]) -> PyResult {
    let l = lock(a);
    let block = flag(th, a[1], true)?;
    if l.kind == RECURSIVE_MUTEX && is_mine(th, l) {
        l.count.fetch_add(1, Ordering::AcqRel);
        return Ok(Value::TRUE);
    }
    let deadline = match given(a[2]) {
        Some(v) => {
            let seconds = ops::to_f64(th, v)?.max(0.0);
            // A time that is too long to be told has no end.
            Duration::try_from_secs_f64(seconds)
                .ok()
                .and_then(|d| SystemTime::now().checked_add(d))
        }
        None => None,
    };
    let s = &l.semaphore;
    let taken = match s.try_wait() {
        Ok(false) if block => {
            let r = retry(th, || match deadline {
                Some(d) => s.wait_until(d),
                None => s.wait().map(|()| true),
            })?;
            sys(th, r)?
        }
        r => sys(th, r)?,
    };
    if taken {
        l.count.fetch_add(1, Ordering::AcqRel);
        l.owner.store(th.ident, Ordering::Release);
    }
    Ok(Value::bool(taken))
}

fn release(th: &Thread, a: &[Value]) -> PyResult {
    let l = lock(a);
    if l.kind == RECURSIVE_MUTEX {
        if !is_mine(th, l) {
            return Err(th.raise(
                &ASSERTION_ERROR,
                "attempt to release recursive lock not owned by thread",
            ));
        }
        if l.count.load(Ordering::Acquire) > 1 {
            l.count.fetch_sub(1, Ordering::AcqRel);
            return Ok(Value::NONE);
        }
    } else if sys(th, l.semaphore.value())? >= l.maxvalue {
        return Err(th.value_error("semaphore or lock released too many times"));
    }
    // The count goes down first: whoever takes the lock next counts from there.
    l.count.fetch_sub(1, Ordering::AcqRel);
    if let Err(e) = l.semaphore.post() {
        l.count.fetch_add(1, Ordering::AcqRel);
        return Err(th.os_error(&e, Value::ABSENT));
    }
    Ok(Value::NONE)
}

fn sem_unlink(th: &Thread, a: &[Value]) -> PyResult {
    let name = name(th, "sem_unlink", "", a[0])?;
    sys(th, host::unlink(&name))?;
    Ok(Value::NONE)
}
