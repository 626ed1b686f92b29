//! `code`: what the compiler made of a function, class or module.

use std::sync::Arc;
use taipan_bytecode::{CodeData, Name};
use taipan_object::call::Args;
use taipan_object::code::Code;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, StaticType, class_of, is_exactly};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, names, ops};

/// The type of this file.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[(&types::CODE, &SPEC)];

static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, _, _| {
            Err(th.type_error("code objects are made by compile() only; use code.replace()"))
        });
        s.repr = Some(repr);
        s.hash = Some(hash);
        s.richcmp = Some(richcmp);
    },
    methods: &[
        Method::raw("replace", REPLACE_SIG, replace)
            .doc("Return a copy of the code object with new values for the specified fields."),
        Method::raw("__replace__", "($self, /, **changes)", replace).doc("The same as replace()."),
        Method::new("co_lines", "($self, /)", lines),
        Method::new("co_positions", "($self, /)", positions),
        Method::new("_co_handlers", "($self, /)", handlers),
        Method::new("co_branches", "($self, /)", |th, _| {
            ops::iter(th, Value::empty_tuple())
        }),
        Method::new("_varname_from_oparg", "($self, /, oparg)", |th, a| {
            let n = ops::index_i64(th, a[1])?;
            let names = this(a[0]).register_names.expect();
            match usize::try_from(n).ok().filter(|n| *n < names.len()) {
                Some(n) => Ok(names.fields()[n].get()),
                None => Err(th.index_error("tuple index out of range")),
            }
        })
        .doc("(internal-only) Return the local variable name for the given oparg."),
        Method::new("__sizeof__", "($self, /)", |th, a| {
            Ok(Value::usize(
                th,
                size_of::<Object<Code>>() + 8 * this(a[0]).data.data.code.len(),
            ))
        }),
    ],
    getset: &[
        GetSet::new("co_argcount", |_, v| count(data(v).argcount)),
        GetSet::new("co_posonlyargcount", |_, v| count(data(v).posonlyargcount)),
        GetSet::new("co_kwonlyargcount", |_, v| count(data(v).kwonlyargcount)),
        GetSet::new("co_nlocals", |_, v| count(data(v).varnames.len() as u32)),
        GetSet::new("co_stacksize", |_, v| {
            count(data(v).nregs - data(v).first_temp() as u32)
        }),
        GetSet::new("co_flags", |_, v| count(data(v).flags.0)),
        GetSet::new("co_firstlineno", |_, v| count(data(v).firstlineno)),
        GetSet::new("co_name", |_, v| Ok(this(v).name.get())),
        GetSet::new("co_qualname", |_, v| Ok(this(v).qualname.get())),
        GetSet::new("co_filename", |_, v| Ok(this(v).filename.get())),
        GetSet::new("co_consts", |th, v| {
            Value::try_tuple(th, this(v).consts.expect().values())
        }),
        GetSet::new("co_names", |th, v| {
            Value::try_tuple(th, this(v).names.expect().values())
        }),
        GetSet::new("co_varnames", |th, v| {
            register_names(th, v, 0, data(v).first_cell())
        }),
        GetSet::new("co_cellvars", cell_names),
        GetSet::new("co_freevars", |th, v| {
            register_names(th, v, data(v).first_free(), data(v).first_temp())
        }),
        GetSet::new("co_code", words),
        GetSet::new("_co_code_adaptive", words),
        GetSet::new("co_linetable", |th, v| {
            Value::bytes(th, &data(v).positions.data)
        }),
        GetSet::new("co_lnotab", |th, v| {
            Value::bytes(th, &data(v).positions.data)
        }),
        GetSet::new("co_exceptiontable", exception_table),
    ],
    doc: "Create a code object.  Not for mere mortals.",
    sig: "",
};

const REPLACE_SIG: &str = "($self, /, *, co_argcount=<unrepresentable>, co_posonlyargcount=<unrepresentable>, co_kwonlyargcount=<unrepresentable>, co_nlocals=<unrepresentable>, co_stacksize=<unrepresentable>, co_flags=<unrepresentable>, co_firstlineno=<unrepresentable>, co_code=<unrepresentable>, co_consts=<unrepresentable>, co_names=<unrepresentable>, co_varnames=<unrepresentable>, co_freevars=<unrepresentable>, co_cellvars=<unrepresentable>, co_filename=<unrepresentable>, co_name=<unrepresentable>, co_qualname=<unrepresentable>, co_linetable=<unrepresentable>, co_exceptiontable=<unrepresentable>)";

fn this<'a>(v: Value) -> &'a Object<Code> {
    v.expect::<Code>()
}

fn data<'a>(v: Value) -> &'a CodeData {
    &this(v).data.data
}

