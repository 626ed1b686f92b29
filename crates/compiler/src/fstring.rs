//! f-strings and t-strings.

use rustpython_wtf8::Wtf8Buf;
use taipan_bytecode::{Const, Conversion, Op};
use taipan_syntax::Ranged;
use taipan_syntax::ast::{
    self, ConversionFlag, FStringPart, InterpolatedElement, InterpolatedStringElement,
    InterpolatedStringElements,
};

use crate::unit::Reg;
use crate::{Compiler, Result};

/// A joined string: literal text and fields in turn.
enum Piece<'a> {
    Text(Wtf8Buf),
    Field(&'a InterpolatedElement),
}

/// Strings of more pieces are joined in steps.
const MAX_PIECES: usize = 128;

impl<'a> Compiler<'a> {
    fn add_text(pieces: &mut Vec<Piece<'a>>, text: &Wtf8Buf) {
        if text.is_empty() {
            return;
        }
        match pieces.last_mut() {
            Some(Piece::Text(last)) => last.push_wtf8(text),
            _ => pieces.push(Piece::Text(text.clone())),
        }
    }

    fn add_elements(
        &self,
        pieces: &mut Vec<Piece<'a>>,
        elements: &'a InterpolatedStringElements,
        raw: bool,
    ) {
        for e in elements {
            match e {
                InterpolatedStringElement::Literal(l) => {
                    let text = taipan_syntax::literal::decode_interpolated_literal(
                        self.lines.source(),
                        l,
                        raw,
                    );
                    Self::add_text(pieces, &text);
                }
                InterpolatedStringElement::Interpolation(i) => {
                    if let Some(debug) = &i.debug_text {
                        Self::add_text(pieces, &Wtf8Buf::from(debug_text(debug)));
                    }
                    pieces.push(Piece::Field(i));
                }
            }
        }
    }

