//! Disassembly as text.

use std::fmt::Write;

use crate::code::{CodeData, CodeFlags, Const};
use crate::instr::{Instr, Words};
use crate::op::{
    BinaryOp, CmpOp, CommonConst, Conversion, Intrinsic1, Intrinsic2, Op, Slot, Special, UnaryOp,
};

fn const_text(c: &Const) -> String {
    let all = |items: &[Const]| items.iter().map(const_text).collect::<Vec<_>>().join(", ");
    match c {
        Const::None => "None".into(),
        Const::Bool(b) => if *b { "True" } else { "False" }.into(),
        Const::Ellipsis => "...".into(),
        Const::Int(n) => n.to_string(),
        Const::BigInt {
            negative,
            magnitude,
        } => {
            let hex: String = magnitude.iter().rev().map(|b| format!("{b:02x}")).collect();
            format!("{}0x{hex}", if *negative { "-" } else { "" })
        }
        Const::Float(f) => format!("{f:?}"),
        Const::Complex(re, im) => format!("({re:?}+{im:?}j)"),
        Const::Str(s) => format!("{:?}", s.to_string_lossy()),
        Const::Bytes(b) => format!("b\"{}\"", b.escape_ascii()),
        Const::Tuple(items) if items.len() == 1 => format!("({},)", const_text(&items[0])),
        Const::Tuple(items) => format!("({})", all(items)),
        Const::FrozenSet(items) => format!("frozenset({{{}}})", all(items)),
        Const::Slice(parts) => format!("slice({})", all(&parts[..])),
        Const::Code(code) => format!("<code {}>", code.qualname()),
    }
}

fn register(code: Option<&CodeData>, reg: usize) -> String {
    let Some(code) = code else {
        return format!("r{reg}");
    };
    match code.register_name(reg) {
        Some(name) if reg >= code.first_cell() => format!("&{name}"),
        Some(name) => name.to_string(),
        None => format!("t{}", reg - code.first_temp()),
    }
}

fn operand(slot: Slot, value: i64, code: Option<&CodeData>) -> Option<String> {
    let small = value as u8;
    let named = |text: Option<&'static str>| {
        Some(text.map_or_else(|| format!("?{value}"), |t| format!("'{t}'")))
    };
    match slot {
        Slot::Unused => None,
        Slot::Read | Slot::Write | Slot::ReadWrite => Some(register(code, value as u16 as usize)),
        Slot::Base | Slot::WriteBase => {
            Some(format!("{}..", register(code, value as u16 as usize)))
        }
        Slot::Num => Some(value.to_string()),
        Slot::Imm => Some(format!("#{value}")),
        Slot::Name => Some(match code.and_then(|c| c.names.get(value as usize)) {
            Some(name) => name.to_string(),
            None => format!("name {value}"),
        }),
        Slot::Const => Some(match code.and_then(|c| c.consts.get(value as usize)) {
            Some(c) => const_text(c),
            None => format!("const {value}"),
        }),
        Slot::Offset => Some(format!("{value:+}")),
        Slot::Binary => {
            let op = BinaryOp::from_u8(small & !BinaryOp::INPLACE).map_or("?", BinaryOp::text);
            Some(if small & BinaryOp::INPLACE != 0 {
                format!("'{op}='")
            } else {
                format!("'{op}'")
            })
        }
        Slot::Cmp => named(CmpOp::from_u8(small).map(CmpOp::text)),
        Slot::Unary => named(UnaryOp::from_u8(small).map(UnaryOp::text)),
        Slot::Intrinsic1 => named(Intrinsic1::from_u8(small).map(Intrinsic1::text)),
        Slot::Intrinsic2 => named(Intrinsic2::from_u8(small).map(Intrinsic2::text)),
        Slot::Special => named(Special::from_u8(small).map(Special::text)),
        Slot::Conversion => named(Conversion::from_u8(small).map(Conversion::text)),
        Slot::Common => named(CommonConst::from_u8(small).map(CommonConst::text)),
    }
}

