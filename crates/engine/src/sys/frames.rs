//! Frames, exceptions in flight, tracing functions, hooks of asynchronous generators.

use std::sync::atomic::Ordering;
use taipan_interp::trace::{self, Hook};
use taipan_object::exception::{self as exc, Exception};
use taipan_object::native::Method;
use taipan_object::thread::hooks;
use taipan_object::types::{Type, class_of};
use taipan_object::{Thread, Value, attr, names, ops};

/// The functions of this file.
pub static FUNCTIONS: &[Method] = &[
    Method::new("_getframe", "(depth=0, /)", |th, a| {
        let depth = match a[0].present() {
            Some(d) => ops::index_i32(th, d)?.max(0) as usize,
            None => 0,
        };
        match (hooks().current_frame)(th, depth).present() {
            Some(f) => {
                th.audit("sys._getframe", &[f])?;
                Ok(f)
            }
            None => Err(th.value_error("call stack is not deep enough")),
        }
    })
    .doc("Return a frame object from the call stack."),
    Method::new("_getframemodulename", "(depth=0)", |th, a| {
        let depth = match a[0].present() {
            Some(d) => ops::index_i32(th, d)?.max(0) as usize,
            None => 0,
        };
        th.audit("sys._getframemodulename", &[Value::usize(th, depth)])?;
        let Some(f) = (hooks().current_frame)(th, depth).present() else {
            return Ok(Value::NONE);
        };
        let globals = attr::get_str(th, f, "f_globals")?;
        let name = globals.as_dict().and_then(|d| d.get_name(th, "__name__"));
        Ok(name.unwrap_or(Value::NONE))
    })
    .doc("Return the name of the module for a calling frame."),
    Method::new("exception", "()", |th, _| Ok(th.handled_exception().or(Value::NONE)))
        .doc("Return the current exception."),
    Method::new("exc_info", "()", |th, _| {
        let e = th.handled_exception();
        match e.downcast::<Exception>() {
            None => Value::try_tuple(th, &[Value::NONE; 3]),
            Some(o) => Value::try_tuple(th, &[class_of(e).value(), e, o.traceback.get()]),
        }
    })
    .doc("Return current exception information: (type, value, traceback)."),
    Method::new("exit", "(status=None, /)", |th, a| {
        let args = if a[0].is_absent() || a[0].is_none() {
            &[][..]
        } else {
            &a[..1]
        };
        // A tuple gives the exception's arguments.
        let args = match args.first().and_then(|t| t.as_tuple()) {
            Some(items) => items,
            None => args,
        };
        Err(th.raise_with(&exc::SYSTEM_EXIT, args))
    })
    .doc("Exit the interpreter by raising SystemExit(status)."),
    Method::new("settrace", "(function, /)", |th, a| {
        th.audit("sys.settrace", &[])?;
        trace::set_hook(th, Hook::Trace, a[0]);
        Ok(Value::NONE)
    })
    .doc("Set the global debug tracing function.\n\nIt will be called on each function call.  See the debugger chapter\nin the library manual."),
    Method::new("setprofile", "(function, /)", |th, a| {
        th.audit("sys.setprofile", &[])?;
        trace::set_hook(th, Hook::Profile, a[0]);
        Ok(Value::NONE)
    })
    .doc("Set the profiling function.\n\nIt will be called on each function call and return.  See the profiler\nchapter in the library manual."),
    Method::new("_settraceallthreads", "(function, /)", |th, a| {
        th.audit("sys.settrace", &[])?;
        trace::set_hook_everywhere(th, Hook::Trace, a[0]);
        Ok(Value::NONE)
    })
    .doc("Set the global debug tracing function in all running threads belonging to the current interpreter.\n\nIt will be called on each function call. See the debugger chapter\nin the library manual."),
    Method::new("_setprofileallthreads", "(function, /)", |th, a| {
        th.audit("sys.setprofile", &[])?;
        trace::set_hook_everywhere(th, Hook::Profile, a[0]);
        Ok(Value::NONE)
    })
    .doc("Set the profiling function in all running threads belonging to the current interpreter.\n\nIt will be called on each function call and return.  See the profiler\nchapter in the library manual."),
    Method::new("gettrace", "()", |th, _| Ok(trace::hook(th, Hook::Trace)))
        .doc("Return the global debug tracing function set with sys.settrace.\n\nSee the debugger chapter in the library manual."),
    Method::new("getprofile", "()", |th, _| Ok(trace::hook(th, Hook::Profile)))
        .doc("Return the profiling function set with sys.setprofile.\n\nSee the profiler chapter in the library manual."),
    Method::new("call_tracing", "(func, args, /)", |th, a| {
        let Some(args) = a[1].as_tuple() else {
            return Err(th.type_error(format!(
                "call_tracing() argument 2 must be tuple, not {}",
                class_of(a[1]).name_text()
            )));
        };
        trace::call_tracing(th, a[0], args)
    })
    .doc("Call func(*args), while tracing is enabled.\n\nThe tracing state is saved, and restored afterwards.  This is intended\nto be called from a debugger from a checkpoint, to recursively debug\nsome other code."),
    Method::new("_current_frames", "()", |th, _| {
        th.audit("sys._current_frames", &[])?;
        taipan_interp::frames::of_all_threads(th)
    })
    .doc("Return a dict mapping each thread's thread id to its current stack frame.\n\nThis function should be used for specialized purposes only."),
    Method::new("_current_exceptions", "()", |th, _| {
        th.audit("sys._current_exceptions", &[])?;
        taipan_interp::frames::exceptions_of_all_threads(th)
    })
    .doc("Return a dict mapping each thread's identifier to its current raised exception.\n\nThis function should be used for specialized purposes only."),
    Method::new("get_asyncgen_hooks", "()", |th, _| {
        let kind = th
            .interp
            .state
            .expect()
            .get_name(th, "sys.asyncgen_hooks")
            .expect("made at start");
        let hooks = [
            th.asyncgen_hooks[0].get().or(Value::NONE),
            th.asyncgen_hooks[1].get().or(Value::NONE),
        ];
        taipan_containers::structseq::make(th, kind, &hooks)
    }),
    Method::new(
        "set_asyncgen_hooks",
        "(firstiter=<unrepresentable>, finalizer=<unrepresentable>)",
        |th, a| {
            for (v, what) in a.iter().zip(["firstiter", "finalizer"]) {
                if let Some(v) = v.present()
                    && !v.is_none()
                    && !ops::is_callable(v)
                {
                    return Err(th.type_error(format!(
                        "callable {what} expected, got {}",
                        class_of(v).name_text()
                    )));
                }
            }
            for (field, v) in th.asyncgen_hooks.iter().zip(a) {
                if let Some(v) = v.present() {
                    // A thread is a root: no owner is to be told.
                    field.init(v);
                }
            }
            Ok(Value::NONE)
        },
    ),
    Method::new("get_coroutine_origin_tracking_depth", "()", |_, _| {
        Ok(Value::small_int(th_depth()))
    }),
    Method::new("set_coroutine_origin_tracking_depth", "(depth)", |th, a| {
        let n = ops::index_i32(th, a[0])?;
        if n < 0 {
            return Err(th.value_error("depth must be >= 0"));
        }
        th.origin_depth.set(n as u32);
        Ok(Value::NONE)
    }),
    Method::new("_clear_type_cache", "()", |_, _| Ok(Value::NONE)),
    Method::new("_clear_type_descriptors", "(type, /)", |th, a| {
        let Some(t) = a[0].downcast::<Type>() else {
            return Err(th.type_error(format!(
                "_clear_type_descriptors() argument must be type, not {}",
                class_of(a[0]).name_text()
            )));
        };
        if !t.is_heap() {
            return Err(th.type_error("argument is immutable"));
        }
        let dict = t.dict.expect();
        for name in ["__dict__", "__weakref__"] {
            dict.remove(th, taipan_object::strings::intern(th, name))?;
        }
        t.modified();
        Ok(Value::NONE)
    }),
    Method::new("_clear_internal_caches", "()", |_, _| Ok(Value::NONE)),
    Method::new("is_finalizing", "()", |th, _| {
        Ok(Value::bool(th.interp.finalizing.load(Ordering::Acquire)))
    })
    .doc("Return True if Python is exiting."),
    Method::new("_is_gil_enabled", "()", |th, _| Ok(Value::bool(th.interp.gil.is_some())))
        .doc("Return True if the GIL is currently enabled."),
    Method::new("activate_stack_trampoline", "(backend, /)", |th, a| {
        Err(th.value_error(format!("invalid backend: {}", names::text(ops::str(th, a[0])?))))
    }),
    Method::new("deactivate_stack_trampoline", "()", |_, _| Ok(Value::NONE)),
    Method::new("is_stack_trampoline_active", "()", |_, _| Ok(Value::FALSE)),
    Method::new("is_remote_debug_enabled", "()", |_, _| Ok(Value::FALSE)),
];

fn th_depth() -> i64 {
    Thread::current().origin_depth.get().into()
}
