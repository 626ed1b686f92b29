//! `_random`: the Mersenne Twister, with CPython's sequence.

use taipan_num::BigInt;
use taipan_object::call::Args;
use taipan_object::heap::Guarded;
use taipan_object::native::{Atomic, Method, ModuleSpec, TypeSpec};
use taipan_object::numbers::Int;
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{PyResult, Thread, Value, ValueVec, ops, payload};

/// `_random`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_random",
    doc: "Module implements the Mersenne Twister random number generator.",
    functions: &[],
    types: &[(&RANDOM, &RANDOM_SPEC)],
    init: |_, _| Ok(()),
};

const N: usize = 624;
const M: usize = 397;

/// The generator's state.
struct Twister {
    words: [u32; N],
    index: usize,
}

impl Twister {
    fn seed_word(&mut self, seed: u32) {
        self.words[0] = seed;
        for i in 1..N {
            let previous = self.words[i - 1];
            self.words[i] = 1812433253u32
                .wrapping_mul(previous ^ (previous >> 30))
                .wrapping_add(i as u32);
        }
        self.index = N;
    }

    fn seed(&mut self, key: &[u32]) {
        self.seed_word(19650218);
        let (mut i, mut j) = (1, 0);
        for _ in 0..N.max(key.len()) {
            let previous = self.words[i - 1];
            self.words[i] = (self.words[i] ^ (previous ^ (previous >> 30)).wrapping_mul(1664525))
                .wrapping_add(key[j])
                .wrapping_add(j as u32);
            i += 1;
            j += 1;
            if i >= N {
                self.words[0] = self.words[N - 1];
                i = 1;
            }
            if j >= key.len() {
                j = 0;
            }
        }
        for _ in 0..N - 1 {
            let previous = self.words[i - 1];
            self.words[i] = (self.words[i]
                ^ (previous ^ (previous >> 30)).wrapping_mul(1566083941))
            .wrapping_sub(i as u32);
            i += 1;
            if i >= N {
                self.words[0] = self.words[N - 1];
                i = 1;
            }
        }
        self.words[0] = 0x80000000;
    }

    fn next(&mut self) -> u32 {
        if self.index >= N {
            for k in 0..N {
                let y = (self.words[k] & 0x80000000) | (self.words[(k + 1) % N] & 0x7fffffff);
                let odd = if y & 1 != 0 { 0x9908b0df } else { 0 };
                self.words[k] = self.words[(k + M) % N] ^ (y >> 1) ^ odd;
            }
            self.index = 0;
        }
        let mut y = self.words[self.index];
        self.index += 1;
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680;
        y ^= (y << 15) & 0xefc60000;
        y ^ (y >> 18)
    }

    fn random(&mut self) -> f64 {
        let a = (self.next() >> 5) as f64;
        let b = (self.next() >> 6) as f64;
        (a * 67108864.0 + b) * (1.0 / 9007199254740992.0)
    }
}

/// The payload of `Random`.
#[repr(C)]
struct Random {
    twister: Guarded<Box<Twister>>,
}

payload!(Random, "Random", |this, m| {});

static RANDOM: StaticType = StaticType::new(
    "_random",
    "Random",
    Some(&OBJECT),
    flags::BASE,
    layout_of::<Random>,
);

static RANDOM_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(|th, cls, _| {
            let twister = Box::new(Twister {
                words: [0; N],
                index: N,
            });
            let data = Random {
                twister: Guarded::new(twister),
            };
            Ok(th.new_instance(cls, data).value())
        });
        s.init = Some(init);
    },
    methods: &[
        Method::new("random", "($self, /)", |th, a| {
            let x = get(a[0]).twister.with(|t| t.random());
            Ok(Value::float(th, x))
        })
        .atomic(Atomic::Locked)
        .doc("random() -> x in the interval [0, 1)."),
        Method::new("seed", "($self, n=None, /)", |th, a| {
            seed(th, a[0], a[1].or(Value::NONE)).map(|()| Value::NONE)
        })
        .atomic(Atomic::Locked)
        .doc("seed([n]) -> None.\n\nDefaults to use urandom and falls back to a combination\nof the current time and the process identifier."),
        Method::new("getstate", "($self, /)", getstate)
            .atomic(Atomic::Locked)
            .doc("getstate() -> tuple containing the current state."),
        Method::new("setstate", "($self, state, /)", setstate)
            .atomic(Atomic::Locked)
            .doc("setstate(state) -> None.  Restores generator state."),
        Method::new("getrandbits", "($self, k, /)", getrandbits)
            .atomic(Atomic::Locked)
            .doc("getrandbits(k) -> x.  Generates an int with k random bits."),
    ],
    getset: &[],
    doc: "Random() -> create a random number generator with its own internal state.",
    sig: "",
};

