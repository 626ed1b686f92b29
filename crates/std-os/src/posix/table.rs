//! The functions of `posix`.

use super::{dirs, environ, files, lexical, scandir, stat};
use taipan_object::native::Method;

macro_rules! table {
    ($($name:literal $sig:literal $f:path, $doc:literal;)*) => {
        &[$(Method::new($name, $sig, $f).doc($doc)),*]
    };
}

/// All of them.
pub static FUNCTIONS: &[Method] = table! {
    "stat" "(path, *, dir_fd=None, follow_symlinks=True)" stat::stat, "The status of a file, given by its path or as an open descriptor.\n\nA relative path starts at dir_fd if that is given. Without follow_symlinks, the status of the link itself.";
    "lstat" "(path, *, dir_fd=None)" stat::lstat, "The status of a file, without following a symbolic link.";
    "fstat" "(fd)" stat::fstat, "The status of an open file.";
    "statvfs" "(path)" stat::statvfs, "What is known of the file system that a path or open file is on.";
    "fstatvfs" "(fd, /)" stat::fstatvfs, "What is known of the file system that an open file is on.";
    "access" "(path, mode, *, dir_fd=None, effective_ids=False, follow_symlinks=True)" stat::access, "Whether the user may access the path: mode is F_OK, or R_OK, W_OK and X_OK joined by or.";
    "chmod" "(path, mode, *, dir_fd=None, follow_symlinks=(os.name != 'nt'))" stat::chmod, "Change the permissions of a file.";
    "fchmod" "(fd, mode)" stat::fchmod, "Change the permissions of an open file.";
    "chown" "(path, uid, gid, *, dir_fd=None, follow_symlinks=True)" stat::chown, "Change the owner and group of a file; -1 leaves one as it is.";
    "lchown" "(path, uid, gid)" stat::lchown, "Change the owner and group of a file, without following a symbolic link.";
    "fchown" "(fd, uid, gid)" stat::fchown, "Change the owner and group of an open file.";
    "utime" "(path, times=None, *, ns=<unrepresentable>, dir_fd=None, follow_symlinks=True)" stat::utime, "Set the access and modification time of a file: times in seconds, or ns in nanoseconds, or to now.";
    "truncate" "(path, length)" stat::truncate, "Set the length of a file.";
    "ftruncate" "(fd, length, /)" stat::ftruncate, "Set the length of an open file.";
    "major" "(device, /)" stat::major, "The major part of a device number.";
    "minor" "(device, /)" stat::minor, "The minor part of a device number.";
    "makedev" "(major, minor, /)" stat::makedev, "The device number made of two parts.";
    "open" "(path, flags, mode=511, *, dir_fd=None)" files::open, "Open a file for low-level reading and writing; a descriptor that is not inherited.";
    "close" "(fd)" files::close, "Close a descriptor.";
    "closerange" "(fd_low, fd_high, /)" files::closerange, "Close the descriptors from fd_low up to, not including, fd_high; errors are ignored.";
    "read" "(fd, length, /)" files::read, "Read up to length bytes.";
    "readinto" "(fd, buffer, /)" files::readinto, "Read into a buffer; the number of bytes read, 0 at the end of the file.";
    "write" "(fd, data, /)" files::write, "Write bytes; how many went.";
    "pread" "(fd, length, offset, /)" files::pread, "Read at an offset, leaving the position as it is.";
    "pwrite" "(fd, buffer, offset, /)" files::pwrite, "Write at an offset, leaving the position as it is.";
    "lseek" "(fd, position, whence, /)" files::lseek, "Set the position of an open file; the new one, from the start.";
    "dup" "(fd, /)" files::dup, "A second descriptor of the same open file, not inherited.";
    "dup2" "(fd, fd2, inheritable=True)" files::dup2, "Make fd2 a descriptor of the same open file.";
    "pipe" "()" files::pipe, "A pipe: its reading and its writing end, not inherited.";
    "pipe2" "(flags, /)" files::pipe2, "A pipe with flags: its reading and its writing end.";
    "fsync" "(fd)" files::fsync, "Write an open file to the device.";
    "fdatasync" "(fd)" files::fdatasync, "Write an open file's data, not its times, to the device.";
    "sync" "()" files::sync, "Write everything to the devices.";
    "isatty" "(fd, /)" files::isatty, "Whether a descriptor is a terminal.";
    "get_blocking" "(fd, /)" files::get_blocking, "Whether calls on a descriptor wait.";
    "set_blocking" "(fd, blocking, /)" files::set_blocking, "Say whether calls on a descriptor wait.";
    "get_inheritable" "(fd, /)" files::get_inheritable, "Whether a descriptor stays open in a program started.";
    "set_inheritable" "(fd, inheritable, /)" files::set_inheritable, "Say whether a descriptor stays open in a program started.";
    "lockf" "(fd, command, length, /)" files::lockf, "Lock, test or unlock part of a file: command is F_LOCK, F_TLOCK, F_ULOCK or F_TEST.";
    "posix_fallocate" "(fd, offset, length, /)" files::posix_fallocate, "Make sure that a part of a file has room on the device.";
    "posix_fadvise" "(fd, offset, length, advice, /)" files::posix_fadvise, "Say how a part of a file will be used.";
    "device_encoding" "(fd)" files::device_encoding, "The encoding of a terminal; None for what is no terminal.";
    "memfd_create" "(name, flags=MFD_CLOEXEC)" files::memfd_create, "A file in memory.";
    "getcwd" "()" dirs::getcwd, "The current directory.";
    "getcwdb" "()" dirs::getcwdb, "The current directory, as bytes.";
    "chdir" "(path)" dirs::chdir, "Change the current directory, to a path or an open directory.";
    "fchdir" "(fd)" dirs::fchdir, "Change the current directory to an open one.";
    "chroot" "(path)" dirs::chroot, "Change the root directory of this process.";
    "listdir" "(path=None)" dirs::listdir, "The names in a directory, in no order, without '.' and '..'.\n\nThe directory is a path, an open descriptor, or None for the current one; names are bytes if the path is.";
    "scandir" "(path=None)" scandir::scandir, "An iterator of DirEntry objects, one for each name in a directory, as for listdir.";
    "mkdir" "(path, mode=511, *, dir_fd=None)" dirs::mkdir, "Make a directory.";
    "rmdir" "(path, *, dir_fd=None)" dirs::rmdir, "Remove an empty directory.";
    "unlink" "(path, *, dir_fd=None)" dirs::unlink, "Remove a file; the same as remove().";
    "remove" "(path, *, dir_fd=None)" dirs::remove, "Remove a file; the same as unlink().";
    "rename" "(src, dst, *, src_dir_fd=None, dst_dir_fd=None)" dirs::rename, "Rename a file or directory.";
    "replace" "(src, dst, *, src_dir_fd=None, dst_dir_fd=None)" dirs::replace, "Rename a file or directory, replacing what is there.";
    "link" "(src, dst, *, src_dir_fd=None, dst_dir_fd=None, follow_symlinks=(os.name != 'nt'))" dirs::link, "Give a file another name.";
    "symlink" "(src, dst, target_is_directory=False, *, dir_fd=None)" dirs::symlink, "Make a symbolic link at dst that says src.";
    "readlink" "(path, *, dir_fd=None)" dirs::readlink, "What a symbolic link says.";
    "mkfifo" "(path, mode=438, *, dir_fd=None)" dirs::mkfifo, "Make a named pipe.";
    "mknod" "(path, mode=384, device=0, *, dir_fd=None)" dirs::mknod, "Make a file, device or pipe: mode says kind and permissions.";
    "umask" "(mask, /)" dirs::umask, "Set which permissions new files do not get; what was set.";
    "_create_environ" "()" environ::create, "The process's environment, as a dict of bytes.";
    "putenv" "(name, value, /)" environ::putenv, "Set a variable of the environment.";
    "unsetenv" "(name, /)" environ::unsetenv, "Remove a variable of the environment.";
    "fspath" "(path)" lexical::fspath, "The path of an object: a str or bytes as it is, otherwise what its __fspath__() gives.";
    "_path_normpath" "(path)" lexical::normpath, "A path without what is of no effect in it.";
    "_path_splitroot_ex" "(p)" lexical::splitroot, "A path as a tuple of drive, root and the rest.";
};
