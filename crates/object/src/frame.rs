//! Frames: the interpreter's record of a running frame, Python's frame objects, generators.

use crate::code::Code;
use crate::dict::Dict;
use crate::func::Function;
use crate::heap::{Array, Field, FieldOf, Object, mark_value};
use crate::payload;
use crate::thread::ExcNode;
use crate::value::Value;
use std::cell::UnsafeCell;
use std::sync::atomic::{AtomicI64, AtomicPtr, AtomicU8, Ordering};
use taipan_bytecode::{Instr, Op};

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
    /// The function: its globals and builtins are the frame's. Module and class code has one made for it.
    pub func: Value,
    /// The frame that called this one.
    pub previous: *mut FrameRec,
    /// The thread's register stack top while this frame is the innermost.
    pub top: *mut Value,
    /// The caller's register that gets the result.
    pub dst: u16,
    /// Bits of [`frame_flags`].
    pub flags: u16,
    /// The register of the iterator whose generator a loop of this frame runs.
    pub spare_register: u16,
    /// The register that gets the value sent to a suspended frame.
    pub yield_register: u16,
    // What follows counts only where a flag says so, and is not written when a function is entered.
    object: Value,
    generator: Value,
    locals: Value,
    /// For the frame of a generator that runs: the first free record of the thread's frame stack.
    free: *mut FrameRec,
    /// For a generator run by a loop of the frame below: words from that frame's place to where it goes on when the
    /// generator ends. For one run by a `yield from`: the register that holds it there.
    pub resume: i32,
    /// The same for when the generator yields.
    pub advance: i32,
}

/// Bits of a frame's flags.
pub mod frame_flags {
    /// Returning from the frame leaves the interpreter loop: native code called it.
    pub const ENTRY: u16 = 1;
    /// The frame's result is ignored but must be None: `__init__` called by a class.
    pub const INIT: u16 = 2;
    /// Tracing knows that the frame has begun.
    pub const TRACED: u16 = 4;
    /// A generator that a loop of the frame below runs.
    pub const LOOP: u16 = 8;
    /// Python's frame object was asked for.
    pub const OBJECT: u16 = 16;
    /// The frame of a generator.
    pub const GENERATOR: u16 = 32;
    /// The frame of module or class code, with a namespace.
    pub const NAMESPACE: u16 = 64;
    /// A generator or coroutine that a `yield from` or `await` of the frame below runs: what it yields, that one yields.
    pub const DELEGATE: u16 = 128;
    /// What leaving the frame has to look at; any other goes straight back to the frame below.
    pub const LEAVE_SLOWLY: u16 = ENTRY | INIT | LOOP | OBJECT | GENERATOR | DELEGATE;
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

payload!(15: Generator, "generator", |this, m| {
    // SAFETY: the world is stopped.
    let f = unsafe { &*this.frame.get() };
    f.mark(m);
    mark_value(this.exc.value.get(), m);
    this.clear_spent(f);
    this.registers.trace(m);
    this.name.trace(m);
    this.qualname.trace(m);
    this.origin.trace(m);
});

impl Generator {
    /// Where it stands at this instant.
    #[inline]
    pub fn state(&self) -> GenState {
        match self.state.load(Ordering::Acquire) {
            0 => GenState::Created,
            1 => GenState::Suspended,
            2 => GenState::Running,
            _ => GenState::Closed,
        }
    }

    /// Clears the temporaries that are spent where it waits, what it yielded among them: they would keep objects
    /// alive. Only while the world is stopped, and so that suspending need not do it.
    fn clear_spent(&self, f: &FrameRec) {
        // A trace function may have moved it away from its yield.
        if self.state() != GenState::Suspended || f.yield_register == u16::MAX {
            return;
        }
        let mut pc = Pc(f.pc);
        let mut i = Instr(pc.peek(0));
        if i.op() != Op::YIELD_FROM {
            pc.step(-1);
            i = Instr(pc.peek(0));
            if i.op() != Op::YIELD {
                return;
            }
        }
        if let Some(registers) = self.registers.get() {
            for register in registers.fields().iter().skip(i.c() as usize) {
                register.init(Value::ABSENT);
            }
        }
    }

