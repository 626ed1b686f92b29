//! Instructions before they are laid out: jumps go to labels, positions are source ranges.

use taipan_bytecode::Op;
use taipan_syntax::TextRange;

/// A place in the code that jumps go to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Label(pub u32);

impl Label {
    /// No label.
    pub const NONE: Label = Label(u32::MAX);
}

/// Where exceptions of an instruction go.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct HandlerId(pub u32);

impl HandlerId {
    /// Out of the frame.
    pub const NONE: HandlerId = HandlerId(u32::MAX);
}

/// One instruction.
#[derive(Clone, Copy, Debug)]
pub struct Ins {
    /// The operation.
    pub op: Op,
    /// Its operands.
    pub x: u8,
    /// See `x`.
    pub a: u16,
    /// See `x`.
    pub b: u16,
    /// See `x`.
    pub c: u16,
    /// The 32-bit immediate, or the extra word.
    pub imm: u32,
    /// Where it jumps.
    pub target: Label,
    /// Where its exceptions go.
    pub handler: HandlerId,
    /// What it comes from.
    pub range: TextRange,
    /// A MOVE whose value may be ABSENT.
    pub maybe_absent: bool,
}

/// The code of one unit while it is made.
#[derive(Default)]
pub struct Ir {
    /// The instructions.
    pub code: Vec<Ins>,
    /// Index of the instruction each label stands before; `u32::MAX` while unbound.
    pub labels: Vec<u32>,
    /// Where each handler is and which register gets the exception.
    pub handlers: Vec<(Label, u16)>,
}

impl Ir {
    /// A label to be bound later.
    pub fn label(&mut self) -> Label {
        self.labels.push(u32::MAX);
        Label(self.labels.len() as u32 - 1)
    }

    /// Binds a label to here.
    pub fn bind(&mut self, label: Label) {
        self.labels[label.0 as usize] = self.code.len() as u32;
    }

    /// The instruction that a label stands before.
    pub fn at(&self, label: Label) -> usize {
        self.labels[label.0 as usize] as usize
    }

    /// The instruction that exceptions of `ins` go to.
    pub fn handler_of(&self, ins: &Ins) -> Option<usize> {
        let (label, _) = self.handlers.get(ins.handler.0 as usize)?;
        Some(self.at(*label))
    }
}
