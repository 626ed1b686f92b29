//! `code`: what the compiler made of a function, class or module. `make` has its constructor and `replace`, `linetable`
//! CPython's form of the table of positions.

mod linetable;
mod make;

use taipan_bytecode::{CodeData, Op, Words};
use taipan_object::code::Code;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, StaticType, class_of, is_exactly};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, names, ops};

/// The type of this file.
pub static TYPES: &[(&StaticType, &TypeSpec)] = &[(&types::CODE, &SPEC)];

static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(make::new);
        s.repr = Some(repr);
        s.hash = Some(hash);
        s.richcmp = Some(richcmp);
    },
    methods: &[
        Method::raw("replace", make::REPLACE_SIG, make::replace)
            .doc("Return a copy of the code object with new values for the specified fields."),
        Method::raw("__replace__", "($self, /, **changes)", make::replace)
            .doc("The same as replace()."),
        Method::new("co_lines", "($self, /)", lines),
        Method::new("co_positions", "($self, /)", positions),
        Method::new("_co_handlers", "($self, /)", handlers),
        Method::new("co_branches", "($self, /)", branches),
        Method::new("_varname_from_oparg", "($self, /, oparg)", |th, a| {
            let n = ops::index_i64(th, a[1])?;
            let names = ready(th, a[0])?.register_names.expect();
            match usize::try_from(n).ok().filter(|n| *n < names.len()) {
                Some(n) => Ok(names.fields()[n].get()),
                None => Err(th.index_error("tuple index out of range")),
            }
        })
        .doc("(internal-only) Return the local variable name for the given oparg."),
        Method::new("__sizeof__", "($self, /)", |th, a| {
            Ok(Value::usize(
                th,
                size_of::<Object<Code>>() + 8 * this(a[0]).data().code.len(),
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
        GetSet::new("co_qualname", |th, v| Ok(this(v).qualname(th))),
        GetSet::new("co_filename", |_, v| Ok(this(v).filename.get())),
        GetSet::new("co_consts", |th, v| {
            Value::try_tuple(th, ready(th, v)?.consts.expect().values())
        }),
        GetSet::new("co_names", |th, v| {
            Value::try_tuple(th, ready(th, v)?.names.expect().values())
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
            let table = linetable::encode(&data(v).positions, data(v).firstlineno);
            Value::bytes(th, &table)
        }),
        GetSet::new("co_lnotab", line_steps),
        GetSet::new("co_exceptiontable", exception_table),
    ],
    doc: "Create a code object.  Not for the faint of heart.",
    sig: "(argcount, posonlyargcount, kwonlyargcount, nlocals, stacksize,\n     flags, codestring, constants, names, varnames, filename, name,\n     qualname, firstlineno, linetable, exceptiontable, freevars=(),\n     cellvars=(), /)",
};

fn this<'a>(v: Value) -> &'a Object<Code> {
    v.expect::<Code>()
}

fn ready<'a>(th: &Thread, v: Value) -> PyResult<&'a Object<Code>> {
    this(v).ready(th)?;
    Ok(this(v))
}

fn data<'a>(v: Value) -> &'a CodeData {
    this(v).data()
}

fn count(n: u32) -> PyResult {
    Ok(Value::small_int(n as i64))
}

fn register_names(th: &Thread, v: Value, from: usize, to: usize) -> PyResult {
    Value::try_tuple(
        th,
        &ready(th, v)?.register_names.expect().values()[from..to],
    )
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
        // A module begins before its first line.
        let line = if line == 0 && start > 0 {
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

/// `(offset, left, right)` of each conditional jump: where it goes either way.
fn branches(th: &Thread, a: &[Value]) -> PyResult {
    let mut out = ValueVec::new();
    for (at, i) in Words::new(&data(a[0]).code) {
        let Some(off) = i.jump_offset() else { continue };
        if matches!(i.op(), Op::JUMP | Op::JUMP_BACK) {
            continue;
        }
        let jumped = int((at as i64 + 1 + off as i64) as usize * 8);
        let on = int((at + i.len()) * 8);
        // To stay in a loop is the left way.
        let (left, right) = if off < 0 { (jumped, on) } else { (on, jumped) };
        let t = Value::tuple(th, &[int(at * 8), left, right]);
        out.push(th, t)?;
    }
    let list = Value::try_tuple(th, &out)?;
    ops::iter(th, list)
}

/// `co_lnotab`, deprecated: pairs of steps of the offset and the line, a byte each.
fn line_steps(th: &Thread, v: Value) -> PyResult {
    th.warn(
        &taipan_object::exception::DEPRECATION_WARNING,
        "co_lnotab is deprecated, use co_lines instead.",
    )?;
    let mut out = Vec::new();
    let (mut offset, mut line) = (0i64, data(v).firstlineno as i64);
    for (start, _, p) in data(v).positions.iter() {
        if p.line == 0 || p.line as i64 == line {
            continue;
        }
        let (mut far, mut step) = (start as i64 * 8 - offset, p.line as i64 - line);
        (offset, line) = (start as i64 * 8, p.line as i64);
        while far > 255 {
            out.extend([255, 0]);
            far -= 255;
        }
        while !(-128..=127).contains(&step) {
            let part = step.clamp(-128, 127);
            out.extend([far as u8, part as i8 as u8]);
            far = 0;
            step -= part;
        }
        out.extend([far as u8, step as i8 as u8]);
    }
    Value::bytes(th, &out)
}

/// Whether positions within lines are not wanted: `-X no_debug_ranges`, `PYTHONNODEBUGRANGES`.
fn only_lines(th: &Thread) -> bool {
    let options = th
        .interp
        .sys_dict
        .get()
        .and_then(|d| d.get_name(th, "_xoptions"));
    options
        .and_then(|o| o.as_dict())
        .is_some_and(|d| d.get_name(th, "no_debug_ranges").is_some())
        || std::env::var_os("PYTHONNODEBUGRANGES").is_some_and(|v| !v.is_empty())
}

/// A position for every two bytes of `co_code`, as CPython has one for each code unit.
fn positions(th: &Thread, a: &[Value]) -> PyResult {
    let mut out = ValueVec::with_capacity(th, data(a[0]).code.len() * 4)?;
    let only_lines = only_lines(th);
    for (start, end, p) in data(a[0]).positions.iter() {
        let t = if p.line == 0 && start > 0 {
            Value::tuple(th, &[Value::NONE; 4])
        } else if only_lines {
            let line = int(p.line as usize);
            Value::tuple(th, &[line, line, Value::NONE, Value::NONE])
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
    let d = data(v);
    let mut h = ops::hash(th, c.name.get())? ^ d.firstlineno as i64;
    for n in [d.argcount, d.posonlyargcount, d.kwonlyargcount, d.flags.0] {
        h = h.rotate_left(7) ^ n as i64;
    }
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
