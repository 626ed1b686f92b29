//! What tools watch a program: the state of `sys.monitoring`, per interpreter and per code object.
//!
//! The interpreter's traced copy of its loop asks here which events somebody wants.

use crate::code::Code;
use crate::heap::{Array, FieldOf, Object, new_untyped};
use crate::payload;
use crate::thread::{POLL_TRACE, Thread, for_each_thread};
use crate::types::OBJECT;
use crate::value::Value;
use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use taipan_gc::Marker;

/// Tools that `sys.monitoring` hands out.
pub const TOOLS: usize = 6;
/// Events, `BRANCH` among them.
pub const EVENTS: usize = 19;

/// The numbers of the events: bits of event sets.
pub mod event {
    /// A function begins.
    pub const PY_START: u32 = 0;
    /// A generator goes on.
    pub const PY_RESUME: u32 = 1;
    /// A function returns.
    pub const PY_RETURN: u32 = 2;
    /// A generator yields.
    pub const PY_YIELD: u32 = 3;
    /// A call is about to be made.
    pub const CALL: u32 = 4;
    /// A line is about to be run.
    pub const LINE: u32 = 5;
    /// An instruction is about to be run.
    pub const INSTRUCTION: u32 = 6;
    /// A jump without a condition.
    pub const JUMP: u32 = 7;
    /// A condition went one way.
    pub const BRANCH_LEFT: u32 = 8;
    /// A condition went the other way.
    pub const BRANCH_RIGHT: u32 = 9;
    /// An iteration ended without an exception being raised for it.
    pub const STOP_ITERATION: u32 = 10;
    /// An exception was raised.
    pub const RAISE: u32 = 11;
    /// An exception goes to a handler.
    pub const EXCEPTION_HANDLED: u32 = 12;
    /// A function is left by an exception.
    pub const PY_UNWIND: u32 = 13;
    /// An exception is thrown into a generator.
    pub const PY_THROW: u32 = 14;
    /// An exception is raised again.
    pub const RERAISE: u32 = 15;
    /// A native function returned.
    pub const C_RETURN: u32 = 16;
    /// A native function raised.
    pub const C_RAISE: u32 = 17;
    /// Both branch events, as older tools ask for them.
    pub const BRANCH: u32 = 18;

    /// All events' names in order of their numbers.
    pub const NAMES: [&str; super::EVENTS] = [
        "PY_START",
        "PY_RESUME",
        "PY_RETURN",
        "PY_YIELD",
        "CALL",
        "LINE",
        "INSTRUCTION",
        "JUMP",
        "BRANCH_LEFT",
        "BRANCH_RIGHT",
        "STOP_ITERATION",
        "RAISE",
        "EXCEPTION_HANDLED",
        "PY_UNWIND",
        "PY_THROW",
        "RERAISE",
        "C_RETURN",
        "C_RAISE",
        "BRANCH",
    ];

    /// Events that belong to an instruction: only these can be turned off for one place or on for one code object.
    pub const LOCAL: u32 = (1 << RAISE) - 1;
}

/// An interpreter's tools.
pub struct Monitors {
    /// The events each tool wants everywhere.
    pub tools: [AtomicU32; TOOLS],
    /// In how many code objects each tool wants events of its own.
    local_codes: [AtomicU32; TOOLS],
    /// Counts `restart_events`.
    pub version: AtomicU32,
    /// Counts, by tool, how often it gave up events: what it had turned off before counts no more.
    pub turned_off: [AtomicU32; TOOLS],
    /// Counts, by tool, how often it was cleared: events it wanted in single code objects before count no more.
    pub cleared: [AtomicU32; TOOLS],
    /// The tools' names, each tool's callbacks, `DISABLE` and `MISSING`; made when first needed.
    table: FieldOf<Array>,
}

impl Monitors {
    /// Nobody watches.
    pub const fn new() -> Monitors {
        Monitors {
            tools: [const { AtomicU32::new(0) }; TOOLS],
            local_codes: [const { AtomicU32::new(0) }; TOOLS],
            version: AtomicU32::new(0),
            turned_off: [const { AtomicU32::new(0) }; TOOLS],
            cleared: [const { AtomicU32::new(0) }; TOOLS],
            table: FieldOf::null(),
        }
    }

