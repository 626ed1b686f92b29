//! `str.format`: literal text and fields, and the names of fields.
//!
//! [`Markup`] serves `str.format` and `_string.formatter_parser`, [`FieldName`] serves
//! `_string.formatter_field_name_split`. A caller of `str.format` expands the specs that
//! say so ([`Field::needs_expanding`]) with one level less than [`MAX_DEPTH`], and numbers
//! the nameless fields through one [`AutoNumber`].

use std::fmt;

use rustpython_wtf8::{CodePoint, Wtf8};

use super::spec::decimal_value;
use crate::ErrorKind;

/// `str.format` itself runs at this depth, the specs inside it at one less; at 0 it is
/// [`TemplateError::Recursion`].
pub const MAX_DEPTH: u32 = 2;

/// What is wrong with a template. `Display` is CPython's message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TemplateError {
    SingleOpen,
    SingleClose,
    ExpectedClose,
    UnmatchedInSpec,
    OpenInName,
    EndBeforeConversion,
    ExpectedColon,
    UnknownConversion(u32),
    Recursion,
    ManualAfterAuto,
    AutoAfterManual,
    TooManyDigits,
    EmptyAttribute,
    AfterBracket,
    MissingBracket,
}

impl TemplateError {
    /// The exception CPython raises for it.
    pub fn kind(self) -> ErrorKind {
        ErrorKind::ValueError
    }
}

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match *self {
            TemplateError::SingleOpen => "Single '{' encountered in format string",
            TemplateError::SingleClose => "Single '}' encountered in format string",
            TemplateError::ExpectedClose => "expected '}' before end of string",
            TemplateError::UnmatchedInSpec => "unmatched '{' in format spec",
            TemplateError::OpenInName => "unexpected '{' in field name",
            TemplateError::EndBeforeConversion => {
                "end of string while looking for conversion specifier"
            }
            TemplateError::ExpectedColon => "expected ':' after conversion specifier",
            TemplateError::UnknownConversion(code @ 33..=126) => {
                let c = char::from(code as u8);
                return write!(f, "Unknown conversion specifier {c}");
            }
            TemplateError::UnknownConversion(code) => {
                return write!(f, "Unknown conversion specifier \\x{code:x}");
            }
            TemplateError::Recursion => "Max string recursion exceeded",
            TemplateError::ManualAfterAuto => {
                "cannot switch from automatic field numbering to manual field specification"
            }
            TemplateError::AutoAfterManual => {
                "cannot switch from manual field specification to automatic field numbering"
            }
            TemplateError::TooManyDigits => "Too many decimal digits in format string",
            TemplateError::EmptyAttribute => "Empty attribute in format string",
            TemplateError::AfterBracket => {
                "Only '.' or '[' may follow ']' in format field specifier"
            }
            TemplateError::MissingBracket => "Missing ']' in format string",
        })
    }
}

impl std::error::Error for TemplateError {}

/// A replacement field: `{name!conversion:spec}`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    pub name: &'a Wtf8,
    pub conversion: Option<CodePoint>,
    pub spec: &'a Wtf8,
    /// The spec has fields of its own.
    pub needs_expanding: bool,
}

impl Field<'_> {
    /// The conversion as one of `r`, `s` and `a`. (NUL means none, as in CPython.)
    pub fn known_conversion(&self) -> Result<Option<char>, TemplateError> {
        match self.conversion.map(CodePoint::to_u32) {
            None | Some(0) => Ok(None),
            Some(c @ (0x72 | 0x73 | 0x61)) => Ok(Some(char::from(c as u8))),
            Some(c) => Err(TemplateError::UnknownConversion(c)),
        }
    }
}

/// Literal text (doubled braces already single) and the field after it, if any.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk<'a> {
    pub literal: &'a Wtf8,
    pub field: Option<Field<'a>>,
}

/// Iterates over the chunks of a template. An error ends it.
#[derive(Clone, Debug)]
pub struct Markup<'a> {
    text: &'a Wtf8,
    at: usize,
}

impl<'a> Markup<'a> {
    pub fn new(text: &'a Wtf8) -> Self {
        Markup { text, at: 0 }
    }

