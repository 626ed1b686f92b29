//! `gc`: the collector as Python sees it.
//!
//! The heap has two generations. Python's numbers map to them: 0 and 1 are the young one, 2 is everything.

mod inspect;

use std::sync::atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering};
use std::time::Instant;
use taipan_containers::text::Text;
use taipan_object::dict::Dict;
use taipan_object::heap::{Object, ValueVec};
use taipan_object::native::{Atomic, Method, ModuleSpec};
use taipan_object::seq::List;
use taipan_object::{PyResult, Thread, Value, attr, call, finalize, gc, names, ops, strings};

const DEBUG: [(&str, i64); 5] = [
    ("DEBUG_STATS", 1),
    ("DEBUG_COLLECTABLE", 2),
    ("DEBUG_UNCOLLECTABLE", 4),
    ("DEBUG_SAVEALL", 32),
    ("DEBUG_LEAK", 2 | 4 | 32),
];

/// What the heap allocates between two collections where the threshold is CPython's default of 2000 objects.
const DEFAULT_BUDGET: usize = 16 << 20;
const MAX_BUDGET: usize = 256 << 20;

static THRESHOLDS: [AtomicI64; 3] = [AtomicI64::new(2000), AtomicI64::new(10), AtomicI64::new(0)];
static DEBUG_FLAGS: AtomicI64 = AtomicI64::new(0);
/// What `gc.collect` has found, by Python's generation.
static COLLECTED: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];
/// How often `gc.collect` was called, by Python's generation.
static CALLS: [AtomicU64; 3] = [const { AtomicU64::new(0) }; 3];
/// Collections that those calls took, young and full: the others ran by themselves.
static TAKEN: [AtomicU64; 2] = [const { AtomicU64::new(0) }; 2];
/// Whether `gc.collect` runs: a callback that calls it again does nothing.
static COLLECTING: AtomicBool = AtomicBool::new(false);

