//! `cargo xtask conformance`: CPython's own tests, unmodified.
//!
//! Every module runs in a process of its own (`tests/conformance/runner.py`), which reports each test on its
//! standard output. A process that dies or stands still costs one test: the one that was running is marked, and
//! another process runs the rest. What fails must be named, with a reason, in the tag file of its module; what is
//! named there must fail.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::args::Args;
use crate::interpreter;

mod installation;
mod module;
mod tags;
mod tree;

use installation::Installation;
use module::{Kind, Results, Runner};
use tags::Tags;

/// Counts of one module, as the table shows them.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Counts {
    passed: usize,
    failed: usize,
    skipped: usize,
}

impl Counts {
    fn of(results: &Results) -> Self {
        let count = |wanted: fn(Kind) -> bool| {
            results
                .tests
                .values()
                .filter(|result| wanted(result.kind))
                .count()
        };
        Self {
            passed: count(|kind| matches!(kind, Kind::Pass | Kind::ExpectedFail)),
            failed: count(Kind::is_failure),
            skipped: count(|kind| kind == Kind::Skip),
        }
    }
}

/// What one module's results mean against its tags.
struct Verdict {
    counts: Counts,
    /// Failures that no tag allows, with what they said.
    new: BTreeMap<String, String>,
    /// Tags of tests that pass, or are gone.
    stale: Vec<String>,
    seconds: f64,
}

/// Runs the command; `false` if the results are not what the tags say.
pub fn main(words: Vec<String>) -> Result<bool, String> {
    let mut args = Args::new(words);
    let tests = args.value::<PathBuf>("--tests")?;
    let python = args.value::<String>("--python")?;
    let jobs = args.value::<usize>("--jobs")?;
    let timeout = args.value::<u64>("--timeout")?.unwrap_or(120);
    let filter = args.value::<String>("--match")?;
    let (update, accept) = (args.flag("--update"), args.flag("--accept"));
    let (require, all) = (args.flag("--require"), args.flag("--all"));
    let named = args.rest()?;

    let Some(tree) = tree::find(tests)? else {
        println!(
            "no CPython test tree was found (--tests PATH or TAIPAN_CPYTHON_TESTS): 0 modules run"
        );
        return Ok(!require);
    };
    let data = crate::root().join("tests/conformance");
    let modules = choose(&data, named, all)?;
    if modules.is_empty() {
        println!("no module is held to its tags yet: 0 modules run");
        return Ok(true);
    }
    let work = interpreter::target().join("tmp/conformance");
    let shadow = tree::shadow(&tree, &work)?;
    let interpreter = interpreter::given_or_built(python)?;
    let installation = Installation::with_tests(&interpreter, &shadow, &work)?;
    let runner = Runner {
        interpreter: installation.interpreter().to_owned(),
        script: data.join("runner.py"),
        shadow,
        work,
        timeout: Duration::from_secs(timeout),
        filter: filter.clone(),
    };
    let jobs = jobs.unwrap_or_else(|| thread::available_parallelism().map_or(2, usize::from));
    let verdicts = run_all(&runner, &data, &modules, jobs)?;

    let mut good = true;
    for (module, verdict) in &verdicts {
        for (test, said) in &verdict.new {
            println!("FAILED  {test}: {said}");
        }
        if filter.is_none() && !update {
            for test in &verdict.stale {
                println!("UNTAG   {test}: it passes or is gone (--update takes its tag away)");
            }
            good &= verdict.stale.is_empty();
        }
        good &= verdict.new.is_empty() || accept;
        if update && filter.is_none() {
            let path = tags::path(&data, module);
            let mut tags = Tags::load(&path)?;
            // A module that is new here is taken as it is; later its tags only become fewer.
            let accept = accept || !path.exists();
            tags.update(
                &verdict.stale,
                if accept { Some(&verdict.new) } else { None },
            );
            tags.save(&path)?;
        }
    }
    let table: BTreeMap<String, Counts> = verdicts
        .iter()
        .map(|(module, verdict)| (module.clone(), verdict.counts))
        .collect();
    if update && filter.is_none() {
        tags::save_counts(&data.join("results.txt"), &table)?;
    }
    print_table(&verdicts);
    Ok(good)
}

