//! What an interpreter is made with: the configurations of `_interpreters.new_config`.

use super::namespace;
use crate::start::engine_of;
use std::sync::atomic::{AtomicBool, AtomicI64};
use taipan_object::dict::Dict;
use taipan_object::thread::{GilOf, Limits};
use taipan_object::{Interpreter, Object, PyResult, Thread, Value, attr, names, ops};

/// Where interpreters come from, by number.
pub const WHENCE: [&str; 6] = ["UNKNOWN", "RUNTIME", "LEGACY_CAPI", "CAPI", "XI", "STDLIB"];
/// The main interpreter.
pub const AT_START: i64 = 1;
/// Made by the module `_interpreters`.
pub const BY_MODULE: i64 = 5;

/// Which GIL an interpreter is to have, where there is one at all.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum GilChoice {
    /// As if nothing was said: shared.
    Default,
    /// The main interpreter's.
    Shared,
    /// Its own.
    Own,
}

impl GilChoice {
    const ALL: [(&'static str, GilChoice); 3] = [
        ("default", GilChoice::Default),
        ("shared", GilChoice::Shared),
        ("own", GilChoice::Own),
    ];

    fn name(self) -> &'static str {
        Self::ALL[self as usize].0
    }
}

/// A configuration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Settings {
    main_obmalloc: bool,
    fork: bool,
    exec: bool,
    threads: bool,
    daemon_threads: bool,
    check_extensions: bool,
    gil: GilChoice,
}

impl Settings {
    const ISOLATED: Settings = Settings {
        main_obmalloc: false,
        fork: false,
        exec: false,
        threads: true,
        daemon_threads: false,
        check_extensions: true,
        gil: GilChoice::Own,
    };
    const LEGACY: Settings = Settings {
        main_obmalloc: true,
        fork: true,
        exec: true,
        threads: true,
        daemon_threads: true,
        check_extensions: false,
        gil: GilChoice::Shared,
    };
    const EMPTY: Settings = Settings {
        main_obmalloc: false,
        fork: false,
        exec: false,
        threads: false,
        daemon_threads: false,
        check_extensions: false,
        gil: GilChoice::Default,
    };
    const MAIN: Settings = Settings {
        gil: GilChoice::Own,
        ..Settings::LEGACY
    };

    fn named(th: &Thread, name: &str) -> PyResult<Settings> {
        match name {
            "isolated" | "default" | "" => Ok(Settings::ISOLATED),
            "legacy" => Ok(Settings::LEGACY),
            "empty" => Ok(Settings::EMPTY),
            _ => Err(th.value_error(format!("unsupported config name '{name}'"))),
        }
    }

