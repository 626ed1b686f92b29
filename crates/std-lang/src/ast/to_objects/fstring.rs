//! f-strings and t-strings.

use taipan_object::wtf8::Wtf8Buf;
use taipan_object::{PyResult, Value, ValueVec};
use taipan_syntax::ast::{self as tree, FStringPart, InterpolatedStringElement};
use taipan_syntax::{TextRange, TextSize, literal};

use super::Builder;
use crate::ast::grammar::Kind;

/// Parts of a string as they are gathered: neighbouring texts become one.
struct Pieces {
    done: ValueVec,
    text: Wtf8Buf,
    range: Option<TextRange>,
    /// The first text is marked `u`.
    unicode: bool,
}

impl Pieces {
    fn new() -> Pieces {
        Pieces {
            done: ValueVec::new(),
            text: Wtf8Buf::new(),
            range: None,
            unicode: false,
        }
    }
}

impl Builder<'_> {
    /// An f-string.
    pub fn fstring(&self, f: &tree::ExprFString) -> PyResult {
        let mut p = Pieces::new();
        for part in &f.value {
            match part {
                FStringPart::Literal(l) => {
                    let text = literal::decode_string_literal(self.source(), l);
                    let first = self.source().as_bytes().get(l.range.start().to_usize());
                    if p.range.is_none() {
                        p.unicode = first == Some(&b'u');
                    }
                    self.add_text(&mut p, text, l.range);
                }
                FStringPart::FString(s) => {
                    let raw = s.flags.prefix().is_raw();
                    self.add_elements(&mut p, &s.elements, raw, false)?;
                }
            }
        }
        self.flush(&mut p)?;
        let values = self.list(p.done);
        self.placed(Kind::JoinedStr, &[values], f.range)
    }

    /// A t-string.
    pub fn tstring(&self, t: &tree::ExprTString) -> PyResult {
        let mut p = Pieces::new();
        for part in &t.value {
            let raw = part.flags.prefix().is_raw();
            self.add_elements(&mut p, &part.elements, raw, true)?;
        }
        self.flush(&mut p)?;
        let values = self.list(p.done);
        self.placed(Kind::TemplateStr, &[values], t.range)
    }

    fn add_text(&self, p: &mut Pieces, text: Wtf8Buf, range: TextRange) {
        if text.is_empty() && p.range.is_none() {
            return;
        }
        p.text.push_wtf8(&text);
        p.range = Some(match p.range {
            Some(r) => TextRange::new(r.start(), range.end().max(r.start())),
            None => range,
        });
    }

    fn flush(&self, p: &mut Pieces) -> PyResult<()> {
        let unicode = std::mem::take(&mut p.unicode);
        let text = std::mem::take(&mut p.text);
        let Some(range) = p.range.take() else {
            return Ok(());
        };
        if text.is_empty() {
            return Ok(());
        }
        let kind = if unicode {
            self.ident("u")
        } else {
            Value::NONE
        };
        let c = self.placed(Kind::Constant, &[self.text(&text)?, kind], range)?;
        p.done.push(self.th, c)
    }

    fn add_elements(
        &self,
        p: &mut Pieces,
        elements: &tree::InterpolatedStringElements,
        raw: bool,
        template: bool,
    ) -> PyResult<()> {
        for e in elements {
            match e {
                InterpolatedStringElement::Literal(l) => {
                    let text = literal::decode_interpolated_literal(self.source(), l, raw);
                    self.add_text(p, text, l.range);
                }
                InterpolatedStringElement::Interpolation(i) => {
                    if let Some(debug) = &i.debug_text {
                        let text = taipan_compiler::debug_text(debug);
                        let start = i.range.start() + TextSize::new(1);
                        let len = TextSize::new(debug.as_str().len() as u32);
                        let range = TextRange::new(start, start + len);
                        self.add_text(p, Wtf8Buf::from(text), range);
                    }
                    self.flush(p)?;
                    let v = self.interpolation(i, template)?;
                    p.done.push(self.th, v)?;
                }
            }
        }
        Ok(())
    }

    fn interpolation(&self, i: &tree::InterpolatedElement, template: bool) -> PyResult {
        self.deeper()?;
        let value = self.expr(&i.expression)?;
        let conversion = match i.conversion {
            tree::ConversionFlag::None if i.debug_text.is_some() && i.format_spec.is_none() => {
                i64::from(b'r')
            }
            other => other.to_byte().map_or(-1, i64::from),
        };
        let conversion = Value::small_int(conversion);
        let spec = match &i.format_spec {
            None => Value::NONE,
            Some(spec) => {
                let mut p = Pieces::new();
                self.add_elements(&mut p, &spec.elements, false, false)?;
                self.flush(&mut p)?;
                // The colon is part of the specification's place.
                let colon = u32::from(!self.is_synthetic());
                let start = spec.range.start().to_u32().saturating_sub(colon);
                let range = TextRange::new(TextSize::new(start), spec.range.end());
                let values = self.list(p.done);
                self.placed(Kind::JoinedStr, &[values], range)?
            }
        };
        if template {
            let text = match self.carried(&i.node_index)? {
                Some(text) => text,
                None => {
                    let text = taipan_compiler::interpolation_text(self.source(), i);
                    Value::str(self.th, &text)
                }
            };
            let parts = [value, text, conversion, spec];
            return self.placed(Kind::Interpolation, &parts, i.range);
        }
        self.placed(Kind::FormattedValue, &[value, conversion, spec], i.range)
    }
}
