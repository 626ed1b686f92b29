//! Code objects: the compiler's data made runnable.

use crate::error::PyResult;
use crate::heap::{Array, Field, FieldOf, Object};
use crate::payload;
use crate::thread::Thread;
use crate::types;
use crate::value::Value;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicPtr, AtomicU32, AtomicU64, Ordering};
use taipan_bytecode::{CodeData, CodeFlags, CodeRef, Const, Instr, Intrinsic1, Op};

/// The payload of `code`. One that nobody has called or looked into may be *unready*: its data are packed, and it has
/// its names and flags only. [`Object::<Code>::ready`] comes before any use of what is marked so below; whoever has a
/// frame has called it.
#[repr(C)]
pub struct Code {
    /// The first word; null while unready.
    entry: AtomicPtr<u64>,
    /// Registers of a frame. Once ready.
    pub nregs: Late,
    /// Registers that must be absent or arguments at entry: locals, cells and captured cells. Once ready.
    pub first_temp: Late,
    /// The number of positional parameters if a call with just as many positional arguments needs no binding;
    /// else `u32::MAX`, as while unready.
    pub simple_args: Late,
    /// Whether a generator of this code that nobody runs to its end is to be closed, since its code can notice:
    /// it has handlers besides the one that all generators have. Once ready.
    pub notices_close: Late,
    /// `co_flags`
    pub flags: u32,
    /// What the compiler made.
    source: CodeRef,
    /// The instructions with their cache words. Whatever a cache names is pinned in `pins`.
    words: OnceLock<Box<[AtomicU64]>>,
    /// The constants. Once ready.
    pub consts: FieldOf<Array>,
    /// The names, interned. Once ready.
    pub names: FieldOf<Array>,
    /// How many misses of caches are let pass before caches are filled: code that runs once needs none.
    cold: AtomicU32,
    /// What each cache word names, by word index; made with the first entry, dropped at full collections.
    pins: FieldOf<Array>,
    /// `co_name`
    pub name: Field,
    /// `co_qualname`, absent until somebody asks.
    qualname: Field,
    /// `co_filename`
    pub filename: Field,
    /// `co_varnames`, `co_cellvars` and `co_freevars` as one array of interned names, by register. Once ready.
    pub register_names: FieldOf<Array>,
    /// `__code__`-keyed extras of the upper layers (line tables for tracing, …), or absent.
    pub extra: Field,
}

/// A number that is known once a code object is ready.
pub struct Late(AtomicU32);

impl Late {
    /// The number.
    #[inline(always)]
    pub fn get(&self) -> u32 {
        self.0.load(Ordering::Acquire)
    }
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
    /// What the compiler made.
    pub fn data(&self) -> &CodeData {
        self.source.data()
    }

    /// The compiler's code object.
    pub fn source(&self) -> &CodeRef {
        &self.source
    }

    /// The instructions with their cache words; none while unready.
    pub fn words(&self) -> &[AtomicU64] {
        self.words.get().map_or(&[], |w| w)
    }

