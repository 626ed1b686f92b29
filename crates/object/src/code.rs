//! Code objects: the compiler's data made runnable.

use crate::error::PyResult;
use crate::heap::{Array, Field, FieldOf, Object};
use crate::payload;
use crate::thread::Thread;
use crate::types;
use crate::value::Value;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use taipan_bytecode::{CodeData, Const, Instr, Intrinsic1, Op};

/// The payload of `code`.
#[repr(C)]
pub struct Code {
    /// What the compiler made.
    pub data: Arc<CodeData>,
    /// The instructions with their cache words. Whatever a cache names is pinned in `pins`.
    pub words: Box<[AtomicU64]>,
    /// Registers of a frame.
    pub nregs: u32,
    /// Registers that must be absent or arguments at entry: locals, cells and captured cells.
    pub first_temp: u32,
    /// The number of positional parameters if a call with just as many positional arguments needs no binding;
    /// else `u32::MAX`.
    pub simple_args: u32,
    /// `co_flags`
    pub flags: u32,
    /// Whether a generator of this code that nobody runs to its end is to be closed, since its code can notice:
    /// it has handlers besides the one that all generators have.
    pub notices_close: bool,
    /// The constants.
    pub consts: FieldOf<Array>,
    /// The names, interned.
    pub names: FieldOf<Array>,
    /// What each cache word names, by word index; made with the first entry, dropped at full collections.
    pins: FieldOf<Array>,
    /// `co_name`
    pub name: Field,
    /// `co_qualname`
    pub qualname: Field,
    /// `co_filename`
    pub filename: Field,
    /// `co_varnames`, `co_cellvars` and `co_freevars` as one array of interned names, by register.
    pub register_names: FieldOf<Array>,
    /// `__code__`-keyed extras of the upper layers (line tables for tracing, …), or absent.
    pub extra: Field,
}

payload!(10: Code, "code", |this, m| {
    this.consts.trace(m);
    this.names.trace(m);
    if m.is_full() {
        // Caches are not roots: they are filled again within a few calls.
        this.clear_caches();
    } else {
        this.pins.trace(m);
    }
    this.name.trace(m);
    this.qualname.trace(m);
    this.filename.trace(m);
    this.register_names.trace(m);
    this.extra.trace(m);
});

impl Code {
    fn clear_caches(&self) {
        if self.pins.address() == 0 {
            return;
        }
        self.pins.clear_unbarriered();
        for (at, info) in cache_sites(&self.data) {
            for w in &self.words[at..at + info] {
                w.store(0, Ordering::Relaxed);
            }
        }
    }
}

/// The places of cache words: the first one's index and their number.
fn cache_sites(data: &CodeData) -> impl Iterator<Item = (usize, usize)> + use<'_> {
    let mut at = 0;
    std::iter::from_fn(move || {
        while at < data.code.len() {
            let info = Op::from_u8(data.code[at] as u8).unwrap_or(Op::NOP).info();
            let first = at + 1 + info.extra as usize;
            at = first + info.cache as usize;
            if info.cache > 0 {
                return Some((first, info.cache as usize));
            }
        }
        None
    })
}

impl Object<Code> {
    /// Makes the code object, and those nested in it.
    pub fn new<'a>(th: &Thread, data: &Arc<CodeData>) -> PyResult<&'a Object<Code>> {
        th.check_native_stack()?;
        let consts = Object::<Array>::try_new(th, data.consts.len())?;
        consts.set_len(data.consts.len());
        for (f, c) in consts.fields().iter().zip(data.consts.iter()) {
            f.set(&consts.header, const_value(th, c)?);
        }
        let names = name_array(th, data.names.iter())?;
        let registers = data
            .varnames
            .iter()
            .chain(data.cellvars.iter())
            .chain(data.freevars.iter());
        let register_names = name_array(th, registers)?;
        let name = crate::strings::intern(th, &data.name);
        let qualname = crate::strings::intern(th, &data.qualname);
        let filename = crate::strings::intern(th, &data.filename);
        taipan_gc::add_outside_bytes(8 * data.code.len() as isize);
        Ok(th.new_object(
            &types::CODE,
            Code {
                data: data.clone(),
                nregs: data.nregs,
                first_temp: data.first_temp() as u32,
                simple_args: simple_args(data),
                flags: data.flags.0,
                notices_close: notices_close(data),
                words: data.code.iter().map(|w| AtomicU64::new(*w)).collect(),
                consts: FieldOf::new(consts),
                names: FieldOf::new(names),
                pins: FieldOf::null(),
                name: Field::new(name),
                qualname: Field::new(qualname),
                filename: Field::new(filename),
                register_names: FieldOf::new(register_names),
                extra: Field::absent(),
            },
        ))
    }

