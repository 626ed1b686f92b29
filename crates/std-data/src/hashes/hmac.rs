//! `_hmac`: keyed hashes over the functions of this folder.

use super::state::State;
use super::{Algorithm, Data, MUCH, Shared, blake2, hex, sha};
use taipan_object::exception::VALUE_ERROR;
use taipan_object::native::{Atomic, GetSet, Method, ModuleSpec, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of, no_layout};
use taipan_object::{PyResult, Thread, Value, ops, payload};

macro_rules! compute {
    ($name:literal, $algorithm:expr) => {
        Method::new($name, "(key, msg, /)", |th, a| {
            compute(th, a[0], a[1], $algorithm)
        })
        .atomic(Atomic::Immutable)
    };
}

/// `_hmac`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_hmac",
    doc: "",
    functions: &[
        Method::new("new", "(key, msg=None, digestmod=<unrepresentable>)", new)
            .doc("Return a new HMAC object."),
        Method::new("compute_digest", "(key, msg, digest)", |th, a| {
            let algorithm = find(th, a[2])?;
            compute(th, a[0], a[1], algorithm)
        })
        .atomic(Atomic::Immutable),
        compute!("compute_md5", &sha::MD5),
        compute!("compute_sha1", &sha::SHA1),
        compute!("compute_sha224", &sha::SHA224),
        compute!("compute_sha256", &sha::SHA256),
        compute!("compute_sha384", &sha::SHA384),
        compute!("compute_sha512", &sha::SHA512),
        compute!("compute_sha3_224", &sha::SHA3_224),
        compute!("compute_sha3_256", &sha::SHA3_256),
        compute!("compute_sha3_384", &sha::SHA3_384),
        compute!("compute_sha3_512", &sha::SHA3_512),
        compute!("compute_blake2s_32", &blake2::BLAKE2S),
        compute!("compute_blake2b_32", &blake2::BLAKE2B),
    ],
    types: &[(&HMAC, &HMAC_SPEC), (&UNKNOWN_HASH, &TypeSpec::EMPTY)],
    init: super::init,
};

static UNKNOWN_HASH: StaticType = StaticType::new(
    "_hmac",
    "UnknownHashError",
    Some(&VALUE_ERROR),
    flags::BASE | flags::HAS_DICT | flags::HAS_WEAKREF | flags::EXCEPTION_SUBCLASS,
    no_layout,
);

/// The payload of `_hmac.HMAC`.
#[repr(C)]
struct Hmac {
    algorithm: &'static Algorithm,
    /// The hash of the inner key and the message so far.
    inner: Shared,
    /// The hash of the outer key.
    outer: State,
}

payload!(Hmac, "HMAC", |this, m| {});

static HMAC: StaticType = StaticType::new(
    "_hmac",
    "HMAC",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Hmac>,
);

static HMAC_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(|th, v| {
            let name = v.expect::<Hmac>().algorithm.name;
            Ok(Value::str(th, &format!("<{name} HMAC object @ {:#x}>", ops::id(v))))
        });
    },
    methods: &[
        Method::new("copy", "($self, /)", |th, a| {
            let h = a[0].expect::<Hmac>();
            let inner = h.inner.with(th, 0, |s| s.clone());
            Ok(make(th, h.algorithm, inner, h.outer.clone()))
        })
        .atomic(Atomic::Locked)
        .doc("Return a copy (\"clone\") of the HMAC object."),
        Method::new("update", "($self, /, msg)", |th, a| {
            let h = a[0].expect::<Hmac>();
            let data = Data::of(th, a[1])?;
            let bytes = data.bytes();
            h.inner.with(th, bytes.len(), |s| s.update(bytes));
            Ok(Value::NONE)
        })
        .atomic(Atomic::Locked)
        .doc("Update the HMAC object with the given message."),
        Method::new("digest", "($self, /)", |th, a| Value::bytes(th, &digest(th, a[0])))
            .atomic(Atomic::Locked)
            .doc("Return the digest of the bytes passed to the update() method so far.\n\nThis method may raise a MemoryError."),
        Method::new("hexdigest", "($self, /)", |th, a| Ok(hex(th, &digest(th, a[0]))))
            .atomic(Atomic::Locked)
            .doc("Return hexadecimal digest of the bytes passed to the update() method so far.\n\nThis may be used to exchange the value safely in email or other\nnon-binary environments.\n\nThis method may raise a MemoryError."),
    ],
    getset: &[
        GetSet::new("name", |th, v| {
            Ok(Value::str(th, &format!("hmac-{}", v.expect::<Hmac>().algorithm.name)))
        }),
        GetSet::new("block_size", |th, v| Ok(Value::usize(th, v.expect::<Hmac>().algorithm.block))),
        GetSet::new("digest_size", |th, v| Ok(Value::usize(th, v.expect::<Hmac>().algorithm.size))),
    ],
    doc: "",
    sig: "",
};

