//! Loading libraries, calling their functions, and functions that they call back.
//!
//! A type is told by a text: a letter for a simple one, `{` parts `}` for a structure.

use crate::address;
use std::cell::Cell;
use std::ffi::{CStr, CString};
use taipan_host::foreign::{self as host, CType, Closure, Signature};
use taipan_object::call::{self, Args};
use taipan_object::exception::{ATTRIBUTE_ERROR, OS_ERROR};
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, Type, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops, payload};
use taipan_std_os::args::{bind, bound, fs_cstring, fs_decode, given, int, text};

fn part(rest: &mut std::str::Chars) -> Option<CType> {
    Some(match rest.next()? {
        'v' => CType::Void,
        'b' => CType::Int(1, true),
        'B' | '?' | 'c' => CType::Int(1, false),
        'h' => CType::Int(2, true),
        'H' => CType::Int(2, false),
        'i' | 'u' => CType::Int(4, true),
        'I' => CType::Int(4, false),
        'l' | 'q' => CType::Int(8, true),
        'L' | 'Q' => CType::Int(8, false),
        'f' => CType::Float,
        'd' => CType::Double,
        'g' => CType::LongDouble,
        'F' => CType::ComplexFloat,
        'D' => CType::ComplexDouble,
        'G' => CType::ComplexLongDouble,
        'P' | 'z' | 'Z' | 'O' => CType::Pointer,
        '{' => {
            let mut parts = Vec::new();
            while !rest.as_str().starts_with('}') {
                parts.push(part(rest)?);
            }
            rest.next();
            CType::Struct(parts)
        }
        _ => return None,
    })
}

fn types(th: &Thread, v: Value) -> PyResult<Vec<CType>> {
    let told = text(th, "call", "2", v)?.to_string_lossy();
    let mut rest = told.chars();
    let mut found = Vec::new();
    while !rest.as_str().is_empty() {
        match part(&mut rest) {
            Some(t) => found.push(t),
            None => return Err(th.type_error("no such type of a foreign function")),
        }
    }
    Ok(found)
}

fn signature(th: &Thread, result: Value, args: Value, fixed: Value) -> PyResult<Signature> {
    let result = types(th, result)?.pop().unwrap_or(CType::Void);
    let args = types(th, args)?;
    let fixed = fixed.as_i64().and_then(|n| usize::try_from(n).ok());
    Signature::new(&result, &args, fixed).ok_or_else(|| th.runtime_error("ffi_prep_cif failed"))
}

fn failed(th: &Thread, e: &CStr) -> taipan_object::Raised {
    let message = fs_decode(th, e.to_bytes());
    th.raise_with(&OS_ERROR, &[message])
}

/// `dlopen(name, mode)`
pub fn open(th: &Thread, a: &[Value]) -> PyResult {
    let name = match given(a[0]) {
        Some(v) => Some(fs_cstring(th, v)?),
        None => None,
    };
    // A library's symbols are found at once or never.
    let mode = int(th, a[1])? | libc::RTLD_NOW;
    match th.blocking(|| host::open(name.as_deref(), mode)) {
        Ok(handle) => Ok(Value::usize(th, handle)),
        Err(e) => Err(failed(th, &e)),
    }
}

/// `dlclose(handle)`
pub fn close(th: &Thread, a: &[Value]) -> PyResult {
    let handle = address(a[0]);
    match th.blocking(|| host::close(handle)) {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(failed(th, &e)),
    }
}

/// `dlsym(handle, name)`
pub fn symbol(th: &Thread, a: &[Value]) -> PyResult {
    let name = text(th, "dlsym", "2", a[1])?.as_bytes().to_vec();
    let name = CString::new(name).map_err(|_| th.value_error("embedded null character"))?;
    match host::symbol(address(a[0]), &name) {
        Ok(at) => Ok(Value::usize(th, at)),
        Err(e) => Err(th.raise_with(&ATTRIBUTE_ERROR, &[fs_decode(th, e.to_bytes())])),
    }
}

