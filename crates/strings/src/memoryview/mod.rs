//! `memoryview`.
//!
//! A view holds an [`Export`], the exporter's promise to leave its memory in place, which several views share. Memory is
//! touched only while the view is in use ([`MemoryView::with`]), and a view in use cannot be released: so no other
//! thread's `release()` takes the memory away.

mod hash;
pub mod item;
pub mod iter;
mod methods;
mod subscript;

use std::sync::atomic::{AtomicBool, AtomicIsize, AtomicUsize, Ordering};
use taipan_object::buffer::{self, Buffer};
use taipan_object::call::{Args, call_method_row};
use taipan_object::exception::BUFFER_ERROR;
use taipan_object::heap::{Field, FieldOf, new_untyped};
use taipan_object::native::{Atomic, GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, Type, class_of, flags, layout_of};
use taipan_object::view::View;
use taipan_object::{Object, PyResult, Raised, Thread, Value, payload};

/// An exported buffer that views share; it ends with the last of them.
pub struct Export {
    /// The object that exports the memory.
    owner: Field,
    on_release: Option<fn(Value)>,
    /// Views that are not released.
    views: AtomicUsize,
    ended: AtomicBool,
}

payload!(Export, "memoryview export", |this, m| this.owner.trace(m));

impl Export {
    fn leave(&self) {
        if self.views.fetch_sub(1, Ordering::AcqRel) == 1
            && !self.ended.swap(true, Ordering::AcqRel)
            && let Some(f) = self.on_release
        {
            f(self.owner.get());
        }
    }
}

/// The payload of `memoryview`.
#[repr(C)]
pub struct MemoryView {
    export: FieldOf<Export>,
    /// Where the items are.
    pub view: View,
    /// How many are using the memory just now, or -1 once released.
    users: AtomicIsize,
    /// Buffers that were made of this view.
    exports: AtomicIsize,
    /// The hash plus one bit that says that it is known.
    hash: AtomicIsize,
}

payload!(MemoryView, "memoryview", |this, m| this.export.trace(m));

/// `memoryview`
pub static MEMORYVIEW: StaticType = StaticType::new(
    "builtins",
    "memoryview",
    Some(&OBJECT),
    flags::SEQUENCE | flags::HAS_WEAKREF | flags::HAS_DEL,
    layout_of::<MemoryView>,
);

const LOCK_FREE: Atomic = Atomic::LockFree;

