//! The tables the build script wrote.

/// A string in the table of names: two integers, so that the tables need no relocation.
pub struct Name {
    at: u32,
    len: u32,
}

impl Name {
    pub fn get(&self) -> &'static str {
        &NAMES[self.at as usize..][..self.len as usize]
    }
}

/// One packed file.
pub struct File {
    pub name: Name,
    /// Where its contents begin in the blob.
    pub at: u32,
    /// How many bytes they take there; equal to `len` when they are not compressed.
    pub packed_len: u32,
    pub len: u32,
    /// Where its compiled code lies.
    pub code_at: u32,
    /// Zero when there is none.
    pub code_len: u32,
}

/// One module: its name and its file.
pub struct Entry {
    pub name: Name,
    pub file: u16,
    pub is_package: bool,
}

/// Gives the blob an alignment that code may rely on.
#[repr(C, align(16))]
struct Aligned<T: ?Sized>(T);

static ALIGNED: &Aligned<[u8]> =
    &Aligned(*include_bytes!(concat!(env!("OUT_DIR"), "/library.bin")));

/// All files, one after the other.
pub static BLOB: &[u8] = &ALIGNED.0;

include!(concat!(env!("OUT_DIR"), "/library.rs"));
