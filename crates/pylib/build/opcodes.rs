//! `_opcode_metadata.py`, which our `opcode`, `_opcode` and `dis` build their tables from.

use std::fmt::Write;
use taipan_bytecode::op::{
    BinaryOp, CmpOp, CommonConst, Conversion, Intrinsic1, Intrinsic2, Op, OpInfo, Slot, Special,
    UnaryOp,
};

/// The module's text, made from the one table of operations.
pub fn metadata() -> String {
    let mut out = String::from(
        "# The operations of Taipan's bytecode; generated from the table the interpreter uses.\n\n\
         # No operation has specialised forms with numbers of their own.\n\
         _specializations = {}\n_specialized_opmap = {}\n\nopmap = {\n",
    );
    for (number, op) in Op::ALL.iter().enumerate() {
        let _ = writeln!(out, "    '{}': {number},", op.name());
    }
    out.push_str(
        "}\n\n# Every operation may have operands; none has a twin for instrumentation.\n\
         HAVE_ARGUMENT = 0\nMIN_INSTRUMENTED_OPCODE = 256\n\n\
         # name: (operands as (where they stand, what they are), words of data, words of cache)\n\
         _formats = {\n",
    );
    for op in Op::ALL {
        let info = op.info();
        let operands: String = operands(info)
            .map(|(at, slot)| format!("('{at}', '{slot:?}'), "))
            .collect();
        let _ = writeln!(
            out,
            "    '{}': (({operands}), {}, {}),",
            info.name, info.extra, info.cache
        );
    }
    out.push_str("}\n\n# What numbered operands stand for.\n_texts = {\n");
    let binary = BinaryOp::ALL.iter().map(|op| op.text());
    write_texts(&mut out, Slot::Binary, binary);
    write_texts(&mut out, Slot::Cmp, CmpOp::ALL.iter().map(|op| op.text()));
    write_texts(
        &mut out,
        Slot::Unary,
        UnaryOp::ALL.iter().map(|op| op.text()),
    );
    write_texts(
        &mut out,
        Slot::Intrinsic1,
        Intrinsic1::ALL.iter().map(|op| op.text()),
    );
    write_texts(
        &mut out,
        Slot::Intrinsic2,
        Intrinsic2::ALL.iter().map(|op| op.text()),
    );
    write_texts(
        &mut out,
        Slot::Special,
        Special::ALL.iter().map(|op| op.text()),
    );
    write_texts(
        &mut out,
        Slot::Conversion,
        Conversion::ALL.iter().map(|op| op.text()),
    );
    write_texts(
        &mut out,
        Slot::Common,
        CommonConst::ALL.iter().map(|op| op.text()),
    );
    let _ = writeln!(out, "}}\n\n_BINARY_INPLACE = {}", BinaryOp::INPLACE);
    out
}

/// The operands that an operation has, in the order a disassembly shows them.
fn operands(info: &OpInfo) -> impl Iterator<Item = (&'static str, Slot)> {
    let all = [
        ("a", info.a),
        ("b", info.b),
        ("c", info.c),
        ("imm", info.imm),
        ("off", info.off),
        ("x", info.x),
    ];
    all.into_iter().filter(|(_, slot)| *slot != Slot::Unused)
}

fn write_texts(out: &mut String, slot: Slot, texts: impl Iterator<Item = &'static str>) {
    let texts: String = texts.map(|text| format!("'{text}', ")).collect();
    let _ = writeln!(out, "    '{slot:?}': ({texts}),");
}