/// What `memoryview` is.
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.del = Some(|_, v| {
            let _ = end(v.expect::<MemoryView>(), true);
            Ok(())
        });
        s.repr = Some(methods::repr);
        s.hash = Some(hash::hash);
        s.richcmp = Some(hash::richcmp);
        s.iter = Some(iter::iter);
        s.len = Some(methods::len);
        s.getitem = Some(subscript::getitem);
        s.setitem = Some(subscript::setitem);
        s.buffer = Some(export);
    },
    methods: &[
        Method::new("release", "($self, /)", |th, a| {
            release(th, a[0].expect::<MemoryView>()).map(|()| Value::NONE)
        })
        .doc("Release the underlying buffer exposed by the memoryview object."),
        Method::new("tobytes", "($self, /, order='C')", methods::tobytes)
            .atomic(LOCK_FREE)
            .doc("Return the data in the buffer as a byte string.\n\nOrder can be {'C', 'F', 'A'}.  When order is 'C' or 'F', the data of the\noriginal array is converted to C or Fortran order.  For contiguous views,\n'A' returns an exact copy of the physical memory.  In particular, in-memory\nFortran order is preserved.  For non-contiguous views, the data is converted\nto C first.  order=None is the same as order='C'."),
        Method::new("hex", "($self, /, sep=<unrepresentable>, bytes_per_sep=1)", methods::hex)
            .atomic(LOCK_FREE)
            .doc("Return the data in the buffer as a str of hexadecimal numbers.\n\n  sep\n    An optional single character or byte to separate hex bytes.\n  bytes_per_sep\n    How many bytes between separators.  Positive values count from the\n    right, negative values count from the left."),
        Method::new("tolist", "($self, /)", methods::tolist)
            .atomic(LOCK_FREE)
            .doc("Return the data in the buffer as a list of elements."),
        Method::new("cast", "($self, /, format, shape=<unrepresentable>)", methods::cast)
            .doc("Cast a memoryview to a new format or shape."),
        Method::new("toreadonly", "($self, /)", methods::toreadonly)
            .doc("Return a readonly version of the memoryview."),
        Method::new("_from_flags", "($type, /, object, flags)", |th, a| {
            let writable = taipan_object::ops::index_i32(th, a[2])? & 1 != 0;
            of_buffer(th, buffer_of(th, a[1], writable)?)
        })
        .class()
        .doc("Create a new memoryview object which references the given object."),
        Method::new("count", "($self, value, /)", methods::count)
            .doc("Count the number of occurrences of a value."),
        Method::new("index", "($self, value, start=0, stop=sys.maxsize, /)", methods::index)
            .doc("Return the index of the first occurrence of a value.\n\nRaises ValueError if the value is not present."),
        Method::new("__enter__", "($self, /)", |th, a| {
            check(th, a[0].expect::<MemoryView>())?;
            Ok(a[0])
        }),
        Method::new("__exit__", "($self, /, *exc_info)", |th, a| {
            release(th, a[0].expect::<MemoryView>()).map(|()| Value::NONE)
        })
        .doc("Release the underlying buffer exposed by the memoryview object."),
        Method::new("__release_buffer__", "($self, buffer, /)", |th, a| {
            match a[1].downcast::<MemoryView>() {
                Some(m) => release(th, m).map(|()| Value::NONE),
                None => Err(th.type_error("expected a memoryview object")),
            }
        }),
        Method::new("__class_getitem__", "($type, object, /)", |th, a| {
            taipan_object::ops::generic_alias(th, a[0], a[1])
        })
        .class()
        .doc("memoryviews are generic over the type of their underlying data"),
    ],
    getset: &[
        GetSet::new("obj", methods::obj).doc("The underlying object of the memoryview."),
        GetSet::new("nbytes", methods::nbytes)
            .doc("The amount of space in bytes that the array would use in\n a contiguous representation."),
        GetSet::new("readonly", |th, v| checked(th, v, |_, w| Value::bool(w.readonly)))
            .doc("A bool indicating whether the memory is read only."),
        GetSet::new("itemsize", |th, v| checked(th, v, |th, w| Value::usize(th, w.itemsize)))
            .doc("The size in bytes of each element of the memoryview."),
        GetSet::new("format", |th, v| checked(th, v, |th, w| Value::str(th, w.format)))
            .doc("A string containing the format (in struct module style)\n for each element in the view."),
        GetSet::new("ndim", |th, v| checked(th, v, |th, w| Value::usize(th, w.shape.len())))
            .doc("An integer indicating how many dimensions of a multi-dimensional\n array the memory represents."),
        GetSet::new("shape", |th, v| checked(th, v, |th, w| methods::ints(th, &w.shape)))
            .doc("A tuple of ndim integers giving the shape of the memory\n as an N-dimensional array."),
        GetSet::new("strides", |th, v| checked(th, v, |th, w| methods::ints(th, &w.strides)))
            .doc("A tuple of ndim integers giving the size in bytes to access\n each element for each dimension of the array."),
        GetSet::new("suboffsets", |th, v| checked(th, v, |_, _| Value::empty_tuple()))
            .doc("A tuple of integers used internally for PIL-style arrays."),
        GetSet::new("c_contiguous", |th, v| checked(th, v, |_, w| Value::bool(w.is_c_contiguous())))
            .doc("A bool indicating whether the memory is C contiguous."),
        GetSet::new("f_contiguous", |th, v| checked(th, v, |_, w| Value::bool(w.is_f_contiguous())))
            .doc("A bool indicating whether the memory is Fortran contiguous."),
        GetSet::new("contiguous", |th, v| {
            checked(th, v, |_, w| Value::bool(w.is_c_contiguous() || w.is_f_contiguous()))
        })
        .doc("A bool indicating whether the memory is contiguous."),
    ],
    doc: "Create a new memoryview object which references the given object.",
    sig: "(object)",
};

#[cold]
fn released_error(th: &Thread) -> Raised {
    th.value_error("operation forbidden on released memoryview object")
}

/// Fails for a view that was released.
pub fn check(th: &Thread, m: &MemoryView) -> PyResult<()> {
    if m.users.load(Ordering::Acquire) < 0 {
        return Err(released_error(th));
    }
    Ok(())
}

fn checked(th: &Thread, v: Value, f: impl FnOnce(&Thread, &View) -> Value) -> PyResult {
    let m = v.expect::<MemoryView>();
    check(th, m)?;
    Ok(f(th, &m.view))
}

impl MemoryView {
    /// Runs `f` on the memory, which stays in place meanwhile. `f` runs no Python code.
    pub fn with<R>(&self, th: &Thread, f: impl FnOnce(&View) -> R) -> PyResult<R> {
        if !self.enter() {
            return Err(released_error(th));
        }
        let r = f(&self.view);
        self.users.fetch_sub(1, Ordering::AcqRel);
        Ok(r)
    }

    /// Runs `f`, which may run Python code, while the view cannot be released.
    pub fn held<R>(&self, th: &Thread, f: impl FnOnce() -> PyResult<R>) -> PyResult<R> {
        if !self.enter() {
            return Err(released_error(th));
        }
        self.exports.fetch_add(1, Ordering::AcqRel);
        self.users.fetch_sub(1, Ordering::AcqRel);
        let r = f();
        self.exports.fetch_sub(1, Ordering::AcqRel);
        r
    }

