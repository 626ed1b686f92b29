//! `sys.monitoring` (PEP 669): tools that watch a program.

use std::sync::atomic::Ordering;
use taipan_object::code::Code;
use taipan_object::dict::Dict;
use taipan_object::func::Module;
use taipan_object::monitor::{self, EVENTS, Monitors, TOOLS, event};
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value, call, ops};

static SPEC: ModuleSpec = ModuleSpec {
    name: "sys.monitoring",
    doc: "",
    functions: &[
        Method::new("use_tool_id", "(tool_id, name, /)", |th, a| {
            let t = tool(th, a[0])?;
            if a[1].as_str_obj().is_none() {
                return Err(th.value_error("tool name must be a str"));
            }
            if !th.interp.monitors.take(th, t, a[1]) {
                return Err(th.value_error(format!("tool {t} is already in use")));
            }
            Ok(Value::NONE)
        }),
        Method::new("clear_tool_id", "(tool_id, /)", |th, a| {
            let t = tool(th, a[0])?;
            if !th.interp.monitors.name(t).is_none() {
                th.interp.monitors.clear(th, t);
            }
            Ok(Value::NONE)
        }),
        Method::new("free_tool_id", "(tool_id, /)", |th, a| {
            let t = tool(th, a[0])?;
            if !th.interp.monitors.name(t).is_none() {
                th.interp.monitors.clear(th, t);
            }
            th.interp.monitors.free(th, t);
            Ok(Value::NONE)
        }),
        Method::new("get_tool", "(tool_id, /)", |th, a| {
            Ok(th.interp.monitors.name(tool(th, a[0])?))
        }),
        Method::new("register_callback", "(tool_id, event, func, /)", register),
        Method::new("get_events", "(tool_id, /)", |th, a| {
            let t = tool(th, a[0])?;
            let events = th.interp.monitors.tools[t].load(Ordering::Acquire);
            Ok(Value::small_int(events as i64))
        }),
        Method::new("set_events", "(tool_id, event_set, /)", |th, a| {
            let t = tool(th, a[0])?;
            let n = ops::index_i32(th, a[1])?;
            if !(0..1 << EVENTS).contains(&n) {
                return Err(th.value_error(format!("invalid event set 0x{n:x}")));
            }
            let events = whole(th, n as u32)?;
            in_use(th, t)?;
            th.interp.monitors.set_events(th, t, events);
            Ok(Value::NONE)
        }),
        Method::new("get_local_events", "(tool_id, code, /)", |th, a| {
            let code = code(th, a[1])?;
            let t = tool(th, a[0])?;
            let events = monitor::of_code(code).map_or(0, |m| m.local(&th.interp.monitors, t));
            Ok(Value::small_int(events as i64))
        }),
        Method::new(
            "set_local_events",
            "(tool_id, code, event_set, /)",
            |th, a| {
                let n = ops::index_i32(th, a[2])?;
                let code = code(th, a[1])?;
                let t = used_tool(th, a[0])?;
                let events = if n < 0 {
                    u32::MAX
                } else {
                    whole(th, n as u32)?
                };
                if events & !event::LOCAL != 0 {
                    return Err(th.value_error(format!("invalid local event set 0x{events:x}")));
                }
                let monitors = &th.interp.monitors;
                monitor::for_code(th, code).set_local(monitors, t, events);
                Monitors::changed(th);
                Ok(Value::NONE)
            },
        ),
        Method::new("restart_events", "()", |th, _| {
            th.interp.monitors.version.fetch_add(1, Ordering::AcqRel);
            Ok(Value::NONE)
        }),
        Method::new("_all_events", "()", |th, _| {
            let d = Dict::new(th);
            for n in 0..event::BRANCH {
                let tools = th
                    .interp
                    .monitors
                    .tools
                    .iter()
                    .enumerate()
                    .fold(0, |set, (t, events)| {
                        set | (events.load(Ordering::Acquire) >> n & 1) << t
                    });
                if tools != 0 {
                    let name = event::NAMES[n as usize];
                    d.set_name(th, name, Value::small_int(tools as i64))?;
                }
            }
            Ok(d.value())
        }),
    ],
    types: &[],
    init: |_, _| Ok(()),
};

