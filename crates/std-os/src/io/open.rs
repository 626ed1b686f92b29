//! `open`, `open_code`, `text_encoding`.

use super::buffered::{BUFFERED_RANDOM, BUFFERED_READER, BUFFERED_WRITER};
use super::file_io::{FILE_IO, chained, counted};
use super::text_io::TEXT_IO_WRAPPER;
use crate::args::{self, given};
use taipan_object::native::Method;
use taipan_object::types::{StaticType, class_of};
use taipan_object::{PyResult, Thread, Value, attr, call, exception, ops, strings};

/// Buffers are not made larger than this, whatever the device likes.
const LARGEST_BLOCK: i64 = 8 * 1024 * 1024;

/// The module's functions.
pub static FUNCTIONS: &[Method] = &[
    Method::new("open", "(file, mode='r', buffering=-1, encoding=None, errors=None, newline=None, closefd=True, opener=None)", open)
    .doc(OPEN_DOC),
    Method::new("open_code", "(path)", |th, a| {
        args::text(th, "open_code", "'path'", a[0])?;
        open_file(th, a[0], "rb")
    })
    .doc("Opens the provided file with the intent to import the contents.\n\nThis may perform extra validation beyond open(), but is otherwise\ninterchangeable with calling open(path, 'rb')."),
    Method::new("text_encoding", "(encoding, stacklevel=2, /)", |th, a| {
        let level = args::int_or(th, a[1], 2)?;
        text_encoding(th, a[0], level)
    })
    .doc("A helper function to choose the text encoding.\n\nWhen encoding is not None, this function returns it.\nOtherwise, this function returns the default text encoding\n(i.e. \"locale\" or \"utf-8\" depends on UTF-8 mode).\n\nThis function emits an EncodingWarning if encoding is None and\nsys.flags.warn_default_encoding is true.\n\nThis can be used in APIs with an encoding=None parameter.\nHowever, please consider using encoding=\"utf-8\" for new APIs."),
];

/// Whether a flag of `sys.flags` is set.
pub(crate) fn sys_flag(th: &Thread, name: &str) -> PyResult<bool> {
    let flags = th
        .interp
        .sys_dict
        .get()
        .and_then(|d| d.get_name(th, "flags"));
    match flags {
        Some(f) => match attr::get_opt(th, f, strings::intern(th, name))? {
            Some(v) => ops::truth(th, v),
            None => Ok(false),
        },
        None => Ok(false),
    }
}

/// The encoding for an argument that may be None: `"locale"`, or `"utf-8"` in the mode of that name.
///
/// # Errors
/// `EncodingWarning`, where the program wants it and as an error.
pub fn text_encoding(th: &Thread, encoding: Value, level: i32) -> PyResult {
    if let Some(e) = given(encoding) {
        return Ok(e);
    }
    if sys_flag(th, "warn_default_encoding")? {
        super::warn(
            th,
            &exception::ENCODING_WARNING,
            "'encoding' argument not specified",
            level,
            Value::ABSENT,
        )?;
    }
    let name = if sys_flag(th, "utf8_mode")? {
        "utf-8"
    } else {
        "locale"
    };
    Ok(strings::intern(th, name))
}

/// `open(path, mode)`, with all else by default.
///
/// # Errors
/// As Python's.
pub fn open_file(th: &Thread, path: Value, mode: &str) -> PyResult {
    let mut a = [Value::ABSENT; 8];
    a[0] = path;
    a[1] = Value::str(th, mode);
    open(th, &a)
}

/// What a mode of `open` says.
struct Mode {
    raw: String,
    text: bool,
    binary: bool,
    updating: bool,
    reading: bool,
}

fn parse(th: &Thread, mode: &str) -> PyResult<Mode> {
    let has = |c| mode.contains(c);
    let twice = |c| mode.matches(c).count() > 1;
    if mode.contains(|c| !"xrwa+tb".contains(c)) || mode.chars().any(twice) {
        return Err(th.value_error(format!("invalid mode: '{mode}'")));
    }
    Ok(Mode {
        raw: "xrwa+".chars().filter(|c| has(*c)).collect(),
        text: has('t'),
        binary: has('b'),
        updating: has('+'),
        reading: has('r'),
    })
}

/// A `str` argument that may be None.
fn optional_text(th: &Thread, which: &str, v: Value) -> PyResult<Value> {
    let Some(v) = given(v) else {
        return Ok(Value::NONE);
    };
    match v.as_wtf8() {
        Some(w) if w.as_bytes().contains(&0) => Err(th.value_error("embedded null character")),
        Some(_) => Ok(v),
        None => Err(th.type_error(format!(
            "open() argument '{which}' must be str or None, not {}",
            args::type_name(v)
        ))),
    }
}

