//! Runs `tests/litmus/` and, for some seconds, `tests/fuzz/` on the executable that this build made, in all modes of
//! programs whose threads race.

use std::path::Path;
use std::process::ExitCode;

use libtest_mimic::{Arguments, Conclusion};
use taipan_testkit::suite::{self, Mode, Setting};

fn run(folder: &str, arguments: &Arguments) -> Result<Conclusion, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let root = root.join(folder);
    let root = root.canonicalize().unwrap_or(root);
    let work = Path::new(env!("CARGO_TARGET_TMPDIR")).join(folder);
    let setting = Setting::new(Path::new(env!("CARGO_BIN_EXE_taipan")), &work);
    suite::run(&root, &setting, &Mode::racing(), arguments)
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut code = ExitCode::SUCCESS;
    for folder in ["litmus", "fuzz"] {
        match run(folder, &arguments) {
            Ok(conclusion) if conclusion.has_failed() => code = conclusion.exit_code(),
            Ok(_) => {}
            Err(error) => {
                eprintln!("{error}");
                return ExitCode::from(2);
            }
        }
    }
    code
}
