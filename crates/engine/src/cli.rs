//! The command line and the environment: CPython's options, messages and exit codes.

use crate::config::{Config, Program};
use crate::help;
use std::ffi::{OsStr, OsString};
use std::os::unix::ffi::{OsStrExt, OsStringExt};

/// What to do with a command line.
pub enum Action {
    /// Start an interpreter.
    Run(Box<Config>),
    /// Print a text to standard output and end with 0.
    Print(String),
    /// Print a text to standard error and end with this code.
    Fail(String, i32),
}

/// The value of an environment variable; an empty one counts as unset.
type Env<'a> = &'a dyn Fn(&str) -> Option<OsString>;

fn lossy(s: &OsStr) -> String {
    s.to_string_lossy().into_owned()
}

/// A fatal error of start-up, in CPython's form.
fn fatal(place: &str, msg: &str) -> Action {
    let place = if place.is_empty() {
        String::new()
    } else {
        format!("{place}: ")
    };
    Action::Fail(
        format!("Fatal Python error: {place}{msg}\nPython runtime state: preinitialized\n\n"),
        1,
    )
}

fn usage_error(program: &OsStr, msg: &str) -> Action {
    Action::Fail(
        format!(
            "{msg}\n{}Try `python -h' for more information.\n",
            help::usage_line(&lossy(program))
        ),
        2,
    )
}

/// Options that take an argument: the rest of the word, or the next one.
const WITH_ARGUMENT: &[u8] = b"cmWX";

struct Reader<'a> {
    argv: &'a [OsString],
    at: usize,
}

impl Reader<'_> {
    /// The argument of an option whose word has `rest` left.
    fn argument(&mut self, rest: &[u8]) -> Option<OsString> {
        if !rest.is_empty() {
            return Some(OsString::from_vec(rest.to_vec()));
        }
        let next = self.argv.get(self.at)?.clone();
        self.at += 1;
        Some(next)
    }
}

