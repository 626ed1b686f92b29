//! The process's environment.
//!
//! Reading it while another thread writes it is undefined in the C library, so all access from
//! the engine goes through one lock.

use crate::c_state::PROCESS;
use crate::check::{bytes, done};
use std::ffi::CStr;
use std::io;

unsafe extern "C" {
    static environ: *const *const libc::c_char;
}

/// All variables as (name, value); entries without `=` are left out.
pub fn all() -> Vec<(Vec<u8>, Vec<u8>)> {
    let _guard = PROCESS.hold();
    let mut found = Vec::new();
    // SAFETY: `environ` is null or a list ended by null; the lock keeps our own writers away.
    unsafe {
        let mut at = environ;
        while !at.is_null() && !(*at).is_null() {
            let entry = bytes(*at);
            // A name may begin with `=` but not be empty.
            if let Some(equals) = entry.iter().skip(1).position(|byte| *byte == b'=') {
                found.push((entry[..=equals].to_vec(), entry[equals + 2..].to_vec()));
            }
            at = at.add(1);
        }
    }
    found
}

/// The value of one variable.
pub fn get(name: &CStr) -> Option<Vec<u8>> {
    let _guard = PROCESS.hold();
    // SAFETY: terminated name; the value is copied under the lock.
    let value = unsafe { libc::getenv(name.as_ptr()) };
    // SAFETY: null or terminated.
    (!value.is_null()).then(|| unsafe { bytes(value) })
}

/// Sets a variable.
pub fn set(name: &CStr, value: &CStr) -> io::Result<()> {
    let _guard = PROCESS.hold();
    // SAFETY: terminated strings, which the call copies.
    done(unsafe { libc::setenv(name.as_ptr(), value.as_ptr(), 1) })
}

/// Removes a variable.
pub fn unset(name: &CStr) -> io::Result<()> {
    let _guard = PROCESS.hold();
    // SAFETY: terminated name.
    done(unsafe { libc::unsetenv(name.as_ptr()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variables_come_and_go() {
        set(c"TAIPAN_HOST_TEST", c"a=b").unwrap();
        assert_eq!(get(c"TAIPAN_HOST_TEST").unwrap(), b"a=b");
        assert!(all().contains(&(b"TAIPAN_HOST_TEST".to_vec(), b"a=b".to_vec())));
        unset(c"TAIPAN_HOST_TEST").unwrap();
        assert_eq!(get(c"TAIPAN_HOST_TEST"), None);
        assert!(set(c"a=b", c"").is_err());
    }
}
