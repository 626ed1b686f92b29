//! Entering and leaving frames.

use taipan_object::attr;
use taipan_object::call::{self, Args};
use taipan_object::code::Code;
use taipan_object::frame::{FramePtr, FrameRec, Pc, Regs, Step, frame_flags};
use taipan_object::func::{BoundMethod, Function, NativeFunction};
use taipan_object::types::{self, Type, class_of};
use taipan_object::{Object, PyResult, Thread, Value};

/// The record for a frame of this code; fails at the recursion limit or where the thread's stacks are full.
#[inline(always)]
fn free_record(th: &Thread, regs: Regs, code: &Code) -> PyResult<*mut FrameRec> {
    th.free_record(regs.0, code.nregs.get() as usize)
        .ok_or_else(|| th.recursion_error(""))
}

/// Enters a function with its window at the top of the register stack, if its arguments need no binding.
#[inline(always)]
fn enter_simply(
    th: &Thread,
    func: Value,
    code: &Object<Code>,
    args: &Args,
    last: (u16, u16),
) -> PyResult<Option<FramePtr>> {
    let n = args.values.len();
    if code.simple_args.get() as usize != n || !args.kwnames.is_empty() {
        return Ok(None);
    }
    let regs = Regs(th.stack_top.get());
    let at = free_record(th, regs, code)?;
    regs.copy_in(args.values);
    regs.clear(n, code.first_temp.get() as usize);
    Ok(Some(th.push_frame(at, func, code, regs.0, last)))
}

/// Enters a function with any arguments: its window is made at the top of the register stack.
#[inline]
pub fn enter(
    th: &Thread,
    func: Value,
    f: &Object<Function>,
    args: Args,
    dst: u16,
    flags: u16,
) -> PyResult<FramePtr> {
    let code = f.code.expect();
    if let Some(frame) = enter_simply(th, func, code, &args, (dst, flags))? {
        return Ok(frame);
    }
    code.ready(th)?;
    let regs = Regs(th.stack_top.get());
    let at = free_record(th, regs, code)?;
    if !bind_simply(f, code, regs, &args) {
        let saved = th.stack_top.get();
        // Binding allocates: what is in the window already must be seen.
        regs.clear(0, code.first_temp.get() as usize);
        th.stack_top
            .set(regs.from(code.first_temp.get() as usize).0);
        let bound = crate::bind::bind(th, f, code, regs, args);
        th.stack_top.set(saved);
        bound?;
    }
    Ok(th.push_frame(at, func, code, regs.0, (dst, flags)))
}

/// Makes a plain instance of a class and enters its `__init__`, whose arguments lie in the window from `start`. Not
/// inlined, so that no stale word of the loop's own frame keeps an instance alive.
///
/// # Errors
/// `RecursionError`, or what binding the arguments raises.
#[inline(never)]
pub fn enter_class(
    th: &Thread,
    frame: FramePtr,
    cls: Value,
    init: Value,
    start: usize,
    n: usize,
    dst: u16,
) -> PyResult<FramePtr> {
    let instance = th
        .new_instance(cls.expect::<Type>(), taipan_object::attr::Plain)
        .value();
    let regs = Regs(frame.regs);
    regs.set(start as u16 - 1, instance);
    let f = init.expect::<Function>();
    let code = f.code.expect();
    let in_stack = !frame.in_generator();
    let mut entered = if code.simple_args.get() as usize == n + 1 && in_stack {
        let window = regs.from(start - 1);
        let at = free_record(th, window, code)?;
        window.clear(n + 1, code.first_temp.get() as usize);
        th.push_frame(at, init, code, window.0, (dst, 0))
    } else {
        if in_stack {
            th.stack_top.set(regs.from(start + n).0);
        }
        let args = Args::positional(regs.slice(start as u16 - 1, n + 1));
        enter(th, init, f, args, dst, 0)?
    };
    entered.set_instance(instance);
    Ok(entered)
}

