//! What CPython 3.14 answers to thousands of expressions about numbers, text and bytes, one a line in `facts/*.txt`.
//!
//! There is no interpreter at this level: expressions are walked as a tree, over the object protocols. A line with
//! another answer is reported with both.

use taipan_object::call::{self, Args};
use taipan_object::dict::Dict;
use taipan_object::func::{Module, NativeFunction, Slice};
use taipan_object::native::ModuleSpec;
use taipan_object::seq::List;
use taipan_object::slots::{BinOp, CmpOp};
use taipan_object::thread::{Hooks, Interpreter};
use taipan_object::types::{StaticType, class_of};
use taipan_object::{Object, PyResult, Thread, Value, ValueVec, attr, exception, ops, strings};
use taipan_syntax::ast::{self, Expr, Number, Operator, UnaryOp};
use taipan_syntax::{Mode, Options, literal};

struct World<'t> {
    th: &'t Thread,
    names: &'t Object<Dict>,
}

impl World<'_> {
    fn name(&self, name: &str) -> PyResult {
        match self.names.get_name(self.th, name) {
            Some(v) => Ok(v),
            None => Err(self.th.raise(
                &exception::NAME_ERROR,
                format!("name '{name}' is not defined"),
            )),
        }
    }

    fn all(&self, source: &str, items: &[Expr]) -> PyResult<ValueVec> {
        let mut out = ValueVec::new();
        for e in items {
            let v = self.eval(source, e)?;
            out.push(self.th, v)?;
        }
        Ok(out)
    }

    fn optional(&self, source: &str, e: &Option<Box<Expr>>) -> PyResult {
        match e {
            Some(e) => self.eval(source, e),
            None => Ok(Value::NONE),
        }
    }

    fn eval(&self, source: &str, e: &Expr) -> PyResult {
        let th = self.th;
        match e {
            Expr::NumberLiteral(n) => Ok(match &n.value {
                Number::Int(i) => match literal::integer(i) {
                    literal::Integer::Small(n) => Value::uint(th, n),
                    literal::Integer::Big { digits, radix } => {
                        let n = taipan_num::bigint::parse_int(digits.as_bytes(), radix, 0);
                        Value::big(th, n.expect("a literal"))
                    }
                },
                Number::Float(x) => Value::float(th, *x),
                Number::Complex { real, imag } => Value::complex(th, *real, *imag),
            }),
            Expr::StringLiteral(s) => Value::try_wtf8(th, &literal::string(source, s)),
            Expr::BytesLiteral(b) => Value::bytes(th, &literal::bytes(b)),
            Expr::BooleanLiteral(b) => Ok(Value::bool(b.value)),
            Expr::NoneLiteral(_) => Ok(Value::NONE),
            Expr::EllipsisLiteral(_) => Ok(Value::ELLIPSIS),
            Expr::Name(n) => self.name(n.id.as_str()),
            Expr::Tuple(t) => {
                let items = self.all(source, &t.elts)?;
                Value::try_tuple(th, &items)
            }
            Expr::List(l) => Ok(List::from_vec(th, self.all(source, &l.elts)?)),
            Expr::Dict(d) => {
                let out = Dict::new(th);
                for item in &d.items {
                    let k = self.eval(source, item.key.as_ref().expect("no ** here"))?;
                    let v = self.eval(source, &item.value)?;
                    out.set(th, k, v)?;
                }
                Ok(out.value())
            }
            Expr::Attribute(a) => {
                let v = self.eval(source, &a.value)?;
                attr::get_str(th, v, a.attr.as_str())
            }
            Expr::Subscript(s) => {
                let v = self.eval(source, &s.value)?;
                let key = self.eval(source, &s.slice)?;
                ops::get_item(th, v, key)
            }
            Expr::Slice(s) => {
                let start = self.optional(source, &s.lower)?;
                let stop = self.optional(source, &s.upper)?;
                let step = self.optional(source, &s.step)?;
                Ok(Slice::new(th, start, stop, step))
            }
            Expr::UnaryOp(u) => {
                let v = self.eval(source, &u.operand)?;
                match u.op {
                    UnaryOp::Invert => ops::invert(th, v),
                    UnaryOp::Not => Ok(Value::bool(!ops::truth(th, v)?)),
                    UnaryOp::UAdd => ops::pos(th, v),
                    UnaryOp::USub => ops::neg(th, v),
                }
            }
            Expr::BinOp(b) => {
                let x = self.eval(source, &b.left)?;
                let y = self.eval(source, &b.right)?;
                ops::binary(th, operator(b.op), x, y)
            }
            Expr::Compare(c) => {
                let x = self.eval(source, &c.left)?;
                let y = self.eval(source, &c.comparators[0])?;
                let op = match c.ops[0] {
                    ast::CmpOp::Eq => CmpOp::Eq,
                    ast::CmpOp::NotEq => CmpOp::Ne,
                    ast::CmpOp::Lt => CmpOp::Lt,
                    ast::CmpOp::LtE => CmpOp::Le,
                    ast::CmpOp::Gt => CmpOp::Gt,
                    ast::CmpOp::GtE => CmpOp::Ge,
                    ast::CmpOp::In => return Ok(Value::bool(ops::contains(th, y, x)?)),
                    ast::CmpOp::NotIn => return Ok(Value::bool(!ops::contains(th, y, x)?)),
                    ast::CmpOp::Is => return Ok(Value::bool(x.is(y))),
                    ast::CmpOp::IsNot => return Ok(Value::bool(!x.is(y))),
                };
                ops::compare(th, x, y, op)
            }
            Expr::Call(c) => {
                let f = self.eval(source, &c.func)?;
                let mut values = self.all(source, &c.arguments.args)?;
                let mut names = ValueVec::new();
                for k in &c.arguments.keywords {
                    let v = self.eval(source, &k.value)?;
                    let Some(name) = &k.arg else {
                        let d = v.as_dict().expect("a dict");
                        let mut at = 0;
                        while let Some((next, k, v, _)) = d.map.next_entry(at) {
                            at = next;
                            names.push(th, k)?;
                            values.push(th, v)?;
                        }
                        continue;
                    };
                    values.push(th, v)?;
                    names.push(th, strings::intern(th, name.as_str()))?;
                }
                let args = Args {
                    values: &values,
                    kwnames: &names,
                };
                call::call_args(th, f, args)
            }
            other => panic!("the test knows no {other:?}"),
        }
    }
}

