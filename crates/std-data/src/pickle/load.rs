//! Reading objects.

use super::global::new_name;
use super::input::Input;
use super::{copyreg, dotted, op, opt, parts, unpickling_error};
use crate::library;
use std::sync::atomic::{AtomicI32, Ordering};
use taipan_num::BigInt;
use taipan_object::bytearray::ByteArray;
use taipan_object::call::{self, Args};
use taipan_object::dict::{Dict, Set};
use taipan_object::exception::{ATTRIBUTE_ERROR, chain_context};
use taipan_object::types::{self, Type, class_of};
use taipan_object::wtf8::Wtf8;
use taipan_object::{
    Object, PyResult, Raised, Thread, Value, ValueVec, attr, buffer, ops, strings,
};

/// One call of `load`.
pub(super) struct Load<'a> {
    pub th: &'a Thread,
    pub input: Input<'a>,
    stack: ValueVec,
    marks: Vec<usize>,
    /// Objects by number, absent where there is none.
    pub dense: ValueVec,
    /// Those with numbers far beyond the others.
    pub sparse: Option<&'a Object<Dict>>,
    pub proto: i32,
    pub fix_imports: bool,
    /// How strings of Python 2 are read.
    pub encoding: Value,
    pub errors: Value,
    /// An iterator of buffers; None for none.
    pub buffers: Value,
    pub persistent: Option<Value>,
    /// `find_class` of a subclass.
    pub find: Option<Value>,
}

/// What an opcode has done.
enum Done {
    Next,
    Stop(Value),
}

