//! `[[fill]align][sign]["z"]["#"]["0"][width][grouping]["." precision [grouping]][type]`

use rustpython_unicode::Ucd;
use rustpython_wtf8::{CodePoint, Wtf8};

use super::FormatError;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    Left,
    Right,
    Center,
    /// `=`: the fill goes between sign and digits.
    AfterSign,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    Minus,
    Plus,
    Space,
}

impl Sign {
    /// What to write before a number.
    pub(crate) fn text(sign: Option<Sign>, negative: bool) -> &'static str {
        match (negative, sign) {
            (true, _) => "-",
            (false, Some(Sign::Plus)) => "+",
            (false, Some(Sign::Space)) => " ",
            (false, _) => "",
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grouping {
    Comma,
    Underscore,
}

impl Grouping {
    pub fn char(self) -> char {
        match self {
            Grouping::Comma => ',',
            Grouping::Underscore => '_',
        }
    }
}

/// A parsed format spec.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormatSpec {
    pub fill: Option<CodePoint>,
    pub align: Option<Align>,
    pub sign: Option<Sign>,
    /// `z`: no minus before what rounds to zero.
    pub no_negative_zero: bool,
    /// `#`
    pub alternate: bool,
    pub width: Option<usize>,
    pub grouping: Option<Grouping>,
    pub precision: Option<usize>,
    pub fraction_grouping: Option<Grouping>,
    /// The presentation type, if any was given.
    pub code: Option<CodePoint>,
}

/// A cursor over code points; decimal digits of any script count as digits.
pub(crate) struct Reader<'a> {
    pub rest: &'a Wtf8,
}

impl Reader<'_> {
    pub fn peek(&self) -> Option<CodePoint> {
        match self.rest.as_bytes().first() {
            Some(&b) if b < 128 => Some(CodePoint::from(b)),
            _ => self.rest.code_points().next(),
        }
    }

    fn advance(&mut self, c: CodePoint) {
        self.rest = &self.rest[c.len_wtf8()..];
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek().is_some_and(|c| c == wanted);
        if found {
            self.rest = &self.rest[wanted.len_utf8()..];
        }
        found
    }

    /// Reads decimal digits; `None` if there is none.
    fn number(&mut self) -> Result<Option<usize>, FormatError> {
        let mut value = None;
        while let Some(c) = self.peek()
            && let Some(d) = decimal_value(c)
        {
            let so_far: usize = value.unwrap_or(0);
            // CPython keeps the number in a signed word.
            let next = (so_far as u64)
                .checked_mul(10)
                .and_then(|n| n.checked_add(d))
                .filter(|&n| n <= i64::MAX as u64)
                .ok_or(FormatError::TooManyDigits)?;
            value = Some(next as usize);
            self.advance(c);
        }
        Ok(value)
    }
}

/// The value of a decimal digit of any script.
pub(crate) fn decimal_value(c: CodePoint) -> Option<u64> {
    match c.to_u32() {
        d @ 0x30..=0x39 => Some(u64::from(d) - 0x30),
        0..=0x7f => None,
        _ => Ucd::new(true).decimal(c),
    }
}

fn align_of(c: Option<CodePoint>) -> Option<Align> {
    Some(match c?.to_char()? {
        '<' => Align::Left,
        '>' => Align::Right,
        '^' => Align::Center,
        '=' => Align::AfterSign,
        _ => return None,
    })
}

impl FormatSpec {
    /// Parses a spec for a value of the type `type_name`, whose presentation type is
    /// `default_code` where none is written (for the error about separators) and whose
    /// numbers align right unless `is_string`.
    pub fn parse(
        text: &Wtf8,
        type_name: &str,
        default_code: char,
        is_string: bool,
    ) -> Result<FormatSpec, FormatError> {
        let mut spec = FormatSpec::default();
        let mut r = Reader { rest: text };
        let mut ahead = text.code_points();
        let (first, second) = (ahead.next(), ahead.next());
        if let (Some(fill), Some(align)) = (first, align_of(second)) {
            spec.fill = Some(fill);
            spec.align = Some(align);
            r.rest = ahead.as_wtf8();
        } else if let Some(align) = align_of(first) {
            spec.align = Some(align);
            r.rest = &text[1..];
        }
        spec.sign = match r.peek().and_then(CodePoint::to_char) {
            Some('+') => Some(Sign::Plus),
            Some('-') => Some(Sign::Minus),
            Some(' ') => Some(Sign::Space),
            _ => None,
        };
        if spec.sign.is_some() {
            r.rest = &r.rest[1..];
        }
        spec.no_negative_zero = r.eat('z');
        spec.alternate = r.eat('#');
        if spec.fill.is_none() && r.eat('0') {
            spec.fill = Some(CodePoint::from('0'));
            if spec.align.is_none() && !is_string {
                spec.align = Some(Align::AfterSign);
            }
        }
        spec.width = r.number()?;
        spec.grouping = read_grouping(&mut r)?;
        if r.eat('.') {
            spec.precision = r.number()?;
            spec.fraction_grouping = read_grouping(&mut r)?;
            if spec.precision.is_none() && spec.fraction_grouping.is_none() {
                return Err(FormatError::MissingPrecision);
            }
        }
        spec.code = r.peek();
        if let Some(code) = spec.code {
            r.advance(code);
        }
        if !r.rest.is_empty() {
            return Err(FormatError::InvalidSpec {
                spec: text.to_string_lossy().into_owned(),
                type_name: type_name.to_string(),
            });
        }
        spec.check_separators(default_code)?;
        Ok(spec)
    }

    fn check_separators(&self, default_code: char) -> Result<(), FormatError> {
        let code = self.code.unwrap_or(CodePoint::from(default_code));
        let refuse = |g: Grouping| FormatError::Separator {
            separator: g.char(),
            code: code.to_u32(),
        };
        if let Some(grouping) = self.grouping {
            let fits = match code.to_char() {
                Some('d' | 'e' | 'f' | 'g' | 'E' | 'G' | '%' | 'F' | '\0') => true,
                Some('b' | 'o' | 'x' | 'X') => grouping == Grouping::Underscore,
                _ => false,
            };
            if !fits {
                return Err(refuse(grouping));
            }
        }
        match self.fraction_grouping {
            Some(grouping) if code == 'n' => Err(refuse(grouping)),
            _ => Ok(()),
        }
    }

    pub(crate) fn unknown_code(&self, type_name: &str) -> FormatError {
        FormatError::UnknownCode {
            code: self.code.map_or(0, CodePoint::to_u32),
            type_name: type_name.to_string(),
        }
    }

    pub(crate) fn fill_or_space(&self) -> CodePoint {
        self.fill.unwrap_or(CodePoint::from(' '))
    }

    /// The precision, which the digits of a float keep in a C int.
    pub(crate) fn small_precision(&self) -> Result<Option<usize>, FormatError> {
        match self.precision {
            Some(p) if p > i32::MAX as usize => Err(FormatError::PrecisionTooBig),
            p => Ok(p),
        }
    }
}

fn read_grouping(r: &mut Reader<'_>) -> Result<Option<Grouping>, FormatError> {
    let mut grouping = r.eat(',').then_some(Grouping::Comma);
    if r.peek().is_some_and(|c| c == '_') {
        if grouping.is_some() {
            return Err(FormatError::BothSeparators);
        }
        r.eat('_');
        grouping = Some(Grouping::Underscore);
    }
    if grouping == Some(Grouping::Underscore) && r.peek().is_some_and(|c| c == ',') {
        return Err(FormatError::BothSeparators);
    }
    Ok(grouping)
}
