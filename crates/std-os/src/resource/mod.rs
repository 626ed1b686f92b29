//! `resource`: limits of the process and what it has used.

use crate::args::{add_constants, int, module_dict, state, sys};
use taipan_containers::structseq;
use taipan_host::limits::{self, Usage};
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, ops};

/// `resource`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "resource",
    doc: "",
    functions: &[
        Method::new("getrusage", "(who, /)", getrusage)
            .doc("What this process, or its children, have used."),
        Method::new("getrlimit", "(resource, /)", getrlimit)
            .doc("The soft and the hard limit of a resource."),
        Method::new("setrlimit", "(resource, limits, /)", setrlimit)
            .doc("Set the soft and the hard limit of a resource."),
        Method::new("prlimit", "(pid, resource, limits=None, /)", prlimit)
            .doc("The limits of a resource of another process; sets them if new ones are given."),
        Method::new("getpagesize", "()", |th, _| {
            Ok(Value::usize(th, taipan_host::sysinfo::page_size()))
        })
        .doc("Bytes in a page of memory."),
    ],
    types: &[],
    init,
};

/// Where the interpreter keeps the type.
const USAGE_KEY: &str = "resource.struct_rusage";

const FIELDS: &[(&str, &str)] = &[
    ("ru_utime", "user time used"),
    ("ru_stime", "system time used"),
    ("ru_maxrss", "max. resident set size"),
    ("ru_ixrss", "shared memory size"),
    ("ru_idrss", "unshared data size"),
    ("ru_isrss", "unshared stack size"),
    ("ru_minflt", "page faults not requiring I/O"),
    ("ru_majflt", "page faults requiring I/O"),
    ("ru_nswap", "number of swap outs"),
    ("ru_inblock", "block input operations"),
    ("ru_oublock", "block output operations"),
    ("ru_msgsnd", "IPC messages sent"),
    ("ru_msgrcv", "IPC messages received"),
    ("ru_nsignals", "signals received"),
    ("ru_nvcsw", "voluntary context switches"),
    ("ru_nivcsw", "involuntary context switches"),
];

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let d = module_dict(module);
    add_constants(th, module, taipan_host::constants::resource::CONSTANTS)?;
    d.set_name(th, "error", taipan_object::exception::OS_ERROR.value())?;
    d.set_name(th, "struct_rusage", usage_type(th)?)
}

/// The type, which `posix.wait4` may need before this module is imported.
fn usage_type(th: &Thread) -> PyResult {
    if let Some(t) = state(th).get_name(th, USAGE_KEY) {
        return Ok(t);
    }
    let t = structseq::define(
        th,
        "resource",
        "struct_rusage",
        FIELDS,
        FIELDS.len(),
        "What getrusage gives: a tuple whose items are attributes too, ru_utime, ru_stime, ru_maxrss and so on.",
    )?;
    state(th).set_name(th, USAGE_KEY, t)?;
    Ok(t)
}

/// `resource.struct_rusage`
///
/// # Errors
/// `MemoryError`.
pub fn usage_value(th: &Thread, u: &Usage) -> PyResult {
    let seconds = |us: i64| Value::float(th, us as f64 * 1e-6);
    let int = |n: i64| Value::int(th, n);
    let values = [
        seconds(u.user_us),
        seconds(u.system_us),
        int(u.maxrss),
        int(u.ixrss),
        int(u.idrss),
        int(u.isrss),
        int(u.minflt),
        int(u.majflt),
        int(u.nswap),
        int(u.inblock),
        int(u.oublock),
        int(u.msgsnd),
        int(u.msgrcv),
        int(u.nsignals),
        int(u.nvcsw),
        int(u.nivcsw),
    ];
    structseq::make(th, usage_type(th)?, &values)
}

fn getrusage(th: &Thread, a: &[Value]) -> PyResult {
    let who = int(th, a[0])?;
    match limits::getrusage(who) {
        Ok(u) => usage_value(th, &u),
        Err(e) if e.raw_os_error() == Some(libc::EINVAL) => {
            Err(th.value_error("invalid who parameter"))
        }
        Err(e) => Err(th.os_error(&e, Value::ABSENT)),
    }
}

fn resource(th: &Thread, v: Value) -> PyResult<i32> {
    let n = int(th, v)?;
    if (0..limits::N_LIMITS).contains(&n) {
        Ok(n)
    } else {
        Err(th.value_error("invalid resource specified"))
    }
}

/// A limit; -1 is none.
fn limit_value(th: &Thread, n: u64) -> Value {
    if n == limits::INFINITY {
        Value::small_int(-1)
    } else {
        Value::uint(th, n)
    }
}

fn pair(th: &Thread, limits: (u64, u64)) -> PyResult {
    let v = [limits.0, limits.1].map(|n| limit_value(th, n));
    Value::try_tuple(th, &v)
}

fn limit(th: &Thread, v: Value) -> PyResult<u64> {
    let n = ops::index(th, v)?;
    match n.as_i64() {
        Some(-1) => Ok(limits::INFINITY),
        Some(n) if n >= 0 => Ok(n as u64),
        Some(_) => Err(th.value_error("Cannot convert negative int")),
        None => crate::posix::numbers::wide(th, n).map_err(|e| {
            if e.is(&taipan_object::exception::OVERFLOW_ERROR) {
                th.overflow_error("Python int too large to convert to C rlim_t")
            } else {
                e
            }
        }),
    }
}

fn new_limits(th: &Thread, v: Value) -> PyResult<(u64, u64)> {
    let s = class_of(v).slots();
    if s.iter.is_none() && s.getitem.is_none() {
        return Err(th.type_error(format!(
            "'{}' object is not iterable",
            class_of(v).tp_name()
        )));
    }
    let items = ops::to_vec(th, v)?;
    match items.as_slice() {
        [soft, hard] => Ok((limit(th, *soft)?, limit(th, *hard)?)),
        _ => Err(th.value_error("expected a tuple of 2 integers")),
    }
}

fn refused(th: &Thread, e: &std::io::Error) -> taipan_object::Raised {
    match e.raw_os_error() {
        Some(libc::EINVAL) => th.value_error("current limit exceeds maximum limit"),
        Some(libc::EPERM) => th.value_error("not allowed to raise maximum limit"),
        _ => th.os_error(e, Value::ABSENT),
    }
}

fn getrlimit(th: &Thread, a: &[Value]) -> PyResult {
    let which = resource(th, a[0])?;
    pair(th, sys(th, limits::getrlimit(which))?)
}

fn setrlimit(th: &Thread, a: &[Value]) -> PyResult {
    let which = resource(th, a[0])?;
    th.audit("resource.setrlimit", &[a[0], a[1]])?;
    let (soft, hard) = new_limits(th, a[1])?;
    match limits::setrlimit(which, soft, hard) {
        Ok(()) => Ok(Value::NONE),
        Err(e) => Err(refused(th, &e)),
    }
}

fn prlimit(th: &Thread, a: &[Value]) -> PyResult {
    let pid = int(th, a[0])?;
    let which = resource(th, a[1])?;
    th.audit("resource.prlimit", &[a[0], a[1], a[2].or(Value::NONE)])?;
    let new = crate::args::given(a[2])
        .map(|v| new_limits(th, v))
        .transpose()?;
    match limits::prlimit(pid, which, new) {
        Ok(old) => pair(th, old),
        Err(e) if e.raw_os_error() == Some(libc::EINVAL) => Err(refused(th, &e)),
        Err(e) => Err(th.os_error(&e, Value::ABSENT)),
    }
}
