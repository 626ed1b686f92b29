//! `_json.make_encoder`: the encoder of JSON documents.

use super::text::quote;
use super::{encode_ascii, encode_text};
use std::borrow::Cow;
use taipan_num::small;
use taipan_object::call::{self, Args, call_method_row};
use taipan_object::dict::Dict;
use taipan_object::func::NativeFunction;
use taipan_object::heap::Field;
use taipan_object::native::{GetSet, Method, NativeFn, TypeSpec};
use taipan_object::strings::Str;
use taipan_object::types::{self, OBJECT, StaticType, class_of, layout_of};
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{Object, PyResult, Raised, Thread, Value, ValueVec, ops, payload};
use taipan_strings::args;

/// The payload of `Encoder`. It never changes once made.
#[repr(C)]
struct Encoder {
    markers: Field,
    default: Field,
    encoder: Field,
    indent: Field,
    key_separator: Field,
    item_separator: Field,
    sort_keys: bool,
    skip_keys: bool,
    allow_nan: bool,
    /// What `encoder` does, where it is a function of this module: whether it escapes all but ASCII.
    fast: Option<bool>,
}

payload!(Encoder, "json encoder", |this, m| {
    for f in [
        &this.markers,
        &this.default,
        &this.encoder,
        &this.indent,
        &this.key_separator,
        &this.item_separator,
    ] {
        f.trace(m);
    }
});

/// `_json.make_encoder`
pub(super) static ENCODER: StaticType = StaticType::new(
    "_json",
    "Encoder",
    Some(&OBJECT),
    types::flags::BASE,
    layout_of::<Encoder>,
);

macro_rules! member {
    ($name:literal, $field:ident) => {
        GetSet::new($name, |_, v| Ok(v.expect::<Encoder>().$field.get())).doc($name)
    };
}

pub(super) static ENCODER_SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.call = Some(|th, v, args| args.with_first(th, v, |a| call_method_row(th, &CALL_ROW, a)));
    },
    methods: &[],
    getset: &[
        member!("markers", markers),
        member!("default", default),
        member!("encoder", encoder),
        member!("indent", indent),
        member!("key_separator", key_separator),
        member!("item_separator", item_separator),
        GetSet::new("sort_keys", |_, v| {
            Ok(Value::bool(v.expect::<Encoder>().sort_keys))
        })
        .doc("sort_keys"),
        GetSet::new("skipkeys", |_, v| {
            Ok(Value::bool(v.expect::<Encoder>().skip_keys))
        })
        .doc("skipkeys"),
    ],
    doc: "Encoder(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
    sig: "",
};

static NEW_ROW: Method = Method::new(
    "make_encoder",
    "(markers, default, encoder, indent, key_separator, item_separator, sort_keys, skipkeys, allow_nan)",
    |th, a| {
        for (i, name) in [(4, "5"), (5, "6")] {
            if a[i].as_str_obj().is_none() {
                return Err(th.type_error(format!(
                    "make_encoder() argument {name} must be str, not {}",
                    args::type_name(a[i])
                )));
            }
        }
        let flags = [
            ops::truth(th, a[6])?,
            ops::truth(th, a[7])?,
            ops::truth(th, a[8])?,
        ];
        if !a[0].is_none() && a[0].as_dict().is_none() {
            return Err(th.type_error(format!(
                "make_encoder() argument 1 must be dict or None, not {}",
                args::type_name(a[0])
            )));
        }
        let data = Encoder {
            markers: Field::new(a[0]),
            default: Field::new(a[1]),
            encoder: Field::new(a[2]),
            indent: Field::new(a[3]),
            key_separator: Field::new(a[4]),
            item_separator: Field::new(a[5]),
            sort_keys: flags[0],
            skip_keys: flags[1],
            allow_nan: flags[2],
            fast: known(a[2]),
        };
        Ok(th.new_object(&ENCODER, data).value())
    },
);

fn new(th: &Thread, _: &Object<types::Type>, args: Args) -> PyResult {
    call_method_row(th, &NEW_ROW, args)
}

/// Whether a function is this module's `encode_basestring_ascii` (then true) or `encode_basestring`.
fn known(f: Value) -> Option<bool> {
    let f = f.downcast::<NativeFunction>()?;
    let NativeFn::Bound(code) = f.method.func else {
        return None;
    };
    let is = |g: fn(&Thread, &[Value]) -> PyResult| std::ptr::fn_addr_eq(code, g);
    if is(encode_ascii) {
        Some(true)
    } else if is(encode_text) {
        Some(false)
    } else {
        None
    }
}

static CALL_ROW: Method = Method::new(
    "_iterencode",
    "($self, obj, _current_indent_level)",
    |th, a| {
        let e = a[0].expect::<Encoder>();
        let level = ops::index_i64(th, a[2])?;
        let mut run = Run {
            th,
            e,
            out: Wtf8Buf::new(),
            markers: e.markers.get().as_dict(),
            path: ValueVec::new(),
            indent: !e.indent.get().is_none(),
            breaks: Vec::new(),
            base: level,
        };
        if run.indent {
            run.line_break(level)?;
        }
        run.value(a[1], level)?;
        Value::try_tuple(th, &[Value::try_wtf8(th, &run.out)?])
    },
);