    /// Goes on at a byte offset: for a caller that keeps the text in an object of its own
    /// and parses it one chunk at a time.
    pub fn at(text: &'a Wtf8, offset: usize) -> Self {
        Markup { text, at: offset }
    }

    /// The byte offset of what comes next.
    pub fn offset(&self) -> usize {
        self.at
    }

    fn chunk(&mut self) -> Result<Chunk<'a>, TemplateError> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let Some(length) = bytes[start..]
            .iter()
            .position(|&b| matches!(b, b'{' | b'}'))
        else {
            self.at = bytes.len();
            return Ok(Chunk {
                literal: &self.text[start..],
                field: None,
            });
        };
        let brace = start + length;
        if bytes.get(brace + 1) == Some(&bytes[brace]) {
            self.at = brace + 2;
            return Ok(Chunk {
                literal: &self.text[start..brace + 1],
                field: None,
            });
        }
        if bytes[brace] == b'}' {
            return Err(TemplateError::SingleClose);
        }
        if brace + 1 == bytes.len() {
            return Err(TemplateError::SingleOpen);
        }
        self.at = brace + 1;
        let field = self.field()?;
        Ok(Chunk {
            literal: &self.text[start..brace],
            field: Some(field),
        })
    }

    fn field(&mut self) -> Result<Field<'a>, TemplateError> {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut in_brackets = false;
        let mut end = start;
        let stop = loop {
            match bytes.get(end) {
                None => return Err(TemplateError::ExpectedClose),
                Some(b'{') if !in_brackets => return Err(TemplateError::OpenInName),
                Some(b'[') => in_brackets = true,
                Some(b']') => in_brackets = false,
                Some(&b @ (b'}' | b':' | b'!')) if !in_brackets => break b,
                Some(_) => {}
            }
            end += 1;
        };
        let mut field = Field {
            name: &self.text[start..end],
            conversion: None,
            spec: &self.text[end..end],
            needs_expanding: false,
        };
        self.at = end + 1;
        if stop == b'}' {
            return Ok(field);
        }
        if stop == b'!' {
            let Some(conversion) = self.text[self.at..].code_points().next() else {
                return Err(TemplateError::EndBeforeConversion);
            };
            field.conversion = Some(conversion);
            self.at += conversion.len_wtf8();
            match bytes.get(self.at) {
                Some(b'}') => {
                    self.at += 1;
                    return Ok(field);
                }
                Some(b':') => self.at += 1,
                Some(_) => return Err(TemplateError::ExpectedColon),
                None => return Err(TemplateError::UnmatchedInSpec),
            }
        }
        let spec_start = self.at;
        let mut depth = 1;
        for (i, b) in bytes.iter().enumerate().skip(spec_start) {
            match b {
                b'{' => {
                    field.needs_expanding = true;
                    depth += 1;
                }
                b'}' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                field.spec = &self.text[spec_start..i];
                self.at = i + 1;
                return Ok(field);
            }
        }
        Err(TemplateError::UnmatchedInSpec)
    }
}

impl<'a> Iterator for Markup<'a> {
    type Item = Result<Chunk<'a>, TemplateError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.at >= self.text.len() {
            return None;
        }
        let chunk = self.chunk();
        if chunk.is_err() {
            self.at = self.text.len();
        }
        Some(chunk)
    }
}

/// What a field name begins with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum First<'a> {
    /// Nothing: take the next argument.
    Auto,
    Index(usize),
    Name(&'a Wtf8),
}

/// What follows in a field name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access<'a> {
    Attribute(&'a Wtf8),
    /// `[digits]`
    Index(usize),
    /// `[anything else]`
    Key(&'a Wtf8),
}

/// A field name in parts; iterate over it for the accesses after `first`.
#[derive(Clone, Debug)]
pub struct FieldName<'a> {
    pub first: First<'a>,
    rest: &'a Wtf8,
}

impl<'a> FieldName<'a> {
    pub fn parse(name: &'a Wtf8) -> Result<FieldName<'a>, TemplateError> {
        let end = find(name, |b| matches!(b, b'.' | b'[')).unwrap_or(name.len());
        let first = &name[..end];
        Ok(FieldName {
            first: match index(first)? {
                _ if first.is_empty() => First::Auto,
                Some(n) => First::Index(n),
                None => First::Name(first),
            },
            rest: &name[end..],
        })
    }

    /// The part not yet iterated over.
    pub fn rest(&self) -> &'a Wtf8 {
        self.rest
    }