fn make(th: &Thread, algorithm: &'static Algorithm, inner: State, outer: State) -> Value {
    let data = Hmac {
        algorithm,
        inner: Shared::new(inner),
        outer,
    };
    th.new_object(&HMAC, data).value()
}

/// The hash function that a name means, in any case of letters.
fn find(th: &Thread, v: Value) -> PyResult<&'static Algorithm> {
    let name = v
        .as_str_obj()
        .and_then(|s| s.as_str())
        .map(str::to_ascii_lowercase);
    Ok(match name.as_deref() {
        Some("md5") => &sha::MD5,
        Some("sha1") => &sha::SHA1,
        Some("sha224" | "sha2_224") => &sha::SHA224,
        Some("sha256" | "sha2_256") => &sha::SHA256,
        Some("sha384" | "sha2_384") => &sha::SHA384,
        Some("sha512" | "sha2_512") => &sha::SHA512,
        Some("sha3_224") => &sha::SHA3_224,
        Some("sha3_256") => &sha::SHA3_256,
        Some("sha3_384") => &sha::SHA3_384,
        Some("sha3_512") => &sha::SHA3_512,
        Some("blake2s" | "blake2s_32") => &blake2::BLAKE2S,
        Some("blake2b" | "blake2b_32") => &blake2::BLAKE2B,
        _ => {
            let shown = ops::repr(th, v)?;
            let shown = shown
                .as_wtf8()
                .map(|w| w.to_string_lossy())
                .unwrap_or_default();
            return Err(th.raise(&UNKNOWN_HASH, format!("unsupported hash type: {shown}")));
        }
    })
}

/// The inner and the outer hash of a key.
fn start(algorithm: &Algorithm, key: &[u8]) -> (State, State) {
    let mut block = vec![0; algorithm.block];
    if key.len() > algorithm.block {
        let mut hash = (algorithm.start)();
        hash.update(key);
        hash.digest(&mut block[..algorithm.size]);
    } else {
        block[..key.len()].copy_from_slice(key);
    }
    let keyed = |pad: u8| {
        let mut state = (algorithm.start)();
        let padded: Vec<u8> = block.iter().map(|b| b ^ pad).collect();
        state.update(&padded);
        state
    };
    (keyed(0x36), keyed(0x5c))
}

fn finish(algorithm: &Algorithm, inner: &State, mut outer: State) -> Vec<u8> {
    let mut out = vec![0; algorithm.size];
    inner.digest(&mut out);
    outer.update(&out);
    outer.digest(&mut out);
    out
}

fn digest(th: &Thread, v: Value) -> Vec<u8> {
    let h = v.expect::<Hmac>();
    let inner = h.inner.with(th, 0, |s| s.clone());
    finish(h.algorithm, &inner, h.outer.clone())
}

fn new(th: &Thread, a: &[Value]) -> PyResult {
    let Some(digestmod) = a[2].present() else {
        return Err(th.type_error("new() missing 1 required argument 'digestmod'"));
    };
    let algorithm = find(th, digestmod)?;
    let key = Data::of(th, a[0])?;
    let msg = match a[1].present().filter(|v| !v.is_none()) {
        Some(v) => Some(Data::of(th, v)?),
        None => None,
    };
    let (inner, outer) = keyed(
        th,
        algorithm,
        key.bytes(),
        msg.as_ref().map_or(&[], Data::bytes),
    );
    Ok(make(th, algorithm, inner, outer))
}

fn keyed(th: &Thread, algorithm: &Algorithm, key: &[u8], msg: &[u8]) -> (State, State) {
    let run = || {
        let (mut inner, outer) = start(algorithm, key);
        inner.update(msg);
        (inner, outer)
    };
    if key.len() + msg.len() < MUCH {
        run()
    } else {
        th.blocking(run)
    }
}

fn compute(th: &Thread, key: Value, msg: Value, algorithm: &'static Algorithm) -> PyResult {
    let (key, msg) = (Data::of(th, key)?, Data::of(th, msg)?);
    let (inner, outer) = keyed(th, algorithm, key.bytes(), msg.bytes());
    Value::bytes(th, &finish(algorithm, &inner, outer))
}
