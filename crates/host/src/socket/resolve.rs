//! Names to addresses and back.

use super::address::{Address, Raw};
use libc::c_int;
use std::ffi::CStr;
use std::io;

/// Why a name could not be resolved.
#[derive(Debug)]
pub enum ResolveError {
    /// One of `EAI_*`.
    Code(c_int),
    System(io::Error),
}

impl From<c_int> for ResolveError {
    fn from(code: c_int) -> Self {
        if code == libc::EAI_SYSTEM {
            Self::System(io::Error::last_os_error())
        } else {
            Self::Code(code)
        }
    }
}

impl From<io::Error> for ResolveError {
    fn from(error: io::Error) -> Self {
        Self::System(error)
    }
}

/// The system's message for one of `EAI_*`.
pub fn resolve_message(code: c_int) -> String {
    // SAFETY: gives a constant text, also for unknown codes.
    let text = unsafe { crate::check::bytes(libc::gai_strerror(code)) };
    String::from_utf8_lossy(&text).into_owned()
}

/// What kind of addresses are wanted.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hints {
    pub family: c_int,
    pub kind: c_int,
    pub protocol: c_int,
    pub flags: c_int,
}

/// One way to reach a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AddressInfo {
    pub family: c_int,
    pub kind: c_int,
    pub protocol: c_int,
    /// The host's full name, with the first answer only and if asked for.
    pub canonical_name: Vec<u8>,
    pub address: Address,
}

/// Resolves a host and a service. May take long.
pub fn getaddrinfo(
    host: Option<&CStr>,
    service: Option<&CStr>,
    hints: Hints,
) -> Result<Vec<AddressInfo>, ResolveError> {
    /// The answer, freed in any case.
    struct Answer(*mut libc::addrinfo);
    impl Drop for Answer {
        fn drop(&mut self) {
            if !self.0.is_null() {
                // SAFETY: a list the call has made, not used again.
                unsafe { libc::freeaddrinfo(self.0) };
            }
        }
    }
    // SAFETY: zero bytes are the empty hint.
    let mut wanted: libc::addrinfo = unsafe { std::mem::zeroed() };
    wanted.ai_family = hints.family;
    wanted.ai_socktype = hints.kind;
    wanted.ai_protocol = hints.protocol;
    wanted.ai_flags = hints.flags;
    let text = |text: Option<&CStr>| text.map_or(std::ptr::null(), CStr::as_ptr);
    let mut answer = Answer(std::ptr::null_mut());
    // SAFETY: terminated or null texts, readable hints, room for the list's head.
    let code = unsafe {
        libc::getaddrinfo(
            text(host),
            text(service),
            &raw const wanted,
            &raw mut answer.0,
        )
    };
    if code != 0 {
        return Err(code.into());
    }
    let mut found = Vec::new();
    // SAFETY: a list ended by null, alive until `answer` is dropped.
    unsafe {
        let mut at = answer.0;
        while let Some(entry) = at.as_ref() {
            let raw = Raw::copy(entry.ai_addr, entry.ai_addrlen as usize);
            found.push(AddressInfo {
                family: entry.ai_family,
                kind: entry.ai_socktype,
                protocol: entry.ai_protocol,
                canonical_name: crate::check::bytes(entry.ai_canonname),
                address: Address::from_raw(&raw),
            });
            at = entry.ai_next;
        }
    }
    Ok(found)
}

/// The names of a host and a service. May take long.
pub fn getnameinfo(address: &Address, flags: c_int) -> Result<(Vec<u8>, Vec<u8>), ResolveError> {
    let raw = address.to_raw()?;
    let (mut host, mut service) = ([0u8; 1025], [0u8; 32]);
    // SAFETY: the address is readable, both buffers are writable for their lengths.
    let code = unsafe {
        libc::getnameinfo(
            raw.as_ptr(),
            raw.len(),
            host.as_mut_ptr().cast(),
            host.len() as libc::socklen_t,
            service.as_mut_ptr().cast(),
            service.len() as libc::socklen_t,
            flags,
        )
    };
    if code != 0 {
        return Err(code.into());
    }
    let text = |buffer: &[u8]| {
        CStr::from_bytes_until_nul(buffer).map_or(Vec::new(), |text| text.to_bytes().to_vec())
    };
    Ok((text(&host), text(&service)))
}
