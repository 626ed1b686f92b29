//! `cargo xtask litmus`: the litmus tests of `tests/litmus/`, for as long as one likes.

use std::time::Duration;

use libtest_mimic::Arguments;
use taipan_testkit::suite::{self, Mode, Setting};

use crate::args::Args;
use crate::interpreter;

/// Runs the command; `false` if an outcome was not allowed.
pub fn main(words: Vec<String>) -> Result<bool, String> {
    let mut args = Args::new(words);
    let interp = args.value::<String>("--interp")?;
    let runs = args.value::<u32>("--runs")?.unwrap_or(20_000);
    let verbose = args.flag("-v");
    let jobs = args.value("--jobs")?.or(Some(1));
    let mut filter = args.rest()?;
    if filter.len() > 1 {
        return Err("one filter at most".to_owned());
    }

    let interpreter = interpreter::given_or_built(interp)?;
    let work = interpreter::target().join("tmp/litmus-xtask");
    let mut setting = Setting::new(&interpreter, &work);
    setting.limit = Duration::from_secs(24 * 3600);
    setting.args = vec!["--runs".to_owned(), runs.to_string()];
    if verbose {
        setting.args.push("-v".to_owned());
        setting.show = true;
    }
    let arguments = Arguments {
        filter: filter.pop(),
        test_threads: jobs,
        ..Arguments::default()
    };
    let root = crate::root().join("tests/litmus");
    let conclusion = suite::run(&root, &setting, &Mode::racing(), &arguments)?;
    Ok(!conclusion.has_failed())
}
