//! All tests of `tests/python/`, in all modes.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use libtest_mimic::{Arguments, Conclusion, Failed, Trial};

use crate::process;
use crate::program::Program;
use crate::session::Session;

/// A way to run every test.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mode {
    /// As users run it.
    Default,
    /// With the GIL on.
    Gil,
    /// With a collection at every Nth allocation.
    GcStress(u32),
    /// With random delays, of a seed and at most so many microseconds (`seed:maxmicros`), at safepoints.
    Delays(String),
    /// With random interruptions, as above, anywhere.
    Preempt(String),
}

impl Mode {
    /// The name in `# modes:` and in the names of trials. Stress and delays are the default mode, only slower.
    pub fn name(&self) -> &'static str {
        match self {
            Mode::Gil => "gil",
            _ => "default",
        }
    }

    /// The name in the names of trials, where a run has more than the two usual modes.
    fn label(&self) -> &'static str {
        match self {
            Mode::GcStress(_) => "gc-stress",
            Mode::Delays(_) => "delays",
            Mode::Preempt(_) => "preempted",
            _ => self.name(),
        }
    }

    /// Options of the interpreter.
    pub fn options(&self) -> &'static [&'static str] {
        match self {
            Mode::Gil => &["-X", "gil=1"],
            _ => &[],
        }
    }

    /// The environment that says the same as [`Mode::options`].
    pub fn environment(&self) -> &'static [(&'static str, &'static str)] {
        match self {
            Mode::Gil => &[("PYTHON_GIL", "1")],
            _ => &[],
        }
    }

    /// By how much time limits grow.
    pub fn patience(&self) -> u32 {
        if matches!(self, Mode::GcStress(_)) {
            20
        } else {
            1
        }
    }

    /// The modes of programs whose threads race (`tests/litmus/`, `tests/fuzz/`).
    pub fn racing() -> Vec<Mode> {
        let delays = format!("{}:100", std::process::id());
        vec![
            Mode::Default,
            Mode::Gil,
            Mode::GcStress(50),
            Mode::Delays(delays.clone()),
            Mode::Preempt(delays),
        ]
    }

    /// The modes that a run covers: default and GIL, or one under stress if that is asked for.
    pub fn chosen(gc_stress: Option<u32>, gil: Option<bool>) -> Vec<Mode> {
        match (gc_stress, gil) {
            (Some(every), _) => vec![Mode::GcStress(every)],
            (None, Some(true)) => vec![Mode::Gil],
            (None, Some(false)) => vec![Mode::Default],
            (None, None) => vec![Mode::Default, Mode::Gil],
        }
    }
}

/// What all tests of a run share.
#[derive(Debug, Clone)]
pub struct Setting {
    /// The interpreter under test.
    pub interpreter: PathBuf,
    /// A folder for the files of the run.
    pub work: PathBuf,
    /// How long one test may take.
    pub limit: Duration,
    /// Arguments for every program, behind its own.
    pub args: Vec<String>,
    /// Whether to print what programs print that pass.
    pub show: bool,
}

impl Setting {
    /// A setting with the usual limit. It is no measure of speed: it only ends what would never end, so it is
    /// far above what any test takes on a loaded machine.
    pub fn new(interpreter: &Path, work: &Path) -> Self {
        Self {
            interpreter: interpreter.to_owned(),
            work: work.to_owned(),
            limit: Duration::from_secs(120),
            args: Vec::new(),
            show: false,
        }
    }

