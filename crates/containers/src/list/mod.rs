//! `list`: a growable array. See `taipan_object::seq` for the cell and its entry points for the interpreter.
//!
//! | file | what it does |
//! |---|---|
//! | `mod` | the type: construction, comparison, concatenation, text |
//! | `methods` | methods |
//! | `subscript` | `L[i]`, `L[i:j]`, stores and deletions |
//! | `iter` | `list_iterator`, `list_reverseiterator` |
//! | `sort` | `sort`, `sorted` |

pub mod iter;
mod methods;
pub mod sort;
mod subscript;

pub use subscript::{del_item, get_item, set_item};

use crate::args::{class_getitem, repeat_count};
use crate::text::Text;
use taipan_object::call::{Args, call_method_row};
use taipan_object::heap::{Array, Object};
use taipan_object::native::{Atomic, Method, TypeSpec};
use taipan_object::seq::List;
use taipan_object::slots::CmpOp;
use taipan_object::types::{self, Type, class_of, is_exactly};
use taipan_object::{PyResult, Thread, Value, ops};

/// `list`
pub static SPEC: TypeSpec = TypeSpec {
    slots: |s| {
        s.new = Some(new);
        s.init = Some(init);
        s.repr = Some(repr);
        s.richcmp = Some(richcmp);
        s.len = Some(|_, v| Ok(v.expect::<List>().len()));
        s.getitem = Some(get_item);
        s.setitem = Some(set_item);
        s.contains = Some(contains);
        s.iter = Some(iter::iter);
        s.concat = Some(concat);
        s.repeat = Some(repeat);
        s.iconcat = Some(iconcat);
        s.irepeat = Some(irepeat);
    },
    methods: &[
        Method::new("append", "($self, object, /)", methods::append)
            .atomic(Atomic::Locked)
            .doc("Append object to the end of the list."),
        Method::new("extend", "($self, iterable, /)", methods::extend_method)
            .atomic(Atomic::Locked)
            .doc("Extend list by appending elements from the iterable."),
        Method::new("insert", "($self, index, object, /)", methods::insert)
            .atomic(Atomic::Locked)
            .doc("Insert object before index."),
        Method::new("pop", "($self, index=-1, /)", methods::pop)
            .atomic(Atomic::Locked)
            .doc("Remove and return item at index (default last).\n\nRaises IndexError if list is empty or index is out of range."),
        Method::new("remove", "($self, value, /)", methods::remove)
            .doc("Remove first occurrence of value.\n\nRaises ValueError if the value is not present."),
        Method::new("index", "($self, value, start=0, stop=sys.maxsize, /)", methods::index)
            .doc("Return first index of value.\n\nRaises ValueError if the value is not present."),
        Method::new("count", "($self, value, /)", methods::count)
            .doc("Return number of occurrences of value."),
        Method::new("reverse", "($self, /)", methods::reverse)
            .atomic(Atomic::Locked)
            .doc("Reverse *IN PLACE*."),
        Method::new("clear", "($self, /)", methods::clear)
            .atomic(Atomic::Locked)
            .doc("Remove all items from list."),
        Method::new("copy", "($self, /)", methods::copy)
            .atomic(Atomic::Locked)
            .doc("Return a shallow copy of the list."),
        Method::new("sort", "($self, /, *, key=None, reverse=False)", sort::sort_method)
            .doc("Sort the list in ascending order and return None.\n\nThe sort is in-place (i.e. the list itself is modified) and stable (i.e. the\norder of two equal elements is maintained).\n\nIf a key function is given, apply it once to each list item and sort them,\nascending or descending, according to their function values.\n\nThe reverse flag can be set to sort in descending order."),
        Method::new("__reversed__", "($self, /)", iter::reversed)
            .doc("Return a reverse iterator over the list."),
        Method::new("__sizeof__", "($self, /)", methods::size_of)
            .atomic(Atomic::LockFree)
            .doc("Return the size of the list in memory, in bytes."),
        Method::new("__class_getitem__", "($type, object, /)", class_getitem)
            .class()
            .doc("See PEP 585"),
    ],
    getset: &[],
    doc: "Built-in mutable sequence.\n\nIf no argument is given, the constructor creates a new empty list.\nThe argument must be an iterable if specified.",
    sig: "(iterable=(), /)",
};

