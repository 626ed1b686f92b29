//! How an interpreter is to start: what the command line and the environment say.

use std::collections::BTreeMap;
use std::ffi::OsString;

/// What is to be run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// `-c CODE`
    Command(OsString),
    /// `-m MODULE`
    Module(OsString),
    /// A script, a directory or a zip file.
    Script(OsString),
    /// Standard input: a program, or the prompt at a terminal.
    Stdin,
}

/// `sys.flags`, and what has no flag there.
#[derive(Clone, Debug)]
pub struct Config {
    /// What is to be run.
    pub program: Program,
    /// `sys.argv` but for its first element.
    pub args: Vec<OsString>,
    /// `sys.orig_argv`
    pub orig_argv: Vec<OsString>,
    /// `-d`
    pub debug: u32,
    /// `-i`
    pub inspect: bool,
    /// `-i` given on the command line: a prompt even where standard input is no terminal.
    pub interactive: bool,
    /// `-O`, `-OO`
    pub optimize: u32,
    /// `-B`
    pub dont_write_bytecode: bool,
    /// `-s`
    pub no_user_site: bool,
    /// `-S`
    pub no_site: bool,
    /// `-E`
    pub ignore_environment: bool,
    /// `-v`
    pub verbose: u32,
    /// `-b`
    pub bytes_warning: u32,
    /// `-q`
    pub quiet: bool,
    /// `-I`
    pub isolated: bool,
    /// `-P`
    pub safe_path: bool,
    /// `-u`
    pub unbuffered: bool,
    /// `-x`
    pub skip_first_line: bool,
    /// `-X dev`
    pub dev_mode: bool,
    /// `-X utf8`
    pub utf8_mode: bool,
    /// `-X warn_default_encoding`
    pub warn_default_encoding: bool,
    /// `-X int_max_str_digits`
    pub int_max_str_digits: i32,
    /// `-X gil=1`
    pub gil: bool,
    /// `-X thread_inherit_context`
    pub thread_inherit_context: bool,
    /// `-X context_aware_warnings`
    pub context_aware_warnings: bool,
    /// Whether `utf8_mode` was asked for, or refused; else the locale decides.
    pub utf8_given: bool,
    /// Whether the GIL was asked for, or refused.
    pub gil_given: bool,
    /// `PYTHONCOERCECLOCALE`: `0` for never, `warn` to be told.
    pub coerce_locale: Option<String>,
    /// `-X importtime`
    pub import_time: u32,
    /// `-X faulthandler`
    pub faulthandler: bool,
    /// `-X tracemalloc`
    pub tracemalloc: u32,
    /// `-X cpu_count`
    pub cpu_count: i32,
    /// `-X no_debug_ranges`
    pub no_debug_ranges: bool,
    /// `-R` off: `PYTHONHASHSEED` other than `random`
    pub hash_seed: Option<u32>,
    /// `-X pycache_prefix`
    pub pycache_prefix: Option<OsString>,
    /// `--check-hash-based-pycs`
    pub check_hash_pycs: &'static str,
    /// `sys._xoptions`, in their order.
    pub xoptions: Vec<(String, Option<String>)>,
    /// `sys.warnoptions`
    pub warn_options: Vec<String>,
    /// `PYTHONPATH`
    pub python_path: Option<OsString>,
    /// `PYTHONHOME`
    pub home: Option<OsString>,
    /// `PYTHONIOENCODING`
    pub io_encoding: Option<String>,
    /// `PYTHONPLATLIBDIR`
    pub platlibdir: Option<String>,
    /// `PYTHONSTARTUP`
    pub startup: Option<OsString>,
    /// `PYTHONEXECUTABLE`
    pub executable: Option<OsString>,
}

impl Config {
    /// The configuration of a plain `taipan` without arguments or environment.
    pub fn new() -> Config {
        Config {
            program: Program::Stdin,
            args: Vec::new(),
            orig_argv: Vec::new(),
            debug: 0,
            inspect: false,
            interactive: false,
            optimize: 0,
            dont_write_bytecode: false,
            no_user_site: false,
            no_site: false,
            ignore_environment: false,
            verbose: 0,
            bytes_warning: 0,
            quiet: false,
            isolated: false,
            safe_path: false,
            unbuffered: false,
            skip_first_line: false,
            dev_mode: false,
            utf8_mode: false,
            utf8_given: false,
            gil_given: false,
            coerce_locale: None,
            warn_default_encoding: false,
            int_max_str_digits: 4300,
            gil: false,
            thread_inherit_context: true,
            context_aware_warnings: true,
            import_time: 0,
            faulthandler: false,
            tracemalloc: 0,
            cpu_count: -1,
            no_debug_ranges: false,
            hash_seed: None,
            pycache_prefix: None,
            check_hash_pycs: "default",
            xoptions: Vec::new(),
            warn_options: Vec::new(),
            python_path: None,
            home: None,
            io_encoding: None,
            platlibdir: None,
            startup: None,
            executable: None,
        }
    }

    /// Looks at an `-X` option: the last one of a name counts. `Some(None)` is one without a value.
    pub fn xoption(&self, name: &str) -> Option<Option<&str>> {
        let last: BTreeMap<&str, Option<&str>> = self
            .xoptions
            .iter()
            .map(|(k, v)| (k.as_str(), v.as_deref()))
            .collect();
        last.get(name).copied()
    }
}

impl Default for Config {
    fn default() -> Self {
        Self::new()
    }
}
