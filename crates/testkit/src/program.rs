//! A test that is a Python program.
//!
//! It passes when it ends with the exit code it should and has printed what lies beside it: `name.out` for
//! standard output and `name.err` for standard error, if these files exist. In both, `$DIR` stands for the
//! folder of the program. Without a `.out` file the program asserts for itself, and what it prints is shown
//! only when it fails.
//!
//! The comment at the top of the file may hold directives, one a line:
//!
//! ```text
//! # args: ARG…              arguments of the program, split at blanks
//! # options: OPTION…        options of the interpreter, before the program
//! # stdin: TEXT             what it reads; \n, \t and \\ as in Python
//! # env: NAME=VALUE         one variable of the environment; may be repeated
//! # expect-exit: N          the exit code, negative for a signal; 0 without it
//! # limit: SECONDS          instead of the time limit of the suite
//! # modes: default          only in these modes (default, gil)
//! # check-leaks             look for processes, semaphores and files that it left
//! # taipan-only             not run when another interpreter stands in
//! ```

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::leaks::{MARK, Watch};
use crate::process::{self, Outcome};
use crate::suite::{Mode, Setting};

/// A Python file and what its directives say.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Program {
    /// The file itself.
    pub path: PathBuf,
    /// Arguments after the file.
    pub args: Vec<String>,
    /// Options before the file.
    pub options: Vec<String>,
    /// Standard input.
    pub stdin: String,
    /// Variables added to the environment.
    pub env: BTreeMap<String, String>,
    /// The exit code that means success.
    pub expect_exit: i32,
    /// A time limit of its own.
    pub limit: Option<Duration>,
    /// The only modes to run in, by name; empty for all.
    pub modes: Vec<String>,
    /// Whether to look for what it left.
    pub check_leaks: bool,
    /// Whether it makes sense on Taipan only.
    pub taipan_only: bool,
}

impl Program {
    /// Reads the directives of a file.
    pub fn load(path: &Path) -> Result<Self, String> {
        // A few programs are not UTF-8 on purpose; their directives are ASCII all the same.
        let bytes = fs::read(path).map_err(|error| format!("{}: {error}", path.display()))?;
        Self::parse(path, &String::from_utf8_lossy(&bytes))
    }

    fn parse(path: &Path, text: &str) -> Result<Self, String> {
        let mut program = Self {
            path: path.to_owned(),
            ..Self::default()
        };
        for line in text.lines() {
            let Some(comment) = line.strip_prefix('#') else {
                break;
            };
            let comment = comment.trim();
            let (name, value) = comment
                .split_once(':')
                .map_or((comment, ""), |(name, value)| (name, value.trim()));
            let words = || value.split_whitespace().map(str::to_owned).collect();
            let number = || {
                value
                    .parse::<i32>()
                    .map_err(|_| format!("{}: not a number: {line}", path.display()))
            };
            match name {
                "args" => program.args = words(),
                "options" => program.options = words(),
                "stdin" => program.stdin = unescape(value),
                "env" => {
                    let (name, value) = value
                        .split_once('=')
                        .ok_or_else(|| format!("{}: no `=`: {line}", path.display()))?;
                    program.env.insert(name.to_owned(), value.to_owned());
                }
                "expect-exit" => program.expect_exit = number()?,
                "limit" => {
                    program.limit = Some(Duration::from_secs(number()?.unsigned_abs().into()))
                }
                "modes" => program.modes = words(),
                "check-leaks" => program.check_leaks = true,
                "taipan-only" => program.taipan_only = true,
                _ => {}
            }
        }
        Ok(program)
    }

    /// Whether it is to run in this mode.
    pub fn runs_in(&self, mode: &Mode) -> bool {
        self.modes.is_empty() || self.modes.iter().any(|name| name == mode.name())
    }