/// Takes a command line apart; `argv[0]` is the program's own name.
pub fn parse(argv: &[OsString], env: Env) -> Action {
    let mut c = Config::new();
    c.orig_argv = argv.to_vec();
    let name = argv.first().cloned().unwrap_or_else(|| "taipan".into());
    let mut r = Reader { argv, at: 1 };
    let mut version = 0;
    let mut program = None;
    let mut warn_options = Vec::new();
    let mut inspect = 0;
    let mut randomize = false;
    while program.is_none() && r.at < argv.len() {
        let word = argv[r.at].as_bytes();
        if word.len() < 2 || word[0] != b'-' {
            break;
        }
        r.at += 1;
        if word == b"--" {
            break;
        }
        if let Some(long) = word.strip_prefix(b"--") {
            match long {
                b"help" => return Action::Print(help::main(&lossy(&name))),
                b"help-env" => return Action::Print(help::environment()),
                b"help-xoptions" => return Action::Print(help::xoptions()),
                b"help-all" => return Action::Print(help::all(&lossy(&name))),
                b"version" => version += 1,
                b"check-hash-based-pycs" => {
                    let Some(mode) = r.argument(b"") else {
                        return usage_error(
                            &name,
                            "Argument expected for the --check-hash-based-pycs option",
                        );
                    };
                    c.check_hash_pycs = match mode.as_bytes() {
                        b"always" => "always",
                        b"never" => "never",
                        b"default" => "default",
                        _ => {
                            return usage_error(
                                &name,
                                "--check-hash-based-pycs must be one of 'default', 'always', or 'never'",
                            );
                        }
                    };
                }
                _ => {
                    let shown = lossy(OsStr::from_bytes(word));
                    return usage_error(&name, &format!("Unknown option: {shown}"));
                }
            }
            continue;
        }
        let mut i = 1;
        while i < word.len() {
            let o = word[i];
            i += 1;
            if WITH_ARGUMENT.contains(&o) {
                let Some(a) = r.argument(&word[i..]) else {
                    return usage_error(
                        &name,
                        &format!("Argument expected for the -{} option", o as char),
                    );
                };
                match o {
                    b'c' => program = Some(Program::Command(a)),
                    b'm' => program = Some(Program::Module(a)),
                    b'W' => warn_options.push(lossy(&a)),
                    _ => {
                        let text = lossy(&a);
                        let (k, v) = match text.split_once('=') {
                            Some((k, v)) => (k.to_owned(), Some(v.to_owned())),
                            None => (text, None),
                        };
                        c.xoptions.push((k, v));
                    }
                }
                break;
            }
            match o {
                b'b' => c.bytes_warning += 1,
                b'B' => c.dont_write_bytecode = true,
                b'd' => c.debug += 1,
                b'E' => c.ignore_environment = true,
                b'h' | b'?' => return Action::Print(help::main(&lossy(&name))),
                b'i' => inspect += 1,
                b'I' => {
                    c.isolated = true;
                    c.ignore_environment = true;
                    c.no_user_site = true;
                    c.safe_path = true;
                }
                b'O' => c.optimize += 1,
                b'P' => c.safe_path = true,
                b'q' => c.quiet = true,
                b'R' => randomize = true,
                b't' => {}
                b's' => c.no_user_site = true,
                b'S' => c.no_site = true,
                b'u' => c.unbuffered = true,
                b'v' => c.verbose += 1,
                b'V' => version += 1,
                b'x' => c.skip_first_line = true,
                b'J' => return usage_error(&name, "-J is reserved for Jython"),
                _ => return usage_error(&name, &format!("Unknown option: -{}", o as char)),
            }
        }
    }
    if version > 0 {
        return Action::Print(format!("Python {}\n", help::version(version > 1)));
    }
    c.inspect = inspect > 0;
    c.interactive = inspect > 0;
    if program.is_none()
        && let Some(first) = argv.get(r.at)
    {
        r.at += 1;
        if first != "-" {
            program = Some(Program::Script(first.clone()));
        } else {
            c.args.push("-".into());
        }
    }
    c.program = program.unwrap_or(Program::Stdin);
    c.args.extend(argv[r.at.min(argv.len())..].iter().cloned());
    let unset = |_: &str| None;
    let env: Env = if c.ignore_environment { &unset } else { env };
    match read_environment(&mut c, env).and_then(|()| read_xoptions(&mut c, env)) {
        Err(failed) => failed,
        Ok(()) => {
            if randomize {
                c.hash_seed = None;
            }
            gather_warnings(&mut c, env, warn_options);
            Action::Run(Box::new(c))
        }
    }
}

/// A flag of the environment: set to anything; a number gives its value.
fn env_level(env: Env, name: &str) -> u32 {
    match env(name) {
        Some(v) => lossy(&v)
            .trim()
            .parse::<u32>()
            .map_or(1, |n| n.min(i32::MAX as u32)),
        None => 0,
    }
}

fn read_environment(c: &mut Config, env: Env) -> Result<(), Action> {
    let on = |n: &str| env_level(env, n) > 0;
    c.debug = c.debug.max(env_level(env, "PYTHONDEBUG"));
    c.verbose = c.verbose.max(env_level(env, "PYTHONVERBOSE"));
    c.optimize = c.optimize.max(env_level(env, "PYTHONOPTIMIZE"));
    c.inspect |= on("PYTHONINSPECT");
    c.unbuffered |= on("PYTHONUNBUFFERED");
    c.dont_write_bytecode |= on("PYTHONDONTWRITEBYTECODE");
    c.no_user_site |= on("PYTHONNOUSERSITE");
    c.safe_path |= env("PYTHONSAFEPATH").is_some();
    c.coerce_locale = env("PYTHONCOERCECLOCALE").map(|v| lossy(&v));
    c.python_path = env("PYTHONPATH");
    c.home = env("PYTHONHOME");
    c.startup = env("PYTHONSTARTUP");
    c.executable = env("PYTHONEXECUTABLE");
    c.pycache_prefix = env("PYTHONPYCACHEPREFIX");
    c.io_encoding = env("PYTHONIOENCODING").map(|v| lossy(&v));
    c.platlibdir = env("PYTHONPLATLIBDIR").map(|v| lossy(&v));
    if let Some(seed) = env("PYTHONHASHSEED").map(|v| lossy(&v))
        && seed != "random"
    {
        match seed.parse::<u32>() {
            Ok(n) => c.hash_seed = Some(n),
            Err(_) => {
                return Err(fatal(
                    "config_init_hash_seed",
                    "PYTHONHASHSEED must be \"random\" or an integer in range [0; 4294967295]",
                ));
            }
        }
    }
    Ok(())
}

