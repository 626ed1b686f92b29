//! `_blake2`.

use super::state::State;
use super::{
    Algorithm, BLOCK_SIZE, COPY, DIGEST, DIGEST_SIZE, HEXDIGEST, Hasher, NAME, UPDATE_BYTES,
    initial, unsigned,
};
use taipan_object::call::call_method_row;
use taipan_object::func::Module;
use taipan_object::native::{Method, ModuleSpec, TypeSpec};
use taipan_object::types::{self, OBJECT, StaticType, layout_of};
use taipan_object::{PyResult, Thread, Value, ops};
use taipan_strings::args;

/// `_blake2`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_blake2",
    doc: "_blake2b provides BLAKE2b for hashlib\n",
    functions: &[],
    types: &[
        (&BLAKE2B_TYPE, &BLAKE2B_SPEC),
        (&BLAKE2S_TYPE, &BLAKE2S_SPEC),
    ],
    init,
};

static BLAKE2B_TYPE: StaticType =
    StaticType::new("_blake2", "blake2b", Some(&OBJECT), 0, layout_of::<Hasher>);
static BLAKE2S_TYPE: StaticType =
    StaticType::new("_blake2", "blake2s", Some(&OBJECT), 0, layout_of::<Hasher>);

/// BLAKE2b with default parameters.
pub(super) static BLAKE2B: Algorithm = Algorithm {
    name: "blake2b",
    block: 128,
    size: 64,
    start: || State::Blake2b(blake2b_simd::State::new()),
    class: &BLAKE2B_TYPE,
};

/// BLAKE2s with default parameters.
pub(super) static BLAKE2S: Algorithm = Algorithm {
    name: "blake2s",
    block: 64,
    size: 32,
    start: || State::Blake2s(blake2s_simd::State::new()),
    class: &BLAKE2S_TYPE,
};

macro_rules! signature {
    ($name:literal) => {
        concat!(
            "(data=b'', *, digest_size=_blake2.", $name, ".MAX_DIGEST_SIZE,\n        key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0,\n        node_offset=0, node_depth=0, inner_size=0, last_node=False,\n        usedforsecurity=True, string=None)"
        )
    };
}

/// The text signature's parameters, without the line breaks that CPython's documentation has.
const PARAMETERS: &str = "(data=b'', *, digest_size=0, key=b'', salt=b'', person=b'', fanout=1, depth=1, leaf_size=0, node_offset=0, node_depth=0, inner_size=0, last_node=False, usedforsecurity=True, string=None)";

static BLAKE2B_ROW: Method = Method::new("blake2b", PARAMETERS, |th, a| {
    let p = Parameters::of(th, a, &BLAKE2B, "Blake2b", 16, 16, u64::MAX)?;
    let state = blake2b_simd::Params::new()
        .hash_length(p.size)
        .key(&p.key)
        .salt(&p.salt)
        .personal(&p.person)
        .fanout(p.fanout)
        .max_depth(p.depth)
        .max_leaf_length(p.leaf_size)
        .node_offset(p.node_offset)
        .node_depth(p.node_depth)
        .inner_hash_length(p.inner_size)
        .last_node(p.last_node)
        .to_state();
    let data = initial(th, a[0], a[13])?;
    Ok(Hasher::make(
        th,
        &BLAKE2B,
        p.size,
        State::Blake2b(state),
        data.as_ref(),
    ))
});

static BLAKE2S_ROW: Method = Method::new("blake2s", PARAMETERS, |th, a| {
    let p = Parameters::of(th, a, &BLAKE2S, "Blake2s", 8, 8, (1 << 48) - 1)?;
    let state = blake2s_simd::Params::new()
        .hash_length(p.size)
        .key(&p.key)
        .salt(&p.salt)
        .personal(&p.person)
        .fanout(p.fanout)
        .max_depth(p.depth)
        .max_leaf_length(p.leaf_size)
        .node_offset(p.node_offset)
        .node_depth(p.node_depth)
        .inner_hash_length(p.inner_size)
        .last_node(p.last_node)
        .to_state();
    let data = initial(th, a[0], a[13])?;
    Ok(Hasher::make(
        th,
        &BLAKE2S,
        p.size,
        State::Blake2s(state),
        data.as_ref(),
    ))
});

static BLAKE2B_SPEC: TypeSpec = TypeSpec {
    slots: |s| s.new = Some(|th, _, args| call_method_row(th, &BLAKE2B_ROW, args)),
    methods: &[COPY, DIGEST, HEXDIGEST, UPDATE_BYTES],
    getset: &[BLOCK_SIZE, DIGEST_SIZE, NAME],
    doc: "Return a new BLAKE2b hash object.",
    sig: signature!("blake2b"),
};

