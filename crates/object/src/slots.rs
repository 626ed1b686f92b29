//! A type's slots: the native functions behind every special method.
//!
//! A class written in Python gets trampolines here for the special methods it defines (see
//! [`crate::slotdefs`]); a native type gets wrapper descriptors for the slots it fills.

use crate::call::Args;
use crate::error::PyResult;
use crate::thread::Thread;
use crate::types::Type;
use crate::value::Value;
use crate::{buffer::Buffer, heap::Object};

/// The six rich comparisons, in CPython's order.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum CmpOp {
    /// `<`
    Lt = 0,
    /// `<=`
    Le,
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

impl CmpOp {
    /// The operator of the reflected comparison: `a < b` is `b > a`.
    pub const fn swapped(self) -> CmpOp {
        match self {
            CmpOp::Lt => CmpOp::Gt,
            CmpOp::Le => CmpOp::Ge,
            CmpOp::Gt => CmpOp::Lt,
            CmpOp::Ge => CmpOp::Le,
            same => same,
        }
    }

    /// The operator's text.
    pub const fn symbol(self) -> &'static str {
        ["<", "<=", "==", "!=", ">", ">="][self as usize]
    }

    /// What the operator makes of an ordering.
    #[inline(always)]
    pub const fn of(self, o: std::cmp::Ordering) -> bool {
        match self {
            CmpOp::Lt => o.is_lt(),
            CmpOp::Le => o.is_le(),
            CmpOp::Eq => o.is_eq(),
            CmpOp::Ne => o.is_ne(),
            CmpOp::Gt => o.is_gt(),
            CmpOp::Ge => o.is_ge(),
        }
    }

    /// From the number used in bytecode.
    pub const fn from_u8(n: u8) -> CmpOp {
        match n {
            0 => CmpOp::Lt,
            1 => CmpOp::Le,
            2 => CmpOp::Eq,
            3 => CmpOp::Ne,
            4 => CmpOp::Gt,
            _ => CmpOp::Ge,
        }
    }
}

/// `f(self)`
pub type UnaryFn = fn(&Thread, Value) -> PyResult;
/// `f(left, right)`; either may be of the slot's type. `NotImplemented` where it can't.
pub type BinaryFn = fn(&Thread, Value, Value) -> PyResult;
/// `pow(base, exponent, modulus or None)`
pub type TernaryFn = fn(&Thread, Value, Value, Value) -> PyResult;
/// Native comparison; `NotImplemented` where it can't.
pub type CmpFn = fn(&Thread, Value, Value, CmpOp) -> PyResult;
/// `new(cls, args)`
pub type NewFn = fn(&Thread, &Object<Type>, Args) -> PyResult;