    fn switches(&mut self) -> [(&'static str, &mut bool); 6] {
        [
            ("use_main_obmalloc", &mut self.main_obmalloc),
            ("allow_fork", &mut self.fork),
            ("allow_exec", &mut self.exec),
            ("allow_threads", &mut self.threads),
            ("allow_daemon_threads", &mut self.daemon_threads),
            ("check_multi_interp_extensions", &mut self.check_extensions),
        ]
    }

    /// Takes values from a dict. `whole`: each must be there.
    fn update(&mut self, th: &Thread, d: &Object<Dict>, whole: bool) -> PyResult<()> {
        let missing = |name| Err(th.value_error(format!("missing config key: {name}")));
        let mut known = 0;
        for (name, switch) in self.switches() {
            match d.get_name(th, name) {
                Some(v) if v.is_bool() => *switch = v.is(Value::TRUE),
                Some(_) => return Err(th.type_error(format!("invalid config type: {name}"))),
                None if whole => return missing(name),
                None => continue,
            }
            known += 1;
        }
        match d.get_name(th, "gil") {
            Some(v) if v.as_wtf8().is_some() => {
                let text = names::text(v);
                let choice = GilChoice::ALL.iter().find(|(name, _)| *name == text);
                let Some((_, choice)) = choice else {
                    let shown = names::text(ops::repr(th, v)?).into_owned();
                    return Err(th.value_error(format!(
                        "unsupported interpreter config .gil value {shown}"
                    )));
                };
                self.gil = *choice;
                known += 1;
            }
            Some(_) => return Err(th.type_error("invalid config type: gil")),
            None if whole => return missing("gil"),
            None => {}
        }
        let more = d.map.len() - known;
        if more == 0 {
            return Ok(());
        }
        let rest = Dict::new(th);
        let mut at = 0;
        while let Some((next, k, v, _)) = d.map.next_entry(at) {
            at = next;
            let ours = self.switches().iter().any(|(n, _)| k.is_str(n)) || k.is_str("gil");
            if !ours {
                rest.set(th, k, v)?;
            }
        }
        let shown = names::text(ops::repr(th, rest.value())?).into_owned();
        let items = if more == 1 { "item" } else { "items" };
        Err(th.value_error(format!("config dict has {more} extra {items} ({shown})")))
    }

    /// What `create` was given: nothing, a name, or what `new_config` returned.
    pub fn of_argument(th: &Thread, v: Value) -> PyResult<Settings> {
        if v.is_absent() || v.is_none() {
            return Ok(Settings::ISOLATED);
        }
        if v.as_wtf8().is_some() {
            super::check_text(th, v)?;
            return Settings::named(th, &names::text(v));
        }
        let attrs = attr::get_str(th, v, "__dict__").ok();
        let Some(d) = attrs.and_then(Value::as_dict) else {
            let shown = names::text(ops::repr(th, v)?).into_owned();
            return Err(th.type_error(format!("bad config {shown}")));
        };
        let mut settings = Settings::EMPTY;
        settings.update(th, d, true)?;
        Ok(settings)
    }

    /// As `get_config` and `new_config` show it.
    pub fn namespace(mut self, th: &Thread) -> PyResult {
        let gil = self.gil.name();
        let mut items: Vec<(&str, Value)> = self
            .switches()
            .into_iter()
            .map(|(name, switch)| (name, Value::bool(*switch)))
            .collect();
        items.push(("gil", Value::str(th, gil)));
        namespace(th, &items)
    }

    /// What CPython cannot do either: modules of machine code that know of one interpreter only, each with memory of
    /// its own.
    pub fn contradict(&self) -> bool {
        !self.main_obmalloc && !self.check_extensions
    }

    /// What the interpreter's code may do.
    pub fn limits(&self) -> Limits {
        Limits {
            fork: self.fork,
            exec: self.exec,
            threads: self.threads,
            daemon_threads: self.daemon_threads,
        }
    }

    /// The GIL of a new interpreter: none where the process has none.
    pub fn gil(&self) -> GilOf {
        let main = Interpreter::main();
        match (&main.gil, self.gil) {
            (None, _) => GilOf::Nobody,
            (Some(_), GilChoice::Own) => GilOf::Own,
            (Some(_), _) => GilOf::Shared(main),
        }
    }
}

/// How an interpreter came to be.
#[derive(Debug)]
pub struct Made {
    /// Its configuration.
    pub settings: Settings,
    /// Where it comes from: an index of [`WHENCE`].
    pub whence: i64,
    /// References that programs hold by `incref`.
    pub references: AtomicI64,
    /// Whether the end of the last reference closes it.
    pub by_references: AtomicBool,
    /// Whether the last reference ended while it ran: then it is closed when it has run.
    pub abandoned: AtomicBool,
}

impl Made {
    /// The main interpreter.
    pub fn at_start() -> Made {
        Made::new(Settings::MAIN, AT_START, false)
    }

    /// One made by `_interpreters.create`.
    pub fn by_module(settings: Settings, by_references: bool) -> Made {
        Made::new(settings, BY_MODULE, by_references)
    }

    fn new(settings: Settings, whence: i64, by_references: bool) -> Made {
        Made {
            settings,
            whence,
            references: AtomicI64::new(0),
            by_references: AtomicBool::new(by_references),
            abandoned: AtomicBool::new(false),
        }
    }
}

/// How an interpreter came to be.
pub fn made(interp: &'static Interpreter) -> &'static Made {
    &engine_of(interp).made
}

/// `new_config([name], **overrides)`
pub fn new_config(th: &Thread, a: &[Value]) -> PyResult {
    let name = match a[0].present() {
        None => "isolated".into(),
        Some(v) if v.as_wtf8().is_some() => names::text(v).into_owned(),
        Some(v) => return Err(super::bad_argument(th, "new_config", 1, "str", v)),
    };
    let mut settings = Settings::named(th, &name)?;
    if let Some(d) = a[1].as_dict() {
        settings.update(th, d, false)?;
    }
    settings.namespace(th)
}