/// An option that is on unless `-X name=0` or its variable turns it off.
fn switch(c: &Config, env: Env, what: &str) -> Result<bool, Action> {
    let var = format!("PYTHON_{}", what.to_uppercase());
    let (given, bad) = match c.xoption(what) {
        Some(v) => (
            Some(v.unwrap_or("").to_owned()),
            format!("-X {what}=n: n is missing or invalid"),
        ),
        None => (
            env(&var).map(|v| lossy(&v)),
            format!("{var}=N: N is missing or invalid"),
        ),
    };
    match given.as_deref() {
        None | Some("1") => Ok(true),
        Some("0") => Ok(false),
        Some(_) => Err(fatal(&format!("config_init_{what}"), &bad)),
    }
}

/// An option that may stand as `-X name[=0|1]` or in the environment; the command line wins.
fn zero_or_one(c: &Config, env: Env, x: &str, var: &str) -> Result<Option<bool>, ()> {
    let given = match c.xoption(x) {
        Some(None) => return Ok(Some(true)),
        Some(Some(v)) => Some(v.to_owned()),
        None => env(var).map(|v| lossy(&v)),
    };
    match given.as_deref() {
        None => Ok(None),
        Some("0") => Ok(Some(false)),
        Some("1") => Ok(Some(true)),
        Some(_) => Err(()),
    }
}

fn read_xoptions(c: &mut Config, env: Env) -> Result<(), Action> {
    let gil = match c.xoption("gil") {
        Some(v) => Some(v.unwrap_or("").to_owned()),
        None => env("PYTHON_GIL").map(|v| lossy(&v)),
    };
    c.gil_given = gil.is_some();
    c.gil = match gil.as_deref() {
        None | Some("0") => false,
        Some("1") => true,
        Some(_) => {
            return Err(fatal(
                "config_read_gil",
                "PYTHON_GIL / -X gil must be \"0\" or \"1\"",
            ));
        }
    };
    c.thread_inherit_context = switch(c, env, "thread_inherit_context")?;
    c.context_aware_warnings = switch(c, env, "context_aware_warnings")?;
    // Bytecode is not copied for each thread here, so there is nothing to switch.
    switch(c, env, "tlbc")?;
    c.dev_mode = c.xoption("dev").is_some() || env("PYTHONDEVMODE").is_some();
    match zero_or_one(c, env, "utf8", "PYTHONUTF8") {
        Ok(on) => {
            c.utf8_mode = on.unwrap_or(false);
            c.utf8_given = on.is_some();
        }
        Err(()) => {
            let what = if c.xoption("utf8").is_some() {
                "invalid -X utf8 option value"
            } else {
                "invalid PYTHONUTF8 environment variable value"
            };
            return Err(Action::Fail(
                format!(
                    "Fatal Python error: preconfig_init_utf8_mode: {what}\nPython runtime state: preinitializing\n\n"
                ),
                1,
            ));
        }
    }
    c.warn_default_encoding =
        c.xoption("warn_default_encoding").is_some() || env("PYTHONWARNDEFAULTENCODING").is_some();
    c.faulthandler =
        c.dev_mode || c.xoption("faulthandler").is_some() || env("PYTHONFAULTHANDLER").is_some();
    c.no_debug_ranges =
        c.xoption("no_debug_ranges").is_some() || env("PYTHONNODEBUGRANGES").is_some();
    c.import_time = match c.xoption("importtime") {
        Some(None) => 1,
        Some(Some(v)) => match v.trim().parse::<i64>() {
            Ok(n @ 0..=2) => n as u32,
            Err(_) => 1,
            Ok(_) => {
                return Err(fatal(
                    "config_init_import_time",
                    "-X importtime: values other than 1 and 2 are reserved for future use.",
                ));
            }
        },
        None => match env("PYTHONPROFILEIMPORTTIME").map(|v| lossy(&v).trim().parse::<i64>()) {
            None => 0,
            Some(Ok(n @ 0..=2)) => n as u32,
            Some(Err(_)) => 1,
            Some(Ok(_)) => {
                return Err(fatal(
                    "config_init_import_time",
                    "PYTHONPROFILEIMPORTTIME: numeric values other than 1 and 2 are reserved for future use.",
                ));
            }
        },
    };
    read_limits(c, env)
}

