//! Shows what the front end makes of Python files: `inspect symbols|errors FILE…`.
//!
//! `symbols` prints every block with its names; `errors` reads test cases separated by lines of
//! `----` and prints the first error and the warnings of each.

use std::io::Write;

use taipan_syntax::symtable::{BlockId, BlockKind, SymbolTable};
use taipan_syntax::{Options, analyze, parse};

fn main() {
    let mut args = std::env::args().skip(1);
    let what = args.next().unwrap_or_default();
    let mut out = std::io::stdout().lock();
    for path in args {
        let text = match std::fs::read(&path) {
            Ok(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Err(error) => {
                eprintln!("{path}: {error}");
                continue;
            }
        };
        let result = match what.as_str() {
            "symbols" => writeln!(out, "# {path}").and_then(|()| symbols(&mut out, &text)),
            "time" => time(&mut out, &text),
            _ => errors(&mut out, &text),
        };
        if result.is_err() {
            return;
        }
    }
}

fn time(out: &mut impl Write, text: &str) -> std::io::Result<()> {
    let start = std::time::Instant::now();
    let parsed = parse(text, &Options::default());
    let middle = start.elapsed();
    let analyzed = analyze(text, &Options::default());
    let end = start.elapsed() - middle;
    writeln!(
        out,
        "{} bytes, parse {middle:?}, analyze {end:?}, ok {}",
        text.len(),
        parsed.is_ok() && analyzed.is_ok()
    )
}

fn symbols(out: &mut impl Write, text: &str) -> std::io::Result<()> {
    let options = Options::default();
    let parsed = match parse(text, &options) {
        Ok(parsed) => parsed,
        Err(error) => return writeln!(out, "{error}"),
    };
    match SymbolTable::build(parsed.ast(), parsed.lines(), &options) {
        Ok(table) => block(out, &table, BlockId::ROOT, 0),
        Err(error) => writeln!(out, "{error}"),
    }
}

fn block(
    out: &mut impl Write,
    table: &SymbolTable,
    id: BlockId,
    depth: usize,
) -> std::io::Result<()> {
    let block = table.block(id);
    let mut symbols: Vec<_> = block
        .symbols
        .iter()
        .chain(
            block
                .inlined_names
                .iter()
                .filter(|(name, _)| !block.symbols.contains_key(*name)),
        )
        .map(|(name, symbol)| format!("{name}:{}:{}", symbol.flags.0 & 0x7ff, symbol.scope as u8))
        .collect();
    symbols.sort();
    let kind = match block.kind {
        BlockKind::Function | BlockKind::Lambda | BlockKind::Comprehension(_) => 0,
        BlockKind::Class => 1,
        BlockKind::Module => 2,
        BlockKind::Annotation => 3,
        BlockKind::TypeAlias => 4,
        BlockKind::TypeParameters => 5,
        BlockKind::TypeVariable => 6,
    };
    let comp = matches!(block.kind, BlockKind::Comprehension(_));
    if !block.inlined {
        writeln!(
            out,
            "{:depth$}{kind} {} {}{} [{}] {}",
            "",
            block.name,
            u8::from(block.nested),
            if comp { "c" } else { "" },
            block.params.join(","),
            symbols.join(" "),
        )?;
    }
    let depth = if block.inlined { depth } else { depth + 1 };
    for child in &block.children {
        self::block(out, table, *child, depth)?;
    }
    Ok(())
}

fn errors(out: &mut impl Write, text: &str) -> std::io::Result<()> {
    for case in text.split("\n----\n") {
        match analyze(case, &Options::default()) {
            Ok(analyzed) => {
                writeln!(out, "ok")?;
                for warning in analyzed.warnings {
                    writeln!(
                        out,
                        "  {:?} {} {}",
                        warning.category, warning.line, warning.msg
                    )?;
                }
            }
            Err(error) => writeln!(
                out,
                "{} {}:{}-{}:{} {}",
                error.kind.class_name(),
                error.line,
                error.col,
                error.end_line.map_or(-1, i64::from),
                error.end_col.unwrap_or(-1),
                error.msg
            )?,
        }
    }
    Ok(())
}
