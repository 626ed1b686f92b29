//! `_contextvars`: context variables (PEP 567).
//!
//! A context holds a persistent map, so a copy costs one cell. Only the thread that has entered a context changes it.

mod token;
mod trie;

use std::sync::atomic::{AtomicBool, Ordering};
use taipan_containers::args::class_getitem;
use taipan_containers::text::Text;
use taipan_object::call::{self, Args};
use taipan_object::exception as exc;
use taipan_object::heap::{Field, Object, ValueVec};
use taipan_object::native::{Atomic, GetSet, Method, ModuleSpec, TypeSpec};
use taipan_object::seq::List;
use taipan_object::slots::CmpOp;
use taipan_object::types::{OBJECT, StaticType, flags, is_exactly, layout_of};
use taipan_object::{PyResult, Thread, Value, ops, payload};
use token::Token;
use trie::Trie;

/// The payload of `Context`.
#[repr(C)]
pub struct Context {
    /// A [`Trie`].
    vars: Field,
    /// The context that was current before this was entered, or absent.
    previous: Field,
    entered: AtomicBool,
}

payload!(Context, "Context", |this, m| {
    this.vars.trace(m);
    this.previous.trace(m);
});

/// The payload of `ContextVar`.
#[repr(C)]
pub struct ContextVar {
    name: Field,
    /// Absent for none.
    default: Field,
}

payload!(ContextVar, "ContextVar", |this, m| {
    this.name.trace(m);
    this.default.trace(m);
});

/// `contextvars.Context`
pub static CONTEXT: StaticType = StaticType::new(
    "_contextvars",
    "Context",
    Some(&OBJECT),
    flags::HAS_WEAKREF,
    layout_of::<Context>,
);

/// `contextvars.ContextVar`
pub static CONTEXT_VAR: StaticType = StaticType::new(
    "_contextvars",
    "ContextVar",
    Some(&OBJECT),
    0,
    layout_of::<ContextVar>,
);

/// `_contextvars`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_contextvars",
    doc: "Context Variables",
    functions: &[Method::new("copy_context", "()", |th, _| {
        Ok(copy(th, current(th)))
    })],
    types: &[
        (&CONTEXT, &CONTEXT_SPEC),
        (&CONTEXT_VAR, &VAR_SPEC),
        (&token::TOKEN, &token::SPEC),
    ],
    init: |th, _| token::init(th),
};

static CONTEXT_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, _, args| {
            if !args.values.is_empty() {
                return Err(th.type_error("Context() does not accept any arguments"));
            }
            Ok(new_context(th, Trie::EMPTY).value())
        });
        s.len = Some(|_, v| Ok(vars(v).len()));
        s.getitem = Some(|th, v, key| match find(th, v, key)? {
            Some(x) => Ok(x),
            None => Err(th.key_error(key)),
        });
        s.contains = Some(|th, v, key| Ok(find(th, v, key)?.is_some()));
        s.iter = Some(|th, v| ops::iter(th, listed(th, v, |_, k, _| Ok(k))?));
        s.richcmp = Some(compare);
        s.hash = Some(|th, v| Err(ops::unhashable(th, v)));
    },
    methods: &[
        Method::raw("run", "", run),
        Method::new("get", "($self, key, default=None, /)", |th, a| {
            Ok(find(th, a[0], a[1])?.unwrap_or(a[2].or(Value::NONE)))
        })
        .atomic(Atomic::LockFree)
        .doc("Return the value for `key` if `key` has the value in the context object.\n\nIf `key` does not exist, return `default`. If `default` is not given,\nreturn None."),
        Method::new("items", "($self, /)", |th, a| {
            let all = listed(th, a[0], |th, k, v| Value::try_tuple(th, &[k, v]))?;
            ops::iter(th, all)
        })
        .doc("Return all variables and their values in the context object.\n\nThe result is returned as a list of 2-tuples (variable, value)."),
        Method::new("keys", "($self, /)", |th, a| {
            ops::iter(th, listed(th, a[0], |_, k, _| Ok(k))?)
        })
        .doc("Return a list of all variables in the context object."),
        Method::new("values", "($self, /)", |th, a| {
            ops::iter(th, listed(th, a[0], |_, _, v| Ok(v))?)
        })
        .doc("Return a list of all variables' values in the context object."),
        Method::new("copy", "($self, /)", |th, a| {
            Ok(copy(th, a[0].expect::<Context>()))
        })
        .atomic(Atomic::LockFree)
        .doc("Return a shallow copy of the context object."),
    ],
    ..TypeSpec::EMPTY
};

