//! Compares this crate with tables written by CPython (`tests/facts/generate.py`).

use taipan_text::codec::{self, ByteOrder, CodecError, Decoded, Standard};
use taipan_text::{CodePoint, Wtf8, Wtf8Buf, case, classify, ops, repr};

/// Runs every row of a table and reports all that differ.
fn check(table: &str, run: impl Fn(&[&str]) -> String) {
    let mut wrong = Vec::new();
    for row in table.lines() {
        let (input, expected) = row.rsplit_once('\t').unwrap();
        let fields: Vec<&str> = input.split('\t').collect();
        let got = run(&fields);
        if got != expected {
            wrong.push(format!(
                "{fields:?}\n  expected {expected:?}\n  got      {got:?}"
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{} rows differ:\n{}",
        wrong.len(),
        wrong[..wrong.len().min(40)].join("\n")
    );
}

fn unhex(digits: &str) -> Vec<u8> {
    let digits: Vec<u8> = digits
        .chars()
        .map(|c| c.to_digit(16).unwrap() as u8)
        .collect();
    digits
        .chunks(2)
        .map(|pair| pair[0] << 4 | pair[1])
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

fn text(codes: &str) -> Wtf8Buf {
    codes
        .split_whitespace()
        .map(|c| CodePoint::from_u32(u32::from_str_radix(c, 16).unwrap()).unwrap())
        .collect()
}

fn failed(error: CodecError) -> String {
    format!("!{error}")
}

#[test]
fn decoding() {
    check(include_str!("facts/decode.tsv"), |row| {
        let mut errors = Standard::from_name(row[1]).unwrap();
        let errors = &mut errors;
        let last = row[2] == "1";
        let data = unhex(row[3]);
        let result: Result<Decoded, CodecError> = match row[0] {
            "utf_8" => codec::utf8_decode(&data, errors, last),
            "utf_16_le" => {
                codec::utf16_decode(&data, Some(ByteOrder::Little), errors, last).map(|d| d.0)
            }
            "utf_32_be" => {
                codec::utf32_decode(&data, Some(ByteOrder::Big), errors, last).map(|d| d.0)
            }
            "ascii" => codec::ascii_decode(&data, errors),
            "utf_7" => codec::utf7_decode(&data, errors, last),
            "unicode_escape" => codec::unicode_escape_decode(&data, errors, last).map(|d| d.0),
            "raw_unicode_escape" => codec::raw_unicode_escape_decode(&data, errors, last),
            other => panic!("{other}"),
        };
        result.map_or_else(failed, |d| {
            format!("{} {}", d.consumed, repr::ascii(&d.text))
        })
    });
}

#[test]
fn encoding() {
    check(include_str!("facts/encode.tsv"), |row| {
        let mut errors = Standard::from_name(row[1]).unwrap();
        let errors = &mut errors;
        let text = text(row[2]);
        let result = match row[0] {
            "utf_8" => codec::utf8_encode(&text, errors),
            "utf_16_le" => codec::utf16_encode(&text, Some(ByteOrder::Little), errors),
            "utf_16" => codec::utf16_encode(&text, None, errors),
            "utf_32_be" => codec::utf32_encode(&text, Some(ByteOrder::Big), errors),
            "ascii" => codec::ascii_encode(&text, errors),
            "latin_1" => codec::latin1_encode(&text, errors),
            "utf_7" => Ok(codec::utf7_encode(&text)),
            "unicode_escape" => Ok(codec::unicode_escape_encode(&text)),
            "raw_unicode_escape" => Ok(codec::raw_unicode_escape_encode(&text)),
            other => panic!("{other}"),
        };
        result.map_or_else(failed, |bytes| hex(&bytes))
    });
}

#[test]
fn methods() {
    let list = |parts: Vec<&Wtf8>| {
        let parts: Vec<String> = parts.into_iter().map(repr::ascii).collect();
        format!("[{}]", parts.join(", "))
    };
    let flag = |b: bool| if b { "True" } else { "False" }.to_string();
    check(include_str!("facts/methods.tsv"), |row| {
        let text = text(row[1]);
        let text: &Wtf8 = &text;
        match row[0] {
            "repr" => repr::ascii(&repr::repr(text)),
            "lower" => repr::ascii(&case::lower(text)),
            "upper" => repr::ascii(&case::upper(text)),
            "title" => repr::ascii(&case::title(text)),
            "capitalize" => repr::ascii(&case::capitalize(text)),
            "swapcase" => repr::ascii(&case::swapcase(text)),
            "casefold" => repr::ascii(&case::casefold(text)),
            "isalpha" => flag(classify::isalpha(text)),
            "isalnum" => flag(classify::isalnum(text)),
            "isdecimal" => flag(classify::isdecimal(text)),
            "isdigit" => flag(classify::isdigit(text)),
            "isnumeric" => flag(classify::isnumeric(text)),
            "isspace" => flag(classify::isspace(text)),
            "isprintable" => flag(classify::isprintable(text)),
            "isidentifier" => flag(classify::isidentifier(text)),
            "islower" => flag(classify::islower(text)),
            "isupper" => flag(classify::isupper(text)),
            "istitle" => flag(classify::istitle(text)),
            "split" => list(ops::split_whitespace(text, None)),
            "rsplit" => list(ops::rsplit_whitespace(text, None)),
            "splitlines" => list(ops::splitlines(text, false)),
            "strip" => repr::ascii(ops::strip(text, None, ops::Ends::Both)),
            other => panic!("{other}"),
        }
    });
}
