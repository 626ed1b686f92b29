//! Text of containers: the reprs of their items with brackets and commas.

use taipan_object::strings::Str;
use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{PyResult, Thread, Value, ops};

/// Text that is put together from parts, items' reprs among them.
pub struct Text {
    out: Wtf8Buf,
}

impl Text {
    /// Begins with the given text.
    pub fn new(start: &str) -> Text {
        Text {
            out: Wtf8Buf::from_string(start.to_owned()),
        }
    }

    /// Adds plain text.
    pub fn push(&mut self, s: &str) {
        self.out.push_str(s);
    }

    /// Adds `repr(v)`.
    pub fn repr(&mut self, th: &Thread, v: Value) -> PyResult<()> {
        let r = ops::repr(th, v)?;
        self.out.push_wtf8(r.expect::<Str>().wtf8());
        Ok(())
    }

    /// Adds the text of a `str`.
    pub fn text(&mut self, s: Value) {
        if let Some(w) = s.as_wtf8() {
            self.out.push_wtf8(w);
        }
    }

    /// The finished `str`.
    pub fn finish(self, th: &Thread) -> PyResult {
        Value::try_wtf8(th, &self.out)
    }
}