fn count(n: u32) -> PyResult {
    Ok(Value::small_int(n as i64))
}

fn register_names(th: &Thread, v: Value, from: usize, to: usize) -> PyResult {
    Value::try_tuple(th, &this(v).register_names.expect().values()[from..to])
}

/// Cell variables, with the parameters among them first, as CPython lists them.
fn cell_names(th: &Thread, v: Value) -> PyResult {
    register_names(th, v, data(v).first_cell(), data(v).first_free())
}

fn words(th: &Thread, v: Value) -> PyResult {
    let bytes: Vec<u8> = data(v).code.iter().flat_map(|w| w.to_le_bytes()).collect();
    Value::bytes(th, &bytes)
}

fn exception_table(th: &Thread, v: Value) -> PyResult {
    let mut bytes = Vec::new();
    for h in data(v).handlers.iter() {
        for n in [h.start, h.end, h.target, h.exc as u32] {
            bytes.extend_from_slice(&n.to_le_bytes());
        }
    }
    Value::bytes(th, &bytes)
}

fn int(n: usize) -> Value {
    Value::small_int(n as i64)
}

/// `(start, end, target, register)` of each protected range, offsets in bytes.
fn handlers(th: &Thread, a: &[Value]) -> PyResult {
    let mut out = ValueVec::new();
    for h in data(a[0]).handlers.iter() {
        let at = |w: u32| int(w as usize * 8);
        let t = Value::tuple(
            th,
            &[at(h.start), at(h.end), at(h.target), int(h.exc as usize)],
        );
        out.push(th, t)?;
    }
    Ok(taipan_object::seq::List::from_vec(th, out))
}

/// `(start, end, line)` runs, offsets in bytes.
fn lines(th: &Thread, a: &[Value]) -> PyResult {
    let mut out = ValueVec::new();
    let mut run: Option<(usize, usize, u32)> = None;
    let emit = |out: &mut ValueVec, (start, end, line): (usize, usize, u32)| {
        let line = if line == 0 {
            Value::NONE
        } else {
            int(line as usize)
        };
        let t = Value::tuple(th, &[int(start * 8), int(end * 8), line]);
        out.push(th, t)
    };
    for (start, end, p) in data(a[0]).positions.iter() {
        match &mut run {
            Some(r) if r.2 == p.line => r.1 = end,
            _ => {
                if let Some(r) = run.take() {
                    emit(&mut out, r)?;
                }
                run = Some((start, end, p.line));
            }
        }
    }
    if let Some(r) = run {
        emit(&mut out, r)?;
    }
    let list = Value::try_tuple(th, &out)?;
    ops::iter(th, list)
}

/// A position for every two bytes of `co_code`, as CPython has one for each code unit.
fn positions(th: &Thread, a: &[Value]) -> PyResult {
    let mut out = ValueVec::with_capacity(th, data(a[0]).code.len() * 4)?;
    for (start, end, p) in data(a[0]).positions.iter() {
        let t = if p.line == 0 {
            Value::tuple(th, &[Value::NONE; 4])
        } else {
            let parts = [p.line, p.end_line, p.col, p.end_col].map(|n| int(n as usize));
            Value::tuple(th, &parts)
        };
        for _ in 0..(end - start) * 4 {
            out.push(th, t)?;
        }
    }
    let list = Value::try_tuple(th, &out)?;
    ops::iter(th, list)
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let c = this(v);
    let text = format!(
        "<code object {} at {:#x}, file \"{}\", line {}>",
        names::text(c.name.get()),
        ops::id(v),
        names::text(c.filename.get()),
        data(v).firstlineno
    );
    Ok(Value::str(th, &text))
}

fn hash(th: &Thread, v: Value) -> PyResult<i64> {
    let c = this(v);
    let mut h = ops::hash(th, c.name.get())? ^ data(v).firstlineno as i64;
    for w in data(v).code.iter() {
        h = h.rotate_left(5) ^ (*w as i64).wrapping_mul(0x9E37_79B9_7F4A_7C15u64 as i64);
    }
    Ok(if h == -1 { -2 } else { h })
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is_exactly(b, &types::CODE) || !matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let same = a.is(b) || equal(th, a, b)?;
    Ok(Value::bool(same == (op == CmpOp::Eq)))
}

