//! The register stack and the frame records of a thread: whether there is room, the recursion limit, entering frames.

use super::{MAX_FRAMES, WINDOWS_BYTES, for_each_thread};
use crate::code::Code;
use crate::frame::{self, FramePtr, FrameRec};
use crate::heap::Object;
use crate::thread::Thread;
use crate::value::Value;
use std::sync::atomic::Ordering;
use taipan_gc as gc;

impl Thread {
    /// Where the record of a frame with `nregs` registers from `regs` on would lie; nothing where the registers do not
    /// fit or the recursion limit is reached.
    #[inline(always)]
    pub fn free_record(&self, regs: *mut Value, nregs: usize) -> Option<*mut FrameRec> {
        let at = self.free_frame();
        // No code has so many registers that this could overflow.
        let room = regs as usize + nregs * 8 <= self.stack_end as usize
            && (at as usize) < self.frame_limit.get() + size_of::<FrameRec>();
        room.then_some(at)
    }

    /// Whether a frame with `nregs` registers from `regs` on, which may lie anywhere, can have its registers there and
    /// its record behind that of `frame`, the innermost: both lie on this thread's stacks and there is room.
    #[inline(always)]
    pub fn has_room_above(&self, frame: FramePtr, regs: *mut Value, nregs: usize) -> bool {
        let end = regs as usize + nregs * 8;
        (self.stack_end as usize).wrapping_sub(end) <= WINDOWS_BYTES
            && (frame.0 as usize) < self.frame_limit.get()
    }

    /// Whether no further level of calls may begin.
    #[inline]
    pub fn is_at_recursion_limit(&self) -> bool {
        (self.free_frame() as usize) >= self.frame_limit.get() + size_of::<FrameRec>()
    }

    /// How many levels of calls there are.
    pub fn depth(&self) -> usize {
        let (limit, whole) = (self.frame_limit.get(), self.whole_frame_limit.get());
        // The limit may be above the whole while a `RecursionError` is raised.
        let end = self.free_frame() as usize + whole;
        (end - limit - self.frames as usize) / size_of::<FrameRec>()
    }

    /// A level of calls begins that has no record on the frame stack.
    #[inline(always)]
    pub fn descend(&self) {
        let limit = self.frame_limit.get();
        self.frame_limit.set(limit - size_of::<FrameRec>());
    }

    /// Such a level ends.
    #[inline(always)]
    pub fn ascend(&self) {
        let limit = self.frame_limit.get();
        self.frame_limit.set(limit + size_of::<FrameRec>());
    }

    /// Takes on the interpreter's recursion limit. For a thread's own use, or while it stands still.
    pub(super) fn set_frame_limit(&self) {
        let before = self.whole_frame_limit.get();
        let limit = self.interp.recursion_limit.load(Ordering::SeqCst);
        // Some are in reserve for raising the exception.
        let most = (limit as usize).clamp(1, MAX_FRAMES - 64);
        let whole = self.frames as usize + (most - 1) * size_of::<FrameRec>();
        self.whole_frame_limit.set(whole);
        self.frame_limit
            .set(self.frame_limit.get() + whole - before);
    }

    /// Sets the recursion limit of all of this interpreter's threads, to at least 1.
    pub fn set_recursion_limit(&self, limit: i32) {
        self.interp.recursion_limit.store(limit, Ordering::SeqCst);
        gc::stop_world(self.mutator, || {
            for_each_thread(&mut |th| {
                if std::ptr::eq(th.interp, self.interp) {
                    th.set_frame_limit();
                }
            });
        });
    }

    /// The first free record of the frame stack.
    #[inline]
    pub fn free_frame(&self) -> *mut FrameRec {
        let innermost = self.frame.get();
        if self.owns_frame(innermost) {
            innermost.wrapping_add(1)
        } else {
            frame::free_above(innermost).unwrap_or(self.frames)
        }
    }

    /// Whether a frame record lies on this thread's frame stack.
    pub fn owns_frame(&self, rec: *const FrameRec) -> bool {
        rec >= self.frames.cast_const() && rec < self.frames_end.cast_const()
    }

    /// Pushes the frame of a function that is about to begin, in the record that [`Thread::free_record`] gave. `last` is
    /// the caller's register for the result and the frame's flags.
    #[inline]
    pub fn push_frame(
        &self,
        at: *mut FrameRec,
        func: Value,
        code: &Object<Code>,
        regs: *mut Value,
        last: (u16, u16),
    ) -> FramePtr {
        self.write_frame(at, FramePtr(self.frame.get()), (func, code), regs, last)
    }

    /// As [`Thread::push_frame`] where `frame` is the innermost and [`Thread::has_room_above`] it.
    #[inline(always)]
    pub fn push_frame_above(
        &self,
        frame: FramePtr,
        func: Value,
        code: &Object<Code>,
        regs: *mut Value,
        dst: u16,
    ) -> FramePtr {
        self.write_frame(frame.0.wrapping_add(1), frame, (func, code), regs, (dst, 0))
    }

    #[inline(always)]
    fn write_frame(
        &self,
        at: *mut FrameRec,
        previous: FramePtr,
        (func, code): (Value, &Object<Code>),
        regs: *mut Value,
        last: (u16, u16),
    ) -> FramePtr {
        debug_assert!(self.owns_frame(at));
        let top = regs.wrapping_add(code.nregs.get() as usize);
        let mut frame = FramePtr(at);
        frame.begin(func, code, regs, previous, top, last);
        self.stack_top.set(top);
        self.frame.set(at);
        frame
    }
}
