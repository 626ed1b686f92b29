//! The order of the code: what only exceptions lead to goes behind the rest, so that the usual way runs straight on.

use taipan_bytecode::Op;
use taipan_syntax::TextRange;

use crate::flow::is_back;
use crate::ir::{HandlerId, Ins, Ir, Label};

/// What can be reached from the beginning; with what handlers lead to, if asked for.
pub fn reachable(ir: &Ir, handlers: bool) -> Vec<bool> {
    let mut seen = vec![false; ir.code.len()];
    let mut work = vec![0];
    while let Some(mut at) = work.pop() {
        while let Some(ins) = ir.code.get(at) {
            if std::mem::replace(&mut seen[at], true) {
                break;
            }
            if ins.target != Label::NONE {
                work.push(ir.at(ins.target));
            }
            if let Some(handler) = ir.handler_of(ins).filter(|_| handlers) {
                work.push(handler);
            }
            if ins.op.is_terminator() {
                break;
            }
            at += 1;
        }
    }
    seen
}

fn jump(op: Op, target: Label, handler: HandlerId) -> Ins {
    Ins {
        op,
        x: 0,
        a: 0,
        b: 0,
        c: 0,
        imm: 0,
        target,
        handler,
        range: TextRange::empty(crate::assemble::NO_POSITION.into()),
        maybe_absent: false,
    }
}

/// Moves what only exceptions lead to behind the rest, and drops what nothing leads to.
pub fn cold_last(ir: &mut Ir) {
    let warm = reachable(ir, false);
    let all = reachable(ir, true);
    if warm == all {
        return;
    }
    let cold = |n: usize| all[n] && !warm[n];
    let mut code = Vec::with_capacity(ir.code.len());
    let mut new_index = vec![0u32; ir.code.len() + 1];
    // Jumps to be added, to the old index of their target: control ran on from cold into warm code.
    let mut back = Vec::new();
    for n in (0..ir.code.len()).filter(|n| warm[*n]) {
        new_index[n] = code.len() as u32;
        code.push(ir.code[n]);
    }
    let first_cold = code.len();
    for n in (0..ir.code.len()).filter(|n| cold(*n)) {
        new_index[n] = code.len() as u32;
        code.push(ir.code[n]);
        if !ir.code[n].op.is_terminator() && warm.get(n + 1) == Some(&true) {
            back.push((code.len(), n + 1));
            code.push(jump(Op::JUMP_BACK, Label::NONE, ir.code[n + 1].handler));
        }
    }
    for l in &mut ir.labels {
        if let Some(new) = new_index.get(*l as usize) {
            *l = *new;
        }
    }
    ir.code = code;
    for (at, old) in back {
        let label = ir.label();
        ir.labels[label.0 as usize] = new_index[old];
        ir.code[at].target = label;
    }
    // What jumped forward out of a handler now jumps back: conditional jumps by way of another one.
    for n in first_cold..ir.code.len() {
        let ins = ir.code[n];
        if ins.target == Label::NONE || is_back(ins.op) || ir.at(ins.target) > n {
            continue;
        }
        if ins.op == Op::JUMP {
            ir.code[n].op = Op::JUMP_BACK;
            continue;
        }
        let handler = ir.code[ir.at(ins.target)].handler;
        let label = ir.label();
        ir.bind(label);
        ir.code.push(jump(Op::JUMP_BACK, ins.target, handler));
        ir.code[n].target = label;
    }
}