fn operator(op: Operator) -> BinOp {
    match op {
        Operator::Add => BinOp::Add,
        Operator::Sub => BinOp::Sub,
        Operator::Mult => BinOp::Mul,
        Operator::MatMult => BinOp::MatMul,
        Operator::Div => BinOp::TrueDiv,
        Operator::Mod => BinOp::Rem,
        Operator::Pow => BinOp::Pow,
        Operator::LShift => BinOp::LShift,
        Operator::RShift => BinOp::RShift,
        Operator::BitOr => BinOp::Or,
        Operator::BitXor => BinOp::Xor,
        Operator::BitAnd => BinOp::And,
        Operator::FloorDiv => BinOp::FloorDiv,
    }
}

fn module(th: &Thread, spec: &'static ModuleSpec) -> PyResult {
    let name = strings::intern(th, spec.name);
    let m = Module::new(th, name, Value::NONE)?;
    let dict = m.dict.expect();
    for f in spec.functions {
        let v = NativeFunction::for_module(th, f, m.value(), name);
        dict.set_name(th, f.name, v)?;
    }
    for (t, spec) in spec.types {
        t.define(th, spec)?;
        dict.set_name(th, t.name, t.value())?;
    }
    (spec.init)(th, m.value())?;
    Ok(m.value())
}

/// What an interpreter would plug in: here only the finalisers of native objects ever run.
static HOOKS: Hooks = Hooks {
    call_function: |_, _, _| panic!("no Python function here"),
    run_code: |_, _, _, _, _| panic!("no code here"),
    resume: |_, _, _| panic!("no generator here"),
    current_frame: |_, _| Value::ABSENT,
    poll: |th, bits| {
        while let Some(cell) = taipan_object::gc::pop_pending_finalizer(0) {
            let v = Value::from_cell(cell);
            if let Some(f) = class_of(v).slots().del {
                f(th, v)?;
            }
        }
        th.mutator.clear_poll(bits);
        Ok(())
    },
    compile: |_, _, _, _, _, _| panic!("no compiler here"),
};

