//! A test that is a transcript of a shell, in the notation of Cram.
//!
//! ```text
//! Everything at the margin is prose.
//!
//!   $ taipan -c 'print(6 * 7)'
//!   42
//!   $ taipan -c 'import sys; sys.exit(3)'
//!   [3]
//! ```
//!
//! Lines indented by two blanks are the transcript: `$ ` begins a command, `> ` goes on with it, the lines after
//! it are what it prints on both standard output and standard error, `[N]` is its exit code if that is not 0. An
//! expected line that ends in ` (glob)` may use `*`; a line `...` stands for any number of lines. Every session
//! starts in an empty folder, `$DIR` is the folder of the transcript, and all its commands run in one shell.
//!
//! The first line may be `# taipan-only` or `# modes: …`, as in a Python program.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::leaks::MARK;
use crate::process;
use crate::suite::{Mode, Setting};

/// One command of a session and what it should print.
#[derive(Debug, PartialEq, Eq)]
struct Step {
    line: usize,
    command: String,
    expected: Vec<String>,
    code: i32,
}

/// A transcript.
#[derive(Debug)]
pub struct Session {
    /// The file it was read from.
    pub path: PathBuf,
    /// Whether it makes sense on Taipan only.
    pub taipan_only: bool,
    /// The only modes to run in, by name; empty for all.
    pub modes: Vec<String>,
    steps: Vec<Step>,
}

/// What stands between the outputs of two commands.
const FENCE: &str = "@@taipan-session-step";

impl Session {
    /// Reads a transcript.
    pub fn load(path: &Path) -> Result<Self, String> {
        let text =
            fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
        let steps = parse(&text).map_err(|error| format!("{}: {error}", path.display()))?;
        let head = text.lines().next().unwrap_or_default();
        let modes = head.strip_prefix("# modes:").unwrap_or_default();
        Ok(Self {
            path: path.to_owned(),
            taipan_only: head == "# taipan-only",
            modes: modes.split_whitespace().map(str::to_owned).collect(),
            steps,
        })
    }

    /// Whether it is to run in this mode.
    pub fn runs_in(&self, mode: &Mode) -> bool {
        self.modes.is_empty() || self.modes.iter().any(|name| name == mode.name())
    }

    /// Runs it once and says what is wrong.
    pub fn run(&self, setting: &Setting, mode: &Mode) -> Result<(), String> {
        let text_of = |error: std::io::Error| error.to_string();
        let work = process::fresh_dir(&setting.work).map_err(text_of)?;
        let (bin, cwd, tmp) = (work.join("bin"), work.join("cwd"), work.join("tmp"));
        for dir in [&bin, &cwd, &tmp] {
            fs::create_dir(dir).map_err(text_of)?;
        }
        symlink(&setting.interpreter, bin.join("taipan")).map_err(text_of)?;
        let path = std::env::var("PATH").unwrap_or_default();

        let mut script = String::new();
        for step in &self.steps {
            script.push_str(&format!("{}\nprintf '\\n{FENCE} %d\\n' $?\n", step.command));
        }
        let script_path = work.join("script.sh");
        fs::write(&script_path, script).map_err(text_of)?;

        let mut command = Command::new("sh");
        setting.prepare(&mut command, mode);
        // An option cannot be put into the command lines of a transcript; the environment says the same.
        command.envs(mode.environment().iter().copied());
        command.arg("-c").arg(format!(
            "exec 2>&1; . {}",
            quoted(&script_path.to_string_lossy())
        ));
        command
            .env("PATH", format!("{}:{path}", bin.display()))
            .env("TMPDIR", &tmp)
            .env("CWD", &cwd);
        command.env(MARK, work.file_name().unwrap_or_default());
        command
            .env("DIR", self.path.parent().unwrap_or(Path::new("")))
            .current_dir(&cwd);
        let outcome = process::run(&mut command, b"", &work, setting.limit * mode.patience())
            .map_err(text_of)?;

        // Paths differ from run to run; the transcript has names for them.
        let output = outcome
            .stdout
            .replace(&*cwd.to_string_lossy(), "$CWD")
            .replace(
                &*self
                    .path
                    .parent()
                    .unwrap_or(Path::new(""))
                    .to_string_lossy(),
                "$DIR",
            );
        self.judge(&output, outcome.code().is_none())?;
        let _ = fs::remove_dir_all(&work);
        Ok(())
    }

