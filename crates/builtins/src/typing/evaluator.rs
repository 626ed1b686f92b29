//! Values that are computed when first asked for: bounds, constraints, defaults, the values of aliases.

use taipan_object::gc::{Header, Marker};
use taipan_object::heap::Field;
use taipan_object::native::TypeSpec;
use taipan_object::types::{OBJECT, StaticType, layout_of};
use taipan_object::{PyResult, Thread, Value, ValueVec, attr, call, ops, payload};

/// A value, or the function that makes it: called with the format of annotations wanted.
pub struct Lazy {
    value: Field,
    evaluator: Field,
}

impl Lazy {
    /// A known value; absent for none.
    pub fn known(value: Value) -> Lazy {
        Lazy {
            value: Field::new(value),
            evaluator: Field::absent(),
        }
    }

    /// A value to be computed.
    pub fn computed(evaluator: Value) -> Lazy {
        Lazy {
            value: Field::absent(),
            evaluator: Field::new(evaluator),
        }
    }

    /// Marks what it refers to.
    pub fn trace(&self, m: &mut Marker) {
        self.value.trace(m);
        self.evaluator.trace(m);
    }

    /// Whether there is neither a value nor a function.
    pub fn is_empty(&self) -> bool {
        self.value.get().is_absent() && self.evaluator.get().is_absent()
    }

    /// Replaces what there is by a function.
    pub fn set_evaluator(&self, owner: &Header, f: Value) {
        self.evaluator.set(owner, f);
        self.value.set(owner, Value::ABSENT);
    }

    /// The value; nothing where there is none.
    pub fn get(&self, th: &Thread, owner: &Header) -> PyResult<Option<Value>> {
        if let Some(v) = self.value.get().present() {
            return Ok(Some(v));
        }
        let Some(f) = self.evaluator.get().present() else {
            return Ok(None);
        };
        let v = call::call(th, f, &[Value::small_int(1)])?;
        self.value.set(owner, v);
        Ok(Some(v))
    }

    /// The function that makes the value (`evaluate_bound` and its like); None where there is no value.
    pub fn function(&self, th: &Thread) -> Value {
        if let Some(f) = self.evaluator.get().present() {
            return f;
        }
        match self.value.get().present() {
            Some(v) => {
                let data = ConstEvaluator {
                    value: Field::new(v),
                };
                th.new_object(&CONST_EVALUATOR, data).value()
            }
            None => Value::NONE,
        }
    }
}

/// The payload of `_ConstEvaluator`: the evaluator of a value that is known.
pub struct ConstEvaluator {
    value: Field,
}

payload!(ConstEvaluator, "constant evaluator", |this, m| this
    .value
    .trace(m));

/// `_typing._ConstEvaluator`
pub static CONST_EVALUATOR: StaticType = StaticType::new(
    "_typing",
    "_ConstEvaluator",
    Some(&OBJECT),
    0,
    layout_of::<ConstEvaluator>,
);

/// The format of annotations as source text.
const STRING: i64 = 4;

pub(super) static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.repr = Some(|th, v| {
            let inner = ops::repr(th, v.expect::<ConstEvaluator>().value.get())?;
            crate::text::around(th, "<constevaluator ", inner, ">")
        });
        s.call = Some(|th, v, args| {
            args.no_kw(th, "_ConstEvaluator.__call__")?;
            let [format] = args.values else {
                return Err(th.type_error(format!(
                    "constevaluator.__call__() takes exactly 1 argument ({} given)",
                    args.values.len()
                )));
            };
            let value = v.expect::<ConstEvaluator>().value.get();
            if ops::index_i64(th, *format)? != STRING {
                return Ok(value);
            }
            show(th, value)
        });
    },
    methods: &[],
    getset: &[],
    doc: "",
    sig: "",
};

/// A type as source text; a tuple of types in parentheses.
fn show(th: &Thread, value: Value) -> PyResult {
    let lib = crate::import_module(th, "annotationlib")?;
    let f = attr::get_str(th, lib, "type_repr")?;
    let Some(items) = value.as_tuple() else {
        return call::call(th, f, &[value]);
    };
    let mut parts = ValueVec::new();
    for x in items {
        let text = call::call(th, f, &[*x])?;
        parts.push(th, text)?;
    }
    let inner = crate::text::join_with(th, ", ", &parts)?;
    let end = if items.len() == 1 { ",)" } else { ")" };
    crate::text::around(th, "(", inner, end)
}
