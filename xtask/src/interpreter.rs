//! The interpreter under test.

use std::path::PathBuf;
use std::process::{Command, Stdio};

/// The given interpreter, or else Taipan, built in the profile the tests use.
pub fn given_or_built(given: Option<String>) -> Result<PathBuf, String> {
    if let Some(given) = given {
        let path = PathBuf::from(&given);
        return if path.components().count() > 1 {
            path.canonicalize()
                .map_err(|error| format!("{given}: {error}"))
        } else {
            on_path(&given)
        };
    }
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let status = Command::new(cargo)
        .args(["build", "--profile", "fast", "--package", "taipan"])
        .current_dir(crate::root())
        .stdin(Stdio::null())
        .status()
        .map_err(|error| format!("cannot run cargo: {error}"))?;
    if !status.success() {
        return Err("Taipan does not build".to_owned());
    }
    Ok(target().join("fast/taipan"))
}

/// The folder of everything that is built.
pub fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| crate::root().join("target"), PathBuf::from)
}

fn on_path(name: &str) -> Result<PathBuf, String> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .map(|dir| dir.join(name))
        .find(|path| path.is_file())
        .ok_or_else(|| format!("{name}: not found on PATH"))
}
