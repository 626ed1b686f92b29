//! `OSError`: a call picks the subclass of the error number.

use super::{base, extra_field, get, set};
use taipan_object::call::Args;
use taipan_object::exception::{self as exc, extra, get_extra};
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{StaticType, Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value, ops};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.init = Some(init);
        s.str = Some(str);
    },
    methods: &[Method::new("__reduce__", "($self, /)", reduce)],
    getset: &[
        extra_field!("errno", extra::OS[0]),
        extra_field!("strerror", extra::OS[1]),
        extra_field!("filename", extra::OS[2]),
        extra_field!("filename2", extra::OS[3]),
        GetSet::rw("characters_written", get_written, set_written),
    ],
    doc: "Base class for I/O related errors.",
    sig: "",
};

fn class_for(errno: i64) -> Option<&'static StaticType> {
    Some(match i32::try_from(errno).ok()? {
        libc::EAGAIN | libc::EALREADY | libc::EINPROGRESS => &exc::BLOCKING_IO_ERROR,
        libc::EPIPE | libc::ESHUTDOWN => &exc::BROKEN_PIPE_ERROR,
        libc::ECHILD => &exc::CHILD_PROCESS_ERROR,
        libc::ECONNABORTED => &exc::CONNECTION_ABORTED_ERROR,
        libc::ECONNREFUSED => &exc::CONNECTION_REFUSED_ERROR,
        libc::ECONNRESET => &exc::CONNECTION_RESET_ERROR,
        libc::EEXIST => &exc::FILE_EXISTS_ERROR,
        libc::ENOENT => &exc::FILE_NOT_FOUND_ERROR,
        libc::EISDIR => &exc::IS_A_DIRECTORY_ERROR,
        libc::ENOTDIR => &exc::NOT_A_DIRECTORY_ERROR,
        libc::EINTR => &exc::INTERRUPTED_ERROR,
        libc::EACCES | libc::EPERM => &exc::PERMISSION_ERROR,
        libc::ESRCH => &exc::PROCESS_LOOKUP_ERROR,
        libc::ETIMEDOUT => &exc::TIMEOUT_ERROR,
        _ => return None,
    })
}

/// Whether the arguments are for `__init__`: a subclass overrides only that.
fn uses_init(t: &Object<Type>) -> bool {
    let own_init = t
        .slots()
        .init
        .is_some_and(|f| f as usize != init as *const () as usize);
    let same_new = t
        .slots()
        .new
        .is_some_and(|f| f as usize == new as *const () as usize);
    own_init && same_new
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    if uses_init(cls) {
        return base::new(th, cls, Args::positional(&[]));
    }
    args.no_kw(th, &cls.name_text())?;
    let pos = args.values;
    let mut actual = cls;
    if cls.is(&exc::OS_ERROR)
        && (2..=5).contains(&pos.len())
        && let Some(t) = pos[0].as_i64().and_then(class_for)
    {
        actual = t.get();
    }
    let v = base::new(th, actual, args)?;
    fill(th, v, pos)?;
    Ok(v)
}

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    if !uses_init(class_of(v)) {
        return Ok(());
    }
    args.no_kw(th, &class_of(v).name_text())?;
    fill(th, v, args.values)
}

fn fill(th: &Thread, v: Value, pos: &[Value]) -> PyResult<()> {
    if !(2..=5).contains(&pos.len()) {
        return base::set_args_to(th, v, pos);
    }
    set(th, v, extra::OS[0], pos[0]);
    set(th, v, extra::OS[1], pos[1]);
    let filename = pos.get(2).copied().unwrap_or(Value::NONE);
    if filename.is_none() {
        return base::set_args_to(th, v, pos);
    }
    if class_of(v).is_subtype(&exc::BLOCKING_IO_ERROR)
        && pos.len() == 3
        && class_of(filename).slots().index.is_some()
    {
        let n = ops::index_i64(th, filename)?;
        set(th, v, extra::OS[4], Value::int(th, n));
        return base::set_args_to(th, v, pos);
    }
    set(th, v, extra::OS[2], filename);
    if let Some(second) = pos.get(4)
        && !second.is_none()
    {
        set(th, v, extra::OS[3], *second);
    }
    // File names are not part of `args`.
    base::set_args_to(th, v, &pos[..2])
}

fn str(th: &Thread, v: Value) -> PyResult {
    let (errno, text) = (get_extra(v, extra::OS[0]), get_extra(v, extra::OS[1]));
    let (a, b) = (get(v, extra::OS[2]), get(v, extra::OS[3]));
    let none = Value::NONE;
    if a.is_none() && (errno.is_absent() || text.is_absent()) {
        return base::str(th, v);
    }
    let errno = ops::str(th, errno.or(none))?;
    let text = ops::str(th, text.or(none))?;
    let head = [Value::str(th, "[Errno "), errno, Value::str(th, "] "), text];
    if a.is_none() {
        return crate::text::join(th, &head);
    }
    let head = crate::text::join(th, &head)?;
    let a = ops::repr(th, a)?;
    let colon = Value::str(th, ": ");
    if b.is_none() {
        return crate::text::join(th, &[head, colon, a]);
    }
    let b = ops::repr(th, b)?;
    crate::text::join(th, &[head, colon, a, Value::str(th, " -> "), b])
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let v = a[0];
    let args = base::this(v).args.get();
    let (first, second) = (get(v, extra::OS[2]), get(v, extra::OS[3]));
    let args = match args.as_tuple() {
        Some([errno, text]) if !first.is_none() => {
            if second.is_none() {
                Value::tuple(th, &[*errno, *text, first])
            } else {
                Value::tuple(th, &[*errno, *text, first, Value::NONE, second])
            }
        }
        _ => args,
    };
    base::make_reduce(th, v, args)
}

fn get_written(th: &Thread, v: Value) -> PyResult {
    match get_extra(v, extra::OS[4]).present() {
        Some(n) => Ok(n),
        None => Err(th.raise(&exc::ATTRIBUTE_ERROR, "characters_written")),
    }
}

fn set_written(th: &Thread, v: Value, value: Value) -> PyResult<()> {
    if value.is_absent() {
        get_written(th, v)?;
        set(th, v, extra::OS[4], Value::ABSENT);
        return Ok(());
    }
    let n = ops::index_i64(th, value)?;
    set(th, v, extra::OS[4], Value::int(th, n));
    Ok(())
}
