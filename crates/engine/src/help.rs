//! What `-h`, `--help-env`, `--help-xoptions` and `-V` print.

/// The version of the language, with this engine's own when `long`.
pub fn version(long: bool) -> String {
    if long {
        crate::sys::version_text()
    } else {
        crate::sys::VERSION_NUMBER.to_owned()
    }
}

/// The first line of the help and of usage errors.
pub fn usage_line(program: &str) -> String {
    format!("usage: {program} [option] ... [-c cmd | -m mod | file | -] [arg] ...\n")
}

const OPTIONS: &[(&str, &str)] = &[
    (
        "-b",
        "warn where bytes or a bytearray are turned to str, or are compared with str or int (-bb: raise)",
    ),
    (
        "-B",
        "do not write .pyc files; also PYTHONDONTWRITEBYTECODE=x",
    ),
    ("-c cmd", "run a program given as text (ends the options)"),
    (
        "-d",
        "debug output of the parser (accepted, without effect); also PYTHONDEBUG=x",
    ),
    ("-E", "ignore PYTHON* environment variables"),
    ("-h", "print this help and exit (also -? or --help)"),
    (
        "-i",
        "a prompt after the program, even if standard input is no terminal; also PYTHONINSPECT=x",
    ),
    (
        "-I",
        "isolate from the user's environment (implies -E, -P and -s)",
    ),
    (
        "-m mod",
        "run a library module as a script (ends the options)",
    ),
    (
        "-O",
        "leave out assert and __debug__ code; also PYTHONOPTIMIZE=x",
    ),
    ("-OO", "as -O, and leave out docstrings"),
    (
        "-P",
        "do not put an unsafe path first into sys.path; also PYTHONSAFEPATH",
    ),
    ("-q", "no version and copyright at the prompt's start"),
    (
        "-s",
        "without the user's site directory; also PYTHONNOUSERSITE=x",
    ),
    ("-S", "do not import site at start"),
    (
        "-u",
        "unbuffered stdout and stderr; also PYTHONUNBUFFERED=x",
    ),
    (
        "-v",
        "trace imports, more when repeated; also PYTHONVERBOSE=x",
    ),
    (
        "-V",
        "print the version and exit, twice: more (also --version)",
    ),
    (
        "-W arg",
        "warning filter action:message:category:module:lineno; also PYTHONWARNINGS=arg",
    ),
    ("-x", "skip the first line of the source"),
    (
        "-X opt",
        "an option of the implementation: see --help-xoptions",
    ),
    (
        "--check-hash-based-pycs always|default|never",
        "how .pyc files that carry a hash are checked",
    ),
    ("--help-env", "print the environment variables and exit"),
    ("--help-xoptions", "print the -X options and exit"),
    ("--help-all", "print all of the help and exit"),
];

const ENVIRONMENT: &[(&str, &str)] = &[
    (
        "PYTHONPATH",
        "folders put before the standard library in sys.path, separated by ':'",
    ),
    ("PYTHONHOME", "prefix of the installation"),
    ("PYTHONSTARTUP", "file run before the first prompt"),
    ("PYTHONSAFEPATH", "as -P"),
    ("PYTHONPLATLIBDIR", "sys.platlibdir"),
    (
        "PYTHONHASHSEED",
        "'random', or a number from 0 to 4294967295 that makes hashes of text repeatable",
    ),
    (
        "PYTHONIOENCODING",
        "encoding[:errors] of stdin, stdout and stderr",
    ),
    ("PYTHONUTF8", "1: UTF-8 mode (as -X utf8), 0: off"),
    ("PYTHONWARNDEFAULTENCODING", "as -X warn_default_encoding"),
    ("PYTHONWARNINGS", "warning filters, as -W"),
    (
        "PYTHONINTMAXSTRDIGITS",
        "limit of digits in conversions of int and str, 0 for none (as -X int_max_str_digits)",
    ),
    (
        "PYTHON_GIL",
        "1: one thread runs Python code at a time (as -X gil=1), 0: all do",
    ),
    (
        "PYTHON_CPU_COUNT",
        "what os.cpu_count() tells (as -X cpu_count)",
    ),
    (
        "PYTHON_THREAD_INHERIT_CONTEXT",
        "whether threads start with a copy of their starter's context",
    ),
    (
        "PYTHON_CONTEXT_AWARE_WARNINGS",
        "whether warnings.catch_warnings is per context",
    ),
    ("PYTHONDEVMODE", "as -X dev"),
    ("PYTHONFAULTHANDLER", "as -X faulthandler"),
    (
        "PYTHONPYCACHEPREFIX",
        "root of the .pyc files (as -X pycache_prefix)",
    ),
    ("PYTHONPROFILEIMPORTTIME", "as -X importtime"),
    ("PYTHONEXECUTABLE", "sys.executable"),
    ("TAIPAN_GC_STRESS", "collect at every Nth allocation"),
    (
        "TAIPAN_SAFEPOINT_DELAY",
        "seed:maxmicros: threads wait at random where they may stop",
    ),
    (
        "TAIPAN_PREEMPT",
        "seed:maxmicros: threads are interrupted at random and wait",
    ),
];

const XOPTIONS: &[(&str, &str)] = &[
    (
        "-X context_aware_warnings=[0|1]",
        "whether warnings.catch_warnings is per context; default 1",
    ),
    ("-X cpu_count=N", "what os.cpu_count() tells"),
    ("-X dev", "development mode: more warnings and checks"),
    ("-X faulthandler", "tracebacks at fatal signals"),
    (
        "-X gil=[0|1]",
        "the global interpreter lock; default 0: off",
    ),
    ("-X importtime[=2]", "how long each import takes"),
    (
        "-X int_max_str_digits=N",
        "limit of digits in conversions of int and str, 0 for none",
    ),
    ("-X no_debug_ranges", "no columns in tracebacks"),
    ("-X pycache_prefix=PATH", "root of the .pyc files"),
    (
        "-X thread_inherit_context=[0|1]",
        "whether threads start with a copy of their starter's context; default 1",
    ),
    ("-X utf8[=0|1]", "UTF-8 mode"),
    (
        "-X warn_default_encoding",
        "an EncodingWarning where the locale's encoding is used by default",
    ),
];

fn table(rows: &[(&str, &str)], width: usize) -> String {
    let mut out = String::new();
    for (name, text) in rows {
        if name.len() > width {
            out += &format!("{name}:\n{:width$}  {text}\n", "");
        } else {
            out += &format!("{name:width$}: {text}\n");
        }
    }
    out
}

/// `-h`
pub fn main(program: &str) -> String {
    format!(
        "{}Options (and corresponding environment variables):\n{}\nArguments:\nfile   : program read from script file\n-      : program read from stdin (default; interactive mode if a tty)\narg ...: arguments passed to program in sys.argv[1:]\n",
        usage_line(program),
        table(OPTIONS, 7)
    )
}

/// `--help-env`
pub fn environment() -> String {
    format!(
        "Environment variables that change behavior:\n{}",
        table(ENVIRONMENT, 16)
    )
}

/// `--help-xoptions`
pub fn xoptions() -> String {
    format!(
        "The following implementation-specific options are available:\n{}",
        table(XOPTIONS, 16)
    )
}

/// `--help-all`
pub fn all(program: &str) -> String {
    format!("{}\n{}\n{}", main(program), environment(), xoptions())
}