static VAR_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new_var);
        s.repr = Some(var_repr);
    },
    methods: &[
        Method::new("get", "($self, default=<unrepresentable>, /)", |th, a| {
            let var = a[0].expect::<ContextVar>();
            if let Some(v) = lookup(th, var) {
                return Ok(v);
            }
            match a[1].present().or(var.default.get().present()) {
                Some(v) => Ok(v),
                None => Err(th.raise_with(&exc::LOOKUP_ERROR, &[a[0]])),
            }
        })
        .atomic(Atomic::LockFree)
        .doc("Return a value for the context variable for the current context.\n\nIf there is no value for the variable in the current context, the method will:\n * return the value of the default argument of the method, if provided; or\n * return the default value for the context variable, if it was created\n   with one; or\n * raise a LookupError."),
        Method::new("set", "($self, value, /)", |th, a| set(th, a[0], a[1]))
            .atomic(Atomic::LockFree)
            .doc("Call to set a new value for the context variable in the current context.\n\nThe required *value* argument is the new value for the context variable.\n\nReturns a Token object that can be used to restore the variable to its previous\nvalue via the `ContextVar.reset()` method."),
        Method::new("reset", "($self, token, /)", |th, a| {
            if !is_exactly(a[1], &token::TOKEN) {
                return Err(complain(th, "expected an instance of Token, got ", a[1], ""));
            }
            reset(th, a[0], a[1])?;
            Ok(Value::NONE)
        })
        .doc("Reset the context variable.\n\nThe variable is reset to the value it had before the `ContextVar.set()` that\ncreated the token was used."),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("See PEP 585"),
    ],
    getset: &[GetSet::new("name", |_, v| Ok(v.expect::<ContextVar>().name.get()))],
    ..TypeSpec::EMPTY
};

/// `TypeError` of a text round an object's repr.
fn complain(th: &Thread, before: &str, v: Value, after: &str) -> taipan_object::Raised {
    let mut out = Text::new(before);
    if let Err(e) = out.repr(th, v) {
        return e;
    }
    out.push(after);
    match out.finish(th) {
        Ok(text) => th.raise_with(&exc::TYPE_ERROR, &[text]),
        Err(e) => e,
    }
}

fn new_context<'a>(th: &Thread, vars: Trie) -> &'a Object<Context> {
    let data = Context {
        vars: Field::new(vars.0),
        previous: Field::absent(),
        entered: AtomicBool::new(false),
    };
    th.new_object(&CONTEXT, data)
}

fn vars(v: Value) -> Trie {
    Trie(v.expect::<Context>().vars.get())
}

/// The thread's current context, made when first asked for.
fn current<'a>(th: &Thread) -> &'a Object<Context> {
    match th.context.get().downcast::<Context>() {
        Some(c) => c,
        None => {
            let c = new_context(th, Trie::EMPTY);
            c.entered.store(true, Ordering::Relaxed);
            th.context.init(c.value());
            c
        }
    }
}

fn copy(th: &Thread, c: &Object<Context>) -> Value {
    new_context(th, Trie(c.vars.get())).value()
}

/// `contextvars.copy_context()`, for native code that runs callables in a context of their own.
pub fn copy_current(th: &Thread) -> Value {
    copy(th, current(th))
}

fn find(th: &Thread, c: Value, key: Value) -> PyResult<Option<Value>> {
    if key.downcast::<ContextVar>().is_none() {
        return Err(complain(th, "a ContextVar key was expected, got ", key, ""));
    }
    Ok(vars(c).get(key))
}

fn listed(th: &Thread, c: Value, f: impl Fn(&Thread, Value, Value) -> PyResult) -> PyResult {
    let mut out = ValueVec::new();
    vars(c).each(&mut |k, v| {
        let item = f(th, k, v)?;
        out.push(th, item)
    })?;
    Ok(List::from_vec(th, out))
}

fn compare(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(_), Some(_)) = (a.downcast::<Context>(), b.downcast::<Context>()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (vars(a), vars(b));
    let mut equal = x.0.is(y.0) || x.len() == y.len();
    if equal && !x.0.is(y.0) {
        x.each(&mut |k, v| {
            if equal {
                equal = match y.get(k) {
                    Some(w) => v.is(w) || ops::eq(th, v, w)?,
                    None => false,
                };
            }
            Ok(())
        })?;
    }
    Ok(Value::bool(equal == (op == CmpOp::Eq)))
}

/// Enters a context on this thread.
///
/// # Errors
/// `RuntimeError` if it is entered already, on whatever thread.
pub fn enter(th: &Thread, context: Value) -> PyResult<()> {
    let c = context.expect::<Context>();
    let entered = c
        .entered
        .compare_exchange(false, true, Ordering::AcqRel, Ordering::Acquire);
    if entered.is_err() {
        let mut out = Text::new("cannot enter context: ");
        out.repr(th, context)?;
        out.push(" is already entered");
        let text = out.finish(th)?;
        return Err(th.raise_with(&exc::RUNTIME_ERROR, &[text]));
    }
    c.previous.set(&c.header, th.context.get());
    th.context.init(context);
    Ok(())
}