/// One document that is being written.
struct Run<'a> {
    th: &'a Thread,
    e: &'a Object<Encoder>,
    out: Wtf8Buf,
    /// The caller's record of what is being written, by identity; nothing if nobody looks for circles.
    markers: Option<&'a Object<Dict>>,
    /// The containers around what is being written. They are few, so that no record needs to be kept of them.
    path: ValueVec,
    indent: bool,
    /// Line breaks with the indentation behind them, from level `base` on.
    breaks: Vec<Wtf8Buf>,
    base: i64,
}

impl Run<'_> {
    /// Makes the line break of a level, if it is not there yet.
    fn line_break(&mut self, level: i64) -> PyResult<usize> {
        let n = (level - self.base).max(0) as usize;
        while self.breaks.len() <= n {
            let th = self.th;
            let indent = self.e.indent.get();
            let Some(w) = indent.as_wtf8() else {
                return Err(th.type_error(format!(
                    "'{}' object can't be repeated",
                    class_of(indent).tp_name()
                )));
            };
            let (mut text, times) = match self.breaks.last() {
                Some(b) => (b.clone(), 1),
                None => (Wtf8Buf::from_string("\n".into()), level.max(0) as usize),
            };
            if text.try_reserve(w.len().saturating_mul(times)).is_err() {
                return Err(th.memory_error());
            }
            for _ in 0..times {
                text.push_wtf8(w);
            }
            self.breaks.push(text);
        }
        Ok(n)
    }

    fn push_break(&mut self, level: i64) -> PyResult<()> {
        if self.indent {
            let n = self.line_break(level)?;
            self.out.push_wtf8(&self.breaks[n]);
        }
        Ok(())
    }

    fn separator(&mut self, level: i64) -> PyResult<()> {
        if let Some(w) = self.e.item_separator.get().as_wtf8() {
            self.out.push_wtf8(w);
        }
        self.push_break(level)
    }

    fn string(&mut self, s: &Object<Str>) -> PyResult<()> {
        let th = self.th;
        if let Some(ascii) = self.e.fast {
            quote(&mut self.out, s, ascii);
            return Ok(());
        }
        let v = call::call(th, self.e.encoder.get(), &[s.value()])?;
        match v.as_wtf8() {
            Some(w) => self.out.push_wtf8(w),
            None => {
                return Err(th.type_error(format!(
                    "encoder() must return a string, not {}",
                    class_of(v).tp_name()
                )));
            }
        }
        Ok(())
    }

    /// The text of a number; `int` and `float` themselves say it, whatever a subclass says.
    fn number(&self, v: Value) -> PyResult<Cow<'static, str>> {
        let th = self.th;
        if let Some(n) = v.as_small_int() {
            return Ok(n.to_string().into());
        }
        if let Some(x) = v.as_float() {
            if !x.is_finite() {
                if !self.e.allow_nan {
                    let shown = ops::repr(th, v)?;
                    let shown = shown.as_wtf8().map(|w| w.to_string_lossy());
                    return Err(th.value_error(format!(
                        "Out of range float values are not JSON compliant: {}",
                        shown.unwrap_or_default()
                    )));
                }
                return Ok(if x.is_nan() {
                    "NaN"
                } else if x > 0.0 {
                    "Infinity"
                } else {
                    "-Infinity"
                }
                .into());
            }
            return Ok(taipan_num::float::repr(x).into());
        }
        let shown = match types::INT.slots().repr {
            Some(f) => f(th, v)?,
            None => ops::repr(th, v)?,
        };
        Ok(shown
            .as_wtf8()
            .map(|w| w.to_string_lossy().into_owned())
            .unwrap_or_default()
            .into())
    }

    fn value(&mut self, v: Value, level: i64) -> PyResult<()> {
        let th = self.th;
        match v {
            Value::NONE => self.out.push_str("null"),
            Value::TRUE => self.out.push_str("true"),
            Value::FALSE => self.out.push_str("false"),
            _ => {
                if let Some(s) = v.as_str_obj() {
                    return self.string(s);
                }
                if let Some(n) = v.as_small_int() {
                    let mut room = [0; small::DECIMAL_ROOM];
                    self.out.push_str(small::decimal(n, &mut room));
                    return Ok(());
                }
                if v.is_int() || v.as_float().is_some() {
                    let text = self.number(v)?;
                    self.out.push_str(&text);
                    return Ok(());
                }
                return th.recurse(" while encoding a JSON object", || {
                    if v.as_list().is_some() || v.as_tuple().is_some() {
                        self.list(v, level)
                    } else if let Some(d) = v.as_dict() {
                        self.dict(d, level)
                    } else {
                        self.other(v, level)
                    }
                });
            }
        }
        Ok(())
    }

    /// Notes that `v` is being written.
    fn enter(&mut self, v: Value) -> PyResult<()> {
        if let Some(m) = self.markers {
            let th = self.th;
            let known = self.path.iter().any(|x| x.is(v))
                || (!m.map.is_empty() && m.get(th, Value::uint(th, ops::id(v)))?.is_some());
            if known {
                return Err(th.value_error("Circular reference detected"));
            }
            self.path.push(th, v)?;
        }
        Ok(())
    }

    fn leave(&mut self) {
        self.path.pop();
    }

    fn note(&self, e: Raised, text: String) -> Raised {
        let th = self.th;
        // The note is a help only: nothing is said where it can't be added.
        let _ = call::call_method(th, e.0, "add_note", &[Value::str(th, &text)]);
        e
    }

    fn other(&mut self, v: Value, level: i64) -> PyResult<()> {
        self.enter(v)?;
        let made = call::call(self.th, self.e.default.get(), &[v])?;
        self.value(made, level).map_err(|e| {
            self.note(
                e,
                format!("when serializing {} object", ops::full_type_name(v)),
            )
        })?;
        self.leave();
        Ok(())
    }

    fn list(&mut self, v: Value, level: i64) -> PyResult<()> {
        let item = |i: usize| match v.as_list() {
            Some(l) => l.get(i),
            None => v.as_tuple().and_then(|t| t.get(i).copied()),
        };
        let Some(first) = item(0) else {
            self.out.push_str("[]");
            return Ok(());
        };
        self.enter(v)?;
        self.out.push_char('[');
        self.push_break(level + 1)?;
        let mut next = Some(first);
        let mut i = 0;
        while let Some(x) = next {
            if i > 0 {
                self.separator(level + 1)?;
            }
            self.value(x, level + 1).map_err(|e| {
                self.note(
                    e,
                    format!("when serializing {} item {i}", ops::full_type_name(v)),
                )
            })?;
            i += 1;
            next = item(i);
            self.th.poll()?;
        }
        self.leave();
        self.push_break(level)?;
        self.out.push_char(']');
        Ok(())
    }

    fn dict(&mut self, d: &Object<Dict>, level: i64) -> PyResult<()> {
        let th = self.th;
        let v = d.value();
        if d.map.is_empty() {
            self.out.push_str("{}");
            return Ok(());
        }
        self.enter(v)?;
        self.out.push_char('{');
        let mut first = true;
        if self.e.sort_keys || !class_of(v).is(&types::DICT) {
            for item in self.items(v)?.snapshot(th)?.iter() {
                let Some([key, value]) = item.as_tuple() else {
                    return Err(th.value_error("items must return 2-tuples"));
                };
                self.entry(v, *key, *value, level + 1, &mut first)?;
            }
        } else {
            let mut pos = 0;
            while let Some((next, key, value, _)) = d.map.next_entry(pos) {
                pos = next;
                self.entry(v, key, value, level + 1, &mut first)?;
                th.poll()?;
            }
        }
        self.leave();
        if !first {
            self.push_break(level)?;
        }
        self.out.push_char('}');
        Ok(())
    }

    /// The items of a mapping as a list, sorted if the encoder is to sort.
    fn items<'b>(&self, v: Value) -> PyResult<&'b Object<taipan_object::seq::List>> {
        let th = self.th;
        let items = call::call_method(th, v, "items", &[])?;
        if class_of(items).slots().iter.is_none() && class_of(items).slots().getitem.is_none() {
            return Err(th.type_error(format!(
                "{}.items() returned a non-iterable (type {})",
                class_of(v).tp_name(),
                class_of(items).tp_name()
            )));
        }
        let list = taipan_object::seq::List::from_vec(th, ops::to_vec(th, items)?);
        if self.e.sort_keys {
            call::call_method(th, list, "sort", &[])?;
        }
        Ok(list.expect())
    }

    fn entry(
        &mut self,
        dict: Value,
        key: Value,
        value: Value,
        level: i64,
        first: &mut bool,
    ) -> PyResult<()> {
        let th = self.th;
        let text = match key {
            Value::NONE => Value::str(th, "null"),
            Value::TRUE => Value::str(th, "true"),
            Value::FALSE => Value::str(th, "false"),
            _ if key.as_str_obj().is_some() => key,
            _ if key.is_int() || key.as_float().is_some() => Value::str(th, &self.number(key)?),
            _ if self.e.skip_keys => return Ok(()),
            _ => {
                return Err(th.type_error(format!(
                    "keys must be str, int, float, bool or None, not {}",
                    class_of(key).tp_name()
                )));
            }
        };
        if *first {
            *first = false;
            self.push_break(level)?;
        } else {
            self.separator(level)?;
        }
        self.string(text.expect())?;
        if let Some(w) = self.e.key_separator.get().as_wtf8() {
            self.out.push_wtf8(w);
        }
        self.value(value, level).map_err(|e| {
            let shown = ops::repr(th, key).ok();
            let shown = shown.and_then(|s| Some(s.as_wtf8()?.to_string_lossy()));
            self.note(
                e,
                format!(
                    "when serializing {} item {}",
                    ops::full_type_name(dict),
                    shown.unwrap_or_default()
                ),
            )
        })
    }
}
