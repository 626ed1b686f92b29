//! Start-up: from nothing to an interpreter that can import.

use crate::config::Config;
use crate::import_lock::ImportLock;
use crate::interpreters::Made;
use crate::{hooks, imp, modules};
use std::sync::Arc;
use taipan_object::dict::Dict;
use taipan_object::func::Module;
use taipan_object::native::ModuleSpec;
use taipan_object::thread::{GilOf, Limits, set_hash_key, set_hooks};
use taipan_object::types::flags;
use taipan_object::{Interpreter, PyResult, Thread, Value, attr, call, names, strings};
use taipan_text::hash::HashKey;

/// What the engine keeps for each interpreter.
pub struct Engine {
    /// How it was started.
    pub config: Arc<Config>,
    /// The lock of `importlib`.
    pub import_lock: ImportLock,
    /// How the interpreter came to be.
    pub made: Made,
}

/// The engine's part of the thread's interpreter.
pub fn engine(th: &Thread) -> &'static Engine {
    engine_of(th.interp)
}

/// The engine's part of an interpreter.
pub fn engine_of(interp: &'static Interpreter) -> &'static Engine {
    interp
        .config
        .get()
        .and_then(|e| e.downcast_ref::<Engine>())
        .expect("set when the interpreter was made")
}

/// How the thread's interpreter was started.
pub fn config(th: &Thread) -> &'static Config {
    &engine(th).config
}

/// Makes the main interpreter and attaches the calling thread to it. Once per process.
///
/// # Errors
/// When the system refuses memory.
pub fn create_main(config: Config) -> std::io::Result<Box<Thread>> {
    let mut random = [0u8; 16];
    set_hash_key(match config.hash_seed {
        Some(seed) => HashKey::from_seed(seed),
        None => {
            taipan_host::sysinfo::urandom(&mut random)?;
            HashKey::from_bytes(random)
        }
    });
    taipan_object::error::set_bytes_warning(config.bytes_warning > 0);
    taipan_builtins::set_import_report(config.import_time, config.verbose > 0);
    taipan_object::numbers::set_int_max_str_digits(config.int_max_str_digits.max(0) as usize);
    let gil = if config.gil {
        GilOf::Own
    } else {
        GilOf::Nobody
    };
    let interp = Interpreter::create(gil, Limits::NONE).expect("the first of many");
    let engine = Engine {
        config: Arc::new(config),
        import_lock: ImportLock::new(),
        made: Made::at_start(),
    };
    let _ = interp.config.set(Box::new(engine));
    Thread::attach(interp, true)
}

/// Gives a new interpreter the engine's part: it is started as the thread's interpreter was.
pub fn give_engine(th: &Thread, interp: &'static Interpreter, made: Made) {
    let engine = Engine {
        config: Arc::clone(&engine(th).config),
        import_lock: ImportLock::new(),
        made,
    };
    let _ = interp.config.set(Box::new(engine));
}

/// Sets up an interpreter that is not the first one, on the thread that entered it. `first_path` is what its `sys.path`
/// begins with, if anything.
///
/// # Errors
/// As [`set_up_interpreter`].
pub fn set_up_sub_interpreter(th: &Thread, first_path: Option<Value>) -> PyResult<()> {
    make_dicts(th);
    set_up_interpreter(th)?;
    crate::run::import_site(th, config(th))?;
    match first_path {
        Some(dir) => crate::run::insert_path(th, dir),
        None => Ok(()),
    }
}

fn make_dicts(th: &Thread) {
    let interp = th.interp;
    interp.set_dict(&interp.state, Dict::new(th));
    interp.set_dict(&interp.modules, Dict::new(th));
}

/// Sets up the process-wide part: core types, hooks, all native types. Once.
///
/// # Errors
/// `MemoryError`.
pub fn set_up_process(th: &Thread) -> PyResult<()> {
    taipan_object::bootstrap(th)?;
    taipan_interp::init(th);
    set_hooks(&hooks::HOOKS);
    make_dicts(th);
    taipan_builtins::define(th)?;
    for (t, spec) in modules::types() {
        t.define(th, spec)?;
    }
    taipan_object::thread::add_after_fork_child(|th| engine(th).import_lock.after_fork_child(th));
    // The child must not find a module half put in place by a thread that is no more.
    taipan_std_os::forking::add_around(
        |th| engine(th).import_lock.acquire(th),
        |th| {
            engine(th).import_lock.release(th);
        },
    );
    // Rust's own handlers, which tell of overflowing stacks, would swallow such a signal that another process sends.
    for n in [libc::SIGSEGV, libc::SIGBUS] {
        let _ = taipan_host::signal::set_disposition(n, taipan_host::signal::Disposition::Default);
    }
    if config(th).faulthandler {
        taipan_std_threads::faulthandler::enable(th, 2, true, true)?;
    }
    Ok(())
}

