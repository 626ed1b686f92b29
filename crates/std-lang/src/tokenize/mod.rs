//! `_tokenize`: the tokens of a text that comes line by line.
//!
//! All lines are read when the first token is asked for; an exception of `readline` is raised after the tokens of
//! the lines before it.

mod convert;
mod lines;

use taipan_object::call::Args;
use taipan_object::exception as exc;
use taipan_object::exception::{extra, set_extra};
use taipan_object::native::{ModuleSpec, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, Type, flags, layout_of};
use taipan_object::{Field, Guarded, Object, PyResult, Raised, Thread, Value, ops, payload};

use crate::args::type_name;
use convert::{Failure, Tok};

/// `_tokenize`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_tokenize",
    doc: "",
    functions: &[],
    types: &[(&TOKENIZER_ITER, &SPEC)],
    init: |_, _| Ok(()),
};

/// The payload of `TokenizerIter`.
#[repr(C)]
pub struct TokenizerIter {
    readline: Field,
    /// A string, or None for lines of text.
    encoding: Field,
    extra_tokens: Field,
    /// What `readline` raised; absent for nothing.
    raised: Field,
    work: Guarded<Option<Work>>,
}

payload!(TokenizerIter, "tokenizer", |this, m| {
    this.readline.trace(m);
    this.encoding.trace(m);
    this.extra_tokens.trace(m);
    this.raised.trace(m);
});

/// The tokens of the whole text, those given taken off.
struct Work {
    tokens: std::vec::IntoIter<Tok>,
    failure: Option<Failure>,
}

/// `_tokenize.TokenizerIter`
pub static TOKENIZER_ITER: StaticType = StaticType::new(
    "_tokenize",
    "TokenizerIter",
    Some(&OBJECT),
    flags::BASE,
    layout_of::<TokenizerIter>,
);

static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[],
    getset: &[],
    doc: "",
    sig: "",
};

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let [readline] = args.pos() else {
        return Err(th.type_error(format!(
            "tokenizeriter() takes exactly 1 positional argument ({} given)",
            args.pos().len()
        )));
    };
    for (k, _) in args.kw() {
        if !k.is_str("encoding") && !k.is_str("extra_tokens") {
            return Err(th.type_error(format!(
                "tokenizeriter() got an unexpected keyword argument '{}'",
                taipan_object::names::text(k)
            )));
        }
    }
    let Some(extra_tokens) = args.get_kw("extra_tokens") else {
        return Err(
            th.type_error("tokenizeriter() missing required argument 'extra_tokens' (pos 2)")
        );
    };
    let extra_tokens = ops::truth(th, extra_tokens)?;
    let encoding = args.get_kw("encoding").unwrap_or(Value::NONE);
    if !encoding.is_none() && encoding.as_str_obj().is_none() {
        return Err(th.type_error(format!(
            "tokenizeriter() argument 'encoding' must be str, not {}",
            type_name(encoding)
        )));
    }
    let data = TokenizerIter {
        readline: Field::new(*readline),
        encoding: Field::new(encoding),
        extra_tokens: Field::new(Value::bool(extra_tokens)),
        raised: Field::absent(),
        work: Guarded::new(None),
    };
    Ok(th.new_instance(cls, data).value())
}

enum Next {
    Unread,
    Token(Tok),
    Failed(Option<Failure>),
}

fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let it = v.expect::<TokenizerIter>();
    loop {
        let step = it.work.with(|w| match w {
            None => Next::Unread,
            Some(w) => match w.tokens.next() {
                Some(t) => Next::Token(t),
                None => Next::Failed(w.failure.take()),
            },
        });
        match step {
            Next::Token(t) => return t.object(th).map(Some),
            Next::Failed(Some(f)) => return Err(failure(th, f)),
            Next::Failed(None) => {
                if let Some(e) = it.raised.swap(&it.header, Value::ABSENT).present() {
                    return Err(Raised(e));
                }
                return Err(th.raise_with(&exc::STOP_ITERATION, &[Value::str(th, "EOF")]));
            }
            Next::Unread => {
                let encoding = it.encoding.get();
                let (text, raised) = lines::read(th, it.readline.get(), encoding)?;
                if let Some(e) = raised {
                    it.raised.set(&it.header, e);
                }
                let extra = it.extra_tokens.get().is(Value::TRUE);
                let cut = raised.is_some();
                let (tokens, failure) = th.blocking(|| convert::tokens(&text, extra, cut));
                it.work.with(|w| {
                    if w.is_none() {
                        *w = Some(Work {
                            tokens: tokens.into_iter(),
                            failure,
                        });
                    }
                });
            }
        }
    }
}

/// The exception of a text that is not well-formed.
fn failure(th: &Thread, f: Failure) -> Raised {
    match f {
        Failure::Unfinished { line, offset } => {
            let msg = "unexpected EOF in multi-line statement";
            let e = th.raise(&exc::SYNTAX_ERROR, msg);
            let n = extra::SYNTAX;
            let line = Value::small_int(line as i64);
            set_extra(th, e.0, n[1], Value::str(th, "<string>"));
            set_extra(th, e.0, n[2], line);
            set_extra(th, e.0, n[3], Value::small_int(offset as i64));
            set_extra(th, e.0, n[5], line);
            e
        }
        Failure::Error(mut e) => {
            e.text = e.text.map(|t| t.trim_end_matches('\n').to_owned());
            crate::source::raise(th, &e, Value::str(th, "<string>"))
        }
    }
}