    pub(crate) fn trace(&self, m: &mut Marker) {
        self.table.trace(m);
    }

    /// Lets go of all tools.
    pub(crate) fn forget(&self, no_owner: &taipan_gc::Header) {
        self.table.set(no_owner, None);
    }

    /// The events that some tool wants everywhere.
    pub fn everywhere(&self) -> u32 {
        self.tools
            .iter()
            .fold(0, |all, t| all | t.load(Ordering::Relaxed))
    }

    /// Whether anything is watched.
    pub fn active(&self) -> bool {
        self.everywhere() != 0
            || self
                .local_codes
                .iter()
                .any(|n| n.load(Ordering::Relaxed) != 0)
    }

    fn table<'a>(&self, th: &Thread) -> &'a Object<Array> {
        if let Some(t) = self.table.get() {
            return t;
        }
        let n = TOOLS * (EVENTS + 1);
        let fresh = Object::<Array>::new(th, n + 2);
        for f in &fresh.fields()[..n] {
            f.set(&fresh.header, Value::NONE);
        }
        for f in &fresh.fields()[n..] {
            f.set(
                &fresh.header,
                th.new_object(&OBJECT, crate::attr::Plain).value(),
            );
        }
        fresh.set_len(n + 2);
        self.table.set_if_null(&fresh.header, fresh);
        self.table.expect()
    }

    /// `sys.monitoring.DISABLE`
    pub fn disable(&self, th: &Thread) -> Value {
        self.table(th).fields()[TOOLS * (EVENTS + 1)].get()
    }

    /// `sys.monitoring.MISSING`
    pub fn missing(&self, th: &Thread) -> Value {
        self.table(th).fields()[TOOLS * (EVENTS + 1) + 1].get()
    }

    /// A tool's name; None while it is free.
    pub fn name(&self, tool: usize) -> Value {
        self.table
            .get()
            .map_or(Value::NONE, |t| t.fields()[tool].get())
    }

    /// Takes a tool, unless it is in use.
    pub fn take(&self, th: &Thread, tool: usize, name: Value) -> bool {
        let t = self.table(th);
        t.fields()[tool].compare_exchange(&t.header, Value::NONE, name)
    }

    /// Frees a tool.
    pub fn free(&self, th: &Thread, tool: usize) {
        let t = self.table(th);
        t.fields()[tool].set(&t.header, Value::NONE);
    }

    /// A tool's callback for an event, or None.
    pub fn callback(&self, tool: usize, event: u32) -> Value {
        self.table.get().map_or(Value::NONE, |t| {
            t.fields()[TOOLS + tool * EVENTS + event as usize].get()
        })
    }

    /// Sets a callback; gives the one before.
    pub fn set_callback(&self, th: &Thread, tool: usize, event: u32, f: Value) -> Value {
        let t = self.table(th);
        t.fields()[TOOLS + tool * EVENTS + event as usize].swap(&t.header, f)
    }

    /// What tells whether something a tool turned off still counts as such.
    fn stamp(&self, tool: usize) -> u64 {
        (self.version.load(Ordering::Acquire) as u64) << 32
            | self.turned_off[tool].load(Ordering::Relaxed) as u64
    }

    /// Sets the events that a tool wants everywhere.
    pub fn set_events(&self, th: &Thread, tool: usize, events: u32) {
        let before = self.tools[tool].swap(events, Ordering::AcqRel);
        if before & !events != 0 {
            self.turned_off[tool].fetch_add(1, Ordering::AcqRel);
        }
        Self::changed(th);
    }

    /// Forgets all events and callbacks of a tool.
    pub fn clear(&self, th: &Thread, tool: usize) {
        for event in 0..EVENTS as u32 {
            self.set_callback(th, tool, event, Value::NONE);
        }
        self.cleared[tool].fetch_add(1, Ordering::AcqRel);
        self.local_codes[tool].store(0, Ordering::Release);
        self.set_events(th, tool, 0);
    }

    /// Has all threads of the calling thread's interpreter look again at what is watched.
    pub fn changed(th: &Thread) {
        for_each_thread(&mut |t| {
            if std::ptr::eq(t.interp, th.interp) {
                t.mutator.set_poll(POLL_TRACE);
            }
        });
    }
}

