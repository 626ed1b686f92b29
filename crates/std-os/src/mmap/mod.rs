//! `mmap`: files mapped to memory.
//!
//! A mapping may be changed by other processes and threads at any time: bytes are copied, never borrowed. Its own
//! lock keeps it from being closed or resized during an access; views keep it from both while they live.

mod access;
mod position;

use crate::args::{add_constants, bind, bound, int, int_or, module_dict, retry, sys};
use std::sync::Arc;
use std::sync::atomic::{AtomicI32, AtomicUsize, Ordering};
use taipan_host::mman::{self as host, Mapping};
use taipan_object::call::Args;
use taipan_object::exception::{BUFFER_ERROR, OS_ERROR};
use taipan_object::heap::{Field, Guarded};
use taipan_object::native::{Atomic, GetSet, Method, ModuleSpec, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, Type, class_of, flags, layout_of};
use taipan_object::{Object, PyResult, Raised, Thread, Value, ops, payload};

/// `mmap`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "mmap",
    doc: "",
    functions: &[],
    types: &[(&MMAP, &SPEC)],
    init,
};

/// What is mapped, nothing once closed, and the position of the next read or write.
struct State {
    map: Option<Arc<Mapping>>,
    pos: usize,
}

/// What may be done with the bytes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Access {
    Default,
    Read,
    Write,
    Copy,
}

/// The payload of `mmap`.
pub struct Mmap {
    state: Guarded<State>,
    /// Views that live.
    exports: AtomicUsize,
    /// A duplicate of the file's descriptor; -1 for none.
    fd: AtomicI32,
    access: Access,
    flags: i32,
    offset: i64,
    track_fd: bool,
}

payload!(Mmap, "mmap", |this, m| {});

impl Drop for Mmap {
    fn drop(&mut self) {
        let fd = *self.fd.get_mut();
        if fd >= 0 {
            // Nobody is there to hear of a failure.
            let _ = taipan_host::fd::close(fd);
        }
    }
}

/// `mmap.mmap`
pub static MMAP: StaticType = StaticType::new(
    "mmap",
    "mmap",
    Some(&OBJECT),
    flags::BASE | flags::HAS_WEAKREF,
    layout_of::<Mmap>,
);

static NEW: Method = Method::new(
    "mmap",
    "(fileno, length, flags=MAP_SHARED, prot=PROT_WRITE|PROT_READ, access=ACCESS_DEFAULT, offset=0, *, trackfd=True)",
    bound,
);

/// `mmap.mmap`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(repr);
        s.len = Some(|th, v| with(th, v, |_, map| map.len()));
        s.getitem = Some(access::get_item);
        s.setitem = Some(access::set_item);
        s.iter = Some(access::iterate);
        s.buffer = Some(access::export);
    },
    methods: &[
        Method::new("close", "($self, /)", close),
        Method::new("find", "($self, view, start=None, end=None, /)", |th, a| {
            access::find(th, a, false)
        }),
        Method::new(
            "rfind",
            "($self, view, start=None, end=None, /)",
            |th, a| access::find(th, a, true),
        ),
        Method::new("flush", "($self, offset=0, size=None, /)", access::flush),
        Method::new(
            "madvise",
            "($self, option, start=0, length=None, /)",
            access::madvise,
        ),
        Method::new("move", "($self, dest, src, count, /)", access::move_bytes)
            .atomic(Atomic::Locked),
        Method::new("read", "($self, n=None, /)", position::read).atomic(Atomic::Locked),
        Method::new("read_byte", "($self, /)", position::read_byte).atomic(Atomic::Locked),
        Method::new("readline", "($self, /)", position::read_line).atomic(Atomic::Locked),
        Method::new("resize", "($self, newsize, /)", access::resize).atomic(Atomic::Locked),
        Method::new("seek", "($self, pos, whence=0, /)", position::seek).atomic(Atomic::Locked),
        Method::new("seekable", "($self, /)", |_, _| Ok(Value::TRUE)),
        Method::new("size", "($self, /)", size),
        Method::new("tell", "($self, /)", |th, a| {
            let n = with(th, a[0], |s, _| s.pos)?;
            Ok(Value::usize(th, n))
        }),
        Method::new("write", "($self, bytes, /)", position::write).atomic(Atomic::Locked),
        Method::new("write_byte", "($self, byte, /)", position::write_byte).atomic(Atomic::Locked),
        Method::new("__enter__", "($self, /)", |th, a| {
            with(th, a[0], |_, _| ())?;
            Ok(a[0])
        }),
        Method::new(
            "__exit__",
            "($self, exc_type, exc_value, traceback, /)",
            close,
        ),
        Method::new("__sizeof__", "($self, /)", |th, a| {
            let n = a[0]
                .expect::<Mmap>()
                .state
                .with(|s| s.map.as_ref().map_or(0, |m| m.len()));
            Ok(Value::usize(th, n + size_of::<Object<Mmap>>()))
        }),
    ],
    getset: &[GetSet::new("closed", |_, v| {
        Ok(Value::bool(
            v.expect::<Mmap>().state.with(|s| s.map.is_none()),
        ))
    })],
    doc: "mmap(fileno, length[, flags[, prot[, access[, offset[, trackfd]]]]])\n\nMaps length bytes from the file specified by the file descriptor fileno,\nand returns a mmap object.  If length is 0, the maximum length of the map\nwill be the current size of the file when mmap is called.\nflags specifies the nature of the mapping. MAP_PRIVATE creates a\nprivate copy-on-write mapping, so changes to the contents of the mmap\nobject will be private to this process, and MAP_SHARED creates a mapping\nthat's shared with all other processes mapping the same areas of the file.\nThe default value is MAP_SHARED.\n\nTo map anonymous memory, pass -1 as the fileno.",
    sig: "",
};