fn set_up(th: &Thread) -> PyResult<&'static Object<Dict>> {
    let dict = Dict::new(th);
    th.interp.set_dict(&th.interp.builtins, dict);
    taipan_builtins::define(th)?;
    taipan_builtins::register(th)?;
    let tables: [&[(&StaticType, &_)]; 4] = [
        taipan_containers::types(),
        taipan_numbers::types(),
        taipan_strings::types(),
        taipan_std_data::types(),
    ];
    for (t, spec) in tables.concat() {
        t.define(th, spec)?;
        if t.module == "builtins" {
            dict.set_name(th, t.name, t.value())?;
        }
    }
    for t in taipan_builtins::NAMED.iter().chain(exception::ALL) {
        dict.set_name(th, t.name, t.value())?;
    }
    for spec in taipan_builtins::modules()
        .iter()
        .filter(|m| m.name == "builtins")
    {
        for f in spec.functions {
            let v = NativeFunction::for_module(th, f, Value::NONE, strings::intern(th, "builtins"));
            dict.set_name(th, f.name, v)?;
        }
    }
    for spec in taipan_std_data::modules() {
        let m = module(th, spec)?;
        dict.set_name(th, spec.name, m)?;
    }
    let m = dict.get_name(th, "_struct").expect("just made");
    dict.set_name(th, "struct", m)?;
    dict.set_name(th, "inf", Value::float(th, f64::INFINITY))?;
    dict.set_name(th, "nan", Value::float(th, f64::NAN))?;
    Ok(dict)
}

/// `repr` of the value, or the exception's name and arguments.
fn answer(w: &World, source: &str) -> String {
    let th = w.th;
    let options = Options {
        mode: Mode::Eval,
        ..Options::default()
    };
    let parsed = taipan_syntax::parse(source, &options).expect("expressions of the tables parse");
    let ast::Mod::Expression(body) = parsed.ast() else {
        panic!("not an expression");
    };
    let show = |v: Value| match ops::repr(th, v) {
        Ok(r) => r.as_wtf8().map_or(String::new(), |w| w.to_string()),
        Err(_) => "repr failed".into(),
    };
    match w.eval(parsed.source(), &body.body) {
        Ok(v) => show(v),
        Err(e) => {
            let args = attr::get_str(th, e.0, "args").unwrap_or(Value::NONE);
            format!("{}{}", class_of(e.0).name_text(), show(args))
        }
    }
}

fn run(table: &str, w: &World) -> Vec<String> {
    let mut wrong = Vec::new();
    for line in table.lines() {
        let Some((source, expected)) = line.split_once("  ==>  ") else {
            continue;
        };
        let got = answer(w, source);
        if got != expected {
            wrong.push(format!("{source}\n    is  {got}\n    not {expected}"));
        }
    }
    wrong
}

#[test]
fn answers_are_those_of_cpython() {
    let interp = Interpreter::create(
        taipan_object::thread::GilOf::Nobody,
        taipan_object::thread::Limits::NONE,
    )
    .expect("an interpreter");
    let th = Thread::attach(interp, true).expect("memory for a thread");
    taipan_object::bootstrap(&th).expect("bootstrap");
    taipan_object::thread::set_hooks(&HOOKS);
    let names = set_up(&th).unwrap_or_else(|e| panic!("{:?}", ops::repr(&th, e.0)));
    let w = World { th: &th, names };
    let tables = [
        include_str!("facts/numbers.txt"),
        include_str!("facts/strings.txt"),
        include_str!("facts/modules.txt"),
        include_str!("facts/edges.txt"),
        include_str!("facts/random.txt"),
    ];
    // More tables, for a search for differences: the path of a file in `FACTS`.
    let more = std::env::var("FACTS")
        .ok()
        .and_then(|p| std::fs::read_to_string(p).ok());
    let tables = tables.into_iter().chain(more.as_deref());
    let wrong: Vec<String> = tables.flat_map(|t| run(t, &w)).collect();
    th.detach();
    assert!(
        wrong.is_empty(),
        "{} answers differ:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}
