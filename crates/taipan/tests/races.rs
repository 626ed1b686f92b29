//! Runs `tests/litmus/` on the executable that this build made, in all modes of programs whose threads race.

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::Arguments;
use taipan_testkit::suite::{self, Mode, Setting};

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/litmus");
    let root = root.canonicalize().unwrap_or(root);
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join("litmus");
    let setting = Setting::new(Path::new(env!("CARGO_BIN_EXE_taipan")), &work);
    match suite::run(&root, &setting, &Mode::racing(), &arguments) {
        Ok(conclusion) => conclusion.exit_code(),
        Err(error) => {
            eprintln!("{error}");
            ExitCode::from(2)
        }
    }
}
