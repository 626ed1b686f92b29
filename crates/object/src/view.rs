//! The layout of a view of memory: what `memoryview` slices, casts, reads and writes.
//!
//! All addresses stay inside this module: an index is checked against the shape before memory is touched. The owner of
//! a [`View`] keeps the exporter's memory in place while it uses the view.

use crate::buffer::Buffer;
use crate::value::Value;
use std::collections::HashSet;
use std::sync::{Mutex, OnceLock};

/// A view of items in one or more dimensions; none at all is one single item.
#[derive(Clone, Debug)]
pub struct View {
    /// The address of the first item.
    address: usize,
    /// Whether the items must not be written.
    pub readonly: bool,
    /// The `struct` format of one item.
    pub format: &'static str,
    /// Bytes of one item.
    pub itemsize: usize,
    /// Items per dimension.
    pub shape: Vec<isize>,
    /// Bytes from one item to the next, per dimension.
    pub strides: Vec<isize>,
}

/// The largest item that is read or written by value.
pub const MAX_ITEM: usize = 16;

/// A format's text as one that lives for ever; each text is kept once.
pub fn static_format(text: &str) -> &'static str {
    static KNOWN: OnceLock<Mutex<HashSet<&'static str>>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| Mutex::new(HashSet::new()));
    let mut known = known.lock().unwrap_or_else(|e| e.into_inner());
    match known.get(text) {
        Some(t) => t,
        None => {
            let t: &'static str = Box::leak(text.to_owned().into_boxed_str());
            known.insert(t);
            t
        }
    }
}

/// The strides of items that lie one behind the other in C order.
pub fn c_strides(shape: &[isize], itemsize: usize) -> Vec<isize> {
    let mut strides = vec![0; shape.len()];
    let mut step = itemsize as isize;
    for (s, n) in strides.iter_mut().zip(shape).rev() {
        *s = step;
        step *= *n;
    }
    strides
}

impl View {
    /// The layout of an exported buffer.
    pub fn of(b: &Buffer) -> View {
        let (shape, strides) = if b.shape.is_empty() {
            let n = b.len.checked_div(b.itemsize).unwrap_or(0) as isize;
            (vec![n], vec![b.itemsize as isize])
        } else if b.strides.is_empty() {
            (b.shape.clone(), c_strides(&b.shape, b.itemsize))
        } else {
            (b.shape.clone(), b.strides.clone())
        };
        View {
            address: b.ptr as usize,
            readonly: b.readonly,
            format: b.format,
            itemsize: b.itemsize,
            shape,
            strides,
        }
    }

    /// A buffer of this layout that `owner` exports.
    pub fn export(&self, owner: Value, on_release: Option<fn(Value)>) -> Buffer {
        let mut b = Buffer::bytes(owner, self.address as *mut u8, self.nbytes(), self.readonly);
        b.format = self.format;
        b.itemsize = self.itemsize;
        b.shape = self.shape.clone();
        b.strides = self.strides.clone();
        b.on_release = on_release;
        b
    }

    /// How many items.
    pub fn count(&self) -> usize {
        self.shape.iter().map(|n| *n as usize).product()
    }

    /// Bytes of all items.
    pub fn nbytes(&self) -> usize {
        self.count() * self.itemsize
    }

    /// Whether the items lie one behind the other in C order.
    pub fn is_c_contiguous(&self) -> bool {
        self.count() == 0
            || contiguous(
                self.shape.iter().rev(),
                self.strides.iter().rev(),
                self.itemsize,
            )
    }

    /// Whether the items lie one behind the other in Fortran's order.
    pub fn is_f_contiguous(&self) -> bool {
        self.count() == 0 || contiguous(self.shape.iter(), self.strides.iter(), self.itemsize)
    }

    fn offset(&self, index: &[usize]) -> isize {
        assert_eq!(index.len(), self.shape.len());
        index
            .iter()
            .zip(&self.shape)
            .zip(&self.strides)
            .map(|((i, n), s)| {
                assert!((*i as isize) < *n);
                *i as isize * s
            })
            .sum()
    }

    fn bytes_at(&self, offset: isize) -> *mut u8 {
        (self.address as isize + offset) as *mut u8
    }

