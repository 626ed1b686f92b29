//! Writing what `__reduce__` gives.

use super::save::Save;
use super::{class_value, noted, op, opt, pickling_error, shown, text, type_name};
use taipan_object::types::{Type, class_of};
use taipan_object::{PyResult, Thread, Value, ValueVec, attr, call, ops};

/// Checks that a class given to `__newobj__` is the object's.
fn check_class(th: &Thread, f: &str, cls: Value, v: Option<Value>) -> PyResult<()> {
    if opt(th, cls, "__new__")?.is_none() {
        return Err(pickling_error(
            th,
            format!("first argument to {f}() has no __new__"),
        ));
    }
    if let Some(v) = v {
        let own = class_value(th, v)?;
        if !own.is(cls) {
            return Err(pickling_error(
                th,
                format!(
                    "first argument to {f}() must be {}, not {}",
                    shown(th, own)?,
                    shown(th, cls)?
                ),
            ));
        }
    }
    Ok(())
}

impl Save<'_> {
    /// Writes an object by the tuple that its `__reduce__` gave.
    pub(super) fn reduced(&mut self, parts: &[Value], v: Option<Value>) -> PyResult<()> {
        let th = self.th;
        if !(2..=6).contains(&parts.len()) {
            return Err(pickling_error(
                th,
                "tuple returned by __reduce__ must contain 2 through 6 elements",
            ));
        }
        let part = |i: usize| parts.get(i).copied().filter(|v| !v.is_none());
        let (f, args) = (parts[0], parts[1]);
        if !ops::is_callable(f) {
            return Err(pickling_error(
                th,
                format!(
                    "first item of the tuple returned by __reduce__ must be callable, not {}",
                    type_name(f)
                ),
            ));
        }
        let Some(arg_items) = args.as_tuple() else {
            return Err(pickling_error(
                th,
                format!(
                    "second item of the tuple returned by __reduce__ must be a tuple, not {}",
                    type_name(args)
                ),
            ));
        };
        for (i, what) in [(3, "fourth"), (4, "fifth")] {
            if let Some(it) = part(i)
                && class_of(it).slots().next.is_none()
            {
                return Err(pickling_error(
                    th,
                    format!(
                        "{what} item of the tuple returned by __reduce__ must be an iterator, not {}",
                        type_name(it)
                    ),
                ));
            }
        }
        if let Some(setter) = part(5)
            && !ops::is_callable(setter)
        {
            return Err(pickling_error(
                th,
                format!(
                    "sixth item of the tuple returned by __reduce__ must be callable, not {}",
                    type_name(setter)
                ),
            ));
        }
        let owner = v.map_or_else(|| "object".to_owned(), type_name);
        let note = |e, what: &str| noted(th, e, format!("when serializing {owner} {what}"));
        let name = if self.proto >= 2 {
            opt(th, f, "__name__")?.map(text).unwrap_or_default()
        } else {
            String::new()
        };
        match name.as_str() {
            "__newobj_ex__" => {
                let [cls, pos, kw] = *arg_items else {
                    return Err(pickling_error(
                        th,
                        format!(
                            "__newobj_ex__ expected 3 arguments, got {}",
                            arg_items.len()
                        ),
                    ));
                };
                self.newobj_ex(cls, pos, kw, v, &note)?;
            }
            "__newobj__" => {
                let Some((cls, rest)) = arg_items.split_first() else {
                    return Err(pickling_error(
                        th,
                        "__newobj__ expected at least 1 argument, got 0",
                    ));
                };
                if cls.downcast::<Type>().is_none() {
                    return Err(pickling_error(
                        th,
                        format!(
                            "first argument to __newobj__() must be a class, not {}",
                            type_name(*cls)
                        ),
                    ));
                }
                check_class(th, "__newobj__", *cls, v)?;
                self.save(*cls, true).map_err(|e| note(e, "class"))?;
                let rest = Value::try_tuple(th, rest)?;
                self.save(rest, true)
                    .map_err(|e| note(e, "__new__ arguments"))?;
                self.byte(op::NEWOBJ);
            }
            _ => {
                self.save(f, true).map_err(|e| note(e, "reconstructor"))?;
                self.save(args, true)
                    .map_err(|e| note(e, "reconstructor arguments"))?;
                self.byte(op::REDUCE);
            }
        }
        if let Some(v) = v {
            match self.memo.get(v) {
                // An argument led back to the object: what was made here is thrown away.
                Some(n) => {
                    self.byte(op::POP);
                    self.get(n);
                }
                None => self.memoize(v)?,
            }
        }
        let owner_value = v.unwrap_or(Value::NONE);
        if let Some(it) = part(3) {
            self.appends(it, owner_value)?;
        }
        if let Some(it) = part(4) {
            self.set_items(it, owner_value)?;
        }
        if let Some(state) = part(2) {
            match part(5) {
                None => {
                    self.save(state, true).map_err(|e| note(e, "state"))?;
                    self.byte(op::BUILD);
                }
                Some(setter) => {
                    self.save(setter, true)
                        .map_err(|e| note(e, "state setter"))?;
                    self.save(owner_value, true)?;
                    self.save(state, true).map_err(|e| note(e, "state"))?;
                    // What the setter returns is dropped.
                    self.bytes(&[op::TUPLE2, op::REDUCE, op::POP]);
                }
            }
        }
        Ok(())
    }

    fn newobj_ex(
        &mut self,
        cls: Value,
        pos: Value,
        kw: Value,
        v: Option<Value>,
        note: &dyn Fn(taipan_object::Raised, &str) -> taipan_object::Raised,
    ) -> PyResult<()> {
        let th = self.th;
        let wrong = |which: &str, what: &str, x: Value| {
            pickling_error(
                th,
                format!(
                    "{which} argument to __newobj_ex__() must be {what}, not {}",
                    type_name(x)
                ),
            )
        };
        if cls.downcast::<Type>().is_none() {
            return Err(wrong("first", "a class", cls));
        }
        check_class(th, "__newobj_ex__", cls, v)?;
        let Some(pos_items) = pos.as_tuple() else {
            return Err(wrong("second", "a tuple", pos));
        };
        let Some(kwargs) = kw.as_dict() else {
            return Err(wrong("third", "a dict", kw));
        };
        if self.proto >= 4 {
            self.save(cls, true).map_err(|e| note(e, "class"))?;
            for x in [pos, kw] {
                self.save(x, true)
                    .map_err(|e| note(e, "__new__ arguments"))?;
            }
            self.byte(op::NEWOBJ_EX);
            return Ok(());
        }
        // Older protocols write a partial application of `cls.__new__`.
        let partial = crate::library::attribute(th, "functools", "partial")?;
        let new = attr::get_str(th, cls, "__new__")?;
        let mut values = ValueVec::from_slice(th, &[new, cls])?;
        values.extend_from_slice(th, pos_items)?;
        let mut names = ValueVec::new();
        for key in ops::to_vec(th, kw)?.iter() {
            if let Some(x) = kwargs.get(th, *key)? {
                names.push(th, *key)?;
                values.push(th, x)?;
            }
        }
        let args = call::Args {
            values: &values,
            kwnames: &names,
        };
        let f = call::call_args(th, partial, args)?;
        self.save(f, true).map_err(|e| note(e, "reconstructor"))?;
        self.save(Value::empty_tuple(), true)?;
        self.byte(op::REDUCE);
        Ok(())
    }
}