/// What an iterator over a mapping goes through: its items are `bytes` of one byte, while subscripts give integers.
pub struct Items {
    map: Field,
}

payload!(Items, "mmap items", |this, m| this.map.trace(m));

static ITEMS: StaticType = StaticType::new(
    "mmap",
    "items",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Items>,
);

static ITEMS_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.getitem = Some(access::item_of);
        s.len = Some(|th, v| ops::len(th, v.expect::<Items>().map.get()));
    },
    ..TypeSpec::EMPTY
};

fn init(th: &Thread, module: Value) -> PyResult<()> {
    ITEMS.define(th, &ITEMS_SPEC)?;
    add_constants(th, module, host::CONSTANTS)?;
    let d = module_dict(module);
    let page = taipan_host::sysinfo::sysconf(libc::_SC_PAGESIZE).unwrap_or(4096);
    d.set_name(th, "PAGESIZE", Value::int(th, page))?;
    d.set_name(th, "ALLOCATIONGRANULARITY", Value::int(th, page))?;
    d.set_name(th, "error", OS_ERROR.value())
}

/// Runs `f` on the state of an open mapping.
fn with<R>(th: &Thread, v: Value, f: impl FnOnce(&mut State, &Mapping) -> R) -> PyResult<R> {
    v.expect::<Mmap>()
        .state
        .with(|s| {
            let map = s.map.clone()?;
            Some(f(s, &map))
        })
        .ok_or_else(|| closed(th))
}

fn closed(th: &Thread) -> Raised {
    th.value_error("mmap closed or invalid")
}

