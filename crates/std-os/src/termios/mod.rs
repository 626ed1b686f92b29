//! `termios`: settings of terminals.

use crate::args::{add_constants, fd as fildes, int, long, module_dict, retry};
use taipan_host::termios::{self as host, NCCS, Settings};
use taipan_host::tty::{self, WindowSize};
use taipan_object::exception::EXCEPTION;
use taipan_object::native::{Method, ModuleSpec, TypeSpec};
use taipan_object::seq::List;
use taipan_object::types::{StaticType, flags, no_layout};
use taipan_object::{PyResult, Thread, Value, ValueVec, ops};

/// `termios.error`
pub static ERROR: StaticType = StaticType::new(
    "termios",
    "error",
    Some(&EXCEPTION),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS,
    no_layout,
);

/// `termios`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "termios",
    doc: "Settings of terminals. A terminal is given as a descriptor or as an object with fileno().",
    functions: &[
        Method::new("tcgetattr", "(fd, /)", tcgetattr).doc(
            "The settings of a terminal: [iflag, oflag, cflag, lflag, ispeed, ospeed, cc].\n\ncc is a list of the control characters, as bytes; the items VMIN and VTIME are integers unless the terminal\nworks by lines.",
        ),
        Method::new("tcsetattr", "(fd, when, attributes, /)", tcsetattr)
            .doc("Set a terminal to settings as tcgetattr() gives them: at once, when all is written, or with input dropped."),
        Method::new("tcsendbreak", "(fd, duration, /)", |th, a| {
            let (n, duration) = (fildes(th, a[0])?, int(th, a[1])?);
            done(th, || host::tcsendbreak(n, duration))
        })
        .doc("Send a break."),
        Method::new("tcdrain", "(fd, /)", |th, a| {
            let n = fildes(th, a[0])?;
            done(th, || host::tcdrain(n))
        })
        .doc("Wait until all output is sent."),
        Method::new("tcflush", "(fd, queue, /)", |th, a| {
            let (n, queue) = (fildes(th, a[0])?, int(th, a[1])?);
            done(th, || host::tcflush(n, queue))
        })
        .doc("Throw away what is queued for input, output or both."),
        Method::new("tcflow", "(fd, action, /)", |th, a| {
            let (n, action) = (fildes(th, a[0])?, int(th, a[1])?);
            done(th, || host::tcflow(n, action))
        })
        .doc("Hold or continue input or output."),
        Method::new("tcgetwinsize", "(fd, /)", tcgetwinsize).doc("The size of a terminal: (rows, columns)."),
        Method::new("tcsetwinsize", "(fd, winsize, /)", tcsetwinsize).doc("Set the size of a terminal: (rows, columns)."),
    ],
    types: &[(&ERROR, &TypeSpec::EMPTY)],
    init: |th, module| {
        add_constants(th, module, host::CONSTANTS)?;
        module_dict(module).set_name(th, "error", ERROR.value())
    },
};

/// Makes a call that signals may interrupt; its failure is a `termios.error`.
fn checked<T>(th: &Thread, f: impl FnMut() -> std::io::Result<T>) -> PyResult<T> {
    retry(th, f)?.map_err(|e| {
        let number = e.raw_os_error().unwrap_or(libc::EIO);
        let text = Value::str(th, &taipan_host::errno::strerror(number));
        th.raise_with(&ERROR, &[Value::small_int(i64::from(number)), text])
    })
}

fn done(th: &Thread, f: impl FnMut() -> std::io::Result<()>) -> PyResult {
    checked(th, f)?;
    Ok(Value::NONE)
}

fn tcgetattr(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    let s = checked(th, || host::tcgetattr(n))?;
    let by_lines = s.lflag & libc::ICANON != 0;
    let mut cc = ValueVec::with_capacity(th, NCCS)?;
    for (i, b) in s.cc.iter().enumerate() {
        let number = !by_lines && (i == libc::VMIN || i == libc::VTIME);
        let v = if number {
            Value::small_int(i64::from(*b))
        } else {
            Value::bytes(th, &[*b])?
        };
        cc.push(th, v)?;
    }
    let numbers = [s.iflag, s.oflag, s.cflag, s.lflag, s.ispeed, s.ospeed];
    let mut out = ValueVec::with_capacity(th, 7)?;
    for n in numbers {
        out.push(th, Value::small_int(i64::from(n)))?;
    }
    out.push(th, List::from_vec(th, cc))?;
    Ok(List::from_vec(th, out))
}

fn tcsetattr(th: &Thread, a: &[Value]) -> PyResult {
    let (n, when) = (fildes(th, a[0])?, int(th, a[1])?);
    let items = match a[2].as_list() {
        Some(l) => l.snapshot(th)?,
        None => ValueVec::new(),
    };
    let [iflag, oflag, cflag, lflag, ispeed, ospeed, cc] = items.as_slice() else {
        return Err(th.type_error("tcsetattr, arg 3: must be 7 element list"));
    };
    let number = |v: Value| long(th, v).map(|n| n as u32);
    let mut settings = Settings {
        iflag: number(*iflag)?,
        oflag: number(*oflag)?,
        cflag: number(*cflag)?,
        lflag: number(*lflag)?,
        ispeed: number(*ispeed)?,
        ospeed: number(*ospeed)?,
        cc: [0; NCCS],
    };
    let chars = match cc.as_list() {
        Some(l) => l.snapshot(th)?,
        None => ValueVec::new(),
    };
    if chars.len() != NCCS {
        return Err(th.type_error(format!(
            "tcsetattr: attributes[6] must be {NCCS} element list"
        )));
    }
    for (to, v) in settings.cc.iter_mut().zip(chars.iter()) {
        *to = match v.as_bytes() {
            Some([b]) => *b,
            None if v.is_int() => long(th, *v)? as u8,
            _ => {
                return Err(th.type_error(
                    "tcsetattr: elements of attributes must be bytes objects of length 1 or integers",
                ));
            }
        };
    }
    done(th, || host::tcsetattr(n, when, &settings))
}

fn tcgetwinsize(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    let size = checked(th, || tty::window_size(n))?;
    let v = [size.rows, size.columns].map(|n| Value::small_int(i64::from(n)));
    Value::try_tuple(th, &v)
}

fn tcsetwinsize(th: &Thread, a: &[Value]) -> PyResult {
    let n = fildes(th, a[0])?;
    let wrong = || th.type_error("tcsetwinsize, arg 2: must be a two-item sequence");
    let s = taipan_object::types::class_of(a[1]).slots();
    if s.getitem.is_none() || a[1].as_dict().is_some() {
        return Err(wrong());
    }
    let items = ops::to_vec(th, a[1])?;
    let [rows, columns] = items.as_slice() else {
        return Err(wrong());
    };
    let (rows, columns) = (long(th, *rows)?, long(th, *columns)?);
    let (Ok(rows), Ok(columns)) = (u16::try_from(rows), u16::try_from(columns)) else {
        return Err(th.overflow_error("winsize value(s) out of range."));
    };
    done(th, || tty::set_window_size(n, WindowSize { rows, columns }))
}