    fn fstring_pieces(&self, f: &'a ast::ExprFString) -> Vec<Piece<'a>> {
        let mut pieces = Vec::new();
        for part in &f.value {
            match part {
                FStringPart::Literal(l) => {
                    let text =
                        taipan_syntax::literal::decode_string_literal(self.lines.source(), l);
                    Self::add_text(&mut pieces, &text);
                }
                FStringPart::FString(s) => {
                    self.add_elements(&mut pieces, &s.elements, s.flags.prefix().is_raw())
                }
            }
        }
        pieces
    }

    /// The value of an f-string without fields.
    pub fn constant_fstring(&self, f: &'a ast::ExprFString) -> Option<Const> {
        match &mut self.fstring_pieces(f)[..] {
            [] => Some(Const::Str(Wtf8Buf::new().into())),
            [Piece::Text(text)] => Some(Const::Str((std::mem::take(text)).into())),
            _ => None,
        }
    }

    pub fn fstring(&mut self, f: &'a ast::ExprFString, dst: Reg) -> Result {
        let pieces = self.fstring_pieces(f);
        self.join(pieces, dst)
    }

    fn join(&mut self, pieces: Vec<Piece<'a>>, dst: Reg) -> Result {
        if let [Piece::Field(field)] = &pieces[..] {
            return self.field(field, dst);
        }
        let base = self.unit.top;
        let mut n = 0;
        for piece in pieces {
            if n == MAX_PIECES {
                self.unit.emit(Op::BUILD_STRING, base, base, n as u16);
                self.unit.top = base + 1;
                n = 1;
            }
            let t = self.unit.alloc();
            match piece {
                Piece::Text(text) => self.unit.load_const(t, Const::Str(text.into())),
                Piece::Field(field) => self.field(field, t)?,
            }
            n += 1;
        }
        match n {
            0 => self.unit.load_const(dst, Const::Str(Wtf8Buf::new().into())),
            1 => self.unit.mov(dst, base),
            _ => self.unit.emit(Op::BUILD_STRING, dst, base, n as u16),
        }
        self.unit.top = base;
        Ok(())
    }

    /// `dst =` the formatted value of a field.
    fn field(&mut self, field: &'a InterpolatedElement, dst: Reg) -> Result {
        let mark = self.unit.top;
        let scratch = self.unit.is_temp(dst).then_some(dst);
        let outer = std::mem::replace(&mut self.unit.range, field.range());
        let value = match &field.format_spec {
            None => self.operand(&field.expression, scratch)?,
            Some(_) => {
                // The specification may hold anything.
                let t = self.unit.alloc();
                self.expr_to(&field.expression, t)?;
                t
            }
        };
        let conversion = conversion(field) as u8;
        match self.format_spec(field)? {
            None => self
                .unit
                .emit_x(Op::FORMAT_SIMPLE, conversion, dst, value, 0),
            Some(spec) => self
                .unit
                .emit_x(Op::FORMAT_WITH_SPEC, conversion, dst, value, spec),
        }
        self.unit.range = outer;
        self.unit.top = mark;
        Ok(())
    }

    /// The format specification of a field in a new temporary.
    fn format_spec(&mut self, field: &'a InterpolatedElement) -> Result<Option<Reg>> {
        let Some(spec) = &field.format_spec else {
            return Ok(None);
        };
        let mut pieces = Vec::new();
        self.add_elements(&mut pieces, &spec.elements, false);
        let t = self.unit.alloc();
        self.join(pieces, t)?;
        Ok(Some(t))
    }

    pub fn tstring(&mut self, t: &'a ast::ExprTString, dst: Reg) -> Result {
        let mut pieces = Vec::new();
        for part in &t.value {
            self.add_elements(&mut pieces, &part.elements, part.flags.prefix().is_raw());
        }
        // Strings and fields take turns, beginning and ending with a string.
        let mut strings = vec![Wtf8Buf::new()];
        let mut fields = Vec::new();
        for piece in pieces {
            match piece {
                Piece::Text(text) => {
                    if let Some(last) = strings.last_mut() {
                        last.push_wtf8(&text);
                    }
                }
                Piece::Field(field) => {
                    fields.push(field);
                    strings.push(Wtf8Buf::new());
                }
            }
        }
        let strings: Vec<Const> = strings.into_iter().map(|s| Const::Str(s.into())).collect();
        let tuple = self.const_new(Const::Tuple(strings.into()));
        let base = self.unit.top;
        for field in &fields {
            let outer = std::mem::replace(&mut self.unit.range, field.range());
            let value = self.unit.alloc();
            self.expr_to(&field.expression, value)?;
            match self.carried(&field.node_index) {
                Some(text) => {
                    self.const_new(text.clone());
                }
                None => {
                    let text = interpolation_text(self.lines.source(), field);
                    self.str_new(&text);
                }
            }
            let spec = self.format_spec(field)?;
            let c = conversion(field) as u16;
            self.unit.emit_x(
                Op::BUILD_INTERPOLATION,
                spec.is_some() as u8,
                value,
                value,
                c,
            );
            self.unit.top = value + 1;
            self.unit.range = outer;
        }
        if fields.len() > MAX_PIECES {
            return self.error(t.range, "too many interpolations in one template string");
        }
        let interpolations = self.unit.alloc();
        self.unit
            .emit(Op::BUILD_TUPLE, interpolations, base, fields.len() as u16);
        self.unit
            .emit(Op::BUILD_TEMPLATE, dst, tuple, interpolations);
        Ok(())
    }
}

/// The text of a field's expression as it stands in the source, from the brace on.
pub fn interpolation_text(source: &str, field: &InterpolatedElement) -> String {
    let range = field.expression.range();
    let start = field.range.start().to_usize() + 1;
    // Parentheses around the expression are part of its text, though not of its range.
    let end = match (&field.debug_text, &field.format_spec) {
        (Some(_), _) | (None, Some(_)) => None,
        (None, None) => Some(field.range.end().to_usize().saturating_sub(1)),
    };
    let tail_end = end
        .or_else(|| {
            field
                .format_spec
                .as_ref()
                .map(|s| s.range.start().to_usize().saturating_sub(1))
        })
        .unwrap_or_else(|| field.range.end().to_usize().saturating_sub(1));
    let tail = source
        .get(range.end().to_usize()..tail_end)
        .unwrap_or_default();
    let tail = without_comments(tail);
    let cut = tail.find(['!', '=', ':']).unwrap_or(tail.len());
    let mut text = without_comments(
        source
            .get(start..range.end().to_usize())
            .unwrap_or_default(),
    );
    text.push_str(&tail[..cut]);
    text
}

/// The text that `=` shows of a field's expression.
pub fn debug_text(text: &ast::DebugText) -> String {
    without_comments(text.as_str())
}

/// `=` alone shows the representation.
fn conversion(field: &InterpolatedElement) -> Conversion {
    match field.conversion {
        ConversionFlag::Str => Conversion::Str,
        ConversionFlag::Repr => Conversion::Repr,
        ConversionFlag::Ascii => Conversion::Ascii,
        ConversionFlag::None if field.debug_text.is_some() && field.format_spec.is_none() => {
            Conversion::Repr
        }
        ConversionFlag::None => Conversion::None,
    }
}

/// The text of an expression as `=` shows it: comments are left out, their line ends stay.
fn without_comments(text: &str) -> String {
    if !text.contains('#') {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    let mut quote: Option<&str> = None;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let mut len = c.len_utf8();
        match quote {
            Some(q) if rest.starts_with(q) => {
                len = q.len();
                quote = None;
            }
            Some(_) if c == '\\' => len += rest[1..].chars().next().map_or(0, char::len_utf8),
            Some(_) => {}
            None if c == '#' => {
                rest = &rest[rest.find('\n').unwrap_or(rest.len())..];
                continue;
            }
            None => {
                quote = ["\"\"\"", "'''", "\"", "'"]
                    .into_iter()
                    .find(|q| rest.starts_with(q));
                len = quote.map_or(len, str::len);
            }
        }
        out.push_str(&rest[..len]);
        rest = &rest[len..];
    }
    out
}
