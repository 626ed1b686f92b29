//! The constants of one code object, each kept once.

use rustc_hash::FxHashMap;
use rustpython_wtf8::Wtf8Buf;
use taipan_bytecode::Const;

/// A string constant.
pub fn str_const(s: &str) -> Const {
    Const::Str((Wtf8Buf::from(s)).into())
}

/// The constants of one code object.
#[derive(Default)]
pub struct ConstPool {
    list: Vec<Const>,
    index: FxHashMap<Vec<u8>, u32>,
}

impl ConstPool {
    /// The index of a constant equal to `c` in type and value.
    pub fn add(&mut self, c: Const) -> u32 {
        let next = self.list.len() as u32;
        let mut key = Vec::new();
        if write_key(&c, &mut key) {
            let n = *self.index.entry(key).or_insert(next);
            if n != next {
                return n;
            }
        }
        self.list.push(c);
        next
    }

    /// The constants, in order.
    pub fn into_consts(self) -> Box<[Const]> {
        self.list.into_boxed_slice()
    }
}

/// Writes what tells a constant from all others; false if each one is to be kept apart.
fn write_key(c: &Const, out: &mut Vec<u8>) -> bool {
    let mut bytes = |tag: u8, parts: &[&[u8]]| {
        out.push(tag);
        for p in parts {
            out.extend_from_slice(&(p.len() as u64).to_le_bytes());
            out.extend_from_slice(p);
        }
    };
    let items = match c {
        Const::None => {
            return {
                bytes(b'N', &[]);
                true
            };
        }
        Const::Bool(b) => {
            return {
                bytes(b'B', &[&[*b as u8]]);
                true
            };
        }
        Const::Ellipsis => {
            return {
                bytes(b'.', &[]);
                true
            };
        }
        Const::Int(n) => {
            return {
                bytes(b'i', &[&n.to_le_bytes()]);
                true
            };
        }
        Const::BigInt {
            negative,
            magnitude,
        } => {
            return {
                bytes(b'l', &[&[*negative as u8], magnitude]);
                true
            };
        }
        Const::Float(f) => {
            return {
                bytes(b'f', &[&f.to_bits().to_le_bytes()]);
                true
            };
        }
        Const::Complex(re, im) => {
            bytes(
                b'c',
                &[&re.to_bits().to_le_bytes(), &im.to_bits().to_le_bytes()],
            );
            return true;
        }
        Const::Str(s) => {
            return {
                bytes(b's', &[s.as_bytes()]);
                true
            };
        }
        Const::Bytes(b) => {
            return {
                bytes(b'b', &[b]);
                true
            };
        }
        Const::Code(_) => return false,
        Const::Tuple(items) => {
            bytes(b't', &[&items.len().to_le_bytes()]);
            &items[..]
        }
        Const::FrozenSet(items) => {
            bytes(b'z', &[&items.len().to_le_bytes()]);
            &items[..]
        }
        Const::Slice(parts) => {
            bytes(b':', &[]);
            &parts[..]
        }
    };
    items.iter().all(|item| write_key(item, out))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_values_of_different_types_are_apart() {
        let mut pool = ConstPool::default();
        let one = pool.add(Const::Int(1));
        assert_eq!(pool.add(Const::Int(1)), one);
        assert_ne!(pool.add(Const::Bool(true)), one);
        assert_ne!(pool.add(Const::Float(1.0)), one);
        let zero = pool.add(Const::Float(0.0));
        assert_ne!(pool.add(Const::Float(-0.0)), zero);
        let t = pool.add(Const::Tuple([Const::Int(1)].into()));
        assert_ne!(pool.add(Const::Tuple([Const::Float(1.0)].into())), t);
        assert_eq!(pool.add(Const::Tuple([Const::Int(1)].into())), t);
    }
}