    /// The frame record. Only for the thread that runs it, or while it is suspended and nobody may resume it.
    pub fn frame(&self) -> *mut FrameRec {
        self.frame.get()
    }
}

/// What an asynchronous generator yielded, as opposed to what it awaits: a cell that Python never sees.
pub struct AsyncYield {
    /// The value.
    pub value: Field,
}

payload!(AsyncYield, "asynchronous yield", |this, m| this
    .value
    .trace(m));

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

/// A frame's register window. `Copy`; valid while the frame is.
///
/// Register numbers come from code that the compiler made and the verifier accepts: below `nregs`, which the frame's
/// owner has made room for.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub struct Regs(pub *mut Value);

impl Regs {
    /// Reads a register.
    #[inline(always)]
    pub fn get(self, r: u16) -> Value {
        // SAFETY: see the type: within the window.
        unsafe { *self.0.add(r as usize) }
    }

    /// Writes a register.
    #[inline(always)]
    pub fn set(self, r: u16, v: Value) {
        // SAFETY: see the type: within the window.
        unsafe { *self.0.add(r as usize) = v }
    }

    /// The window that begins at a register of this one.
    #[inline(always)]
    pub fn from(self, r: usize) -> Regs {
        // SAFETY: see the type: within the window or one past it.
        Regs(unsafe { self.0.add(r) })
    }

    /// Consecutive registers, to be read before any of them is written.
    #[inline(always)]
    pub fn slice<'a>(self, r: u16, n: usize) -> &'a [Value] {
        // SAFETY: see the type: within the window.
        unsafe { std::slice::from_raw_parts(self.0.add(r as usize), n) }
    }

    /// Sets registers `from..to` to absent.
    #[inline(always)]
    pub fn clear(self, from: usize, to: usize) {
        for i in from..to {
            // SAFETY: see the type: within the window.
            unsafe { *self.0.add(i) = Value::ABSENT }
        }
    }

    /// Copies `n` values to the beginning of this window.
    #[inline(always)]
    pub fn copy_in(self, values: &[Value]) {
        // To call a function for them takes longer than the few that are usual.
        match *values {
            [] => {}
            [a] => self.set(0, a),
            [a, b] => {
                self.set(0, a);
                self.set(1, b);
            }
            [a, b, c] => {
                self.set(0, a);
                self.set(1, b);
                self.set(2, c);
            }
            // SAFETY: the window has room for its arguments; the ranges may overlap.
            _ => unsafe { std::ptr::copy(values.as_ptr(), self.0, values.len()) },
        }
    }
}

/// A place in a code object's words: the next word to be read.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct Pc(pub *const u64);

impl Pc {
    /// Reads a word and steps over it.
    #[inline(always)]
    pub fn fetch(&mut self) -> u64 {
        // SAFETY: verified code ends with an instruction that doesn't fall through.
        unsafe {
            let w = *self.0;
            self.0 = self.0.add(1);
            w
        }
    }

    /// Reads a word ahead: an extra or cache word. Cache words change under other threads' hands: one atomic load.
    #[inline(always)]
    pub fn peek(self, n: usize) -> u64 {
        // SAFETY: as `fetch`; `n` is within the instruction's extra and cache words.
        unsafe { (*(self.0.add(n) as *const std::sync::atomic::AtomicU64)).load(Ordering::Acquire) }
    }

    /// Steps by words, forward or back.
    #[inline(always)]
    pub fn step(&mut self, n: isize) {
        // SAFETY: jump targets are within the code, says the verifier.
        self.0 = unsafe { self.0.offset(n) }
    }

    /// The index of the word within its code.
    #[inline]
    pub fn index_in(self, code: &Object<Code>) -> usize {
        (self.0 as usize - code.entry() as usize) / 8
    }
}

impl FrameRec {
    /// The code.
    #[inline(always)]
    pub fn code<'a>(&self) -> &'a Object<Code> {
        // SAFETY: a frame's code is never null and is kept alive by the frame.
        unsafe { &*self.code }
    }

