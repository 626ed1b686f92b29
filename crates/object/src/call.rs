//! The call protocol, and binding of arguments to native functions' signatures.

use crate::error::{PyResult, Raised};
use crate::func::{BoundMethod, Function, MethodDescriptor, NativeFunction, WrapperDescriptor};
use crate::heap::{Object, ValueVec};
use crate::native::{MAX_PARAMETERS, Method, NativeFn};
use crate::thread::{Thread, hooks};
use crate::types::{self, class_of};
use crate::value::Value;

/// The arguments of a call: positional ones, then the values of keywords whose names stand in `kwnames`.
#[derive(Clone, Copy)]
pub struct Args<'a> {
    /// Positional arguments, then keyword arguments' values.
    pub values: &'a [Value],
    /// The keywords, exact strings.
    pub kwnames: &'a [Value],
}

impl<'a> Args<'a> {
    /// Positional arguments only.
    #[inline(always)]
    pub const fn positional(values: &'a [Value]) -> Args<'a> {
        Args {
            values,
            kwnames: &[],
        }
    }

    /// The positional arguments.
    #[inline(always)]
    pub fn pos(&self) -> &'a [Value] {
        &self.values[..self.values.len() - self.kwnames.len()]
    }

    /// The keyword arguments.
    pub fn kw(&self) -> impl Iterator<Item = (Value, Value)> + use<'a> {
        let n = self.values.len() - self.kwnames.len();
        self.kwnames
            .iter()
            .copied()
            .zip(self.values[n..].iter().copied())
    }

    /// The value of a keyword argument.
    pub fn get_kw(&self, name: &str) -> Option<Value> {
        self.kw().find(|(k, _)| k.is_str(name)).map(|(_, v)| v)
    }

    /// Whether there are keyword arguments.
    pub fn has_kw(&self) -> bool {
        !self.kwnames.is_empty()
    }

    /// Without the first positional argument.
    pub fn skip_first(&self) -> Args<'a> {
        Args {
            values: &self.values[1..],
            kwnames: self.kwnames,
        }
    }

    /// Fails if there are keyword arguments: `f() takes no keyword arguments`.
    pub fn no_kw(&self, th: &Thread, name: &str) -> PyResult<()> {
        if self.has_kw() {
            Err(th.type_error(format!("{name}() takes no keyword arguments")))
        } else {
            Ok(())
        }
    }

    /// Calls `f` with the same arguments behind a first one.
    pub fn with_first<R>(
        &self,
        th: &Thread,
        first: Value,
        f: impl FnOnce(Args) -> PyResult<R>,
    ) -> PyResult<R> {
        let kwnames = self.kwnames;
        match *self.values {
            [] => {
                let values = &[first];
                return f(Args { values, kwnames });
            }
            [a] => {
                let values = &[first, a];
                return f(Args { values, kwnames });
            }
            _ => {}
        }
        let n = self.values.len() + 1;
        if n <= 8 {
            let mut buf = [Value::ABSENT; 8];
            buf[0] = first;
            buf[1..n].copy_from_slice(self.values);
            return f(Args {
                values: &buf[..n],
                kwnames: self.kwnames,
            });
        }
        let mut v = ValueVec::with_capacity(th, n)?;
        v.push(th, first)?;
        v.extend_from_slice(th, self.values)?;
        f(Args {
            values: &v,
            kwnames: self.kwnames,
        })
    }

    /// The keyword arguments as a new dict.
    pub fn kw_dict(&self, th: &Thread) -> PyResult {
        let d = crate::dict::Dict::new(th);
        for (k, v) in self.kw() {
            d.set(th, k, v)?;
        }
        Ok(d.value())
    }
}

/// Calls with positional arguments.
#[inline]
pub fn call(th: &Thread, f: Value, args: &[Value]) -> PyResult {
    call_args(th, f, Args::positional(args))
}

/// Calls a method by name.
pub fn call_method(th: &Thread, v: Value, name: &str, args: &[Value]) -> PyResult {
    call_method_name(th, v, crate::strings::intern(th, name), args)
}

/// Calls a method by interned name, without making a bound method where the type has a plain function.
pub fn call_method_name(th: &Thread, v: Value, name: Value, args: &[Value]) -> PyResult {
    let ty = class_of(v);
    if ty.slots().getattro.is_none()
        && let Some(d) = crate::attr::type_lookup(ty, name)
        && class_of(d).has_flag(types::flags::METHOD_DESCRIPTOR)
        && crate::attr::get_own(v, name).is_none()
    {
        return Args::positional(args).with_first(th, v, |a| call_args(th, d, a));
    }
    let f = crate::attr::get(th, v, name)?;
    call(th, f, args)
}

