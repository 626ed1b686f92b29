//! `zlib`.
//!
//! Every call works on its stream in a blocking region, under the object's lock: nothing waits for it but the callers
//! of the same object.

mod compress;
mod decompress;
mod incremental;

use taipan_deflate::{Step, Stream, adler32, code, crc32, flush, version};
use taipan_object::exception::EXCEPTION;
use taipan_object::func::Module;
use taipan_object::native::{Atomic, Method, ModuleSpec, TypeSpec};
use taipan_object::numbers::Int;
use taipan_object::types::{StaticType, flags, no_layout};
use taipan_object::{PyResult, Raised, Thread, Value, buffer, ops};

/// `zlib`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "zlib",
    doc: "The functions in this module allow compression and decompression using the\nzlib library, which is based on GNU zip.\n\nadler32(string[, start]) -- Compute an Adler-32 checksum.\ncompress(data[, level]) -- Compress data, with compression level 0-9 or -1.\ncompressobj([level[, ...]]) -- Return a compressor object.\ncrc32(string[, start]) -- Compute a CRC-32 checksum.\ndecompress(string,[wbits],[bufsize]) -- Decompresses a compressed string.\ndecompressobj([wbits[, zdict]]) -- Return a decompressor object.\n\n'wbits' is window buffer size and container format.\nCompressor objects support compress() and flush() methods; decompressor\nobjects support decompress() and flush().",
    functions: &[
        Method::new("adler32", "(data, value=1, /)", |th, a| checksum(th, a, 1, adler32))
            .atomic(Atomic::Immutable)
            .doc("Compute an Adler-32 checksum of data.\n\n  value\n    Starting value of the checksum.\n\nThe returned checksum is an integer."),
        Method::new("crc32", "(data, value=0, /)", |th, a| checksum(th, a, 0, crc32))
            .atomic(Atomic::Immutable)
            .doc("Compute a CRC-32 checksum of data.\n\n  value\n    Starting value of the checksum.\n\nThe returned checksum is an integer."),
        Method::new("compress", "(data, /, level=Z_DEFAULT_COMPRESSION, wbits=MAX_WBITS)", compress::compress)
            .atomic(Atomic::Immutable)
            .doc("Returns a bytes object containing compressed data.\n\n  data\n    Binary data to be compressed.\n  level\n    Compression level, in 0-9 or -1.\n  wbits\n    The window buffer size and container format."),
        Method::new("decompress", "(data, /, wbits=MAX_WBITS, bufsize=DEF_BUF_SIZE)", decompress::decompress)
            .atomic(Atomic::Immutable)
            .doc("Returns a bytes object containing the uncompressed data.\n\n  data\n    Compressed data.\n  wbits\n    The window buffer size and container format.\n  bufsize\n    The initial output buffer size."),
        Method::new("compressobj", "(level=Z_DEFAULT_COMPRESSION, method=DEFLATED, wbits=MAX_WBITS, memLevel=DEF_MEM_LEVEL, strategy=Z_DEFAULT_STRATEGY, zdict=<unrepresentable>)", compress::compressobj)
            .doc("Return a compressor object.\n\n  level\n    The compression level (an integer in the range 0-9 or -1; default is\n    currently equivalent to 6).  Higher compression levels are slower,\n    but produce smaller results.\n  method\n    The compression algorithm.  If given, this must be DEFLATED.\n  wbits\n    +9 to +15: The base-two logarithm of the window size.  Include a zlib\n        container.\n    -9 to -15: Generate a raw stream.\n    +25 to +31: Include a gzip container.\n  memLevel\n    Controls the amount of memory used for internal compression state.\n    Valid values range from 1 to 9.  Higher values result in higher memory\n    usage, faster compression, and smaller output.\n  strategy\n    Used to tune the compression algorithm.  Possible values are\n    Z_DEFAULT_STRATEGY, Z_FILTERED, and Z_HUFFMAN_ONLY.\n  zdict\n    The predefined compression dictionary - a sequence of bytes\n    containing subsequences that are likely to occur in the input data."),
        Method::new("decompressobj", "(wbits=MAX_WBITS, zdict=b'')", decompress::decompressobj)
            .doc("Return a decompressor object.\n\n  wbits\n    The window buffer size and container format.\n  zdict\n    The predefined compression dictionary.  This must be the same\n    dictionary as used by the compressor that produced the input data."),
    ],
    types: &[
        (&incremental::DECOMPRESSOR, &incremental::DECOMPRESSOR_SPEC),
        (&ERROR, &TypeSpec::EMPTY),
    ],
    init,
};