/// `gc`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "gc",
    doc: "This module provides access to the garbage collector for reference cycles.\n\nenable() -- Enable automatic garbage collection.\ndisable() -- Disable automatic garbage collection.\nisenabled() -- Returns true if automatic collection is enabled.\ncollect() -- Do a full collection right now.\nget_count() -- Return the current collection counts.\nget_stats() -- Return list of dictionaries containing per-generation stats.\nset_debug() -- Set debugging flags.\nget_debug() -- Get debugging flags.\nset_threshold() -- Set the collection thresholds.\nget_threshold() -- Return the current collection thresholds.\nget_objects() -- Return a list of all objects tracked by the collector.\nis_tracked() -- Returns true if a given object is tracked.\nis_finalized() -- Returns true if a given object has been already finalized.\nget_referrers() -- Return the list of objects that refer to an object.\nget_referents() -- Return the list of objects that an object refers to.\nfreeze() -- Freeze all tracked objects and ignore them for future collections.\nunfreeze() -- Unfreeze all objects in the permanent generation.\nget_freeze_count() -- Return the number of objects in the permanent generation.\n",
    functions: &[
        Method::new("enable", "()", |th, _| {
            th.interp.gc_enabled.store(true, Ordering::Relaxed);
            apply_enabled();
            Ok(Value::NONE)
        })
        .doc("Enable automatic garbage collection."),
        Method::new("disable", "()", |th, _| {
            th.interp.gc_enabled.store(false, Ordering::Relaxed);
            apply_enabled();
            Ok(Value::NONE)
        })
        .doc("Disable automatic garbage collection."),
        Method::new("isenabled", "()", |th, _| Ok(Value::bool(th.interp.gc_enabled.load(Ordering::Relaxed))))
            .doc("Returns true if automatic garbage collection is enabled."),
        Method::new("set_debug", "(flags, /)", |th, a| {
            let n = ops::index_i32(th, a[0])?;
            DEBUG_FLAGS.store(i64::from(n), Ordering::Relaxed);
            Ok(Value::NONE)
        })
        .doc("Set the garbage collection debugging flags.\n\n  flags\n    An integer that can have the following bits turned on:\n      DEBUG_STATS - Print statistics during collection.\n      DEBUG_COLLECTABLE - Print collectable objects found.\n      DEBUG_UNCOLLECTABLE - Print unreachable but uncollectable objects\n        found.\n      DEBUG_SAVEALL - Save objects to gc.garbage rather than freeing them.\n      DEBUG_LEAK - Debug leaking programs (everything but STATS).\n\nDebugging information is written to sys.stderr."),
        Method::new("get_debug", "()", |_, _| {
            Ok(Value::small_int(DEBUG_FLAGS.load(Ordering::Relaxed)))
        })
        .doc("Get the garbage collection debugging flags."),
        Method::new("get_count", "()", |th, _| {
            let c = gc::counters();
            let allocated = gc::allocated_bytes() / 64;
            let parts = [allocated, c.young as usize % 10, 0];
            Value::try_tuple(th, &parts.map(|n| Value::usize(th, n)))
        })
        .doc("Return a three-tuple of the current collection counts."),
        Method::raw("set_threshold", "(threshold0, [threshold1, [threshold2]])", set_threshold)
            .doc("Set the collection thresholds (the collection frequency).\n\nSetting 'threshold0' to zero disables collection."),
        Method::new("get_threshold", "()", |th, _| {
            let all = [0, 1, 2].map(|i: usize| Value::small_int(THRESHOLDS[i].load(Ordering::Relaxed)));
            Value::try_tuple(th, &all)
        })
        .doc("Return the current collection thresholds."),
        Method::raw("collect", "(generation=2)", |th, args| {
            // First of all: the frames that binding the argument takes would lie over leftovers, this function's too if
            // it did more.
            gc::clear_stack_below();
            bind_and_collect(th, args)
        })
        .leaving_loop()
        .doc("Run the garbage collector.\n\nWith no arguments, run a full collection.  The optional argument\nmay be an integer specifying which generation to collect.  A ValueError\nis raised if the generation number is invalid.\n\nThe number of unreachable objects is returned."),
        Method::new("get_objects", "(generation=None)", inspect::get_objects)
            .leaving_loop()
            .doc("Return a list of objects tracked by the collector (excluding the list returned).\n\n  generation\n    Generation to extract the objects from.\n\nIf generation is not None, return only the objects tracked by the collector\nthat are in that generation."),
        Method::new("get_stats", "()", |th, _| get_stats(th))
            .doc("Return a list of dictionaries containing per-generation statistics."),
        Method::new("is_tracked", "(obj, /)", |_, a| Ok(Value::bool(inspect::is_tracked(a[0]))))
            .atomic(Atomic::LockFree)
            .doc("Returns true if the object is tracked by the garbage collector.\n\nSimple atomic objects will return false."),
        Method::new("is_finalized", "(obj, /)", |_, a| {
            Ok(Value::bool(inspect::is_finalized(a[0])))
        })
        .doc("Returns true if the object has been already finalized by the GC."),
        Method::new("get_referrers", "(*objs)", inspect::get_referrers)
            .leaving_loop()
            .doc("Return the list of objects that directly refer to any of 'objs'."),
        Method::new("get_referents", "(*objs)", inspect::get_referents)
            .doc("Return the list of objects that are directly referred to by 'objs'."),
        Method::new("freeze", "()", |th, _| {
            gc::freeze(th.mutator);
            Ok(Value::NONE)
        })
        .doc("Freeze all current tracked objects and ignore them for future collections.\n\nThis can be used before a POSIX fork() call to make the gc copy-on-write friendly.\nNote: collection before a POSIX fork() call may free pages for future allocation\nwhich can cause copy-on-write."),
        Method::new("unfreeze", "()", |_, _| {
            gc::unfreeze();
            Ok(Value::NONE)
        })
        .doc("Unfreeze all objects in the permanent generation.\n\nPut all objects in the permanent generation back into oldest generation."),
        Method::new("get_freeze_count", "()", |th, _| Ok(Value::usize(th, gc::frozen_count())))
            .doc("Return the number of objects in the permanent generation."),
    ],
    types: &[],
    init: |th, module| {
        for (name, n) in DEBUG {
            attr::set(th, module, strings::intern(th, name), Value::small_int(n))?;
        }
        attr::set(th, module, strings::intern(th, "garbage"), Value::list(th, &[])?)?;
        let list = callbacks(th)?.value();
        attr::set(th, module, strings::intern(th, "callbacks"), list)
    },
};

/// Collections run by themselves if Python has not disabled them, by either way.
fn apply_enabled() {
    let enabled = &taipan_object::Interpreter::main().gc_enabled;
    let on = enabled.load(Ordering::Relaxed) && THRESHOLDS[0].load(Ordering::Relaxed) != 0;
    gc::set_enabled(on);
}

fn set_threshold(th: &Thread, args: call::Args) -> PyResult {
    args.no_kw(th, "gc.set_threshold")?;
    let given = args.pos();
    if given.is_empty() || given.len() > 3 {
        let (bound, n) = if given.is_empty() {
            ("at least", 1)
        } else {
            ("at most", 3)
        };
        let s = if n == 1 { "" } else { "s" };
        return Err(th.type_error(format!(
            "gc.set_threshold() takes {bound} {n} argument{s} ({} given)",
            given.len()
        )));
    }
    let mut numbers = [None; 3];
    for (to, v) in numbers.iter_mut().zip(given) {
        *to = Some(i64::from(ops::index_i32(th, *v)?));
    }
    for (threshold, n) in THRESHOLDS.iter().zip(numbers) {
        if let Some(n) = n {
            threshold.store(n, Ordering::Relaxed);
        }
    }
    if let Some(n) = numbers[0].and_then(|n| usize::try_from(n).ok())
        && n > 0
    {
        // CPython counts objects, this heap bytes: the default is the same at both.
        gc::set_young_budget(n.saturating_mul(DEFAULT_BUDGET / 2000).min(MAX_BUDGET));
    }
    apply_enabled();
    Ok(Value::NONE)
}

