//! `-X importtime`: how long each import took, on descriptor 2.

use std::cell::Cell;
use std::io::Write;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};
use taipan_object::Value;

/// 0: say nothing; 1: of each import; 2: of those too that found the module loaded.
static LEVEL: AtomicU32 = AtomicU32::new(0);
static VERBOSE: AtomicBool = AtomicBool::new(false);
static HEADER: AtomicBool = AtomicBool::new(false);

thread_local! {
    /// How deep imports are nested, and what the inner ones took.
    static NESTED: Cell<(usize, Duration)> = const { Cell::new((0, Duration::ZERO)) };
}

/// Sets what is reported of imports: their time (`-X importtime`), and the importers' own frames in tracebacks (`-v`).
pub fn set_import_report(level: u32, verbose: bool) {
    LEVEL.store(level, Ordering::Relaxed);
    VERBOSE.store(verbose, Ordering::Relaxed);
}

/// Whether `-v` was given.
pub fn is_verbose() -> bool {
    VERBOSE.load(Ordering::Relaxed)
}

fn say(own: &str, all: &str, depth: usize, name: Value) {
    let mut text = String::new();
    if !HEADER.swap(true, Ordering::Relaxed) {
        text += "import time: self [us] | cumulative | imported package\n";
    }
    let name = name.as_wtf8().map(escaped).unwrap_or_default();
    let indent = depth * 2;
    text += &format!("import time: {own} | {all} | {:indent$}{name}\n", "");
    let _ = std::io::stderr().write_all(text.as_bytes());
}

/// A name with its lone surrogates escaped.
fn escaped(name: &taipan_object::wtf8::Wtf8) -> String {
    let mut out = String::new();
    for c in name.code_points() {
        match c.to_char() {
            Some(c) => out.push(c),
            None => out += &format!("\\u{:04x}", c.to_u32()),
        }
    }
    out
}

/// Reports a module that was there already.
pub fn cached(name: Value) {
    if LEVEL.load(Ordering::Relaxed) == 2 {
        say("cached   ", "cached    ", NESTED.get().0, name);
    }
}

/// Runs an import and reports its time, without and with that of the imports inside it.
pub fn timed<R>(name: Value, import: impl FnOnce() -> R) -> R {
    if LEVEL.load(Ordering::Relaxed) == 0 {
        return import();
    }
    let (depth, before) = NESTED.get();
    NESTED.set((depth + 1, Duration::ZERO));
    let start = Instant::now();
    let out = import();
    let all = start.elapsed();
    let inner = NESTED.get().1;
    let own = all.saturating_sub(inner).as_micros();
    say(
        &format!("{own:9}"),
        &format!("{:10}", all.as_micros()),
        depth,
        name,
    );
    NESTED.set((depth, before + all));
    out
}