    fn clear_caches(&self) {
        if self.pins.address() == 0 {
            return;
        }
        self.pins.clear_unbarriered();
        let words = self.words();
        for (at, info) in cache_sites(self.data()) {
            for w in &words[at..at + info] {
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
    /// Makes the code object, and those nested in it, as far as its data are unpacked.
    ///
    /// # Errors
    /// `MemoryError`, `RecursionError`.
    pub fn new<'a>(th: &Thread, source: CodeRef) -> PyResult<&'a Object<Code>> {
        let filename = crate::strings::intern_name(th, &source.data().filename);
        Self::in_file(th, source, filename)
    }

    /// As [`new`](Self::new); what is packed tells this file's name as its own.
    ///
    /// # Errors
    /// `MemoryError`, `RecursionError`.
    pub fn in_file<'a>(th: &Thread, source: CodeRef, file: Value) -> PyResult<&'a Object<Code>> {
        let code = th.new_object(
            &types::CODE,
            Code {
                entry: AtomicPtr::new(std::ptr::null_mut()),
                nregs: Late(AtomicU32::new(0)),
                first_temp: Late(AtomicU32::new(0)),
                simple_args: Late(AtomicU32::new(u32::MAX)),
                notices_close: Late(AtomicU32::new(0)),
                flags: source.flags().0,
                words: OnceLock::new(),
                consts: FieldOf::null(),
                names: FieldOf::null(),
                cold: AtomicU32::new(0),
                pins: FieldOf::null(),
                name: Field::new(crate::strings::intern_name(th, source.name())),
                qualname: Field::absent(),
                filename: Field::new(file),
                register_names: FieldOf::null(),
                extra: Field::absent(),
                source,
            },
        );
        if code.source.is_unpacked() {
            code.make_ready(th)?;
        }
        Ok(code)
    }

    /// Sees to it that all fields are there. To be called before the code runs and before somebody looks into it.
    ///
    /// # Errors
    /// `MemoryError`, `RecursionError`.
    #[inline(always)]
    pub fn ready(&self, th: &Thread) -> PyResult<()> {
        if self.entry.load(Ordering::Acquire).is_null() {
            std::hint::cold_path();
            return self.make_ready(th);
        }
        Ok(())
    }

    #[inline(never)]
    fn make_ready(&self, th: &Thread) -> PyResult<()> {
        th.check_native_stack()?;
        let data = self.data();
        let consts = Object::<Array>::try_new(th, data.consts.len())?;
        consts.set_len(data.consts.len());
        for (f, c) in consts.fields().iter().zip(data.consts.iter()) {
            let v = match c {
                // What is still packed comes from the same module.
                Const::Code(c) if !c.is_unpacked() => {
                    Object::in_file(th, c.clone(), self.filename.get())?.value()
                }
                c => const_value(th, c)?,
            };
            f.set(&consts.header, v);
        }
        let names = name_array(th, data.names.iter())?;
        let registers = data
            .varnames
            .iter()
            .chain(data.cellvars.iter())
            .chain(data.freevars.iter());
        let register_names = name_array(th, registers)?;
        // Whoever is first sets each of these; the constants of all are alike.
        self.consts.set_if_null(&self.header, consts);
        self.names.set_if_null(&self.header, names);
        self.register_names
            .set_if_null(&self.header, register_names);
        self.nregs.0.store(data.nregs, Ordering::Relaxed);
        let first_temp = data.first_temp() as u32;
        self.first_temp.0.store(first_temp, Ordering::Relaxed);
        let notices_close = notices_close(data).into();
        self.notices_close.0.store(notices_close, Ordering::Relaxed);
        let words = self.words.get_or_init(|| {
            taipan_gc::add_outside_bytes(8 * data.code.len() as isize);
            data.code.iter().map(|w| AtomicU64::new(*w)).collect()
        });
        // About as many as there are caches: a loop or a second run gets past them.
        self.cold.store(words.len() as u32 / 4, Ordering::Relaxed);
        // All the rest is there for whoever sees these.
        self.entry
            .store(words.as_ptr() as *mut u64, Ordering::Release);
        let simple_args = simple_args(data);
        self.simple_args.0.store(simple_args, Ordering::Release);
        Ok(())
    }

    /// `co_qualname`
    pub fn qualname(&self, th: &Thread) -> Value {
        if let Some(known) = self.qualname.get().present() {
            return known;
        }
        let name = crate::strings::intern_name(th, self.source.qualname());
        self.qualname.set(&self.header, name);
        name
    }

    /// The docstring that the compiler found; None if there is none.
    ///
    /// # Errors
    /// `MemoryError`, `RecursionError`.
    pub fn docstring(&self, th: &Thread) -> PyResult {
        if !CodeFlags(self.flags).has(CodeFlags::HAS_DOCSTRING) {
            return Ok(Value::NONE);
        }
        self.ready(th)?;
        match self.consts.expect().values().first() {
            Some(doc) if doc.as_str_obj().is_some() => Ok(*doc),
            _ => Ok(Value::NONE),
        }
    }

    /// Tells of a miss of a cache; whether the cache is to be filled.
    pub fn is_warm(&self) -> bool {
        let cold = self.cold.load(Ordering::Relaxed);
        if cold != 0 {
            self.cold.store(cold - 1, Ordering::Relaxed);
        }
        cold == 0
    }

    /// Fills a cache word, keeping what it names alive with it.
    pub fn fill_cache(&self, th: &Thread, index: usize, word: u64, pinned: Value) {
        if self.pins.address() == 0 {
            let pins = Object::<Array>::new(th, self.words().len());
            pins.set_len(pins.capacity());
            self.pins.set_if_null(&self.header, pins);
        }
        // Both or neither: else one thread's word might stand beside another's pin.
        let _lock = crate::thread::lock(&self.header);
        let Some(pins) = self.pins.get() else { return };
        pins.fields()[index].set(&pins.header, pinned);
        self.words()[index].store(word, Ordering::Release);
    }

    /// The first word. Once ready.
    #[inline(always)]
    pub fn entry(&self) -> *const u64 {
        self.entry.load(Ordering::Relaxed)
    }

    /// The first instruction that is run: the word before it stands for the beginning of the frame. Once
    /// ready.
    #[inline(always)]
    pub fn start(&self) -> *const u64 {
        self.entry().wrapping_add(1)
    }
}

impl Drop for Code {
    fn drop(&mut self) {
        taipan_gc::add_outside_bytes(-8 * self.words().len() as isize);
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
        f.set(&a.header, crate::strings::intern_name(th, n));
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
        Const::Code(code) => Object::<Code>::new(th, code.clone())?.value(),
    })
}