    fn enter(&self) -> bool {
        let mut n = self.users.load(Ordering::Acquire);
        loop {
            if n < 0 {
                return false;
            }
            match self
                .users
                .compare_exchange_weak(n, n + 1, Ordering::AcqRel, Ordering::Acquire)
            {
                Ok(_) => return true,
                Err(now) => n = now,
            }
        }
    }
}

/// Ends a view; how many buffers made of it are still out, if that forbids it.
fn end(m: &MemoryView, force: bool) -> Result<(), isize> {
    loop {
        let exports = m.exports.load(Ordering::Acquire);
        if exports > 0 && !force {
            return Err(exports);
        }
        // Users are in the middle of a copy: they are done at once.
        match m
            .users
            .compare_exchange(0, -1, Ordering::AcqRel, Ordering::Acquire)
        {
            Ok(_) => {
                m.export.expect().leave();
                return Ok(());
            }
            Err(n) if n < 0 => return Ok(()),
            Err(_) => std::hint::spin_loop(),
        }
    }
}

/// `m.release()`
pub fn release(th: &Thread, m: &MemoryView) -> PyResult<()> {
    end(m, false).map_err(|n| {
        let s = if n == 1 { "" } else { "s" };
        th.raise(
            &BUFFER_ERROR,
            format!("memoryview has {n} exported buffer{s}"),
        )
    })
}

fn export(th: &Thread, v: Value, writable: bool) -> PyResult<Buffer> {
    let m = v.expect::<MemoryView>();
    if writable && m.view.readonly {
        return Err(th.raise(
            &BUFFER_ERROR,
            "memoryview: underlying buffer is not writable",
        ));
    }
    if !m.enter() {
        return Err(released_error(th));
    }
    m.exports.fetch_add(1, Ordering::AcqRel);
    m.users.fetch_sub(1, Ordering::AcqRel);
    Ok(m.view.export(
        v,
        Some(|v| {
            v.expect::<MemoryView>()
                .exports
                .fetch_sub(1, Ordering::AcqRel);
        }),
    ))
}

/// A new view that shares an export.
fn share(th: &Thread, export: &Object<Export>, view: View) -> Value {
    export.views.fetch_add(1, Ordering::AcqRel);
    th.new_object(
        &MEMORYVIEW,
        MemoryView {
            export: FieldOf::new(export),
            view,
            users: AtomicIsize::new(0),
            exports: AtomicIsize::new(0),
            hash: AtomicIsize::new(0),
        },
    )
    .value()
}

/// A view of the same memory with another layout.
fn derived(th: &Thread, m: &Object<MemoryView>, view: View) -> PyResult {
    if !m.enter() {
        return Err(released_error(th));
    }
    let v = share(th, m.export.expect(), view);
    m.users.fetch_sub(1, Ordering::AcqRel);
    Ok(v)
}

/// A view of an exported buffer, which it takes over.
pub fn of_buffer(th: &Thread, mut b: Buffer) -> PyResult {
    taipan_object::heap::register::<Export>();
    let export = Export {
        owner: Field::new(b.owner),
        on_release: b.on_release,
        views: AtomicUsize::new(0),
        ended: AtomicBool::new(false),
    };
    let export = new_untyped(th, export)?;
    b.on_release = None;
    Ok(share(th, export, View::of(&b)))
}

fn buffer_of(th: &Thread, v: Value, writable: bool) -> PyResult<Buffer> {
    match class_of(v).slots().buffer {
        Some(f) => f(th, v, writable),
        None => Err(th.type_error(format!(
            "memoryview: a bytes-like object is required, not '{}'",
            class_of(v).tp_name()
        ))),
    }
}

/// `memoryview(v)`
pub fn of_object(th: &Thread, v: Value) -> PyResult {
    if let Some(m) = v.downcast::<MemoryView>() {
        check(th, m)?;
        return derived(th, m, m.view.clone());
    }
    // A writable view where the object gives one.
    let b = match buffer_of(th, v, true) {
        Ok(b) => b,
        Err(e) if e.is(&BUFFER_ERROR) => buffer_of(th, v, false)?,
        Err(e) => return Err(e),
    };
    of_buffer(th, b)
}

static ROW: Method = Method::new("memoryview", "(object)", |th, a| of_object(th, a[0]));

fn new(th: &Thread, _: &Object<Type>, args: Args) -> PyResult {
    call_method_row(th, &ROW, args)
}

/// The contiguous bytes of any exporter: what functions take that want a buffer.
pub fn bytes_of(th: &Thread, v: Value) -> PyResult<Vec<u8>> {
    let b = buffer::get(th, v, false)?;
    crate::args::contents(th, &b)
}
