//! `BufferedRWPair`: a reader and a writer of two raw streams, such as a pipe's ends, as one.

use super::{BUFFERED_READER, BUFFERED_WRITER};
use crate::io::base;
use crate::io::file_io::chained;
use taipan_object::call::Args;
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::types::{StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, attr, call, ops, payload};

/// The payload of `BufferedRWPair`: absent until it is set up.
pub struct Pair {
    reader: Field,
    writer: Field,
}

payload!(Pair, "BufferedRWPair", |this, m| {
    this.reader.trace(m);
    this.writer.trace(m);
});

/// `BufferedRWPair`
pub static BUFFERED_RW_PAIR: StaticType = StaticType::new(
    "_io",
    "BufferedRWPair",
    Some(&base::BUFFERED_IO_BASE),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF,
    layout_of::<Pair>,
);

static INIT: Method = Method::new(
    "BufferedRWPair",
    "($self, reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)",
    init,
);

/// `BufferedRWPair`
pub static PAIR_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| {
            let pair = Pair {
                reader: Field::absent(),
                writer: Field::absent(),
            };
            Ok(th.new_instance(cls, pair).value())
        });
        s.init = Some(|th, v, a: Args| {
            a.with_first(th, v, |a| call::call_method_row(th, &INIT, a))?;
            Ok(())
        });
    },
    methods: &[
        Method::new("read", "($self, size=-1, /)", |th, a| read(th, a, "read")),
        Method::new("read1", "($self, size=-1, /)", |th, a| read(th, a, "read1")),
        Method::new("peek", "($self, size=0, /)", |th, a| read(th, a, "peek")),
        Method::new("readinto", "($self, buffer, /)", |th, a| {
            read(th, a, "readinto")
        }),
        Method::new("readinto1", "($self, buffer, /)", |th, a| {
            read(th, a, "readinto1")
        }),
        Method::new("write", "($self, buffer, /)", |th, a| {
            call::call_method(th, writer(th, a[0])?, "write", &a[1..])
        }),
        Method::new("flush", "($self, /)", |th, a| {
            call::call_method(th, writer(th, a[0])?, "flush", &[])
        }),
        Method::new("readable", "($self, /)", |th, a| read(th, a, "readable")),
        Method::new("writable", "($self, /)", |th, a| {
            call::call_method(th, writer(th, a[0])?, "writable", &[])
        }),
        Method::new("isatty", "($self, /)", |th, a| {
            let r = call::call_method(th, writer(th, a[0])?, "isatty", &[])?;
            // Either end will do.
            if r.is(Value::FALSE) {
                read(th, a, "isatty")
            } else {
                Ok(r)
            }
        }),
        Method::new("close", "($self, /)", close),
    ],
    getset: &[GetSet::new("closed", |th, v| {
        match v.expect::<Pair>().writer.get().present() {
            Some(w) => attr::get_str(th, w, "closed"),
            None => Err(th.runtime_error("the BufferedRWPair object is being garbage-collected")),
        }
    })],
    doc: "A buffered reader and writer object together.\n\nA buffered reader object and buffered writer object put together to\nform a sequential IO object that can read and write. This is typically\nused with a socket or two-way pipe.\n\nreader and writer are RawIOBase objects that are readable and\nwriteable respectively. If the buffer_size is omitted it defaults to\nDEFAULT_BUFFER_SIZE.",
    sig: "(reader, writer, buffer_size=DEFAULT_BUFFER_SIZE, /)",
};

fn init(th: &Thread, a: &[Value]) -> PyResult {
    let size = match a[3].present() {
        Some(n) => Value::int(th, ops::index_i64(th, n)?),
        None => Value::int(th, crate::io::DEFAULT_BUFFER_SIZE),
    };
    base::check_able(th, a[1], "readable", "File or stream is not readable.")?;
    base::check_able(th, a[2], "writable", "File or stream is not writable.")?;
    let reader = call::call(th, BUFFERED_READER.value(), &[a[1], size])?;
    let writer = call::call(th, BUFFERED_WRITER.value(), &[a[2], size])?;
    let pair = a[0].expect::<Pair>();
    for (field, new) in [(&pair.reader, reader), (&pair.writer, writer)] {
        base::own(new);
        if let Some(old) = field.swap(&pair.header, new).present() {
            base::disown(old);
        }
    }
    Ok(Value::NONE)
}

fn half(th: &Thread, field: &Field) -> PyResult {
    match field.get().present() {
        Some(v) => Ok(v),
        None => Err(th.value_error("I/O operation on uninitialized object")),
    }
}

fn writer(th: &Thread, v: Value) -> PyResult {
    half(th, &v.expect::<Pair>().writer)
}

/// Calls a method of the reader with the arguments that were given.
fn read(th: &Thread, a: &[Value], method: &str) -> PyResult {
    let reader = half(th, &a[0].expect::<Pair>().reader)?;
    let given = a[1..].iter().take_while(|v| !v.is_absent()).count();
    call::call_method(th, reader, method, &a[1..1 + given])
}

fn close(th: &Thread, a: &[Value]) -> PyResult {
    let first = writer(th, a[0])
        .and_then(|w| call::call_method(th, w, "close", &[]))
        .err();
    let second = read(th, &a[..1], "close");
    chained(first, second)
}
