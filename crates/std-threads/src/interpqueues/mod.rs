//! `_interpqueues`: queues that all interpreters of the process share.
//!
//! A queue is a cell that belongs to no interpreter; the register of the queues by their numbers is a root of the process
//! (`store`). What is waited for, the pure library waits for by asking again.

mod store;

use crate::crossinterp::arguments::{id_number, int, is_negative, negative_id};
use crate::crossinterp::handles::Handler;
use crate::crossinterp::packed::{How, pack};
use crate::crossinterp::{self, Fallback, UnboundOp, capture, release, restore};
use crate::parsing;
use crate::state;
use store::{Put, SharedQueue};
use taipan_object::exception::{Exception, RUNTIME_ERROR};
use taipan_object::native::{Method, ModuleSpec, TypeSpec};
use taipan_object::types::{StaticType, Type, class_of, flags, no_layout};
use taipan_object::{Object, PyResult, Raised, Thread, Value, attr, call, names, ops, strings};

pub use store::interpreter_gone;

const FLAGS: u64 = flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS;

/// `concurrent.interpreters.QueueError`
pub static QUEUE_ERROR: StaticType = StaticType::new(
    "concurrent.interpreters",
    "QueueError",
    Some(&RUNTIME_ERROR),
    FLAGS,
    no_layout,
);

/// `concurrent.interpreters.QueueNotFoundError`
pub static QUEUE_NOT_FOUND: StaticType = StaticType::new(
    "concurrent.interpreters",
    "QueueNotFoundError",
    Some(&QUEUE_ERROR),
    FLAGS,
    no_layout,
);

static QUEUE_ERROR_SPEC: TypeSpec = TypeSpec {
    doc: "Indicates that a queue-related error happened.",
    ..TypeSpec::EMPTY
};

/// `_interpqueues`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_interpqueues",
    doc: "This module provides primitive operations to manage Python interpreters.\nThe 'interpreters' module provides a more convenient interface.",
    functions: &[
        parsing!("create", "(maxsize, unboundop=-1, fallback=-1)", create)
            .doc("create(maxsize, unboundop, fallback) -> qid\n\nCreate a new cross-interpreter queue and return its unique generated ID.\nIt is a new reference as though bind() had been called on the queue.\n\nThe caller is responsible for calling destroy() for the new queue\nbefore the runtime is finalized."),
        parsing!("destroy", "(qid)", |th, a| {
            let id = queue_id(th, a[0])?;
            match store::find(th, id)? {
                Some(q) if store::destroy(th, q)? => Ok(Value::NONE),
                _ => Err(not_found(th, id)),
            }
        })
        .doc("destroy(qid)\n\nClear and destroy the queue.  Afterward attempts to use the queue\nwill behave as though it never existed."),
        Method::new("list_all", "()", |th, _| {
            store::list(th, |q| {
                let parts = [
                    Value::int(th, q.id),
                    Value::small_int(q.unbound.number()),
                    Value::small_int(q.fallback.number()),
                ];
                Value::try_tuple(th, &parts)
            })
        })
        .doc("list_all() -> [(qid, unboundop, fallback)]\n\nReturn the list of IDs for all queues.\nEach corresponding default unbound op and fallback is also included."),
        parsing!("put", "(qid, obj, unboundop=-1, fallback=-1)", put)
            .doc("put(qid, obj)\n\nAdd the object's data to the queue."),
        parsing!("get", "(qid)", get)
            .doc("get(qid) -> (obj, unboundop)\n\nReturn a new object from the data at the front of the queue.\nThe unbound op is also returned.\n\nIf there is nothing to receive then raise QueueEmpty."),
        parsing!("bind", "(qid)", |th, a| {
            let q = queue(th, a[0])?;
            match store::bind(q) {
                true => Ok(Value::NONE),
                false => Err(not_found(th, q.id)),
            }
        })
        .doc("bind(qid)\n\nTake a reference to the identified queue.\nThe queue is not destroyed until there are no references left."),
        parsing!("release", "(qid)", |th, a| {
            let q = queue(th, a[0])?;
            match store::unbind(th, q)? {
                store::Unbound::Done => Ok(Value::NONE),
                store::Unbound::Gone => Err(not_found(th, q.id)),
                store::Unbound::NeverBound => {
                    Err(th.raise(&QUEUE_ERROR, format!("queue {} never bound", q.id)))
                }
            }
        })
        .doc("release(qid)\n\nRelease a reference to the queue.\nThe queue is destroyed once there are no references left."),
        parsing!("get_maxsize", "(qid)", |th, a| {
            Ok(Value::int(th, queue(th, a[0])?.maxsize))
        })
        .doc("get_maxsize(qid)\n\nReturn the maximum number of items in the queue."),
        parsing!("get_queue_defaults", "(qid)", |th, a| {
            let q = queue(th, a[0])?;
            let parts = [q.unbound.number(), q.fallback.number()].map(Value::small_int);
            Value::try_tuple(th, &parts)
        })
        .doc("get_queue_defaults(qid)\n\nReturn the queue's default values, set when it was created."),
        parsing!("is_full", "(qid)", |th, a| {
            let q = queue(th, a[0])?;
            Ok(Value::bool(q.is_full_at(q.count())))
        })
        .doc("is_full(qid)\n\nReturn true if the queue has a maxsize and has reached it."),
        parsing!("get_count", "(qid)", |th, a| {
            Ok(Value::usize(th, queue(th, a[0])?.count()))
        })
        .doc("get_count(qid)\n\nReturn the number of items in the queue."),
        parsing!(
            "_register_heap_types",
            "(queuetype, emptyerror, fullerror)",
            register_heap_types
        ),
    ],
    types: &[
        (&QUEUE_ERROR, &QUEUE_ERROR_SPEC),
        (&QUEUE_NOT_FOUND, &TypeSpec::EMPTY),
    ],
    init: |th, _| crossinterp::init(th),
};

