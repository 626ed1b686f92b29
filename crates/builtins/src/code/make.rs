//! Making code objects from their parts: `types.CodeType(…)` and `code.replace()`.

use super::{data, linetable, this};
use taipan_bytecode::{CodeData, CodeFlags, Const, Handler, Name, verify};
use taipan_object::call::Args;
use taipan_object::code::Code;
use taipan_object::exception as exc;
use taipan_object::types::{Type, class_of};
use taipan_object::{Object, PyResult, Raised, Thread, Value, names, ops};

pub(super) const REPLACE_SIG: &str = "($self, /, *, co_argcount=<unrepresentable>, co_posonlyargcount=<unrepresentable>, co_kwonlyargcount=<unrepresentable>, co_nlocals=<unrepresentable>, co_stacksize=<unrepresentable>, co_flags=<unrepresentable>, co_firstlineno=<unrepresentable>, co_code=<unrepresentable>, co_consts=<unrepresentable>, co_names=<unrepresentable>, co_varnames=<unrepresentable>, co_freevars=<unrepresentable>, co_cellvars=<unrepresentable>, co_filename=<unrepresentable>, co_name=<unrepresentable>, co_qualname=<unrepresentable>, co_linetable=<unrepresentable>, co_exceptiontable=<unrepresentable>)";

/// The constructor's arguments, as `replace` names them.
const FIELDS: [&str; 18] = [
    "co_argcount",
    "co_posonlyargcount",
    "co_kwonlyargcount",
    "co_nlocals",
    "co_stacksize",
    "co_flags",
    "co_code",
    "co_consts",
    "co_names",
    "co_varnames",
    "co_filename",
    "co_name",
    "co_qualname",
    "co_firstlineno",
    "co_linetable",
    "co_exceptiontable",
    "co_freevars",
    "co_cellvars",
];

/// Which of the two makes a code object: their errors differ.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    Constructor,
    Replace,
}

/// Reads arguments.
struct Parts<'a> {
    th: &'a Thread,
    how: How,
    values: [Value; 18],
}

impl Parts<'_> {
    fn wrong_type(&self, n: usize, expected: &str) -> Raised {
        let what = match self.how {
            How::Constructor => format!("code() argument {}", n + 1),
            How::Replace => format!("replace() argument '{}'", FIELDS[n]),
        };
        self.th.type_error(format!(
            "{what} must be {expected}, not {}",
            class_of(self.values[n]).tp_name()
        ))
    }

    fn number(&self, n: usize) -> PyResult<u32> {
        let x = ops::index_i32(self.th, self.values[n])?;
        if let Ok(x) = u32::try_from(x) {
            return Ok(x);
        }
        let short = FIELDS[n].trim_start_matches("co_");
        Err(match (self.how, n) {
            (How::Replace, _) => self
                .th
                .value_error(format!("{} must be a positive integer", FIELDS[n])),
            (_, 0..=3) => self
                .th
                .value_error(format!("code: {short} must not be negative")),
            // A line number below zero is allowed, and means nothing.
            (_, 13) => return Ok(0),
            _ => self
                .th
                .raise(&exc::SYSTEM_ERROR, "bad argument to internal function"),
        })
    }

    fn text(&self, n: usize) -> PyResult<Name> {
        match self.values[n].as_str_obj() {
            Some(_) => Ok(Name::from(&*names::text(self.values[n]))),
            None => Err(self.wrong_type(n, "str")),
        }
    }

    fn tuple(&self, n: usize) -> PyResult<&'static [Value]> {
        self.values[n]
            .as_tuple()
            .ok_or_else(|| self.wrong_type(n, "tuple"))
    }

    fn texts(&self, n: usize) -> PyResult<Box<[Name]>> {
        let mut out = Vec::new();
        for x in self.tuple(n)? {
            if x.as_str_obj().is_none() {
                return Err(match self.how {
                    How::Constructor => self.th.type_error(format!(
                        "name tuples must contain only strings, not '{}'",
                        class_of(*x).tp_name()
                    )),
                    How::Replace => self
                        .th
                        .raise(&exc::SYSTEM_ERROR, "non-string found in code slot"),
                });
            }
            out.push(Name::from(&*names::text(*x)));
        }
        Ok(out.into())
    }

    fn bytes(&self, n: usize) -> PyResult<&'static [u8]> {
        self.values[n]
            .as_bytes()
            .ok_or_else(|| self.wrong_type(n, "bytes"))
    }

    /// Makes the code object.
    fn build(&self) -> PyResult {
        let (th, malformed) = (self.th, |what: &str| {
            self.th.value_error(format!("code: {what} is malformed"))
        });
        let (argcount, posonlyargcount, kwonlyargcount) =
            (self.number(0)?, self.number(1)?, self.number(2)?);
        let (nlocals, stacksize) = (self.number(3)?, self.number(4)?);
        let flags = CodeFlags(self.number(5)?);
        let words = self.bytes(6)?.chunks_exact(8);
        if !words.remainder().is_empty() {
            return Err(malformed("co_code"));
        }
        let code = words
            .map(|w| u64::from_le_bytes(w.try_into().unwrap_or_default()))
            .collect();
        let consts = self.tuple(7)?;
        let (names, varnames) = (self.texts(8)?, self.texts(9)?);
        let (filename, name, qualname) = (self.text(10)?, self.text(11)?, self.text(12)?);
        let firstlineno = self.number(13)?;
        let positions = linetable::decode(self.bytes(14)?, firstlineno);
        let (table, rest) = self.bytes(15)?.as_chunks::<16>();
        if !rest.is_empty() {
            return Err(malformed("co_exceptiontable"));
        }
        let handlers = table.iter().map(handler).collect();
        let (freevars, cellvars) = (self.texts(16)?, self.texts(17)?);
        if posonlyargcount > argcount {
            return Err(th.raise(&exc::SYSTEM_ERROR, "bad argument to internal function"));
        }
        let made = CodeData {
            name,
            qualname,
            filename,
            firstlineno,
            flags,
            argcount,
            posonlyargcount,
            kwonlyargcount,
            nregs: 0,
            varnames,
            cellvars,
            freevars,
            names,
            consts: consts.iter().map(|v| known_const(*v)).collect(),
            code,
            handlers,
            positions,
        };
        if made.total_params() > made.varnames.len() {
            return Err(th.value_error("code: co_varnames is too small"));
        }
        if nlocals as usize != made.varnames.len() {
            return Err(th.value_error("code: co_nlocals != len(co_varnames)"));
        }
        let nregs = made.first_temp() + stacksize as usize;
        if nregs > u16::MAX as usize {
            return Err(th.raise(&exc::OVERFLOW_ERROR, "code: co_stacksize is too large"));
        }
        let made = CodeData {
            nregs: nregs as u32,
            ..made
        };
        if let Err(why) = verify::verify(&made) {
            return Err(th.value_error(format!("code: co_code is malformed: {why}")));
        }
        let o = Object::<Code>::new(th, made.into())?;
        let fields = o.consts.expect();
        for (to, v) in fields.fields().iter().zip(consts) {
            to.set(&fields.header, *v);
        }
        Ok(o.value())
    }
}