    /// Copies one item out; its index is within the shape.
    pub fn read(&self, index: &[usize], out: &mut [u8]) {
        let from = self.bytes_at(self.offset(index));
        assert!(out.len() <= self.itemsize);
        // SAFETY: the index is within the shape; the view's owner keeps the memory.
        unsafe { std::ptr::copy_nonoverlapping(from, out.as_mut_ptr(), out.len()) }
    }

    /// Stores one item; its index is within the shape.
    pub fn write(&self, index: &[usize], item: &[u8]) {
        assert!(!self.readonly && item.len() <= self.itemsize);
        let to = self.bytes_at(self.offset(index));
        // SAFETY: as in `read`.
        unsafe { std::ptr::copy_nonoverlapping(item.as_ptr(), to, item.len()) }
    }

    fn each(&self, fortran: bool, f: &mut dyn FnMut(*mut u8)) {
        let n = self.shape.len();
        if self.count() == 0 {
            return;
        }
        let mut index = vec![0isize; n];
        loop {
            let offset = index.iter().zip(&self.strides).map(|(i, s)| i * s).sum();
            f(self.bytes_at(offset));
            let mut d = 0;
            loop {
                if d == n {
                    return;
                }
                let at = if fortran { d } else { n - 1 - d };
                index[at] += 1;
                if index[at] < self.shape[at] {
                    break;
                }
                index[at] = 0;
                d += 1;
            }
        }
    }

    /// A copy of all items, in C order or in Fortran's.
    pub fn gather(&self, fortran: bool) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.nbytes());
        let plain = if fortran {
            self.is_f_contiguous()
        } else {
            self.is_c_contiguous()
        };
        if plain {
            // SAFETY: contiguous: all bytes lie from the first item on.
            unsafe {
                std::ptr::copy_nonoverlapping(self.bytes_at(0), out.as_mut_ptr(), self.nbytes());
                out.set_len(self.nbytes());
            }
            return out;
        }
        let size = self.itemsize;
        self.each(fortran, &mut |p| {
            // SAFETY: `p` is the address of an item of the view; `out` has room for all of them.
            unsafe {
                let n = out.len();
                std::ptr::copy_nonoverlapping(p, out.as_mut_ptr().add(n), size);
                out.set_len(n + size);
            }
        });
        out
    }

    /// Stores all items, given in C order.
    pub fn scatter(&self, bytes: &[u8]) {
        assert!(!self.readonly && bytes.len() == self.nbytes());
        let size = self.itemsize;
        let mut from = bytes.chunks_exact(size.max(1));
        self.each(false, &mut |p| {
            if let Some(item) = from.next() {
                // SAFETY: `p` is the address of an item of the view.
                unsafe { std::ptr::copy_nonoverlapping(item.as_ptr(), p, size) }
            }
        });
    }

    /// Items of the first dimension: `count` from `start` on, by `step`; all within the shape.
    pub fn slice(&self, start: isize, step: isize, count: isize) -> View {
        let mut out = self.clone();
        if count > 0 {
            let last = start + (count - 1) * step;
            assert!(start >= 0 && start < self.shape[0] && last >= 0 && last < self.shape[0]);
            out.address = self.bytes_at(start * self.strides[0]) as usize;
        }
        out.shape[0] = count;
        out.strides[0] = self.strides[0] * step;
        out
    }

    /// The same bytes (C-contiguous) as items of another size, in the given shape: one that has as many bytes.
    pub fn cast(&self, format: &'static str, itemsize: usize, shape: Vec<isize>) -> View {
        let n: isize = shape.iter().product();
        assert!(self.is_c_contiguous() && n as usize * itemsize == self.nbytes());
        View {
            address: self.address,
            readonly: self.readonly,
            format,
            itemsize,
            strides: c_strides(&shape, itemsize),
            shape,
        }
    }
}

fn contiguous<'a>(
    shape: impl Iterator<Item = &'a isize>,
    strides: impl Iterator<Item = &'a isize>,
    itemsize: usize,
) -> bool {
    let mut expect = itemsize as isize;
    for (n, s) in shape.zip(strides) {
        if *n > 1 && *s != expect {
            return false;
        }
        expect *= *n;
    }
    true
}