fn new(th: &Thread, cls: &Object<Type>, _args: Args) -> PyResult {
    Ok(th.new_instance(cls, List::empty()).value())
}

static INIT: Method = Method::new("list", "(iterable=(), /)", |_, a| Ok(a[0]));

fn init(th: &Thread, v: Value, args: Args) -> PyResult<()> {
    if args.has_kw()
        && class_of(v).slots().new.map(|f| f as usize) != Some(new as *const () as usize)
    {
        // The keywords are for a `__new__` of a subclass.
        return init(th, v, Args::positional(args.pos()));
    }
    let iterable = call_method_row(th, &INIT, args)?;
    let list = v.expect::<List>();
    if !list.is_empty() {
        list.exchange(None);
    }
    match iterable.present() {
        Some(x) => extend(th, list, x),
        None => Ok(()),
    }
}

/// `list(iterable)`, a new list.
pub fn from_iterable(th: &Thread, iterable: Value) -> PyResult {
    let v = Value::list(th, &[])?;
    extend(th, v.expect::<List>(), iterable)?;
    Ok(v)
}

/// `L.extend(iterable)`. One step for a list, tuple, set or dict (and a dict's views).
pub fn extend(th: &Thread, list: &Object<List>, iterable: Value) -> PyResult<()> {
    if is_exactly(iterable, &types::LIST) {
        return list.extend_list(th, iterable.expect::<List>());
    }
    if is_exactly(iterable, &types::TUPLE) {
        return list.extend_slice(th, iterable.as_tuple().unwrap_or(&[]));
    }
    if let Some(items) = crate::dict::snapshot_of(th, iterable)? {
        return list.extend_slice(th, &items);
    }
    let it = ops::iter(th, iterable)?;
    let Some(step) = class_of(it).slots().next else {
        return Err(th.type_error("not an iterator"));
    };
    // The hint is asked of the iterable, as it is there that `__len__` is.
    let hint = ops::length_hint(th, iterable, 8)?;
    let sum = hint.saturating_add(list.len());
    // A hint past all bounds is a lie, not a wish for memory.
    let lie = sum > isize::MAX as usize;
    if !lie && sum > (isize::MAX as usize) / 8 {
        return Err(th.memory_error());
    }
    if hint > 0 && !lie {
        list.reserve(th, hint.min(1 << 24))?;
    }
    while let Some(x) = ops::ended(step(th, it))? {
        list.append(th, x)?;
        th.poll()?;
    }
    Ok(())
}

fn repr(th: &Thread, v: Value) -> PyResult {
    let list = v.expect::<List>();
    if list.is_empty() {
        return Ok(Value::str(th, "[]"));
    }
    let text = th.repr_guard(v, || {
        let mut out = Text::new("[");
        let mut i = 0;
        while let Some(x) = list.get(i) {
            if i > 0 {
                out.push(", ");
            }
            out.repr(th, x)?;
            i += 1;
        }
        out.push("]");
        out.finish(th)
    })?;
    Ok(text.unwrap_or_else(|| Value::str(th, "[...]")))
}