    /// Fills a cache word, keeping what it names alive with it.
    pub fn fill_cache(&self, th: &Thread, index: usize, word: u64, pinned: Value) {
        if self.pins.address() == 0 {
            let pins = Object::<Array>::new(th, self.words.len());
            pins.set_len(pins.capacity());
            self.pins.set_if_null(&self.header, pins);
        }
        // Both or neither: else one thread's word might stand beside another's pin.
        let _lock = crate::thread::lock(&self.header);
        let Some(pins) = self.pins.get() else { return };
        pins.fields()[index].set(&pins.header, pinned);
        self.words[index].store(word, Ordering::Release);
    }

    /// The first word.
    #[inline(always)]
    pub fn entry(&self) -> *const u64 {
        self.words.as_ptr() as *const u64
    }

    /// The first instruction that is run: the word before it stands for the beginning of the frame.
    #[inline(always)]
    pub fn start(&self) -> *const u64 {
        self.entry().wrapping_add(1)
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        taipan_gc::add_outside_bytes(-8 * self.words.len() as isize);
    }
}

fn notices_close(data: &CodeData) -> bool {
    data.handlers.iter().any(|h| {
        let i = Instr(data.code[h.target as usize]);
        i.op() != Op::INTRINSIC_1 || i.x() != Intrinsic1::StopIterationError as u8
    })
}

fn simple_args(data: &CodeData) -> u32 {
    use taipan_bytecode::CodeFlags as F;
    let special = F::VARARGS | F::VARKEYWORDS | F::GENERATOR | F::COROUTINE | F::ASYNC_GENERATOR;
    if data.kwonlyargcount > 0 || data.flags.has(special) || !data.flags.has(F::OPTIMIZED) {
        return u32::MAX;
    }
    data.argcount
}

fn name_array<'a, 'n>(
    th: &Thread,
    names: impl Iterator<Item = &'n taipan_bytecode::Name> + Clone,
) -> PyResult<&'a Object<Array>> {
    let a = Object::<Array>::try_new(th, names.clone().count())?;
    a.set_len(a.capacity());
    for (f, n) in a.fields().iter().zip(names) {
        f.set(&a.header, crate::strings::intern(th, n));
    }
    Ok(a)
}

/// The value of a constant.
pub fn const_value(th: &Thread, c: &Const) -> PyResult {
    Ok(match c {
        Const::None => Value::NONE,
        Const::Bool(b) => Value::bool(*b),
        Const::Ellipsis => Value::ELLIPSIS,
        Const::Int(n) => Value::int(th, *n),
        Const::BigInt {
            negative,
            magnitude,
        } => {
            let n = taipan_num::bigint::BigInt::from_bytes(magnitude, true, false);
            Value::big(th, if *negative { -n } else { n })
        }
        Const::Float(x) => Value::float(th, *x),
        Const::Complex(re, im) => Value::complex(th, *re, *im),
        Const::Str(s) => {
            if s.len() <= 64
                && s.as_bytes()
                    .iter()
                    .all(|b| b.is_ascii_alphanumeric() || *b == b'_')
            {
                crate::strings::intern_wtf8(th, s)
            } else {
                Value::try_wtf8(th, s)?
            }
        }
        Const::Bytes(b) => Value::bytes(th, b)?,
        Const::Tuple(items) => {
            let mut v = crate::heap::ValueVec::with_capacity(th, items.len())?;
            for i in items.iter() {
                let x = const_value(th, i)?;
                v.push(th, x)?;
            }
            Value::try_tuple(th, &v)?
        }
        Const::FrozenSet(items) => {
            let s = crate::dict::Set::new_frozen(th);
            for i in items.iter() {
                s.add(th, const_value(th, i)?)?;
            }
            s.value()
        }
        Const::Slice(parts) => {
            let [a, b, c] = &**parts;
            let (a, b, c) = (
                const_value(th, a)?,
                const_value(th, b)?,
                const_value(th, c)?,
            );
            crate::func::Slice::new(th, a, b, c)
        }
        Const::Code(data) => Object::<Code>::new(th, data)?.value(),
    })
}
