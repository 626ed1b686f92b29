//! `_md5`, `_sha1`, `_sha2`, `_sha3`.

use super::state::State;
use super::{
    Algorithm, BLOCK_SIZE, COPY, DIGEST, DIGEST_DOC, DIGEST_SIZE, FROM_ARGS, HEXDIGEST,
    HEXDIGEST_DOC, Hasher, NAME, UPDATE, UPDATE_BYTES, from_args, hex, unsigned,
};
use taipan_object::call::call_method_row;
use taipan_object::func::Module;
use taipan_object::native::{Atomic, GetSet, Method, ModuleSpec, TypeSpec};
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value};

const fn class(module: &'static str, name: &'static str, flags: u64) -> StaticType {
    StaticType::new(module, name, Some(&OBJECT), flags, layout_of::<Hasher>)
}

static SPEC: TypeSpec = TypeSpec {
    slots: |_| {},
    methods: &[COPY, DIGEST, HEXDIGEST, UPDATE],
    getset: &[BLOCK_SIZE, DIGEST_SIZE, NAME],
    doc: "",
    sig: "",
};

macro_rules! algorithm {
    ($class:ident, $algorithm:ident, $module:literal, $type_name:literal, $name:literal, $block:literal, $size:literal, $state:ident) => {
        static $class: StaticType = class($module, $type_name, flags::NO_NEW);
        pub(super) static $algorithm: Algorithm = Algorithm {
            name: $name,
            block: $block,
            size: $size,
            start: || State::$state(Default::default()),
            class: &$class,
        };
    };
}

algorithm!(MD5_TYPE, MD5, "_md5", "md5", "md5", 64, 16, Md5);
algorithm!(SHA1_TYPE, SHA1, "_sha1", "sha1", "sha1", 64, 20, Sha1);
algorithm!(
    SHA224_TYPE,
    SHA224,
    "_sha2",
    "SHA224Type",
    "sha224",
    64,
    28,
    Sha224
);
algorithm!(
    SHA256_TYPE,
    SHA256,
    "_sha2",
    "SHA256Type",
    "sha256",
    64,
    32,
    Sha256
);
algorithm!(
    SHA384_TYPE,
    SHA384,
    "_sha2",
    "SHA384Type",
    "sha384",
    128,
    48,
    Sha384
);
algorithm!(
    SHA512_TYPE,
    SHA512,
    "_sha2",
    "SHA512Type",
    "sha512",
    128,
    64,
    Sha512
);

/// `_md5`
pub static MD5_MODULE: ModuleSpec = ModuleSpec {
    name: "_md5",
    doc: "",
    functions: &[
        Method::new("md5", FROM_ARGS, |th, a| from_args(th, a, &MD5))
            .doc("Return a new MD5 hash object; optionally initialized with a string."),
    ],
    types: &[],
    init: |th, m| types(th, m, &[("MD5Type", &MD5_TYPE)]),
};

/// `_sha1`
pub static SHA1_MODULE: ModuleSpec = ModuleSpec {
    name: "_sha1",
    doc: "",
    functions: &[
        Method::new("sha1", FROM_ARGS, |th, a| from_args(th, a, &SHA1))
            .doc("Return a new SHA1 hash object; optionally initialized with a string."),
    ],
    types: &[],
    init: |th, m| types(th, m, &[("SHA1Type", &SHA1_TYPE)]),
};

/// `_sha2`
pub static SHA2_MODULE: ModuleSpec = ModuleSpec {
    name: "_sha2",
    doc: "",
    functions: &[
        Method::new("sha224", FROM_ARGS, |th, a| from_args(th, a, &SHA224))
            .doc("Return a new SHA-224 hash object; optionally initialized with a string."),
        Method::new("sha256", FROM_ARGS, |th, a| from_args(th, a, &SHA256))
            .doc("Return a new SHA-256 hash object; optionally initialized with a string."),
        Method::new("sha384", FROM_ARGS, |th, a| from_args(th, a, &SHA384))
            .doc("Return a new SHA-384 hash object; optionally initialized with a string."),
        Method::new("sha512", FROM_ARGS, |th, a| from_args(th, a, &SHA512))
            .doc("Return a new SHA-512 hash object; optionally initialized with a string."),
    ],
    types: &[
        (&SHA224_TYPE, &SPEC),
        (&SHA256_TYPE, &SPEC),
        (&SHA384_TYPE, &SPEC),
        (&SHA512_TYPE, &SPEC),
    ],
    init: super::init,
};

