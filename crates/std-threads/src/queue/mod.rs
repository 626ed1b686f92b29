//! `_queue`: `SimpleQueue`, an unbounded queue that may be used inside finalisers and signal handlers.

use crate::ring::Ring;
use crate::thread::wait::{Limit, park, seconds_to_ns};
use std::sync::atomic::{AtomicU32, Ordering, fence};
use taipan_containers::args::class_getitem;
use taipan_object::exception::EXCEPTION;
use taipan_object::heap::{Array, Object};
use taipan_object::native::{Atomic, Method, ModuleSpec, TypeSpec};
use taipan_object::thread::lock;
use taipan_object::types::{OBJECT, StaticType, flags, layout_of, no_layout};
use taipan_object::{PyResult, Thread, Value, ops, payload};
use taipan_sync::parking::{self, Parked};

/// The payload of `SimpleQueue`: a ring, changed under the object's lock.
#[repr(C)]
pub struct SimpleQueue {
    ring: Ring,
    /// How many threads are about to wait or do wait for an item.
    waiters: AtomicU32,
}

payload!(SimpleQueue, "SimpleQueue", |this, m| this.ring.trace(m));

/// `_queue.SimpleQueue`
pub static SIMPLE_QUEUE: StaticType = StaticType::new(
    "_queue",
    "SimpleQueue",
    Some(&OBJECT),
    flags::BASE | flags::HAS_WEAKREF,
    layout_of::<SimpleQueue>,
);

/// `_queue.Empty`
pub static EMPTY: StaticType = StaticType::new(
    "_queue",
    "Empty",
    Some(&EXCEPTION),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS,
    no_layout,
);

static EMPTY_SPEC: TypeSpec = TypeSpec {
    doc: "Exception raised by Queue.get(block=0)/get_nowait().",
    ..TypeSpec::EMPTY
};

const PUT: &str = "Put the item on the queue.\n\nThe optional 'block' and 'timeout' arguments are ignored, as this method\nnever blocks.  They are provided for compatibility with the Queue class.";
const GET: &str = "Remove and return an item from the queue.\n\nIf optional args 'block' is true and 'timeout' is None (the default),\nblock if necessary until an item is available. If 'timeout' is\na non-negative number, it blocks at most 'timeout' seconds and raises\nthe Empty exception if no item was available within that time.\nOtherwise ('block' is false), return an item if one is immediately\navailable, else raise the Empty exception ('timeout' is ignored\nin that case).";

static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, args| {
            if !args.values.is_empty() && cls.is(&SIMPLE_QUEUE) {
                let n = args.pos().len();
                return Err(th.type_error(if args.has_kw() {
                    "SimpleQueue() takes no keyword arguments".into()
                } else {
                    format!("SimpleQueue() takes no arguments ({n} given)")
                }));
            }
            let data = SimpleQueue {
                ring: Ring::new(),
                waiters: AtomicU32::new(0),
            };
            Ok(th.new_instance(cls, data).value())
        });
    },
    methods: &[
        Method::new("put", "($self, /, item, block=True, timeout=None)", |th, a| {
            queue(a[0]).put(th, a[1]).map(|()| Value::NONE)
        })
        .atomic(Atomic::Locked)
        .doc(PUT),
        Method::new("put_nowait", "($self, /, item)", |th, a| {
            queue(a[0]).put(th, a[1]).map(|()| Value::NONE)
        })
        .atomic(Atomic::Locked)
        .doc("Put an item into the queue without blocking.\n\nThis is exactly equivalent to `put(item)` and is only provided\nfor compatibility with the Queue class."),
        Method::new("get", "($self, /, block=True, timeout=None)", get)
            .atomic(Atomic::Locked)
            .doc(GET),
        Method::new("get_nowait", "($self, /)", |th, a| match queue(a[0]).pop() {
            Some(v) => Ok(v),
            None => Err(th.raise_with(&EMPTY, &[])),
        })
        .atomic(Atomic::Locked)
        .doc("Remove and return an item from the queue without blocking.\n\nOnly get an item if one is immediately available. Otherwise\nraise the Empty exception."),
        Method::new("empty", "($self, /)", |_, a| Ok(Value::bool(queue(a[0]).size() == 0)))
            .atomic(Atomic::LockFree)
            .doc("Return True if the queue is empty, False otherwise (not reliable!)."),
        Method::new("qsize", "($self, /)", |th, a| Ok(Value::usize(th, queue(a[0]).size())))
            .atomic(Atomic::LockFree)
            .doc("Return the approximate size of the queue (not reliable!)."),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("See PEP 585"),
    ],
    getset: &[],
    doc: "Simple, unbounded, reentrant FIFO queue.",
    sig: "()",
};

/// `_queue`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_queue",
    doc: "C implementation of the Python queue module.\nThis module is an implementation detail, please do not use it directly.",
    functions: &[],
    types: &[(&SIMPLE_QUEUE, &SPEC), (&EMPTY, &EMPTY_SPEC)],
    init: |_, _| Ok(()),
};

fn queue<'a>(v: Value) -> &'a Object<SimpleQueue> {
    v.expect::<SimpleQueue>()
}

/// What the methods of a queue do.
trait Queue {
    fn size(&self) -> usize;
    fn put(&self, th: &Thread, v: Value) -> PyResult<()>;
    fn pop(&self) -> Option<Value>;
    fn key(&self) -> usize;
}

impl Queue for Object<SimpleQueue> {
    fn size(&self) -> usize {
        self.ring.len()
    }

    fn key(&self) -> usize {
        self.ring.key()
    }

    /// Appends an item and wakes a waiter.
    fn put(&self, th: &Thread, v: Value) -> PyResult<()> {
        loop {
            let guard = lock(&self.header);
            if self.ring.push(v) {
                break;
            }
            let capacity = self.ring.capacity();
            drop(guard);
            let bigger = Object::<Array>::try_new(th, (capacity * 2).max(8))?;
            let _guard = lock(&self.header);
            self.ring.grow(&self.header, bigger);
        }
        // A waiter counts itself before it looks at the length for the last time.
        fence(Ordering::SeqCst);
        if self.waiters.load(Ordering::Relaxed) > 0 {
            parking::unpark_one(self.key(), |_| {});
        }
        Ok(())
    }

    /// Takes the oldest item.
    fn pop(&self) -> Option<Value> {
        let _guard = lock(&self.header);
        self.ring.pop()
    }
}

fn get(th: &Thread, a: &[Value]) -> PyResult {
    let q = queue(a[0]);
    let block = match a[1].present() {
        Some(v) => ops::truth(th, v)?,
        None => true,
    };
    let limit = match a[2].present().filter(|v| !v.is_none()) {
        _ if !block => Limit::Never,
        None => Limit::Forever,
        Some(t) => {
            let ns = seconds_to_ns(th, t)?;
            if ns < 0 {
                return Err(th.value_error("'timeout' must be a non-negative number"));
            }
            Limit::after(th, ns)?
        }
    };
    loop {
        if let Some(v) = q.pop() {
            return Ok(v);
        }
        q.waiters.fetch_add(1, Ordering::SeqCst);
        let how = park(th, q.key(), limit, || {
            fence(Ordering::SeqCst);
            q.size() == 0
        });
        q.waiters.fetch_sub(1, Ordering::SeqCst);
        if how? == Parked::TimedOut {
            return match q.pop() {
                Some(v) => Ok(v),
                None => Err(th.raise_with(&EMPTY, &[])),
            };
        }
    }
}