/// Fails where the bytes must not be changed.
fn writable(th: &Thread, v: Value) -> PyResult<()> {
    if v.expect::<Mmap>().access == Access::Read {
        return Err(th.type_error("mmap can't modify a readonly memory map."));
    }
    Ok(())
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    const BOTH: i32 = libc::PROT_READ | libc::PROT_WRITE;
    let [fd, length, flags, prot, access, offset, track_fd] = bind(th, &NEW, args)?;
    let fd = int(th, fd)?;
    let length = ops::index_i64(th, length)?;
    let mut flags = int_or(th, flags, libc::MAP_SHARED)?;
    let mut prot = int_or(th, prot, BOTH)?;
    let access = int_or(th, access, 0)?;
    let offset = match offset.present() {
        Some(v) => crate::args::long(th, v)?,
        None => 0,
    };
    let track_fd = crate::args::flag(th, track_fd, true)?;
    let seen = [
        Value::small_int(fd.into()),
        Value::int(th, length),
        Value::small_int(access.into()),
        Value::int(th, offset),
    ];
    th.audit("mmap.__new__", &seen)?;
    let Ok(mut length) = usize::try_from(length) else {
        return Err(th.overflow_error("memory mapped length must be positive"));
    };
    if offset < 0 {
        return Err(th.overflow_error("memory mapped offset must be positive"));
    }
    if access != 0 && (flags != libc::MAP_SHARED || prot != BOTH) {
        return Err(th.value_error("mmap can't specify both access and flags, prot."));
    }
    let access = match access {
        0 => match (prot & libc::PROT_READ != 0, prot & libc::PROT_WRITE != 0) {
            (true, true) => Access::Default,
            (false, true) => Access::Write,
            _ => Access::Read,
        },
        1 => {
            (flags, prot) = (libc::MAP_SHARED, libc::PROT_READ);
            Access::Read
        }
        2 => {
            (flags, prot) = (libc::MAP_SHARED, BOTH);
            Access::Write
        }
        3 => {
            (flags, prot) = (libc::MAP_PRIVATE, BOTH);
            Access::Copy
        }
        _ => return Err(th.value_error("mmap invalid access parameter.")),
    };
    if fd != -1
        && let Ok(st) = retry(th, || taipan_host::stat::fstat(fd))?
        && st.is_file()
    {
        let size = st.size;
        if length == 0 {
            if size == 0 {
                return Err(th.value_error("cannot mmap an empty file"));
            }
            if offset >= size {
                return Err(th.value_error("mmap offset is greater than file size"));
            }
            length = (size - offset) as usize;
        } else if offset > size || ((size - offset) as usize) < length {
            return Err(th.value_error("mmap length is greater than file size"));
        }
    }
    let own_fd = if fd == -1 {
        flags |= libc::MAP_ANONYMOUS;
        -1
    } else if track_fd {
        sys(th, taipan_host::fd::dup(fd))?
    } else {
        -1
    };
    // From here on the object owns the duplicate.
    let made = th.new_instance(
        cls,
        Mmap {
            state: Guarded::new(State { map: None, pos: 0 }),
            exports: AtomicUsize::new(0),
            fd: AtomicI32::new(own_fd),
            access,
            flags,
            offset,
            track_fd,
        },
    );
    let map = th.blocking(|| Mapping::new(fd, length, offset, prot, flags));
    let map = Arc::new(sys(th, map)?);
    made.state.with(|s| s.map = Some(map));
    Ok(made.value())
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let this = v.expect::<Mmap>();
    let t = class_of(v);
    let name = if t.is(&MMAP) {
        "mmap.mmap".into()
    } else {
        t.name_text()
    };
    let open = this
        .state
        .with(|s| s.map.as_ref().map(|m| (m.len(), s.pos)));
    let Some((length, pos)) = open else {
        return Ok(Value::str(th, &format!("<{name} closed=True>")));
    };
    let access = match this.access {
        Access::Default => "ACCESS_DEFAULT",
        Access::Read => "ACCESS_READ",
        Access::Write => "ACCESS_WRITE",
        Access::Copy => "ACCESS_COPY",
    };
    let offset = this.offset;
    Ok(Value::str(
        th,
        &format!(
            "<{name} closed=False, access={access}, length={length}, pos={pos}, offset={offset}>"
        ),
    ))
}

/// Whether views of the bytes live. One that nobody holds any more may only be waiting for the collector: before the
/// answer is yes, it is run once.
fn has_views(th: &Thread, this: &Mmap) -> PyResult<bool> {
    let any = || this.exports.load(Ordering::Acquire) > 0;
    if !any() {
        return Ok(false);
    }
    taipan_strings::bytearray::collect_views(th)?;
    Ok(any())
}

fn close(th: &Thread, a: &[Value]) -> PyResult {
    let this = a[0].expect::<Mmap>();
    // What the collector finds decides; that no view begins meanwhile is seen to below.
    has_views(th, this)?;
    // Under the lock no new view begins.
    let map = this.state.with(|s| {
        if this.exports.load(Ordering::Acquire) > 0 {
            return Err(());
        }
        Ok(s.map.take())
    });
    let Ok(map) = map else {
        return Err(th.raise(&BUFFER_ERROR, "cannot close exported pointers exist"));
    };
    let fd = this.fd.swap(-1, Ordering::AcqRel);
    th.blocking(|| {
        drop(map);
        if fd >= 0 {
            let _ = taipan_host::fd::close(fd);
        }
    });
    Ok(Value::NONE)
}

fn size(th: &Thread, a: &[Value]) -> PyResult {
    with(th, a[0], |_, _| ())?;
    let fd = a[0].expect::<Mmap>().fd.load(Ordering::Acquire);
    let st = sys(th, taipan_host::stat::fstat(fd))?;
    Ok(Value::int(th, st.size))
}