impl<'a> Load<'a> {
    pub fn new(th: &'a Thread, input: Input<'a>) -> Load<'a> {
        Load {
            th,
            input,
            stack: ValueVec::new(),
            marks: Vec::new(),
            dense: ValueVec::new(),
            sparse: None,
            proto: 0,
            fix_imports: true,
            encoding: Value::NONE,
            errors: Value::NONE,
            buffers: Value::NONE,
            persistent: None,
            find: None,
        }
    }

    /// Reads a whole pickle.
    pub fn load(&mut self) -> PyResult {
        self.load_noting(None)
    }

    /// The same. `proto` is told the protocol as soon as it is known: `find_class` asks for it.
    pub fn load_noting(&mut self, proto: Option<&AtomicI32>) -> PyResult {
        let mut n = 0u32;
        loop {
            let code = self.input.opcode()?;
            if let Some(p) = proto {
                p.store(self.proto, Ordering::Relaxed);
            }
            if let Done::Stop(v) = self.step(code)? {
                self.input.skip_used()?;
                return Ok(v);
            }
            n = n.wrapping_add(1);
            if n.is_multiple_of(64) {
                self.th.poll()?;
            }
        }
    }

    #[inline]
    fn push(&mut self, v: Value) -> PyResult<Done> {
        self.stack.push(self.th, v)?;
        Ok(Done::Next)
    }

    /// Where the values above the topmost mark begin.
    #[inline]
    fn fence(&self) -> usize {
        self.marks.last().copied().unwrap_or(0)
    }

    #[cold]
    fn underflow(&self) -> Raised {
        unpickling_error(
            self.th,
            if self.marks.is_empty() {
                "unpickling stack underflow"
            } else {
                "unexpected MARK found"
            },
        )
    }

    #[inline]
    fn pop(&mut self) -> PyResult {
        if self.stack.len() <= self.fence() {
            return Err(self.underflow());
        }
        self.stack.pop().ok_or_else(|| self.underflow())
    }

    #[inline]
    fn top(&self) -> PyResult {
        if self.stack.len() <= self.fence() {
            return Err(self.underflow());
        }
        self.stack.last().copied().ok_or_else(|| self.underflow())
    }

    /// Takes the topmost mark off; gives where its values begin.
    fn mark(&mut self) -> PyResult<usize> {
        match self.marks.pop() {
            Some(n) => Ok(n),
            None => Err(unpickling_error(self.th, "could not find MARK")),
        }
    }

    fn step(&mut self, code: u8) -> PyResult<Done> {
        let th = self.th;
        match code {
            op::NONE => self.push(Value::NONE),
            op::NEWTRUE => self.push(Value::TRUE),
            op::NEWFALSE => self.push(Value::FALSE),
            op::BININT => {
                let n = i32::from_le_bytes(self.input.array()?);
                self.push(Value::small_int(n.into()))
            }
            op::BININT1 => {
                let [n] = self.input.array()?;
                self.push(Value::small_int(n.into()))
            }
            op::BININT2 => {
                let n = u16::from_le_bytes(self.input.array()?);
                self.push(Value::small_int(n.into()))
            }
            op::INT => self.int(),
            op::LONG => self.long(),
            op::LONG1 => {
                let [n] = self.input.array()?;
                self.counted_long(n.into())
            }
            op::LONG4 => {
                let n = i32::from_le_bytes(self.input.array()?);
                match usize::try_from(n) {
                    Ok(n) => self.counted_long(n),
                    Err(_) => Err(unpickling_error(th, "LONG pickle has negative byte count")),
                }
            }
            op::FLOAT => {
                let line = self.input.argument()?;
                match taipan_num::float::parse(line) {
                    Some(x) => self.push(Value::float(th, x)),
                    None => Err(th.value_error("could not convert string to float")),
                }
            }
            op::BINFLOAT => {
                let x = f64::from_be_bytes(self.input.array()?);
                self.push(Value::float(th, x))
            }
            op::SHORT_BINUNICODE => {
                let [n] = self.input.array()?;
                self.unicode(n.into())
            }
            op::BINUNICODE => {
                let n = u32::from_le_bytes(self.input.array()?);
                self.unicode(n as usize)
            }
            op::BINUNICODE8 => {
                let n = self.size8("BINUNICODE8")?;
                self.unicode(n)
            }
            op::UNICODE => {
                let line = Value::bytes(th, self.input.line()?)?;
                let f = library::attribute(th, "_codecs", "raw_unicode_escape_decode")?;
                let pair = call::call(th, f, &[line])?;
                let v = ops::get_item(th, pair, Value::small_int(0))?;
                self.push(v)
            }
            op::SHORT_BINBYTES => {
                let [n] = self.input.array()?;
                self.bytes(n.into())
            }
            op::BINBYTES => {
                let n = u32::from_le_bytes(self.input.array()?);
                self.bytes(n as usize)
            }
            op::BINBYTES8 => {
                let n = self.size8("BINBYTES8")?;
                self.bytes(n)
            }
            op::BYTEARRAY8 => {
                let n = self.size8("BYTEARRAY8")?;
                let data = self.input.take(n)?.to_vec();
                self.push(ByteArray::new(th, data))
            }
            op::SHORT_BINSTRING => {
                let [n] = self.input.array()?;
                let data = Value::bytes(th, self.input.take(n.into())?)?;
                self.old_string(data)
            }
            op::BINSTRING => {
                let n = i32::from_le_bytes(self.input.array()?);
                let Ok(n) = usize::try_from(n) else {
                    return Err(unpickling_error(
                        th,
                        "BINSTRING pickle has negative byte count",
                    ));
                };
                let data = Value::bytes(th, self.input.take(n)?)?;
                self.old_string(data)
            }
            op::STRING => self.quoted_string(),
            op::NEXT_BUFFER => self.next_buffer(),
            op::READONLY_BUFFER => self.readonly_buffer(),
            op::EMPTY_TUPLE => self.push(Value::empty_tuple()),
            op::TUPLE1 => self.tuple(1),
            op::TUPLE2 => self.tuple(2),
            op::TUPLE3 => self.tuple(3),
            op::TUPLE => {
                let from = self.mark()?;
                self.tuple(self.stack.len() - from)
            }
            op::EMPTY_LIST => {
                let v = Value::list(th, &[])?;
                self.push(v)
            }
            op::LIST => {
                let from = self.mark()?;
                let v = Value::list(th, &self.stack[from..])?;
                self.stack.truncate(from);
                self.push(v)
            }
            op::EMPTY_DICT => self.push(Dict::new(th).value()),
            op::DICT => self.dict(),
            op::EMPTY_SET => self.push(Set::new(th).value()),
            op::FROZENSET => {
                let from = self.mark()?;
                let items = Value::list(th, &self.stack[from..])?;
                self.stack.truncate(from);
                let v = call::call(th, types::FROZENSET.value(), &[items])?;
                self.push(v)
            }
            op::APPEND => {
                let n = self.stack.len();
                if n < self.fence() + 2 {
                    return Err(self.underflow());
                }
                self.appends(n - 1)
            }
            op::APPENDS => {
                let from = self.mark()?;
                self.appends(from)
            }
            op::SETITEM => {
                let n = self.stack.len();
                if n < self.fence() + 3 {
                    return Err(self.underflow());
                }
                self.set_items(n - 2)
            }
            op::SETITEMS => {
                let from = self.mark()?;
                self.set_items(from)
            }
            op::ADDITEMS => self.add_items(),
            op::MARK => {
                self.marks.push(self.stack.len());
                Ok(Done::Next)
            }
            op::POP => {
                if self.marks.last() == Some(&self.stack.len()) {
                    self.marks.pop();
                } else {
                    self.pop()?;
                }
                Ok(Done::Next)
            }
            op::POP_MARK => {
                let from = self.mark()?;
                self.stack.truncate(from);
                Ok(Done::Next)
            }
            op::DUP => {
                let v = self.top()?;
                self.push(v)
            }
            op::GET => {
                let n = self.line_index()?;
                self.recall(n)
            }
            op::BINGET => {
                let [n] = self.input.array()?;
                self.recall(n.into())
            }
            op::LONG_BINGET => {
                let n = u32::from_le_bytes(self.input.array()?);
                self.recall(n.into())
            }
            op::PUT => {
                let n = self.line_index()?;
                if n < 0 {
                    return Err(th.value_error("negative PUT argument"));
                }
                self.remember(n as usize)
            }
            op::BINPUT => {
                let [n] = self.input.array()?;
                self.remember(n.into())
            }
            op::LONG_BINPUT => {
                let n = u32::from_le_bytes(self.input.array()?);
                self.remember(n as usize)
            }
            op::MEMOIZE => {
                let n = self.dense.len() + self.sparse.map_or(0, |d| d.map.len());
                self.remember(n)
            }
            op::GLOBAL => {
                let (module, name) = (self.name_line()?, self.name_line()?);
                let v = self.find_class(module, name)?;
                self.push(v)
            }
            op::STACK_GLOBAL => {
                let name = self.pop()?;
                let module = self.pop()?;
                for v in [name, module] {
                    if !class_of(v).is(&types::STR) {
                        return Err(unpickling_error(th, "STACK_GLOBAL requires str"));
                    }
                }
                let v = self.find_class(module, name)?;
                self.push(v)
            }
            op::EXT1 => {
                let [n] = self.input.array()?;
                self.extension(n.into())
            }
            op::EXT2 => {
                let n = u16::from_le_bytes(self.input.array()?);
                self.extension(n.into())
            }
            op::EXT4 => {
                let n = i32::from_le_bytes(self.input.array()?);
                self.extension(n.into())
            }
            op::REDUCE => {
                let args = self.pop()?;
                let f = self.pop()?;
                let Some(items) = args.as_tuple() else {
                    return Err(th.type_error("argument list must be a tuple"));
                };
                let v = call::call(th, f, items)?;
                self.push(v)
            }
            op::NEWOBJ => {
                let args = self.pop()?;
                self.new_object("NEWOBJ", args, None)
            }
            op::NEWOBJ_EX => {
                let kw = self.pop()?;
                let args = self.pop()?;
                self.new_object("NEWOBJ_EX", args, Some(kw))
            }
            op::OBJ => {
                let from = self.mark()?;
                if self.stack.len() <= from {
                    return Err(self.underflow());
                }
                let args = ValueVec::from_slice(th, &self.stack[from + 1..])?;
                let cls = self.stack[from];
                self.stack.truncate(from);
                self.instance(cls, &args)
            }
            op::INST => {
                let (module, name) = (self.name_line()?, self.name_line()?);
                let cls = self.find_class(module, name)?;
                let from = self.mark()?;
                let args = ValueVec::from_slice(th, &self.stack[from..])?;
                self.stack.truncate(from);
                self.instance(cls, &args)
            }
            op::BUILD => self.build(),
            op::PERSID => {
                let line = self.input.line()?;
                let Some(pid) = std::str::from_utf8(line).ok().filter(|s| s.is_ascii()) else {
                    return Err(unpickling_error(
                        th,
                        "persistent IDs in protocol 0 must be ASCII strings",
                    ));
                };
                let pid = Value::str(th, pid);
                self.persistent_load(pid)
            }
            op::BINPERSID => {
                let pid = self.pop()?;
                self.persistent_load(pid)
            }
            op::PROTO => {
                let [n] = self.input.array()?;
                if i32::from(n) > super::HIGHEST {
                    return Err(th.value_error(format!("unsupported pickle protocol: {n}")));
                }
                self.proto = n.into();
                Ok(Done::Next)
            }
            op::FRAME => {
                let n = u64::from_le_bytes(self.input.array()?);
                match usize::try_from(n)
                    .ok()
                    .filter(|n| *n <= isize::MAX as usize)
                {
                    Some(n) => self.input.frame(n)?,
                    None => {
                        return Err(th.overflow_error(format!(
                            "FRAME length exceeds system's maximum of {} bytes",
                            isize::MAX
                        )));
                    }
                }
                Ok(Done::Next)
            }
            op::STOP => Ok(Done::Stop(self.pop()?)),
            0x20..=0x7e if code != b'\'' && code != b'\\' => Err(unpickling_error(
                th,
                format!("invalid load key, '{}'.", char::from(code)),
            )),
            _ => Err(unpickling_error(
                th,
                format!("invalid load key, '\\x{code:02x}'."),
            )),
        }
    }

    /// A size of eight bytes.
    fn size8(&mut self, what: &str) -> PyResult<usize> {
        let n = u64::from_le_bytes(self.input.array()?);
        if n > isize::MAX as u64 {
            let th = self.th;
            return Err(th.overflow_error(format!(
                "{what} exceeds system's maximum size of {} bytes",
                isize::MAX
            )));
        }
        Ok(n as usize)
    }

    fn bytes(&mut self, n: usize) -> PyResult<Done> {
        let v = Value::bytes(self.th, self.input.take(n)?)?;
        self.push(v)
    }

    fn unicode(&mut self, n: usize) -> PyResult<Done> {
        let th = self.th;
        let data = self.input.take(n)?;
        let v = match Wtf8::from_bytes(data) {
            Some(w) => Value::try_wtf8(th, w)?,
            None => {
                // The codec says what is wrong.
                let data = Value::bytes(th, data)?;
                let f = library::attribute(th, "_codecs", "utf_8_decode")?;
                let pass = Value::str(th, "surrogatepass");
                let pair = call::call(th, f, &[data, pass, Value::TRUE])?;
                ops::get_item(th, pair, Value::small_int(0))?
            }
        };
        self.push(v)
    }

    /// An integer in decimal.
    fn number(&self, line: &[u8]) -> PyResult {
        let th = self.th;
        let text = std::str::from_utf8(line).unwrap_or("?");
        match text.parse::<i64>() {
            Ok(n) => Ok(Value::int(th, n)),
            Err(_) => call::call(th, types::INT.value(), &[Value::str(th, text)]),
        }
    }

    fn int(&mut self) -> PyResult<Done> {
        let line = self.input.argument()?.to_vec();
        let v = match line.as_slice() {
            b"00" => Value::FALSE,
            b"01" => Value::TRUE,
            l => self.number(l)?,
        };
        self.push(v)
    }

    fn long(&mut self) -> PyResult<Done> {
        let line = self.input.argument()?.to_vec();
        let v = self.number(line.strip_suffix(b"L").unwrap_or(&line))?;
        self.push(v)
    }

    fn counted_long(&mut self, n: usize) -> PyResult<Done> {
        let th = self.th;
        let data = self.input.take(n)?;
        let v = Value::big(th, BigInt::from_bytes(data, true, true));
        self.push(v)
    }

    fn quoted_string(&mut self) -> PyResult<Done> {
        let th = self.th;
        let line = self.input.line()?;
        let inner = match line {
            [a @ (b'"' | b'\''), inner @ .., b] if a == b => inner,
            _ => {
                return Err(unpickling_error(
                    th,
                    "the STRING opcode argument must be quoted",
                ));
            }
        };
        let data = Value::bytes(th, inner)?;
        let f = library::attribute(th, "_codecs", "escape_decode")?;
        let pair = call::call(th, f, &[data])?;
        let data = ops::get_item(th, pair, Value::small_int(0))?;
        self.old_string(data)
    }

    /// A string of Python 2.
    fn old_string(&mut self, data: Value) -> PyResult<Done> {
        let th = self.th;
        if self.encoding.is_str("bytes") {
            return self.push(data);
        }
        let f = library::attribute(th, "_codecs", "decode")?;
        let v = call::call(th, f, &[data, self.encoding, self.errors])?;
        self.push(v)
    }

    fn next_buffer(&mut self) -> PyResult<Done> {
        let th = self.th;
        if self.buffers.is_none() {
            return Err(unpickling_error(
                th,
                "pickle stream refers to out-of-band data but no *buffers* argument was given",
            ));
        }
        match ops::next(th, self.buffers)? {
            Some(v) => self.push(v),
            None => Err(unpickling_error(th, "not enough out-of-band buffers")),
        }
    }

    fn readonly_buffer(&mut self) -> PyResult<Done> {
        let th = self.th;
        let v = self.top()?;
        let readonly = buffer::get(th, v, false)?.readonly;
        if !readonly {
            let view = taipan_strings::memoryview::of_object(th, v)?;
            let view = call::call_method(th, view, "toreadonly", &[])?;
            self.pop()?;
            return self.push(view);
        }
        Ok(Done::Next)
    }

    fn tuple(&mut self, n: usize) -> PyResult<Done> {
        if self.stack.len() < self.fence() + n {
            return Err(self.underflow());
        }
        let from = self.stack.len() - n;
        let v = Value::try_tuple(self.th, &self.stack[from..])?;
        self.stack.truncate(from);
        self.push(v)
    }

    fn dict(&mut self) -> PyResult<Done> {
        let th = self.th;
        let from = self.mark()?;
        let d = Dict::new(th);
        let items = &self.stack[from..];
        if !items.len().is_multiple_of(2) {
            return Err(unpickling_error(th, "odd number of items for DICT"));
        }
        for pair in items.chunks_exact(2) {
            d.set(th, pair[0], pair[1])?;
        }
        self.stack.truncate(from);
        self.push(d.value())
    }

    /// Appends the values from a place of the stack on to the list before them.
    fn appends(&mut self, from: usize) -> PyResult<Done> {
        let th = self.th;
        if from <= self.fence() {
            return Err(self.underflow());
        }
        let target = self.stack[from - 1];
        let items = &self.stack[from..];
        if let Some(l) = target.as_list()
            && class_of(target).is(&types::LIST)
        {
            l.extend_slice(th, items)?;
        } else if !items.is_empty() {
            match opt(th, target, "extend")? {
                Some(f) => {
                    let list = Value::list(th, items)?;
                    call::call(th, f, &[list])?;
                }
                None => {
                    let f = attr::get_str(th, target, "append")?;
                    for v in items {
                        call::call(th, f, &[*v])?;
                    }
                }
            }
        }
        self.stack.truncate(from);
        Ok(Done::Next)
    }

    fn set_items(&mut self, from: usize) -> PyResult<Done> {
        let th = self.th;
        if from <= self.fence() {
            return Err(self.underflow());
        }
        let target = self.stack[from - 1];
        let items = &self.stack[from..];
        if !items.len().is_multiple_of(2) {
            return Err(unpickling_error(th, "odd number of items for SETITEMS"));
        }
        let plain = target
            .as_dict()
            .filter(|_| class_of(target).is(&types::DICT));
        for pair in items.chunks_exact(2) {
            match plain {
                Some(d) => d.set(th, pair[0], pair[1])?,
                None => ops::set_item(th, target, pair[0], pair[1])?,
            }
        }
        self.stack.truncate(from);
        Ok(Done::Next)
    }

    fn add_items(&mut self) -> PyResult<Done> {
        let th = self.th;
        let from = self.mark()?;
        if from <= self.fence() {
            return Err(self.underflow());
        }
        let target = self.stack[from - 1];
        let items = &self.stack[from..];
        if let Some(s) = target.as_set()
            && types::is_instance(target, &types::SET)
        {
            for v in items {
                s.add(th, *v)?;
            }
        } else {
            let f = attr::get_str(th, target, "add")?;
            for v in items {
                call::call(th, f, &[*v])?;
            }
        }
        self.stack.truncate(from);
        Ok(Done::Next)
    }

    fn line_index(&mut self) -> PyResult<i64> {
        let line = self.input.argument()?.to_vec();
        let v = self.number(&line)?;
        ops::index_i64(self.th, v)
    }

    fn recall(&mut self, n: i64) -> PyResult<Done> {
        let th = self.th;
        let place = usize::try_from(n).ok();
        let dense = place
            .and_then(|n| self.dense.get(n))
            .and_then(|v| v.present());
        let found = match (dense, self.sparse) {
            (None, Some(d)) => d.get(th, Value::int(th, n))?,
            (v, _) => v,
        };
        match found {
            Some(v) => self.push(v),
            None => Err(unpickling_error(
                th,
                format!("Memo value not found at index {n}"),
            )),
        }
    }

    fn remember(&mut self, n: usize) -> PyResult<Done> {
        let th = self.th;
        let v = self.top()?;
        if n < self.dense.len() {
            self.dense.set(n, v);
        } else if n < self.dense.len() * 2 + 1024 && self.sparse.is_none() {
            while self.dense.len() < n {
                self.dense.push(th, Value::ABSENT)?;
            }
            self.dense.push(th, v)?;
        } else {
            let d = *self.sparse.get_or_insert_with(|| Dict::new(th));
            d.set(th, Value::usize(th, n), v)?;
        }
        Ok(Done::Next)
    }

    fn name_line(&mut self) -> PyResult {
        let th = self.th;
        let line = self.input.argument()?;
        match std::str::from_utf8(line) {
            Ok(s) => Ok(Value::str(th, s)),
            Err(_) => {
                let data = Value::bytes(th, line)?;
                call::call_method(th, data, "decode", &[Value::str(th, "utf-8")])
            }
        }
    }

    fn find_class(&self, module: Value, name: Value) -> PyResult {
        match self.find {
            Some(f) => call::call(self.th, f, &[module, name]),
            None => find_class(self.th, module, name, self.proto, self.fix_imports),
        }
    }

    fn extension(&mut self, code: i64) -> PyResult<Done> {
        let th = self.th;
        if code <= 0 {
            return Err(unpickling_error(th, "EXT specifies code <= 0"));
        }
        let key = Value::int(th, code);
        let cache = copyreg(th, "_extension_cache")?;
        if let Some(d) = cache.as_dict()
            && let Some(v) = d.get(th, key)?
        {
            return self.push(v);
        }
        let registry = copyreg(th, "_inverted_registry")?;
        let pair = match registry.as_dict() {
            Some(d) => d.get(th, key)?,
            None => None,
        };
        let Some(pair) = pair else {
            return Err(th.value_error(format!("unregistered extension code {code}")));
        };
        let names = pair.as_tuple().unwrap_or(&[]);
        let [module, name] = *names else {
            return Err(th.value_error(format!(
                "_inverted_registry[{code}] isn't a 2-tuple of strings"
            )));
        };
        let v = self.find_class(module, name)?;
        ops::set_item(th, cache, key, v)?;
        self.push(v)
    }

    fn persistent_load(&mut self, pid: Value) -> PyResult<Done> {
        match self.persistent {
            Some(f) => {
                let v = call::call(self.th, f, &[pid])?;
                self.push(v)
            }
            None => Err(no_persistent_load(self.th)),
        }
    }

    fn new_object(&mut self, what: &str, args: Value, kw: Option<Value>) -> PyResult<Done> {
        let th = self.th;
        let cls = self.pop()?;
        let name = |v: Value| class_of(v).name_text();
        let Some(items) = args.as_tuple() else {
            return Err(unpickling_error(
                th,
                format!("{what} expected an arg tuple, got {}", name(args)),
            ));
        };
        let Some(t) = cls.downcast::<Type>() else {
            return Err(unpickling_error(
                th,
                format!("{what} class argument must be a type, not {}", name(cls)),
            ));
        };
        let Some(new) = t.slots().new else {
            return Err(unpickling_error(
                th,
                format!(
                    "{what} class argument '{}' doesn't have __new__",
                    t.name_text()
                ),
            ));
        };
        let v = match kw {
            None => new(th, t, Args::positional(items))?,
            Some(kw) => {
                let Some(d) = kw.as_dict() else {
                    return Err(unpickling_error(
                        th,
                        format!("{what} expected a kwarg dict, got {}", name(kw)),
                    ));
                };
                let mut values = ValueVec::from_slice(th, items)?;
                let mut names = ValueVec::new();
                for key in ops::to_vec(th, kw)?.iter() {
                    if let Some(x) = d.get(th, *key)? {
                        names.push(th, *key)?;
                        values.push(th, x)?;
                    }
                }
                let args = Args {
                    values: &values,
                    kwnames: &names,
                };
                new(th, t, args)?
            }
        };
        self.push(v)
    }

    /// What `INST` and `OBJ` make: without arguments and `__getinitargs__`, a bare instance.
    fn instance(&mut self, cls: Value, args: &[Value]) -> PyResult<Done> {
        let th = self.th;
        let bare = args.is_empty()
            && cls.downcast::<Type>().is_some()
            && opt(th, cls, "__getinitargs__")?.is_none();
        let v = if bare {
            call::call_method(th, cls, "__new__", &[cls])?
        } else {
            call::call(th, cls, args)?
        };
        self.push(v)
    }

    fn build(&mut self) -> PyResult<Done> {
        let th = self.th;
        if self.stack.len() < self.fence() + 2 {
            return Err(self.underflow());
        }
        let state = self.pop()?;
        let inst = self.top()?;
        if let Some(f) = opt(th, inst, "__setstate__")? {
            call::call(th, f, &[state])?;
            return Ok(Done::Next);
        }
        let (state, slots) = match state.as_tuple() {
            Some([a, b]) => (*a, *b),
            _ => (state, Value::NONE),
        };
        if !state.is_none() {
            let Some(d) = state.as_dict() else {
                return Err(unpickling_error(th, "state is not a dictionary"));
            };
            let own = attr::has_dict(inst);
            let target = if own {
                Value::NONE
            } else {
                attr::get_str(th, inst, "__dict__")?
            };
            let mut pos = 0;
            while let Some((next, key, value, _)) = d.map.next_entry(pos) {
                pos = next;
                let plain = class_of(key).is(&types::STR);
                let key = if plain {
                    strings::intern_value(key)
                } else {
                    key
                };
                if own && plain {
                    attr::set_own(th, inst, key, value)?;
                } else if own {
                    let dict = attr::get_str(th, inst, "__dict__")?;
                    ops::set_item(th, dict, key, value)?;
                } else {
                    ops::set_item(th, target, key, value)?;
                }
            }
        }
        if !slots.is_none() {
            let Some(d) = slots.as_dict() else {
                return Err(unpickling_error(th, "slot state is not a dictionary"));
            };
            let mut pos = 0;
            while let Some((next, key, value, _)) = d.map.next_entry(pos) {
                pos = next;
                let key = attr::attr_name(th, key)?;
                attr::set(th, inst, key, value)?;
            }
        }
        Ok(Done::Next)
    }
}

