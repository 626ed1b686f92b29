//! Disassembly of small programs. `UPDATE_GOLDEN=1 cargo test` writes the expected files anew.

use std::path::Path;

use taipan_bytecode::{dis, verify};
use taipan_compiler::{Options, compile_source};

#[test]
fn golden() {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden");
    let update = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut wrong = Vec::new();
    let mut sources: Vec<_> = std::fs::read_dir(&dir)
        .map(|entries| {
            entries
                .flatten()
                .map(|e| e.path())
                .filter(|p| p.extension().is_some_and(|e| e == "py"))
                .collect()
        })
        .unwrap_or_default();
    sources.sort();
    assert!(!sources.is_empty());
    for path in sources {
        let source = std::fs::read_to_string(&path).unwrap();
        let options = Options {
            filename: "golden.py".into(),
            mode: Default::default(),
            optimize: 0,
        };
        let (code, _) = compile_source(&source, &taipan_syntax::Options::default(), &options)
            .unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let text = dis::disassemble(&code);
        if let Err(e) = verify::verify(&code) {
            panic!("{}: {e}\n{text}", path.display());
        }
        let expected = path.with_extension("dis");
        if update {
            std::fs::write(&expected, &text).unwrap();
        } else if std::fs::read_to_string(&expected).unwrap_or_default() != text {
            wrong.push(format!("{}:\n{text}", path.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "changed (UPDATE_GOLDEN=1 accepts):\n{}",
        wrong.join("\n")
    );
}