/// The number of a queue.
fn queue_id(th: &Thread, v: Value) -> PyResult<i64> {
    let n = id_number(th, v, "queue")?;
    if is_negative(n) {
        return Err(negative_id(th, n, "queue"));
    }
    n.as_i64().ok_or_else(|| match ops::repr(th, n) {
        Ok(text) => {
            let (max, text) = (i64::MAX, names::text(text));
            th.overflow_error(format!("max queue ID is {max}, got {text}"))
        }
        Err(e) => e,
    })
}

#[cold]
fn not_found(th: &Thread, id: i64) -> Raised {
    th.raise(&QUEUE_NOT_FOUND, format!("queue {id} not found"))
}

/// The queue of a number.
fn queue<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<SharedQueue>> {
    let id = queue_id(th, v)?;
    store::find(th, id)?.ok_or_else(|| not_found(th, id))
}

fn create(th: &Thread, a: &[Value]) -> PyResult {
    let maxsize = ops::index_i64(th, a[0])?;
    let (unbound, fallback) = (int(th, a[1], -1)?, int(th, a[2], -1)?);
    let unbound = UnboundOp::from_number(th, unbound, UnboundOp::Replace)?;
    let fallback = Fallback::from_number(th, fallback, Fallback::Full)?;
    let q = store::create(th, maxsize, unbound, fallback)?;
    Ok(Value::int(th, q.id))
}

fn put(th: &Thread, a: &[Value]) -> PyResult {
    let id = queue_id(th, a[0])?;
    let (unbound, fallback) = (int(th, a[2], -1)?, int(th, a[3], -1)?);
    let q = store::find(th, id)?;
    // Bad numbers are told of first, unless a default was to come from a queue that is not there.
    let (of_queue, of_queue_2) = match q {
        Some(q) => (q.unbound, q.fallback),
        None if unbound < 0 || fallback < 0 => return Err(not_found(th, id)),
        None => (UnboundOp::Replace, Fallback::Full),
    };
    let unbound = UnboundOp::from_number(th, unbound, of_queue)?;
    let fallback = Fallback::from_number(th, fallback, of_queue_2)?;
    let q = q.ok_or_else(|| not_found(th, id))?;
    let packed = capture(th, a[1], fallback)?;
    let done = store::put(th, q, packed, unbound);
    if !matches!(done, Ok(Put::Done)) {
        release(th, packed);
    }
    match done? {
        Put::Done => Ok(Value::NONE),
        Put::Full => Err(library_error(th, FULL_ERROR, format!("queue {id} is full"))),
        Put::Gone => Err(not_found(th, id)),
    }
}