fn get<'a>(v: Value) -> &'a Random {
    v.expect::<Random>()
}

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    let exact = taipan_object::types::is_exactly(v, &RANDOM);
    if exact {
        args.no_kw(th, "Random")?;
    }
    match args.pos() {
        [] => seed(th, v, Value::NONE),
        [x] => seed(th, v, *x),
        more => Err(th.type_error(format!(
            "Random expected at most 1 argument, got {}",
            more.len()
        ))),
    }
}

fn seed(th: &Thread, v: Value, x: Value) -> PyResult<()> {
    let key = if x.is_none() {
        system_key()
    } else {
        let magnitude = match x.as_int() {
            Some(n) if x.is_exact_int() => n.to_big().abs(),
            Some(_) => ops::abs(th, x)?
                .as_int()
                .map_or(BigInt::ZERO, |n| n.to_big()),
            None => BigInt::from(ops::hash(th, x)? as u64),
        };
        let mut key: Vec<u32> = magnitude
            .magnitude_words()
            .iter()
            .flat_map(|w| [*w as u32, (*w >> 32) as u32])
            .collect();
        while key.len() > 1 && key.last() == Some(&0) {
            key.pop();
        }
        if key.is_empty() {
            key.push(0);
        }
        key
    };
    get(v).twister.with(|t| t.seed(&key));
    Ok(())
}

/// A key from the system's randomness, or the clock where it has none.
fn system_key() -> Vec<u32> {
    use std::io::Read;
    let mut bytes = vec![0u8; N * 4];
    let read = std::fs::File::open("/dev/urandom").and_then(|mut f| f.read_exact(&mut bytes));
    if read.is_err() {
        let now = std::time::SystemTime::now()
            .duration_since(std::time::UNIX_EPOCH)
            .unwrap_or_default();
        let n = now.as_nanos();
        return vec![n as u32, (n >> 32) as u32, std::process::id()];
    }
    bytes
        .chunks_exact(4)
        .map(|c| u32::from_ne_bytes([c[0], c[1], c[2], c[3]]))
        .collect()
}

fn getstate(th: &Thread, a: &[Value]) -> PyResult {
    let (words, index) = get(a[0]).twister.with(|t| (t.words, t.index));
    let mut out = ValueVec::with_capacity(th, N + 1)?;
    for w in words {
        out.push(th, Value::small_int(w as i64))?;
    }
    out.push(th, Value::usize(th, index))?;
    Value::try_tuple(th, &out)
}

fn setstate(th: &Thread, a: &[Value]) -> PyResult {
    let Some(items) = a[1].as_tuple() else {
        return Err(th.type_error("state vector must be a tuple"));
    };
    if items.len() != N + 1 {
        return Err(th.value_error("state vector is the wrong size"));
    }
    let mut words = [0u32; N];
    for (to, v) in words.iter_mut().zip(items) {
        *to = match v.as_int() {
            Some(Int::Small(n)) if n >= 0 => n as u32,
            Some(Int::Big(b)) if b.to_u64().is_some() => b.wrapping_u64() as u32,
            Some(n) if n.to_big().is_negative() => {
                return Err(th.overflow_error("can't convert negative value to unsigned int"));
            }
            Some(_) => {
                return Err(th.overflow_error("Python int too large to convert to C unsigned long"));
            }
            None => return Err(th.type_error("an integer is required")),
        };
    }
    let index = ops::index_i64(th, items[N])?;
    if !(0..=N as i64).contains(&index) {
        return Err(th.value_error("invalid state"));
    }
    get(a[0]).twister.with(|t| {
        t.words = words;
        t.index = index as usize;
    });
    Ok(Value::NONE)
}

fn getrandbits(th: &Thread, a: &[Value]) -> PyResult {
    let k = ops::index(th, a[1])?;
    let k = k.as_int().map_or(BigInt::ZERO, |n| n.to_big());
    if k.is_negative() {
        return Err(th.value_error("Cannot convert negative int"));
    }
    let Some(mut k) = k.to_u64() else {
        return Err(th.overflow_error("Python int too large for C uint64_t"));
    };
    if k == 0 {
        return Ok(Value::small_int(0));
    }
    let t = &get(a[0]).twister;
    if k <= 32 {
        return Ok(Value::small_int((t.with(|t| t.next()) >> (32 - k)) as i64));
    }
    let n = (k as usize - 1) / 32 + 1;
    let mut words = Vec::new();
    if words.try_reserve_exact(n / 2 + 1).is_err() {
        return Err(th.memory_error());
    }
    t.with(|t| {
        for i in 0..n {
            let mut r = t.next();
            if k < 32 {
                r >>= 32 - k;
            }
            k = k.saturating_sub(32);
            if i % 2 == 0 {
                words.push(r as u64);
            } else if let Some(last) = words.last_mut() {
                *last |= (r as u64) << 32;
            }
        }
    });
    Ok(Value::big(th, BigInt::from_words(false, &words)))
}