/// Leaves a context that this thread entered last.
///
/// # Errors
/// `RuntimeError` if it is not the current one.
pub fn exit(th: &Thread, context: Value) -> PyResult<()> {
    let c = context.expect::<Context>();
    if !c.entered.load(Ordering::Acquire) {
        let mut out = Text::new("cannot exit context: ");
        out.repr(th, context)?;
        out.push(" has not been entered");
        let text = out.finish(th)?;
        return Err(th.raise_with(&exc::RUNTIME_ERROR, &[text]));
    }
    if !th.context.get().is(context) {
        return Err(th.runtime_error(
            "cannot exit context: thread state references a different context object",
        ));
    }
    th.context.init(c.previous.swap(&c.header, Value::ABSENT));
    c.entered.store(false, Ordering::Release);
    Ok(())
}

fn run(th: &Thread, args: Args) -> PyResult {
    let args = match args.values.split_first() {
        Some((context, _)) if context.downcast::<Context>().is_some() => {
            (*context, args.skip_first())
        }
        _ => return Err(th.type_error("unbound method Context.run() needs an argument")),
    };
    let (context, args) = args;
    let Some(f) = args.pos().first().copied() else {
        return Err(th.type_error("run() missing 1 required positional argument"));
    };
    enter(th, context)?;
    let r = call::call_args(th, f, args.skip_first());
    exit(th, context)?;
    r
}

fn new_var(th: &Thread, _: &Object<taipan_object::types::Type>, args: Args) -> PyResult {
    let given = args.pos().len();
    if given != 1 {
        let bound = if given == 0 { "exactly" } else { "at most" };
        return Err(th.type_error(format!(
            "ContextVar() takes {bound} 1 positional argument ({given} given)"
        )));
    }
    if let Some((k, _)) = args.kw().find(|(k, _)| !k.is_str("default")) {
        return Err(th.type_error(format!(
            "ContextVar() got an unexpected keyword argument '{}'",
            taipan_object::names::text(k)
        )));
    }
    let name = args.pos()[0];
    if name.as_wtf8().is_none() {
        return Err(th.type_error("context variable name must be a str"));
    }
    // The name is part of CPython's hash of a variable: one without a hash is refused.
    ops::hash(th, name)?;
    let data = ContextVar {
        name: Field::new(name),
        default: Field::new(args.get_kw("default").unwrap_or(Value::ABSENT)),
    };
    Ok(th.new_object(&CONTEXT_VAR, data).value())
}

fn var_repr(th: &Thread, v: Value) -> PyResult {
    let var = v.expect::<ContextVar>();
    let mut out = Text::new("<ContextVar name=");
    out.repr(th, var.name.get())?;
    if let Some(d) = var.default.get().present() {
        out.push(" default=");
        out.repr(th, d)?;
    }
    out.push(&format!(" at {:#x}>", ops::id(v)));
    out.finish(th)
}

fn lookup(th: &Thread, var: &Object<ContextVar>) -> Option<Value> {
    let c = th.context.get().downcast::<Context>()?;
    Trie(c.vars.get()).get(var.value())
}

/// The value of a variable in the current context, or its default.
pub fn value_of(th: &Thread, var: Value) -> Option<Value> {
    let v = var.downcast::<ContextVar>()?;
    lookup(th, v).or(v.default.get().present())
}

/// `var.set(value)`: a token.
pub fn set(th: &Thread, var: Value, value: Value) -> PyResult {
    let c = current(th);
    let map = Trie(c.vars.get());
    let old = map.get(var).unwrap_or(Value::ABSENT);
    c.vars.set(&c.header, map.set(th, var, value)?.0);
    Ok(token::new(th, c.value(), var, old))
}

/// `var.reset(token)`
pub fn reset(th: &Thread, var: Value, token: Value) -> PyResult<()> {
    let t = token.expect::<Token>();
    let wrong = |kind: &'static StaticType, after: &str| {
        let mut out = Text::new("");
        if let Err(e) = out.repr(th, token) {
            return e;
        }
        out.push(after);
        match out.finish(th) {
            Ok(text) => th.raise_with(kind, &[text]),
            Err(e) => e,
        }
    };
    if t.is_used() {
        return Err(wrong(&exc::RUNTIME_ERROR, " has already been used once"));
    }
    if !t.var.get().is(var) {
        return Err(wrong(
            &exc::VALUE_ERROR,
            " was created by a different ContextVar",
        ));
    }
    let c = current(th);
    if !t.context.get().is(c.value()) {
        return Err(wrong(
            &exc::VALUE_ERROR,
            " was created in a different Context",
        ));
    }
    if !t.use_up() {
        return Err(wrong(&exc::RUNTIME_ERROR, " has already been used once"));
    }
    let map = Trie(c.vars.get());
    let new = match t.old.get().present() {
        Some(v) => map.set(th, var, v)?,
        None => map.without(th, var)?,
    };
    c.vars.set(&c.header, new.0);
    Ok(())
}
