//! `_json.make_scanner`: the decoder of JSON documents.

use super::text::{self, Scanned};
use super::{decode_error, text_argument};
use taipan_object::call::{self, Args, call_method_row};
use taipan_object::dict::Dict;
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::seq::List;
use taipan_object::strings::Str;
use taipan_object::types::{self, OBJECT, StaticType, layout_of};
use taipan_object::{Object, PyResult, Raised, Thread, Value, ValueVec, attr, ops, payload};

/// The payload of `Scanner`. It never changes once made.
#[repr(C)]
struct Scanner {
    strict: bool,
    object_hook: Field,
    object_pairs_hook: Field,
    parse_float: Field,
    parse_int: Field,
    parse_constant: Field,
}

payload!(Scanner, "json scanner", |this, m| {
    for f in [
        &this.object_hook,
        &this.object_pairs_hook,
        &this.parse_float,
        &this.parse_int,
        &this.parse_constant,
    ] {
        f.trace(m);
    }
});

/// `_json.make_scanner`
pub(super) static SCANNER: StaticType = StaticType::new(
    "_json",
    "Scanner",
    Some(&OBJECT),
    types::flags::BASE,
    layout_of::<Scanner>,
);

pub(super) static SCANNER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.call = Some(call);
    },
    methods: &[],
    getset: &[
        GetSet::new("strict", |_, v| {
            Ok(Value::bool(v.expect::<Scanner>().strict))
        })
        .doc("strict"),
        GetSet::new("object_hook", |_, v| {
            Ok(v.expect::<Scanner>().object_hook.get())
        })
        .doc("object_hook"),
        GetSet::new("object_pairs_hook", |_, v| {
            Ok(v.expect::<Scanner>().object_pairs_hook.get())
        }),
        GetSet::new("parse_float", |_, v| {
            Ok(v.expect::<Scanner>().parse_float.get())
        })
        .doc("parse_float"),
        GetSet::new("parse_int", |_, v| {
            Ok(v.expect::<Scanner>().parse_int.get())
        })
        .doc("parse_int"),
        GetSet::new("parse_constant", |_, v| {
            Ok(v.expect::<Scanner>().parse_constant.get())
        })
        .doc("parse_constant"),
    ],
    doc: "JSON scanner object",
    sig: "",
};

static NEW_ROW: Method = Method::new("make_scanner", "(context)", |_, a| Ok(a[0]));

fn new(th: &Thread, cls: &Object<types::Type>, args: Args) -> PyResult {
    let context = call_method_row(th, &NEW_ROW, args)?;
    let field = |name: &str| attr::get_str(th, context, name).map(Field::new);
    let strict = attr::get_str(th, context, "strict")?;
    let data = Scanner {
        strict: ops::truth(th, strict)?,
        object_hook: field("object_hook")?,
        object_pairs_hook: field("object_pairs_hook")?,
        parse_float: field("parse_float")?,
        parse_int: field("parse_int")?,
        parse_constant: field("parse_constant")?,
    };
    Ok(th.new_instance(cls, data).value())
}

static CALL_ROW: Method = Method::new("scan_once", "($self, string, idx)", |th, a| {
    let s = a[0].expect::<Scanner>();
    let source = text_argument(th, a[1])?;
    let idx = ops::index_i64(th, a[2])?;
    if idx < 0 {
        return Err(th.value_error("idx cannot be negative"));
    }
    let Some(at) = usize::try_from(idx).ok().filter(|n| *n < source.len()) else {
        return Err(th.stop_iteration(Value::int(th, idx)));
    };
    let mut scan = Scan {
        th,
        scanner: s,
        source,
        bytes: source.as_bytes(),
        floats: s.parse_float.get().is(types::FLOAT.value()),
        ints: s.parse_int.get().is(types::INT.value()),
        keys: ValueVec::new(),
        cache: [0; KEYS],
    };
    let (v, end) = scan.value(source.byte_offset(at))?;
    Value::try_tuple(th, &[v, Value::usize(th, source.char_index(end))])
});

