//! `filter`.

use taipan_object::call::{self, Args, call_method_row};
use taipan_object::heap::Field;
use taipan_object::native::{Method, TypeSpec};
use taipan_object::payload;
use taipan_object::types::{self, OBJECT, StaticType, Type, class_of, flags, layout_of};
use taipan_object::{Object, PyResult, Thread, Value, ops};

/// The payload of `filter`.
#[repr(C)]
pub struct Filter {
    func: Field,
    it: Field,
}

payload!(Filter, "filter", |this, m| {
    this.func.trace(m);
    this.it.trace(m);
});

/// `filter`
pub static FILTER: StaticType = StaticType::new(
    "builtins",
    "filter",
    Some(&OBJECT),
    flags::BASE,
    layout_of::<Filter>,
);

/// `filter`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.iter = Some(|_, v| Ok(v));
        s.next = Some(|th, v| taipan_object::ops::step(next(th, v)));
    },
    methods: &[Method::new("__reduce__", "($self, /)", reduce)
        .doc("Return state information for pickling.")],
    getset: &[],
    doc: "Return an iterator yielding those items of iterable for which\nfunction(item) is true.  If function is None, return the items that\nare true.",
    sig: "(function, iterable, /)",
};

static ARGS: Method = Method::new("filter", "(function, iterable, /)", |th, a| {
    make(th, &FILTER, a)
});

fn make(th: &Thread, cls: &Object<Type>, a: &[Value]) -> PyResult {
    let it = ops::iter(th, a[1])?;
    let data = Filter {
        func: Field::new(a[0]),
        it: Field::new(it),
    };
    Ok(th.new_instance(cls, data).value())
}

fn new(th: &Thread, cls: &Object<Type>, args: Args) -> PyResult {
    let own = cls.slots().init.map(|f| f as usize) == FILTER.slots().init.map(|f| f as usize);
    let args = if own {
        args
    } else {
        Args::positional(args.pos())
    };
    if cls.is(&FILTER) || args.values.len() != 2 || args.has_kw() {
        return call_method_row(th, &ARGS, args);
    }
    make(th, cls, args.values)
}

#[inline]
fn next(th: &Thread, v: Value) -> PyResult<Option<Value>> {
    let f = v.expect::<Filter>();
    let (it, func) = (f.it.get(), f.func.get());
    let by_truth = func.is_none() || func.is(types::BOOL.value());
    while let Some(x) = ops::next(th, it)? {
        let keep = if by_truth {
            ops::truth(th, x)?
        } else {
            ops::truth(th, call::call(th, func, &[x])?)?
        };
        if keep {
            return Ok(Some(x));
        }
        th.poll()?;
    }
    Ok(None)
}

fn reduce(th: &Thread, a: &[Value]) -> PyResult {
    let f = a[0].expect::<Filter>();
    let args = Value::tuple(th, &[f.func.get(), f.it.get()]);
    Ok(Value::tuple(th, &[class_of(a[0]).value(), args]))
}