macro_rules! slots {
    ($($(#[$doc:meta])* $name:ident : $ty:ty,)*) => {
        /// The native functions of a type; unset where neither it nor a base has the operation.
        #[derive(Clone, Default)]
        pub struct Slots {
            $($(#[$doc])* pub $name: Option<$ty>,)*
        }
        impl Slots {
            /// Takes from `base` every slot that is unset here. `hash` and `richcmp` are handled by the type.
            pub fn inherit(&mut self, base: &Slots) {
                $(if self.$name.is_none() { self.$name = base.$name; })*
            }
        }
    };
}

slots! {
    /// `__repr__`
    repr: UnaryFn,
    /// `__str__`
    str: UnaryFn,
    /// `__hash__`; never -1
    hash: fn(&Thread, Value) -> PyResult<i64>,
    /// `__call__`
    call: fn(&Thread, Value, Args) -> PyResult,
    /// `__lt__` and its five siblings
    richcmp: CmpFn,
    /// `__getattribute__`, with `__getattr__` behind it
    getattro: BinaryFn,
    /// `__setattr__`, or `__delattr__` where the value is absent
    setattro: fn(&Thread, Value, Value, Value) -> PyResult<()>,
    /// `__iter__`
    iter: UnaryFn,
    /// `__next__`: absent at the end (never a raised `StopIteration` without a value). So the result fits registers;
    /// see [`crate::ops::step`].
    next: fn(&Thread, Value) -> PyResult,
    /// `__get__(descriptor, instance or absent, owner or absent)`
    descr_get: fn(&Thread, Value, Value, Value) -> PyResult,
    /// `__set__`, or `__delete__` where the value is absent
    descr_set: fn(&Thread, Value, Value, Value) -> PyResult<()>,
    /// `__new__`
    new: NewFn,
    /// `__init__`
    init: fn(&Thread, Value, Args) -> PyResult<()>,
    /// `__del__`
    del: fn(&Thread, Value) -> PyResult<()>,
    /// `__len__`
    len: fn(&Thread, Value) -> PyResult<usize>,
    /// `__getitem__`
    getitem: BinaryFn,
    /// `__setitem__`, or `__delitem__` where the value is absent
    setitem: fn(&Thread, Value, Value, Value) -> PyResult<()>,
    /// `__contains__`
    contains: fn(&Thread, Value, Value) -> PyResult<bool>,
    /// Sequence concatenation: what `+` tries after the number protocol
    concat: BinaryFn,
    /// Sequence repetition by an integer: what `*` tries after the number protocol
    repeat: BinaryFn,
    /// Sequence concatenation in place
    iconcat: BinaryFn,
    /// Sequence repetition in place
    irepeat: BinaryFn,
    /// `__add__`, `__radd__`
    add: BinaryFn,
    /// `__sub__`, `__rsub__`
    sub: BinaryFn,
    /// `__mul__`, `__rmul__`
    mul: BinaryFn,
    /// `__mod__`, `__rmod__`
    rem: BinaryFn,
    /// `__divmod__`, `__rdivmod__`
    divmod: BinaryFn,
    /// `__pow__`, `__rpow__`
    pow: TernaryFn,
    /// `__lshift__`, `__rlshift__`
    lshift: BinaryFn,
    /// `__rshift__`, `__rrshift__`
    rshift: BinaryFn,
    /// `__and__`, `__rand__`
    and: BinaryFn,
    /// `__or__`, `__ror__`
    or: BinaryFn,
    /// `__xor__`, `__rxor__`
    xor: BinaryFn,
    /// `__floordiv__`, `__rfloordiv__`
    floordiv: BinaryFn,
    /// `__truediv__`, `__rtruediv__`
    truediv: BinaryFn,
    /// `__matmul__`, `__rmatmul__`
    matmul: BinaryFn,
    /// `__iadd__`
    iadd: BinaryFn,
    /// `__isub__`
    isub: BinaryFn,
    /// `__imul__`
    imul: BinaryFn,
    /// `__imod__`
    irem: BinaryFn,
    /// `__ipow__`
    ipow: BinaryFn,
    /// `__ilshift__`
    ilshift: BinaryFn,
    /// `__irshift__`
    irshift: BinaryFn,
    /// `__iand__`
    iand: BinaryFn,
    /// `__ior__`
    ior: BinaryFn,
    /// `__ixor__`
    ixor: BinaryFn,
    /// `__ifloordiv__`
    ifloordiv: BinaryFn,
    /// `__itruediv__`
    itruediv: BinaryFn,
    /// `__imatmul__`
    imatmul: BinaryFn,
    /// `__neg__`
    neg: UnaryFn,
    /// `__pos__`
    pos: UnaryFn,
    /// `__abs__`
    abs: UnaryFn,
    /// `__invert__`
    invert: UnaryFn,
    /// `__bool__`
    bool: fn(&Thread, Value) -> PyResult<bool>,
    /// `__int__`
    int: UnaryFn,
    /// `__float__`
    float: UnaryFn,
    /// `__index__`
    index: UnaryFn,
    /// `__await__`
    await_: UnaryFn,
    /// `__aiter__`
    aiter: UnaryFn,
    /// `__anext__`
    anext: UnaryFn,
    /// The buffer protocol; the flag asks for a writable buffer
    buffer: fn(&Thread, Value, bool) -> PyResult<Buffer>,
}

/// A binary operator, for the generic operator protocol and the interpreter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
#[expect(missing_docs, reason = "each is the operator of its name")]
pub enum BinOp {
    Add = 0,
    Sub,
    Mul,
    TrueDiv,
    FloorDiv,
    Rem,
    Pow,
    LShift,
    RShift,
    And,
    Or,
    Xor,
    MatMul,
}

impl BinOp {
    /// All of them, by number.
    pub const ALL: [BinOp; 13] = [
        BinOp::Add,
        BinOp::Sub,
        BinOp::Mul,
        BinOp::TrueDiv,
        BinOp::FloorDiv,
        BinOp::Rem,
        BinOp::Pow,
        BinOp::LShift,
        BinOp::RShift,
        BinOp::And,
        BinOp::Or,
        BinOp::Xor,
        BinOp::MatMul,
    ];

    /// The operator's text.
    pub const fn symbol(self) -> &'static str {
        [
            "+",
            "-",
            "*",
            "/",
            "//",
            "%",
            "** or pow()",
            "<<",
            ">>",
            "&",
            "|",
            "^",
            "@",
        ][self as usize]
    }

    /// The text of the augmented assignment.
    pub const fn inplace_symbol(self) -> &'static str {
        [
            "+=", "-=", "*=", "/=", "//=", "%=", "**=", "<<=", ">>=", "&=", "|=", "^=", "@=",
        ][self as usize]
    }

    /// The plain slot; not for [`BinOp::Pow`], which has three operands.
    pub fn slot(self, s: &Slots) -> Option<BinaryFn> {
        match self {
            BinOp::Add => s.add,
            BinOp::Sub => s.sub,
            BinOp::Mul => s.mul,
            BinOp::TrueDiv => s.truediv,
            BinOp::FloorDiv => s.floordiv,
            BinOp::Rem => s.rem,
            BinOp::Pow => None,
            BinOp::LShift => s.lshift,
            BinOp::RShift => s.rshift,
            BinOp::And => s.and,
            BinOp::Or => s.or,
            BinOp::Xor => s.xor,
            BinOp::MatMul => s.matmul,
        }
    }

    /// The in-place slot.
    pub fn inplace_slot(self, s: &Slots) -> Option<BinaryFn> {
        match self {
            BinOp::Add => s.iadd,
            BinOp::Sub => s.isub,
            BinOp::Mul => s.imul,
            BinOp::TrueDiv => s.itruediv,
            BinOp::FloorDiv => s.ifloordiv,
            BinOp::Rem => s.irem,
            BinOp::Pow => s.ipow,
            BinOp::LShift => s.ilshift,
            BinOp::RShift => s.irshift,
            BinOp::And => s.iand,
            BinOp::Or => s.ior,
            BinOp::Xor => s.ixor,
            BinOp::MatMul => s.imatmul,
        }
    }
}