fn get(th: &Thread, a: &[Value]) -> PyResult {
    let q = queue(th, a[0])?;
    let Some(item) = store::get(q) else {
        if !q.is_open() {
            return Err(not_found(th, q.id));
        }
        return Err(library_error(
            th,
            EMPTY_ERROR,
            format!("queue {} is empty", q.id),
        ));
    };
    let Some(packed) = item.packed() else {
        let op = Value::small_int(item.unbound.number());
        return Value::try_tuple(th, &[Value::NONE, op]);
    };
    let v = restore(th, packed);
    release(th, packed);
    Value::try_tuple(th, &[v?, Value::NONE])
}

/// The pure library's module, which registers its types when it is imported.
const LIBRARY: &str = "concurrent.interpreters._queues";
const TYPES: &str = "interpqueues.types";
/// Places in what is registered.
const QUEUE_TYPE: usize = 0;
const EMPTY_ERROR: usize = 1;
const FULL_ERROR: usize = 2;

fn register_heap_types(th: &Thread, a: &[Value]) -> PyResult {
    if a[0].downcast::<Type>().is_none() {
        return Err(th.type_error("expected a type for 'queuetype'"));
    }
    for (v, name) in [(a[1], "emptyerror"), (a[2], "fullerror")] {
        let base = &taipan_object::exception::BASE_EXCEPTION;
        if !v.downcast::<Type>().is_some_and(|t| t.is_subtype(base)) {
            let msg = format!("expected an exception type for '{name}'");
            return Err(th.type_error(msg));
        }
    }
    state::dict(th).set_name(th, TYPES, Value::try_tuple(th, a)?)?;
    Ok(Value::NONE)
}

/// A type that this interpreter's library has registered.
fn registered(th: &Thread, which: usize) -> Option<Value> {
    let types = th.interp.state.get()?.get_name(th, TYPES)?;
    types.as_tuple()?.get(which).copied()
}

/// A type of this interpreter's library, which is imported if need be.
fn library_type(th: &Thread, which: usize) -> PyResult {
    if let Some(t) = registered(th, which) {
        return Ok(t);
    }
    crossinterp::import(th, LIBRARY)?;
    registered(th, which)
        .ok_or_else(|| th.runtime_error(format!("{LIBRARY} has not registered its types")))
}

/// An exception of the library.
#[cold]
fn library_error(th: &Thread, which: usize, msg: String) -> Raised {
    let made =
        library_type(th, which).and_then(|class| call::call(th, class, &[Value::str(th, &msg)]));
    match made {
        Ok(e) if e.downcast::<Exception>().is_some() => th.with_context(Raised(e)),
        Ok(_) => th.type_error("exceptions must derive from BaseException"),
        Err(e) => e,
    }
}

/// How the library's queues pass: by their number, with a reference.
pub static HANDLER: Handler = Handler {
    takes: |th, v| registered(th, QUEUE_TYPE).is_some_and(|t| t.is(class_of(v).value())),
    capture: |th, v| {
        let id = attr::get(th, v, strings::intern(th, "_id"))?;
        let q = queue(th, id)?;
        if !store::bind(q) {
            return Err(not_found(th, q.id));
        }
        Ok(pack(th, &QUEUE, q.value(), q.id))
    },
};

static QUEUE: How = How {
    restore: |th, p| {
        let class = library_type(th, QUEUE_TYPE)?;
        call::call(th, class, &[Value::int(th, p.number)])
    },
    release: Some(|th, p| {
        if let Some(q) = p.value.get().downcast::<SharedQueue>() {
            // The queue may have been destroyed meanwhile.
            let _ = store::unbind(th, q);
        }
    }),
};
