//! Every case of `tests/errors/*.txt` gives the error and the warnings that CPython 3.14 gives.
//!
//! A case is `=== MODE`, the source, `--- RESULT`, and one line `! Category LINE MESSAGE` for
//! each warning. RESULT is `ok` or `Class LINE:COL-LINE:COL MESSAGE`. To see what differs in another
//! file of this format, name it in `TAIPAN_SYNTAX_CASES`.

use std::fmt::Write;
use std::path::PathBuf;

use taipan_syntax::{Category, Mode, Options, analyze};

struct Case {
    mode: Mode,
    source: String,
    expected: String,
}

fn read(text: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    for chunk in text
        .split("\n=== ")
        .map(|chunk| chunk.trim_start_matches("=== "))
    {
        let Some((mode, rest)) = chunk.split_once('\n') else {
            continue;
        };
        let Some((source, expected)) = rest.rsplit_once("\n--- ") else {
            continue;
        };
        let mode = match mode {
            "eval" => Mode::Eval,
            "single" => Mode::Single,
            _ => Mode::Exec,
        };
        cases.push(Case {
            mode,
            source: source.to_owned(),
            expected: expected.trim_end().to_owned(),
        });
    }
    cases
}

fn actual(case: &Case) -> String {
    let mut out = String::new();
    let result = std::panic::catch_unwind(|| analyze(&case.source, &Options::new(case.mode)));
    let result = match result {
        Ok(result) => result,
        Err(_) => return "panic".into(),
    };
    match result {
        Ok(analyzed) => {
            out.push_str("ok");
            for warning in analyzed.warnings {
                let category = match warning.category {
                    Category::Syntax => "SyntaxWarning",
                    Category::Deprecation => "DeprecationWarning",
                };
                let _ = write!(out, "\n! {category} {} {}", warning.line, warning.msg);
            }
        }
        Err(error) => {
            let _ = write!(
                out,
                "{} {}:{}-{}:{} {}",
                error.kind.class_name(),
                error.line,
                error.col,
                error.end_line.map_or(-1, i64::from),
                error.end_col.unwrap_or(-1),
                error.msg
            );
        }
    }
    out
}

fn compare(path: &PathBuf, failures: &mut String) -> (usize, usize) {
    let text = std::fs::read_to_string(path).expect("the corpus is readable");
    let cases = read(&text);
    let mut bad = 0;
    for case in &cases {
        let actual = actual(case);
        if actual != case.expected {
            bad += 1;
            let _ = write!(
                failures,
                "=== {:?}\n{}\n--- expected {}\n--- actual   {}\n",
                case.mode, case.source, case.expected, actual
            );
        }
    }
    (cases.len(), bad)
}

fn files() -> Vec<PathBuf> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/errors");
    let mut files: Vec<_> = std::fs::read_dir(folder)
        .expect("the corpus exists")
        .flatten()
        .map(|entry| entry.path())
        .collect();
    files.sort();
    files
}

/// Whatever is cut off or left out, there is an answer.
#[test]
fn no_text_is_too_broken() {
    for path in files() {
        let text = std::fs::read_to_string(path).expect("the corpus is readable");
        for case in read(&text) {
            for (idx, c) in case.source.char_indices() {
                let (head, tail) = (&case.source[..idx], &case.source[idx + c.len_utf8()..]);
                for mode in [Mode::Exec, Mode::Eval, Mode::Single] {
                    for source in [head.to_owned(), tail.to_owned(), format!("{head}{tail}")] {
                        let _ = analyze(&source, &Options::new(mode));
                    }
                }
            }
        }
    }
}

#[test]
fn errors_are_those_of_cpython() {
    if let Ok(path) = std::env::var("TAIPAN_SYNTAX_CASES") {
        let mut failures = String::new();
        let (all, bad) = compare(&PathBuf::from(path), &mut failures);
        println!("{failures}\n{bad} of {all} differ");
        return;
    }
    let mut failures = String::new();
    let mut total = 0;
    for path in files() {
        let (all, _) = compare(&path, &mut failures);
        total += all;
    }
    assert!(total > 400, "only {total} cases");
    assert!(failures.is_empty(), "{failures}");
}