    /// The function.
    #[inline(always)]
    pub fn function<'a>(&self) -> &'a Object<Function> {
        // SAFETY: a frame is made with a function, and keeps it alive.
        unsafe { &*(self.func.cell_unchecked() as *const Object<Function>) }
    }

    /// The globals.
    #[inline(always)]
    pub fn globals<'a>(&self) -> &'a Object<Dict> {
        self.function().globals.expect()
    }

    /// The builtins.
    #[inline(always)]
    pub fn builtins<'a>(&self) -> &'a Object<Dict> {
        self.function().builtins.expect()
    }

    #[inline(always)]
    fn has(&self, flags: u16) -> bool {
        self.flags & flags != 0
    }

    fn if_has(&self, flags: u16, v: Value) -> Value {
        if self.has(flags) { v } else { Value::ABSENT }
    }

    /// Whether this is the frame of a generator: its registers do not lie on the thread's register stack.
    #[inline(always)]
    pub fn in_generator(&self) -> bool {
        self.has(frame_flags::GENERATOR)
    }

    /// The generator that owns the frame, or absent.
    #[inline(always)]
    pub fn generator(&self) -> Value {
        self.if_has(frame_flags::GENERATOR, self.generator)
    }

    /// Python's frame object, or absent if none was asked for.
    #[inline(always)]
    pub fn object(&self) -> Value {
        self.if_has(frame_flags::OBJECT, self.object)
    }

    /// The namespace of module and class code; absent in functions.
    #[inline(always)]
    pub fn namespace(&self) -> Value {
        self.if_has(frame_flags::NAMESPACE, self.locals)
    }

    /// Where the frame's code stores names: its namespace, or its globals.
    pub fn names(&self) -> Value {
        match self.namespace().present() {
            Some(ns) => ns,
            None => self.globals().value(),
        }
    }

    /// Gives the frame a namespace.
    pub fn set_namespace(&mut self, ns: Value) {
        self.locals = ns;
        self.flags |= frame_flags::NAMESPACE;
    }

    /// The instance that the frame, an `__init__` called by a class, initialises.
    pub fn instance(&self) -> Value {
        self.if_has(frame_flags::INIT, self.locals)
    }

    /// Makes this the frame of an `__init__` called by a class.
    #[inline]
    pub fn set_instance(&mut self, instance: Value) {
        self.locals = instance;
        self.flags |= frame_flags::INIT;
    }

    /// Gives the frame, suspended, to a generator.
    pub fn set_generator(&mut self, g: Value) {
        self.generator = g;
        self.flags |= frame_flags::GENERATOR;
    }

    /// The frame has no frame object any more.
    pub fn forget_object(&mut self) {
        self.flags &= !frame_flags::OBJECT;
    }

    /// Writes what a frame that is about to begin needs; `last` is the register for its result and its flags.
    #[inline(always)]
    pub(crate) fn begin(
        &mut self,
        func: Value,
        code: &Object<Code>,
        regs: *mut Value,
        previous: FramePtr,
        top: *mut Value,
        last: (u16, u16),
    ) {
        self.code = code;
        self.pc = code.start();
        self.regs = regs;
        self.func = func;
        self.previous = previous.0;
        self.top = top;
        (self.dst, self.flags) = last;
    }

    /// Puts a generator's frame, and with it a level of calls, on top of those that this thread runs.
    #[inline]
    pub fn resume_on(&mut self, th: &crate::thread::Thread, flags: u16) {
        self.free = th.free_frame();
        self.previous = th.frame.get();
        self.top = th.stack_top.get();
        self.flags = self.flags & frame_flags::OBJECT | frame_flags::GENERATOR | flags;
        th.frame.set(self);
        th.descend();
    }

    /// Takes a generator's frame off those that this thread runs.
    #[inline]
    pub fn suspend_on(&mut self, th: &crate::thread::Thread) {
        th.ascend();
        th.frame.set(self.previous);
        self.previous = std::ptr::null_mut();
    }