fn richcmp(th: &Thread, a: Value, b: Value, op: CmpOp) -> PyResult {
    let (Some(x), Some(y)) = (a.as_list(), b.as_list()) else {
        return Ok(Value::NOT_IMPLEMENTED);
    };
    if x.len() != y.len() && matches!(op, CmpOp::Eq | CmpOp::Ne) {
        return Ok(Value::bool(op == CmpOp::Ne));
    }
    let mut i = 0;
    loop {
        let (Some(p), Some(q)) = (x.get(i), y.get(i)) else {
            return Ok(Value::bool(op.of(x.len().cmp(&y.len()))));
        };
        if !ops::eq(th, p, q)? {
            // The comparison may have shortened them: then their lengths decide.
            if i >= x.len() || i >= y.len() {
                return Ok(Value::bool(op.of(x.len().cmp(&y.len()))));
            }
            return match op {
                CmpOp::Eq => Ok(Value::FALSE),
                CmpOp::Ne => Ok(Value::TRUE),
                _ => ops::compare(th, p, q, op),
            };
        }
        i += 1;
        th.poll()?;
    }
}

fn contains(th: &Thread, v: Value, x: Value) -> PyResult<bool> {
    let list = v.expect::<List>();
    let mut i = 0;
    while let Some(y) = list.get(i) {
        if ops::eq(th, y, x)? {
            return Ok(true);
        }
        i += 1;
        th.poll()?;
    }
    Ok(false)
}

fn concat(th: &Thread, a: Value, b: Value) -> PyResult {
    let Some(y) = b.as_list() else {
        return Err(th.type_error(format!(
            "can only concatenate list (not \"{}\") to list",
            class_of(b).tp_name()
        )));
    };
    let x = a.expect::<List>();
    loop {
        let want = x.len() + y.len();
        if want == 0 {
            return Value::list(th, &[]);
        }
        let array = Object::<Array>::try_new(th, want)?;
        let done = {
            let _locks = taipan_object::thread::lock_two(&x.header, &y.header);
            let (m, n) = (x.len(), y.len());
            let fits = m + n <= array.capacity();
            if fits {
                if let Some(p) = x.array() {
                    array.copy_fields(0, &p.fields()[..m]);
                }
                if let Some(q) = y.array() {
                    array.copy_fields(m, &q.fields()[..n]);
                }
                array.set_len(m + n);
            }
            fits
        };
        if done {
            return Ok(List::from_array(th, Some(array)));
        }
    }
}

fn iconcat(th: &Thread, a: Value, b: Value) -> PyResult {
    extend(th, a.expect::<List>(), b)?;
    Ok(a)
}

fn repeated(
    th: &Thread,
    list: &Object<List>,
    n: Value,
) -> PyResult<Option<&'static Object<Array>>> {
    let items = list.snapshot(th)?;
    let times = repeat_count(th, n, items.len())?;
    if items.is_empty() || times == 0 {
        return Ok(None);
    }
    let array = Object::<Array>::try_new(th, items.len() * times)?;
    for i in 0..times {
        array.store_at(i * items.len(), &items);
    }
    array.set_len(items.len() * times);
    Ok(Some(array))
}

fn repeat(th: &Thread, a: Value, n: Value) -> PyResult {
    let array = repeated(th, a.expect::<List>(), n)?;
    Ok(List::from_array(th, array))
}

fn irepeat(th: &Thread, a: Value, n: Value) -> PyResult {
    let list = a.expect::<List>();
    let n = ops::index(th, n)?;
    loop {
        let len = list.len();
        let times = repeat_count(th, n, len)?;
        if times == 0 {
            list.exchange(None);
            return Ok(a);
        }
        if len == 0 {
            return Ok(a);
        }
        let mut done = false;
        list.with_room(th, len * (times - 1), |array, n| {
            done = n == len;
            if done {
                for i in 1..times {
                    array.copy_fields(i * len, &array.fields()[..len]);
                }
                array.set_len(len * times);
            }
        })?;
        if done {
            return Ok(a);
        }
    }
}

/// `sorted(iterable, key=None, reverse=False)`
pub fn sorted(th: &Thread, iterable: Value, key: Value, reverse: bool) -> PyResult {
    let v = from_iterable(th, iterable)?;
    sort::sort(th, v.expect::<List>(), key, reverse)?;
    Ok(v)
}
