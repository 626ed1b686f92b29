//! Compares every property of every code point with CPython's, by checksums
//! (`tests/facts/generate.py` writes them).

use taipan_text::unicode::{self, Form};
use taipan_text::{CodePoint, Wtf8Buf, case, classify};

/// The checksum of zlib, bit by bit through a small table.
struct Crc {
    table: Vec<u32>,
    state: u32,
}

impl Crc {
    fn new() -> Crc {
        let entry = |n: u32| {
            (0..8).fold(n, |c, _| {
                if c & 1 == 1 {
                    c >> 1 ^ 0xedb8_8320
                } else {
                    c >> 1
                }
            })
        };
        Crc {
            table: (0..256).map(entry).collect(),
            state: !0,
        }
    }

    fn add(&mut self, bytes: &[u8]) {
        for &b in bytes {
            self.state = self.state >> 8 ^ self.table[(self.state as u8 ^ b) as usize];
        }
    }
}

fn codes(text: &Wtf8Buf) -> String {
    let codes: Vec<String> = text
        .code_points()
        .map(|c| format!("{:x}", c.to_u32()))
        .collect();
    codes.join(" ")
}

fn flag(b: bool) -> String {
    u8::from(b).to_string()
}

fn number(value: Option<f64>) -> String {
    value.map_or("-".into(), |v| {
        format!("{:.0}", (v * 1e6).round_ties_even())
    })
}

fn property(name: &str, c: CodePoint) -> String {
    let text = Wtf8Buf::from(c);
    match name {
        "category" => unicode::category(c).into(),
        "bidirectional" => unicode::bidirectional(c).into(),
        "combining" => unicode::combining(c).to_string(),
        "east_asian_width" => unicode::east_asian_width(c).into(),
        "mirrored" => flag(unicode::mirrored(c)),
        "decimal" => number(unicode::decimal(c).map(f64::from)),
        "digit" => number(unicode::digit(c).map(f64::from)),
        "numeric" => number(unicode::numeric(c)),
        "decomposition" => unicode::decomposition(c),
        "name" => unicode::name(c).unwrap_or("-".into()),
        "nfkd" => codes(&unicode::normalize(Form::Nfkd, &text)),
        "nfkc" => codes(&unicode::normalize(Form::Nfkc, &text)),
        "isidentifier" => {
            flag(classify::isidentifier(&text)) + &flag(classify::is_identifier_continue(c))
        }
        "lower" => codes(&case::lower(&text)),
        "upper" => codes(&case::upper(&text)),
        "title" => codes(&case::title(&text)),
        "casefold" => codes(&case::casefold(&text)),
        "swapcase" => codes(&case::swapcase(&text)),
        "capitalize" => codes(&case::capitalize(&text)),
        "isalpha" => flag(classify::isalpha(&text)),
        "isdecimal" => flag(classify::isdecimal(&text)),
        "isdigit" => flag(classify::isdigit(&text)),
        "isnumeric" => flag(classify::isnumeric(&text)),
        "isspace" => flag(classify::isspace(&text)),
        "isprintable" => flag(classify::isprintable(&text)),
        "islower" => flag(classify::islower(&text)),
        "isupper" => flag(classify::isupper(&text)),
        "istitle" => flag(classify::istitle(&text)),
        other => panic!("{other}"),
    }
}

#[test]
fn every_code_point() {
    let mut wrong = Vec::new();
    for row in include_str!("facts/unicode.tsv").lines() {
        let (name, expected) = row.split_once('\t').unwrap();
        let mut crc = Crc::new();
        for c in (0..0x11_0000).filter_map(CodePoint::from_u32) {
            crc.add(property(name, c).as_bytes());
            crc.add(b"\n");
        }
        if format!("{:08x}", !crc.state) != expected {
            wrong.push(name);
        }
    }
    assert!(wrong.is_empty(), "differ from CPython: {wrong:?}");
}