/// Makes the module.
pub fn module(th: &Thread) -> PyResult {
    let m = Module::from_spec(th, &SPEC)?;
    let d = m.dict.expect();
    for (name, n) in [
        ("DEBUGGER_ID", 0),
        ("COVERAGE_ID", 1),
        ("PROFILER_ID", 2),
        ("OPTIMIZER_ID", 5),
    ] {
        d.set_name(th, name, Value::small_int(n))?;
    }
    d.set_name(th, "DISABLE", th.interp.monitors.disable(th))?;
    d.set_name(th, "MISSING", th.interp.monitors.missing(th))?;
    let events = Dict::new(th);
    for (n, name) in event::NAMES.iter().enumerate() {
        events.set_name(th, name, Value::small_int(1 << n))?;
    }
    events.set_name(th, "NO_EVENTS", Value::small_int(0))?;
    let kind = taipan_builtins::namespace::NAMESPACE.value();
    d.set_name(th, "events", call::call(th, kind, &[events.value()])?)?;
    Ok(m.value())
}

fn tool(th: &Thread, v: Value) -> PyResult<usize> {
    let n = ops::index_i32(th, v)?;
    match usize::try_from(n).ok().filter(|n| *n < TOOLS) {
        Some(n) => Ok(n),
        None => Err(th.value_error(format!("invalid tool {n} (must be between 0 and 5)"))),
    }
}

fn in_use(th: &Thread, tool: usize) -> PyResult<()> {
    if th.interp.monitors.name(tool).is_none() {
        return Err(th.value_error(format!("tool {tool} is not in use")));
    }
    Ok(())
}

fn used_tool(th: &Thread, v: Value) -> PyResult<usize> {
    let t = tool(th, v)?;
    in_use(th, t)?;
    Ok(t)
}

fn code<'a>(th: &Thread, v: Value) -> PyResult<&'a taipan_object::Object<Code>> {
    v.downcast::<Code>()
        .ok_or_else(|| th.type_error("code must be a code object"))
}

/// An event set as it is kept: native functions' events come with calls, the old branch event stands for both.
fn whole(th: &Thread, events: u32) -> PyResult<u32> {
    const NATIVE: u32 = 1 << event::C_RETURN | 1 << event::C_RAISE;
    const CALLS: u32 = NATIVE | 1 << event::CALL;
    const BRANCH: u32 = 1 << event::BRANCH;
    let mut events = events;
    if events & NATIVE != 0 && events & CALLS != CALLS {
        return Err(th.value_error("cannot set C_RETURN or C_RAISE events independently"));
    }
    events &= !NATIVE;
    if events & BRANCH != 0 {
        events = events & !BRANCH | 1 << event::BRANCH_LEFT | 1 << event::BRANCH_RIGHT;
    }
    Ok(events)
}

fn register(th: &Thread, a: &[Value]) -> PyResult {
    let t = tool(th, a[0])?;
    let n = ops::index_i32(th, a[1])?;
    if n <= 0 || n.count_ones() != 1 {
        return Err(th.value_error("The callback can only be set for one event at a time"));
    }
    let number = n.trailing_zeros();
    if number as usize >= EVENTS {
        return Err(th.value_error(format!("invalid event {n}")));
    }
    th.audit("sys.monitoring.register_callback", &[a[2]])?;
    let monitors = &th.interp.monitors;
    if number == event::BRANCH {
        monitors.set_callback(th, t, event::BRANCH_LEFT, a[2]);
        monitors.set_callback(th, t, event::BRANCH_RIGHT, a[2]);
    }
    Ok(monitors.set_callback(th, t, number, a[2]))
}
