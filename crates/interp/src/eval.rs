//! The loop.
//!
//! One arm an operation. An arm does the common case itself and leaves the rest to a function of another module,
//! so that the loop's code stays small. `tri!` runs a fallible step with the frame's place saved; an error leaves
//! the inner loop with the exception, the outer one unwinds and goes on at the handler.

use crate::calls::OutsideCall;
use crate::iterate::{self, Next};
use crate::{arith, attrs, build, calls, generators, globals, raise, rare, trace};
use std::hint::cold_path;
use taipan_bytecode::{Instr, Op, byte};
use taipan_object::call::{self, Args};
use taipan_object::frame::{FramePtr, Generator, Pc, Regs, Step, frame_flags};
use taipan_object::func::{Cell, Function};
use taipan_object::slots::{BinOp, CmpOp};
use taipan_object::types::{self, TUPLE, class_of};
use taipan_object::{PyResult, Raised, Thread, Value, names, ops};

/// How a copy of the loop ends.
enum Exit {
    /// The entry frame returned or yielded.
    Done(Step),
    /// The innermost frame goes on in the other copy.
    Move,
    /// The innermost frame goes on after a call that is made first.
    Outside(OutsideCall),
}

/// Runs the innermost frame, and all it calls, until it returns or yields.
///
/// `thrown` is raised at once where the frame stands: a generator's `throw`.
pub fn run(th: &Thread, entry: FramePtr, thrown: Option<Raised>) -> PyResult<Step> {
    let (mut frame, mut thrown) = (entry, thrown);
    loop {
        let exit = if th.traced.get() {
            let r = run_in::<true>(th, frame, thrown.take());
            // Frames of a copy further out, which does not trace, are to notice.
            th.mutator.set_poll(taipan_object::thread::POLL_TRACE);
            r
        } else {
            run_in::<false>(th, frame, thrown.take())
        };
        match exit? {
            Exit::Done(step) => return Ok(step),
            Exit::Move => frame = FramePtr(th.frame.get()),
            Exit::Outside(call) => {
                frame = FramePtr(th.frame.get());
                thrown = call.make(th, frame).err();
            }
        }
    }
}

