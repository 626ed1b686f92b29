//! `cell`: a variable that inner functions capture.

use taipan_object::call::{self, Args};
use taipan_object::func::Cell;
use taipan_object::native::{GetSet, Method, TypeSpec};
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, Type, class_of, is_exactly};
use taipan_object::{Object, PyResult, Thread, Value, ops};

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.repr = Some(repr);
        s.richcmp = Some(richcmp);
    },
    methods: &[],
    getset: &[GetSet::rw("cell_contents", get_contents, set_contents)],
    doc: "Create a new cell object.\n\n  contents\n    the contents of the cell. If not specified, the cell will be empty,\n    and \nfurther attempts to access its cell_contents attribute will\n    raise a ValueError.",
    sig: "(contents=<unrepresentable>, /)",
};

static NEW: Method = Method::new("cell", "($type, contents=None, /)", |th, a| {
    Ok(Cell::new(th, a[1]))
});

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    args.with_first(th, cls.value(), |a| call::call_method_row(th, &NEW, a))
}

fn get_contents(th: &Thread, v: Value) -> PyResult {
    match v.expect::<Cell>().value.get().present() {
        Some(x) => Ok(x),
        None => Err(th.value_error("Cell is empty")),
    }
}

fn set_contents(_: &Thread, v: Value, value: Value) -> PyResult<()> {
    let c = v.expect::<Cell>();
    c.value.set(&c.header, value);
    Ok(())
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let text = match v.expect::<Cell>().value.get().present() {
        Some(x) => format!(
            "<cell at {:#x}: {} object at {:#x}>",
            ops::id(v),
            class_of(x).name_text(),
            ops::id(x)
        ),
        None => format!("<cell at {:#x}: empty>", ops::id(v)),
    };
    Ok(Value::str(th, &text))
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    if !is_exactly(b, &types::CELL) {
        return Ok(Value::NOT_IMPLEMENTED);
    }
    let (x, y) = (
        a.expect::<Cell>().value.get(),
        b.expect::<Cell>().value.get(),
    );
    match (x.present(), y.present()) {
        (Some(x), Some(y)) => ops::compare(th, x, y, op),
        // An empty cell comes before a full one.
        (x, y) => Ok(Value::bool(op.of(x.is_some().cmp(&y.is_some())))),
    }
}
