//! `_symtable`: what the compiler knows of the names in a text.

use std::collections::HashMap;
use taipan_object::dict::Dict;
use taipan_object::native::{GetSet, Method, ModuleSpec, TypeSpec};
use taipan_object::seq::List;
use taipan_object::types::{OBJECT, StaticType, flags, layout_of};
use taipan_object::{Field, PyResult, Thread, Value, ValueVec, call, names, ops, payload, strings};
use taipan_syntax::ast::Stmt;
use taipan_syntax::ast::statement_visitor::{StatementVisitor, walk_stmt};
use taipan_syntax::symtable::{BlockId, BlockKind, Scope, SymbolFlags, SymbolTable};
use taipan_syntax::{Lines, Mode, Options, Parsed, TextRange, parse};

use crate::args::{from_module, module_dict, type_name};
use crate::source::{bytes_source, raise, str_source};

/// `_symtable`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_symtable",
    doc: "",
    functions: &[
        Method::new("symtable", "(source, filename, startstr, /)", symtable)
            .doc("Return symbol and scope dictionaries used internally by compiler."),
    ],
    types: &[],
    init,
};

/// The payload of an entry.
#[repr(C)]
pub struct Entry {
    name: Field,
    symbols: Field,
    varnames: Field,
    children: Field,
    nested: Field,
    ty: Field,
    lineno: Field,
}

payload!(Entry, "symtable entry", |this, m| {
    for f in [
        &this.name,
        &this.symbols,
        &this.varnames,
        &this.children,
        &this.nested,
        &this.ty,
        &this.lineno,
    ] {
        f.trace(m);
    }
});

/// `symtable entry`
pub static ENTRY: StaticType = StaticType::new(
    "builtins",
    "symtable entry",
    Some(&OBJECT),
    flags::NO_NEW,
    layout_of::<Entry>,
);

static ENTRY_SPEC: TypeSpec = TypeSpec {
    slots: |s| s.repr = Some(repr),
    methods: &[],
    getset: &[
        GetSet::new("id", |th, v| Ok(Value::uint(th, ops::id(v)))),
        GetSet::new("name", |_, v| Ok(v.expect::<Entry>().name.get())),
        GetSet::new("symbols", |_, v| Ok(v.expect::<Entry>().symbols.get())),
        GetSet::new("varnames", |_, v| Ok(v.expect::<Entry>().varnames.get())),
        GetSet::new("children", |_, v| Ok(v.expect::<Entry>().children.get())),
        GetSet::new("nested", |_, v| Ok(v.expect::<Entry>().nested.get())),
        GetSet::new("type", |_, v| Ok(v.expect::<Entry>().ty.get())),
        GetSet::new("lineno", |_, v| Ok(v.expect::<Entry>().lineno.get())),
    ],
    doc: "",
    sig: "",
};

/// Module constants: flags of names, scopes and kinds of blocks.
const CONSTANTS: &[(&str, i64)] = &[
    ("CELL", 5),
    ("DEF_ANNOT", 256),
    ("DEF_BOUND", 134),
    ("DEF_COMP_CELL", 2048),
    ("DEF_COMP_ITER", 512),
    ("DEF_FREE_CLASS", 64),
    ("DEF_GLOBAL", 1),
    ("DEF_IMPORT", 128),
    ("DEF_LOCAL", 2),
    ("DEF_NONLOCAL", 8),
    ("DEF_PARAM", 4),
    ("DEF_TYPE_PARAM", 1024),
    ("FREE", 4),
    ("GLOBAL_EXPLICIT", 2),
    ("GLOBAL_IMPLICIT", 3),
    ("LOCAL", 1),
    ("SCOPE_MASK", 15),
    ("SCOPE_OFF", 12),
    ("TYPE_ANNOTATION", 3),
    ("TYPE_CLASS", 1),
    ("TYPE_FUNCTION", 0),
    ("TYPE_MODULE", 2),
    ("TYPE_TYPE_ALIAS", 4),
    ("TYPE_TYPE_PARAMETERS", 5),
    ("TYPE_TYPE_VARIABLE", 6),
    ("USE", 16),
];

fn init(th: &Thread, module: Value) -> PyResult<()> {
    ENTRY.define(th, &ENTRY_SPEC)?;
    let dict = module_dict(module);
    for (name, n) in CONSTANTS {
        dict.set_name(th, name, Value::small_int(*n))?;
    }
    Ok(())
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let e = v.expect::<Entry>();
    Ok(Value::str(
        th,
        &format!(
            "<symtable entry {}({}), line {}>",
            names::text(e.name.get()),
            ops::id(v),
            e.lineno.get().as_i64().unwrap_or(0)
        ),
    ))
}