/// The loop. It is compiled twice: `TRACED` tells of lines, calls, returns, … (`sys.settrace`, `sys.monitoring`).
fn run_in<const TRACED: bool>(
    th: &Thread,
    entry: FramePtr,
    thrown: Option<Raised>,
) -> PyResult<Exit> {
    let mut frame = entry;
    let mut regs = Regs(frame.regs);
    let mut pc = Pc(frame.pc);
    let mut trail = trace::Trail::at(frame);
    if let Some(e) = thrown {
        let e = if TRACED {
            trace::thrown(th, frame, e)
        } else {
            e
        };
        let (f, from) = raise::unwind(th, frame, pc, e, false, TRACED)?;
        frame = f;
        regs = Regs(frame.regs);
        pc = Pc(frame.pc);
        trail.jumped_from(from);
    }

    loop {
        let (raised, again) = 'run: {
            macro_rules! tri {
                ($e:expr) => {{
                    frame.pc = pc.0;
                    match $e {
                        Ok(v) => v,
                        Err(e) => {
                            cold_path();
                            break 'run (e, false);
                        }
                    }
                }};
            }
            macro_rules! load_frame {
                ($f:expr) => {{
                    frame = $f;
                    regs = Regs(frame.regs);
                    pc = Pc(frame.pc);
                    if TRACED {
                        trail = trace::Trail::at(frame);
                    }
                }};
            }
            macro_rules! poll {
                () => {
                    if th.mutator.poll_bits() != 0 {
                        cold_path();
                        tri!(th.poll());
                        if !TRACED && th.traced.get() {
                            frame.flags |= frame_flags::TRACED;
                            return Ok(Exit::Move);
                        }
                    }
                };
            }
            // As `poll!`, in a frame that has not begun: tracing will tell of its beginning.
            macro_rules! poll_entered {
                () => {
                    if th.mutator.poll_bits() != 0 {
                        cold_path();
                        tri!(th.poll());
                        if !TRACED && th.traced.get() {
                            return Ok(Exit::Move);
                        }
                    }
                };
            }
            // Tells tracing of something, with the frame's place saved.
            macro_rules! tell {
                ($e:expr) => {
                    if TRACED {
                        tri!($e)
                    }
                };
            }
            // Returns from the frame that runs.
            macro_rules! finish {
                ($v:expr) => {{
                    let v: Value = $v;
                    tell!(trace::returned(th, frame, v));
                    leave!(v);
                }};
            }
            // Goes back to the frame below with the result of this one.
            macro_rules! leave {
                ($v:expr) => {{
                    let v: Value = $v;
                    // The record can be read until the next call.
                    let left = frame;
                    let (flags, dst) = (left.flags, left.dst);
                    if flags & frame_flags::LEAVE_SLOWLY == 0 {
                        calls::leave_plainly(th, left);
                        load_frame!(FramePtr(left.previous));
                        regs.set(dst, v);
                        continue;
                    }
                    cold_path();
                    if flags & frame_flags::LEAVE_SLOWLY == frame_flags::ENTRY {
                        th.frame.set(left.previous);
                        return Ok(Exit::Done(Step::Return(v)));
                    }
                    if frame.in_generator() {
                        generators::finished(th, frame);
                    }
                    calls::leave(th, frame);
                    if flags & frame_flags::ENTRY != 0 {
                        return Ok(Exit::Done(Step::Return(v)));
                    }
                    let below = FramePtr(th.frame.get());
                    th.stack_top.set(below.top);
                    load_frame!(below);
                    if flags & frame_flags::INIT != 0 {
                        if !v.is_none() {
                            tri!(Err(th.type_error(format!(
                                "__init__() should return None, not '{}'",
                                class_of(v).name_text()
                            ))))
                        }
                        regs.set(dst, left.instance());
                    } else if flags & frame_flags::DELEGATE != 0 {
                        let it = left.resume as u16;
                        tell!(trace::stop_iteration(th, frame, regs.get(it), v));
                        regs.set(dst, v);
                        regs.set(it, Value::ABSENT);
                        pc.step(1);
                    } else if flags & frame_flags::LOOP != 0 {
                        // The loop's generator ended: on past the loop.
                        if TRACED {
                            trail.branches();
                            if !v.is_none() {
                                tri!(trace::loop_value(th, frame, v));
                            }
                        }
                        pc.step(left.resume as isize);
                        frame.pc = pc.0;
                        regs.set(frame.spare_register, Value::ABSENT);
                    } else {
                        regs.set(dst, v);
                    }
                }};
            }
            // Suspends the generator that runs and gives a value to whoever resumed it.
            macro_rules! yielded {
                ($v:expr, $back:expr) => {{
                    let v: Value = $v;
                    if TRACED && let Some(to) = tri!(trace::yielded(th, frame, v)) {
                        // A trace function set the line: it goes on there.
                        pc = to;
                        trail.jumped();
                        continue;
                    }
                    pc.step($back);
                    loop {
                        let (flags, dst, advance) = (frame.flags, frame.dst, frame.advance);
                        frame.pc = pc.0;
                        generators::suspend(th, frame);
                        if flags & frame_flags::ENTRY != 0 {
                            return Ok(Exit::Done(Step::Yield(v)));
                        }
                        let below = FramePtr(th.frame.get());
                        th.stack_top.set(below.top);
                        load_frame!(below);
                        if flags & frame_flags::DELEGATE != 0 {
                            // That frame yields it on; its instruction is to be run again.
                            if TRACED && let Some(to) = tri!(trace::yielded(th, frame, v)) {
                                pc = to;
                                trail.jumped();
                                break;
                            }
                            frame.yield_register = dst;
                            pc.step(-1);
                            continue;
                        }
                        if TRACED {
                            trail.branches();
                        }
                        pc.step(advance as isize);
                        regs.set(dst, v);
                        poll!();
                        break;
                    }
                }};
            }
            // Enters a Python function whose arguments lie in this window's registers from `start`.
            macro_rules! enter {
                ($func:expr, $start:expr, $n:expr, $dst:expr, $words:expr) => {{
                    let func: Value = $func;
                    let f = func.expect::<Function>();
                    let c = f.code.expect();
                    let (start, n): (usize, usize) = ($start, $n);
                    let window = regs.from(start);
                    if c.simple_args.get() as usize == n
                        && th.has_room_above(frame, window.0, c.nregs.get() as usize)
                    {
                        window.clear(n, c.first_temp.get() as usize);
                        pc.step($words);
                        frame.pc = pc.0;
                        frame = th.push_frame_above(frame, func, c, window.0, $dst);
                        regs = window;
                        pc = Pc(c.start());
                        if TRACED {
                            trail = trace::Trail::at(frame);
                        }
                    } else if let Some(fr) = {
                        cold_path();
                        calls::enter_with_defaults(th, frame, func, f, window, n, $dst)
                    } {
                        pc.step($words);
                        frame.pc = pc.0;
                        load_frame!(fr);
                    } else {
                        if !frame.in_generator() {
                            th.stack_top.set(regs.from(start + n).0);
                        }
                        let args = Args::positional(regs.slice(start as u16, n));
                        let fr = tri!(calls::enter(th, func, f, args, $dst, 0));
                        pc.step($words);
                        frame.pc = pc.0;
                        load_frame!(fr);
                    }
                    poll_entered!();
                }};
            }
            macro_rules! native {
                ($top:expr, $e:expr) => {{
                    if !frame.in_generator() {
                        th.stack_top.set(regs.from($top).0);
                    }
                    frame.pc = pc.0;
                    let r = $e;
                    th.stack_top.set(frame.top);
                    match r {
                        Ok(v) => v,
                        Err(e) => {
                            cold_path();
                            break 'run (e, false);
                        }
                    }
                }};
            }
            macro_rules! call_value {
                ($f:expr, $start:expr, $n:expr, $dst:expr, $words:expr) => {{
                    let f: Value = $f;
                    let (start, n): (usize, usize) = ($start, $n);
                    tell!(trace::calling(th, frame, f, regs.slice(start as u16, n)));
                    if f.downcast::<Function>().is_some() {
                        enter!(f, start, n, $dst, $words);
                    } else if !TRACED && let Some(init) = calls::simple_init(f) {
                        // A class whose instances are plain: `__init__` runs in this loop.
                        frame.pc = pc.0;
                        let fr = tri!(calls::enter_class(th, frame, f, init, start, n, $dst));
                        pc.step($words);
                        frame.pc = pc.0;
                        load_frame!(fr);
                        poll_entered!();
                    } else if !TRACED
                        && let Some(call) = calls::python_special(f, names::CALL.get())
                    {
                        regs.set(start as u16 - 1, f);
                        enter!(call, start - 1, n + 1, $dst, $words);
                    } else {
                        let v = native!(start + n, {
                            let r = calls::call_native(th, f, regs, start, n);
                            if TRACED {
                                let args = regs.slice(start as u16, n);
                                let r = match r {
                                    Ok(Value::ABSENT) => {
                                        call::call_args(th, f, Args::positional(args))
                                    }
                                    r => r,
                                };
                                trace::called(th, frame, f, args.first().copied(), r)
                            } else {
                                r
                            }
                        });
                        if !TRACED && v.is_absent() {
                            let (dst, words) = ($dst, $words);
                            let call = OutsideCall {
                                f,
                                start,
                                n,
                                dst,
                                words,
                            };
                            return Ok(Exit::Outside(call));
                        }
                        regs.set($dst, v);
                        pc.step($words);
                        poll!();
                    }
                }};
            }
            // `v[k]`: a `__getitem__` of a Python class runs in this loop.
            macro_rules! item {
                ($i:expr, $v:expr, $k:expr) => {{
                    let (v, k): (Value, Value) = ($v, $k);
                    if !TRACED && let Some(f) = calls::python_special(v, names::GETITEM.get()) {
                        let fo = f.expect::<Function>();
                        let args = [v, k];
                        let args = Args::positional(&args);
                        let fr = tri!(calls::enter(th, f, fo, args, $i.a(), 0));
                        pc.step(1);
                        frame.pc = pc.0;
                        load_frame!(fr);
                        poll_entered!();
                        continue;
                    }
                    tri!(build::item(th, v, k))
                }};
            }
            macro_rules! arith {
                ($i:expr, $op:expr, |$x:ident, $y:ident| $int:expr, |$p:ident, $q:ident| $float:expr) => {{
                    let i = $i;
                    let (a, b) = (regs.get(i.b()), regs.get(i.c()));
                    if Value::both_small_int(a, b) {
                        let ($x, $y) = (a, b);
                        if let Some(v) = $int {
                            regs.set(i.a(), v);
                            pc.step(1);
                            continue;
                        }
                    } else {
                        // Integers need no jump.
                        cold_path();
                        if let Some(($p, $q)) = arith::floats(a, b)
                            && let Some(x) = $float
                        {
                            let x: f64 = x;
                            regs.set(i.a(), Value::float(th, x));
                            pc.step(1);
                            continue;
                        }
                    }
                    cold_path();
                    let v = tri!(arith::slow(th, $op, i.x() != 0, a, b));
                    regs.set(i.a(), v);
                    pc.step(1);
                }};
            }
            macro_rules! arith_imm {
                ($i:expr, $op:expr, |$x:ident, $y:ident| $int:expr, |$p:ident, $q:ident| $float:expr) => {{
                    let i = $i;
                    let a = regs.get(i.b());
                    let b = Value::small_int(i.c_imm() as i64);
                    if a.is_small_int() {
                        let ($x, $y) = (a, b);
                        if let Some(v) = $int {
                            regs.set(i.a(), v);
                            pc.step(1);
                            continue;
                        }
                    } else {
                        cold_path();
                        if a.is_small_float() {
                            let ($p, $q) = (a.small_float_unchecked(), i.c_imm() as f64);
                            let x: Option<f64> = $float;
                            if let Some(x) = x {
                                regs.set(i.a(), Value::float(th, x));
                                pc.step(1);
                                continue;
                            }
                        }
                    }
                    cold_path();
                    let v = tri!(arith::slow(th, $op, i.x() != 0, a, b));
                    regs.set(i.a(), v);
                    pc.step(1);
                }};
            }
            macro_rules! jump_cmp {
                ($i:expr, $op:expr, $b:expr, $want:expr, $poll:expr) => {{
                    let i = $i;
                    let (a, b): (Value, Value) = (regs.get(i.a()), $b);
                    let t = match arith::compare_fast(a, b, $op) {
                        Some(t) => t,
                        None => {
                            cold_path();
                            tri!(arith::compare_truth(th, a, b, $op))
                        }
                    };
                    if t == $want {
                        if !$poll {
                            // A branch: from a selected place nothing could be foreseen.
                            cold_path();
                        }
                        pc.step(i.off24() as isize);
                        if $poll {
                            poll!();
                        }
                    } else {
                        pc.step(1);
                    }
                }};
            }
            macro_rules! reg_b {
                ($i:expr) => {
                    regs.get($i.b())
                };
            }
            macro_rules! imm_b {
                ($i:expr) => {
                    Value::small_int($i.b_imm() as i64)
                };
            }

            loop {
                if TRACED {
                    frame.pc = pc.0;
                    if !th.traced.get() {
                        return Ok(Exit::Move);
                    }
                    let told = trace::step(th, frame, &mut trail);
                    pc = Pc(frame.pc);
                    if let Err(e) = told {
                        break 'run (e, false);
                    }
                }
                let i = Instr(pc.fetch());
                match i.byte() {
                    byte::NOP | byte::RESUME => {}
                    byte::MOVE => regs.set(i.a(), regs.get(i.b())),
                    byte::LOAD_CONST => {
                        regs.set(
                            i.c(),
                            frame.code().consts.expect().fields()[i.imm32() as usize].get(),
                        );
                    }
                    byte::LOAD_INT => regs.set(i.c(), Value::small_int(i.imm32() as i64)),
                    byte::CLEAR => regs.set(i.a(), Value::ABSENT),
                    byte::CHECK_LOCAL => {
                        if regs.get(i.a()).is_absent() {
                            tri!(Err(globals::unbound(th, frame.code(), i.a() as usize)))
                        }
                    }
                    byte::ADD => arith!(i, BinOp::Add, |a, b| arith::add_int(a, b), |x, y| Some(
                        x + y
                    )),
                    byte::SUB => arith!(i, BinOp::Sub, |a, b| arith::sub_int(a, b), |x, y| Some(
                        x - y
                    )),
                    byte::MUL => arith!(i, BinOp::Mul, |a, b| arith::mul_int(a, b), |x, y| Some(
                        x * y
                    )),
                    byte::TRUEDIV => arith!(
                        i,
                        BinOp::TrueDiv,
                        |a, b| {
                            let (x, y) = (a.small_int_unchecked(), b.small_int_unchecked());
                            let exact = 1i64 << 53;
                            if y != 0 && x.abs() <= exact && y.abs() <= exact {
                                Some(Value::float(th, x as f64 / y as f64))
                            } else {
                                None
                            }
                        },
                        |x, y| if y != 0.0 { Some(x / y) } else { None }
                    ),
                    byte::FLOORDIV => arith!(
                        i,
                        BinOp::FloorDiv,
                        |a, b| {
                            let (x, y) = (a.small_int_unchecked(), b.small_int_unchecked());
                            if y != 0 {
                                arith::floordiv_int(x, y)
                            } else {
                                None
                            }
                        },
                        |_x, _y| None
                    ),
                    byte::MOD => arith!(
                        i,
                        BinOp::Rem,
                        |a, b| {
                            let (x, y) = (a.small_int_unchecked(), b.small_int_unchecked());
                            if y != 0 {
                                Some(arith::mod_int(x, y))
                            } else {
                                None
                            }
                        },
                        |x, y| if y != 0.0 {
                            Some(arith::mod_float(x, y))
                        } else {
                            None
                        }
                    ),
                    byte::BINARY_OP => {
                        let (a, b) = (regs.get(i.b()), regs.get(i.c()));
                        let op = arith::bin_op(i.x());
                        let fast = if Value::both_small_int(a, b) {
                            arith::other_int(op, a.small_int_unchecked(), b.small_int_unchecked())
                        } else {
                            None
                        };
                        let v = match fast {
                            Some(v) => v,
                            None => tri!(arith::slow(th, op, i.x() & 0x80 != 0, a, b)),
                        };
                        regs.set(i.a(), v);
                        pc.step(1);
                    }
                    byte::ADD_I => {
                        arith_imm!(i, BinOp::Add, |a, b| arith::add_int(a, b), |x, y| Some(
                            x + y
                        ))
                    }
                    byte::SUB_I => {
                        arith_imm!(i, BinOp::Sub, |a, b| arith::sub_int(a, b), |x, y| Some(
                            x - y
                        ))
                    }
                    byte::MUL_I => {
                        arith_imm!(i, BinOp::Mul, |a, b| arith::mul_int(a, b), |x, y| Some(
                            x * y
                        ))
                    }
                    byte::FLOORDIV_I => arith_imm!(
                        i,
                        BinOp::FloorDiv,
                        |a, b| arith::floordiv_int(
                            a.small_int_unchecked(),
                            b.small_int_unchecked()
                        ),
                        |_x, _y| None
                    ),
                    byte::MOD_I => arith_imm!(
                        i,
                        BinOp::Rem,
                        |a, b| Some(arith::mod_int(
                            a.small_int_unchecked(),
                            b.small_int_unchecked()
                        )),
                        |x, y| Some(arith::mod_float(x, y))
                    ),
                    byte::AND_I => arith_imm!(
                        i,
                        BinOp::And,
                        |a, b| Some(Value::small_int(
                            a.small_int_unchecked() & b.small_int_unchecked()
                        )),
                        |_x, _y| None
                    ),
                    byte::LSHIFT_I => arith_imm!(
                        i,
                        BinOp::LShift,
                        |a, b| arith::shl(a.small_int_unchecked(), b.small_int_unchecked()),
                        |_x, _y| None
                    ),
                    byte::RSHIFT_I => arith_imm!(
                        i,
                        BinOp::RShift,
                        |a, b| Some(Value::small_int(
                            a.small_int_unchecked() >> b.small_int_unchecked().min(63)
                        )),
                        |_x, _y| None
                    ),
                    byte::UNARY_OP => {
                        let v = tri!(arith::unary(th, i.x(), regs.get(i.b())));
                        regs.set(i.a(), v);
                    }
                    byte::NOT | byte::TO_BOOL => {
                        let t = tri!(arith::truth(th, regs.get(i.b())));
                        regs.set(i.a(), Value::bool(t != (i.op() == Op::NOT)));
                    }
                    byte::COMPARE_OP => {
                        let (a, b, op) = (regs.get(i.b()), regs.get(i.c()), CmpOp::from_u8(i.x()));
                        let v = match arith::compare_fast(a, b, op) {
                            Some(t) => Value::bool(t),
                            None => tri!(ops::compare(th, a, b, op)),
                        };
                        regs.set(i.a(), v);
                        pc.step(1);
                    }
                    byte::COMPARE_I => {
                        let (a, op) = (regs.get(i.b()), CmpOp::from_u8(i.x()));
                        let b = Value::small_int(i.c_imm() as i64);
                        let v = match arith::compare_fast(a, b, op) {
                            Some(t) => Value::bool(t),
                            None => tri!(ops::compare(th, a, b, op)),
                        };
                        regs.set(i.a(), v);
                        pc.step(1);
                    }
                    byte::IS_OP => {
                        let same = regs.get(i.b()).is(regs.get(i.c()));
                        regs.set(i.a(), Value::bool(same != (i.x() != 0)));
                    }
                    byte::CONTAINS_OP => {
                        let t = tri!(arith::contains(th, regs.get(i.c()), regs.get(i.b())));
                        regs.set(i.a(), Value::bool(t != (i.x() != 0)));
                        pc.step(1);
                    }
                    byte::JUMP => pc.step(i.imm32() as isize),
                    byte::JUMP_BACK => {
                        pc.step(i.imm32() as isize);
                        poll!();
                    }
                    byte::JUMP_IF_TRUE => {
                        if tri!(arith::truth(th, regs.get(i.a()))) {
                            cold_path();
                            pc.step(i.off24() as isize);
                        }
                    }
                    byte::JUMP_IF_FALSE => {
                        if !tri!(arith::truth(th, regs.get(i.a()))) {
                            cold_path();
                            pc.step(i.off24() as isize);
                        }
                    }
                    byte::JUMP_IF_NONE => {
                        if regs.get(i.a()).is_none() {
                            cold_path();
                            pc.step(i.off24() as isize);
                        }
                    }
                    byte::JUMP_IF_NOT_NONE => {
                        if !regs.get(i.a()).is_none() {
                            cold_path();
                            pc.step(i.off24() as isize);
                        }
                    }
                    byte::JUMP_IF_IS => {
                        if regs.get(i.a()).is(regs.get(i.b())) {
                            cold_path();
                            pc.step(i.off24() as isize);
                        }
                    }
                    byte::JUMP_IF_IS_NOT => {
                        if !regs.get(i.a()).is(regs.get(i.b())) {
                            cold_path();
                            pc.step(i.off24() as isize);
                        }
                    }
                    byte::JUMP_IF_IN => {
                        let t = tri!(arith::contains(th, regs.get(i.b()), regs.get(i.a())));
                        if t {
                            cold_path();
                            pc.step(i.off24() as isize);
                        } else {
                            pc.step(1);
                        }
                    }
                    byte::JUMP_IF_NOT_IN => {
                        let t = tri!(arith::contains(th, regs.get(i.b()), regs.get(i.a())));
                        if t {
                            pc.step(1);
                        } else {
                            cold_path();
                            pc.step(i.off24() as isize);
                        }
                    }
                    byte::JUMP_IF_LT => jump_cmp!(i, CmpOp::Lt, reg_b!(i), true, false),
                    byte::JUMP_IF_LE => jump_cmp!(i, CmpOp::Le, reg_b!(i), true, false),
                    byte::JUMP_IF_EQ => jump_cmp!(i, CmpOp::Eq, reg_b!(i), true, false),
                    byte::JUMP_IF_NE => jump_cmp!(i, CmpOp::Ne, reg_b!(i), true, false),
                    byte::JUMP_IF_GT => jump_cmp!(i, CmpOp::Gt, reg_b!(i), true, false),
                    byte::JUMP_IF_GE => jump_cmp!(i, CmpOp::Ge, reg_b!(i), true, false),
                    byte::JUMP_IF_NOT_LT => jump_cmp!(i, CmpOp::Lt, reg_b!(i), false, false),
                    byte::JUMP_IF_NOT_LE => jump_cmp!(i, CmpOp::Le, reg_b!(i), false, false),
                    byte::JUMP_IF_NOT_EQ => jump_cmp!(i, CmpOp::Eq, reg_b!(i), false, false),
                    byte::JUMP_IF_NOT_NE => jump_cmp!(i, CmpOp::Ne, reg_b!(i), false, false),
                    byte::JUMP_IF_NOT_GT => jump_cmp!(i, CmpOp::Gt, reg_b!(i), false, false),
                    byte::JUMP_IF_NOT_GE => jump_cmp!(i, CmpOp::Ge, reg_b!(i), false, false),
                    byte::JUMP_IF_LT_I => jump_cmp!(i, CmpOp::Lt, imm_b!(i), true, false),
                    byte::JUMP_IF_LE_I => jump_cmp!(i, CmpOp::Le, imm_b!(i), true, false),
                    byte::JUMP_IF_EQ_I => jump_cmp!(i, CmpOp::Eq, imm_b!(i), true, false),
                    byte::JUMP_IF_NE_I => jump_cmp!(i, CmpOp::Ne, imm_b!(i), true, false),
                    byte::JUMP_IF_GT_I => jump_cmp!(i, CmpOp::Gt, imm_b!(i), true, false),
                    byte::JUMP_IF_GE_I => jump_cmp!(i, CmpOp::Ge, imm_b!(i), true, false),
                    byte::JUMP_IF_NOT_LT_I => jump_cmp!(i, CmpOp::Lt, imm_b!(i), false, false),
                    byte::JUMP_IF_NOT_LE_I => jump_cmp!(i, CmpOp::Le, imm_b!(i), false, false),
                    byte::JUMP_IF_NOT_EQ_I => jump_cmp!(i, CmpOp::Eq, imm_b!(i), false, false),
                    byte::JUMP_IF_NOT_NE_I => jump_cmp!(i, CmpOp::Ne, imm_b!(i), false, false),
                    byte::JUMP_IF_NOT_GT_I => jump_cmp!(i, CmpOp::Gt, imm_b!(i), false, false),
                    byte::JUMP_IF_NOT_GE_I => jump_cmp!(i, CmpOp::Ge, imm_b!(i), false, false),
                    byte::LOOP_IF_TRUE => {
                        if tri!(arith::truth(th, regs.get(i.a()))) {
                            pc.step(i.off24() as isize);
                            poll!();
                        }
                    }
                    byte::LOOP_IF_FALSE => {
                        if !tri!(arith::truth(th, regs.get(i.a()))) {
                            pc.step(i.off24() as isize);
                            poll!();
                        }
                    }
                    byte::LOOP_IF_NOT_NONE => {
                        if !regs.get(i.a()).is_none() {
                            pc.step(i.off24() as isize);
                            poll!();
                        }
                    }
                    byte::LOOP_IF_LT => jump_cmp!(i, CmpOp::Lt, reg_b!(i), true, true),
                    byte::LOOP_IF_LE => jump_cmp!(i, CmpOp::Le, reg_b!(i), true, true),
                    byte::LOOP_IF_EQ => jump_cmp!(i, CmpOp::Eq, reg_b!(i), true, true),
                    byte::LOOP_IF_NE => jump_cmp!(i, CmpOp::Ne, reg_b!(i), true, true),
                    byte::LOOP_IF_GT => jump_cmp!(i, CmpOp::Gt, reg_b!(i), true, true),
                    byte::LOOP_IF_GE => jump_cmp!(i, CmpOp::Ge, reg_b!(i), true, true),
                    byte::LOOP_IF_LT_I => jump_cmp!(i, CmpOp::Lt, imm_b!(i), true, true),
                    byte::LOOP_IF_LE_I => jump_cmp!(i, CmpOp::Le, imm_b!(i), true, true),
                    byte::LOOP_IF_EQ_I => jump_cmp!(i, CmpOp::Eq, imm_b!(i), true, true),
                    byte::LOOP_IF_NE_I => jump_cmp!(i, CmpOp::Ne, imm_b!(i), true, true),
                    byte::LOOP_IF_GT_I => jump_cmp!(i, CmpOp::Gt, imm_b!(i), true, true),
                    byte::LOOP_IF_GE_I => jump_cmp!(i, CmpOp::Ge, imm_b!(i), true, true),
                    byte::LOAD_GLOBAL => {
                        let v = match globals::cached_global(frame, pc) {
                            Some(v) => v,
                            None => {
                                cold_path();
                                let name = globals::name_of(frame.code(), i.imm32() as usize);
                                tri!(globals::load_global(th, frame, pc, name))
                            }
                        };
                        regs.set(i.c(), v);
                        pc.step(2);
                    }
                    byte::STORE_GLOBAL => {
                        let name = globals::name_of(frame.code(), i.imm32() as usize);
                        tri!(frame.globals().set(th, name, regs.get(i.c())));
                        pc.step(1);
                    }
                    byte::LOAD_NAME => {
                        let name = globals::name_of(frame.code(), i.imm32() as usize);
                        let v = tri!(globals::load_name(th, frame, name));
                        regs.set(i.c(), v);
                        pc.step(2);
                    }
                    byte::STORE_NAME => {
                        let name = globals::name_of(frame.code(), i.imm32() as usize);
                        tri!(globals::store_name(th, frame, name, regs.get(i.c())));
                        pc.step(1);
                    }
                    byte::LOAD_DEREF => {
                        let v = regs.get(i.b()).expect::<Cell>().value.get();
                        if v.is_absent() {
                            tri!(Err(globals::unbound(th, frame.code(), i.b() as usize)))
                        }
                        regs.set(i.a(), v);
                    }
                    byte::STORE_DEREF => {
                        let c = regs.get(i.a()).expect::<Cell>();
                        c.value.set(&c.header, regs.get(i.b()));
                    }
                    byte::LOAD_ATTR => {
                        let v = regs.get(i.b());
                        let x = match attrs::load_fast(v, pc) {
                            Some(x) => x,
                            None => {
                                if !TRACED && let Some(getter) = attrs::getter(v, pc) {
                                    let f = getter.expect::<Function>();
                                    let args = Args::positional(std::slice::from_ref(&v));
                                    let fr = tri!(calls::enter(th, getter, f, args, i.a(), 0));
                                    pc.step(2);
                                    frame.pc = pc.0;
                                    load_frame!(fr);
                                    poll_entered!();
                                    continue;
                                }
                                let name = globals::name_of(frame.code(), i.c() as usize);
                                tri!(attrs::load(th, frame, pc, v, name))
                            }
                        };
                        regs.set(i.a(), x);
                        pc.step(2);
                    }
                    byte::STORE_ATTR => {
                        let (v, x) = (regs.get(i.a()), regs.get(i.b()));
                        if !attrs::store_fast(v, pc, x) {
                            let name = globals::name_of(frame.code(), i.c() as usize);
                            tri!(attrs::store(th, frame, pc, v, name, x));
                        }
                        pc.step(2);
                    }
                    byte::LOAD_METHOD => {
                        let v = regs.get(i.b());
                        let (f, receiver) = match attrs::method_fast(v, pc) {
                            Some(m) => m,
                            None => {
                                let name = globals::name_of(frame.code(), i.c() as usize);
                                tri!(attrs::method(th, frame, pc, v, name))
                            }
                        };
                        regs.set(i.a(), f);
                        regs.set(i.a() + 1, receiver);
                        pc.step(2);
                    }
                    byte::LOAD_SUBSCR => {
                        let (v, k) = (regs.get(i.b()), regs.get(i.c()));
                        let x = match build::item_fast(v, k) {
                            Some(x) => x,
                            None => item!(i, v, k),
                        };
                        regs.set(i.a(), x);
                        pc.step(1);
                    }
                    byte::LOAD_SUBSCR_I => {
                        let (v, k) = (regs.get(i.b()), Value::small_int(i.c_imm() as i64));
                        let x = match build::item_fast(v, k) {
                            Some(x) => x,
                            None => item!(i, v, k),
                        };
                        regs.set(i.a(), x);
                        pc.step(1);
                    }
                    byte::STORE_SUBSCR => {
                        tri!(build::store_item(
                            th,
                            regs.get(i.a()),
                            regs.get(i.b()),
                            regs.get(i.c())
                        ));
                        pc.step(1);
                    }
                    byte::CALL => {
                        let base = i.b() as usize;
                        let mut f = regs.get(i.b());
                        let (mut start, mut n) = (base + 2, i.c() as usize);
                        if !TRACED && f.downcast::<Function>().is_some() {
                            enter!(f, start, n, i.a(), 2);
                            continue;
                        }
                        cold_path();
                        if let Some(m) = calls::bound(f) {
                            f = m.func.get();
                            regs.set(i.b() + 1, m.receiver.get());
                            start -= 1;
                            n += 1;
                        }
                        call_value!(f, start, n, i.a(), 2);
                    }
                    byte::CALL_METHOD => {
                        let base = i.b() as usize;
                        let mut f = regs.get(i.b());
                        let (mut start, mut n) = (base + 2, i.c() as usize);
                        if !regs.get(i.b() + 1).is_absent() {
                            start -= 1;
                            n += 1;
                        } else if let Some(m) = calls::bound(f) {
                            f = m.func.get();
                            regs.set(i.b() + 1, m.receiver.get());
                            start -= 1;
                            n += 1;
                        }
                        call_value!(f, start, n, i.a(), 2);
                    }
                    byte::CALL_KW => {
                        let base = i.b() as usize;
                        let kwnames =
                            frame.code().consts.expect().fields()[pc.peek(0) as usize].get();
                        let kwnames = kwnames.as_tuple().unwrap_or(&[]);
                        let mut f = regs.get(i.b());
                        let (mut start, mut n) = (base + 2, i.c() as usize);
                        if i.x() != 0 && !regs.get(i.b() + 1).is_absent() {
                            start -= 1;
                            n += 1;
                        } else if let Some(m) = calls::bound(f) {
                            f = m.func.get();
                            regs.set(i.b() + 1, m.receiver.get());
                            start -= 1;
                            n += 1;
                        }
                        let args = Args {
                            values: regs.slice(start as u16, n),
                            kwnames,
                        };
                        tell!(trace::calling(
                            th,
                            frame,
                            f,
                            &args.values[..n - kwnames.len()]
                        ));
                        if let Some(fo) = f.downcast::<Function>() {
                            if !frame.in_generator() {
                                th.stack_top.set(regs.from(start + n).0);
                            }
                            let fr = tri!(calls::enter(th, f, fo, args, i.a(), 0));
                            pc.step(3);
                            frame.pc = pc.0;
                            load_frame!(fr);
                            poll_entered!();
                        } else {
                            let v = native!(
                                start + n,
                                if TRACED {
                                    let first = args.pos().first().copied();
                                    trace::called(th, frame, f, first, call::call_args(th, f, args))
                                } else {
                                    call::call_args(th, f, args)
                                }
                            );
                            regs.set(i.a(), v);
                            pc.step(3);
                            poll!();
                        }
                    }
                    byte::CALL_EX => {
                        let (f, args) = (regs.get(i.b()), regs.get(i.b() + 2));
                        let first = args.as_tuple().and_then(|t| t.first()).copied();
                        tell!(trace::calling(th, frame, f, first.as_slice()));
                        let v = native!(i.b() as usize + 4, {
                            let r = build::call_ex(th, f, args, regs.get(i.b() + 3));
                            if TRACED && f.downcast::<Function>().is_none() {
                                trace::called(th, frame, f, first, r)
                            } else {
                                r
                            }
                        });
                        regs.set(i.a(), v);
                        pc.step(2);
                        poll!();
                    }
                    byte::GET_ITER => {
                        let v = tri!(ops::iter(th, regs.get(i.b())));
                        regs.set(i.a(), v);
                    }
                    byte::FOR_ITER | byte::FOR_LOOP => {
                        let it = regs.get(i.b());
                        let backward = i.op() == Op::FOR_LOOP;
                        macro_rules! iterated {
                            ($next:expr) => {
                                match $next {
                                    Some(v) => {
                                        regs.set(i.a(), v);
                                        if backward {
                                            pc.step(i.off24() as isize);
                                            poll!();
                                        } else {
                                            pc.step(1);
                                        }
                                    }
                                    None => {
                                        cold_path();
                                        regs.set(i.b(), Value::ABSENT);
                                        pc.step(if backward { 1 } else { i.off24() as isize });
                                    }
                                }
                            };
                        }
                        if !TRACED && let Some(next) = iterate::hot(th, it) {
                            iterated!(next);
                            continue;
                        }
                        if let Some(g) = it.downcast::<Generator>()
                            && !th.is_at_recursion_limit()
                            && generators::start_in_loop(g, it)
                        {
                            // The generator's frame runs in this loop; see `finish!` and `YIELD`.
                            let off = i.off24();
                            frame.pc = pc.0;
                            frame.spare_register = i.b();
                            let (advance, resume) = if backward { (off, 1) } else { (1, off) };
                            let fr = generators::enter_in_loop(th, g, i.a(), advance, resume);
                            load_frame!(fr);
                            poll_entered!();
                            continue;
                        }
                        let next = if TRACED {
                            tri!(trace::next(th, frame, it))
                        } else {
                            let mut after = pc;
                            after.step(if backward { i.off24() as isize } else { 1 });
                            let unpack = Instr(after.peek(0));
                            if unpack.byte() == byte::UNPACK_PAIR
                                && unpack.b() == i.a()
                                && u32::from(i.a()) >= frame.code().first_temp.get()
                            {
                                // Of a pair that is unpacked at once no tuple is made.
                                match tri!(iterate::next_pair(th, it)) {
                                    Next::Pair(x, y) => {
                                        regs.set(unpack.a(), x);
                                        regs.set(unpack.c(), y);
                                        after.step(2);
                                        pc = after;
                                        poll!();
                                        continue;
                                    }
                                    Next::Item(x) => Some(x),
                                    Next::End => None,
                                }
                            } else {
                                tri!(build::next(th, it))
                            }
                        };
                        iterated!(next);
                    }
                    byte::UNPACK_SEQUENCE => {
                        let to = regs.from(i.a() as usize);
                        tri!(build::unpack_to(th, regs.get(i.b()), i.c() as usize, to));
                        pc.step(1);
                    }
                    byte::UNPACK_PAIR => {
                        let v = regs.get(i.b());
                        let (x, y) = match v.as_tuple() {
                            Some([x, y]) if class_of(v).is(&TUPLE) => (*x, *y),
                            _ => {
                                let items = tri!(build::unpack(th, v, 2));
                                (items[0], items[1])
                            }
                        };
                        regs.set(i.a(), x);
                        regs.set(i.c(), y);
                        pc.step(1);
                    }
                    byte::BUILD_LIST => {
                        let v = tri!(Value::list(th, regs.slice(i.b(), i.c() as usize)));
                        regs.set(i.a(), v);
                    }
                    byte::BUILD_TUPLE => {
                        let v = tri!(Value::try_tuple(th, regs.slice(i.b(), i.c() as usize)));
                        regs.set(i.a(), v);
                    }
                    byte::LIST_APPEND => {
                        tri!(
                            regs.get(i.a())
                                .expect::<taipan_object::seq::List>()
                                .append(th, regs.get(i.b()))
                        );
                    }
                    byte::RETURN => finish!(regs.get(i.a())),
                    byte::RETURN_CONST => {
                        finish!(frame.code().consts.expect().fields()[i.imm32() as usize].get())
                    }
                    byte::RETURN_GENERATOR => {
                        frame.pc = pc.0;
                        let g = tri!(generators::make(th, frame));
                        leave!(g)
                    }
                    byte::YIELD => {
                        let mut v = regs.get(i.b());
                        if i.x() != 0 {
                            v = tri!(generators::wrap_async(th, v));
                        }
                        frame.yield_register = i.a();
                        yielded!(v, 0);
                    }
                    byte::YIELD_FROM => {
                        let (sent, it) = (regs.get(i.a()), regs.get(i.b()));
                        if !TRACED
                            && let Some(g) = it.downcast::<Generator>()
                            && !th.is_at_recursion_limit()
                            && generators::start_delegate(g, it, sent)
                        {
                            frame.pc = pc.0;
                            let fr = generators::enter_delegate(th, g, i.a(), i.b());
                            load_frame!(fr);
                            poll_entered!();
                            continue;
                        }
                        match tri!(generators::send_to(th, it, sent)) {
                            Step::Yield(v) => {
                                frame.yield_register = i.a();
                                // To be run again when it goes on.
                                yielded!(v, -1);
                            }
                            Step::Return(v) => {
                                tell!(trace::stop_iteration(th, frame, it, v));
                                regs.set(i.a(), v);
                                regs.set(i.b(), Value::ABSENT);
                                pc.step(1);
                            }
                        }
                    }
                    byte::END_ASYNC_FOR => {
                        let e = regs.get(i.a());
                        if !types::is_instance(e, &taipan_object::exception::STOP_ASYNC_ITERATION) {
                            frame.pc = pc.0;
                            break 'run (Raised(e), true);
                        }
                        regs.set(i.a(), Value::ABSENT);
                    }
                    byte::RAISE => {
                        frame.pc = pc.0;
                        let e = match i.x() {
                            0 => raise::reraise_handled(th),
                            1 => raise::raise(th, regs.get(i.a()), Value::ABSENT),
                            _ => raise::raise(th, regs.get(i.a()), regs.get(i.b())),
                        };
                        let again = i.x() == 0;
                        break 'run (e, again && raise::has_traceback(e));
                    }
                    byte::RERAISE => {
                        frame.pc = pc.0;
                        break 'run (Raised(regs.get(i.a())), true);
                    }
                    // All that is left.
                    rare::rare_bytes!() => {
                        let n = tri!(rare::run(th, frame, frame.code(), regs, pc, i));
                        pc.step(n);
                    }
                }
            }
        };
        let (f, from) = raise::unwind(th, frame, pc, raised, again, TRACED)?;
        frame = f;
        regs = Regs(frame.regs);
        pc = Pc(frame.pc);
        if TRACED {
            trail.jumped_from(from);
        }
    }
}
