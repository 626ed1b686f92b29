//! Code objects with the constants they have now: `code.replace(co_consts=…)` may have given them others than the
//! compiler did.

use crate::code::Code;
use crate::func::Slice;
use crate::heap::Object;
use crate::numbers::Int;
use crate::thread::Thread;
use crate::types::{self, is_exactly};
use crate::value::Value;
use taipan_bytecode::{CodeData, CodeRef, Const};

/// How deeply constants may nest.
const MAX_DEPTH: u32 = 2000;

/// The data of a code object and of all code in its constants; nothing where a constant is of a type that can't be
/// written, or the code nests too deeply.
pub fn current_data(th: &Thread, code: &Object<Code>, depth: u32) -> Option<CodeRef> {
    if depth > MAX_DEPTH || th.check_native_stack().is_err() {
        return None;
    }
    code.ready(th).ok()?;
    let values = code.consts.expect().values();
    let mut consts = Vec::with_capacity(values.len());
    let mut same = values.len() == code.data().consts.len();
    for (n, v) in values.iter().enumerate() {
        let c = constant_at(th, *v, depth + 1)?;
        same = same
            && match (&c, code.data().consts.get(n)) {
                (Const::Code(a), Some(Const::Code(b))) => a.is(b),
                (Const::Str(a), Some(Const::Str(b))) => a == b,
                (Const::Int(a), Some(Const::Int(b))) => a == b,
                (Const::None, Some(Const::None)) => true,
                _ => false,
            };
        consts.push(c);
    }
    if same {
        return Some(code.source().clone());
    }
    let mut data = CodeData::clone(code.data());
    data.consts = consts.into();
    Some(data.into())
}

fn constants(th: &Thread, items: &[Value], depth: u32) -> Option<Vec<Const>> {
    items.iter().map(|v| constant_at(th, *v, depth)).collect()
}

/// The compiler's form of a constant; nothing for a value of another type, or for one that nests too deeply.
pub fn constant(th: &Thread, v: Value) -> Option<Const> {
    constant_at(th, v, 0)
}

fn constant_at(th: &Thread, v: Value, depth: u32) -> Option<Const> {
    if depth > MAX_DEPTH || th.check_native_stack().is_err() {
        return None;
    }
    let depth = depth + 1;
    Some(match v {
        Value::NONE => Const::None,
        Value::ELLIPSIS => Const::Ellipsis,
        Value::TRUE | Value::FALSE => Const::Bool(v.is(Value::TRUE)),
        _ => {
            if v.is_exact_int() {
                match v.as_int()? {
                    Int::Small(n) => Const::Int(n),
                    Int::Big(n) => Const::BigInt {
                        negative: n.is_negative(),
                        magnitude: magnitude(n.magnitude_words()),
                    },
                }
            } else if is_exactly(v, &types::FLOAT) {
                Const::Float(v.as_float()?)
            } else if is_exactly(v, &types::COMPLEX) {
                let (re, im) = v.as_complex()?;
                Const::Complex(re, im)
            } else if is_exactly(v, &types::STR) {
                Const::Str((v.as_wtf8()?.to_owned()).into())
            } else if is_exactly(v, &types::BYTES) {
                Const::Bytes(v.as_bytes()?.into())
            } else if is_exactly(v, &types::TUPLE) {
                Const::Tuple(constants(th, v.as_tuple()?, depth)?.into())
            } else if is_exactly(v, &types::FROZENSET) {
                let set = v.as_set()?;
                let (mut items, mut at) = (Vec::new(), 0);
                while let Some((next, item, ..)) = set.map.next_entry(at) {
                    items.push(constant_at(th, item, depth)?);
                    at = next;
                }
                Const::FrozenSet(items.into())
            } else if is_exactly(v, &types::SLICE) {
                let s = v.downcast::<Slice>()?;
                Const::Slice(Box::new([
                    constant_at(th, s.start.get(), depth)?,
                    constant_at(th, s.stop.get(), depth)?,
                    constant_at(th, s.step.get(), depth)?,
                ]))
            } else {
                Const::Code(current_data(th, v.downcast::<Code>()?, depth)?)
            }
        }
    })
}

fn magnitude(words: &[u64]) -> Box<[u8]> {
    let mut bytes: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    bytes.into()
}
