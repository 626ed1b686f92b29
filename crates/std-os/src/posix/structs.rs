//! The named tuples of `posix`.

use super::numbers::{device_value, ns_value, seconds_value};
use crate::args::{module_dict, state};
use taipan_containers::structseq;
use taipan_host::stat::{Stat, StatVfs};
use taipan_object::native::Method;
use taipan_object::strings::intern;
use taipan_object::types::{Type, class_of};
use taipan_object::{PyResult, Thread, Value};

type Fields = &'static [(&'static str, &'static str)];

const STAT: Fields = &[
    ("st_mode", "protection bits"),
    ("st_ino", "inode"),
    ("st_dev", "device"),
    ("st_nlink", "number of hard links"),
    ("st_uid", "user ID of owner"),
    ("st_gid", "group ID of owner"),
    ("st_size", "total size, in bytes"),
    ("", "integer time of last access"),
    ("", "integer time of last modification"),
    ("", "integer time of last change"),
    ("st_atime", "time of last access"),
    ("st_mtime", "time of last modification"),
    ("st_ctime", "time of last change"),
    ("st_atime_ns", "time of last access in nanoseconds"),
    ("st_mtime_ns", "time of last modification in nanoseconds"),
    ("st_ctime_ns", "time of last change in nanoseconds"),
    ("st_blksize", "blocksize for filesystem I/O"),
    ("st_blocks", "number of blocks allocated"),
    ("st_rdev", "device type (if inode device)"),
];

const STATVFS: Fields = &[
    ("f_bsize", ""),
    ("f_frsize", ""),
    ("f_blocks", ""),
    ("f_bfree", ""),
    ("f_bavail", ""),
    ("f_files", ""),
    ("f_ffree", ""),
    ("f_favail", ""),
    ("f_flag", ""),
    ("f_namemax", ""),
    ("f_fsid", ""),
];

const TERMINAL_SIZE: Fields = &[
    ("columns", "width of the terminal window in characters"),
    ("lines", "height of the terminal window in characters"),
];

const TIMES: Fields = &[
    ("user", "user time"),
    ("system", "system time"),
    ("children_user", "user time of children"),
    ("children_system", "system time of children"),
    (
        "elapsed",
        "elapsed time since an arbitrary point in the past",
    ),
];

const UNAME: Fields = &[
    ("sysname", "operating system name"),
    (
        "nodename",
        "name of machine on network (implementation-defined)",
    ),
    ("release", "operating system release"),
    ("version", "operating system version"),
    ("machine", "hardware identifier"),
];

const WAITID: Fields = &[
    ("si_pid", ""),
    ("si_uid", ""),
    ("si_signo", ""),
    ("si_status", ""),
    ("si_code", ""),
];

const SCHED_PARAM: Fields = &[("sched_priority", "the scheduling priority")];

/// Module, name, fields, how many of them are items, docstring.
const ALL: &[(&str, &str, Fields, usize, &str)] = &[
    (
        "os",
        "stat_result",
        STAT,
        10,
        "What stat, fstat and lstat give: a tuple of mode, ino, dev, nlink, uid, gid, size, atime, mtime and ctime,\nwhich are attributes too, with further ones that are not in the tuple.",
    ),
    (
        "os",
        "statvfs_result",
        STATVFS,
        10,
        "What statvfs and fstatvfs give: a tuple of bsize, frsize, blocks, bfree, bavail, files, ffree, favail, flag\nand namemax, which are attributes too; fsid is an attribute only.",
    ),
    (
        "os",
        "terminal_size",
        TERMINAL_SIZE,
        2,
        "A tuple of (columns, lines) for holding terminal window size",
    ),
    (
        "posix",
        "times_result",
        TIMES,
        5,
        "What times gives: user, system, children_user, children_system and elapsed, in seconds.",
    ),
    (
        "posix",
        "uname_result",
        UNAME,
        5,
        "What uname gives: sysname, nodename, release, version and machine.",
    ),
    (
        "posix",
        "waitid_result",
        WAITID,
        5,
        "What waitid gives: si_pid, si_uid, si_signo, si_status and si_code.",
    ),
    (
        "posix",
        "sched_param",
        SCHED_PARAM,
        1,
        "Parameters of the scheduler; there is one, sched_priority.",
    ),
];

