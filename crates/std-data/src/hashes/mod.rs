//! `_md5`, `_sha1`, `_sha2`, `_sha3` and `_blake2`: the hash functions of `hashlib`; `_hmac`.
//!
//! Each object has a lock that is held for one whole call. A call with much data holds it in a blocking region, and
//! whoever has to wait for the lock waits in one too: a collection never waits for a hash.

mod blake2;
mod hmac;
mod sha;
mod state;

pub use blake2::MODULE as BLAKE2_MODULE;
pub use hmac::MODULE as HMAC_MODULE;
pub use sha::{MD5_MODULE, SHA1_MODULE, SHA2_MODULE, SHA3_MODULE};

use state::State;
use std::sync::{Mutex, TryLockError};
use taipan_object::buffer::{self, Buffer};
use taipan_object::native::{Atomic, GetSet, Method};
use taipan_object::types::StaticType;
use taipan_object::{PyResult, Thread, Value, ops, payload};

/// Data of this many bytes and more is hashed in a blocking region; CPython's number.
const MUCH: usize = 2048;

/// What the objects of one hash function have in common.
pub(crate) struct Algorithm {
    pub name: &'static str,
    /// Bytes of a block.
    pub block: usize,
    /// Bytes of a digest; zero where the caller says how many.
    pub size: usize,
    pub start: fn() -> State,
    pub class: &'static StaticType,
}

/// A state that threads share.
pub(crate) struct Shared(Mutex<State>);

impl Shared {
    pub fn new(state: State) -> Shared {
        Shared(Mutex::new(state))
    }