fn read_limits(c: &mut Config, env: Env) -> Result<(), Action> {
    let (given, name) = match c.xoption("int_max_str_digits") {
        Some(v) => (Some(v.unwrap_or("").to_owned()), "-X int_max_str_digits"),
        None => (
            env("PYTHONINTMAXSTRDIGITS").map(|v| lossy(&v)),
            "PYTHONINTMAXSTRDIGITS",
        ),
    };
    if let Some(text) = given {
        match text.parse::<i32>() {
            Ok(n) if n == 0 || n >= 640 => c.int_max_str_digits = n,
            _ => {
                return Err(fatal(
                    "config_init_int_max_str_digits",
                    &format!("{name}: invalid limit; must be >= 640 or 0 for unlimited."),
                ));
            }
        }
    }
    let given = match c.xoption("cpu_count") {
        Some(v) => Some(v.unwrap_or("").to_owned()),
        None => env("PYTHON_CPU_COUNT").map(|v| lossy(&v)),
    };
    match given.as_deref() {
        None | Some("default") => {}
        Some(text) => match text.parse::<i32>() {
            Ok(n) if n > 0 => c.cpu_count = n,
            _ => {
                return Err(fatal(
                    "config_init_cpu_count",
                    "-X cpu_count=n option: n is missing or an invalid number, n must be greater than 0",
                ));
            }
        },
    }
    if let Some(v) = c.xoption("frozen_modules")
        && !matches!(v, None | Some("on" | "off" | ""))
    {
        return Err(fatal(
            "",
            "bad value for option -X frozen_modules (expected \"on\" or \"off\")",
        ));
    }
    if c.xoption("frozen_modules").is_none()
        && let Some(v) = env("PYTHON_FROZEN_MODULES")
        && v != "on"
        && v != "off"
    {
        return Err(fatal(
            "",
            "bad value for PYTHON_FROZEN_MODULES (expected \"on\" or \"off\")",
        ));
    }
    if let Some(v) = c.xoption("pycache_prefix") {
        c.pycache_prefix = v.filter(|v| !v.is_empty()).map(|v| v.to_owned().into());
    }
    c.tracemalloc = match c.xoption("tracemalloc") {
        Some(None) => 1,
        Some(Some(v)) => match v.parse::<u32>() {
            Ok(n) if n <= 65535 => n,
            _ => {
                return Err(fatal(
                    "config_init_tracemalloc",
                    "-X tracemalloc=NFRAME: invalid number of frames",
                ));
            }
        },
        None => match env("PYTHONTRACEMALLOC").map(|v| lossy(&v).parse::<u32>()) {
            None => 0,
            Some(Ok(n)) if n <= 65535 => n,
            Some(_) => {
                return Err(fatal(
                    "config_init_tracemalloc",
                    "PYTHONTRACEMALLOC: invalid number of frames",
                ));
            }
        },
    };
    Ok(())
}

/// `sys.warnoptions`: those of development mode, of the environment, of the command line, of `-b`, in this order.
fn gather_warnings(c: &mut Config, env: Env, options: Vec<String>) {
    let mut all: Vec<String> = Vec::new();
    if c.dev_mode {
        all.push("default".into());
    }
    if let Some(list) = env("PYTHONWARNINGS") {
        all.extend(lossy(&list).split(',').map(str::to_owned));
    }
    all.extend(options);
    match c.bytes_warning {
        0 => {}
        1 => all.push("default::BytesWarning".into()),
        _ => all.push("error::BytesWarning".into()),
    }
    // The same option given twice counts where it stands last.
    let mut out: Vec<String> = Vec::new();
    for o in all {
        out.retain(|x| *x != o);
        out.push(o);
    }
    c.warn_options = out;
}
