//! `_stat`: taking the mode of a file apart.

use crate::args::add_constants;
use taipan_object::native::{Method, ModuleSpec};
use taipan_object::{PyResult, Thread, Value, ops};

macro_rules! kinds {
    ($($name:literal $kind:expr, $what:literal;)*) => {
        &[
            $(
                Method::new($name, "(mode, /)", |th, a| {
                    let mode = mode(th, a[0])?;
                    Ok(Value::bool($kind != 0 && mode & libc::S_IFMT == $kind))
                })
                .doc(concat!("Whether the mode is that of ", $what, ".")),
            )*
            Method::new("S_IMODE", "(mode, /)", |th, a| {
                Ok(Value::small_int(i64::from(mode(th, a[0])? & 0o7777)))
            })
            .doc("The bits of a mode that chmod can set."),
            Method::new("S_IFMT", "(mode, /)", |th, a| {
                Ok(Value::small_int(i64::from(mode(th, a[0])? & libc::S_IFMT)))
            })
            .doc("The bits of a mode that say the kind of file."),
            Method::new("filemode", "(mode, /)", |th, a| {
                Ok(Value::str(th, &filemode(mode(th, a[0])?)))
            })
            .doc("A mode as text of the form '-rwxrwxrwx'."),
        ]
    };
}

/// `_stat`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_stat",
    doc: "Names for the bits of a file's mode and the items of a status, and tests for kinds of files.",
    functions: kinds! {
        "S_ISDIR" libc::S_IFDIR, "a directory";
        "S_ISCHR" libc::S_IFCHR, "a character device";
        "S_ISBLK" libc::S_IFBLK, "a block device";
        "S_ISREG" libc::S_IFREG, "a regular file";
        "S_ISFIFO" libc::S_IFIFO, "a named pipe";
        "S_ISLNK" libc::S_IFLNK, "a symbolic link";
        "S_ISSOCK" libc::S_IFSOCK, "a socket";
        "S_ISDOOR" 0, "a door";
        "S_ISPORT" 0, "an event port";
        "S_ISWHT" 0, "a whiteout";
    },
    types: &[],
    init: |th, module| add_constants(th, module, CONSTANTS),
};

/// Names and values; those of other systems are what the standard library says they are.
const CONSTANTS: &[(&str, u32)] = &[
    ("S_IFDIR", libc::S_IFDIR),
    ("S_IFCHR", libc::S_IFCHR),
    ("S_IFBLK", libc::S_IFBLK),
    ("S_IFREG", libc::S_IFREG),
    ("S_IFIFO", libc::S_IFIFO),
    ("S_IFLNK", libc::S_IFLNK),
    ("S_IFSOCK", libc::S_IFSOCK),
    ("S_IFDOOR", 0),
    ("S_IFPORT", 0),
    ("S_IFWHT", 0),
    ("S_ISUID", 0o4000),
    ("S_ISGID", 0o2000),
    ("S_ISVTX", 0o1000),
    ("S_ENFMT", 0o2000),
    ("S_IREAD", 0o400),
    ("S_IWRITE", 0o200),
    ("S_IEXEC", 0o100),
    ("S_IRWXU", 0o700),
    ("S_IRUSR", 0o400),
    ("S_IWUSR", 0o200),
    ("S_IXUSR", 0o100),
    ("S_IRWXG", 0o070),
    ("S_IRGRP", 0o040),
    ("S_IWGRP", 0o020),
    ("S_IXGRP", 0o010),
    ("S_IRWXO", 0o007),
    ("S_IROTH", 0o004),
    ("S_IWOTH", 0o002),
    ("S_IXOTH", 0o001),
    ("UF_SETTABLE", 0xffff),
    ("UF_NODUMP", 0x1),
    ("UF_IMMUTABLE", 0x2),
    ("UF_APPEND", 0x4),
    ("UF_OPAQUE", 0x8),
    ("UF_NOUNLINK", 0x10),
    ("UF_COMPRESSED", 0x20),
    ("UF_TRACKED", 0x40),
    ("UF_DATAVAULT", 0x80),
    ("UF_HIDDEN", 0x8000),
    ("SF_SETTABLE", 0xffff_0000),
    ("SF_ARCHIVED", 0x1_0000),
    ("SF_IMMUTABLE", 0x2_0000),
    ("SF_APPEND", 0x4_0000),
    ("SF_NOUNLINK", 0x10_0000),
    ("SF_SNAPSHOT", 0x20_0000),
    ("SF_FIRMLINK", 0x80_0000),
    ("SF_DATALESS", 0x4000_0000),
    ("ST_MODE", 0),
    ("ST_INO", 1),
    ("ST_DEV", 2),
    ("ST_NLINK", 3),
    ("ST_UID", 4),
    ("ST_GID", 5),
    ("ST_SIZE", 6),
    ("ST_ATIME", 7),
    ("ST_MTIME", 8),
    ("ST_CTIME", 9),
];

fn mode(th: &Thread, v: Value) -> PyResult<u32> {
    let n = ops::index(th, v)?;
    let wrong = |text: &str| Err(th.overflow_error(text));
    match n.as_i64() {
        Some(n) if n < 0 => wrong("can't convert negative value to unsigned int"),
        Some(n) => match u32::try_from(n) {
            Ok(n) => Ok(n),
            Err(_) => wrong("mode out of range"),
        },
        None => wrong("Python int too large to convert to C unsigned long"),
    }
}

fn filemode(mode: u32) -> String {
    let kind = match mode & libc::S_IFMT {
        libc::S_IFREG => '-',
        libc::S_IFDIR => 'd',
        libc::S_IFLNK => 'l',
        libc::S_IFBLK => 'b',
        libc::S_IFCHR => 'c',
        libc::S_IFIFO => 'p',
        libc::S_IFSOCK => 's',
        _ => '?',
    };
    let mut text = String::from(kind);
    for (shift, special, set) in [(6, 0o4000, 's'), (3, 0o2000, 's'), (0, 0o1000, 't')] {
        let bits = mode >> shift;
        text.push(if bits & 4 != 0 { 'r' } else { '-' });
        text.push(if bits & 2 != 0 { 'w' } else { '-' });
        text.push(match (bits & 1 != 0, mode & special != 0) {
            (true, true) => set,
            (false, true) => set.to_ascii_uppercase(),
            (true, false) => 'x',
            (false, false) => '-',
        });
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn modes_are_shown() {
        assert_eq!(super::filemode(0o100_644), "-rw-r--r--");
        assert_eq!(super::filemode(0o041_777), "drwxrwxrwt");
        assert_eq!(super::filemode(0o106_700), "-rws--S---");
        assert_eq!(super::filemode(0), "?---------");
    }
}
