//! Taipan's bytecode: one table of instructions and the data of code objects.
//!
//! The compiler emits it, the interpreter and the JIT run it, `dis` prints it, the verifier checks it; all
//! of them read the one table in [`op`]. This crate knows no Python object: constants are plain data ([`Const`]).
//!
//! # The machine
//!
//! A frame has `nregs` registers of one value each. In order:
//!
//! | registers | what |
//! |---|---|
//! | `0 .. varnames.len()` | locals in the order of `co_varnames`: positional parameters, keyword-only ones, `*args`, `**kwargs`, then the other locals |
//! | next `cellvars.len()` | *cell objects* of the variables that inner scopes capture |
//! | next `freevars.len()` | *cell objects* taken over from the closure |
//! | the rest | first constants that loops use, loaded once at entry; then temporaries, used with stack discipline |
//!
//! A register that holds no value holds the special value ABSENT: all of them do at entry, but for the
//! arguments. Instructions use locals directly as operands. An operand that is a local is never ABSENT, except in
//! [`Op::CHECK_LOCAL`], which the compiler leaves out wherever it can show that the variable is bound.
//!
//! A parameter that inner scopes capture arrives in its parameter register; [`Op::MAKE_CELL_FROM`] at entry moves
//! it into a new cell. In code without `CO_OPTIMIZED` (modules, class bodies) names live in the frame's namespace
//! (`LOAD_NAME`, `STORE_NAME`), and `varnames` lists the variables of inlined comprehensions, which `locals()`
//! does not show.
//!
//! **An instruction writes its destination last**, when nothing can fail any more: an exception leaves all
//! registers as they were (where an op says otherwise, it says so).
//!
//! **Calls.** The callable is in `r[base]`, `r[base+1]` is a slot for `self`, the arguments begin at
//! `r[base+2]`. When a call executes, no register from `base+2+nargs` up is live, and all temporaries below `base`
//! are: so the callee's window may begin at `r[base+1]` (with self) or `r[base+2]` and overlay the caller's
//! temporaries, and a collector needs to scan a suspended caller's registers only up to `base`. The registers from
//! `base` up are dead after the call: the callee may leave anything there.
//!
//! # Instruction words
//!
//! See [`Instr`]. An op may be followed by `extra` words of immediate data (constant) and then `cache` words which
//! are zero in `CodeData` and belong to the interpreter; control never jumps into them. **Jump offsets count words
//! from the word after the instruction word**, that is from the first extra or cache word if there are some:
//! `target = index_of_instr + 1 + offset`. `JUMP_*` go forward only; the backward ones, which poll, are
//! `JUMP_BACK`, `FOR_LOOP` and `LOOP_IF_*`.
//!
//! # Loops
//!
//! are inverted:
//!
//! ```text
//! while i < n: body               for v in it: body
//!     JUMP_IF_NOT_LT i n exit         GET_ITER t it
//! top: body                           JUMP next
//!     LOOP_IF_LT i n top          top: body
//! exit:                           next: FOR_LOOP v t top
//! ```
//!
//! # Exceptions
//!
//! [`CodeData::handlers`] is sorted and disjoint; an exception raised by an instruction in a range is written to
//! the register `exc` and control goes to `target`. Registers need no unwinding. A handler begins with
//! `PUSH_EXC saved, exc` (the exception becomes the handled one, `sys.exception()`) and each way out of it passes
//! `POP_EXC saved, exc`. `RERAISE` propagates without adding this frame to the traceback again.
//!
//! # Generators
//!
//! The first instruction of a generator, coroutine or asynchronous generator is `RETURN_GENERATOR`. `YIELD`
//! suspends. `yield from` and `await` are one instruction, `YIELD_FROM`, at which the frame stays suspended while
//! the inner iterator yields; so "suspended at a `YIELD_FROM`" is what `gi_yieldfrom` / `cr_await` ask, and `throw()`
//! and `close()` delegate to the iterator in its register.

mod code;
pub mod dis;
mod handlers;
pub mod instr;
mod nested;
pub mod op;
mod positions;
pub mod serial;
mod text;
pub mod verify;

pub use code::{CodeData, CodeFlags, Const};
pub use handlers::{Handler, find_handler};
pub use instr::{Instr, Words};
pub use nested::CodeRef;
pub use op::byte;
pub use op::{
    BinaryOp, CmpOp, CommonConst, Conversion, FunctionFlags, Intrinsic1, Intrinsic2, Op, OpInfo,
    Slot, Special, UnaryOp,
};
pub use positions::{Position, PositionIter, Positions, PositionsBuilder};
pub use text::{Name, NameTable, Text};
