//! `cargo xtask test`: the programs of `tests/python/` on any interpreter.

use std::time::Duration;

use libtest_mimic::Arguments;
use taipan_testkit::suite::{self, Mode, Setting};

use crate::args::Args;
use crate::interpreter;

/// Runs the command; `false` if a test failed.
pub fn main(words: Vec<String>) -> Result<bool, String> {
    let mut args = Args::new(words);
    let interp = args.value::<String>("--interp")?;
    let gc_stress = args.value("--gc-stress")?;
    let gil = match args.value::<u8>("--gil")? {
        None => None,
        Some(0) => Some(false),
        Some(1) => Some(true),
        Some(_) => return Err("--gil: 0 or 1".to_owned()),
    };
    let limit = args.value("--limit")?;
    let jobs = args.value("--jobs")?;
    let mut filter = args.rest()?;
    if filter.len() > 1 {
        return Err("one filter at most".to_owned());
    }

    let interpreter = interpreter::given_or_built(interp)?;
    let mut setting = Setting::new(
        &interpreter,
        &interpreter::target().join("tmp/python-xtask"),
    );
    if let Some(seconds) = limit {
        setting.limit = Duration::from_secs(seconds);
    }
    let arguments = Arguments {
        filter: filter.pop(),
        test_threads: jobs,
        ..Arguments::default()
    };
    let root = crate::root().join("tests/python");
    let conclusion = suite::run(&root, &setting, &Mode::chosen(gc_stress, gil), &arguments)?;
    Ok(!conclusion.has_failed())
}
