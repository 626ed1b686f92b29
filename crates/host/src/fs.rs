//! Changing what is in directories: making, removing, renaming, linking, permissions, times.

use crate::Fd;
use crate::check::{check, done, error, timespec_from_ns};
use std::ffi::CStr;
use std::io;

fn nofollow(follow: bool) -> i32 {
    if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW }
}

/// Makes a directory.
pub fn mkdir(dir: Fd, path: &CStr, mode: libc::mode_t) -> io::Result<()> {
    // SAFETY: terminated path.
    done(unsafe { libc::mkdirat(dir, path.as_ptr(), mode) })
}

/// Removes an empty directory.
pub fn rmdir(dir: Fd, path: &CStr) -> io::Result<()> {
    // SAFETY: terminated path.
    done(unsafe { libc::unlinkat(dir, path.as_ptr(), libc::AT_REMOVEDIR) })
}

/// Removes a file's name.
pub fn unlink(dir: Fd, path: &CStr) -> io::Result<()> {
    // SAFETY: terminated path.
    done(unsafe { libc::unlinkat(dir, path.as_ptr(), 0) })
}

/// Renames, replacing what is there.
pub fn rename(from_dir: Fd, from: &CStr, to_dir: Fd, to: &CStr) -> io::Result<()> {
    // SAFETY: terminated paths.
    done(unsafe { libc::renameat(from_dir, from.as_ptr(), to_dir, to.as_ptr()) })
}

/// Gives a file another name; with `follow`, the file a symbolic link leads to.
pub fn link(from_dir: Fd, from: &CStr, to_dir: Fd, to: &CStr, follow: bool) -> io::Result<()> {
    let flags = if follow { libc::AT_SYMLINK_FOLLOW } else { 0 };
    // SAFETY: terminated paths.
    done(unsafe { libc::linkat(from_dir, from.as_ptr(), to_dir, to.as_ptr(), flags) })
}

/// Makes a symbolic link at `path` that says `target`.
pub fn symlink(target: &CStr, dir: Fd, path: &CStr) -> io::Result<()> {
    // SAFETY: terminated paths.
    done(unsafe { libc::symlinkat(target.as_ptr(), dir, path.as_ptr()) })
}

/// What a symbolic link says.
pub fn readlink(dir: Fd, path: &CStr) -> io::Result<Vec<u8>> {
    let mut buffer = vec![0u8; 256];
    loop {
        // SAFETY: terminated path; the buffer is writable for its length.
        let n = unsafe {
            libc::readlinkat(dir, path.as_ptr(), buffer.as_mut_ptr().cast(), buffer.len())
        };
        let n = check(n)?.cast_unsigned();
        if n < buffer.len() {
            buffer.truncate(n);
            return Ok(buffer);
        }
        buffer.resize(buffer.len() * 2, 0);
    }
}

/// Sets permissions.
pub fn chmod(dir: Fd, path: &CStr, mode: libc::mode_t, follow: bool) -> io::Result<()> {
    // SAFETY: terminated path.
    done(unsafe { libc::fchmodat(dir, path.as_ptr(), mode, nofollow(follow)) })
}

/// Sets permissions of an open file.
pub fn fchmod(fd: Fd, mode: libc::mode_t) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::fchmod(fd, mode) })
}

/// Sets owner and group (`u32::MAX` leaves one as it is).
pub fn chown(dir: Fd, path: &CStr, uid: u32, gid: u32, follow: bool) -> io::Result<()> {
    // SAFETY: terminated path.
    done(unsafe { libc::fchownat(dir, path.as_ptr(), uid, gid, nofollow(follow)) })
}

/// Sets owner and group of an open file.
pub fn fchown(fd: Fd, uid: u32, gid: u32) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::fchown(fd, uid, gid) })
}

/// Access and modification time to set, in nanoseconds; `None` is now.
pub type Times = Option<(i128, i128)>;

fn times_list(times: Times) -> io::Result<Option<[libc::timespec; 2]>> {
    let Some((access, modification)) = times else {
        return Ok(None);
    };
    Ok(Some([
        timespec_from_ns(access)?,
        timespec_from_ns(modification)?,
    ]))
}

/// Sets a file's times.
pub fn utime(dir: Fd, path: &CStr, times: Times, follow: bool) -> io::Result<()> {
    let times = times_list(times)?;
    let list = times
        .as_ref()
        .map_or(std::ptr::null(), |list| list.as_ptr());
    // SAFETY: terminated path; the list is null or holds two times.
    done(unsafe { libc::utimensat(dir, path.as_ptr(), list, nofollow(follow)) })
}

/// Sets an open file's times.
pub fn futime(fd: Fd, times: Times) -> io::Result<()> {
    let times = times_list(times)?;
    let list = times
        .as_ref()
        .map_or(std::ptr::null(), |list| list.as_ptr());
    // SAFETY: the list is null or holds two times.
    done(unsafe { libc::futimens(fd, list) })
}

