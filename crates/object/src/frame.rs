//! Frames: the interpreter's record of a running frame, Python's frame objects, generators.

use crate::code::Code;
use crate::dict::Dict;
use crate::heap::{Array, Field, FieldOf, Object, mark_value};
use crate::payload;
use crate::thread::ExcNode;
use crate::value::Value;
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicI64, AtomicPtr, AtomicU8, Ordering};

/// A frame that runs or, in a generator, is suspended. Lives on a thread's frame stack or in the generator's cell.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct FrameRec {
    /// The code object.
    pub code: *const Object<Code>,
    /// The instruction being run, while another frame runs above; kept up to date at calls and when raising.
    pub pc: *const u64,
    /// The first register.
    pub regs: *mut Value,
    /// The globals.
    pub globals: *const Object<Dict>,
    /// The builtins.
    pub builtins: *const Object<Dict>,
    /// The function; absent for module and class code run without one.
    pub func: Value,
    /// The namespace of module and class code; absent in functions.
    pub locals: Value,
    /// Python's frame object, if one was asked for.
    pub object: Value,
    /// The generator that owns the frame, or absent.
    pub generator: Value,
    /// The frame that called this one.
    pub previous: *mut FrameRec,
    /// The caller's register that gets the result.
    pub dst: u16,
    /// Bits of [`frame_flags`].
    pub flags: u16,
    /// Room to spare.
    pub spare: u32,
}

/// Bits of a frame's flags.
pub mod frame_flags {
    /// Returning from the frame leaves the interpreter loop: native code called it.
    pub const ENTRY: u16 = 1;
    /// The frame's result is ignored but must be None: `__init__` called by a class.
    pub const INIT: u16 = 2;
    /// The frame is being traced.
    pub const TRACED: u16 = 4;
}

/// The payload of `frame`.
#[repr(C)]
pub struct Frame {
    /// The running frame, or null once it has ended.
    pub rec: AtomicPtr<FrameRec>,
    /// `f_code`
    pub code: FieldOf<Code>,
    /// `f_globals`
    pub globals: FieldOf<Dict>,
    /// `f_builtins`
    pub builtins: FieldOf<Dict>,
    /// The namespace of module and class code; absent in functions.
    pub locals: Field,
    /// The function, or absent.
    pub func: Field,
    /// The registers as they were when the frame ended.
    pub registers: FieldOf<Array>,
    /// `f_back` once the frame has ended; absent while it runs.
    pub back: Field,
    /// Extra names set through `f_locals` (PEP 667): a dict, or absent.
    pub extra_locals: Field,
    /// `f_trace`
    pub trace: Field,
    /// The word index of the instruction, once the frame has ended.
    pub lasti: AtomicI64,
    /// The owning generator, or absent.
    pub generator: Field,
    /// `f_trace_lines`, `f_trace_opcodes`
    pub trace_flags: AtomicU8,
}

payload!(Frame, "frame", |this, m| {
    this.code.trace(m);
    this.globals.trace(m);
    this.builtins.trace(m);
    for f in [
        &this.locals,
        &this.func,
        &this.back,
        &this.extra_locals,
        &this.trace,
        &this.generator,
    ] {
        f.trace(m);
    }
    this.registers.trace(m);
});

/// Where a generator stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub enum GenState {
    /// Not started.
    Created = 0,
    /// Waiting at a yield.
    Suspended = 1,
    /// Running on some thread.
    Running = 2,
    /// Ended.
    Closed = 3,
}

/// The payload of `generator`, `coroutine` and `async_generator`.
#[repr(C)]
pub struct Generator {
    /// A [`GenState`]; taken from suspended to running by one thread at a time.
    pub state: AtomicU8,
    /// Asynchronous generators: closed, running by asend/athrow, hooks called.
    pub async_flags: AtomicU8,
    /// The frame; its registers lie in `registers`.
    pub frame: UnsafeCell<FrameRec>,
    /// The registers.
    pub registers: FieldOf<Array>,
    /// What the generator's own frames handle while it runs.
    pub exc: ExcNode,
    /// `__name__`
    pub name: Field,
    /// `__qualname__`
    pub qualname: Field,
    /// `cr_origin`, or an asynchronous generator's finaliser hook.
    pub origin: Field,
}

// SAFETY: the frame and the exception level are used by the one thread that set the state to running.
unsafe impl Sync for Generator {}

payload!(Generator, "generator", |this, m| {
    // SAFETY: the world is stopped.
    let f = unsafe { &*this.frame.get() };
    for v in [f.func, f.locals, f.object, f.generator] {
        mark_value(v, m);
    }
    for p in [f.code as usize, f.globals as usize, f.builtins as usize] {
        if p != 0 {
            m.mark(p as *mut taipan_gc::Header);
        }
    }
    mark_value(this.exc.value.get(), m);
    this.registers.trace(m);
    this.name.trace(m);
    this.qualname.trace(m);
    this.origin.trace(m);
});

impl Generator {
    /// Where it stands at this instant.
    pub fn state(&self) -> GenState {
        match self.state.load(Ordering::Acquire) {
            0 => GenState::Created,
            1 => GenState::Suspended,
            2 => GenState::Running,
            _ => GenState::Closed,
        }
    }

    /// The frame record. Only for the thread that runs it, or while it is suspended and nobody may resume it.
    pub fn frame(&self) -> *mut FrameRec {
        self.frame.get()
    }
}

/// How a generator is resumed.
#[derive(Clone, Copy)]
pub enum Resume {
    /// Its yield gives this value.
    Send(Value),
    /// Its yield raises this exception.
    Throw(Value),
}

/// What a resumed generator did.
#[derive(Clone, Copy, Debug)]
pub enum Step {
    /// It yielded.
    Yield(Value),
    /// It returned.
    Return(Value),
}