/// Enters a function whose first `n` arguments lie in their window already, if defaults are all that is missing.
#[inline(never)]
pub fn enter_with_defaults(
    th: &Thread,
    frame: FramePtr,
    func: Value,
    f: &Object<Function>,
    window: Regs,
    n: usize,
    dst: u16,
) -> Option<FramePtr> {
    let code = f.code.expect();
    let missing = (code.simple_args.get() as usize).checked_sub(n)?;
    let defaults = f.defaults.get().as_tuple()?;
    let first = defaults.len().checked_sub(missing)?;
    if !th.has_room_above(frame, window.0, code.nregs.get() as usize) {
        return None;
    }
    window.from(n).copy_in(&defaults[first..]);
    window.clear(n + missing, code.first_temp.get() as usize);
    Some(th.push_frame_above(frame, func, code, window.0, dst))
}

/// Leaves the innermost frame; the caller restores its own state.
#[inline(always)]
pub fn leave(th: &Thread, mut frame: FramePtr) {
    if !frame.object().is_absent() {
        crate::frames::detach(th, frame);
    }
    if frame.in_generator() {
        frame.suspend_on(th);
    } else {
        th.frame.set(frame.previous);
    }
}

/// Binds arguments where that takes no more than to put names in their places and to fill in defaults; whether it did.
#[inline]
fn bind_simply(f: &Object<Function>, code: &Object<Code>, regs: Regs, args: &Args) -> bool {
    let (pos, argc) = (args.pos(), code.simple_args.get() as usize);
    if code.simple_args.get() == u32::MAX || pos.len() > argc {
        return false;
    }
    regs.copy_in(pos);
    regs.clear(pos.len(), code.first_temp.get() as usize);
    if !args.kwnames.is_empty() {
        let names = code.register_names.expect().fields();
        for (k, v) in args.kw() {
            let found = (pos.len()..argc).find(|i| names[*i].get().is(k));
            match found {
                Some(i) if i >= code.data().posonlyargcount as usize => regs.set(i as u16, v),
                _ => return false,
            }
        }
    }
    let defaults = f.defaults.get().as_tuple().unwrap_or(&[]);
    for i in pos.len()..argc {
        if regs.get(i as u16).is_absent() {
            match (i + defaults.len()).checked_sub(argc) {
                Some(at) => regs.set(i as u16, defaults[at]),
                None => return false,
            }
        }
    }
    true
}

/// A call for which the interpreter's loop has been left.
pub struct OutsideCall {
    /// What is called.
    pub f: Value,
    /// The register of the first argument.
    pub start: usize,
    /// The number of arguments, all of them positional.
    pub n: usize,
    /// The register for the result.
    pub dst: u16,
    /// Words from the frame's place to behind the instruction.
    pub words: isize,
}

impl OutsideCall {
    /// Makes the call of the innermost frame, and puts the result where it belongs.
    ///
    /// # Errors
    /// What the call raises; the frame stands where it stood.
    #[inline(never)]
    pub fn make(&self, th: &Thread, mut frame: FramePtr) -> PyResult<()> {
        // What the loop left on the native stack must not show between the frames of the call.
        taipan_object::gc::clear_stack_below();
        let regs = Regs(frame.regs);
        if !frame.in_generator() {
            th.stack_top.set(regs.from(self.start + self.n).0);
        }
        let args = Args::positional(regs.slice(self.start as u16, self.n));
        let r = call::call_args(th, self.f, args);
        th.stack_top.set(frame.top);
        regs.set(self.dst, r?);
        let mut pc = Pc(frame.pc);
        pc.step(self.words);
        frame.pc = pc.0;
        Ok(())
    }
}

/// Leaves the innermost frame, one without `frame_flags::LEAVE_SLOWLY`.
#[inline(always)]
pub fn leave_plainly(th: &Thread, frame: FramePtr) {
    let below = FramePtr(frame.previous);
    th.frame.set(below.0);
    th.stack_top.set(below.top);
}

/// Calls a Python function from native code.
pub fn call_function(th: &Thread, func: Value, args: Args) -> PyResult {
    th.check_native_stack()?;
    let saved = th.stack_top.get();
    let f = func.expect::<Function>();
    let last = (0, frame_flags::ENTRY);
    let frame = match enter_simply(th, func, f.code.expect(), &args, last)? {
        Some(frame) => Ok(frame),
        None => enter(th, func, f, args, last.0, last.1),
    };
    let r = match frame {
        Ok(frame) => crate::eval::run(th, frame, None),
        Err(e) => Err(e),
    };
    th.stack_top.set(saved);
    match r? {
        Step::Return(v) | Step::Yield(v) => Ok(v),
    }
}