/// Sets a file's length.
pub fn truncate(path: &CStr, len: i64) -> io::Result<()> {
    // SAFETY: terminated path.
    done(unsafe { libc::truncate(path.as_ptr(), len as libc::off_t) })
}

/// Makes a named pipe.
pub fn mkfifo(dir: Fd, path: &CStr, mode: libc::mode_t) -> io::Result<()> {
    // SAFETY: terminated path.
    done(unsafe { libc::mkfifoat(dir, path.as_ptr(), mode) })
}

/// Makes a file of any kind.
pub fn mknod(dir: Fd, path: &CStr, mode: libc::mode_t, device: u64) -> io::Result<()> {
    // SAFETY: terminated path.
    done(unsafe { libc::mknodat(dir, path.as_ptr(), mode, device as libc::dev_t) })
}

/// The current directory.
pub fn getcwd() -> io::Result<Vec<u8>> {
    let mut buffer = vec![0u8; 512];
    loop {
        // SAFETY: the buffer is writable for its length.
        let text = unsafe { libc::getcwd(buffer.as_mut_ptr().cast(), buffer.len()) };
        if !text.is_null() {
            let end = buffer.iter().position(|byte| *byte == 0).unwrap_or(0);
            buffer.truncate(end);
            return Ok(buffer);
        }
        let error = io::Error::last_os_error();
        if error.raw_os_error() != Some(libc::ERANGE) {
            return Err(error);
        }
        buffer.resize(buffer.len() * 2, 0);
    }
}

/// Changes the current directory.
pub fn chdir(path: &CStr) -> io::Result<()> {
    // SAFETY: terminated path.
    done(unsafe { libc::chdir(path.as_ptr()) })
}

/// Changes the current directory to an open one.
pub fn fchdir(fd: Fd) -> io::Result<()> {
    // SAFETY: numbers only.
    done(unsafe { libc::fchdir(fd) })
}

/// Changes the root directory.
pub fn chroot(path: &CStr) -> io::Result<()> {
    // SAFETY: terminated path.
    done(unsafe { libc::chroot(path.as_ptr()) })
}

/// Sets the mask of permissions that new files do not get; gives the old one.
pub fn umask(mask: libc::mode_t) -> libc::mode_t {
    // SAFETY: numbers only.
    unsafe { libc::umask(mask) }
}

/// A limit that depends on the file.
pub fn pathconf(path: &CStr, name: i32) -> io::Result<i64> {
    crate::check::set_errno(0);
    // SAFETY: terminated path.
    no_limit(unsafe { libc::pathconf(path.as_ptr(), name) })
}

/// A limit that depends on the open file.
pub fn fpathconf(fd: Fd, name: i32) -> io::Result<i64> {
    crate::check::set_errno(0);
    // SAFETY: numbers only.
    no_limit(unsafe { libc::fpathconf(fd, name) })
}

/// -1 without an error number means that there is no limit.
pub(crate) fn no_limit(value: libc::c_long) -> io::Result<i64> {
    match crate::check::errno() {
        number if value == -1 && number != 0 => error(number),
        _ => Ok(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CWD, fd, stat};
    use std::ffi::CString;

    #[test]
    fn a_directory_lives_and_dies() {
        let base = std::env::temp_dir().join(format!("taipan-fs-{}", std::process::id()));
        let base = CString::new(base.to_str().unwrap()).unwrap();
        mkdir(CWD, &base, 0o700).unwrap();
        let dir = fd::open(CWD, &base, libc::O_RDONLY | libc::O_DIRECTORY, 0).unwrap();
        let file = fd::open(dir, c"a", libc::O_CREAT | libc::O_WRONLY, 0o600).unwrap();
        fd::close(file).unwrap();
        utime(dir, c"a", Some((-1, 1_500_000_000_123_456_789)), true).unwrap();
        let status = stat::stat(dir, c"a", true).unwrap();
        assert_eq!(status.mtime_ns, 1_500_000_000_123_456_789);
        assert_eq!(status.atime_ns, -1);
        chmod(dir, c"a", 0o640, true).unwrap();
        assert_eq!(stat::stat(dir, c"a", true).unwrap().mode & 0o777, 0o640);
        let long = CString::new(vec![b'x'; 1000]).unwrap();
        symlink(&long, dir, c"s").unwrap();
        assert_eq!(readlink(dir, c"s").unwrap(), vec![b'x'; 1000]);
        assert!(stat::stat(dir, c"s", false).unwrap().is_symlink());
        link(dir, c"a", dir, c"b", false).unwrap();
        rename(dir, c"b", dir, c"c").unwrap();
        mkfifo(dir, c"f", 0o600).unwrap();
        for name in [c"a", c"c", c"s", c"f"] {
            unlink(dir, name).unwrap();
        }
        fd::close(dir).unwrap();
        rmdir(CWD, &base).unwrap();
        assert!(getcwd().unwrap().starts_with(b"/"));
    }
}