    /// Marks what the frame holds, but for its registers.
    pub(crate) fn mark(&self, m: &mut taipan_gc::Marker) {
        m.mark(self.code as *mut taipan_gc::Header);
        mark_value(self.func, m);
        mark_value(self.object(), m);
        mark_value(self.generator(), m);
        if self.has(frame_flags::NAMESPACE | frame_flags::INIT) {
            mark_value(self.locals, m);
        }
    }
}

/// A pointer to a frame record that is alive: on this thread's frame stack or in a generator that this thread runs.
#[derive(Clone, Copy, PartialEq, Eq)]
#[repr(transparent)]
pub struct FramePtr(pub *mut FrameRec);

impl FramePtr {
    /// Whether there is none.
    #[inline(always)]
    pub fn is_null(self) -> bool {
        self.0.is_null()
    }
}

impl std::ops::Deref for FramePtr {
    type Target = FrameRec;
    #[inline(always)]
    fn deref(&self) -> &FrameRec {
        // SAFETY: see the type.
        unsafe { &*self.0 }
    }
}

impl std::ops::DerefMut for FramePtr {
    #[inline(always)]
    fn deref_mut(&mut self) -> &mut FrameRec {
        // SAFETY: see the type; only the running thread holds it, one reference at a time.
        unsafe { &mut *self.0 }
    }
}

/// The first free record of the frame stack of the thread that runs a generator's frame as its innermost; nothing for
/// null.
pub(crate) fn free_above(innermost: *mut FrameRec) -> Option<*mut FrameRec> {
    // SAFETY: null, or a frame that its thread runs.
    unsafe { innermost.as_ref() }.map(|f| f.free)
}

/// The innermost Python frame of this thread.
///
/// The interpreter keeps `Thread::frame` at the record of the frame that called the native code that asks, its `pc` and
/// registers in memory, for as long as that native code runs. `None` where no Python code runs yet.
pub fn current(th: &crate::thread::Thread) -> Option<&FrameRec> {
    let p = th.frame.get();
    // SAFETY: null, or the record of a frame that stays on this thread's frame stack while its callee runs.
    unsafe { p.as_ref() }
}

/// A name of the builtins that the running code sees: `iter`, `getattr`. May run `__eq__`.
///
/// # Errors
/// `AttributeError` with the name, where the program took it away.
pub fn builtin(th: &crate::thread::Thread, name: &str) -> crate::PyResult {
    let key = crate::strings::intern(th, name);
    let builtins = match current(th) {
        Some(f) => Some(f.builtins()),
        None => th.interp.builtins.get(),
    };
    match builtins {
        Some(d) => match d.get(th, key)? {
            Some(v) => Ok(v),
            None => Err(th.raise_with(&crate::exception::ATTRIBUTE_ERROR, &[key])),
        },
        None => Err(th.raise_with(&crate::exception::ATTRIBUTE_ERROR, &[key])),
    }
}

impl FrameRec {
    /// The register with a number; absent past the last one.
    pub fn register(&self, n: usize) -> Value {
        if n >= self.code().nregs.get() as usize {
            return Value::ABSENT;
        }
        // SAFETY: a frame has `nregs` registers. Another thread's frame may be running: then this is a snapshot.
        unsafe { std::ptr::read_volatile(self.regs.add(n)) }
    }

    /// Stores into a register: only for `f_locals` of a frame that is not running, or on its own thread.
    pub fn set_register(&self, n: usize, v: Value) {
        if n < self.code().nregs.get() as usize {
            // SAFETY: as for reading.
            unsafe { std::ptr::write_volatile(self.regs.add(n), v) }
        }
    }

    /// The index of a word of the instruction being run; -1 before the first. `pc` is at the next word.
    pub fn word_index(&self) -> i64 {
        (self.pc as i64 - self.code().entry() as i64) / 8 - 1
    }