impl Default for Monitors {
    fn default() -> Self {
        Self::new()
    }
}

/// What the tools know of one code object. Holds no objects.
pub struct CodeMonitor {
    /// The line of each word; 0 for none.
    pub lines: Box<[u32]>,
    /// The events each tool wants in this code, below the count of the tool's clearings.
    local: [AtomicU64; TOOLS],
    /// Events turned off at words, by tool, with what counts then stood at.
    disabled: Mutex<HashMap<(u32, u8, u8), u64>>,
    /// Whether `disabled` has anything.
    any_disabled: AtomicBool,
}

payload!(CodeMonitor, "code's monitor", |_this, _m| {});

impl CodeMonitor {
    /// The events that a tool wants in this code.
    pub fn local(&self, monitors: &Monitors, tool: usize) -> u32 {
        let v = self.local[tool].load(Ordering::Relaxed);
        if (v >> 32) as u32 == monitors.cleared[tool].load(Ordering::Relaxed) {
            v as u32
        } else {
            0
        }
    }

    /// Sets the events that a tool wants in this code; those it gave up are no longer turned off anywhere in it.
    pub fn set_local(&self, monitors: &Monitors, tool: usize, events: u32) {
        let before = self.local(monitors, tool);
        let gone = before & !events;
        let codes = &monitors.local_codes[tool];
        match (before != 0, events != 0) {
            (false, true) => {
                codes.fetch_add(1, Ordering::AcqRel);
            }
            (true, false) => {
                let less = |n: u32| n.checked_sub(1);
                let _ = codes.fetch_update(Ordering::AcqRel, Ordering::Relaxed, less);
            }
            _ => {}
        }
        let count = monitors.cleared[tool].load(Ordering::Relaxed) as u64;
        self.local[tool].store(count << 32 | events as u64, Ordering::Relaxed);
        let mut d = self.disabled.lock().unwrap_or_else(|e| e.into_inner());
        d.retain(|k, _| k.2 as usize != tool || gone >> k.1 & 1 == 0);
    }

    /// The events that some tool wants in this code.
    pub fn wanted(&self, monitors: &Monitors) -> u32 {
        (0..TOOLS).fold(0, |all, t| all | self.local(monitors, t))
    }

    /// Whether a tool has turned an event off at a word.
    pub fn is_disabled(&self, monitors: &Monitors, word: usize, event: u32, tool: usize) -> bool {
        if !self.any_disabled.load(Ordering::Acquire) {
            return false;
        }
        let d = self.disabled.lock().unwrap_or_else(|e| e.into_inner());
        d.get(&(word as u32, event as u8, tool as u8)) == Some(&monitors.stamp(tool))
    }

    /// Turns an event off at a word for a tool.
    pub fn disable(&self, monitors: &Monitors, word: usize, event: u32, tool: usize) {
        let mut d = self.disabled.lock().unwrap_or_else(|e| e.into_inner());
        d.insert((word as u32, event as u8, tool as u8), monitors.stamp(tool));
        self.any_disabled.store(true, Ordering::Release);
    }
}

/// The monitor of a code object, if it has one.
pub fn of_code<'a>(code: &Object<Code>) -> Option<&'a Object<CodeMonitor>> {
    code.extra
        .get()
        .present()
        .map(|v| v.expect::<CodeMonitor>())
}

/// The monitor of a code object; made when first asked for.
pub fn for_code<'a>(th: &Thread, code: &Object<Code>) -> &'a Object<CodeMonitor> {
    if let Some(m) = of_code(code) {
        return m;
    }
    let mut lines = vec![0; code.data().code.len()];
    for (start, end, p) in code.data().positions.iter() {
        let end = end.min(lines.len());
        if start < end {
            lines[start..end].fill(p.line);
        }
    }
    let data = CodeMonitor {
        lines: lines.into(),
        local: [const { AtomicU64::new(0) }; TOOLS],
        disabled: Mutex::new(HashMap::new()),
        any_disabled: AtomicBool::new(false),
    };
    let fresh = match new_untyped(th, data) {
        Ok(m) => m,
        Err(_) => th.out_of_memory(),
    };
    code.extra
        .compare_exchange(&code.header, Value::ABSENT, fresh.value());
    of_code(code).unwrap_or(fresh)
}
