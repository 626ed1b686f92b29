//! `_csv`: reading and writing comma-separated values.

mod dialect;
mod read;
mod write;

use dialect::{DIALECT, DIALECT_SPEC};
use taipan_object::call::Args;
use taipan_object::dict::Dict;
use taipan_object::exception::EXCEPTION;
use taipan_object::func::Module;
use taipan_object::native::{Method, ModuleSpec, TypeSpec};
use taipan_object::types::{StaticType, flags, no_layout};
use taipan_object::{Object, PyResult, Raised, Thread, Value, ops};

/// `_csv`
pub static MODULE: ModuleSpec = ModuleSpec {
    name: "_csv",
    doc: "CSV parsing and writing.\n",
    functions: &[
        Method::raw("reader", "(iterable, /, dialect='excel', **fmtparams)", read::reader)
            .doc("Return a reader object that will process lines from the given iterable.\n\nThe \"iterable\" argument can be any object that returns a line\nof input for each iteration, such as a file object or a list.  The\noptional \"dialect\" argument defines a CSV dialect.  The function\nalso accepts optional keyword arguments which override settings\nprovided by the dialect.\n\nThe returned object is an iterator.  Each iteration returns a row\nof the CSV file (which can span multiple input lines)."),
        Method::raw("writer", "(fileobj, /, dialect='excel', **fmtparams)", write::writer)
            .doc("Return a writer object that will write user data on the given file object.\n\nThe \"fileobj\" argument can be any object that supports the file API.\nThe optional \"dialect\" argument defines a CSV dialect.  The function\nalso accepts optional keyword arguments which override settings\nprovided by the dialect."),
        Method::new("list_dialects", "()", |th, _| {
            Value::list(th, &ops::to_vec(th, registry(th)?.value())?)
        })
        .doc("Return a list of all known dialect names."),
        Method::raw("register_dialect", "(name, /, dialect='excel', **fmtparams)", register)
            .doc("Create a mapping from a string name to a CVS dialect.\n\nThe optional \"dialect\" argument specifies the base dialect instance\nor the name of the registered dialect.  The function also accepts\noptional keyword arguments which override settings provided by the\ndialect."),
        Method::new("unregister_dialect", "(name)", |th, a| match registry(th)?.remove(th, a[0])? {
            Some(_) => Ok(Value::NONE),
            None => Err(error(th, "unknown dialect")),
        })
        .doc("Delete the name/dialect mapping associated with a string name."),
        Method::new("get_dialect", "(name)", |th, a| registered(th, a[0]))
            .doc("Return the dialect instance associated with name."),
        Method::new("field_size_limit", "(new_limit=<unrepresentable>)", field_size_limit)
            .doc("Sets an upper limit on parsed fields.\n\nReturns old limit. If limit is not given, no new limit is set and\nthe old limit is returned"),
    ],
    types: &[(&DIALECT, &DIALECT_SPEC), (&ERROR, &TypeSpec::EMPTY)],
    init,
};

/// `_csv.Error`
static ERROR: StaticType = StaticType::new(
    "_csv",
    "Error",
    Some(&EXCEPTION),
    flags::BASE | flags::HAS_DICT | flags::EXCEPTION_SUBCLASS,
    no_layout,
);

const REGISTRY: &str = "_csv.dialects";
const LIMIT: &str = "_csv.field_limit";

/// When a field is quoted.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Quoting {
    Minimal,
    All,
    NonNumeric,
    None,
    Strings,
    NotNull,
}

const QUOTINGS: [(&str, Quoting); 6] = [
    ("QUOTE_MINIMAL", Quoting::Minimal),
    ("QUOTE_ALL", Quoting::All),
    ("QUOTE_NONNUMERIC", Quoting::NonNumeric),
    ("QUOTE_NONE", Quoting::None),
    ("QUOTE_STRINGS", Quoting::Strings),
    ("QUOTE_NOTNULL", Quoting::NotNull),
];

fn init(th: &Thread, module: Value) -> PyResult<()> {
    let d = module.expect::<Module>().dict.expect();
    for (i, (name, _)) in QUOTINGS.iter().enumerate() {
        d.set_name(th, name, Value::usize(th, i))?;
    }
    let dialects = Dict::new(th);
    state(th).set_name(th, REGISTRY, dialects.value())?;
    state(th).set_name(th, LIMIT, Value::small_int(128 * 1024))?;
    d.set_name(th, "_dialects", dialects.value())?;
    let reader = read::READER.define(th, &read::READER_SPEC)?;
    d.set_name(th, "Reader", reader.value())?;
    let writer = write::WRITER.define(th, &write::WRITER_SPEC)?;
    d.set_name(th, "Writer", writer.value())
}

fn state<'a>(th: &Thread) -> &'a Object<Dict> {
    match th.interp.state.get() {
        Some(d) => d,
        None => {
            th.interp.set_dict(&th.interp.state, Dict::new(th));
            th.interp.state.expect()
        }
    }
}

/// A `_csv.Error`.
#[cold]
fn error(th: &Thread, msg: impl AsRef<str>) -> Raised {
    th.raise(&ERROR, msg)
}

/// The registered dialects by name.
fn registry<'a>(th: &Thread) -> PyResult<&'a Object<Dict>> {
    state(th)
        .get_name(th, REGISTRY)
        .and_then(|v| v.as_dict())
        .ok_or_else(|| th.runtime_error("lost _csv's dialects"))
}

/// The dialect registered under a name.
fn registered(th: &Thread, name: Value) -> PyResult {
    match registry(th)?.get(th, name)? {
        Some(d) => Ok(d),
        None => Err(error(th, "unknown dialect")),
    }
}

/// How many characters a field may have.
fn field_limit(th: &Thread) -> i64 {
    state(th)
        .get_name(th, LIMIT)
        .and_then(|v| v.as_i64())
        .unwrap_or(i64::MAX)
}

fn field_size_limit(th: &Thread, a: &[Value]) -> PyResult {
    let old = field_limit(th);
    if let Some(v) = a[0].present() {
        if !v.is_int() || v.is_bool() {
            return Err(th.type_error("limit must be an integer"));
        }
        let n = ops::index_i64(th, v)?;
        state(th).set_name(th, LIMIT, Value::int(th, n))?;
    }
    Ok(Value::int(th, old))
}

/// The arguments `(first, dialect=…, **fmtparams)`: the first one, and the dialect that the others make.
fn first_and_dialect(th: &Thread, name: &str, args: &Args) -> PyResult<(Value, Value)> {
    let given = args.pos().len();
    let problem = match given {
        0 => Some("at least 1 argument"),
        1 | 2 => None,
        _ => Some("at most 2 arguments"),
    };
    if let Some(p) = problem {
        return Err(th.type_error(format!("{name} expected {p}, got {given}")));
    }
    let base = args.pos().get(1).copied().unwrap_or(Value::ABSENT);
    Ok((args.pos()[0], dialect::make_over(th, base, args)?))
}

fn register(th: &Thread, args: Args) -> PyResult {
    if let Some(name) = args.pos().first()
        && args.pos().len() <= 2
        && name.as_str_obj().is_none()
    {
        return Err(th.type_error("dialect name must be a string"));
    }
    let (name, dialect) = first_and_dialect(th, "register_dialect", &args)?;
    registry(th)?.set(th, name, dialect)?;
    Ok(Value::NONE)
}