fn callbacks<'a>(th: &Thread) -> PyResult<&'a Object<List>> {
    let v = crate::state::get_or_make(th, "gc.callbacks", || Value::list(th, &[]))?;
    Ok(v.expect::<List>())
}

/// Tells `gc.callbacks` of a phase.
fn tell(th: &Thread, phase: &str, generation: usize, collected: usize) -> PyResult<()> {
    let list = callbacks(th)?;
    if list.is_empty() {
        return Ok(());
    }
    let info = Dict::new(th);
    for (name, n) in [
        ("generation", generation),
        ("collected", collected),
        ("uncollectable", 0),
    ] {
        info.set_name(th, name, Value::usize(th, n))?;
    }
    let phase = Value::str(th, phase);
    for f in list.snapshot(th)?.iter() {
        if let Err(e) = call::call(th, *f, &[phase, info.value()]) {
            let mut what = Text::new("Exception ignored while calling GC callback ");
            what.repr(th, *f)?;
            let what = names::text(what.finish(th)?).into_owned();
            th.unraisable(e, Some(&what), Value::ABSENT);
        }
    }
    Ok(())
}

#[inline(never)]
fn bind_and_collect(th: &Thread, args: call::Args) -> PyResult {
    call::call_method_row(th, &COLLECT, args)
}

static COLLECT: Method = Method::new("collect", "(generation=2)", |th, a| {
    let n = match a[0].present() {
        Some(v) => ops::index_i32(th, v)?,
        None => 2,
    };
    let Some(n) = usize::try_from(n).ok().filter(|n| *n <= 2) else {
        return Err(th.value_error("invalid generation"));
    };
    collect(th, n).map(|n| Value::usize(th, n))
});

/// One collection on behalf of Python; how many cells died.
fn round(th: &Thread, full: bool) -> usize {
    TAKEN[usize::from(full)].fetch_add(1, Ordering::Relaxed);
    gc::collect(th.mutator, full).freed_cells
}

/// `gc.collect(generation)`: runs finalisers and weak references' callbacks before it returns. How many cells died.
///
/// # Errors
/// `MemoryError`.
pub fn collect(th: &Thread, generation: usize) -> PyResult<usize> {
    let full = generation == 2;
    if COLLECTING.swap(true, Ordering::AcqRel) {
        // Another thread's collection, or that of a callback's caller: a plain one will do.
        let n = round(th, full);
        finalize::run_pending(th);
        return Ok(n);
    }
    let told = tell(th, "start", generation, 0);
    let start = Instant::now();
    debug(th, &format!("gc: collecting generation {generation}...\n"));
    let mut n = round(th, full);
    // What was finalised died for its owner, but its memory, and what only it held, goes with the next round.
    for _ in 0..3 {
        if finalize::run_pending(th) == 0 {
            break;
        }
        n += round(th, full);
    }
    CALLS[generation].fetch_add(1, Ordering::Relaxed);
    COLLECTED[generation].fetch_add(n as u64, Ordering::Relaxed);
    let seconds = start.elapsed().as_secs_f64();
    debug(
        th,
        &format!("gc: done, {n} unreachable, 0 uncollectable, {seconds:.4}s elapsed\n"),
    );
    COLLECTING.store(false, Ordering::Release);
    told?;
    tell(th, "stop", generation, n)?;
    Ok(n)
}

/// Writes to `sys.stderr` where `DEBUG_STATS` is set.
fn debug(th: &Thread, text: &str) {
    if DEBUG_FLAGS.load(Ordering::Relaxed) & DEBUG[0].1 == 0 {
        return;
    }
    let file = th
        .interp
        .sys_dict
        .get()
        .and_then(|d| d.get_name(th, "stderr"))
        .filter(|f| !f.is_none());
    if let Some(f) = file {
        // A report is not worth an exception.
        let _ = call::call_method_name(th, f, names::WRITE.get(), &[Value::str(th, text)]);
    }
}

fn get_stats(th: &Thread) -> PyResult {
    let c = gc::counters();
    let mut out = ValueVec::new();
    let [calls0, calls1, calls2] = [0, 1, 2].map(|i: usize| CALLS[i].load(Ordering::Relaxed));
    let [young, all] = [0, 1].map(|i: usize| TAKEN[i].load(Ordering::Relaxed));
    let collections = [
        c.young.saturating_sub(young) + calls0,
        calls1,
        c.full.saturating_sub(all) + calls2,
    ];
    for (collections, collected) in collections.into_iter().zip(&COLLECTED) {
        let d = Dict::new(th);
        d.set_name(th, "collections", Value::uint(th, collections))?;
        d.set_name(
            th,
            "collected",
            Value::uint(th, collected.load(Ordering::Relaxed)),
        )?;
        d.set_name(th, "uncollectable", Value::small_int(0))?;
        out.push(th, d.value())?;
    }
    Ok(List::from_vec(th, out))
}
