//! Streams without an interpreter, with one thread and with many.

use std::sync::{Barrier, OnceLock};
use taipan_object::dict::Dict;
use taipan_object::exception as exc;
use taipan_object::func::Module;
use taipan_object::thread::Interpreter;
use taipan_object::types::{StaticType, class_of};
use taipan_object::{PyResult, Thread, Value, call, names, ops, types};
use taipan_std_os::io;

static INTERP: OnceLock<&'static Interpreter> = OnceLock::new();

fn start(th: &Thread) -> PyResult<()> {
    taipan_object::bootstrap(th)?;
    taipan_builtins::define(th)?;
    taipan_builtins::register(th)?;
    let tables = [
        taipan_containers::types(),
        taipan_numbers::types(),
        taipan_strings::types(),
        io::MODULE.types,
    ];
    for (t, spec) in tables.into_iter().flatten() {
        t.define(th, spec)?;
    }
    let builtins = Dict::new(th);
    builtins.set_name(
        th,
        "memoryview",
        taipan_strings::memoryview::MEMORYVIEW.value(),
    )?;
    th.interp.set_dict(&th.interp.builtins, builtins);
    let module = Module::new(th, Value::str(th, "_io"), Value::NONE)?;
    (io::MODULE.init)(th, module.value())
}

/// Runs `f` on an attached thread of the one interpreter of this test process.
fn attached<R>(f: impl FnOnce(&Thread) -> R) -> R {
    let mut first = None;
    let interp = INTERP.get_or_init(|| {
        let interp = Interpreter::create(
            taipan_object::thread::GilOf::Nobody,
            taipan_object::thread::Limits::NONE,
        )
        .expect("an interpreter");
        let th = Thread::attach(interp, true).expect("memory for a thread");
        start(&th).expect("the types");
        first = Some(th);
        interp
    });
    let th = match first {
        Some(th) => th,
        None => Thread::attach(interp, false).expect("memory for a thread"),
    };
    let r = f(&th);
    th.detach();
    r
}

fn do_(th: &Thread, v: Value, method: &str, args: &[Value]) -> PyResult {
    call::call_method(th, v, method, args)
}

fn bytes(th: &Thread, b: &[u8]) -> Value {
    Value::bytes(th, b).expect("room")
}

fn int(n: i64) -> Value {
    Value::small_int(n)
}

fn bytes_io(th: &Thread, content: &[u8]) -> Value {
    call::call(th, io::bytes_io::BYTES_IO.value(), &[bytes(th, content)]).expect("a stream")
}

fn got(r: PyResult) -> Vec<u8> {
    r.expect("a result").as_bytes().expect("bytes").to_vec()
}

fn message(r: PyResult) -> String {
    let e = r.expect_err("an exception").0;
    let args = e.expect::<exc::Exception>().args.get();
    let text = args
        .as_tuple()
        .and_then(|a| a.first().copied())
        .unwrap_or(Value::NONE);
    format!("{}: {}", class_of(e).name_text(), names::text(text))
}

#[test]
fn bytes_are_read_written_and_sought() {
    attached(|th| {
        let f = bytes_io(th, b"one\ntwo\nthree");
        assert_eq!(got(do_(th, f, "read", &[int(2)])), b"on");
        assert_eq!(got(do_(th, f, "readline", &[])), b"e\n");
        assert_eq!(got(do_(th, f, "readline", &[int(2)])), b"tw");
        assert_eq!(do_(th, f, "tell", &[]).expect("a position"), int(6));
        assert_eq!(got(do_(th, f, "read", &[Value::NONE])), b"o\nthree");
        assert_eq!(got(do_(th, f, "read", &[])), b"");
        // Writing behind the end fills the gap with zeros.
        assert_eq!(do_(th, f, "seek", &[int(15)]).expect("a position"), int(15));
        assert_eq!(
            do_(th, f, "write", &[bytes(th, b"!")]).expect("a count"),
            int(1)
        );
        assert_eq!(got(do_(th, f, "getvalue", &[])), b"one\ntwo\nthree\0\0!");
        assert_eq!(do_(th, f, "truncate", &[int(3)]).expect("a size"), int(3));
        assert_eq!(
            do_(th, f, "seek", &[int(-1), int(2)]).expect("a position"),
            int(2)
        );
        assert_eq!(got(do_(th, f, "read", &[])), b"e");
        assert_eq!(
            message(do_(th, f, "seek", &[int(-1)])),
            "ValueError: negative seek value -1"
        );
        assert_eq!(
            message(do_(th, f, "seek", &[int(0), int(7)])),
            "ValueError: invalid whence (7, should be 0, 1 or 2)"
        );
        let text = Value::str(th, "text");
        assert_eq!(
            message(do_(th, f, "write", &[text])),
            "TypeError: a bytes-like object is required, not 'str'"
        );
    });
}

#[test]
fn lines_are_iterated() {
    attached(|th| {
        let lines = ops::to_vec(th, bytes_io(th, b"a\nb\n\nc")).expect("lines");
        let lines: Vec<_> = lines
            .iter()
            .map(|l| l.as_bytes().expect("bytes").to_vec())
            .collect();
        assert_eq!(
            lines,
            [
                b"a\n".to_vec(),
                b"b\n".to_vec(),
                b"\n".to_vec(),
                b"c".to_vec()
            ]
        );
        let all = do_(th, bytes_io(th, b"a\nb\nc\n"), "readlines", &[int(3)]).expect("lines");
        assert_eq!(ops::len(th, all).expect("a length"), 2);
    });
}