    /// Gives a command the environment every test starts from: that of the user, without what would change an
    /// interpreter's behaviour.
    pub fn prepare(&self, command: &mut Command, mode: &Mode) {
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy().into_owned();
            if name.starts_with("PYTHON")
                || (name.starts_with("TAIPAN_") && name != "TAIPAN_STRESS")
            {
                command.env_remove(name);
            }
        }
        for name in ["FORCE_COLOR", "NO_COLOR", "LC_ALL", "LANGUAGE"] {
            command.env_remove(name);
        }
        command
            .env("LANG", "C.UTF-8")
            .env("PYTHONDONTWRITEBYTECODE", "1");
        match mode {
            Mode::GcStress(every) => command.env("TAIPAN_GC_STRESS", every.to_string()),
            Mode::Delays(spec) => command.env("TAIPAN_SAFEPOINT_DELAY", spec),
            Mode::Preempt(spec) => command.env("TAIPAN_PREEMPT", spec),
            Mode::Default | Mode::Gil => command,
        };
    }

    /// Whether the interpreter is Taipan, and not another one in its place.
    fn is_taipan(&self) -> bool {
        let mut command = Command::new(&self.interpreter);
        command.args(["-c", "import sys; print(sys.implementation.name)"]);
        process::output_of(&mut command).is_none_or(|name| name.trim() == "taipan")
    }
}

enum Test {
    Program(Program),
    Session(Session),
}

impl Test {
    fn load(path: &Path) -> Result<Option<Self>, String> {
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("py") => Program::load(path).map(|program| Some(Test::Program(program))),
            Some("session") => Session::load(path).map(|session| Some(Test::Session(session))),
            _ => Ok(None),
        }
    }

    fn taipan_only(&self) -> bool {
        match self {
            Test::Program(program) => program.taipan_only,
            Test::Session(session) => session.taipan_only,
        }
    }

    fn runs_in(&self, mode: &Mode) -> bool {
        match self {
            Test::Program(program) => program.runs_in(mode),
            Test::Session(session) => session.runs_in(mode),
        }
    }

    fn run(&self, setting: &Setting, mode: &Mode) -> Result<(), String> {
        match self {
            Test::Program(program) => program.run(setting, mode),
            Test::Session(session) => session.run(setting, mode),
        }
    }
}

/// Every test file below `root`, sorted. Names that begin with `_` are helpers and data of other tests.
fn discover(root: &Path, found: &mut Vec<PathBuf>) -> Result<(), String> {
    let entries = fs::read_dir(root).map_err(|error| format!("{}: {error}", root.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let hidden = path
            .file_name()
            .is_some_and(|name| name.to_string_lossy().starts_with(['_', '.']));
        if hidden {
            continue;
        }
        if path.is_dir() {
            discover(&path, found)?;
        } else {
            found.push(path);
        }
    }
    Ok(())
}

/// One trial for each test and mode, named `folder/test [mode]`.
fn trials(root: &Path, setting: &Setting, modes: &[Mode]) -> Result<Vec<Trial>, String> {
    let mut paths = Vec::new();
    discover(root, &mut paths)?;
    let is_taipan = setting.is_taipan();
    let setting = Arc::new(setting.clone());
    let mut trials = Vec::new();
    for path in paths {
        let Some(test) = Test::load(&path)? else {
            continue;
        };
        let test = Arc::new(test);
        let name = path.strip_prefix(root).unwrap_or(&path).with_extension("");
        for mode in modes.iter().filter(|mode| test.runs_in(mode)) {
            let (test, setting, mode) = (test.clone(), setting.clone(), mode.clone());
            let skip = test.taipan_only() && !is_taipan;
            let label = format!("{} [{}]", name.display(), mode.label());
            let trial = Trial::test(label, move || {
                test.run(&setting, &mode).map_err(Failed::from)
            });
            trials.push(trial.with_ignored_flag(skip));
        }
    }
    Ok(trials)
}

/// Runs the tests below `root` as `cargo test` would: filters and options as `arguments` say.
pub fn run(
    root: &Path,
    setting: &Setting,
    modes: &[Mode],
    arguments: &Arguments,
) -> Result<Conclusion, String> {
    fs::create_dir_all(&setting.work)
        .map_err(|error| format!("{}: {error}", setting.work.display()))?;
    Ok(libtest_mimic::run(arguments, trials(root, setting, modes)?))
}