    fn judge(&self, output: &str, timed_out: bool) -> Result<(), String> {
        let mut rest = output;
        let mut wrong = Vec::new();
        for step in &self.steps {
            let fence = format!("\n{FENCE} ");
            let Some(at) = rest
                .find(&fence)
                .or_else(|| rest.starts_with(&fence[1..]).then_some(0))
            else {
                let why = if timed_out {
                    "the time was up"
                } else {
                    "the shell ended"
                };
                wrong.push(format!(
                    "line {}: $ {}\n{why}; so far:\n{rest}",
                    step.line, step.command
                ));
                break;
            };
            let printed: Vec<&str> = rest[..at].lines().collect();
            let after = rest[at..].trim_start_matches('\n');
            let (fence_line, next) = after.split_once('\n').unwrap_or((after, ""));
            let code: i32 = fence_line
                .rsplit(' ')
                .next()
                .and_then(|code| code.parse().ok())
                .unwrap_or(-1);
            if !matches(&step.expected, &printed) || code != step.code {
                wrong.push(format!(
                    "line {}: $ {}\n--- expected\n{}\n[{}]\n--- found\n{}\n[{code}]",
                    step.line,
                    step.command,
                    step.expected.join("\n"),
                    step.code,
                    printed.join("\n"),
                ));
            }
            rest = next;
        }
        if wrong.is_empty() {
            Ok(())
        } else {
            Err(wrong.join("\n\n"))
        }
    }
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

fn parse(text: &str) -> Result<Vec<Step>, String> {
    let mut steps: Vec<Step> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some(line) = line.strip_prefix("  ") else {
            continue;
        };
        if let Some(command) = line.strip_prefix("$ ") {
            steps.push(Step {
                line: index + 1,
                command: command.to_owned(),
                expected: Vec::new(),
                code: 0,
            });
            continue;
        }
        let step = steps
            .last_mut()
            .ok_or(format!("line {}: output before any command", index + 1))?;
        if let Some(more) = line.strip_prefix("> ").or((line == ">").then_some("")) {
            step.command.push('\n');
            step.command.push_str(more);
        } else if let Some(code) = line
            .strip_prefix('[')
            .and_then(|l| l.strip_suffix(']'))
            .and_then(|c| c.parse().ok())
        {
            step.code = code;
        } else {
            step.expected.push(line.to_owned());
        }
    }
    if steps.is_empty() {
        Err("no command".to_owned())
    } else {
        Ok(steps)
    }
}

/// Whether the printed lines are what the expected ones describe.
fn matches(expected: &[String], printed: &[&str]) -> bool {
    match expected.split_first() {
        None => printed.is_empty(),
        Some((first, rest)) if first == "..." => {
            (0..=printed.len()).any(|skip| matches(rest, &printed[skip..]))
        }
        Some((first, rest)) => printed.split_first().is_some_and(|(line, others)| {
            let same = match first.strip_suffix(" (glob)") {
                Some(pattern) => glob(pattern, line),
                None => first.trim_end() == line.trim_end(),
            };
            same && matches(rest, others)
        }),
    }
}

fn glob(pattern: &str, text: &str) -> bool {
    match pattern.split_once('*') {
        None => pattern == text,
        Some((head, rest)) => text.strip_prefix(head).is_some_and(|text| {
            text.char_indices()
                .map(|(at, _)| at)
                .chain([text.len()])
                .any(|at| glob(rest, &text[at..]))
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn session(text: &str) -> Session {
        Session {
            path: PathBuf::from("/d/t.session"),
            taipan_only: false,
            modes: vec![],
            steps: parse(text).unwrap(),
        }
    }

    #[test]
    fn a_transcript_is_compared_step_by_step() {
        let session = session("Prose.\n\n  $ cat <<E\n  > a\n  > E\n  a\n  $ false\n  [1]\n");
        assert_eq!(session.steps[0].command, "cat <<E\na\nE");
        assert!(
            session
                .judge(&format!("a\n\n{FENCE} 0\n\n{FENCE} 1\n"), false)
                .is_ok()
        );
        assert!(
            session
                .judge(&format!("b\n\n{FENCE} 0\n\n{FENCE} 1\n"), false)
                .is_err()
        );
        assert!(
            session
                .judge(&format!("a\n\n{FENCE} 0\n\n{FENCE} 0\n"), false)
                .is_err()
        );
        assert!(session.judge(&format!("a\n\n{FENCE} 0\n"), false).is_err());
    }

    #[test]
    fn dots_and_globs() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        assert!(matches(
            &lines("a\n...\nz*! (glob)"),
            &["a", "b", "c", "zo!"]
        ));
        assert!(!matches(&lines("a\n...\nz"), &["a", "b"]));
        assert!(parse("  output\n").is_err());
    }
}
