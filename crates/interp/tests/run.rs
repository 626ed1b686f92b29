//! Runs the Python programs of `tests/programs/`, which assert for themselves, without start-up, imports or output.

use taipan_object::code::Code;
use taipan_object::dict::Dict;
use taipan_object::exception::{Exception, Traceback};
use taipan_object::func::Module;
use taipan_object::native::TypeSpec;
use taipan_object::thread::{Hooks, set_hooks};
use taipan_object::types::{StaticType, class_of};
use taipan_object::{Interpreter, Object, PyResult, Thread, Value, gc, names, ops};

static HOOKS: Hooks = Hooks {
    call_function: taipan_interp::call_function,
    run_code: taipan_interp::run_code,
    resume: taipan_interp::resume,
    current_frame: taipan_interp::frames::current,
    poll: |th, _| {
        th.mutator.clear_poll(gc::POLL_PENDING);
        while let Some(cell) = gc::pop_pending_finalizer(0) {
            let v = Value::from_cell(cell);
            if let Some(del) = class_of(v).slots().del {
                del(th, v)?;
            }
        }
        while gc::pop_pending_weak_callback(0).is_some() {}
        Ok(())
    },
    compile: |th, source, filename, mode, _, _| {
        compile(th, &names::text(source), &names::text(filename), mode)
    },
};

fn compile(th: &Thread, source: &str, filename: &str, mode: &str) -> PyResult {
    let mode = match mode {
        "eval" => taipan_syntax::Mode::Eval,
        "single" => taipan_syntax::Mode::Single,
        _ => taipan_syntax::Mode::Exec,
    };
    let syntax = taipan_syntax::Options {
        mode,
        ..Default::default()
    };
    let options = taipan_compiler::Options {
        filename: filename.into(),
        mode,
        optimize: 0,
    };
    match taipan_compiler::compile_source(source, &syntax, &options) {
        Ok((code, _)) => Ok(Object::<Code>::new(th, code.into())?.value()),
        Err(e) => Err(th.raise(&taipan_object::exception::SYNTAX_ERROR, &e.msg)),
    }
}

fn set_up(th: &Thread) -> PyResult<()> {
    taipan_object::bootstrap(th)?;
    taipan_interp::init(th);
    set_hooks(&HOOKS);
    let interp = th.interp;
    interp.set_dict(&interp.state, Dict::new(th));
    interp.set_dict(&interp.modules, Dict::new(th));
    taipan_builtins::define(th)?;
    taipan_builtins::register(th)?;
    let tables: [&[(&'static StaticType, &'static TypeSpec)]; 3] = [
        taipan_numbers::types(),
        taipan_strings::types(),
        taipan_containers::types(),
    ];
    let mut module = None;
    for spec in taipan_builtins::modules() {
        if spec.name == "builtins" {
            let m = Module::from_spec(th, spec)?;
            interp.set_dict(&interp.builtins, m.dict.expect());
            module = Some(m);
        }
    }
    let dict = module.expect("the module builtins").dict.expect();
    for (t, spec) in tables.into_iter().flatten() {
        let made = t.define(th, spec)?;
        if t.module == "builtins" {
            dict.set_name(th, t.name, made.value())?;
        }
    }
    Ok(())
}

/// An exception as text: its type, its message, the lines it went through.
fn describe(th: &Thread, e: Value) -> String {
    let text = ops::str(th, e).map_or("?".into(), names::text);
    let mut out = format!("{}: {text}", class_of(e).name_text());
    let mut tb = e.expect::<Exception>().traceback.get();
    while let Some(t) = tb.downcast::<Traceback>() {
        out += &format!(" <- line {}", t.line().unwrap_or(0));
        tb = t.next.get();
    }
    out
}

fn run(th: &Thread, name: &str, source: &str) -> Result<(), String> {
    let go = || -> PyResult<()> {
        let code = compile(th, source, name, "exec")?;
        let globals = Dict::new(th);
        globals.set_name(th, "__name__", Value::str(th, "__main__"))?;
        let g = globals.value();
        taipan_interp::run_code(th, code, g, g, Value::ABSENT).map(|_| ())
    };
    go().map_err(|e| format!("{name}: {}", describe(th, e.0)))
}

/// Threads that come and go, each running `work(n)` of one shared program; then its `check()`.
fn many_threads(th: &Thread, folder: &str) -> Result<(), String> {
    const ROUNDS: usize = 12;
    const THREADS: usize = 4;
    let source =
        std::fs::read_to_string(format!("{folder}/shared/threads.py")).expect("the program");
    let globals = Dict::new(th);
    let setup = || -> PyResult<()> {
        let code = compile(th, &source, "threads.py", "exec")?;
        let g = globals.value();
        taipan_interp::run_code(th, code, g, g, Value::ABSENT)?;
        // A native closure is malloc memory: threads find the program by the interpreter's state.
        let state = th.interp.state.get().expect("set up");
        state.set_name(th, "test.globals", g)
    };
    setup().map_err(|e| describe(th, e.0))?;
    let interp = th.interp;
    let mut errors = Vec::new();
    for round in 0..ROUNDS {
        let handles: Vec<_> = (0..THREADS)
            .map(|i| {
                std::thread::spawn(move || -> Result<(), String> {
                    let th = Thread::attach(interp, false).map_err(|e| e.to_string())?;
                    let go = || -> PyResult {
                        let state = th.interp.state.get().expect("set up");
                        let g = state.get_name(&th, "test.globals").expect("the program");
                        let work = g
                            .as_dict()
                            .and_then(|d| d.get_name(&th, "work"))
                            .expect("work");
                        let n = Value::usize(&th, round * THREADS + i);
                        taipan_object::call::call(&th, work, &[n])
                    };
                    let r = go().map(|_| ()).map_err(|e| describe(&th, e.0));
                    th.detach();
                    r
                })
            })
            .collect();
        for h in handles {
            let r = th.blocking(|| h.join());
            errors.extend(r.expect("a thread that did not panic").err());
        }
    }
    if let Some(e) = errors.pop() {
        return Err(e);
    }
    let check = globals.get_name(th, "check").expect("check");
    let n = Value::usize(th, ROUNDS * THREADS);
    taipan_object::call::call(th, check, &[n])
        .map(|_| ())
        .map_err(|e| describe(th, e.0))
}

#[test]
fn programs_run() {
    let interp = Interpreter::create(
        taipan_object::thread::GilOf::Nobody,
        taipan_object::thread::Limits::NONE,
    )
    .expect("an interpreter");
    let th = Thread::attach(interp, true).expect("memory for a thread");
    set_up(&th)
        .map_err(|e| describe(&th, e.0))
        .expect("the set-up");
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/programs");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the programs")
        .map(|f| f.expect("a file").path())
        .collect();
    files.retain(|f| f.extension().is_some_and(|e| e == "py"));
    files.sort();
    assert!(!files.is_empty());
    let mut failed = Vec::new();
    for f in files {
        let source = std::fs::read_to_string(&f).expect("a program");
        let name = f
            .file_name()
            .expect("a name")
            .to_string_lossy()
            .into_owned();
        if let Err(e) = run(&th, &name, &source) {
            failed.push(e);
        }
    }
    if let Err(e) = many_threads(&th, folder) {
        failed.push(e);
    }
    // The harness itself must be able to fail.
    let wrong = run(&th, "wrong.py", "x = 1\nassert x == 2, 'no'");
    assert_eq!(
        wrong,
        Err("wrong.py: AssertionError: no <- line 2".to_owned())
    );
    th.detach();
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}
