//! Raising exceptions from native code.

use crate::exception as exc;
use crate::thread::Thread;
use crate::types::StaticType;
use crate::value::Value;

/// What native code returns: a result, or the exception that was raised.
pub type PyResult<T = Value> = Result<T, Raised>;

/// A raised exception: the exception object itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(transparent)]
pub struct Raised(pub Value);

impl Raised {
    /// Whether the exception is an instance of a builtin exception type.
    pub fn is(&self, t: &StaticType) -> bool {
        crate::types::is_instance(self.0, t)
    }
}

/// Returns early with a raised exception: `raise!(th, TypeError, "no {}", x)`.
#[macro_export]
macro_rules! raise {
    ($th:expr, TypeError, $($arg:tt)*) => { return Err($th.raise(&$crate::exception::TYPE_ERROR, format!($($arg)*))) };
    ($th:expr, ValueError, $($arg:tt)*) => { return Err($th.raise(&$crate::exception::VALUE_ERROR, format!($($arg)*))) };
    ($th:expr, $t:path, $($arg:tt)*) => { return Err($th.raise(&$t, format!($($arg)*))) };
}

impl Thread {
    /// An exception with one string argument.
    #[cold]
    pub fn raise(&self, t: &StaticType, msg: impl AsRef<str>) -> Raised {
        let msg = Value::str(self, msg.as_ref());
        self.raise_with(t, &[msg])
    }

    /// An exception with the given arguments, as if its class was called with them.
    #[cold]
    pub fn raise_with(&self, t: &StaticType, args: &[Value]) -> Raised {
        let v = match exc::make(self, t.get(), args) {
            Ok(v) => v,
            Err(e) => return e,
        };
        self.with_context(Raised(v))
    }

    /// Links the exception being handled as the context of a newly raised one.
    pub fn with_context(&self, e: Raised) -> Raised {
        exc::chain_context(e.0, self.handled_exception());
        e
    }

    /// `TypeError(msg)`
    #[cold]
    pub fn type_error(&self, msg: impl AsRef<str>) -> Raised {
        self.raise(&exc::TYPE_ERROR, msg)
    }

    /// `ValueError(msg)`
    #[cold]
    pub fn value_error(&self, msg: impl AsRef<str>) -> Raised {
        self.raise(&exc::VALUE_ERROR, msg)
    }

    /// `IndexError(msg)`
    #[cold]
    pub fn index_error(&self, msg: impl AsRef<str>) -> Raised {
        self.raise(&exc::INDEX_ERROR, msg)
    }

    /// `KeyError(key)`
    #[cold]
    pub fn key_error(&self, key: Value) -> Raised {
        self.raise_with(&exc::KEY_ERROR, &[key])
    }

    /// `OverflowError(msg)`
    #[cold]
    pub fn overflow_error(&self, msg: impl AsRef<str>) -> Raised {
        self.raise(&exc::OVERFLOW_ERROR, msg)
    }

    /// `RuntimeError(msg)`
    #[cold]
    pub fn runtime_error(&self, msg: impl AsRef<str>) -> Raised {
        self.raise(&exc::RUNTIME_ERROR, msg)
    }

    /// `AttributeError(msg, name=…, obj=…)`
    #[cold]
    pub fn attribute_error(&self, msg: impl AsRef<str>, obj: Value, name: Value) -> Raised {
        let e = self.raise(&exc::ATTRIBUTE_ERROR, msg);
        exc::set_extra(self, e.0, 0, name);
        exc::set_extra(self, e.0, 1, obj);
        e
    }

    /// The `AttributeError` of a missing attribute.
    #[cold]
    pub fn no_attribute(&self, obj: Value, name: Value) -> Raised {
        let n = crate::names::text(name);
        let msg = match obj.downcast::<crate::types::Type>() {
            Some(t) => format!("type object '{}' has no attribute '{n}'", t.tp_name()),
            None => format!(
                "'{}' object has no attribute '{n}'",
                crate::types::class_of(obj).tp_name()
            ),
        };
        self.attribute_error(msg, obj, name)
    }

    /// The `OSError` (or its subclass for the number) of a system call that failed.
    #[cold]
    pub fn os_error(&self, e: &std::io::Error, filename: Value) -> Raised {
        self.os_error2(e, filename, Value::ABSENT)
    }

    /// As [`Thread::os_error`] with two file names; absent for none.
    #[cold]
    pub fn os_error2(&self, e: &std::io::Error, filename: Value, filename2: Value) -> Raised {
        let errno = e.raw_os_error().unwrap_or(libc::EIO);
        let errno_v = Value::small_int(errno as i64);
        let text = Value::str(self, &strerror(errno));
        if filename2.is_absent() {
            if filename.is_absent() {
                self.raise_with(&exc::OS_ERROR, &[errno_v, text])
            } else {
                self.raise_with(&exc::OS_ERROR, &[errno_v, text, filename])
            }
        } else {
            self.raise_with(
                &exc::OS_ERROR,
                &[errno_v, text, filename, Value::NONE, filename2],
            )
        }
    }

