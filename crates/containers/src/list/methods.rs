//! The methods of `list`.

use crate::args::search_range;
use taipan_object::seq::List;
use taipan_object::types::class_of;
use taipan_object::{Object, PyResult, Raised, Thread, Value, ops};

/// `append`
pub(super) fn append(th: &Thread, a: &[Value]) -> PyResult {
    a[0].expect::<List>().append(th, a[1])?;
    Ok(Value::NONE)
}

/// `extend`
pub(super) fn extend_method(th: &Thread, a: &[Value]) -> PyResult {
    super::extend(th, a[0].expect::<List>(), a[1])?;
    Ok(Value::NONE)
}

/// `insert`
pub(super) fn insert(th: &Thread, a: &[Value]) -> PyResult {
    let index = ops::index_i64(th, a[1])?;
    a[0].expect::<List>().insert(th, index, a[2])?;
    Ok(Value::NONE)
}

/// `pop`
pub(super) fn pop(th: &Thread, a: &[Value]) -> PyResult {
    let list = a[0].expect::<List>();
    let Some(index) = a[1].present() else {
        return match list.pop_last() {
            Some(v) => Ok(v),
            None => Err(th.index_error("pop from empty list")),
        };
    };
    let index = ops::index_i64(th, index)?;
    loop {
        let n = list.len() as i64;
        let at = if index < 0 { index + n } else { index };
        if at < 0 || at >= n {
            return Err(th.index_error(if n == 0 {
                "pop from empty list"
            } else {
                "pop index out of range"
            }));
        }
        // Negative indices count from the end that the list has when the item is taken.
        if let Some(v) = list.remove_at(index) {
            return Ok(v);
        }
    }
}

/// `remove`
pub(super) fn remove(th: &Thread, a: &[Value]) -> PyResult {
    let list = a[0].expect::<List>();
    if taipan_object::gc::many_threads() {
        return remove_shared(th, list, a[1]);
    }
    let mut i = 0;
    while let Some(v) = list.get(i) {
        if ops::eq(th, v, a[1])? {
            if take_out(list, i, v) {
                return Ok(Value::NONE);
            }
            // Its own `__eq__` changed the list.
            i = 0;
            continue;
        }
        i += 1;
        th.poll()?;
    }
    Err(not_in_list(th))
}

fn not_in_list(th: &Thread) -> Raised {
    th.value_error("list.remove(x): x not in list")
}

/// Takes an element out if it still stands at `i`.
fn take_out(list: &Object<List>, i: usize, v: Value) -> bool {
    list.with_lock(|array| {
        let Some(array) = array else { return false };
        let n = array.len();
        if i >= n || !array.fields()[i].get().is(v) {
            return false;
        }
        array.move_within(i + 1, i, n - i - 1);
        array.set_len(n - 1);
        array.erase(n - 1, n);
        true
    })
}

/// `remove` beside other writers: looks in the elements of one instant, so that none that moves meanwhile is missed.
fn remove_shared(th: &Thread, list: &Object<List>, wanted: Value) -> PyResult {
    'again: loop {
        let seen = list.snapshot(th)?;
        for (i, v) in seen.iter().enumerate() {
            if !ops::eq(th, *v, wanted)? {
                th.poll()?;
                continue;
            }
            let taken = take_out(list, i, *v) || {
                let now = list.snapshot(th)?;
                let at = now.iter().position(|x| x.is(*v));
                at.is_some_and(|at| take_out(list, at, *v))
            };
            if taken {
                return Ok(Value::NONE);
            }
            continue 'again;
        }
        return Err(not_in_list(th));
    }
}

/// `index`
pub(super) fn index(th: &Thread, a: &[Value]) -> PyResult {
    let list = a[0].expect::<List>();
    let (start, stop) = search_range(th, a[2], a[3], list.len())?;
    let mut i = start;
    while i < stop {
        let Some(v) = list.get(i) else { break };
        if ops::eq(th, v, a[1])? {
            return Ok(Value::usize(th, i));
        }
        i += 1;
        th.poll()?;
    }
    Err(th.value_error("list.index(x): x not in list"))
}

/// `count`
pub(super) fn count(th: &Thread, a: &[Value]) -> PyResult {
    let list = a[0].expect::<List>();
    let (mut i, mut n) = (0, 0);
    while let Some(v) = list.get(i) {
        if ops::eq(th, v, a[1])? {
            n += 1;
        }
        i += 1;
        th.poll()?;
    }
    Ok(Value::small_int(n))
}

/// `reverse`
pub(super) fn reverse(_: &Thread, a: &[Value]) -> PyResult {
    a[0].expect::<List>().with_lock(|array| {
        if let Some(array) = array {
            reverse_fields(array, 0, array.len());
        }
    });
    Ok(Value::NONE)
}

/// Reverses part of an array whose owner is locked.
pub(super) fn reverse_fields(
    array: &taipan_object::Object<taipan_object::heap::Array>,
    from: usize,
    to: usize,
) {
    let fields = &array.fields()[from..to];
    let n = fields.len();
    for i in 0..n / 2 {
        let (x, y) = (fields[i].get(), fields[n - 1 - i].get());
        fields[i].set(&array.header, y);
        fields[n - 1 - i].set(&array.header, x);
    }
}

/// `clear`
pub(super) fn clear(_: &Thread, a: &[Value]) -> PyResult {
    a[0].expect::<List>().clear();
    Ok(Value::NONE)
}

/// `copy`
pub(super) fn copy(th: &Thread, a: &[Value]) -> PyResult {
    let items = a[0].expect::<List>().snapshot(th)?;
    Ok(List::from_vec(th, items))
}

/// `__sizeof__`
pub(super) fn size_of(th: &Thread, a: &[Value]) -> PyResult {
    let list = a[0].expect::<List>();
    let ty = class_of(a[0]);
    let own = ty.basic_size.load(std::sync::atomic::Ordering::Relaxed)
        + ty.root_shape.expect().extra_bytes();
    let array = list.array().map_or(0, |a| 24 + a.capacity() * 8);
    Ok(Value::usize(th, own + array))
}