pub(crate) use compress::{COMPRESS, COMPRESS_SPEC};
pub(crate) use decompress::{DECOMPRESS, DECOMPRESS_SPEC};

/// `zlib.error`
static ERROR: StaticType = StaticType::new(
    "zlib",
    "error",
    Some(&EXCEPTION),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS,
    no_layout,
);

const CONSTANTS: [(&str, i64); 20] = [
    ("MAX_WBITS", 15),
    ("DEFLATED", 8),
    ("DEF_MEM_LEVEL", 8),
    ("DEF_BUF_SIZE", 16384),
    ("Z_BEST_SPEED", 1),
    ("Z_BEST_COMPRESSION", 9),
    ("Z_DEFAULT_COMPRESSION", -1),
    ("Z_NO_COMPRESSION", 0),
    ("Z_FILTERED", 1),
    ("Z_HUFFMAN_ONLY", 2),
    ("Z_RLE", 3),
    ("Z_FIXED", 4),
    ("Z_DEFAULT_STRATEGY", 0),
    ("Z_NO_FLUSH", 0),
    ("Z_PARTIAL_FLUSH", 1),
    ("Z_SYNC_FLUSH", 2),
    ("Z_FULL_FLUSH", 3),
    ("Z_FINISH", 4),
    ("Z_BLOCK", 5),
    ("Z_TREES", 6),
];

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let d = module.expect::<Module>().dict.expect();
    for (name, n) in CONSTANTS {
        d.set_name(th, name, Value::int(th, n))?;
    }
    for name in ["ZLIB_VERSION", "ZLIB_RUNTIME_VERSION"] {
        d.set_name(th, name, Value::str(th, &version()))?;
    }
    Ok(())
}

/// The bytes of an argument, pinned while they are worked on outside the interpreter.
enum Input<'a> {
    Fixed(&'a [u8]),
    Shared(buffer::Buffer),
}

impl Input<'_> {
    fn of<'a>(th: &Thread, v: Value) -> PyResult<Input<'a>> {
        match v.as_bytes() {
            Some(b) => Ok(Input::Fixed(b)),
            None => Ok(Input::Shared(buffer::get_contiguous(th, v)?)),
        }
    }

    fn bytes(&self) -> &[u8] {
        match self {
            Input::Fixed(b) => b,
            Input::Shared(b) => b.as_slice(),
        }
    }
}

fn int(th: &Thread, v: Value, default: i32) -> PyResult<i32> {
    match v.present() {
        Some(v) => ops::index_i32(th, v),
        None => Ok(default),
    }
}

fn checksum(th: &Thread, a: &[Value], start: u32, f: fn(u32, &[u8]) -> u32) -> PyResult {
    let data = Input::of(th, a[0])?;
    let start = match a[1].present() {
        Some(v) => low_bits(th, v)?,
        None => start,
    };
    let bytes = data.bytes();
    let sum = if bytes.len() > 5 * 1024 {
        th.blocking(|| f(start, bytes))
    } else {
        f(start, bytes)
    };
    Ok(Value::int(th, sum.into()))
}

/// The low 32 bits of an integer.
fn low_bits(th: &Thread, v: Value) -> PyResult<u32> {
    let n = ops::index(th, v)?;
    if let Some(n) = n.as_i64() {
        return Ok(n as u32);
    }
    let mask = Value::int(th, i64::from(u32::MAX));
    let n = ops::binary(th, taipan_object::slots::BinOp::And, n, mask)?;
    Ok(n.as_int().and_then(|n: Int| n.to_i64()).unwrap_or(0) as u32)
}

/// Why work outside the interpreter failed.
enum Failure {
    /// zlib's code, and its text if it has one.
    Zlib(i32, Option<String>),
    /// The same where the dictionary was set.
    Dictionary(i32),
    Memory,
}

