//! The older look-ups: hosts with aliases, services, protocols.

use crate::c_state::NAMES;
use crate::check::bytes;
use libc::{c_char, c_int};
use std::ffi::CStr;

/// A host's names and addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostEntry {
    pub name: Vec<u8>,
    pub aliases: Vec<Vec<u8>>,
    pub family: c_int,
    /// 4 or 16 bytes each.
    pub addresses: Vec<Vec<u8>>,
}

/// Why a host was not found: `h_errno` and its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NameError {
    pub code: c_int,
    pub message: String,
}

unsafe extern "C" {
    fn gethostbyname_r(
        name: *const c_char,
        entry: *mut libc::hostent,
        buffer: *mut c_char,
        len: usize,
        result: *mut *mut libc::hostent,
        error: *mut c_int,
    ) -> c_int;
    fn gethostbyaddr_r(
        address: *const libc::c_void,
        address_len: libc::socklen_t,
        family: c_int,
        entry: *mut libc::hostent,
        buffer: *mut c_char,
        len: usize,
        result: *mut *mut libc::hostent,
        error: *mut c_int,
    ) -> c_int;
    fn hstrerror(error: c_int) -> *const c_char;
}

fn name_error(code: c_int) -> NameError {
    // SAFETY: gives a constant text.
    let message = unsafe { bytes(hstrerror(code)) };
    NameError {
        code,
        message: String::from_utf8_lossy(&message).into_owned(),
    }
}

type Call<'a> = &'a dyn Fn(
    *mut libc::hostent,
    *mut c_char,
    usize,
    *mut *mut libc::hostent,
    *mut c_int,
) -> c_int;

fn look_up(call: Call<'_>) -> Result<HostEntry, NameError> {
    let mut buffer = vec![0u8; 2048];
    loop {
        let mut entry = std::mem::MaybeUninit::<libc::hostent>::uninit();
        let (mut result, mut error) = (std::ptr::null_mut(), 0);
        let failed = call(
            entry.as_mut_ptr(),
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            &raw mut result,
            &raw mut error,
        );
        if failed == libc::ERANGE && buffer.len() < 1 << 22 {
            buffer.resize(buffer.len() * 2, 0);
            continue;
        }
        // SAFETY: a result that is not null is a filled entry whose lists end with null.
        return match unsafe { result.as_ref() } {
            None => Err(name_error(error)),
            // SAFETY: as above; it is copied while the buffer lives.
            Some(entry) => Ok(unsafe {
                HostEntry {
                    name: bytes(entry.h_name),
                    aliases: list(entry.h_aliases, |text| bytes(text)),
                    family: entry.h_addrtype,
                    addresses: list(entry.h_addr_list, |address| {
                        let len = usize::try_from(entry.h_length).unwrap_or(0);
                        std::slice::from_raw_parts(address.cast::<u8>(), len).to_vec()
                    }),
                }
            }),
        };
    }
}

/// # Safety
/// The list is null or ended by null.
unsafe fn list<T>(mut at: *mut *mut c_char, convert: impl Fn(*const c_char) -> T) -> Vec<T> {
    let mut found = Vec::new();
    // SAFETY: the caller's promise.
    unsafe {
        while !at.is_null() && !(*at).is_null() {
            found.push(convert(*at));
            at = at.add(1);
        }
    }
    found
}

/// A host's IPv4 addresses and aliases by its name. May take long.
pub fn gethostbyname(name: &CStr) -> Result<HostEntry, NameError> {
    // SAFETY: terminated name; the rest are the look-up's buffers.
    look_up(&|entry, text, len, result, error| unsafe {
        gethostbyname_r(name.as_ptr(), entry, text, len, result, error)
    })
}

/// A host's names by its address of 4 or 16 bytes. May take long.
pub fn gethostbyaddr(address: &[u8], family: c_int) -> Result<HostEntry, NameError> {
    let len = address.len() as libc::socklen_t;
    // SAFETY: the address is readable for its length; the rest are the look-up's buffers.
    look_up(&|entry, text, room, result, error| unsafe {
        gethostbyaddr_r(
            address.as_ptr().cast(),
            len,
            family,
            entry,
            text,
            room,
            result,
            error,
        )
    })
}

/// The port of a service.
pub fn getservbyname(name: &CStr, protocol: Option<&CStr>) -> Option<u16> {
    let _guard = NAMES.hold();
    let protocol = protocol.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: terminated or null; the static answer is read under the lock.
    let entry = unsafe { libc::getservbyname(name.as_ptr(), protocol).as_ref() }?;
    Some(u16::from_be(entry.s_port as u16))
}

/// The service on a port.
pub fn getservbyport(port: u16, protocol: Option<&CStr>) -> Option<Vec<u8>> {
    let _guard = NAMES.hold();
    let protocol = protocol.map_or(std::ptr::null(), CStr::as_ptr);
    // SAFETY: terminated or null; the static answer is copied under the lock.
    unsafe {
        let entry = libc::getservbyport(port.to_be().into(), protocol).as_ref()?;
        Some(bytes(entry.s_name))
    }
}

/// The number of a protocol.
pub fn getprotobyname(name: &CStr) -> Option<c_int> {
    let _guard = NAMES.hold();
    // SAFETY: terminated; the static answer is read under the lock.
    let entry = unsafe { libc::getprotobyname(name.as_ptr()).as_ref() }?;
    Some(entry.p_proto)
}