fn equal(th: &Thread, a: Value, b: Value) -> PyResult<bool> {
    let (x, y) = (data(a), data(b));
    let same = x.name == y.name
        && x.argcount == y.argcount
        && x.posonlyargcount == y.posonlyargcount
        && x.kwonlyargcount == y.kwonlyargcount
        && x.flags == y.flags
        && x.firstlineno == y.firstlineno
        && x.code == y.code
        && x.handlers == y.handlers
        && x.positions == y.positions
        && x.varnames == y.varnames
        && x.cellvars == y.cellvars
        && x.freevars == y.freevars
        && x.names == y.names;
    if !same {
        return Ok(false);
    }
    let (p, q) = (
        this(a).consts.expect().values(),
        this(b).consts.expect().values(),
    );
    if p.len() != q.len() {
        return Ok(false);
    }
    for (u, v) in p.iter().zip(q) {
        // 0 and 0.0 and False are equal but not the same constant.
        if !class_of(*u).is(class_of(*v)) || !ops::eq(th, *u, *v)? {
            return Ok(false);
        }
    }
    Ok(true)
}

/// A copy with some fields changed. Those that only CPython's own bytecode gives a meaning to can't be.
fn replace(th: &Thread, args: Args) -> PyResult {
    let [code] = args.pos() else {
        return Err(th.type_error(format!(
            "replace() takes no positional arguments ({} given)",
            args.pos().len().saturating_sub(1)
        )));
    };
    let mut d = data(*code).clone();
    let mut consts = None;
    for (k, v) in args.kw() {
        let key = names::text(k);
        match &*key {
            "co_argcount" => d.argcount = number(th, v)?,
            "co_posonlyargcount" => d.posonlyargcount = number(th, v)?,
            "co_kwonlyargcount" => d.kwonlyargcount = number(th, v)?,
            "co_firstlineno" => {
                d.firstlineno = number(th, v)?;
            }
            "co_flags" => d.flags.0 = number(th, v)?,
            "co_name" => d.name = text(th, &key, v)?,
            "co_qualname" => d.qualname = text(th, &key, v)?,
            "co_filename" => d.filename = text(th, &key, v)?,
            "co_names" => d.names = texts(th, &key, v, d.names.len())?,
            "co_varnames" => d.varnames = texts(th, &key, v, d.varnames.len())?,
            "co_cellvars" => d.cellvars = texts(th, &key, v, d.cellvars.len())?,
            "co_freevars" => d.freevars = texts(th, &key, v, d.freevars.len())?,
            "co_consts" => {
                let Some(items) = v.as_tuple() else {
                    return Err(th.type_error(format!(
                        "replace() argument 'co_consts' must be tuple, not {}",
                        class_of(v).name_text()
                    )));
                };
                if items.len() < d.consts.len() {
                    return Err(th.value_error("code: co_consts is too small"));
                }
                let mut room = d.consts.to_vec();
                room.resize(items.len(), taipan_bytecode::Const::None);
                d.consts = room.into();
                consts = Some(items);
            }
            "co_code" | "co_linetable" | "co_exceptiontable" | "co_nlocals" | "co_stacksize" => {
                let own = taipan_object::attr::get(th, *code, k)?;
                if !ops::eq(th, own, v)? {
                    return Err(th.value_error(format!("code: {key} can't be replaced")));
                }
            }
            _ => {
                return Err(th.type_error(format!(
                    "replace() got an unexpected keyword argument '{key}'"
                )));
            }
        }
    }
    let made = Object::<Code>::new(th, &Arc::new(d))?;
    let fields = made.consts.expect();
    let from = consts.unwrap_or(this(*code).consts.expect().values());
    for (to, v) in fields.fields().iter().zip(from) {
        to.set(&fields.header, *v);
    }
    Ok(made.value())
}

fn number(th: &Thread, v: Value) -> PyResult<u32> {
    let n = ops::index_i32(th, v)?;
    u32::try_from(n).map_err(|_| th.value_error("code: argument must not be negative"))
}

fn text(th: &Thread, key: &str, v: Value) -> PyResult<Name> {
    match v.as_str_obj() {
        Some(_) => Ok(Name::from(&*names::text(v))),
        None => Err(th.type_error(format!(
            "replace() argument '{key}' must be str, not {}",
            class_of(v).name_text()
        ))),
    }
}

fn texts(th: &Thread, key: &str, v: Value, len: usize) -> PyResult<Box<[Name]>> {
    let Some(items) = v.as_tuple() else {
        return Err(th.type_error(format!(
            "replace() argument '{key}' must be tuple, not {}",
            class_of(v).name_text()
        )));
    };
    if items.len() != len {
        return Err(th.value_error(format!("code: {key} has the wrong size")));
    }
    let mut out = Vec::with_capacity(items.len());
    for x in items {
        if x.as_str_obj().is_none() {
            return Err(th.type_error(
                "name tuples must contain only strings, not '".to_owned()
                    + &class_of(*x).name_text()
                    + "'",
            ));
        }
        out.push(Name::from(&*names::text(*x)));
    }
    Ok(out.into())
}