/// Makes a native module and puts it into `sys.modules`.
fn native_module(th: &Thread, spec: &'static ModuleSpec) -> PyResult {
    let m = Module::from_spec(th, spec)?.value();
    th.interp.modules.expect().set_name(th, spec.name, m)?;
    Ok(m)
}

fn make_builtins(th: &Thread) -> PyResult {
    let spec = modules::find("builtins").expect("the module builtins");
    let interp = th.interp;
    let m = native_module(th, spec)?;
    let d = m.expect::<Module>().dict.expect();
    interp.set_dict(&interp.builtins, d);
    for (t, _) in modules::types() {
        let is_named = t.get().has_flag(flags::EXCEPTION_SUBCLASS) || TYPES.contains(&t.name);
        if t.module == "builtins" && is_named {
            d.set_name(th, t.name, t.value())?;
        }
    }
    let debug = config(th).optimize == 0;
    d.set_name(th, "__debug__", Value::bool(debug))?;
    Ok(m)
}

/// Of the types whose module is `builtins`, those that the module names, besides all exceptions.
const TYPES: &[&str] = &[
    "bool",
    "bytearray",
    "bytes",
    "classmethod",
    "complex",
    "dict",
    "enumerate",
    "filter",
    "float",
    "frozenset",
    "int",
    "list",
    "map",
    "memoryview",
    "object",
    "property",
    "range",
    "reversed",
    "set",
    "slice",
    "staticmethod",
    "str",
    "super",
    "tuple",
    "type",
    "zip",
];

/// Makes an interpreter usable: builtins, `sys`, the importers, the standard streams.
///
/// # Errors
/// What the library's own code raises; that is an installation that does not work.
pub fn set_up_interpreter(th: &Thread) -> PyResult<()> {
    let interp = th.interp;
    taipan_builtins::register(th)?;
    let builtins = make_builtins(th)?;
    let state = interp.state.expect();
    state.set_name(th, "builtins", builtins)?;
    let sys = native_module(th, &crate::sys::MODULE)?;
    state.set_name(th, "sys", sys)?;
    let sys_dict = sys.expect::<Module>().dict.expect();
    interp.set_dict(&interp.sys_dict, sys_dict);
    taipan_std_lang::register(th)?;
    sys_dict.set_name(th, "modules", interp.modules.expect().value())?;
    let printer = crate::preliminary::stderr(th);
    sys_dict.set_name(th, "stderr", printer)?;
    sys_dict.set_name(th, "__stderr__", printer)?;
    // Codecs are used before anything imports them.
    if let Some(spec) = modules::find("_codecs") {
        native_module(th, spec)?;
    }
    let imp = native_module(th, &imp::MODULE)?;
    let importlib = imp::run_frozen(th, "_frozen_importlib", "importlib._bootstrap")?;
    call::call_method(th, importlib, "_install", &[sys, imp])?;
    set_importlib(th, importlib);
    call::call_method(th, importlib, "_install_external_importers", &[])?;
    let stdlib = taipan_builtins::import_module(th, "_frozen_stdlib")?;
    let hook = attr::get_str(th, attr::get_str(th, stdlib, "StdlibFinder")?, "path_hook")?;
    let zip = attr::get_str(th, stdlib, "zip_hook")?;
    if let Some(hooks) = sys_dict
        .get_name(th, "path_hooks")
        .and_then(|l| l.as_list())
    {
        hooks.insert(th, 0, zip)?;
        hooks.insert(th, 0, hook)?;
    }
    taipan_builtins::import_module(th, "encodings")?;
    open_streams(th)?;
    let main = Module::new(th, strings::intern(th, "__main__"), Value::NONE)?;
    let d = main.dict.expect();
    d.set(th, names::BUILTINS.get(), builtins)?;
    let loader = attr::get_str(th, importlib, "BuiltinImporter")?;
    d.set_name(th, "__loader__", loader)?;
    interp
        .modules
        .expect()
        .set_name(th, "__main__", main.value())
}

fn set_importlib(th: &Thread, m: Value) {
    // Interpreters are roots: there is no owner to tell.
    th.interp.importlib.init(m);
}