/// `open`
pub fn open(th: &Thread, a: &[Value]) -> PyResult {
    let &[
        file,
        mode,
        buffering,
        encoding,
        errors,
        newline,
        close_fd,
        opener,
    ] = a
    else {
        return Err(th.type_error("open() missing required argument 'file' (pos 1)"));
    };
    let mode = mode.present().unwrap_or_else(|| strings::intern(th, "r"));
    let mode_text = args::text(th, "open", "'mode'", mode)?.to_string_lossy();
    if mode_text.contains('\0') {
        return Err(th.value_error("embedded null character"));
    }
    let mut buffering = i64::from(args::int_or(th, buffering, -1)?);
    let encoding = optional_text(th, "encoding", encoding)?;
    let errors = optional_text(th, "errors", errors)?;
    let newline = optional_text(th, "newline", newline)?;
    let close_fd = Value::bool(args::flag(th, close_fd, true)?);

    let slots = class_of(file).slots();
    let number = file.is_int() || slots.index.is_some() || slots.float.is_some();
    let path = if number {
        file
    } else {
        args::fspath(th, file)?
    };
    let m = parse(th, &mode_text)?;
    if m.text && m.binary {
        return Err(th.value_error("can't have text and binary mode at once"));
    }
    if m.raw.trim_end_matches('+').len() > 1 {
        return Err(th.value_error("must have exactly one of create/read/write/append mode"));
    }
    if m.binary {
        for (v, what) in [
            (encoding, "an encoding"),
            (errors, "an errors"),
            (newline, "a newline"),
        ] {
            if !v.is_none() {
                return Err(th.value_error(format!("binary mode doesn't take {what} argument")));
            }
        }
        if buffering == 1 {
            super::warn(
                th,
                &exception::RUNTIME_WARNING,
                "line buffering (buffering=1) isn't supported in binary mode, the default buffer size will be used",
                1,
                Value::ABSENT,
            )?;
        }
    }
    let raw_mode = Value::str(th, &m.raw);
    let raw = call::call(
        th,
        FILE_IO.value(),
        &[path, raw_mode, close_fd, opener.or(Value::NONE)],
    )?;
    // From here on a failure closes what is open already: the outermost layer that there is.
    let mut outermost = raw;
    let made = (|| {
        let mut line_buffering = buffering == 1;
        if buffering < 0 {
            let tty = call::call_method(th, raw, "_isatty_open_only", &[])?;
            line_buffering = ops::truth(th, tty)?;
        }
        if line_buffering {
            buffering = -1;
        }
        if buffering < 0 {
            let block = ops::index_i64(th, attr::get_str(th, raw, "_blksize")?)?;
            buffering = block.clamp(super::DEFAULT_BUFFER_SIZE, LARGEST_BLOCK);
        }
        if buffering == 0 {
            if !m.binary {
                return Err(th.value_error("can't have unbuffered text I/O"));
            }
            return Ok(raw);
        }
        let ty: &StaticType = if m.updating {
            &BUFFERED_RANDOM
        } else if m.reading {
            &BUFFERED_READER
        } else {
            &BUFFERED_WRITER
        };
        let buffer = call::call(th, ty.value(), &[raw, Value::int(th, buffering)])?;
        outermost = buffer;
        if m.binary {
            return Ok(buffer);
        }
        let line_buffering = Value::bool(line_buffering);
        let text = call::call(
            th,
            TEXT_IO_WRAPPER.value(),
            &[buffer, encoding, errors, newline, line_buffering],
        )?;
        outermost = text;
        attr::set(th, text, strings::intern(th, "mode"), mode)?;
        Ok(text)
    })();
    match made {
        Ok(v) => {
            if let Some(s) = counted(raw) {
                super::writers::remember(th, v, &s)?;
            }
            Ok(v)
        }
        Err(e) => chained(Some(e), call::call_method(th, outermost, "close", &[])),
    }
}

const OPEN_DOC: &str = "\
Open file and return a stream.  Raise OSError upon failure.

file is either a text or byte string giving the name (and the path
if the file isn't in the current working directory) of the file to
be opened or an integer file descriptor of the file to be
wrapped.  (If a file descriptor is given, it is closed when the
returned I/O object is closed, unless closefd is set to False.)

mode is an optional string that specifies the mode in which the file
is opened: 'r' for reading (the default), 'w' for writing, truncating
the file first, 'x' for creating and writing to a new file, 'a' for
writing at the end; with 'b' for bytes or 't' for text (the default),
and '+' for both reading and writing.

buffering sets the buffering policy: 0 for none (binary mode only), 1
for line buffering (text mode only), a larger number for the size of
the buffer.  By default the size is
max(min(blocksize, 8 MiB), DEFAULT_BUFFER_SIZE), and text files that
are terminals are line buffered.

encoding, errors and newline are for text mode only and are those of
TextIOWrapper.

If closefd is False, the underlying file descriptor will be kept open
when the file is closed.  This does not work when a file name is given.

opener is called with (file, flags) and must return an open file
descriptor.

The type of the stream depends on the mode: TextIOWrapper for text,
BufferedReader, BufferedWriter or BufferedRandom for bytes, FileIO
without a buffer.";
