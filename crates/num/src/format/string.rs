//! `format(str, spec)`.

use rustpython_wtf8::{Wtf8, Wtf8Buf};

use super::{Align, FormatError, FormatSpec, Sign, buffer, push_fill, split_padding};

/// `str.__format__`.
pub fn format_str(value: &Wtf8, spec: &Wtf8, type_name: &str) -> Result<Wtf8Buf, FormatError> {
    if spec.is_empty() {
        return Ok(value.to_wtf8_buf());
    }
    let spec = FormatSpec::parse(spec, type_name, 's', true)?;
    if spec.code.is_some_and(|c| c != 's') {
        return Err(spec.unknown_code(type_name));
    }
    match spec.sign {
        Some(Sign::Space) => return Err(FormatError::SpaceInString),
        Some(_) => return Err(FormatError::SignInString),
        None => {}
    }
    if spec.no_negative_zero {
        return Err(FormatError::NegativeZeroInString);
    }
    if spec.alternate {
        return Err(FormatError::AlternateInString);
    }
    let align = spec.align.unwrap_or(Align::Left);
    if align == Align::AfterSign {
        return Err(FormatError::EqualsAlignInString);
    }
    let shown = match spec.precision {
        // No more bytes than characters wanted: nothing to cut.
        Some(p) if p < value.len() => match value.code_point_indices().nth(p) {
            Some((end, _)) => &value[..end],
            None => value,
        },
        _ => value,
    };
    let Some(width) = spec.width else {
        return Ok(shown.to_wtf8_buf());
    };
    let length = if shown.is_ascii() {
        shown.len()
    } else {
        shown.code_points().count()
    };
    let (left, right) = split_padding(width, length, align);
    let fill = spec.fill_or_space();
    let mut out = buffer((left + right).saturating_mul(fill.len_wtf8()) + shown.len())?;
    push_fill(&mut out, fill, left);
    out.push_wtf8(shown);
    push_fill(&mut out, fill, right);
    Ok(out)
}