/// Calls any callable.
///
/// # Errors
/// `TypeError: 'T' object is not callable`, or what the call raises.
pub fn call_args(th: &Thread, f: Value, args: Args) -> PyResult {
    if f.downcast::<Function>().is_some() {
        return (hooks().call_function)(th, f, args);
    }
    if let Some(nf) = f.downcast::<NativeFunction>() {
        return call_native_function(th, nf, args);
    }
    if let Some(m) = f.downcast::<BoundMethod>()
        && class_of(f).is(&types::METHOD)
    {
        return args.with_first(th, m.receiver.get(), |a| call_args(th, m.func.get(), a));
    }
    if let Some(d) = f.downcast::<MethodDescriptor>()
        && class_of(f).is(&types::METHOD_DESCRIPTOR)
    {
        return call_method_descriptor(th, d, args);
    }
    match class_of(f).slots().call {
        Some(c) => th.recurse(" while calling a Python object", || c(th, f, args)),
        None => Err(th.type_error(format!(
            "'{}' object is not callable",
            class_of(f).tp_name()
        ))),
    }
}

/// Calls a `builtin_function_or_method`.
#[inline]
pub fn call_native_function(th: &Thread, nf: &Object<NativeFunction>, args: Args) -> PyResult {
    if nf.bound {
        let receiver = nf.receiver.get();
        args.with_first(th, receiver, |a| {
            check_simple(th, nf.method, &a, || {
                match receiver.downcast::<types::Type>() {
                    Some(t) => t.name_text().into_owned(),
                    None => class_of(receiver).name_text().into_owned(),
                }
            })?;
            call_method_row(th, nf.method, a)
        })
    } else {
        match nf.method.func {
            NativeFn::Raw(f) => native(th, || f(th, args)),
            NativeFn::Bound(_) => {
                check_simple(th, nf.method, &args, || {
                    match nf.module.get().as_str_obj() {
                        Some(_) if !nf.module.get().is_str("builtins") => {
                            crate::names::text(nf.module.get()).into_owned()
                        }
                        _ => String::new(),
                    }
                })?;
                call_method_row(th, nf.method, args)
            }
        }
    }
}

/// Fails as CPython does where a function of no or one positional-only parameter gets another number of arguments,
/// or one of positional-only parameters gets keywords: these messages name the function in full.
#[inline(always)]
fn check_simple(
    th: &Thread,
    m: &'static Method,
    args: &Args,
    owner: impl FnOnce() -> String,
) -> PyResult<()> {
    if args.kwnames.is_empty() && m.arity.takes(args.values.len()) {
        return Ok(());
    }
    check_simple_slow(th, m, args, owner)
}

#[cold]
fn check_simple_slow(
    th: &Thread,
    m: &'static Method,
    args: &Args,
    owner: impl FnOnce() -> String,
) -> PyResult<()> {
    let a = m.arity;
    let raw = matches!(m.func, NativeFn::Raw(_));
    if raw || a.positional_only != a.params || a.varargs || a.varkw {
        return Ok(());
    }
    let skip = (m.sig.as_bytes().get(1) == Some(&b'$')) as usize;
    let max = (a.max as usize).saturating_sub(skip);
    let name = || {
        let owner = owner();
        let dot = if owner.is_empty() { "" } else { "." };
        format!("{owner}{dot}{}()", m.name)
    };
    if args.has_kw() {
        return Err(th.type_error(format!("{} takes no keyword arguments", name())));
    }
    let given = args.values.len().saturating_sub(skip);
    if a.min != a.max || max > 1 || given == max {
        return Ok(());
    }
    let what = if max == 0 {
        "no arguments"
    } else {
        "exactly one argument"
    };
    Err(th.type_error(format!("{} takes {what} ({given} given)", name())))
}

/// Calls a `method_descriptor` with the instance as first argument.
pub fn call_method_descriptor(th: &Thread, d: &Object<MethodDescriptor>, args: Args) -> PyResult {
    let owner = d.owner.expect();
    match args.pos().first() {
        Some(first) if class_of(*first).is_subtype(owner) => {
            check_simple(th, d.method, &args, || owner.name_text().into_owned())?;
            call_method_row(th, d.method, args)
        }
        Some(first) => Err(th.type_error(format!(
            "descriptor '{}' for '{}' objects doesn't apply to a '{}' object",
            d.method.name,
            owner.tp_name(),
            class_of(*first).tp_name()
        ))),
        None => Err(th.type_error(format!(
            "unbound method {}.{}() needs an argument",
            owner.name_text(),
            d.method.name
        ))),
    }
}

