//! An installation of the interpreter under test that has CPython's package `test`, as CPython's own has it.
//!
//! Tests start interpreters with `-I` and expect these to import `test.support`. An environment variable cannot
//! give them that: `-I` ignores it. So the interpreter is put, as a link, into a `bin` of its own, beside which a
//! path file in `site-packages` names the folder of the tests.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Where the tests find their interpreter; taken away at the end of the run.
pub struct Installation {
    interpreter: PathBuf,
    /// Nothing where the interpreter has the tests without help.
    dir: Option<PathBuf>,
}

impl Installation {
    /// Installs `interpreter` below `work`, with the package `test` of the folder `shadow`, unless it finds such a
    /// package itself.
    pub fn with_tests(interpreter: &Path, shadow: &Path, work: &Path) -> Result<Self, String> {
        let has_tests = Command::new(interpreter)
            .args(["-I", "-c", "import test.support"])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status()
            .map_err(|error| format!("{}: {error}", interpreter.display()))?
            .success();
        if has_tests {
            return Ok(Self {
                interpreter: interpreter.to_owned(),
                dir: None,
            });
        }
        let dir = work.join(format!("installation-{}", std::process::id()));
        let describe = |error: std::io::Error| format!("{}: {error}", dir.display());
        let real = interpreter.canonicalize().map_err(describe)?;
        let bin = dir.join("bin");
        fs::create_dir_all(&bin).map_err(describe)?;
        let installed = bin.join(real.file_name().unwrap_or("taipan".as_ref()));
        let _ = fs::remove_file(&installed);
        // A hard link: the prefix is the one beside the link, whatever symbolic links say. Not across file systems.
        fs::hard_link(&real, &installed)
            .or_else(|_| fs::copy(&real, &installed).map(|_| ()))
            .map_err(describe)?;
        let said = Command::new(&installed)
            .args(["-I", "-c", "import site; print(site.getsitepackages()[0])"])
            .stdin(Stdio::null())
            .output()
            .map_err(describe)?;
        let site = PathBuf::from(String::from_utf8_lossy(&said.stdout).trim());
        if !site.starts_with(&dir) {
            // An interpreter with a fixed prefix: the tests that need `-I` have to do without.
            return Ok(Self {
                interpreter: interpreter.to_owned(),
                dir: Some(dir),
            });
        }
        fs::create_dir_all(&site).map_err(describe)?;
        // What `runner.py` has lent to its module, the processes that tests start must find as well.
        let line = format!(
            "{}\nimport os; exec(os.environ.get('CONFORMANCE_LEND', ''))\n",
            shadow.display()
        );
        fs::write(site.join("cpython-tests.pth"), line).map_err(describe)?;
        Ok(Self {
            interpreter: installed,
            dir: Some(dir),
        })
    }

    /// The executable to start.
    pub fn interpreter(&self) -> &Path {
        &self.interpreter
    }
}

impl Drop for Installation {
    fn drop(&mut self) {
        if let Some(dir) = &self.dir {
            let _ = fs::remove_dir_all(dir);
        }
    }
}
