//! Looks for what a test left behind.
//!
//! A test's processes are known by a variable in their environment, its temporary files by its own `TMPDIR`.
//! Names in `/dev/shm` cannot be traced to a test, and other tests run at the same time: a name that was not
//! there before counts as left only if it stays, and no process uses it.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

/// The variable that marks every process of a test.
pub const MARK: &str = "TAIPAN_TEST_RUN";

/// How long helpers of a program that has ended (resource tracker, fork server) may take to notice.
const GRACE: Duration = Duration::from_secs(20);

const SHARED_MEMORY: &str = "/dev/shm";

/// What was there before the test, and where its own things go.
pub struct Watch {
    mark: String,
    tmp: PathBuf,
    shared_memory: BTreeSet<String>,
}

impl Watch {
    /// Starts watching a run whose processes carry `mark` and whose temporary files go to `tmp`.
    pub fn start(mark: &str, tmp: &Path) -> Self {
        Self {
            mark: mark.to_owned(),
            tmp: tmp.to_owned(),
            shared_memory: shared_memory_names(),
        }
    }

    /// Says what was left, after some time for it to go away. Processes that were left are killed.
    pub fn check(&self) -> Result<(), String> {
        let deadline = Instant::now() + GRACE;
        loop {
            let processes = marked_processes(&self.mark);
            let names: Vec<String> = shared_memory_names()
                .difference(&self.shared_memory)
                .cloned()
                .collect();
            let files = names_in(&self.tmp);
            if processes.is_empty() && names.is_empty() && files.is_empty() {
                return Ok(());
            }
            if Instant::now() < deadline {
                thread::sleep(Duration::from_millis(50));
                continue;
            }
            for (pid, _) in &processes {
                if let Some(pid) = rustix::process::Pid::from_raw(*pid) {
                    let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
                }
            }
            let used = mapped_names();
            let names: Vec<&String> = names.iter().filter(|&name| !used.contains(name)).collect();
            if processes.is_empty() && names.is_empty() && files.is_empty() {
                return Ok(());
            }
            return Err(format!(
                "left behind: processes {processes:?}, in {SHARED_MEMORY} {names:?}, temporary files {files:?}"
            ));
        }
    }
}

fn names_in(dir: &Path) -> BTreeSet<String> {
    let Ok(entries) = fs::read_dir(dir) else {
        return BTreeSet::new();
    };
    entries
        .flatten()
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect()
}

/// Semaphores and shared memory as Python names them.
fn shared_memory_names() -> BTreeSet<String> {
    let ours = |name: &String| {
        ["sem.", "psm_", "pym-", "wnsm_"]
            .iter()
            .any(|prefix| name.starts_with(prefix))
    };
    names_in(Path::new(SHARED_MEMORY))
        .into_iter()
        .filter(ours)
        .collect()
}

/// Names in `/dev/shm` that are part of the memory of a living process.
fn mapped_names() -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Ok(maps) = fs::read_to_string(entry.path().join("maps")) else {
            continue;
        };
        for line in maps.lines() {
            if let Some((_, name)) = line.split_once("/dev/shm/") {
                found.insert(name.trim_end_matches(" (deleted)").to_owned());
            }
        }
    }
    found
}

/// Living processes (not zombies) that carry the mark: pid and command line.
fn marked_processes(mark: &str) -> Vec<(i32, String)> {
    let wanted = format!("{MARK}={mark}");
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for entry in entries.flatten() {
        let Ok(pid) = entry.file_name().to_string_lossy().parse::<i32>() else {
            continue;
        };
        let Ok(environ) = fs::read(entry.path().join("environ")) else {
            continue;
        };
        if environ
            .split(|&byte| byte == 0)
            .any(|variable| variable == wanted.as_bytes())
        {
            let line = fs::read(entry.path().join("cmdline")).unwrap_or_default();
            found.push((pid, String::from_utf8_lossy(&line).replace('\0', " ")));
        }
    }
    found
}