static STAT_NEW: Method = Method::new(
    "__new__",
    "($type, sequence, dict=<unrepresentable>)",
    |th, a| {
        let plain = structseq::construct(th, a)?;
        // Times that were not given as fractions are those of the integer items.
        let mut values = [Value::NONE; STAT.len()];
        for (i, v) in values.iter_mut().enumerate() {
            *v = structseq::get(plain, i);
        }
        for i in 7..10 {
            if values[i + 3].is_none() {
                values[i + 3] = values[i];
            }
        }
        structseq::make(th, class_of(plain).value(), &values)
    },
)
.static_();

static PARAM_NEW: Method = Method::new("__new__", "($type, *args, **kwargs)", |th, a| {
    if a[0].downcast::<Type>().is_none() {
        return Err(th.type_error("sched_param.__new__(X): X is not a type object"));
    }
    let (args, kw) = (a[1].as_tuple().unwrap_or_default(), a[2].as_dict());
    let named = match kw {
        Some(d) => d.remove(th, intern(th, "sched_priority"))?,
        None => None,
    };
    let unknown = kw.map_or(0, |d| d.map.len());
    let given = args.len() + unknown + usize::from(named.is_some());
    if given > 1 {
        return Err(th.type_error(format!(
            "sched_param() takes at most 1 argument ({given} given)"
        )));
    }
    match (args, named) {
        ([v], _) => structseq::make(th, a[0], &[*v]),
        ([], Some(v)) => structseq::make(th, a[0], &[v]),
        _ => Err(th.type_error("sched_param() missing required argument 'sched_priority' (pos 1)")),
    }
})
.static_();

static PARAM_REDUCE: Method = Method::new("__reduce__", "($self, /)", |th, a| {
    let args = Value::tuple(th, &[structseq::get(a[0], 0)]);
    Ok(Value::tuple(th, &[class_of(a[0]).value(), args]))
});

/// Makes the types and adds them to the module.
pub fn init(th: &Thread, module: Value) -> PyResult<()> {
    let d = module_dict(module);
    for (owner, name, fields, visible, doc) in ALL {
        let t = structseq::define(th, owner, name, fields, *visible, doc)?;
        match *name {
            "stat_result" => structseq::set_method(th, t, &STAT_NEW)?,
            "sched_param" => {
                structseq::set_method(th, t, &PARAM_NEW)?;
                structseq::set_method(th, t, &PARAM_REDUCE)?;
            }
            _ => {}
        }
        d.set_name(th, name, t)?;
        state(th).set_name(th, &key(name), t)?;
    }
    Ok(())
}

fn key(name: &str) -> String {
    format!("posix.{name}")
}

/// The type of that name.
pub fn ty(th: &Thread, name: &str) -> Value {
    state(th).get_name(th, &key(name)).unwrap_or(Value::NONE)
}

/// An instance of the type of that name.
pub fn make(th: &Thread, name: &str, values: &[Value]) -> PyResult {
    let t = ty(th, name);
    if t.is_none() {
        return Err(th.runtime_error(format!("lost posix.{name}")));
    }
    structseq::make(th, t, values)
}

/// `os.stat_result`
pub fn stat(th: &Thread, s: &Stat) -> PyResult {
    let times = [s.atime_ns, s.mtime_ns, s.ctime_ns];
    let whole = |ns: i128| Value::int(th, ns.div_euclid(1_000_000_000) as i64);
    let small = |n: u32| Value::small_int(i64::from(n));
    let values = [
        small(s.mode),
        Value::uint(th, s.ino),
        device_value(th, s.dev),
        Value::uint(th, s.nlink),
        super::numbers::id_value(s.uid),
        super::numbers::id_value(s.gid),
        Value::int(th, s.size),
        whole(times[0]),
        whole(times[1]),
        whole(times[2]),
        seconds_value(th, times[0]),
        seconds_value(th, times[1]),
        seconds_value(th, times[2]),
        ns_value(th, times[0])?,
        ns_value(th, times[1])?,
        ns_value(th, times[2])?,
        Value::int(th, s.blksize),
        Value::int(th, s.blocks),
        device_value(th, s.rdev),
    ];
    // Often asked for: the name is ready made, and the number of items known.
    match state(th).get_name(th, "posix.stat_result") {
        Some(t) => structseq::make_with(th, t, &values, 10),
        None => Err(th.runtime_error("lost posix.stat_result")),
    }
}

/// `os.statvfs_result`
pub fn statvfs(th: &Thread, s: &StatVfs) -> PyResult {
    let values = [
        s.bsize, s.frsize, s.blocks, s.bfree, s.bavail, s.files, s.ffree, s.favail, s.flag,
        s.namemax, s.fsid,
    ]
    .map(|n| Value::uint(th, n));
    make(th, "statvfs_result", &values)
}