thread_local! {
    /// The `errno` of this thread's foreign functions.
    static ERRNO: Cell<i32> = const { Cell::new(0) };
}

/// `get_errno()`
pub fn get_errno(_: &Thread, _: &[Value]) -> PyResult {
    Ok(Value::small_int(ERRNO.get().into()))
}

/// `set_errno(value)`: the one before.
pub fn set_errno(th: &Thread, a: &[Value]) -> PyResult {
    let n = int(th, a[0])?;
    Ok(Value::small_int(ERRNO.replace(n).into()))
}

/// `call(address, result, arguments, addresses, room, fixed, use_errno)`
pub fn call(th: &Thread, a: &[Value]) -> PyResult {
    let how = signature(th, a[1], a[2], a[5])?;
    let items = ops::to_vec(th, a[3])?;
    let addresses: Vec<usize> = items.iter().map(|v| address(*v)).collect();
    let (f, room) = (address(a[0]), address(a[4]));
    let use_errno = ops::truth(th, a[6])?;
    th.blocking(|| {
        if use_errno {
            let mut own = ERRNO.get();
            how.call(f, &addresses, room, Some(&mut own));
            ERRNO.set(own);
        } else {
            how.call(f, &addresses, room, None);
        }
    });
    th.poll()?;
    Ok(Value::NONE)
}

/// The payload of a function that libraries call.
#[repr(C)]
pub struct Callback {
    callable: Field,
    /// Nothing until the cell is there that it tells of.
    closure: std::sync::OnceLock<Closure>,
}

payload!(Callback, "Callback", |this, m| {
    this.callable.trace(m);
});

/// `_ctypes_memory.Callback`
pub static CALLBACK: StaticType = StaticType::new(
    "_ctypes_memory",
    "Callback",
    Some(&OBJECT),
    0,
    layout_of::<Callback>,
);

static NEW: Method = Method::new("Callback", "(callable, result, arguments)", bound);

/// `_ctypes_memory.Callback`
pub static CALLBACK_SPEC: TypeSpec = TypeSpec {
    slots: |s| s.new = Some(new),
    methods: &[],
    getset: &[GetSet::new("address", |th, v| {
        let closure = v.expect::<Callback>().closure.get();
        Ok(Value::usize(th, closure.map_or(0, Closure::address)))
    })],
    doc: "A function for libraries to call: calls its callable with the address for the result and a tuple of those of the arguments.",
    sig: "(callable, result, arguments)",
};

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let [callable, result, arguments] = bind(th, &NEW, args)?;
    let how = signature(th, result, arguments, Value::NONE)?;
    let made = Callback {
        callable: Field::new(Value::NONE),
        closure: std::sync::OnceLock::new(),
    };
    let o = th.new_instance(cls, made);
    o.callable.set(&o.header, callable);
    // Cells do not move; whoever passes the function on keeps the object, as in CPython.
    let cell = o.value().bits() as usize;
    match Closure::new(how, called, cell) {
        Some(c) => {
            let _ = o.closure.set(c);
            Ok(o.value())
        }
        None => Err(th.memory_error()),
    }
}

fn called(cell: usize, result: usize, args: &[usize]) {
    if !Thread::is_attached() {
        eprintln!("ctypes: a callback was called on a thread that Python does not know; ignored");
        return;
    }
    let th = Thread::current();
    th.called_back(|| {
        let v = Value::from_bits(cell as u64);
        let f = v.expect::<Callback>().callable.get();
        let done = (|| {
            let mut row = taipan_object::ValueVec::new();
            for at in args {
                row.push(th, Value::usize(th, *at))?;
            }
            let row = Value::try_tuple(th, &row)?;
            call::call(th, f, &[Value::usize(th, result), row])
        })();
        if let Err(e) = done {
            th.unraisable(e, Some("Exception ignored in ctypes callback"), Value::NONE);
        }
    });
}