    /// The frame that called this one.
    pub fn previous(&self) -> Option<&FrameRec> {
        // SAFETY: null, or a frame further down on the stack of the same thread.
        unsafe { self.previous.as_ref() }
    }
}

/// Python's frame object of a frame that runs or is suspended; made when first asked for.
pub fn object_of(th: &crate::thread::Thread, frame: FramePtr) -> Value {
    if let Some(o) = frame.object().present() {
        return o;
    }
    let o = blank(th);
    attach(frame, o);
    o
}

/// A frame object of no frame yet.
fn blank(th: &crate::thread::Thread) -> Value {
    let data = Frame {
        rec: AtomicPtr::new(std::ptr::null_mut()),
        code: FieldOf::null(),
        globals: FieldOf::null(),
        builtins: FieldOf::null(),
        locals: Field::absent(),
        func: Field::absent(),
        registers: FieldOf::null(),
        back: Field::absent(),
        extra_locals: Field::absent(),
        trace: Field::new(Value::NONE),
        lasti: AtomicI64::new(-1),
        generator: Field::absent(),
        trace_flags: AtomicU8::new(1),
    };
    th.new_object(&crate::types::FRAME, data).value()
}

/// Makes a blank frame object that of a frame. Allocates nothing.
fn attach(mut frame: FramePtr, object: Value) {
    let o = object.expect::<Frame>();
    o.code.set(&o.header, Some(frame.code()));
    o.globals.set(&o.header, Some(frame.globals()));
    o.builtins.set(&o.header, Some(frame.builtins()));
    o.locals.set(&o.header, frame.namespace());
    o.func.set(&o.header, frame.func);
    o.generator.set(&o.header, frame.generator());
    o.rec.store(frame.0, Ordering::Release);
    frame.object = object;
    frame.flags |= frame_flags::OBJECT;
    if let Some(g) = frame.generator().cell() {
        taipan_gc::remember(g);
    }
}

/// Gives every frame that runs on a thread of this interpreter its object, then calls `look` for each such thread,
/// all of them standing still. `look` must not allocate.
///
/// # Errors
/// `MemoryError`.
pub fn with_all_objects(
    th: &crate::thread::Thread,
    look: &mut dyn FnMut(&crate::thread::Thread),
) -> crate::PyResult<()> {
    let mut blanks = crate::heap::ValueVec::new();
    loop {
        let mut missing = 0;
        let done = taipan_gc::stop_world(th.mutator, || {
            let bare = |f: &mut dyn FnMut(FramePtr)| {
                crate::thread::for_each_thread(&mut |t| {
                    let mut at = FramePtr(if std::ptr::eq(t.interp, th.interp) {
                        t.frame.get()
                    } else {
                        std::ptr::null_mut()
                    });
                    while !at.is_null() {
                        if at.object().is_absent() {
                            f(at);
                        }
                        at = FramePtr(at.previous);
                    }
                })
            };
            bare(&mut |_| missing += 1);
            if missing > blanks.len() {
                return false;
            }
            bare(&mut |f| {
                if let Some(o) = blanks.pop() {
                    attach(f, o);
                }
            });
            crate::thread::for_each_thread(&mut |t| {
                if std::ptr::eq(t.interp, th.interp) {
                    look(t);
                }
            });
            true
        });
        if done {
            return Ok(());
        }
        // They go on meanwhile: some more than are missing now.
        while blanks.len() < missing + 16 {
            let o = blank(th);
            blanks.push(th, o)?;
        }
    }
}

/// Calls `read` with the record of a frame object, or nothing if the frame has ended. A frame that runs on another
/// thread stands still meanwhile; `read` must not allocate.
pub fn with_record<R>(
    th: &crate::thread::Thread,
    frame: &Frame,
    read: impl FnOnce(Option<FramePtr>) -> R,
) -> R {
    let get = || {
        let p = FramePtr(frame.rec.load(Ordering::Acquire));
        (!p.is_null()).then_some(p)
    };
    match get() {
        // A generator's record lies in the generator, which its frame object keeps.
        Some(p) if !th.owns_frame(p.0) && frame.generator.get().is_absent() => {
            taipan_gc::stop_world(th.mutator, || read(get()))
        }
        p => read(p),
    }
}