/// Adds types whose names in the module are not their own.
fn types(th: &Thread, module: Value, types: &[(&str, &'static StaticType)]) -> PyResult<()> {
    let d = module.expect::<Module>().dict.expect();
    for (name, t) in types {
        d.set_name(th, name, t.define(th, &SPEC)?.value())?;
    }
    super::init(th, module)
}

const RATE: GetSet = GetSet::new("_rate_bits", |th, v| {
    Ok(Value::usize(th, v.expect::<Hasher>().algorithm.block * 8))
});

const CAPACITY: GetSet = GetSet::new("_capacity_bits", |th, v| {
    Ok(Value::usize(
        th,
        1600 - v.expect::<Hasher>().algorithm.block * 8,
    ))
});

const SUFFIX: GetSet = GetSet::new("_suffix", |th, v| {
    let xof = v.expect::<Hasher>().algorithm.size == 0;
    Value::bytes(th, if xof { b"\x1f" } else { b"\x06" })
});

fn length(th: &Thread, v: Value) -> PyResult<usize> {
    let n = unsigned(th, v, "unsigned long", u64::MAX)?;
    if n >= 1 << 29 {
        return Err(th.value_error("length is too large"));
    }
    Ok(n as usize)
}

macro_rules! sha3 {
    ($class:ident, $algorithm:ident, $spec:ident, $row:ident, $name:literal, $block:literal, $size:literal, $state:ident, $digest:expr, $hexdigest:expr, $doc:literal) => {
        static $class: StaticType = class("_sha3", $name, 0);
        pub(super) static $algorithm: Algorithm = Algorithm {
            name: $name,
            block: $block,
            size: $size,
            start: || State::$state(Default::default()),
            class: &$class,
        };
        static $row: Method = Method::new($name, FROM_ARGS, |th, a| from_args(th, a, &$algorithm));
        static $spec: TypeSpec = TypeSpec {
            slots: |s| s.new = Some(|th, _, args| call_method_row(th, &$row, args)),
            methods: &[COPY, $digest, $hexdigest, UPDATE_BYTES],
            getset: &[BLOCK_SIZE, DIGEST_SIZE, NAME, CAPACITY, RATE, SUFFIX],
            doc: $doc,
            sig: "",
        };
    };
}

const XOF_DIGEST: Method = Method::new("digest", "($self, /, length)", |th, a| {
    let n = length(th, a[1])?;
    Value::bytes(th, &a[0].expect::<Hasher>().digest(th, n)?)
})
.atomic(Atomic::Locked)
.doc(DIGEST_DOC);

const XOF_HEXDIGEST: Method = Method::new("hexdigest", "($self, /, length)", |th, a| {
    let n = length(th, a[1])?;
    Ok(hex(th, &a[0].expect::<Hasher>().digest(th, n)?))
})
.atomic(Atomic::Locked)
.doc(HEXDIGEST_DOC);

sha3!(
    SHA3_224_TYPE,
    SHA3_224,
    SHA3_224_SPEC,
    SHA3_224_ROW,
    "sha3_224",
    144,
    28,
    Sha3224,
    DIGEST,
    HEXDIGEST,
    "sha3_224([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 28 bytes."
);
sha3!(
    SHA3_256_TYPE,
    SHA3_256,
    SHA3_256_SPEC,
    SHA3_256_ROW,
    "sha3_256",
    136,
    32,
    Sha3256,
    DIGEST,
    HEXDIGEST,
    "sha3_256([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 32 bytes."
);
sha3!(
    SHA3_384_TYPE,
    SHA3_384,
    SHA3_384_SPEC,
    SHA3_384_ROW,
    "sha3_384",
    104,
    48,
    Sha3384,
    DIGEST,
    HEXDIGEST,
    "sha3_384([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 48 bytes."
);
sha3!(
    SHA3_512_TYPE,
    SHA3_512,
    SHA3_512_SPEC,
    SHA3_512_ROW,
    "sha3_512",
    72,
    64,
    Sha3512,
    DIGEST,
    HEXDIGEST,
    "sha3_512([data], *, usedforsecurity=True) -> SHA3 object\n\nReturn a new SHA3 hash object with a hashbit length of 64 bytes."
);
sha3!(
    SHAKE_128_TYPE,
    SHAKE_128,
    SHAKE_128_SPEC,
    SHAKE_128_ROW,
    "shake_128",
    168,
    0,
    Shake128,
    XOF_DIGEST,
    XOF_HEXDIGEST,
    "shake_128([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object."
);
sha3!(
    SHAKE_256_TYPE,
    SHAKE_256,
    SHAKE_256_SPEC,
    SHAKE_256_ROW,
    "shake_256",
    136,
    0,
    Shake256,
    XOF_DIGEST,
    XOF_HEXDIGEST,
    "shake_256([data], *, usedforsecurity=True) -> SHAKE object\n\nReturn a new SHAKE hash object."
);

/// `_sha3`
pub static SHA3_MODULE: ModuleSpec = ModuleSpec {
    name: "_sha3",
    doc: "",
    functions: &[],
    types: &[
        (&SHA3_224_TYPE, &SHA3_224_SPEC),
        (&SHA3_256_TYPE, &SHA3_256_SPEC),
        (&SHA3_384_TYPE, &SHA3_384_SPEC),
        (&SHA3_512_TYPE, &SHA3_512_SPEC),
        (&SHAKE_128_TYPE, &SHAKE_128_SPEC),
        (&SHAKE_256_TYPE, &SHAKE_256_SPEC),
    ],
    init: |th, m| {
        let d = m.expect::<Module>().dict.expect();
        d.set_name(th, "implementation", Value::str(th, "RustCrypto"))?;
        super::init(th, m)
    },
};
