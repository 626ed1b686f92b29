//! One command, run under a time limit.
//!
//! Output goes to files and not to pipes: a grandchild that outlives the command and holds its standard
//! output must not be able to keep us waiting. The command leads a process group of its own, and the whole
//! group is killed when the time is up.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// What became of a command.
pub struct Outcome {
    /// `None` when the time was up and the command was killed.
    pub status: Option<ExitStatus>,
    /// What it wrote to standard output, malformed UTF-8 replaced.
    pub stdout: String,
    /// What it wrote to standard error, malformed UTF-8 replaced.
    pub stderr: String,
}

impl Outcome {
    /// The exit code as Python's `subprocess` gives it: negative for a signal, `None` for a time-out.
    pub fn code(&self) -> Option<i32> {
        let status = self.status?;
        status
            .code()
            .or_else(|| status.signal().map(|signal| -signal))
    }
}

/// A new empty folder below `parent` that no other call will be given.
pub fn fresh_dir(parent: &Path) -> io::Result<PathBuf> {
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let dir = parent.join(format!("{}-{number}", std::process::id()));
    if dir.exists() {
        fs::remove_dir_all(&dir)?;
    }
    fs::create_dir_all(&dir)?;
    Ok(dir)
}

/// Kills a child and everything in its process group, and reaps it.
pub fn kill_group(child: &mut Child) {
    let pid = rustix::process::Pid::from_child(child);
    // The group may be gone already, which is as good.
    let _ = rustix::process::kill_process_group(pid, rustix::process::Signal::KILL);
    let _ = child.kill();
    let _ = child.wait();
}

/// Waits for a child, at most until `deadline`; `None` if it still runs then.
pub fn wait_until(child: &mut Child, deadline: Instant) -> io::Result<Option<ExitStatus>> {
    let mut pause = Duration::from_millis(1);
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if Instant::now() >= deadline {
            return Ok(None);
        }
        thread::sleep(pause);
        pause = (pause * 2).min(Duration::from_millis(20));
    }
}

/// Runs `command` to its end or to the limit. `stdin` is what it reads; `work` is a folder for the files of
/// this run alone.
pub fn run(
    command: &mut Command,
    stdin: &[u8],
    work: &Path,
    limit: Duration,
) -> io::Result<Outcome> {
    let (stdin_path, stdout_path, stderr_path) =
        (work.join("stdin"), work.join("stdout"), work.join("stderr"));
    fs::write(&stdin_path, stdin)?;
    command
        .stdin(File::open(&stdin_path)?)
        .stdout(File::create(&stdout_path)?)
        .stderr(File::create(&stderr_path)?)
        .process_group(0);
    let mut child = command.spawn()?;
    let status = wait_until(&mut child, Instant::now() + limit)?;
    if status.is_none() {
        kill_group(&mut child);
    }
    let read = |path: &Path| -> io::Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(path)?).into_owned())
    };
    Ok(Outcome {
        status,
        stdout: read(&stdout_path)?,
        stderr: read(&stderr_path)?,
    })
}

/// Runs a short command and gives its standard output, or `None` if it could not be run or failed.
pub fn output_of(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
