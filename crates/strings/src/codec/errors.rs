//! Error handlers: the standard ones by name, all others by the function that was registered.

use taipan_object::exception::{self as exc, UNICODE_DECODE_ERROR, UNICODE_ENCODE_ERROR};
use taipan_object::{PyResult, Raised, Thread, Value, call, ops};
use taipan_text::codec::{
    DecodeErrors, DecodeFix, DecodeIssue, Decoded, EncodeErrors, EncodeFix, EncodeIssue,
    Replacement, Standard,
};

use super::registry;

/// What happens to input that can't be encoded or decoded: one call's `errors` argument.
pub struct Errors<'t> {
    th: &'t Thread,
    name: &'t str,
    standard: Option<Standard>,
    /// What is encoded (a `str`) or decoded (`bytes`; absent until an error needs it).
    object: Value,
    handler: Option<Value>,
    /// Whether the caller goes on with other input that a handler put in the exception.
    restarts: bool,
    /// That input, and where to go on in it.
    replaced: Option<(Vec<u8>, usize)>,
    /// The input as a whole, and how many of its bytes come before the part that is decoded.
    whole: Option<(Vec<u8>, usize)>,
}

impl<'t> Errors<'t> {
    /// The handler of a name, `strict` where there is none; `object` is what the exceptions show.
    pub fn new(th: &'t Thread, name: Option<&'t str>, object: Value) -> Errors<'t> {
        let name = name.unwrap_or("strict");
        Errors {
            th,
            name,
            standard: Standard::from_name(name),
            object,
            handler: None,
            restarts: false,
            replaced: None,
            whole: None,
        }
    }

    /// Decodes by `run`, and goes on with other input that a handler put in its exception (`exc.object = …`) or with an
    /// earlier position of the same.
    pub fn decode(
        &mut self,
        input: &[u8],
        mut run: impl FnMut(&[u8], &mut Self) -> PyResult<Decoded>,
    ) -> PyResult<Decoded> {
        self.restarts = true;
        let mut out = run(input, self)?;
        while let Some((bytes, at)) = self.replaced.take() {
            self.whole = Some((bytes, at));
            let part = self.whole.clone().unwrap_or_default().0;
            let more = run(&part[at..], self)?;
            out.text.push_wtf8(&more.text);
            // Counted from the end: what is left is left of this input.
            out.consumed = input.len().saturating_sub(part.len() - at - more.consumed);
        }
        Ok(out)
    }

    fn handler(&mut self) -> PyResult {
        if let Some(h) = self.handler {
            return Ok(h);
        }
        let h = registry::lookup_error(self.th, self.name)?;
        self.handler = Some(h);
        Ok(h)
    }

    fn bytes_object(&mut self, input: &[u8]) -> PyResult {
        if self.object.as_bytes().is_none_or(|b| b != input) {
            self.object = Value::bytes(self.th, input)?;
        }
        Ok(self.object)
    }

    fn str_object(&mut self, input: &taipan_object::wtf8::Wtf8) -> PyResult {
        if self.object.as_wtf8().is_none_or(|w| w != input) {
            self.object = Value::try_wtf8(self.th, input)?;
        }
        Ok(self.object)
    }

    fn decode_error(
        &mut self,
        encoding: &str,
        input: &[u8],
        start: usize,
        end: usize,
        reason: &str,
    ) -> PyResult {
        let th = self.th;
        let object = self.bytes_object(input)?;
        let args = [
            Value::str(th, encoding),
            object,
            Value::usize(th, start),
            Value::usize(th, end),
            Value::str(th, reason),
        ];
        exc::make(th, UNICODE_DECODE_ERROR.get(), &args)
    }

    fn encode_error(&mut self, issue: &EncodeIssue<'_>) -> PyResult {
        let th = self.th;
        let object = self.str_object(issue.input)?;
        let args = [
            Value::str(th, issue.encoding),
            object,
            Value::usize(th, issue.start),
            Value::usize(th, issue.end),
            Value::str(th, issue.reason),
        ];
        exc::make(th, UNICODE_ENCODE_ERROR.get(), &args)
    }

    fn raise(&self, made: PyResult) -> Raised {
        match made {
            Ok(e) => self.th.with_context(Raised(e)),
            Err(e) => e,
        }
    }

    /// Calls the registered handler: the replacement and the position to go on at.
    fn call(&mut self, e: Value, len: usize, what: &str) -> PyResult<(Value, usize)> {
        let h = self.handler()?;
        let r = call::call(self.th, h, &[e])?;
        self.answer(r, len, what)
    }

    /// What a handler's answer means for input of a length.
    fn answer(&self, r: Value, len: usize, what: &str) -> PyResult<(Value, usize)> {
        let th = self.th;
        let Some([text, position]) = r.as_tuple() else {
            return Err(th.type_error(what));
        };
        if !position.is_int() {
            return Err(th.type_error(what));
        }
        let at = ops::index_i64(th, *position)?;
        let resolved = if at < 0 { at + len as i64 } else { at };
        if resolved < 0 || resolved > len as i64 {
            return Err(th.index_error(format!("position {at} from error handler out of bounds")));
        }
        Ok((*text, resolved as usize))
    }
}