pub(super) fn no_persistent_load(th: &Thread) -> Raised {
    unpickling_error(
        th,
        "A load persistent id instruction was encountered, but no persistent_load function was specified.",
    )
}

/// The object of a module that a name means.
pub(super) fn find_class(
    th: &Thread,
    mut module: Value,
    mut name: Value,
    proto: i32,
    fix_imports: bool,
) -> PyResult {
    th.audit("pickle.find_class", &[module, name])?;
    if proto < 3 && fix_imports {
        (module, name) = new_name(th, module, name)?;
    }
    for v in [module, name] {
        if v.as_str_obj().is_none() {
            return Err(th.type_error(format!(
                "attribute name must be string, not '{}'",
                class_of(v).tp_name()
            )));
        }
    }
    let found = library::import_named(th, module)?;
    let path = parts(name.as_wtf8().unwrap_or(Wtf8::new("")));
    if proto < 4 || path.len() < 2 {
        return attr::get(th, found, attr::attr_name(th, name)?);
    }
    match dotted(th, found, &path) {
        Err(cause) if cause.is(&ATTRIBUTE_ERROR) => {
            let e = th.raise(
                &ATTRIBUTE_ERROR,
                format!(
                    "Can't resolve path {} on module {}",
                    super::shown(th, name)?,
                    super::shown(th, module)?
                ),
            );
            chain_context(e.0, cause.0);
            Err(e)
        }
        r => r,
    }
}

/// The objects of a memo by number, in a dict.
pub(super) fn memo_dict<'a>(
    th: &Thread,
    dense: &[Value],
    sparse: Option<&Object<Dict>>,
) -> PyResult<&'a Object<Dict>> {
    let d = Dict::new(th);
    for (i, v) in dense.iter().enumerate() {
        if !v.is_absent() {
            d.set(th, Value::usize(th, i), *v)?;
        }
    }
    if let Some(s) = sparse {
        for key in ops::to_vec(th, s.value())?.iter() {
            if let Some(v) = s.get(th, *key)? {
                d.set(th, *key, v)?;
            }
        }
    }
    Ok(d)
}