    /// Iterates over a rest given earlier by [`FieldName::rest`].
    pub fn resume(rest: &'a Wtf8) -> FieldName<'a> {
        FieldName {
            first: First::Auto,
            rest,
        }
    }

    fn access(&mut self) -> Result<Access<'a>, TemplateError> {
        let rest = self.rest;
        match rest.as_bytes()[0] {
            b'.' => {
                let rest = &rest[1..];
                let end = find(rest, |b| matches!(b, b'.' | b'[')).unwrap_or(rest.len());
                self.rest = &rest[end..];
                if end == 0 {
                    return Err(TemplateError::EmptyAttribute);
                }
                Ok(Access::Attribute(&rest[..end]))
            }
            b'[' => {
                let rest = &rest[1..];
                let end = find(rest, |b| b == b']').ok_or(TemplateError::MissingBracket)?;
                self.rest = &rest[end + 1..];
                let key = &rest[..end];
                if end == 0 {
                    return Err(TemplateError::EmptyAttribute);
                }
                Ok(match index(key)? {
                    Some(n) => Access::Index(n),
                    None => Access::Key(key),
                })
            }
            _ => Err(TemplateError::AfterBracket),
        }
    }
}

impl<'a> Iterator for FieldName<'a> {
    type Item = Result<Access<'a>, TemplateError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.rest.is_empty() {
            return None;
        }
        let access = self.access();
        if access.is_err() {
            self.rest = &self.rest[..0];
        }
        Some(access)
    }
}

fn find(text: &Wtf8, wanted: impl Fn(u8) -> bool) -> Option<usize> {
    text.as_bytes().iter().position(|&b| wanted(b))
}

/// The number a name of only decimal digits stands for.
fn index(name: &Wtf8) -> Result<Option<usize>, TemplateError> {
    if name.is_empty() {
        return Ok(None);
    }
    let mut value: i64 = 0;
    for c in name.code_points() {
        let Some(d) = decimal_value(c) else {
            return Ok(None);
        };
        value = value
            .checked_mul(10)
            .and_then(|n| n.checked_add(d as i64))
            .ok_or(TemplateError::TooManyDigits)?;
    }
    Ok(Some(value as usize))
}

/// Numbers the nameless fields of one template and refuses to mix them with numbers.
#[derive(Clone, Copy, Debug, Default)]
pub struct AutoNumber {
    next: usize,
    manual: bool,
    auto: bool,
}

impl AutoNumber {
    pub fn new() -> Self {
        Self::default()
    }