fn symtable(th: &Thread, a: &[Value]) -> PyResult {
    // A file name may be a path or bytes: `os.fsdecode` knows.
    let filename = if a[1].as_str_obj().is_some() {
        a[1]
    } else {
        call::call(th, from_module(th, "os", "fsdecode")?, &[a[1]])?
    };
    let text = if let Some(w) = a[0].as_wtf8() {
        str_source(th, w)?
    } else if taipan_object::buffer::is_exporter(a[0]) {
        let bytes = taipan_strings::args::bytes_like(th, a[0])?;
        bytes_source(th, &bytes, false, filename)?
    } else {
        return Err(th.type_error("symtable() arg 1 must be a string or bytes"));
    };
    let mode = match a[2].as_str_obj().and_then(|s| s.as_str()) {
        Some("exec") => Mode::Exec,
        Some("eval") => Mode::Eval,
        Some("single") => Mode::Single,
        Some(_) => {
            return Err(th.value_error("symtable() arg 3 must be 'exec' or 'eval' or 'single'"));
        }
        None => {
            return Err(th.type_error(format!(
                "symtable() argument 3 must be str, not {}",
                type_name(a[2])
            )));
        }
    };
    let options = Options::new(mode);
    let made = th.blocking(|| {
        let parsed = parse(&text, &options)?;
        let table = SymbolTable::build(parsed.ast(), parsed.lines(), &options)?;
        Ok::<(Parsed, SymbolTable), Box<taipan_syntax::SyntaxError>>((parsed, table))
    });
    match made {
        Ok((parsed, table)) => {
            let lines = parsed.lines();
            let mut definitions = Definitions {
                lines,
                found: HashMap::new(),
            };
            definitions.visit_body(parsed.body());
            let view = View {
                table: &table,
                lines,
                definitions: definitions.found,
            };
            view.entry(th, BlockId::ROOT)
        }
        Err(e) => Err(raise(th, &e, filename)),
    }
}

/// Functions and classes by their ranges: the line of the name, and whether it is a function.
struct Definitions<'a> {
    lines: &'a Lines,
    found: HashMap<TextRange, (u32, bool)>,
}

impl<'a> StatementVisitor<'a> for Definitions<'a> {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(f) => {
                let line = self.lines.line(f.name.range.start());
                self.found.insert(f.range, (line, true));
            }
            Stmt::ClassDef(c) => {
                let line = self.lines.line(c.name.range.start());
                self.found.insert(c.range, (line, false));
            }
            _ => {}
        }
        taipan_syntax::with_room(|| walk_stmt(self, stmt));
    }
}

struct View<'a> {
    table: &'a SymbolTable,
    lines: &'a Lines,
    definitions: HashMap<TextRange, (u32, bool)>,
}

impl View<'_> {
    /// The children; those of a comprehension that is part of the block's own code stand in its place.
    fn children(&self, th: &Thread, id: BlockId, out: &mut ValueVec) -> PyResult<()> {
        th.check_native_stack()?;
        for c in &self.table.block(id).children {
            if self.table.block(*c).inlined {
                self.children(th, *c, out)?;
            } else {
                out.push(th, self.entry(th, *c)?)?;
            }
        }
        Ok(())
    }

    fn entry(&self, th: &Thread, id: BlockId) -> PyResult {
        th.check_native_stack()?;
        let block = self.table.block(id);
        let definition = self.definitions.get(&block.range);
        let symbols = Dict::new(th);
        let mut varnames = ValueVec::new();
        let hidden = ".defaults";
        let is_generic_function = block.kind == BlockKind::TypeParameters
            && definition.is_some_and(|(_, is_function)| *is_function);
        if is_generic_function && block.symbol(hidden).is_none() {
            // CPython enters it for functions without defaults too.
            let key = strings::intern(th, hidden);
            let raw = SymbolFlags::PARAM | (Scope::Local as u32) << 12;
            symbols.set(th, key, Value::small_int(raw as i64))?;
            varnames.push(th, key)?;
        }
        for (name, symbol) in block.symbols.iter().chain(&block.inlined_names) {
            let key = strings::intern(th, name);
            if symbols.get(th, key)?.is_none() {
                symbols.set(th, key, Value::small_int(symbol.raw() as i64))?;
            }
        }
        for p in &block.params {
            varnames.push(th, strings::intern(th, p))?;
        }
        let mut children = ValueVec::new();
        self.children(th, id, &mut children)?;
        let ty = match block.kind {
            BlockKind::Function | BlockKind::Lambda | BlockKind::Comprehension(_) => 0,
            BlockKind::Class => 1,
            BlockKind::Module => 2,
            BlockKind::Annotation => 3,
            BlockKind::TypeAlias => 4,
            BlockKind::TypeParameters => 5,
            BlockKind::TypeVariable => 6,
        };
        let line = match definition {
            _ if id == BlockId::ROOT => 0,
            Some((line, _)) => *line,
            None => self.lines.line(block.range.start()),
        };
        let data = Entry {
            name: Field::new(strings::intern(th, &block.name)),
            symbols: Field::new(symbols.value()),
            varnames: Field::new(List::from_vec(th, varnames)),
            children: Field::new(List::from_vec(th, children)),
            nested: Field::new(Value::small_int(block.nested as i64)),
            ty: Field::new(Value::small_int(ty)),
            lineno: Field::new(Value::small_int(line as i64)),
        };
        Ok(th.new_object(&ENTRY, data).value())
    }
}
