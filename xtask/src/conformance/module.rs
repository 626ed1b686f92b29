//! One module: its processes and what they report.

use std::collections::BTreeMap;
use std::fmt;
use std::fs::{self, File};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use taipan_testkit::process::{fresh_dir, kill_group};

use super::tags::Tags;

/// How a test ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It passed.
    Pass,
    /// It is marked `expectedFailure`, and failed.
    ExpectedFail,
    /// It was skipped.
    Skip,
    /// An assertion failed.
    Fail,
    /// Another exception ended it.
    Error,
    /// It is marked `expectedFailure`, and passed.
    UnexpectedPass,
    /// The process died in it.
    Crash,
    /// It did not end.
    Timeout,
}

impl Kind {
    /// Whether it counts as failed.
    pub fn is_failure(self) -> bool {
        !matches!(self, Kind::Pass | Kind::ExpectedFail | Kind::Skip)
    }

    fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "PASS" => Kind::Pass,
            "XFAIL" => Kind::ExpectedFail,
            "SKIP" => Kind::Skip,
            "FAIL" => Kind::Fail,
            "ERROR" => Kind::Error,
            "XPASS" => Kind::UnexpectedPass,
            _ => return None,
        })
    }
}

/// How a test ended, and the last line it said about that.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestResult {
    /// How it ended.
    pub kind: Kind,
    /// Its message, in one line.
    pub said: String,
}

impl fmt::Display for TestResult {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.kind {
            Kind::Pass => "passes",
            Kind::ExpectedFail => "fails as expected",
            Kind::Skip => "skipped",
            Kind::Fail => "fails",
            Kind::Error => "error",
            Kind::UnexpectedPass => "passes unexpectedly",
            Kind::Crash => "crash",
            Kind::Timeout => "time-out",
        };
        let said = self.said.trim();
        if said.is_empty() {
            f.write_str(word)
        } else {
            write!(f, "{word}: {said}")
        }
    }
}

/// The results of a module, by the name of the test.
#[derive(Debug, Default)]
pub struct Results {
    /// Each test that was reported or was running when its process died.
    pub tests: BTreeMap<String, TestResult>,
}

/// What all modules of a run share.
pub struct Runner {
    /// The interpreter under test.
    pub interpreter: PathBuf,
    /// The Python program that runs a module and reports.
    pub script: PathBuf,
    /// The folder that holds only the package `test`.
    pub shadow: PathBuf,
    /// A folder for the files of the run.
    pub work: PathBuf,
    /// How long one test may take.
    pub timeout: Duration,
    /// Only tests whose name contains this.
    pub filter: Option<String>,
}

/// How the process of a module came to its end.
enum End {
    /// It said that all is done.
    Done,
    /// It died; in words.
    Died(String),
    /// Nothing was reported for as long as one test may take.
    Stalled,
}

/// How long a test that is known to hang may take.
const SHORT: Duration = Duration::from_secs(10);

/// What stands for a module that ran no test at all.
fn whole_module(module: &str) -> String {
    format!("test.{module} (module)")
}

impl Runner {
    /// Runs a module to its end, in as many processes as it takes. Tests that are tagged as hanging get [`SHORT`].
    pub fn run(&self, module: &str, tags: &Tags) -> Result<Results, String> {
        let text_of = |error: std::io::Error| format!("{module}: {error}");
        let dir = fresh_dir(&self.work.join(module)).map_err(text_of)?;
        let (reported, done, log) = (dir.join("reported"), dir.join("done"), dir.join("log"));
        let cwd = dir.join("cwd");
        fs::create_dir(&cwd).map_err(text_of)?;
        let mut results = Results::default();
        loop {
            let names: Vec<&str> = results.tests.keys().map(String::as_str).collect();
            fs::write(&done, names.join("\n")).map_err(text_of)?;
            let end = self
                .run_once(module, tags, &cwd, &reported, &done, &log)
                .map_err(text_of)?;
            let text = String::from_utf8_lossy(&fs::read(&reported).map_err(text_of)?).into_owned();
            let before = results.tests.len();
            let running = read_report(&text, &mut results);
            let (kind, said) = match end {
                End::Done => break,
                End::Died(how) => (Kind::Crash, how),
                End::Stalled => (Kind::Timeout, String::new()),
            };
            let test = running.unwrap_or_else(|| whole_module(module));
            let again = test != whole_module(module) || results.tests.len() > before;
            results.tests.insert(test, TestResult { kind, said });
            if !again || results.tests.contains_key(&whole_module(module)) {
                break;
            }
        }
        if results
            .tests
            .values()
            .any(|result| result.kind.is_failure())
        {
            // The log of a failure is kept for whoever looks into it, beside the tags of its run.
            let _ = fs::copy(&log, self.work.join(format!("{module}.log")));
        }
        let _ = fs::remove_dir_all(&dir);
        Ok(results)
    }