/// The modules to run: those named, or every one that is held to tags; with `all` the long ones too, and those that
/// have no tags yet.
fn choose(data: &std::path::Path, named: Vec<String>, all: bool) -> Result<Vec<String>, String> {
    if !named.is_empty() {
        return Ok(named);
    }
    let mut modules = listed(&data.join("modules.txt"))?;
    if all {
        modules.extend(listed(&data.join("modules-long.txt"))?);
    } else {
        modules.retain(|module| tags::path(data, module).exists());
    }
    Ok(modules)
}

/// The modules that a file lists, one a line; `#` begins a comment.
fn listed(list: &std::path::Path) -> Result<Vec<String>, String> {
    let text =
        std::fs::read_to_string(list).map_err(|error| format!("{}: {error}", list.display()))?;
    let modules = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or("").trim())
        .filter(|line| !line.is_empty());
    Ok(modules.map(str::to_owned).collect())
}

fn run_all(
    runner: &Runner,
    data: &std::path::Path,
    modules: &[String],
    jobs: usize,
) -> Result<BTreeMap<String, Verdict>, String> {
    let next = AtomicUsize::new(0);
    let verdicts = Mutex::new(BTreeMap::new());
    let errors = Mutex::new(Vec::new());
    thread::scope(|scope| {
        for _ in 0..jobs.clamp(1, modules.len()) {
            scope.spawn(|| {
                while let Some(module) = modules.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let start = Instant::now();
                    match judge(runner, data, module, start) {
                        Ok(verdict) => {
                            let Counts { passed, failed, skipped } = verdict.counts;
                            eprintln!("{module}: {passed} passed, {failed} failed, {skipped} skipped ({:.1} s)", verdict.seconds);
                            verdicts.lock().unwrap_or_else(|poison| poison.into_inner()).insert(module.clone(), verdict);
                        }
                        Err(error) => errors.lock().unwrap_or_else(|poison| poison.into_inner()).push(error),
                    }
                }
            });
        }
    });
    match errors.into_inner().unwrap_or_default().pop() {
        Some(error) => Err(error),
        None => Ok(verdicts.into_inner().unwrap_or_default()),
    }
}

fn judge(
    runner: &Runner,
    data: &std::path::Path,
    module: &str,
    start: Instant,
) -> Result<Verdict, String> {
    let tags = Tags::load(&tags::path(data, module))?;
    let results = runner.run(module, &tags)?;
    let failures = results
        .tests
        .iter()
        .filter(|(_, result)| result.kind.is_failure());
    let new = failures
        .filter(|(test, _)| !tags.allows(test))
        .map(|(test, result)| (test.clone(), result.to_string()));
    let fails = |test: &str| {
        results
            .tests
            .get(test)
            .is_some_and(|result| result.kind.is_failure())
    };
    Ok(Verdict {
        counts: Counts::of(&results),
        new: new.collect(),
        stale: tags
            .steady()
            .filter(|test| !fails(test))
            .map(str::to_owned)
            .collect(),
        seconds: start.elapsed().as_secs_f64(),
    })
}

fn print_table(verdicts: &BTreeMap<String, Verdict>) {
    let width = verdicts.keys().map(String::len).max().unwrap_or(0).max(5);
    println!(
        "{:width$}  passed  failed  skipped  untagged  seconds",
        "module"
    );
    let mut total = Counts::default();
    let mut untagged = 0;
    for (module, verdict) in verdicts {
        let Counts {
            passed,
            failed,
            skipped,
        } = verdict.counts;
        println!(
            "{module:width$}  {passed:6}  {failed:6}  {skipped:7}  {:8}  {:7.1}",
            verdict.new.len(),
            verdict.seconds
        );
        total.passed += passed;
        total.failed += failed;
        total.skipped += skipped;
        untagged += verdict.new.len();
    }
    let tagged = total.failed - untagged;
    println!(
        "conformance: {} modules: {} passed, {untagged} failed, {tagged} failed as tagged, {} skipped",
        verdicts.len(),
        total.passed,
        total.skipped
    );
}
