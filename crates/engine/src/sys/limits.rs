//! Limits and counters: recursion, digits, the switch interval, sizes of objects.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;
use taipan_object::exception as exc;
use taipan_object::native::Method;
use taipan_object::numbers::int_max_str_digits;
use taipan_object::types::class_of;
use taipan_object::{PyResult, Thread, Value, attr, call, gc, ops, strings};

/// The functions of this file.
pub static FUNCTIONS: &[Method] = &[
    Method::new("getrecursionlimit", "()", |th, _| {
        Ok(Value::small_int(th.interp.recursion_limit.load(Ordering::Relaxed).into()))
    })
    .doc("Return the current value of the recursion limit."),
    Method::new("setrecursionlimit", "(limit, /)", |th, a| {
        let n = ops::index_i32(th, a[0])?;
        if n < 1 {
            return Err(th.value_error("recursion limit must be greater or equal than 1"));
        }
        if n as usize <= th.depth() {
            return Err(th.raise(
                &exc::RECURSION_ERROR,
                format!(
                    "cannot set the recursion limit to {n} at the recursion depth {}: the limit is too low",
                    th.depth()
                ),
            ));
        }
        th.set_recursion_limit(n);
        Ok(Value::NONE)
    })
    .doc("Set the maximum depth of the Python interpreter stack to n."),
    Method::new("get_int_max_str_digits", "()", |th, _| Ok(Value::usize(th, int_max_str_digits()))),
    Method::new("set_int_max_str_digits", "(maxdigits)", |th, a| {
        let n = ops::index_i32(th, a[0])?;
        if n != 0 && n < 640 {
            return Err(th.value_error("maxdigits must be >= 640 or 0 for unlimited"));
        }
        let digits = &th.interp.int_max_str_digits;
        digits.store(n as usize, Ordering::Relaxed);
        Ok(Value::NONE)
    }),
    Method::new("getswitchinterval", "()", |th, _| {
        let d = match &th.interp.gil {
            Some(g) => g.switch_interval(),
            None => Duration::from_micros(SWITCH_INTERVAL.load(Ordering::Relaxed)),
        };
        Ok(Value::float(th, d.as_secs_f64()))
    })
    .doc("Return the current thread switch interval; see sys.setswitchinterval()."),
    Method::new("setswitchinterval", "(interval, /)", |th, a| {
        let s = ops::to_f64(th, a[0])?;
        if s.is_nan() || s <= 0.0 {
            return Err(th.value_error("switch interval must be strictly positive"));
        }
        let d = Duration::from_micros((s * 1e6).clamp(1.0, 4e12) as u64);
        match &th.interp.gil {
            Some(g) => g.set_switch_interval(d),
            // Without a GIL nobody waits for a switch; the number is kept for who asks.
            None => SWITCH_INTERVAL.store(d.as_micros() as u64, Ordering::Relaxed),
        }
        Ok(Value::NONE)
    }),
    Method::new("getrefcount", "(object, /)", |_, _| Ok(Value::small_int(REFERENCES)))
        .doc("Return the reference count of object: a fixed number, as this engine counts none."),
    Method::new("getsizeof", "(object, default=<unrepresentable>)", getsizeof)
        .doc("Return the size of object in bytes."),
    Method::new("getallocatedblocks", "()", |th, _| {
        let mut n = 0;
        gc::for_each_cell(th.mutator, &mut |_| n += 1);
        Ok(Value::usize(th, n))
    }),
    Method::new("getunicodeinternedsize", "(*, _only_immortal=False)", |th, _| {
        Ok(Value::usize(th, strings::interned_count()))
    }),
    Method::new("intern", "(string, /)", |th, a| {
        if a[0].as_str_obj().is_none() {
            return Err(th.type_error(format!(
                "intern() argument must be str, not {}",
                class_of(a[0]).name_text()
            )));
        }
        if !class_of(a[0]).is(taipan_object::types::STR.get()) {
            return Err(th.type_error(format!("can't intern {}", class_of(a[0]).name_text())));
        }
        Ok(strings::intern_value(a[0]))
    }),
    Method::new("_is_interned", "(string, /)", |th, a| {
        if a[0].as_str_obj().is_none() {
            return Err(th.type_error(format!(
                "_is_interned() argument must be str, not {}",
                class_of(a[0]).name_text()
            )));
        }
        Ok(Value::bool(a[0].as_str_obj().is_some_and(|s| s.is_interned())))
    }),
    Method::new("_is_immortal", "(op, /)", |_, a| {
        Ok(Value::bool(!a[0].is_cell() || a[0].as_str_obj().is_some_and(|s| s.is_interned())))
    }),
    Method::new("getdefaultencoding", "()", |th, _| Ok(Value::str(th, "utf-8"))),
    Method::new("getfilesystemencoding", "()", |th, _| Ok(Value::str(th, "utf-8"))),
    Method::new("getfilesystemencodeerrors", "()", |th, _| Ok(Value::str(th, "surrogateescape"))),
    Method::new("getdlopenflags", "()", |_, _| Ok(Value::small_int(DLOPEN.load(Ordering::Relaxed)))),
    Method::new("setdlopenflags", "(flags, /)", |th, a| {
        DLOPEN.store(ops::index_i32(th, a[0])?.into(), Ordering::Relaxed);
        Ok(Value::NONE)
    }),
    Method::new("_get_cpu_count_config", "()", |th, _| {
        Ok(Value::small_int(crate::start::config(th).cpu_count.into()))
    }),
    Method::new("_debugmallocstats", "()", |th, _| {
        let c = gc::counters();
        let ms = |t: std::time::Duration| t.as_secs_f64() * 1e3;
        let text = format!(
            "heap: {} bytes alive, {} bytes of malloc, {} bytes in blocks\n\
             collections: {} young, {} full\n\
             threads stood still: {:.3} ms in all, at most {:.3} ms, {:.3} ms in young collections\n",
            c.heap_bytes,
            c.outside_bytes,
            c.block_bytes,
            c.young,
            c.full,
            ms(c.pause),
            ms(c.longest_pause),
            ms(c.longest_young_pause),
        );
        super::display::write_stderr(th, &text);
        Ok(Value::NONE)
    }),
];

/// What `getrefcount` gives: one for the caller's variable, one for the argument.
const REFERENCES: i64 = 2;

static SWITCH_INTERVAL: AtomicU64 = AtomicU64::new(5000);
static DLOPEN: AtomicI64 = AtomicI64::new(2);

fn getsizeof(th: &Thread, a: &[Value]) -> PyResult {
    let size = (|| {
        let name = strings::intern(th, "__sizeof__");
        let n = match attr::special(th, a[0], name)? {
            Some(f) => call::call(th, f, &[])?,
            None => {
                return Err(th.type_error(format!(
                    "Type {} doesn't define __sizeof__",
                    class_of(a[0]).name_text()
                )));
            }
        };
        let n = ops::index_i64(th, n)?;
        if n < 0 {
            return Err(th.value_error("__sizeof__() should return >= 0"));
        }
        Ok(Value::int(th, n))
    })();
    match (size, a[1].present()) {
        (Err(e), Some(default)) if e.is(&exc::TYPE_ERROR) => Ok(default),
        (r, _) => r,
    }
}
