//! A pretend engine: three kinds of cells, enough to test the collector without an interpreter.
#![allow(dead_code, reason = "each test file uses a part")]

use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};
use taipan_gc::{self as gc, Cell, KindInfo, Marker, Mutator};

pub const NODE: u8 = 10;
pub const ARRAY: u8 = 11;
pub const OWNER: u8 = 12;
pub const WEAK: u8 = 13;
pub const BYTES: u8 = 14;

/// Two references and a number.
#[repr(C)]
pub struct Node {
    pub header: gc::Header,
    pub left: Cell,
    pub right: Cell,
    pub value: usize,
}

/// `length` references follow.
#[repr(C)]
pub struct Array {
    pub header: gc::Header,
    pub length: usize,
}

/// Owns memory outside the heap, which its drop function frees.
#[repr(C)]
pub struct Owner {
    pub header: gc::Header,
    pub data: *mut u64,
}

/// A weak reference.
#[repr(C)]
pub struct Weak {
    pub header: gc::Header,
    pub target: usize,
    pub tag: usize,
}

pub static DROPPED: AtomicUsize = AtomicUsize::new(0);

unsafe fn trace_node(cell: Cell, marker: &mut Marker) {
    // SAFETY: registered for nodes.
    unsafe {
        marker.mark((*cell.cast::<Node>()).left);
        marker.mark((*cell.cast::<Node>()).right);
    }
}

unsafe fn trace_array(cell: Cell, marker: &mut Marker) {
    // SAFETY: registered for arrays.
    unsafe {
        let array = cell.cast::<Array>();
        for index in 0..(*array).length {
            marker.mark(*item(array, index));
        }
    }
}

unsafe fn drop_owner(cell: Cell) {
    // SAFETY: registered for owners.
    unsafe {
        let owner = cell.cast::<Owner>();
        if !(*owner).data.is_null() {
            drop(Box::from_raw((*owner).data));
        }
    }
    DROPPED.fetch_add(1, Ordering::Relaxed);
}

pub fn start() -> Box<Mutator> {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let kind =
            |kind, name, trace, drop| gc::register_kind(kind, KindInfo { name, trace, drop });
        kind(
            NODE,
            "node",
            Some(trace_node as unsafe fn(Cell, &mut Marker)),
            None,
        );
        kind(ARRAY, "array", Some(trace_array), None);
        kind(OWNER, "owner", None, Some(drop_owner as unsafe fn(Cell)));
        kind(WEAK, "weak", None, None);
        kind(BYTES, "bytes", None, None);
    });
    Mutator::attach().expect("attach")
}

pub const NULL: Cell = std::ptr::null_mut();

pub fn node(m: &Mutator, left: Cell, right: Cell, value: usize) -> Cell {
    let cell = m.alloc(NODE, size_of::<Node>()).expect("memory");
    // SAFETY: a new node.
    unsafe {
        let node = cell.cast::<Node>();
        assert!((*node).left.is_null() && (*node).right.is_null() && (*node).value == 0);
        (*node).left = left;
        (*node).right = right;
        (*node).value = value;
    }
    cell
}

pub fn array(m: &Mutator, length: usize) -> Cell {
    let cell = m
        .alloc(ARRAY, size_of::<Array>() + length * 8)
        .expect("memory");
    // SAFETY: a new array.
    unsafe { (*cell.cast::<Array>()).length = length };
    cell
}

pub fn owner(m: &Mutator, value: u64) -> Cell {
    let cell = m.alloc(OWNER, size_of::<Owner>()).expect("memory");
    // SAFETY: a new owner.
    unsafe { (*cell.cast::<Owner>()).data = Box::into_raw(Box::new(value)) };
    cell
}

pub fn weak(m: &Mutator, target: Cell, callback: bool, tag: usize) -> Cell {
    let cell = m.alloc(WEAK, size_of::<Weak>()).expect("memory");
    // SAFETY: a new weak cell.
    unsafe {
        (*cell.cast::<Weak>()).target = target.addr();
        (*cell.cast::<Weak>()).tag = tag;
        if callback {
            (*cell).set_flags(gc::FLAG_WEAK_CALLBACK);
        }
    }
    gc::register_weak(cell);
    cell
}

/// The place of an array's item.
///
/// # Safety
/// A live array with that index.
pub unsafe fn item(array: *mut Array, index: usize) -> *mut Cell {
    // SAFETY: as the caller says.
    unsafe { array.add(1).cast::<Cell>().add(index) }
}

pub fn get(cell: Cell, index: usize) -> Cell {
    // SAFETY: tests pass live arrays.
    unsafe {
        assert_eq!((*cell).kind, ARRAY);
        assert!(index < (*cell.cast::<Array>()).length);
        *item(cell.cast(), index)
    }
}

pub fn set(cell: Cell, index: usize, to: Cell) {
    // SAFETY: tests pass live arrays.
    unsafe {
        assert_eq!((*cell).kind, ARRAY);
        assert!(index < (*cell.cast::<Array>()).length);
        *item(cell.cast(), index) = to;
    }
    gc::write_barrier(cell);
}

pub fn value(cell: Cell) -> usize {
    // SAFETY: tests pass live nodes.
    unsafe {
        assert_eq!((*cell).kind, NODE);
        (*cell.cast::<Node>()).value
    }
}

pub fn target(weak: Cell) -> usize {
    // SAFETY: tests pass live weak cells.
    unsafe { (*weak.cast::<Weak>()).target }
}

/// A binary tree; node number `n` has the children `2n` and `2n + 1`.
pub fn tree(m: &Mutator, depth: u32, number: usize) -> Cell {
    if depth == 0 {
        return node(m, NULL, NULL, number);
    }
    let left = tree(m, depth - 1, number * 2);
    let right = tree(m, depth - 1, number * 2 + 1);
    node(m, left, right, number)
}

/// Panics if the tree is not as `tree` made it; the number of its nodes.
pub fn check_tree(cell: Cell, depth: u32, number: usize) -> usize {
    assert_eq!(value(cell), number);
    // SAFETY: a live node.
    let (left, right) = unsafe { ((*cell.cast::<Node>()).left, (*cell.cast::<Node>()).right) };
    if depth == 0 {
        assert!(left.is_null() && right.is_null());
        return 1;
    }
    1 + check_tree(left, depth - 1, number * 2) + check_tree(right, depth - 1, number * 2 + 1)
}

/// Runs `f` in a frame of its own, then overwrites the stack that it used, so that little of what it
/// left there keeps cells alive.
#[inline(never)]
pub fn apart<R>(f: impl FnOnce() -> R) -> R {
    let result = inner(f);
    scrub();
    result
}

#[inline(never)]
fn inner<R>(f: impl FnOnce() -> R) -> R {
    f()
}

#[inline(never)]
fn scrub() {
    let mut space = [0usize; 4096];
    std::hint::black_box(&mut space);
}

/// Allocates a node that nothing keeps.
pub fn waste(m: &Mutator, value: usize) {
    node(m, NULL, NULL, value);
}