/// `sys.stdin`, `stdout`, `stderr`, and `builtins.open`.
fn open_streams(th: &Thread) -> PyResult<()> {
    let io = taipan_builtins::import_module(th, "io")?;
    let open = attr::get_str(th, io, "open")?;
    th.interp.builtins.expect().set_name(th, "open", open)?;
    let c = config(th);
    let (encoding, errors) = stream_encoding(th, c)?;
    let sys = th.interp.sys_dict.expect();
    for (fd, name, mode) in [(0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")] {
        let errors = match (fd, &errors) {
            (2, _) => "backslashreplace",
            (_, Some(e)) => e.as_str(),
            _ => "strict",
        };
        let s = open_stream(
            th,
            io,
            open,
            fd,
            mode,
            &format!("<{name}>"),
            &encoding,
            errors,
        )?;
        sys.set_name(th, name, s)?;
        sys.set_name(th, &format!("__{name}__"), s)?;
    }
    Ok(())
}

/// The encoding and error handler of the standard streams: `PYTHONIOENCODING`, or the locale's.
fn stream_encoding(th: &Thread, c: &Config) -> PyResult<(String, Option<String>)> {
    let (mut encoding, mut errors) = (None, None);
    if let Some(text) = &c.io_encoding {
        let (e, h) = match text.split_once(':') {
            Some((e, h)) => (e, Some(h)),
            None => (text.as_str(), None),
        };
        encoding = Some(e.to_owned()).filter(|e| !e.is_empty());
        errors = h.filter(|h| !h.is_empty()).map(str::to_owned);
        if encoding.is_some() && errors.is_none() {
            errors = Some("strict".into());
        }
    }
    if errors.is_none() && (c.utf8_mode || is_c_locale()) {
        errors = Some("surrogateescape".into());
    }
    let name = match encoding {
        Some(e) => e,
        None if c.utf8_mode => "utf-8".into(),
        None => {
            let name = String::from_utf8_lossy(&taipan_host::locale::encoding()).into_owned();
            Some(name)
                .filter(|n| !n.is_empty())
                .unwrap_or("utf-8".into())
        }
    };
    // Streams tell the codec's own name.
    let codec = taipan_strings::codec::registry::lookup(th, &name)?;
    let shown = attr::get_str(th, codec, "name")?;
    Ok((names::text(shown).into_owned(), errors))
}

/// Whether the locale of characters is a plain one, whose bytes beyond ASCII programs are to get through unharmed.
fn is_c_locale() -> bool {
    let name = taipan_host::locale::setlocale(libc::LC_CTYPE, None).unwrap_or_default();
    ["C", "POSIX", "C.UTF-8", "C.utf8", "UTF-8"].contains(&String::from_utf8_lossy(&name).as_ref())
}

fn open_stream(
    th: &Thread,
    io: Value,
    open: Value,
    fd: i64,
    mode: &str,
    name: &str,
    encoding: &str,
    errors: &str,
) -> PyResult {
    if !taipan_host::fd::is_open(fd as i32) {
        return Ok(Value::NONE);
    }
    let c = config(th);
    let unbuffered = c.unbuffered && fd != 0;
    let binary = Value::str(th, if fd == 0 { "rb" } else { "wb" });
    let buffering = Value::small_int(if unbuffered { 0 } else { -1 });
    let none = Value::NONE;
    let closefd = Value::FALSE;
    let fd_value = Value::small_int(fd);
    let stream = match call::call(
        th,
        open,
        &[fd_value, binary, buffering, none, none, none, closefd],
    ) {
        Ok(s) => s,
        // A directory as standard input has no stream.
        Err(e) if e.is(&taipan_object::exception::OS_ERROR) => return Ok(Value::NONE),
        Err(e) => return Err(e),
    };
    let raw = if unbuffered {
        stream
    } else {
        attr::get_str(th, stream, "raw")?
    };
    let name = Value::str(th, name);
    attr::set(th, raw, strings::intern(th, "name"), name)?;
    let is_terminal = taipan_host::tty::isatty(fd as i32);
    let wrapper = attr::get_str(th, io, "TextIOWrapper")?;
    let newline = if fd == 0 {
        Value::NONE
    } else {
        Value::str(th, "\n")
    };
    let line_buffering = Value::bool(is_terminal || fd == 2);
    let text = call::call(
        th,
        wrapper,
        &[
            stream,
            Value::str(th, encoding),
            Value::str(th, errors),
            newline,
            line_buffering,
            Value::bool(unbuffered),
        ],
    )?;
    attr::set(th, text, strings::intern(th, "mode"), Value::str(th, mode))?;
    Ok(text)
}