    /// Runs `f` on the state, alone. `work` is how many bytes it has to do with.
    pub fn with<R>(&self, th: &Thread, work: usize, f: impl FnOnce(&mut State) -> R) -> R {
        if work < MUCH {
            match self.0.try_lock() {
                Ok(mut s) => return f(&mut s),
                Err(TryLockError::Poisoned(p)) => return f(&mut p.into_inner()),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        th.blocking(|| f(&mut self.0.lock().unwrap_or_else(|p| p.into_inner())))
    }
}

/// The payload of all hash objects.
#[repr(C)]
pub(crate) struct Hasher {
    pub algorithm: &'static Algorithm,
    /// Bytes of this object's digest.
    pub size: usize,
    pub state: Shared,
}

payload!(Hasher, "hash", |this, m| {});

impl Hasher {
    /// A new hash object that has taken in `data`.
    fn make(
        th: &Thread,
        algorithm: &'static Algorithm,
        size: usize,
        mut state: State,
        data: Option<&Data>,
    ) -> Value {
        if let Some(d) = data {
            let bytes = d.bytes();
            if bytes.len() < MUCH {
                state.update(bytes);
            } else {
                th.blocking(|| state.update(bytes));
            }
        }
        let hasher = Hasher {
            algorithm,
            size,
            state: Shared::new(state),
        };
        th.new_object(algorithm.class, hasher).value()
    }

    fn digest(&self, th: &Thread, size: usize) -> PyResult<Vec<u8>> {
        let mut out = zeroed(th, size)?;
        self.state.with(th, size, |s| s.digest(&mut out));
        Ok(out)
    }
}

fn zeroed(th: &Thread, n: usize) -> PyResult<Vec<u8>> {
    let mut out = Vec::new();
    if out.try_reserve_exact(n).is_err() {
        return Err(th.memory_error());
    }
    out.resize(n, 0);
    Ok(out)
}

/// Data to be hashed.
pub(crate) enum Data<'a> {
    /// Bytes that never change.
    Fixed(&'a [u8]),
    /// The memory of another object, which does not resize it meanwhile.
    Shared(Buffer),
}

impl Data<'_> {
    /// The data of a bytes-like object.
    ///
    /// # Errors
    /// `TypeError` for other objects, `BufferError` for a view that is not contiguous.
    pub fn of<'a>(th: &Thread, v: Value) -> PyResult<Data<'a>> {
        if let Some(b) = v.as_bytes() {
            return Ok(Data::Fixed(b));
        }
        if v.as_str_obj().is_some() {
            return Err(th.type_error("Strings must be encoded before hashing"));
        }
        if !buffer::is_exporter(v) {
            return Err(th.type_error("object supporting the buffer API required"));
        }
        Ok(Data::Shared(buffer::get_contiguous(th, v)?))
    }

    pub fn bytes(&self) -> &[u8] {
        match self {
            Data::Fixed(b) => b,
            Data::Shared(b) => b.as_slice(),
        }
    }
}

/// The one of the arguments `data` and `string` that is there.
fn initial<'a>(th: &Thread, data: Value, string: Value) -> PyResult<Option<Data<'a>>> {
    match (data.present(), string.present()) {
        (Some(_), Some(_)) => Err(th.type_error(
            "'data' and 'string' are mutually exclusive and support for 'string' keyword parameter is slated for removal in a future version.",
        )),
        (Some(v), None) | (None, Some(v)) => Data::of(th, v).map(Some),
        (None, None) => Ok(None),
    }
}

/// Makes a hash object from the arguments `(data=b'', *, usedforsecurity=True, string=None)`.
fn from_args(th: &Thread, a: &[Value], algorithm: &'static Algorithm) -> PyResult {
    if let Some(v) = a[1].present() {
        ops::truth(th, v)?;
    }
    let data = initial(th, a[0], a[2])?;
    let state = (algorithm.start)();
    Ok(Hasher::make(
        th,
        algorithm,
        algorithm.size,
        state,
        data.as_ref(),
    ))
}

/// The signature that the functions for [`from_args`] have.
const FROM_ARGS: &str = "(data=b'', *, usedforsecurity=True, string=None)";

fn hex(th: &Thread, bytes: &[u8]) -> Value {
    let mut text = String::with_capacity(bytes.len() * 2);
    for b in bytes {
        for digit in [b >> 4, b & 15] {
            text.push(char::from(b"0123456789abcdef"[usize::from(digit)]));
        }
    }
    Value::str(th, &text)
}

const COPY: Method = Method::new("copy", "($self, /)", |th, a| {
    let h = a[0].expect::<Hasher>();
    let state = h.state.with(th, 0, |s| s.clone());
    Ok(Hasher::make(th, h.algorithm, h.size, state, None))
})
.atomic(Atomic::Locked)
.doc("Return a copy of the hash object.");

const DIGEST_DOC: &str = "Return the digest value as a bytes object.";
const HEXDIGEST_DOC: &str = "Return the digest value as a string of hexadecimal digits.";

const DIGEST: Method = Method::new("digest", "($self, /)", |th, a| {
    let h = a[0].expect::<Hasher>();
    Value::bytes(th, &h.digest(th, h.size)?)
})
.atomic(Atomic::Locked)
.doc(DIGEST_DOC);

const HEXDIGEST: Method = Method::new("hexdigest", "($self, /)", |th, a| {
    let h = a[0].expect::<Hasher>();
    Ok(hex(th, &h.digest(th, h.size)?))
})
.atomic(Atomic::Locked)
.doc(HEXDIGEST_DOC);

fn update(th: &Thread, a: &[Value]) -> PyResult {
    let h = a[0].expect::<Hasher>();
    let data = Data::of(th, a[1])?;
    let bytes = data.bytes();
    h.state.with(th, bytes.len(), |s| s.update(bytes));
    Ok(Value::NONE)
}

const UPDATE: Method = Method::new("update", "($self, obj, /)", update)
    .atomic(Atomic::Locked)
    .doc("Update this hash object's state with the provided string.");

const UPDATE_BYTES: Method = Method::new("update", "($self, data, /)", update)
    .atomic(Atomic::Locked)
    .doc("Update this hash object's state with the provided bytes-like object.");

const NAME: GetSet = GetSet::new("name", |th, v| {
    Ok(Value::str(th, v.expect::<Hasher>().algorithm.name))
});

const BLOCK_SIZE: GetSet = GetSet::new("block_size", |th, v| {
    Ok(Value::usize(th, v.expect::<Hasher>().algorithm.block))
});

const DIGEST_SIZE: GetSet = GetSet::new("digest_size", |th, v| {
    Ok(Value::usize(th, v.expect::<Hasher>().size))
});

/// Adds the constant that all these modules have.
fn init(th: &Thread, module: Value) -> PyResult<()> {
    let d = module.expect::<taipan_object::func::Module>().dict.expect();
    d.set_name(th, "_GIL_MINSIZE", Value::usize(th, MUCH))
}

/// An argument that C takes as an unsigned number of type `what`, at most `max`.
fn unsigned(th: &Thread, v: Value, what: &str, max: u64) -> PyResult<u64> {
    let n = ops::index(th, v)?;
    let zero = Value::small_int(0);
    if ops::compare_bool(th, n, zero, taipan_object::slots::CmpOp::Lt)? {
        return Err(th.value_error("Cannot convert negative int"));
    }
    let small = match n.as_int() {
        Some(i) => match i.to_i64() {
            Some(n) => Some(n as u64),
            None => i.to_big().to_string().parse().ok(),
        },
        None => None,
    };
    small
        .filter(|n| *n <= max)
        .ok_or_else(|| th.overflow_error(format!("Python int too large for C {what}")))
}
