//! Runs `tests/python/` on the executable that this build made.
//!
//! `TAIPAN_TEST_GC_STRESS=N` runs everything with a collection at every Nth allocation instead.

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::Arguments;
use taipan_testkit::suite::{self, Mode, Setting};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/python");
    let root = root.canonicalize().unwrap_or(root);
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("python");
    let stress = std::env::var("TAIPAN_TEST_GC_STRESS")
        .ok()
        .and_then(|every| every.parse().ok());
    let setting = Setting::new(Path::new(env!("CARGO_BIN_EXE_taipan")), &work);
    match suite::run(&root, &setting, &Mode::chosen(stress, None), &arguments) {
        Ok(conclusion) => conclusion.exit_code(),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