/// Runs a code object in a namespace: modules, class bodies, `exec`.
pub fn run_code(
    th: &Thread,
    code: Value,
    globals: Value,
    locals: Value,
    closure: Value,
) -> PyResult {
    th.check_native_stack()?;
    let c = code.expect::<Code>();
    let Some(globals) = globals.as_dict() else {
        return Err(th.type_error("globals must be a dict"));
    };
    c.ready(th)?;
    let saved = th.stack_top.get();
    let regs = Regs(saved);
    let at = free_record(th, regs, c)?;
    regs.clear(0, c.first_temp.get() as usize);
    let builtins = taipan_builtins::builtins_of(th, globals);
    let func = crate::function::make(th, c, globals, builtins)?;
    if !closure.is_none() {
        func.closure.set(&func.header, closure);
    }
    let last = (0, frame_flags::ENTRY);
    let mut frame = th.push_frame(at, func.value(), c, regs.0, last);
    let optimized = c.flags & taipan_bytecode::CodeFlags::OPTIMIZED != 0;
    if !optimized && !locals.is_absent() {
        frame.set_namespace(locals);
    }
    let r = crate::eval::run(th, frame, None);
    th.stack_top.set(saved);
    match r? {
        Step::Return(v) | Step::Yield(v) => Ok(v),
    }
}

/// A bound method to be unpacked by a call.
#[inline(always)]
pub fn bound<'a>(f: Value) -> Option<&'a Object<BoundMethod>> {
    let m = f.downcast::<BoundMethod>()?;
    if class_of(f).is(&types::METHOD) {
        Some(m)
    } else {
        None
    }
}

/// For a class whose instances are plain and whose construction is just its Python `__init__`: that.
#[inline]
pub fn simple_init(f: Value) -> Option<Value> {
    let cls = f.downcast::<Type>()?;
    if !cls.is_heap()
        || !class_of(f).is(&types::TYPE)
        || !cls.makes::<attr::Plain>()
        || cls.has_flag(types::flags::ABSTRACT)
    {
        return None;
    }
    let s = cls.slots();
    if s.new.map(|n| n as usize) != types::OBJECT.slots().new.map(|n| n as usize) {
        return None;
    }
    let init = attr::type_lookup(cls, taipan_object::names::INIT.get())?;
    init.downcast::<Function>()?;
    Some(init)
}

/// A special method of an instance, if its class or a base class defines it in Python as a plain function.
#[inline]
pub fn python_special(v: Value, name: Value) -> Option<Value> {
    let cls = class_of(v);
    if !cls.is_heap() {
        return None;
    }
    let f = attr::type_lookup(cls, name)?;
    f.downcast::<Function>().map(|_| f)
}

/// Calls anything but a Python function with the positional arguments in `n` registers from `start` on. The register
/// before them may be overwritten. Gives nothing, and has done nothing, where the loop must be left for the call.
#[inline]
pub fn call_native(th: &Thread, f: Value, regs: Regs, start: usize, n: usize) -> PyResult {
    let mut args = regs.slice(start as u16, n);
    if let Some(nf) = f.downcast::<NativeFunction>() {
        if nf.bound {
            let before = start as u16 - 1;
            regs.set(before, nf.receiver.get());
            args = regs.slice(before, n + 1);
        }
        if let Some(r) = call::call_method_row_simply(th, nf.method, args) {
            return r;
        }
        if nf.method.leaves_loop {
            return Ok(Value::ABSENT);
        }
    } else if let Some(d) = f.downcast::<taipan_object::func::MethodDescriptor>()
        && class_of(f).is(&types::METHOD_DESCRIPTOR)
        && let Some(first) = args.first()
        && class_of(*first).is_subtype(d.owner.expect())
        && let Some(r) = call::call_method_row_simply(th, d.method, args)
    {
        return r;
    }
    call::call_args(th, f, Args::positional(regs.slice(start as u16, n)))
}
