//! The user and group databases.

use crate::c_state::USERS;
use crate::check::{bytes, error};
use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;

/// One user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub uid: u32,
    pub gid: u32,
    pub gecos: Vec<u8>,
    pub dir: Vec<u8>,
    pub shell: Vec<u8>,
}

/// One group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    pub name: Vec<u8>,
    pub password: Vec<u8>,
    pub gid: u32,
    pub members: Vec<Vec<u8>>,
}

/// # Safety
/// The record's strings are null or terminated.
unsafe fn user(raw: &libc::passwd) -> User {
    // SAFETY: the caller's promise.
    unsafe {
        User {
            name: bytes(raw.pw_name),
            password: bytes(raw.pw_passwd),
            uid: raw.pw_uid,
            gid: raw.pw_gid,
            gecos: bytes(raw.pw_gecos),
            dir: bytes(raw.pw_dir),
            shell: bytes(raw.pw_shell),
        }
    }
}

/// # Safety
/// The record's strings are null or terminated, its list of members is null or ended by null.
unsafe fn group(raw: &libc::group) -> Group {
    let mut members = Vec::new();
    // SAFETY: the caller's promise.
    unsafe {
        let mut at = raw.gr_mem;
        while !at.is_null() && !(*at).is_null() {
            members.push(bytes(*at));
            at = at.add(1);
        }
        Group {
            name: bytes(raw.gr_name),
            password: bytes(raw.gr_passwd),
            gid: raw.gr_gid,
            members,
        }
    }
}

/// Calls one of the `*_r` functions with a buffer that grows as needed.
///
/// # Safety
/// `call` treats its arguments (record, buffer, its length, result) as those functions do.
unsafe fn look_up<Raw, T>(
    call: impl Fn(*mut Raw, *mut libc::c_char, usize, *mut *mut Raw) -> i32,
    convert: unsafe fn(&Raw) -> T,
) -> io::Result<Option<T>> {
    let mut buffer = vec![0u8; 1024];
    loop {
        let mut raw = MaybeUninit::<Raw>::uninit();
        let mut found = std::ptr::null_mut();
        match call(
            raw.as_mut_ptr(),
            buffer.as_mut_ptr().cast(),
            buffer.len(),
            &raw mut found,
        ) {
            // SAFETY: a result that is not null points to the filled record.
            0 => return Ok((!found.is_null()).then(|| unsafe { convert(&*found) })),
            libc::ERANGE if buffer.len() < 1 << 26 => buffer.resize(buffer.len() * 2, 0),
            // Several numbers mean "not found", depending on where it was looked for.
            libc::ENOENT | libc::ESRCH | libc::EPERM => return Ok(None),
            number => return error(number),
        }
    }
}

/// The user of that name.
pub fn getpwnam(name: &CStr) -> io::Result<Option<User>> {
    // SAFETY: terminated name; the rest as `look_up` asks.
    unsafe {
        look_up(
            |raw, text, len, to| libc::getpwnam_r(name.as_ptr(), raw, text, len, to),
            user,
        )
    }
}

/// The user of that id.
pub fn getpwuid(uid: u32) -> io::Result<Option<User>> {
    // SAFETY: as `look_up` asks.
    unsafe {
        look_up(
            |raw, text, len, to| libc::getpwuid_r(uid, raw, text, len, to),
            user,
        )
    }
}

/// All users.
pub fn getpwall() -> Vec<User> {
    let _guard = USERS.hold();
    let mut found = Vec::new();
    // SAFETY: the lock keeps others from moving the position; each record is copied at once.
    unsafe {
        libc::setpwent();
        while let Some(raw) = libc::getpwent().as_ref() {
            found.push(user(raw));
        }
        libc::endpwent();
    }
    found
}

/// The group of that name.
pub fn getgrnam(name: &CStr) -> io::Result<Option<Group>> {
    // SAFETY: terminated name; the rest as `look_up` asks.
    unsafe {
        look_up(
            |raw, text, len, to| libc::getgrnam_r(name.as_ptr(), raw, text, len, to),
            group,
        )
    }
}

/// The group of that id.
pub fn getgrgid(gid: u32) -> io::Result<Option<Group>> {
    // SAFETY: as `look_up` asks.
    unsafe {
        look_up(
            |raw, text, len, to| libc::getgrgid_r(gid, raw, text, len, to),
            group,
        )
    }
}

/// All groups.
pub fn getgrall() -> Vec<Group> {
    let _guard = USERS.hold();
    let mut found = Vec::new();
    // SAFETY: the lock keeps others from moving the position; each record is copied at once.
    unsafe {
        libc::setgrent();
        while let Some(raw) = libc::getgrent().as_ref() {
            found.push(group(raw));
        }
        libc::endgrent();
    }
    found
}

unsafe extern "C" {
    fn getlogin_r(name: *mut libc::c_char, len: usize) -> libc::c_int;
}

/// The name of the user logged in on the controlling terminal.
pub fn getlogin() -> io::Result<Vec<u8>> {
    let mut buffer = [0u8; 256];
    // SAFETY: the buffer is writable for its length.
    match unsafe { getlogin_r(buffer.as_mut_ptr().cast(), buffer.len()) } {
        0 => {
            let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(0);
            Ok(buffer[..end].to_vec())
        }
        number => error(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_is_known() {
        let root = getpwnam(c"root").unwrap().unwrap();
        assert_eq!(root.uid, 0);
        assert_eq!(getpwuid(0).unwrap().unwrap(), root);
        assert!(getpwall().contains(&root));
        assert_eq!(getpwnam(c"no such user").unwrap(), None);
        let group = getgrgid(0).unwrap().unwrap();
        assert!(getgrall().contains(&group));
    }
}