    /// Runs it once and says what is wrong.
    pub fn run(&self, setting: &Setting, mode: &Mode) -> Result<(), String> {
        let work = process::fresh_dir(&setting.work).map_err(|error| error.to_string())?;
        let tmp = work.join("tmp");
        fs::create_dir(&tmp).map_err(|error| error.to_string())?;
        let mark = work
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let watch = Watch::start(&mark, &tmp);

        let mut command = Command::new(&setting.interpreter);
        setting.prepare(&mut command, mode);
        command
            .args(mode.options())
            .args(&self.options)
            .arg(&self.path)
            .args(&self.args)
            .args(&setting.args);
        command.env(MARK, &mark).env("TMPDIR", &tmp).envs(&self.env);
        if let Some(dir) = self.path.parent() {
            command.current_dir(dir);
        }
        let limit = self.limit.unwrap_or(setting.limit) * mode.patience();
        let outcome = process::run(&mut command, self.stdin.as_bytes(), &work, limit)
            .map_err(|error| format!("cannot run {}: {error}", setting.interpreter.display()))?;

        self.judge(&outcome)
            .map_err(|wrong| report(&wrong, &outcome))?;
        if setting.show {
            print!("{}", outcome.stdout);
        }
        if self.check_leaks {
            watch.check()?;
        }
        // Kept when the test fails, for whoever looks into it.
        let _ = fs::remove_dir_all(&work);
        Ok(())
    }

    fn judge(&self, outcome: &Outcome) -> Result<(), String> {
        match outcome.code() {
            None => return Err("the time was up".to_owned()),
            Some(code) if code != self.expect_exit => {
                return Err(format!("exit code {code}, expected {}", self.expect_exit));
            }
            Some(_) => {}
        }
        let dir = self
            .path
            .parent()
            .unwrap_or(Path::new(""))
            .to_string_lossy();
        for (extension, text) in [("out", &outcome.stdout), ("err", &outcome.stderr)] {
            let Ok(expected) = fs::read_to_string(self.path.with_extension(extension)) else {
                continue;
            };
            let expected = expected.replace("$DIR", &dir);
            if expected != *text {
                return Err(format!(
                    "`.{extension}` differs: {}",
                    first_difference(&expected, text)
                ));
            }
        }
        Ok(())
    }
}

/// The first line in which two texts differ.
pub fn first_difference(expected: &str, actual: &str) -> String {
    let (mut left, mut right) = (expected.lines(), actual.lines());
    let mut number = 1;
    loop {
        match (left.next(), right.next()) {
            (Some(a), Some(b)) if a == b => number += 1,
            (None, None) => return "only in its last newline".to_owned(),
            (a, b) => {
                let show = |line: Option<&str>| {
                    line.map_or("the end".to_owned(), |line| format!("{line:?}"))
                };
                return format!("line {number}: expected {}, found {}", show(a), show(b));
            }
        }
    }
}

fn report(wrong: &str, outcome: &Outcome) -> String {
    let section = |name: &str, text: &str| {
        if text.is_empty() {
            String::new()
        } else {
            format!("\n--- {name}\n{}", tail(text.trim_end(), 6000))
        }
    };
    format!(
        "{wrong}{}{}",
        section("stdout", &outcome.stdout),
        section("stderr", &outcome.stderr)
    )
}

/// The last `limit` bytes or so of a text.
fn tail(text: &str, limit: usize) -> &str {
    let mut start = text.len().saturating_sub(limit);
    while !text.is_char_boundary(start) {
        start += 1;
    }
    &text[start..]
}

fn unescape(text: &str) -> String {
    let mut result = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, if c == '\\' { chars.next() } else { None }) {
            ('\\', Some('n')) => result.push('\n'),
            ('\\', Some('t')) => result.push('\t'),
            ('\\', Some(other)) => result.push(other),
            (c, _) => result.push(c),
        }
    }
    result
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn directives_end_with_the_comment() {
        let text = "# Says what it is: a test.\n# args: a  b\n# stdin: x\\ny\n# env: A=1=2\n# expect-exit: -11\n\
                    # modes: default\n# taipan-only\n# check-leaks\nimport sys\n# args: c\n";
        let program = Program::parse(Path::new("t.py"), text).unwrap();
        assert_eq!(program.args, ["a", "b"]);
        assert_eq!(program.stdin, "x\ny");
        assert_eq!(program.env["A"], "1=2");
        assert_eq!(program.expect_exit, -11);
        assert!(program.taipan_only && program.check_leaks);
        assert!(program.runs_in(&Mode::Default) && !program.runs_in(&Mode::Gil));
        assert!(Program::parse(Path::new("t.py"), "# expect-exit: x\n").is_err());
    }

    #[test]
    fn the_difference_is_the_first() {
        assert_eq!(
            first_difference("a\nb\n", "a\nc\n"),
            "line 2: expected \"b\", found \"c\""
        );
        assert_eq!(
            first_difference("a\n", "a\nc\n"),
            "line 2: expected the end, found \"c\""
        );
        assert_eq!(first_difference("a\n", "a"), "only in its last newline");
    }
}