static BLAKE2S_SPEC: TypeSpec = TypeSpec {
    slots: |s| s.new = Some(|th, _, args| call_method_row(th, &BLAKE2S_ROW, args)),
    methods: &[COPY, DIGEST, HEXDIGEST, UPDATE_BYTES],
    getset: &[BLOCK_SIZE, DIGEST_SIZE, NAME],
    doc: "Return a new BLAKE2s hash object.",
    sig: signature!("blake2s"),
};

/// The parameter block, checked.
struct Parameters {
    size: usize,
    key: Vec<u8>,
    salt: Vec<u8>,
    person: Vec<u8>,
    fanout: u8,
    depth: u8,
    leaf_size: u32,
    node_offset: u64,
    node_depth: u8,
    inner_size: usize,
    last_node: bool,
}

impl Parameters {
    fn of(
        th: &Thread,
        a: &[Value],
        algorithm: &Algorithm,
        title: &str,
        salt_size: usize,
        person_size: usize,
        max_offset: u64,
    ) -> PyResult<Parameters> {
        let max = algorithm.size;
        let int = |v: Value, default: i32| match v.present() {
            Some(v) => ops::index_i32(th, v),
            None => Ok(default),
        };
        let bytes = |v: Value| match v.present() {
            Some(v) => args::bytes_like(th, v).map(|b| b.into_owned()),
            None => Ok(Vec::new()),
        };
        let flag = |v: Value, default: bool| match v.present() {
            Some(v) => ops::truth(th, v),
            None => Ok(default),
        };
        let size = int(a[1], max as i32)?;
        let (key, salt, person) = (bytes(a[2])?, bytes(a[3])?, bytes(a[4])?);
        let (fanout, depth) = (int(a[5], 1)?, int(a[6], 1)?);
        let leaf_size = match a[7].present() {
            Some(v) => unsigned(th, v, "unsigned long", u64::MAX)?,
            None => 0,
        };
        let node_offset = match a[8].present() {
            Some(v) => unsigned(th, v, "unsigned long long", u64::MAX)?,
            None => 0,
        };
        let (node_depth, inner_size) = (int(a[9], 0)?, int(a[10], 0)?);
        let last_node = flag(a[11], false)?;
        flag(a[12], true)?;

        if size < 1 || size > max as i32 {
            return Err(th.value_error(format!(
                "digest_size for {title} must be between 1 and {max} bytes, here it is {size}"
            )));
        }
        let longest = |what: &str, given: &[u8], most: usize| {
            if given.len() > most {
                Err(th.value_error(format!("maximum {what} length is {most} bytes")))
            } else {
                Ok(())
            }
        };
        longest("salt", &salt, salt_size)?;
        longest("person", &person, person_size)?;
        let between = |what: &str, n: i32, least: u8| {
            u8::try_from(n)
                .ok()
                .filter(|n| *n >= least)
                .ok_or_else(|| th.value_error(format!("{what} must be between {least} and 255")))
        };
        let fanout = between("fanout", fanout, 0)?;
        let depth = between("depth", depth, 1)?;
        let leaf_size =
            u32::try_from(leaf_size).map_err(|_| th.overflow_error("leaf_size is too large"))?;
        if node_offset > max_offset {
            return Err(th.overflow_error("node_offset is too large"));
        }
        let node_depth = between("node_depth", node_depth, 0)?;
        let inner_size = usize::try_from(inner_size)
            .ok()
            .filter(|n| *n <= max)
            .ok_or_else(|| th.value_error(format!("inner_size must be between 0 and is {max}")))?;
        longest("key", &key, max)?;
        Ok(Parameters {
            size: size as usize,
            key,
            salt,
            person,
            fanout,
            depth,
            leaf_size,
            node_offset,
            node_depth,
            inner_size,
            last_node,
        })
    }
}

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let d = module.expect::<Module>().dict.expect();
    let sizes = [
        ("BLAKE2B", &BLAKE2B_TYPE, 64, 16),
        ("BLAKE2S", &BLAKE2S_TYPE, 32, 8),
    ];
    for (prefix, class, most, salt) in sizes {
        for (name, n) in [
            ("SALT_SIZE", salt),
            ("PERSON_SIZE", salt),
            ("MAX_KEY_SIZE", most),
            ("MAX_DIGEST_SIZE", most),
        ] {
            types::set_raw(th, class, name, Value::small_int(n))?;
            d.set_name(th, &format!("{prefix}_{name}"), Value::small_int(n))?;
        }
    }
    super::init(th, module)
}
