//! Writing objects.

use super::buffer::{self, PickleBuffer};
use super::memo::Memo;
use super::{copyreg, noted, op, opt, pickling_error, shown, type_name};
use taipan_object::dict::Set;
use taipan_object::exception::KEY_ERROR;
use taipan_object::func::Function;
use taipan_object::numbers::Int;
use taipan_object::strings::Str;
use taipan_object::types::{self, class_of};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, call, ops};

/// One call of `dump`.
pub(super) struct Save<'a> {
    pub th: &'a Thread,
    pub out: Vec<u8>,
    /// Where the current frame's header stands.
    frame: Option<usize>,
    framing: bool,
    pub proto: i32,
    pub bin: bool,
    pub fast: bool,
    pub fix_imports: bool,
    pub memo: &'a Object<Memo>,
    /// The file's `write`; absent where the pickle is wanted as bytes.
    pub write: Value,
    pub persistent: Option<Value>,
    pub reducer: Option<Value>,
    pub dispatch_table: Option<Value>,
    pub buffer_callback: Option<Value>,
    /// Containers being written in fast mode, which has no memo to find circles with.
    fast_depth: usize,
    fast_path: ValueVec,
}

const HEADER: usize = 9;
const FRAME_MIN: usize = 4;
const FRAME_TARGET: usize = 64 * 1024;
const BATCH: usize = 1000;
/// From which depth on fast mode looks for circles.
const FAST_LIMIT: usize = 50;

