//! Network interfaces.

use crate::check::bytes;
use std::ffi::CStr;
use std::io;

/// An interface's number and name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    pub index: u32,
    pub name: Vec<u8>,
}

/// All interfaces.
pub fn if_nameindex() -> io::Result<Vec<Interface>> {
    // SAFETY: the list ends with index 0 and is freed after it was copied.
    unsafe {
        let head = libc::if_nameindex();
        if head.is_null() {
            return Err(io::Error::last_os_error());
        }
        let mut found = Vec::new();
        let mut at = head;
        while (*at).if_index != 0 && !(*at).if_name.is_null() {
            found.push(Interface {
                index: (*at).if_index,
                name: bytes((*at).if_name),
            });
            at = at.add(1);
        }
        libc::if_freenameindex(head);
        Ok(found)
    }
}

/// An interface's number.
pub fn if_nametoindex(name: &CStr) -> io::Result<u32> {
    // SAFETY: terminated name.
    match unsafe { libc::if_nametoindex(name.as_ptr()) } {
        0 => Err(io::Error::last_os_error()),
        index => Ok(index),
    }
}

/// An interface's name.
pub fn if_indextoname(index: u32) -> io::Result<Vec<u8>> {
    let mut buffer = [0u8; libc::IF_NAMESIZE];
    // SAFETY: room for any interface's name.
    let text = unsafe { libc::if_indextoname(index, buffer.as_mut_ptr().cast()) };
    if text.is_null() {
        return Err(io::Error::last_os_error());
    }
    Ok(CStr::from_bytes_until_nul(&buffer).map_or(Vec::new(), |text| text.to_bytes().to_vec()))
}