impl Failure {
    fn of(stream: &Stream, code: i32) -> Failure {
        Failure::Zlib(code, stream.message())
    }

    /// The exception; `doing` says what failed.
    fn raise(self, th: &Thread, doing: &str) -> Raised {
        match self {
            Failure::Zlib(code, text) => error(th, code, text, doing),
            Failure::Dictionary(code) => error(th, code, None, "while setting zdict"),
            Failure::Memory => th.memory_error(),
        }
    }
}

#[cold]
fn error(th: &Thread, n: i32, text: Option<String>, doing: &str) -> Raised {
    let text = text.or_else(|| {
        let known = match n {
            code::BUF_ERROR => "incomplete or truncated stream",
            code::STREAM_ERROR => "inconsistent stream state",
            code::DATA_ERROR => "invalid input data",
            _ => return None,
        };
        Some(known.to_owned())
    });
    match text {
        Some(t) => th.raise(&ERROR, format!("Error {n} {doing}: {t}")),
        None => th.raise(&ERROR, format!("Error {n} {doing}")),
    }
}

/// Output that grows block by block, up to a limit.
struct Output {
    bytes: Vec<u8>,
    used: usize,
    limit: usize,
}

impl Output {
    fn new(limit: usize) -> Output {
        Output {
            bytes: Vec::new(),
            used: 0,
            limit,
        }
    }

    /// Whether nothing more may be put out.
    fn is_full(&self) -> bool {
        self.used >= self.limit
    }

    /// Makes one step into fresh room; whether it filled all of it.
    fn step(
        &mut self,
        stream: &mut Stream,
        input: &[u8],
        mode: i32,
    ) -> Result<(Step, bool), Failure> {
        let want = (self.used * 2)
            .clamp(16 * 1024, self.used + (64 << 20))
            .min(self.limit)
            .max(self.used);
        if self.bytes.len() < want {
            if self
                .bytes
                .try_reserve_exact(want - self.bytes.len())
                .is_err()
            {
                return Err(Failure::Memory);
            }
            self.bytes.resize(want, 0);
        }
        let step = stream.step(input, &mut self.bytes[self.used..], mode);
        self.used += step.written;
        Ok((step, self.used == self.bytes.len()))
    }

    fn finish(mut self) -> Vec<u8> {
        self.bytes.truncate(self.used);
        self.bytes
    }
}

/// Compresses all of `input`.
fn deflate_all(
    stream: &mut Stream,
    mut input: &[u8],
    mode: i32,
) -> Result<(Vec<u8>, i32), Failure> {
    let mut out = Output::new(usize::MAX);
    loop {
        let last = input.len() <= u32::MAX as usize;
        let (step, full) = out.step(stream, input, if last { mode } else { flush::NO_FLUSH })?;
        input = &input[step.read..];
        if step.code == code::STREAM_ERROR {
            return Err(Failure::of(stream, step.code));
        }
        if !full && input.is_empty() || step.code == code::STREAM_END {
            return Ok((out.finish(), step.code));
        }
    }
}

/// Decompresses until the input is used up, the output full or the stream at its end. Gives the output, zlib's last
/// code and how much of the input was used.
fn inflate_some(
    stream: &mut Stream,
    input: &[u8],
    limit: usize,
    mode: i32,
    dictionary: Option<&[u8]>,
) -> Result<(Vec<u8>, i32, usize), Failure> {
    let mut out = Output::new(limit);
    let mut used = 0;
    loop {
        let (step, full) = out.step(stream, &input[used..], mode)?;
        used += step.read;
        match (step.code, dictionary) {
            (code::OK | code::BUF_ERROR, _) => {}
            (code::STREAM_END, _) => return Ok((out.finish(), step.code, used)),
            (code::NEED_DICT, Some(d)) => {
                match stream.set_dictionary(d) {
                    code::OK => continue,
                    n => return Err(Failure::Dictionary(n)),
                };
            }
            (n, _) => return Err(Failure::of(stream, n)),
        }
        if full && out.is_full() {
            return Ok((out.finish(), step.code, used));
        }
        if !full && (used == input.len() || step.read == 0 && step.written == 0) {
            return Ok((out.finish(), step.code, used));
        }
    }
}
