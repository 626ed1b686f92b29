//! Code compiled ahead of time.

/// Compiles one module of the library to serialised code, or gives `None` to leave it to be
/// compiled from its source when it is first imported.
///
/// `path` is the file name its code objects are to show.
#[cfg(feature = "precompile")]
pub fn module(source: &str, path: &str) -> Option<Vec<u8>> {
    let parse = taipan_syntax::Options::default();
    let compiled = taipan_syntax::analyze(source, &parse).and_then(|analyzed| {
        let options = taipan_compiler::Options {
            filename: path.into(),
            mode: taipan_syntax::Mode::Exec,
            optimize: 0,
        };
        let parsed = &analyzed.parsed;
        taipan_compiler::compile(parsed.ast(), parsed.lines(), &analyzed.symbols, &options)
    });
    match compiled {
        Ok(code) => Some(taipan_bytecode::serial::to_bytes(&code)),
        Err(error) => {
            // Importing it will say the same, with the place; the others need not suffer.
            println!("cargo::warning={path}: {error:?}");
            None
        }
    }
}

/// Without the compiler, every module is compiled when it is first imported.
#[cfg(not(feature = "precompile"))]
pub fn module(_source: &str, _path: &str) -> Option<Vec<u8>> {
    None
}