impl DecodeErrors for Errors<'_> {
    type Error = Raised;

    fn handle(&mut self, issue: &DecodeIssue<'_>) -> Result<DecodeFix, Raised> {
        if let Some(s) = self.standard {
            match s.fix_decode(issue.encoding, issue.input, issue.start, issue.end) {
                Ok(Some(fix)) => return Ok(fix),
                Ok(None) => {
                    let e = self.decode_error(
                        issue.encoding,
                        issue.input,
                        issue.start,
                        issue.end,
                        issue.reason,
                    );
                    return Err(self.raise(e));
                }
                Err(e) => return Err(self.th.type_error(e.to_string())),
            }
        }
        self.handler()?;
        let whole = self.whole.take();
        let (input, before) = match &whole {
            Some((b, n)) => (&b[..], *n),
            None => (issue.input, 0),
        };
        let e = self.decode_error(
            issue.encoding,
            input,
            issue.start + before,
            issue.end + before,
            issue.reason,
        )?;
        const WHAT: &str = "decoding error handler must return (str, int) tuple";
        let h = self.handler()?;
        let r = call::call(self.th, h, &[e])?;
        let Some(object) = exc::get_extra(e, exc::extra::UNICODE[1]).as_bytes() else {
            let what = "UnicodeDecodeError 'object' attribute must be a bytes";
            return Err(self.th.type_error(what));
        };
        let other = (object != input).then(|| object.to_vec());
        let len = other.as_ref().map_or(input.len(), Vec::len);
        let (text, resume) = self.answer(r, len, WHAT)?;
        let Some(text) = text.as_wtf8() else {
            return Err(self.th.type_error(WHAT));
        };
        let resume = if self.restarts && (other.is_some() || resume < before) {
            // The rest of this input is as good as decoded.
            self.replaced = Some((other.unwrap_or_else(|| input.to_vec()), resume));
            issue.input.len()
        } else {
            resume.saturating_sub(before).min(issue.input.len())
        };
        self.whole = whole;
        Ok(DecodeFix {
            text: text.to_owned(),
            resume,
        })
    }
}

impl EncodeErrors for Errors<'_> {
    type Error = Raised;

    fn handle(&mut self, issue: &EncodeIssue<'_>) -> Result<EncodeFix, Raised> {
        if let Some(mut s) = self.standard {
            return match EncodeErrors::handle(&mut s, issue) {
                Ok(fix) => Ok(fix),
                Err(_) => Err(self.strict(issue)),
            };
        }
        self.handler()?;
        let e = self.encode_error(issue)?;
        const WHAT: &str = "encoding error handler must return (str/bytes, int) tuple";
        let len = self.object.as_str_obj().map_or(0, |s| s.len());
        let (text, resume) = self.call(e, len, WHAT)?;
        let replacement = if let Some(w) = text.as_wtf8() {
            Replacement::Text(w.to_owned())
        } else if let Some(b) = text.as_bytes() {
            Replacement::Bytes(b.to_vec())
        } else {
            return Err(self.th.type_error(WHAT));
        };
        Ok(EncodeFix {
            replacement,
            resume,
        })
    }

    fn strict(&mut self, issue: &EncodeIssue<'_>) -> Raised {
        let e = self.encode_error(issue);
        self.raise(e)
    }
}