/// The operands of an instruction as text, jumps as offsets; with names if the code is given.
pub fn operands_text(i: Instr, code: Option<&CodeData>) -> String {
    let Some(op) = i.try_op() else {
        return String::new();
    };
    let info = op.info();
    let signed = |slot, v: u16| {
        if slot == Slot::Imm {
            v as i16 as i64
        } else {
            v as i64
        }
    };
    let imm = if info.imm == Slot::Imm || info.imm == Slot::Offset {
        i.imm32() as i64
    } else {
        i.index32() as i64
    };
    let mut parts = Vec::new();
    parts.extend(operand(info.a, signed(info.a, i.a()), code));
    parts.extend(operand(info.b, signed(info.b, i.b()), code));
    parts.extend(operand(info.c, signed(info.c, i.c()), code));
    parts.extend(operand(info.imm, imm, code));
    parts.extend(operand(info.off, i.off24() as i64, code));
    // A zero flag says nothing.
    let is_flag = info.x == Slot::Num || info.x == Slot::Conversion;
    if !is_flag || i.x() != 0 {
        parts.extend(operand(info.x, i.x() as i64, code).map(|t| {
            if info.x == Slot::Num {
                format!("x={t}")
            } else {
                t
            }
        }));
    }
    parts.join(", ")
}

/// An instruction as text.
pub fn instr_text(i: Instr, code: Option<&CodeData>) -> String {
    match i.try_op() {
        None => format!("?{:#x}", i.0),
        Some(op) => format!("{} {}", op.name(), operands_text(i, code)),
    }
}

/// A code object and all within it as text: for golden tests and debugging.
pub fn disassemble(code: &CodeData) -> String {
    let mut out = String::new();
    code.for_each(&mut |c| one(&mut out, c));
    out
}

fn one(out: &mut String, code: &CodeData) {
    let join = |names: &[crate::Name]| names.join(" ");
    let _ = writeln!(
        out,
        "== {} (line {}, {} registers)",
        code.qualname, code.firstlineno, code.nregs
    );
    if code.argcount + code.kwonlyargcount > 0
        || code.flags.has(CodeFlags::VARARGS | CodeFlags::VARKEYWORDS)
    {
        let _ = writeln!(
            out,
            "   args {} posonly {} kwonly {}{}{}",
            code.argcount,
            code.posonlyargcount,
            code.kwonlyargcount,
            if code.flags.has(CodeFlags::VARARGS) {
                " *"
            } else {
                ""
            },
            if code.flags.has(CodeFlags::VARKEYWORDS) {
                " **"
            } else {
                ""
            }
        );
    }
    for (what, names) in [
        ("vars", &code.varnames),
        ("cells", &code.cellvars),
        ("frees", &code.freevars),
    ] {
        if !names.is_empty() {
            let _ = writeln!(out, "   {what} {}", join(names));
        }
    }
    let mut targets: Vec<usize> = Words::new(&code.code)
        .filter_map(|(at, i)| {
            i.jump_offset()
                .map(|off| (at as i64 + 1 + off as i64) as usize)
        })
        .chain(code.handlers.iter().map(|h| h.target as usize))
        .collect();
    targets.sort_unstable();
    targets.dedup();
    let label = |at: usize| targets.binary_search(&at).ok().map(|n| format!("L{n}"));
    let mut line = 0;
    for (at, i) in Words::new(&code.code) {
        let l = code.positions.at(at).line;
        let line_text = if l != line && l != 0 {
            l.to_string()
        } else {
            String::new()
        };
        if l != 0 {
            line = l;
        }
        let lab = label(at).map(|l| l + ":").unwrap_or_default();
        let mut text = instr_text(i, Some(code));
        if let Some(off) = i.jump_offset() {
            let target = (at as i64 + 1 + off as i64) as usize;
            let cut = text.rfind([' ', '+', '-']).map_or(text.len(), |p| {
                if text.as_bytes()[p] == b' ' { p + 1 } else { p }
            });
            text.truncate(cut);
            text.push_str(&label(target).unwrap_or_default());
        }
        match i.op() {
            Op::CALL_KW | Op::MAKE_FUNCTION => {
                if let Some(&k) = code.code.get(at + 1)
                    && let Some(c) = code.consts.get(k as usize)
                {
                    let _ = write!(text, ", {}", const_text(c));
                }
            }
            _ => {}
        }
        let _ = writeln!(out, "{line_text:>5} {lab:>5} {text}");
    }
    for h in code.handlers.iter() {
        let words: Vec<usize> = Words::new(&code.code)
            .map(|(at, _)| at)
            .filter(|at| (h.start as usize..h.end as usize).contains(at))
            .collect();
        let _ = writeln!(
            out,
            "   handler {} for {} ops from word {} exc {}",
            label(h.target as usize).unwrap_or_default(),
            words.len(),
            h.start,
            register(Some(code), h.exc as usize)
        );
    }
}