fn call(th: &Thread, v: Value, args: Args) -> PyResult {
    args.with_first(th, v, |a| call_method_row(th, &CALL_ROW, a))
}

/// Places for keys that may come again.
const KEYS: usize = 64;

/// One document that is being read. All positions are byte offsets.
struct Scan<'a> {
    th: &'a Thread,
    scanner: &'a Object<Scanner>,
    source: &'a Object<Str>,
    bytes: &'a [u8],
    /// Whether floats are made by `float`, and integers by `int`.
    floats: bool,
    ints: bool,
    /// Keys of objects seen so far, so that equal ones are one string.
    keys: ValueVec,
    /// By a hash of the key, one more than its place in `keys`.
    cache: [u32; KEYS],
}

impl Scan<'_> {
    fn space(&self, mut at: usize) -> usize {
        while matches!(self.bytes.get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            at += 1;
        }
        at
    }

    fn peek(&self, at: usize) -> Option<u8> {
        self.bytes.get(at).copied()
    }

    #[cold]
    fn error(&self, msg: &str, at: usize) -> Raised {
        let at = self.source.char_index(at.min(self.bytes.len())) as i64;
        decode_error(self.th, msg, self.source, at)
    }

    #[cold]
    fn stop(&self, at: usize) -> Raised {
        let at = self.source.char_index(at);
        self.th.stop_iteration(Value::usize(self.th, at))
    }

    fn value(&mut self, at: usize) -> PyResult<(Value, usize)> {
        let th = self.th;
        let Some(b) = self.peek(at) else {
            return Err(self.stop(at));
        };
        let word = |text: &str| self.bytes[at..].starts_with(text.as_bytes());
        match b {
            b'"' => {
                let (s, end) = text::scan(th, self.source, at + 1, self.scanner.strict)?;
                Ok((s.value(th)?, end))
            }
            b'{' => th.recurse(
                " while decoding a JSON object from a unicode string",
                || self.object(at + 1),
            ),
            b'[' => th.recurse(" while decoding a JSON array from a unicode string", || {
                self.array(at + 1)
            }),
            b'n' if word("null") => Ok((Value::NONE, at + 4)),
            b't' if word("true") => Ok((Value::TRUE, at + 4)),
            b'f' if word("false") => Ok((Value::FALSE, at + 5)),
            b'N' if word("NaN") => self.constant("NaN", at),
            b'I' if word("Infinity") => self.constant("Infinity", at),
            b'-' if word("-Infinity") => self.constant("-Infinity", at),
            _ => self.number(at),
        }
    }

    fn constant(&self, text: &str, at: usize) -> PyResult<(Value, usize)> {
        let th = self.th;
        let f = self.scanner.parse_constant.get();
        let v = call::call(th, f, &[Value::str(th, text)])?;
        Ok((v, at + text.len()))
    }

    fn number(&self, start: usize) -> PyResult<(Value, usize)> {
        let digits = |mut at: usize| {
            while self.peek(at).is_some_and(|b| b.is_ascii_digit()) {
                at += 1;
            }
            at
        };
        let first = start + usize::from(self.bytes[start] == b'-');
        let mut at = match self.peek(first) {
            Some(b'1'..=b'9') => digits(first),
            Some(b'0') => first + 1,
            _ => return Err(self.stop(start)),
        };
        let mut float = false;
        if self.peek(at) == Some(b'.') && digits(at + 1) > at + 1 {
            at = digits(at + 1);
            float = true;
        }
        if matches!(self.peek(at), Some(b'e' | b'E')) {
            let sign = usize::from(matches!(self.peek(at + 1), Some(b'+' | b'-')));
            let from = at + 1 + sign;
            let end = digits(from);
            if end > from {
                at = end;
                float = true;
            }
        }
        let th = self.th;
        let text = std::str::from_utf8(&self.bytes[start..at]).unwrap_or("0");
        let v = if float {
            if self.floats {
                Value::float(th, text.parse().unwrap_or(f64::NAN))
            } else {
                call::call(th, self.scanner.parse_float.get(), &[Value::str(th, text)])?
            }
        } else {
            match text.parse::<i64>() {
                Ok(n) if self.ints => Value::int(th, n),
                _ => {
                    let f = self.scanner.parse_int.get();
                    call::call(th, f, &[Value::str(th, text)])?
                }
            }
        };
        Ok((v, at))
    }

    fn array(&mut self, at: usize) -> PyResult<(Value, usize)> {
        let th = self.th;
        let mut items = ValueVec::new();
        let mut at = self.space(at);
        if self.peek(at) == Some(b']') {
            return Ok((List::from_vec(th, items), at + 1));
        }
        loop {
            let (v, end) = self.value(at)?;
            items.push(th, v)?;
            at = self.space(end);
            match self.peek(at) {
                Some(b']') => break,
                Some(b',') => {}
                _ => return Err(self.error("Expecting ',' delimiter", at)),
            }
            let comma = at;
            at = self.space(at + 1);
            if self.peek(at) == Some(b']') {
                return Err(self.error("Illegal trailing comma before end of array", comma));
            }
            th.poll()?;
        }
        Ok((List::from_vec(th, items), at + 1))
    }

    /// The string of an object's key: the one made for an equal key before, if it is remembered.
    fn key(&mut self, s: &Scanned) -> PyResult {
        let th = self.th;
        let Scanned::Plain(w) = s else {
            return s.value(th);
        };
        let bytes = w.as_bytes();
        let n = bytes.len();
        if n == 0 {
            return s.value(th);
        }
        let mix = usize::from(bytes[0]) * 31
            + usize::from(bytes[n - 1]) * 7
            + n
            + usize::from(bytes[n / 2]);
        let slot = mix % KEYS;
        let known = (self.cache[slot] as usize)
            .checked_sub(1)
            .map(|i| self.keys[i]);
        if let Some(k) = known
            && k.as_wtf8().is_some_and(|k| k.as_bytes() == bytes)
        {
            return Ok(k);
        }
        let made = s.value(th)?;
        match (self.cache[slot] as usize).checked_sub(1) {
            Some(i) => self.keys.set(i, made),
            None => {
                self.keys.push(th, made)?;
                self.cache[slot] = self.keys.len() as u32;
            }
        }
        Ok(made)
    }

    fn object(&mut self, at: usize) -> PyResult<(Value, usize)> {
        let th = self.th;
        let pairs_hook = self.scanner.object_pairs_hook.get();
        let mut pairs = (!pairs_hook.is_none()).then(ValueVec::new);
        let dict = Dict::new(th);
        let mut at = self.space(at);
        if self.peek(at) != Some(b'}') {
            loop {
                if self.peek(at) != Some(b'"') {
                    let msg = "Expecting property name enclosed in double quotes";
                    return Err(self.error(msg, at));
                }
                let (s, end) = text::scan(th, self.source, at + 1, self.scanner.strict)?;
                let key = self.key(&s)?;
                at = self.space(end);
                if self.peek(at) != Some(b':') {
                    return Err(self.error("Expecting ':' delimiter", at));
                }
                at = self.space(at + 1);
                let (v, end) = self.value(at)?;
                match &mut pairs {
                    Some(p) => p.push(th, Value::try_tuple(th, &[key, v])?)?,
                    None => dict.set(th, key, v)?,
                }
                at = self.space(end);
                match self.peek(at) {
                    Some(b'}') => break,
                    Some(b',') => {}
                    _ => return Err(self.error("Expecting ',' delimiter", at)),
                }
                let comma = at;
                at = self.space(at + 1);
                if self.peek(at) == Some(b'}') {
                    return Err(self.error("Illegal trailing comma before end of object", comma));
                }
                th.poll()?;
            }
        }
        let end = at + 1;
        if let Some(p) = pairs {
            let v = call::call(th, pairs_hook, &[List::from_vec(th, p)])?;
            return Ok((v, end));
        }
        let hook = self.scanner.object_hook.get();
        if hook.is_none() {
            Ok((dict.value(), end))
        } else {
            Ok((call::call(th, hook, &[dict.value()])?, end))
        }
    }
}
