//! What the system knows about a file or a file system.

use crate::Fd;
use crate::check::done;
use std::ffi::CStr;
use std::io;
use std::mem::MaybeUninit;

/// A file's status. Times are nanoseconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    pub mode: u32,
    pub ino: u64,
    pub dev: u64,
    pub nlink: u64,
    pub uid: u32,
    pub gid: u32,
    pub size: i64,
    pub atime_ns: i128,
    pub mtime_ns: i128,
    pub ctime_ns: i128,
    pub blksize: i64,
    pub blocks: i64,
    pub rdev: u64,
}

impl Stat {
    /// The bits of the mode that say what kind of file it is (`S_IFDIR` …).
    pub fn kind(&self) -> u32 {
        self.mode & libc::S_IFMT
    }

    /// Whether it is a directory.
    pub fn is_dir(&self) -> bool {
        self.kind() == libc::S_IFDIR
    }

    /// Whether it is a regular file.
    pub fn is_file(&self) -> bool {
        self.kind() == libc::S_IFREG
    }

    /// Whether it is a symbolic link.
    pub fn is_symlink(&self) -> bool {
        self.kind() == libc::S_IFLNK
    }
}

fn ns(seconds: libc::time_t, rest: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(rest)
}

impl From<libc::stat> for Stat {
    #[allow(
        clippy::unnecessary_cast,
        reason = "the widths differ between architectures"
    )]
    fn from(raw: libc::stat) -> Self {
        Self {
            mode: raw.st_mode as u32,
            ino: raw.st_ino as u64,
            dev: raw.st_dev as u64,
            nlink: raw.st_nlink as u64,
            uid: raw.st_uid,
            gid: raw.st_gid,
            size: raw.st_size as i64,
            atime_ns: ns(raw.st_atime, raw.st_atime_nsec as i64),
            mtime_ns: ns(raw.st_mtime, raw.st_mtime_nsec as i64),
            ctime_ns: ns(raw.st_ctime, raw.st_ctime_nsec as i64),
            blksize: raw.st_blksize as i64,
            blocks: raw.st_blocks as i64,
            rdev: raw.st_rdev as u64,
        }
    }
}

/// Status of the file at `path`, of the link itself if `follow` is off.
pub fn stat(dir: Fd, path: &CStr, follow: bool) -> io::Result<Stat> {
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    let mut raw = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: terminated path, room for the result.
    done(unsafe { libc::fstatat(dir, path.as_ptr(), raw.as_mut_ptr(), flags) })?;
    // SAFETY: the call succeeded and filled it.
    Ok(unsafe { raw.assume_init() }.into())
}

/// Status of an open file.
pub fn fstat(fd: Fd) -> io::Result<Stat> {
    let mut raw = MaybeUninit::<libc::stat>::uninit();
    // SAFETY: room for the result.
    done(unsafe { libc::fstat(fd, raw.as_mut_ptr()) })?;
    // SAFETY: the call succeeded and filled it.
    Ok(unsafe { raw.assume_init() }.into())
}

/// When the file was born, in nanoseconds since the epoch, where the file system knows.
pub fn birth_ns(dir: Fd, path: &CStr, follow: bool) -> io::Result<Option<i128>> {
    let flags = if follow { 0 } else { libc::AT_SYMLINK_NOFOLLOW };
    let mut raw = MaybeUninit::<libc::statx>::uninit();
    // SAFETY: terminated path, room for the result.
    done(unsafe {
        libc::statx(
            dir,
            path.as_ptr(),
            flags,
            libc::STATX_BTIME,
            raw.as_mut_ptr(),
        )
    })?;
    // SAFETY: the call succeeded and filled it.
    let raw = unsafe { raw.assume_init() };
    let known = raw.stx_mask & libc::STATX_BTIME != 0;
    Ok(known.then(|| {
        ns(
            raw.stx_btime.tv_sec as libc::time_t,
            raw.stx_btime.tv_nsec.into(),
        )
    }))
}

/// What is known about a file system.
#[derive(Clone, Copy, Debug)]
pub struct StatVfs {
    pub bsize: u64,
    pub frsize: u64,
    pub blocks: u64,
    pub bfree: u64,
    pub bavail: u64,
    pub files: u64,
    pub ffree: u64,
    pub favail: u64,
    pub flag: u64,
    pub namemax: u64,
    pub fsid: u64,
}

impl From<libc::statvfs> for StatVfs {
    #[allow(
        clippy::unnecessary_cast,
        reason = "the widths differ between architectures"
    )]
    fn from(raw: libc::statvfs) -> Self {
        Self {
            bsize: raw.f_bsize as u64,
            frsize: raw.f_frsize as u64,
            blocks: raw.f_blocks as u64,
            bfree: raw.f_bfree as u64,
            bavail: raw.f_bavail as u64,
            files: raw.f_files as u64,
            ffree: raw.f_ffree as u64,
            favail: raw.f_favail as u64,
            flag: raw.f_flag as u64,
            namemax: raw.f_namemax as u64,
            fsid: raw.f_fsid as u64,
        }
    }
}

/// The file system that `path` is on.
pub fn statvfs(path: &CStr) -> io::Result<StatVfs> {
    let mut raw = MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: terminated path, room for the result.
    done(unsafe { libc::statvfs(path.as_ptr(), raw.as_mut_ptr()) })?;
    // SAFETY: the call succeeded and filled it.
    Ok(unsafe { raw.assume_init() }.into())
}

/// The file system that an open file is on.
pub fn fstatvfs(fd: Fd) -> io::Result<StatVfs> {
    let mut raw = MaybeUninit::<libc::statvfs>::uninit();
    // SAFETY: room for the result.
    done(unsafe { libc::fstatvfs(fd, raw.as_mut_ptr()) })?;
    // SAFETY: the call succeeded and filled it.
    Ok(unsafe { raw.assume_init() }.into())
}

/// The device number made of two parts.
pub fn makedev(major: u32, minor: u32) -> u64 {
    libc::makedev(major, minor)
}

/// The major part of a device number.
pub fn major(device: u64) -> u32 {
    libc::major(device)
}

/// The minor part of a device number.
pub fn minor(device: u64) -> u32 {
    libc::minor(device)
}

/// Whether the calling process may access the file (`mode` of `R_OK`, `W_OK`, `X_OK`, or `F_OK`).
pub fn access(dir: Fd, path: &CStr, mode: i32, effective_ids: bool, follow: bool) -> bool {
    let mut flags = 0;
    if effective_ids {
        flags |= libc::AT_EACCESS;
    }
    if !follow {
        flags |= libc::AT_SYMLINK_NOFOLLOW;
    }
    // SAFETY: terminated path.
    unsafe { libc::faccessat(dir, path.as_ptr(), mode, flags) == 0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_is_a_directory() {
        let root = stat(crate::CWD, c"/", true).unwrap();
        assert!(root.is_dir() && root.mtime_ns > 0);
        assert_eq!(
            stat(crate::CWD, c"/nowhere", true)
                .unwrap_err()
                .raw_os_error(),
            Some(libc::ENOENT)
        );
        assert!(access(crate::CWD, c"/", libc::R_OK, false, true));
        assert!(!access(crate::CWD, c"/nowhere", libc::F_OK, false, true));
        assert!(statvfs(c"/").unwrap().bsize > 0);
    }

    #[test]
    fn device_numbers_come_apart() {
        let device = makedev(8, 300);
        assert_eq!((major(device), minor(device)), (8, 300));
    }
}