#[test]
fn a_closed_stream_refuses() {
    attached(|th| {
        let f = bytes_io(th, b"x");
        do_(th, f, "close", &[]).expect("closed");
        do_(th, f, "close", &[]).expect("closed twice");
        for method in ["read", "getvalue", "tell", "readable", "getbuffer", "flush"] {
            assert_eq!(
                message(do_(th, f, method, &[])),
                "ValueError: I/O operation on closed file."
            );
        }
    });
}

#[test]
fn a_view_keeps_the_size() {
    attached(|th| {
        let f = bytes_io(th, b"abc");
        let view = do_(th, f, "getbuffer", &[]).expect("a view");
        ops::set_item(th, view, int(0), int(i64::from(b'X'))).expect("stored");
        assert_eq!(got(do_(th, f, "getvalue", &[])), b"Xbc");
        let refused = "BufferError: Existing exports of data: object cannot be re-sized";
        assert_eq!(message(do_(th, f, "truncate", &[int(1)])), refused);
        assert_eq!(message(do_(th, f, "close", &[])), refused);
        do_(th, view, "release", &[]).expect("released");
        do_(th, f, "close", &[]).expect("closed");
    });
}

#[test]
fn state_goes_round() {
    attached(|th| {
        let f = bytes_io(th, b"abc");
        do_(th, f, "read", &[int(1)]).expect("bytes");
        let state = do_(th, f, "__getstate__", &[]).expect("a state");
        let g = bytes_io(th, b"");
        do_(th, g, "__setstate__", &[state]).expect("set");
        assert_eq!(got(do_(th, g, "read", &[])), b"bc");
        assert_eq!(
            message(do_(th, g, "__setstate__", &[int(1)])),
            "TypeError: _io.BytesIO.__setstate__ argument should be 3-tuple, got int"
        );
    });
}

#[test]
fn the_bases_can_do_little() {
    attached(|th| {
        let made = |t: &StaticType| call::call(th, t.value(), &[]).expect("a stream");
        let f = made(&io::base::IO_BASE);
        assert_eq!(
            message(do_(th, f, "seek", &[int(0)])),
            "UnsupportedOperation: seek"
        );
        let e = do_(th, f, "fileno", &[]).expect_err("no descriptor");
        assert!(e.is(&exc::OS_ERROR) && e.is(&exc::VALUE_ERROR));
        do_(th, f, "close", &[]).expect("closed");
        assert_eq!(
            message(do_(th, f, "flush", &[])),
            "ValueError: I/O operation on closed file."
        );
        let text = made(&io::base::TEXT_IO_BASE);
        assert_eq!(
            message(do_(th, text, "read", &[])),
            "UnsupportedOperation: read"
        );
    });
}

#[test]
fn each_write_is_one_step() {
    const THREADS: usize = 4;
    const WRITES: usize = 500;
    attached(|th| {
        let f = bytes_io(th, b"");
        let bits = f.bits();
        let barrier = Barrier::new(THREADS);
        th.blocking(|| {
            std::thread::scope(|s| {
                for i in 0..THREADS {
                    let barrier = &barrier;
                    s.spawn(move || {
                        attached(|th| {
                            th.blocking(|| barrier.wait());
                            let line = bytes(th, &[[b'a' + i as u8; 9].as_slice(), b"\n"].concat());
                            for _ in 0..WRITES {
                                do_(th, Value::from_bits(bits), "write", &[line]).expect("written");
                            }
                        })
                    });
                }
            })
        });
        let all = got(do_(th, f, "getvalue", &[]));
        assert_eq!(all.len(), THREADS * WRITES * 10);
        assert!(
            all.chunks(10)
                .all(|l| l[9] == b'\n' && l[..9].iter().all(|b| *b == l[0]))
        );
    });
}

#[test]
fn a_stream_lock_is_exclusive_and_not_reentrant() {
    attached(|th| {
        let lock = io::lock::IoLock::default();
        let counter = std::sync::atomic::AtomicUsize::new(0);
        {
            let _held = lock.lock(th, types::OBJECT.value()).expect("free");
            let again = lock.lock(th, types::OBJECT.value()).map(|_| Value::NONE);
            assert_eq!(
                message(again),
                "RuntimeError: reentrant call inside <class 'object'>"
            );
        }
        th.blocking(|| {
            std::thread::scope(|s| {
                for _ in 0..4 {
                    s.spawn(|| {
                        attached(|th| {
                            for _ in 0..1000 {
                                let _held = lock.lock(th, Value::NONE).expect("taken");
                                let n = counter.load(std::sync::atomic::Ordering::Relaxed);
                                std::hint::spin_loop();
                                counter.store(n + 1, std::sync::atomic::Ordering::Relaxed);
                            }
                        })
                    });
                }
            })
        });
        assert_eq!(counter.into_inner(), 4000);
    });
}