/// Calls a `wrapper_descriptor` with the instance as first argument.
pub fn call_wrapper(th: &Thread, d: &Object<WrapperDescriptor>, args: Args) -> PyResult {
    let owner = d.owner.expect();
    match args.pos().first() {
        Some(first) if class_of(*first).is_subtype(owner) => {
            native(th, || (d.def.wrap)(th, owner, *first, args.skip_first()))
        }
        Some(first) => Err(th.type_error(format!(
            "descriptor '{}' requires a '{}' object but received a '{}'",
            d.def.name,
            owner.tp_name(),
            class_of(*first).tp_name()
        ))),
        None => Err(th.type_error(format!(
            "descriptor '{}' of '{}' object needs an argument",
            d.def.name,
            owner.tp_name()
        ))),
    }
}

#[inline(always)]
fn native(th: &Thread, f: impl FnOnce() -> PyResult) -> PyResult {
    th.check_native_stack()?;
    f()
}

/// As many parameters as a call binds by filling up.
const FEW: usize = 6;

/// Calls a row of a method table with all its arguments, the receiver among them.
#[inline]
pub fn call_method_row(th: &Thread, m: &'static Method, args: Args) -> PyResult {
    match m.func {
        NativeFn::Bound(f) => {
            if args.kwnames.is_empty()
                && let Some(r) = call_method_row_simply(th, m, args.values)
            {
                return r;
            }
            bind(th, m, args, |bound| native(th, || f(th, bound)))
        }
        NativeFn::Raw(f) => native(th, || f(th, args)),
    }
}

/// Calls a row of a method table with positional arguments, the receiver among them, if they are such as most calls
/// give; nothing if they are not.
#[inline]
pub fn call_method_row_simply(th: &Thread, m: &'static Method, args: &[Value]) -> Option<PyResult> {
    let NativeFn::Bound(f) = m.func else {
        return None;
    };
    if m.arity.is_exactly(args.len()) {
        return Some(native(th, || f(th, args)));
    }
    if !m.arity.takes(args.len()) || m.arity.params as usize > FEW {
        return None;
    }
    let mut all = [Value::ABSENT; FEW];
    for (to, from) in all.iter_mut().zip(args) {
        *to = *from;
    }
    let r = native(th, || f(th, &all[..m.arity.params as usize]));
    // The next call's frame may leave these words as they are: the collector would take them for references.
    all.fill(Value::ABSENT);
    std::hint::black_box(&all);
    Some(r)
}

/// The parameters of a text signature, in order.
pub fn parameters(sig: &'static str) -> impl Iterator<Item = &'static str> {
    let inner = sig
        .strip_prefix('(')
        .and_then(|s| s.rsplit_once(')'))
        .map_or("", |(s, _)| s);
    let mut rest = inner;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let (mut depth, mut quote, mut end) = (0, None, rest.len());
        for (i, c) in rest.char_indices() {
            match (quote, c) {
                (Some(q), c) if c == q => quote = None,
                (Some(_), _) => {}
                (None, '\'' | '"') => quote = Some(c),
                (None, '(' | '[' | '{') => depth += 1,
                (None, ')' | ']' | '}') => depth -= 1,
                (None, ',') if depth == 0 => {
                    end = i;
                    break;
                }
                _ => {}
            }
        }
        let p = rest[..end].trim();
        rest = rest.get(end + 1..).unwrap_or("");
        Some(p)
    })
}

fn parameter_name(p: &str) -> &str {
    p.split('=')
        .next()
        .unwrap_or(p)
        .trim()
        .trim_start_matches('$')
}

