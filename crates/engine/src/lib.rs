//! Puts the engine together: which native modules there are, start-up, the command line, the end.
//!
//! | module | what it does |
//! |---|---|
//! | `config`, `cli`, `help` | options, environment, usage |
//! | `start` | from nothing to an interpreter that can import |
//! | `preliminary` | `sys.stderr` before there are files |
//! | `modules` | the register of native modules |
//! | `hooks`, `compile` | what the lower layers call back into |
//! | `sys`, `sysconfig`, `imp`, `import_lock`, `stdlib` | the modules that are the engine's own |
//! | `interpreters` | `_interpreters`: more than one interpreter |
//! | `run`, `prompt` | the program |
//! | `finish` | exit codes, uncaught exceptions, the end |

pub mod cli;
mod compile;
pub mod config;
mod finish;
mod help;
mod hooks;
mod imp;
mod import_lock;
mod interpreters;
mod modules;
mod preliminary;
mod prompt;
mod run;
mod start;
mod stdlib;
mod sys;
mod sysconfig;

use std::ffi::OsString;
use std::io::Write;

/// The main function of the executable: runs a command line, gives the exit code.
pub fn main(argv: Vec<OsString>) -> i32 {
    taipan_host::fd::close_stand_ins();
    let env = |name: &str| std::env::var_os(name).filter(|v| !v.is_empty());
    match cli::parse(&argv, &env) {
        cli::Action::Print(text) => match std::io::stdout().write_all(text.as_bytes()) {
            Ok(()) => 0,
            Err(_) => 1,
        },
        cli::Action::Fail(text, code) => {
            let _ = std::io::stderr().write_all(text.as_bytes());
            code
        }
        cli::Action::Run(mut config) => {
            adopt_locale(&mut config);
            run_main(*config)
        }
    }
}

/// The locale of the environment, and UTF-8 mode where that is the C locale (PEP 538, PEP 540).
fn adopt_locale(c: &mut config::Config) {
    let how = c.coerce_locale.as_deref();
    let (legacy, instead) = taipan_host::locale::adopt_environment(how != Some("0"));
    if !c.utf8_given {
        c.utf8_mode = legacy;
    }
    if how != Some("warn") || !legacy {
        return;
    }
    let text = match instead {
        Some(name) => format!(
            "Python detected LC_CTYPE=C: LC_CTYPE coerced to {name} (set another locale or PYTHONCOERCECLOCALE=0 \
             to disable this locale coercion behavior).\n"
        ),
        None => "Python runtime initialized with LC_CTYPE=C (a locale with default ASCII encoding), which may cause \
                 Unicode compatibility problems. Using C.UTF-8, C.utf8, or UTF-8 (if available) as alternative \
                 Unicode-compatible locales is recommended.\n"
            .to_owned(),
    };
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// Address space for mappings that an interpreter needs to come to its first line, and as much again from malloc.
const LEAST_ROOM: usize = 22 << 20;

fn run_main(config: config::Config) -> i32 {
    // Small pieces of memory that are refused end the process without a word: better not to begin.
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    let room = taipan_host::mman::Mapping::new(-1, LEAST_ROOM, 0, libc::PROT_NONE, flags);
    let enough = room.is_ok() && Vec::<u8>::new().try_reserve_exact(LEAST_ROOM).is_ok();
    drop(room);
    if !enough {
        let _ = writeln!(
            std::io::stderr(),
            "Fatal Python error: cannot start: out of memory\nPython runtime state: preinitialized\n"
        );
        return 1;
    }
    let th = match start::create_main(config) {
        Ok(th) => th,
        Err(e) => {
            let _ = writeln!(std::io::stderr(), "Fatal Python error: cannot start: {e}");
            return 1;
        }
    };
    let th = &*Box::leak(th);
    let c = start::config(th);
    let ready = start::set_up_process(th)
        .and_then(|()| start::set_up_interpreter(th))
        .and_then(|()| taipan_std_os::signal::install_default_int_handler(th));
    if let Err(e) = ready {
        let text = sys::brief(th, e.0);
        if e.is(&taipan_object::exception::LOOKUP_ERROR) {
            let _ = writeln!(
                std::io::stderr(),
                "Fatal Python error: init_stdio_encoding: failed to get the Python codec name of the stdio encoding\n\
                 Python runtime state: core initialized\n{text}"
            );
            return 1;
        }
        let _ = writeln!(
            std::io::stderr(),
            "Fatal Python error: init_import_site: the interpreter could not be set up\n{text}"
        );
        return 1;
    }
    let outcome = match run::import_site(th, c) {
        Ok(()) => {
            prompt::banner(c);
            run::run(th, c)
        }
        Err(e) => run::Outcome::Ran(Err(e)),
    };
    let mut exit = finish::exit_code(th, outcome);
    if prompt::wanted_after_program(c) {
        exit = finish::exit_code(th, run::Outcome::Ran(prompt::run(th)));
    }
    match finish::finalize(th, exit) {
        finish::Exit::Code(code) => code,
        finish::Exit::Interrupt => {
            let _ = taipan_host::signal::set_disposition(
                libc::SIGINT,
                taipan_host::signal::Disposition::Default,
            );
            let _ = taipan_host::signal::raise(libc::SIGINT);
            130
        }
    }
}