impl<'a> Save<'a> {
    pub fn new(th: &'a Thread, proto: i32, memo: &'a Object<Memo>) -> Save<'a> {
        Save {
            th,
            out: Vec::new(),
            frame: None,
            framing: false,
            proto,
            bin: proto > 0,
            fast: false,
            fix_imports: true,
            memo,
            write: Value::ABSENT,
            persistent: None,
            reducer: None,
            dispatch_table: None,
            buffer_callback: None,
            fast_depth: 0,
            fast_path: ValueVec::new(),
        }
    }

    /// Writes a whole pickle.
    pub fn dump(&mut self, v: Value) -> PyResult<()> {
        if self.proto >= 2 {
            let proto = self.proto as u8;
            self.bytes(&[op::PROTO, proto]);
        }
        self.framing = self.proto >= 4;
        self.save(v, true)?;
        self.byte(op::STOP);
        self.end_frame();
        self.framing = false;
        self.flush()
    }

    pub fn byte(&mut self, b: u8) {
        self.bytes(&[b]);
    }

    pub fn bytes(&mut self, b: &[u8]) {
        if self.framing && self.frame.is_none() {
            self.frame = Some(self.out.len());
            self.out.extend_from_slice(&[0; HEADER]);
        }
        self.out.extend_from_slice(b);
    }

    fn end_frame(&mut self) {
        let Some(at) = self.frame.take() else { return };
        let len = self.out.len() - at - HEADER;
        if len >= FRAME_MIN {
            self.out[at] = op::FRAME;
            self.out[at + 1..at + HEADER].copy_from_slice(&(len as u64).to_le_bytes());
        } else {
            self.out.drain(at..at + HEADER);
        }
    }

    /// Hands what is written to the file.
    fn flush(&mut self) -> PyResult<()> {
        if self.write.is_absent() || self.out.is_empty() {
            return Ok(());
        }
        let part = Value::bytes(self.th, &self.out)?;
        self.out.clear();
        call::call(self.th, self.write, &[part])?;
        Ok(())
    }

    /// Ends the frame at an opcode's beginning, if it is long enough.
    fn boundary(&mut self) -> PyResult<()> {
        if let Some(at) = self.frame
            && self.out.len() - at - HEADER >= FRAME_TARGET
        {
            self.end_frame();
            self.flush()?;
        }
        Ok(())
    }

    /// Writes an opcode with its payload; a large one stands outside of frames.
    fn sized(&mut self, header: &[u8], data: &[u8], whole: Option<Value>) -> PyResult<()> {
        if data.len() < FRAME_TARGET {
            self.bytes(header);
            self.bytes(data);
            return Ok(());
        }
        let framing = self.framing;
        self.end_frame();
        self.framing = false;
        self.bytes(header);
        if self.write.is_absent() {
            if self.out.try_reserve(data.len()).is_err() {
                return Err(self.th.memory_error());
            }
            self.out.extend_from_slice(data);
        } else {
            self.flush()?;
            let part = match whole {
                Some(v) => v,
                None => Value::bytes(self.th, data)?,
            };
            call::call(self.th, self.write, &[part])?;
        }
        self.framing = framing;
        Ok(())
    }

    pub fn memoize(&mut self, v: Value) -> PyResult<()> {
        if self.fast {
            return Ok(());
        }
        let n = self.memo.len() as u32;
        self.memo.put(self.th, v, n)?;
        if self.proto >= 4 {
            self.byte(op::MEMOIZE);
        } else if !self.bin {
            self.bytes(format!("p{n}\n").as_bytes());
        } else if n < 256 {
            self.bytes(&[op::BINPUT, n as u8]);
        } else {
            self.byte(op::LONG_BINPUT);
            self.bytes(&n.to_le_bytes());
        }
        Ok(())
    }

    pub fn get(&mut self, n: u32) {
        if !self.bin {
            self.bytes(format!("g{n}\n").as_bytes());
        } else if n < 256 {
            self.bytes(&[op::BINGET, n as u8]);
        } else {
            self.byte(op::LONG_BINGET);
            self.bytes(&n.to_le_bytes());
        }
    }

    /// Writes an object.
    pub fn save(&mut self, v: Value, ask_persistent: bool) -> PyResult<()> {
        self.boundary()?;
        let th = self.th;
        if ask_persistent && let Some(f) = self.persistent {
            let pid = call::call(th, f, &[v])?;
            if !pid.is_none() {
                return self.persistent_id(pid);
            }
        }
        match v {
            Value::NONE => {
                self.byte(op::NONE);
                return Ok(());
            }
            Value::TRUE | Value::FALSE => {
                let yes = v.is(Value::TRUE);
                if self.proto >= 2 {
                    self.byte(if yes { op::NEWTRUE } else { op::NEWFALSE });
                } else {
                    self.bytes(if yes { b"I01\n" } else { b"I00\n" });
                }
                return Ok(());
            }
            _ => {}
        }
        let ty = class_of(v);
        if ty.is(&types::INT) {
            return self.int(v);
        }
        if let Some(x) = v.as_float()
            && ty.is(&types::FLOAT)
        {
            if self.bin {
                self.byte(op::BINFLOAT);
                self.bytes(&x.to_be_bytes());
            } else {
                self.bytes(format!("F{}\n", taipan_num::float::repr(x)).as_bytes());
            }
            return Ok(());
        }
        if let Some(n) = self.memo.get(v) {
            self.get(n);
            return Ok(());
        }
        if ty.is(&types::STR) {
            return self.str(v.expect());
        }
        th.poll()?;
        th.recurse(" while pickling an object", || self.compound(v))
    }

    fn compound(&mut self, v: Value) -> PyResult<()> {
        let th = self.th;
        let ty = class_of(v);
        if ty.is(&types::BYTES) {
            return self.bytes_object(v);
        }
        if ty.is(&types::TUPLE) {
            return self.tuple(v);
        }
        if ty.is(&types::LIST) {
            return self.in_fast(v, |s| s.list(v));
        }
        if ty.is(&types::DICT) {
            return self.in_fast(v, |s| s.dict(v));
        }
        if ty.is(&types::SET) {
            return self.set(v);
        }
        if ty.is(&types::FROZENSET) {
            return self.frozenset(v);
        }
        if ty.is(&types::BYTEARRAY) {
            return self.bytearray(v);
        }
        if v.downcast::<PickleBuffer>().is_some() && ty.is(&super::buffer::PICKLE_BUFFER) {
            return self.pickle_buffer(v);
        }
        let mut reduced = Value::NOT_IMPLEMENTED;
        if let Some(f) = self.reducer {
            reduced = call::call(th, f, &[v])?;
        }
        if reduced.is(Value::NOT_IMPLEMENTED) {
            if ty.is(&types::TYPE) {
                return self.type_object(v);
            }
            if v.downcast::<Function>().is_some() {
                return self.global(v, None);
            }
            reduced = match self.dispatch(ty.value())? {
                Some(f) => call::call(th, f, &[v])?,
                None if ty.is_subtype(&types::TYPE) => return self.global(v, None),
                None => match opt(th, v, "__reduce_ex__")? {
                    Some(f) => call::call(th, f, &[Value::int(th, self.proto.into())])?,
                    None => match opt(th, v, "__reduce__")? {
                        Some(f) => call::call(th, f, &[])?,
                        None => {
                            return Err(pickling_error(
                                th,
                                format!("Can't pickle {} object", type_name(v)),
                            ));
                        }
                    },
                },
            };
        }
        if reduced.as_str_obj().is_some() {
            return self.global(v, Some(reduced));
        }
        let note = |e| noted(th, e, format!("when serializing {} object", type_name(v)));
        let Some(parts) = reduced.as_tuple() else {
            return Err(note(pickling_error(
                th,
                format!(
                    "__reduce__ must return a string or tuple, not {}",
                    type_name(reduced)
                ),
            )));
        };
        self.reduced(parts, Some(v)).map_err(note)
    }

    /// The function that a dispatch table has for a type.
    fn dispatch(&self, ty: Value) -> PyResult<Option<Value>> {
        let th = self.th;
        match self.dispatch_table {
            None => match copyreg(th, "dispatch_table")?.as_dict() {
                Some(d) => d.get(th, ty),
                None => Ok(None),
            },
            Some(table) => match ops::get_item(th, table, ty) {
                Ok(f) => Ok(Some(f)),
                Err(e) if e.is(&KEY_ERROR) => Ok(None),
                Err(e) => Err(e),
            },
        }
    }

    /// Runs `f` on a container; fast mode looks for circles once it is deep in them.
    fn in_fast(&mut self, v: Value, f: impl FnOnce(&mut Self) -> PyResult<()>) -> PyResult<()> {
        if !self.fast {
            return f(self);
        }
        let th = self.th;
        self.fast_depth += 1;
        let watched = self.fast_depth > FAST_LIMIT;
        if watched {
            if self.fast_path.iter().any(|x| x.is(v)) {
                self.fast_depth -= 1;
                return Err(th.value_error(format!(
                    "fast mode: can't pickle cyclic objects including object type {} at {:#x}",
                    type_name(v),
                    ops::id(v)
                )));
            }
            self.fast_path.push(th, v)?;
        }
        let r = f(self);
        if watched {
            self.fast_path.pop();
        }
        self.fast_depth -= 1;
        r
    }

    fn persistent_id(&mut self, pid: Value) -> PyResult<()> {
        if self.bin {
            self.save(pid, false)?;
            self.byte(op::BINPERSID);
            return Ok(());
        }
        let th = self.th;
        let s = ops::str(th, pid)?;
        match s.as_str_obj() {
            Some(s) if s.is_ascii() => {
                self.byte(op::PERSID);
                self.bytes(s.as_bytes());
                self.byte(b'\n');
                Ok(())
            }
            _ => Err(pickling_error(
                th,
                "persistent IDs in protocol 0 must be ASCII strings",
            )),
        }
    }

    fn int(&mut self, v: Value) -> PyResult<()> {
        let small = v.as_i64();
        if let Some(n) = small.filter(|n| i32::try_from(*n).is_ok()) {
            if !self.bin {
                self.bytes(format!("I{n}\n").as_bytes());
            } else if let Ok(b) = u8::try_from(n) {
                self.bytes(&[op::BININT1, b]);
            } else if let Ok(w) = u16::try_from(n) {
                self.byte(op::BININT2);
                self.bytes(&w.to_le_bytes());
            } else {
                self.byte(op::BININT);
                self.bytes(&(n as i32).to_le_bytes());
            }
            return Ok(());
        }
        let th = self.th;
        if self.proto < 2 {
            let text = match types::INT.slots().repr {
                Some(f) => f(th, v)?,
                None => ops::repr(th, v)?,
            };
            self.byte(op::LONG);
            self.bytes(text.expect::<Str>().as_bytes());
            self.bytes(b"L\n");
            return Ok(());
        }
        let encoded = encode_long(&v.as_int().unwrap_or(Int::Small(0)));
        if let Ok(n) = u8::try_from(encoded.len()) {
            self.bytes(&[op::LONG1, n]);
        } else {
            let Ok(n) = i32::try_from(encoded.len()) else {
                return Err(th.overflow_error("int too large to pickle"));
            };
            self.byte(op::LONG4);
            self.bytes(&n.to_le_bytes());
        }
        self.bytes(&encoded);
        Ok(())
    }

    fn str(&mut self, s: &Object<Str>) -> PyResult<()> {
        let bytes = s.as_bytes();
        let n = bytes.len();
        if !self.bin {
            self.byte(op::UNICODE);
            let mut line = Vec::with_capacity(n);
            for c in s.wtf8().code_points() {
                match c.to_u32() {
                    c @ (0 | 10 | 13 | 0x1a | 0x5c) => {
                        line.extend_from_slice(format!("\\u{c:04x}").as_bytes());
                    }
                    c @ 0x10000.. => line.extend_from_slice(format!("\\U{c:08x}").as_bytes()),
                    c @ 0x100.. => line.extend_from_slice(format!("\\u{c:04x}").as_bytes()),
                    c => line.push(c as u8),
                }
            }
            self.bytes(&line);
            self.byte(b'\n');
        } else if n <= 0xff && self.proto >= 4 {
            self.sized(&[op::SHORT_BINUNICODE, n as u8], bytes, None)?;
        } else if let Ok(n) = u32::try_from(n) {
            let mut header = [op::BINUNICODE; 5];
            header[1..].copy_from_slice(&n.to_le_bytes());
            self.sized(&header, bytes, None)?;
        } else {
            // Text is never that long.
            return Err(self
                .th
                .overflow_error("cannot serialize a string larger than 4 GiB"));
        }
        self.memoize(s.value())
    }

    fn bytes_unmemoized(&mut self, data: &[u8], whole: Option<Value>) -> PyResult<()> {
        let n = data.len();
        if let Ok(n) = u8::try_from(n) {
            self.sized(&[op::SHORT_BINBYTES, n], data, whole)
        } else if let Ok(n) = u32::try_from(n) {
            let mut header = [op::BINBYTES; 5];
            header[1..].copy_from_slice(&n.to_le_bytes());
            self.sized(&header, data, whole)
        } else if self.proto >= 4 {
            let mut header = [op::BINBYTES8; 9];
            header[1..].copy_from_slice(&(n as u64).to_le_bytes());
            self.sized(&header, data, whole)
        } else {
            Err(self.th.overflow_error(
                "serializing a bytes object larger than 4 GiB requires pickle protocol 4 or higher",
            ))
        }
    }

    fn bytes_object(&mut self, v: Value) -> PyResult<()> {
        let th = self.th;
        let data = v.as_bytes().unwrap_or(&[]);
        if self.proto >= 3 {
            self.bytes_unmemoized(data, Some(v))?;
            return self.memoize(v);
        }
        // Python 2 has no such opcode: it is made of text.
        let parts = if data.is_empty() {
            [types::BYTES.value(), Value::empty_tuple()]
        } else {
            let text: String = data.iter().map(|b| char::from(*b)).collect();
            let latin = taipan_object::strings::intern(th, "latin1");
            let args = Value::try_tuple(th, &[Value::str(th, &text), latin])?;
            [crate::library::attribute(th, "_codecs", "encode")?, args]
        };
        self.reduced(&parts, Some(v))
    }

    fn bytearray(&mut self, v: Value) -> PyResult<()> {
        let th = self.th;
        let data = taipan_strings::args::bytes_like(th, v)?;
        if self.proto >= 5 {
            self.bytearray_unmemoized(&data)?;
            return self.memoize(v);
        }
        let args = if data.is_empty() {
            Value::empty_tuple()
        } else {
            Value::try_tuple(th, &[Value::bytes(th, &data)?])?
        };
        self.reduced(&[types::BYTEARRAY.value(), args], Some(v))
    }

    fn bytearray_unmemoized(&mut self, data: &[u8]) -> PyResult<()> {
        let mut header = [op::BYTEARRAY8; 9];
        header[1..].copy_from_slice(&(data.len() as u64).to_le_bytes());
        self.sized(&header, data, None)
    }

    fn pickle_buffer(&mut self, v: Value) -> PyResult<()> {
        let th = self.th;
        if self.proto < 5 {
            return Err(pickling_error(
                th,
                "PickleBuffer can only be pickled with protocol >= 5",
            ));
        }
        let Some((data, readonly)) = buffer::contents(th, v)? else {
            return Err(pickling_error(
                th,
                "PickleBuffer can not be pickled when pointing to a non-contiguous buffer",
            ));
        };
        let in_band = match self.buffer_callback {
            Some(f) => {
                let r = call::call(th, f, &[v])?;
                ops::truth(th, r)?
            }
            None => true,
        };
        if !in_band {
            self.byte(op::NEXT_BUFFER);
            if readonly {
                self.byte(op::READONLY_BUFFER);
            }
            return Ok(());
        }
        if readonly {
            self.bytes_unmemoized(&data, None)?;
        } else {
            self.bytearray_unmemoized(&data)?;
        }
        self.memoize(v)
    }

    fn tuple(&mut self, v: Value) -> PyResult<()> {
        let th = self.th;
        let items = v.as_tuple().unwrap_or(&[]);
        let n = items.len();
        if n == 0 {
            if self.bin {
                self.byte(op::EMPTY_TUPLE);
            } else {
                self.bytes(&[op::MARK, op::TUPLE]);
            }
            return Ok(());
        }
        let short = n <= 3 && self.proto >= 2;
        if !short {
            self.byte(op::MARK);
        }
        for (i, x) in items.iter().enumerate() {
            self.save(*x, true)
                .map_err(|e| noted(th, e, format!("when serializing {} item {i}", type_name(v))))?;
        }
        // An item may have led back here: then the tuple is made already.
        if let Some(m) = self.memo.get(v) {
            if !short && self.bin {
                self.byte(op::POP_MARK);
            } else {
                for _ in 0..n + usize::from(!short) {
                    self.byte(op::POP);
                }
            }
            self.get(m);
            return Ok(());
        }
        self.byte(match n {
            1 if short => op::TUPLE1,
            2 if short => op::TUPLE2,
            3 if short => op::TUPLE3,
            _ => op::TUPLE,
        });
        self.memoize(v)
    }

    fn list(&mut self, v: Value) -> PyResult<()> {
        if self.bin {
            self.byte(op::EMPTY_LIST);
        } else {
            self.bytes(&[op::MARK, op::LIST]);
        }
        self.memoize(v)?;
        let Some(l) = v.as_list() else { return Ok(()) };
        if l.is_empty() {
            return Ok(());
        }
        let th = self.th;
        let note =
            |e, i: usize| noted(th, e, format!("when serializing {} item {i}", type_name(v)));
        if !self.bin || l.len() == 1 {
            let mut i = 0;
            while let Some(x) = l.get(i) {
                self.save(x, true).map_err(|e| note(e, i))?;
                self.byte(op::APPEND);
                i += 1;
            }
            return Ok(());
        }
        let mut i = 0;
        while i < l.len() {
            self.byte(op::MARK);
            for _ in 0..BATCH {
                let Some(x) = l.get(i) else { break };
                self.save(x, true).map_err(|e| note(e, i))?;
                i += 1;
            }
            self.byte(op::APPENDS);
        }
        Ok(())
    }

    /// Writes the items that an iterator gives, to be appended to `v`.
    pub fn appends(&mut self, it: Value, v: Value) -> PyResult<()> {
        let th = self.th;
        let note =
            |e, i: usize| noted(th, e, format!("when serializing {} item {i}", type_name(v)));
        let mut i = 0;
        if !self.bin {
            while let Some(x) = ops::next(th, it)? {
                self.save(x, true).map_err(|e| note(e, i))?;
                self.byte(op::APPEND);
                i += 1;
            }
            return Ok(());
        }
        let mut first = ops::next(th, it)?;
        while let Some(x) = first {
            let Some(mut y) = ops::next(th, it)? else {
                self.save(x, true).map_err(|e| note(e, i))?;
                self.byte(op::APPEND);
                return Ok(());
            };
            self.byte(op::MARK);
            self.save(x, true).map_err(|e| note(e, i))?;
            i += 1;
            let mut n = 1;
            first = loop {
                self.save(y, true).map_err(|e| note(e, i))?;
                i += 1;
                n += 1;
                match ops::next(th, it)? {
                    Some(z) if n == BATCH => break Some(z),
                    Some(z) => y = z,
                    None => break None,
                }
            };
            self.byte(op::APPENDS);
        }
        Ok(())
    }

    fn dict(&mut self, v: Value) -> PyResult<()> {
        if self.bin {
            self.byte(op::EMPTY_DICT);
        } else {
            self.bytes(&[op::MARK, op::DICT]);
        }
        self.memoize(v)?;
        let Some(d) = v.as_dict() else { return Ok(()) };
        let th = self.th;
        let size = d.map.len();
        if size == 0 {
            return Ok(());
        }
        let mut pos = 0;
        let mut left = size;
        let changed = || th.runtime_error("dictionary changed size during iteration");
        while left > 0 {
            let batch = left.min(BATCH);
            let single = !self.bin || size == 1;
            if !single {
                self.byte(op::MARK);
            }
            for _ in 0..batch {
                let Some((next, key, value, _)) = d.map.next_entry(pos) else {
                    return Err(changed());
                };
                pos = next;
                self.pair(v, key, value)?;
                if single {
                    self.byte(op::SETITEM);
                }
                if d.map.len() != size {
                    return Err(changed());
                }
            }
            if !single {
                self.byte(op::SETITEMS);
            }
            left -= batch;
        }
        Ok(())
    }

    fn pair(&mut self, v: Value, key: Value, value: Value) -> PyResult<()> {
        let th = self.th;
        self.save(key, true)?;
        self.save(value, true).map_err(|e| {
            let k = shown(th, key).unwrap_or_default();
            noted(th, e, format!("when serializing {} item {k}", type_name(v)))
        })
    }

    /// Writes the pairs that an iterator gives, to be set in `v`.
    pub fn set_items(&mut self, it: Value, v: Value) -> PyResult<()> {
        let th = self.th;
        let next = || -> PyResult<Option<(Value, Value)>> {
            match ops::next(th, it)? {
                None => Ok(None),
                Some(p) => match p.as_tuple() {
                    Some([k, x]) => Ok(Some((*k, *x))),
                    _ => Err(th.type_error("dict items iterator must return 2-tuples")),
                },
            }
        };
        if !self.bin {
            while let Some((k, x)) = next()? {
                self.pair(v, k, x)?;
                self.byte(op::SETITEM);
            }
            return Ok(());
        }
        let mut first = next()?;
        while let Some((k, x)) = first {
            let Some(mut other) = next()? else {
                self.pair(v, k, x)?;
                self.byte(op::SETITEM);
                return Ok(());
            };
            self.byte(op::MARK);
            self.pair(v, k, x)?;
            let mut n = 1;
            first = loop {
                self.pair(v, other.0, other.1)?;
                n += 1;
                match next()? {
                    Some(p) if n == BATCH => break Some(p),
                    Some(p) => other = p,
                    None => break None,
                }
            };
            self.byte(op::SETITEMS);
        }
        Ok(())
    }

    fn set(&mut self, v: Value) -> PyResult<()> {
        let th = self.th;
        if self.proto < 4 {
            let items = Value::list(th, &ops::to_vec(th, v)?)?;
            let args = Value::try_tuple(th, &[items])?;
            return self.reduced(&[types::SET.value(), args], Some(v));
        }
        self.byte(op::EMPTY_SET);
        self.memoize(v)?;
        let s: &Object<Set> = v.expect();
        let size = s.map.len();
        let mut pos = 0;
        let mut left = size;
        while left > 0 {
            self.byte(op::MARK);
            for _ in 0..left.min(BATCH) {
                let Some((next, x, ..)) = s.map.next_entry(pos) else {
                    return Err(th.runtime_error("set changed size during iteration"));
                };
                pos = next;
                self.element(v, x)?;
                if s.map.len() != size {
                    return Err(th.runtime_error("set changed size during iteration"));
                }
            }
            self.byte(op::ADDITEMS);
            left -= left.min(BATCH);
        }
        Ok(())
    }

    fn element(&mut self, v: Value, x: Value) -> PyResult<()> {
        let th = self.th;
        self.save(x, true)
            .map_err(|e| noted(th, e, format!("when serializing {} element", type_name(v))))
    }

    fn frozenset(&mut self, v: Value) -> PyResult<()> {
        let th = self.th;
        if self.proto < 4 {
            let items = Value::list(th, &ops::to_vec(th, v)?)?;
            let args = Value::try_tuple(th, &[items])?;
            return self.reduced(&[types::FROZENSET.value(), args], Some(v));
        }
        self.byte(op::MARK);
        for x in ops::to_vec(th, v)?.iter() {
            self.element(v, *x)?;
        }
        if let Some(n) = self.memo.get(v) {
            self.byte(op::POP_MARK);
            self.get(n);
            return Ok(());
        }
        self.byte(op::FROZENSET);
        self.memoize(v)
    }

    fn type_object(&mut self, v: Value) -> PyResult<()> {
        let single = if v.is(types::NONE_TYPE.value()) {
            Value::NONE
        } else if v.is(types::ELLIPSIS_TYPE.value()) {
            Value::ELLIPSIS
        } else if v.is(types::NOT_IMPLEMENTED_TYPE.value()) {
            Value::NOT_IMPLEMENTED
        } else {
            return self.global(v, None);
        };
        let args = Value::try_tuple(self.th, &[single])?;
        self.reduced(&[types::TYPE.value(), args], Some(v))
    }
}

/// An integer's two's complement, little end first, as short as may be; nothing for zero.
fn encode_long(n: &Int) -> Vec<u8> {
    let big = n.to_big();
    let mut len = big.bit_length() as usize / 8 + 1;
    if n.to_i64() == Some(0) {
        return Vec::new();
    }
    let mut out = big.to_bytes(len, true, true).unwrap_or_default();
    if len > 1 && out[len - 1] == 0xff && out[len - 2] & 0x80 != 0 {
        len -= 1;
        out.truncate(len);
    }
    out
}