/// Binds arguments to a method row's signature: one value per parameter, absent where left out.
fn bind<R>(
    th: &Thread,
    m: &'static Method,
    args: Args,
    f: impl FnOnce(&[Value]) -> PyResult<R>,
) -> PyResult<R> {
    let a = m.arity;
    // The receiver of a method is not counted in messages.
    let has_self = m.sig.as_bytes().get(1) == Some(&b'$');
    let skip = has_self as usize;
    let (pos, max) = (args.pos(), a.max as usize);
    let total = a.params as usize - skip;
    let given = args.values.len() - skip.min(pos.len());
    if args.has_kw()
        && given > total
        && !a.varargs
        && !a.varkw
        && total > a.positional_only as usize - skip.min(a.positional_only as usize)
    {
        let kind = if pos.len() <= skip { "keyword " } else { "" };
        return Err(th.type_error(format!(
            "{}() takes at most {total} {kind}argument{} ({given} given)",
            m.name,
            plural(total)
        )));
    }
    if pos.len() > max && !a.varargs {
        return Err(too_many(
            th,
            m,
            pos.len() - skip.min(pos.len()),
            skip,
            args.has_kw(),
        ));
    }
    if args.has_kw() && a.positional_only as usize == a.params as usize && !a.varkw {
        return Err(th.type_error(format!("{}() takes no keyword arguments", m.name)));
    }
    let mut buf = [Value::ABSENT; MAX_PARAMETERS];
    let bound = &mut buf[..a.params as usize];
    let direct = pos.len().min(max);
    bound[..direct].copy_from_slice(&pos[..direct]);
    let mut star_star = None;
    if a.varargs {
        bound[max] = Value::try_tuple(th, &pos[direct..])?;
    }
    if a.varkw {
        let d = crate::dict::Dict::new(th).value();
        bound[a.params as usize - 1] = d;
        star_star = Some(d);
    }
    let mut wrong = None;
    for (k, v) in args.kw() {
        let name = k.as_wtf8().map_or(&[][..], |n| n.as_bytes());
        let found = m
            .names
            .slot(m.sig, a.positional_only as usize, a.params as usize, name);
        match (found, star_star) {
            (Some(i), _) if bound[i].is_absent() => bound[i] = v,
            (None, Some(d)) => d.expect::<crate::dict::Dict>().set(th, k, v)?,
            (found, _) => wrong = wrong.or(Some((k, found))),
        }
    }
    // What is missing is said first.
    if let Some(i) = (0..a.min as usize).find(|i| bound[*i].is_absent()) {
        return Err(too_few(th, m, pos.len(), i, skip));
    }
    if let Some((k, found)) = wrong {
        let (name, k) = (m.name, crate::names::text(k));
        return Err(th.type_error(match found {
            Some(i) => format!(
                "argument for {name}() given by name ('{k}') and position ({})",
                i + 1 - skip
            ),
            None => format!("{name}() got an unexpected keyword argument '{k}'"),
        }));
    }
    f(bound)
}

fn plural(n: usize) -> &'static str {
    if n == 1 { "" } else { "s" }
}

#[cold]
fn too_many(th: &Thread, m: &Method, given: usize, skip: usize, kw: bool) -> Raised {
    let a = m.arity;
    let (min, max) = ((a.min as usize).saturating_sub(skip), a.max as usize - skip);
    let name = m.name;
    let positional_only = a.positional_only == a.max && a.keyword_only == 0;
    let msg = if positional_only && max == 0 {
        format!("{name}() takes no arguments ({given} given)")
    } else if positional_only && min == max && max == 1 {
        format!("{name}() takes exactly one argument ({given} given)")
    } else if positional_only {
        format!(
            "{name} expected {}{max} argument{}, got {given}",
            if min == max { "" } else { "at most " },
            plural(max)
        )
    } else if max == 0 {
        format!("{name}() takes no positional arguments")
    } else {
        let what = if kw || a.keyword_only > 0 || a.positional_only < a.max {
            "positional "
        } else {
            ""
        };
        let kind = if min == max { "exactly" } else { "at most" };
        let total = max + a.keyword_only as usize;
        if a.keyword_only == 0 {
            format!(
                "{name}() takes at most {total} argument{} ({given} given)",
                plural(total)
            )
        } else {
            format!(
                "{name}() takes {kind} {max} {what}argument{} ({given} given)",
                plural(max)
            )
        }
    };
    th.type_error(msg)
}

#[cold]
fn too_few(th: &Thread, m: &Method, given: usize, missing: usize, skip: usize) -> Raised {
    let a = m.arity;
    let (min, max) = ((a.min as usize).saturating_sub(skip), a.max as usize - skip);
    let given_n = given.saturating_sub(skip);
    let name = m.name;
    let positional_only = a.positional_only == a.max && a.keyword_only == 0 && !a.varkw;
    let msg = if given < skip {
        format!("unbound method {name}() needs an argument")
    } else if positional_only && min == 1 && max == 1 && !a.varargs {
        format!("{name}() takes exactly one argument ({given_n} given)")
    } else if positional_only || missing < a.positional_only as usize {
        let at_least = if min == max && !a.varargs {
            ""
        } else {
            "at least "
        };
        format!(
            "{name} expected {at_least}{min} argument{}, got {given_n}",
            plural(min)
        )
    } else {
        let p = parameters(m.sig)
            .filter(|p| *p != "/")
            .nth(missing)
            .unwrap_or("");
        format!(
            "{name}() missing required argument '{}' (pos {})",
            parameter_name(p),
            missing + 1 - skip
        )
    };
    th.type_error(msg)
}