    /// `StopIteration(value)`, without an argument for None or nothing.
    #[cold]
    pub fn stop_iteration(&self, value: Value) -> Raised {
        if value.is_none() || value.is_absent() {
            self.raise_with(&exc::STOP_ITERATION, &[])
        } else {
            self.raise_with(&exc::STOP_ITERATION, &[value])
        }
    }
}

impl Thread {
    /// Issues a warning, as `warnings.warn(msg, category)` called by the running Python function. Before the
    /// module `_warnings` is there nothing happens.
    ///
    /// # Errors
    /// The warning itself, where the filters turn it to an error.
    #[cold]
    pub fn warn(&self, category: &StaticType, msg: impl AsRef<str>) -> PyResult<()> {
        let module = self
            .interp
            .modules
            .get()
            .and_then(|m| m.get_name(self, "_warnings"));
        let Some(module) = module else {
            return Ok(());
        };
        let warn = crate::attr::get_str(self, module, "warn")?;
        let msg = Value::str(self, msg.as_ref());
        crate::call::call(self, warn, &[msg, category.value(), Value::small_int(1)])?;
        Ok(())
    }
}

impl Thread {
    /// Reports an exception that nobody can handle, by `sys.unraisablehook`. `what` says what it happened in, without a
    /// colon (`Exception ignored in atexit callback f`); without it the hook names `object`, which may be absent.
    #[cold]
    pub fn unraisable(&self, e: Raised, what: Option<&str>, object: Value) {
        let of_sys = |name: &str| {
            let v = self.interp.sys_dict.get()?.get_name(self, name)?;
            Some(v).filter(|v| !v.is_none())
        };
        let default = of_sys("__unraisablehook__");
        let hook = of_sys("unraisablehook").or(default);
        let report = |hook: Value, e: Raised, what: Option<&str>, object: Value| -> PyResult<()> {
            let state = self.interp.state.get();
            let class = state.and_then(|d| d.get_name(self, "sys.UnraisableHookArgs"));
            let Some(class) = class else {
                return Err(e);
            };
            let tb = match e.0.downcast::<exc::Exception>() {
                Some(x) => x.traceback.get(),
                None => Value::NONE,
            };
            let what = what.map_or(Value::NONE, |w| Value::str(self, w));
            let fields = Value::tuple(
                self,
                &[
                    crate::types::class_of(e.0).value(),
                    e.0,
                    tb,
                    what,
                    object.or(Value::NONE),
                ],
            );
            let args = crate::call::call(self, class, &[fields])?;
            self.audit("sys.unraisablehook", &[hook, args])?;
            crate::call::call(self, hook, &[args]).map(|_| ())
        };
        let Some(hook) = hook else {
            self.unraisable_raw(e, what);
            return;
        };
        let Err(second) = report(hook, e, what, object) else {
            return;
        };
        let failed = "Exception ignored in sys.unraisablehook";
        let again = match default {
            Some(d) if !d.is(hook) => report(d, second, Some(failed), hook),
            _ => Err(second),
        };
        if let Err(last) = again {
            self.unraisable_raw(last, Some(failed));
        }
    }

    /// What is left to say where there is no `sys` any more, or not yet.
    fn unraisable_raw(&self, e: Raised, what: Option<&str>) {
        let text = match crate::ops::str(self, e.0) {
            Ok(s) => crate::names::text(s).into_owned(),
            Err(_) => "<exception str() failed>".into(),
        };
        let name = crate::types::class_of(e.0).name_text();
        let line = format!("{}: {name}: {text}\n", what.unwrap_or("Exception ignored"));
        // SAFETY: writes a buffer of known length.
        unsafe { libc::write(2, line.as_ptr() as *const _, line.len()) };
    }
}

/// Whether bytes that are taken for text are warned of.
static BYTES_WARNING: std::sync::atomic::AtomicBool = std::sync::atomic::AtomicBool::new(false);

/// Turns `BytesWarning` on or off, for all interpreters.
pub fn set_bytes_warning(on: bool) {
    BYTES_WARNING.store(on, std::sync::atomic::Ordering::Relaxed);
}

impl Thread {
    /// Warns that bytes were taken for text, where the command line asked for that.
    ///
    /// # Errors
    /// `BytesWarning`, where a filter makes it an error.
    pub fn bytes_warning(&self, msg: &str) -> PyResult<()> {
        if !BYTES_WARNING.load(std::sync::atomic::Ordering::Relaxed) {
            return Ok(());
        }
        self.warn(&exc::BYTES_WARNING, msg)
    }
}

/// The C library's text of an error number.
pub fn strerror(errno: i32) -> String {
    let mut buf = [0u8; 256];
    // SAFETY: the buffer's size is given; the GNU or POSIX variant both leave a terminated string in it or fail.
    let text = unsafe {
        libc::strerror_r(errno, buf.as_mut_ptr() as *mut libc::c_char, buf.len());
        std::ffi::CStr::from_ptr(buf.as_ptr() as *const libc::c_char)
    };
    text.to_string_lossy().into_owned()
}