    fn run_once(
        &self,
        module: &str,
        tags: &Tags,
        cwd: &Path,
        reported: &Path,
        done: &Path,
        log: &Path,
    ) -> std::io::Result<End> {
        let mut command = Command::new(&self.interpreter);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PYTHON") {
                command.env_remove(name);
            }
        }
        command
            .arg(&self.script)
            .arg(module)
            .arg(done)
            .arg(self.filter.as_deref().unwrap_or(""))
            .env("PYTHONPATH", &self.shadow)
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("TMPDIR", cwd)
            .env("LANG", "C.UTF-8")
            .current_dir(cwd)
            .stdin(Stdio::null())
            .stdout(File::create(reported)?)
            .stderr(File::options().create(true).append(true).open(log)?)
            .process_group(0);
        let mut child = command.spawn()?;
        let (mut size, mut last) = (0, Instant::now());
        // Of the test that runs now, once it has taken longer than the shortest.
        let mut limit = None;
        let status = loop {
            if let Some(status) = child.try_wait()? {
                break Some(status);
            }
            let now = fs::metadata(reported)?.len();
            if now != size {
                (size, last, limit) = (now, Instant::now(), None);
            } else if last.elapsed() > SHORT.min(self.timeout) {
                let limit = *limit.get_or_insert_with(|| {
                    let text = fs::read(reported).unwrap_or_default();
                    let text = String::from_utf8_lossy(&text);
                    match read_report(&text, &mut Results::default()) {
                        Some(test) if tags.hangs(&test) => SHORT,
                        _ => self.timeout,
                    }
                });
                if last.elapsed() > limit {
                    break None;
                }
            }
            thread::sleep(Duration::from_millis(20));
        };
        // Whatever the tests left running goes with their process.
        kill_group(&mut child);
        let Some(status) = status else {
            return Ok(End::Stalled);
        };
        let text = fs::read(reported)?;
        if text.ends_with(b"DONE\n") {
            Ok(End::Done)
        } else {
            Ok(End::Died(status.to_string()))
        }
    }
}

/// Takes the lines of a report into the results; gives the test that was begun and not ended.
fn read_report(text: &str, results: &mut Results) -> Option<String> {
    let mut running = None;
    for line in text.lines() {
        let mut fields = line.splitn(3, '\t');
        let (word, test, said) = (
            fields.next().unwrap_or(""),
            fields.next(),
            fields.next().unwrap_or(""),
        );
        let Some(test) = test else { continue };
        if word == "RUN" {
            running = Some(test.to_owned());
        } else if let Some(kind) = Kind::from_word(word) {
            running = None;
            results.tests.insert(
                test.to_owned(),
                TestResult {
                    kind,
                    said: said.to_owned(),
                },
            );
        }
    }
    running
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_test_that_runs_is_known() {
        let mut results = Results::default();
        let report = "RUN\tt.a\nPASS\tt.a\nRUN\tt.b\nFAIL\tt.b\tno\tway\nnoise\nRUN\tt.c\n";
        assert_eq!(read_report(report, &mut results), Some("t.c".to_owned()));
        assert_eq!(results.tests["t.a"].kind, Kind::Pass);
        assert_eq!(results.tests["t.b"].to_string(), "fails: no\tway");
        assert_eq!(results.tests.len(), 2);
    }
}