    /// Turns `First::Auto` to the next index. Names pass through.
    pub fn resolve<'a>(&mut self, first: First<'a>) -> Result<First<'a>, TemplateError> {
        match first {
            First::Name(_) => Ok(first),
            First::Auto if self.manual => Err(TemplateError::AutoAfterManual),
            First::Auto => {
                self.auto = true;
                self.next += 1;
                Ok(First::Index(self.next - 1))
            }
            First::Index(_) if self.auto => Err(TemplateError::ManualAfterAuto),
            First::Index(_) => {
                self.manual = true;
                Ok(first)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The chunks of a template as CPython's `formatter_parser` would show them.
    fn chunks(template: &str) -> Vec<String> {
        Markup::new(Wtf8::new(template))
            .map(|chunk| match chunk {
                Ok(Chunk {
                    literal,
                    field: None,
                }) => format!("{literal}"),
                Ok(Chunk {
                    literal,
                    field: Some(f),
                }) => {
                    let conversion = f.conversion.map_or(String::new(), |c| format!("!{c}"));
                    let nested = if f.needs_expanding { "+" } else { "" };
                    format!("{literal}<{}{conversion}:{}{nested}>", f.name, f.spec)
                }
                Err(e) => format!("error: {e}"),
            })
            .collect()
    }

    #[test]
    fn splits_templates() {
        assert_eq!(
            chunks("a{b!r:c}d{{e}}f{g:{h}}"),
            ["a<b!r:c>", "d{", "e}", "f<g:{h}+>"]
        );
        assert_eq!(chunks("{a:b}}}"), ["<a:b>", "}"]);
        assert_eq!(chunks("{a[b}c]}"), ["<a[b}c]:>"]);
        assert!(chunks("").is_empty());
    }

    #[test]
    fn reports_errors_as_cpython_does() {
        let table = [
            ("{", "Single '{' encountered in format string"),
            ("x{", "Single '{' encountered in format string"),
            ("}", "Single '}' encountered in format string"),
            ("{!}", "unmatched '{' in format spec"),
            ("{!r", "unmatched '{' in format spec"),
            ("{!", "end of string while looking for conversion specifier"),
            ("{!}x", "expected ':' after conversion specifier"),
            ("{!rx}", "expected ':' after conversion specifier"),
            ("{:", "unmatched '{' in format spec"),
            ("{:{}", "unmatched '{' in format spec"),
            ("{a[}", "expected '}' before end of string"),
            ("{a", "expected '}' before end of string"),
            ("{a{b}", "unexpected '{' in field name"),
        ];
        for (template, message) in table {
            assert_eq!(
                chunks(template),
                [format!("error: {message}")],
                "{template}"
            );
        }
        let field = |c: &str| {
            let template = format!("{{!{c}}}");
            let chunk = Markup::new(Wtf8::new(template.as_str()))
                .next()
                .unwrap()
                .unwrap();
            chunk
                .field
                .unwrap()
                .known_conversion()
                .map_err(|e| e.to_string())
        };
        assert_eq!(field("r"), Ok(Some('r')));
        assert_eq!(field("\0"), Ok(None));
        assert_eq!(field("q"), Err("Unknown conversion specifier q".into()));
        assert_eq!(
            field("\u{e9}"),
            Err("Unknown conversion specifier \\xe9".into())
        );
    }

    fn accesses(name: &str) -> (String, Vec<String>) {
        let Ok(name) = FieldName::parse(Wtf8::new(name)) else {
            return ("too many digits".into(), vec![]);
        };
        let first = format!("{:?}", name.first);
        let rest = name.map(|a| a.map_or_else(|e| e.to_string(), |a| format!("{a:?}")));
        (first, rest.collect())
    }

    #[test]
    fn splits_field_names() {
        assert_eq!(
            accesses("a.b[c].d[0]"),
            (
                "Name(\"a\")".into(),
                [
                    "Attribute(\"b\")",
                    "Key(\"c\")",
                    "Attribute(\"d\")",
                    "Index(0)"
                ]
                .map(String::from)
                .into()
            )
        );
        assert_eq!(accesses("\u{661}").0, "Index(1)");
        assert_eq!(accesses("").0, "Auto");
        assert_eq!(accesses(".a").0, "Auto");
        assert_eq!(accesses("a]b").0, "Name(\"a]b\")");
        assert_eq!(accesses("99999999999999999999").0, "too many digits");
        let table = [
            ("a[", "Missing ']' in format string"),
            ("a[]", "Empty attribute in format string"),
            ("a.", "Empty attribute in format string"),
            ("a.[b]", "Empty attribute in format string"),
            (
                "a[99999999999999999999]",
                "Too many decimal digits in format string",
            ),
        ];
        for (name, message) in table {
            assert_eq!(accesses(name).1, [message], "{name}");
        }
        assert_eq!(
            accesses("a[b]c").1[1],
            "Only '.' or '[' may follow ']' in format field specifier"
        );
    }

    #[test]
    fn numbers_fields() {
        let mut auto = AutoNumber::new();
        assert_eq!(auto.resolve(First::Auto), Ok(First::Index(0)));
        assert_eq!(auto.resolve(First::Auto), Ok(First::Index(1)));
        assert_eq!(
            auto.resolve(First::Index(0)),
            Err(TemplateError::ManualAfterAuto)
        );
        let mut manual = AutoNumber::new();
        assert_eq!(manual.resolve(First::Index(3)), Ok(First::Index(3)));
        assert_eq!(
            manual.resolve(First::Auto),
            Err(TemplateError::AutoAfterManual)
        );
    }
}
