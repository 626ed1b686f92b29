//! Compares this crate with tables written by CPython (`tests/facts/generate.py`).

use rustpython_wtf8::Wtf8;
use taipan_num::format::printf::{self, Amount, Layout, Piece};
use taipan_num::format::{
    FormatError, NumericLocale, format_complex, format_float, format_int, format_str,
};
use taipan_num::{BigInt, ErrorKind, FloatError, IntError, bigint, float, hash};

fn raised(kind: ErrorKind, message: impl std::fmt::Display) -> String {
    format!("!{kind:?}: {message}")
}

fn int(text: &str) -> BigInt {
    bigint::parse_int(text.as_bytes(), 10, 0).unwrap()
}

fn real(text: &str) -> f64 {
    float::parse(text.as_bytes()).unwrap()
}

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

#[test]
fn format_specs() {
    let locale = NumericLocale::default();
    check(include_str!("facts/format.tsv"), |row| {
        let spec = Wtf8::new(row[2]);
        let result = match row[0] {
            "int" => format_int(&int(row[1]), spec, "int", &locale, 4300),
            "float" => format_float(real(row[1]), spec, "float", &locale),
            "complex" => {
                let (re, im) = row[1].split_once(' ').unwrap();
                format_complex(real(re), real(im), spec, "complex", &locale)
            }
            _ => format_str(Wtf8::new(row[1]), spec, "str"),
        };
        match result {
            Ok(text) => text.to_string_lossy().into_owned(),
            Err(error @ FormatError::OutOfMemory) => panic!("{error:?}"),
            Err(error) => raised(error.kind(), error),
        }
    });
}

#[test]
fn printf_conversions() {
    check(include_str!("facts/printf.tsv"), |row| {
        let mut parser = printf::Parser::text(Wtf8::new(row[2]));
        let Some(Ok(Piece::Conversion(c))) = parser.next() else {
            panic!("{row:?}")
        };
        let number = |amount| match amount {
            Some(Amount::Number(n)) => Some(n),
            _ => None,
        };
        let layout = Layout {
            flags: c.flags,
            width: number(c.width).unwrap_or(0),
            precision: number(c.precision),
        };
        let letter = c.letter.unwrap();
        let result = if row[0] == "int" {
            printf::format_int(&int(row[1]), letter, layout, 4300)
        } else {
            printf::format_float(real(row[1]), letter, layout)
        };
        result.unwrap_or_else(|e| raised(e.kind(), e))
    });
}

#[test]
fn numbers() {
    let ints = |r: Result<String, IntError>| r.unwrap_or_else(|e| raised(e.kind(), e));
    let floats = |r: Result<String, FloatError>| r.unwrap_or_else(|e| raised(e.kind(), e));
    check(include_str!("facts/number.tsv"), |row| {
        let (op, a, b) = (row[0], row[1], row[2]);
        match op {
            "divmod" => ints(
                int(a)
                    .divmod_floor(&int(b))
                    .map(|(q, r)| format!("{q} {r}")),
            ),
            "truediv" => ints(int(a).true_div(&int(b)).map(float::repr)),
            "and" => (int(a) & int(b)).to_string(),
            "or" => (int(a) | int(b)).to_string(),
            "xor" => (int(a) ^ int(b)).to_string(),
            "mul" => (int(a) * int(b)).to_string(),
            "modpow" => ints(
                BigInt::from(7)
                    .modpow(&int(a), &int(b))
                    .map(|n| n.to_string()),
            ),
            "shl" => ints(int(a).shl_big(&int(b)).map(|n| n.to_string())),
            "shr" => ints(int(a).shr_big(&int(b)).map(|n| n.to_string())),
            "hash" => hash::hash_int(&int(a)).to_string(),
            "float" => ints(int(a).to_f64().map(float::repr)),
            "round" => ints(
                int(a)
                    .round_to_power_of_ten(b.parse().unwrap())
                    .map(|n| n.to_string()),
            ),
            "fdivmod" => floats(
                float::divmod(real(a), real(b))
                    .map(|(q, r)| format!("{} {}", float::repr(q), float::repr(r))),
            ),
            "fhash" => hash::hash_f64(real(a)).unwrap().to_string(),
            "fround" => floats(float::round_digits(real(a), b.parse().unwrap()).map(float::repr)),
            "hex" => {
                assert_eq!(
                    float::from_hex(float::to_hex(real(a)).as_bytes()),
                    Ok(real(a))
                );
                float::to_hex(real(a))
            }
            "ratio" => floats(float::as_integer_ratio(real(a)).map(|(n, d)| format!("{n} {d}"))),
            "int" => floats(float::to_int(real(a)).map(|n| n.to_string())),
            _ => panic!("{op}"),
        }
    });
}
