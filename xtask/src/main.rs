//! Chores of the project: `cargo xtask COMMAND`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

mod args;
mod conformance;
mod interpreter;
#[cfg(test)]
mod layers;
mod litmus;
mod programs;

const USAGE: &str = "\
usage: cargo xtask COMMAND

  test [--interp PATH] [--gc-stress N] [--gil 0|1] [--limit S] [FILTER]
      run the programs of tests/python/ on an interpreter (default: build Taipan and take that)
  litmus [--interp PATH] [--runs N] [--jobs N] [-v] [FILTER]
      run the litmus tests of tests/litmus/, each N times (default 20000), with the GIL off and on, under GC stress,
      with delays and preempted; FILTER is part of `file [mode]`
        -v             print which outcomes were seen
  conformance [--tests PATH] [--python PATH] [--jobs N] [--timeout S] [--update] [--accept] [--require]
              [--all] [--match TEXT] [MODULE…]
      run modules of CPython's own test tree and hold them to tests/conformance/tags/
        --tests PATH   the folder that holds `test/` (default: $TAIPAN_CPYTHON_TESTS, then the cache folder)
        --python PATH  the interpreter (default: build Taipan and take that)
        --timeout S    seconds one test may take (default 120)
        --update       rewrite tags and counts: tests that pass now lose their tag
        --accept       with --update: new failures get a tag too
        --require      it is an error if there is no test tree
        --all          every module of modules.txt, those without a tag file too
        --match TEXT   only the tests whose name contains the text; changes nothing on disk";

/// The root of the project.
fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    let words: Vec<String> = words.collect();
    let result = match command.as_str() {
        "test" => programs::main(words),
        "litmus" => litmus::main(words),
        "conformance" => conformance::main(words),
        _ => Err(USAGE.to_owned()),
    };
    match result {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