/// One entry of the exception table as `co_exceptiontable` shows it.
fn handler(b: &[u8; 16]) -> Handler {
    let n = |i: usize| u32::from_le_bytes([b[i], b[i + 1], b[i + 2], b[i + 3]]);
    Handler {
        start: n(0),
        end: n(4),
        target: n(8),
        exc: n(12) as u16,
    }
}

/// A constant's data as far as the interpreter relies on it: keyword names, docstrings, nested code. Others stand for
/// themselves in the code object only.
fn known_const(v: Value) -> Const {
    if let Some(c) = v.downcast::<Code>() {
        return Const::Code(c.source().clone());
    }
    if let Some(s) = v.as_wtf8() {
        return Const::Str(s.to_owned().into());
    }
    match v.as_tuple() {
        Some(items) if items.iter().all(|x| x.as_str_obj().is_some()) => {
            Const::Tuple(items.iter().map(|x| known_const(*x)).collect())
        }
        _ => Const::None,
    }
}

/// `types.CodeType(…)`
pub(super) fn new(th: &Thread, _: &Object<Type>, args: Args) -> PyResult {
    if args.has_kw() {
        return Err(th.type_error("code() takes no keyword arguments"));
    }
    let given = args.pos();
    if given.len() < 16 || given.len() > 18 {
        let (most, n) = if given.len() < 16 {
            ("least", 16)
        } else {
            ("most", 18)
        };
        return Err(th.type_error(format!(
            "code expected at {most} {n} arguments, got {}",
            given.len()
        )));
    }
    let mut values = [Value::empty_tuple(); 18];
    values[..given.len()].copy_from_slice(given);
    let how = How::Constructor;
    Parts { th, how, values }.build()
}

/// A copy with some fields changed.
pub(super) fn replace(th: &Thread, args: Args) -> PyResult {
    let [code] = args.pos() else {
        return Err(th.type_error(format!(
            "replace() takes no positional arguments ({} given)",
            args.pos().len().saturating_sub(1)
        )));
    };
    let mut values = [Value::ABSENT; 18];
    for (k, v) in args.kw() {
        let key = names::text(k);
        match FIELDS.iter().position(|f| *f == &*key) {
            Some(n) => values[n] = v,
            None => {
                return Err(th.type_error(format!(
                    "replace() got an unexpected keyword argument '{key}'"
                )));
            }
        }
    }
    // A new list of variables brings their number with it.
    if values[3].is_absent()
        && let Some(t) = values[9].as_tuple()
        && t.len() >= data(*code).total_params()
    {
        values[3] = Value::small_int(t.len() as i64);
    }
    for (n, name) in FIELDS.iter().enumerate() {
        if values[n].is_absent() {
            values[n] = taipan_object::attr::get_str(th, this(*code).value(), name)?;
        }
    }
    let how = How::Replace;
    Parts { th, how, values }.build()
}
