//! Which action the filters give a warning.

use taipan_object::dict::Dict;
use taipan_object::seq::List;
use taipan_object::types::{self, class_of};
use taipan_object::{Object, PyResult, Thread, Value, call, ops};

use crate::args::{state, type_name};

use super::{CONTEXT, DEFAULT_ACTION, FILTERS, ONCE, python_attribute};

/// The action, and the filter that gives it (None for the default action).
///
/// # Errors
/// For filters of a wrong form, and what patterns and `__subclasscheck__` raise.
pub fn action(
    th: &Thread,
    category: Value,
    text: Value,
    lineno: i64,
    module: Value,
) -> PyResult<(Value, Value)> {
    let found = match context_filters(th)? {
        Some(list) => search(th, list, category, text, lineno, module, "context filters")?,
        None => {
            let filters = match python_attribute(th, "filters", false)? {
                Some(f) => {
                    state(th).set_name(th, FILTERS, f)?;
                    f
                }
                None => state(th).get_name(th, FILTERS).unwrap_or(Value::NONE),
            };
            let Some(list) = filters.as_list() else {
                return Err(th.value_error("_warnings.filters must be a list"));
            };
            search(th, list, category, text, lineno, module, "filters")?
        }
    };
    match found {
        Some(f) => Ok(f),
        None => Ok((default_action(th)?, Value::NONE)),
    }
}

/// The filters of the current context (`catch_warnings` with context-aware warnings), if it has any.
fn context_filters<'a>(th: &Thread) -> PyResult<Option<&'a Object<List>>> {
    let Some(variable) = state(th).get_name(th, CONTEXT) else {
        return Ok(None);
    };
    let context = call::call_method(th, variable, "get", &[Value::NONE])?;
    if context.is_none() {
        return Ok(None);
    }
    let filters = taipan_object::attr::get_str(th, context, "_filters")?;
    match filters.as_list() {
        Some(l) => Ok(Some(l)),
        None => Err(th.value_error("_filters of warnings._warnings_context must be a list")),
    }
}

fn search(
    th: &Thread,
    filters: &Object<List>,
    category: Value,
    text: Value,
    lineno: i64,
    module: Value,
    what: &str,
) -> PyResult<Option<(Value, Value)>> {
    let mut n = 0;
    // The list may change while patterns are asked.
    while let Some(item) = filters.get(n) {
        let parts = match item.as_tuple() {
            Some(p) if types::is_exactly(item, &types::TUPLE) && p.len() == 5 => p,
            _ => {
                return Err(th.value_error(format!("warnings.{what} item {n} isn't a 5-tuple")));
            }
        };
        if parts[0].as_str_obj().is_none() {
            return Err(th.type_error(format!(
                "action must be a string, not '{}'",
                type_name(parts[0])
            )));
        }
        let good_text = matches(th, parts[1], text)?;
        let good_module = matches(th, parts[3], module)?;
        let good_category = ops::is_subclass(th, category, parts[2])?;
        let line = line_number(th, parts[4])?;
        if good_text && good_module && good_category && (line == 0 || line == lineno) {
            return Ok(Some((parts[0], item)));
        }
        n += 1;
    }
    Ok(None)
}

fn line_number(th: &Thread, v: Value) -> PyResult<i64> {
    if !v.is_int() && class_of(v).slots().index.is_none() {
        return Err(th.type_error("an integer is required"));
    }
    Ok(ops::index_i32(th, v)? as i64)
}

/// Whether a filter's text or pattern fits: None fits all, a string what is equal to it.
fn matches(th: &Thread, pattern: Value, text: Value) -> PyResult<bool> {
    if pattern.is_none() {
        return Ok(true);
    }
    if types::is_exactly(pattern, &types::STR) {
        return match (pattern.as_str_obj(), text.as_str_obj()) {
            (Some(a), Some(b)) => Ok(a.as_bytes() == b.as_bytes()),
            _ => ops::eq(th, pattern, text),
        };
    }
    let found = call::call_method(th, pattern, "match", &[text])?;
    ops::truth(th, found)
}

fn default_action(th: &Thread) -> PyResult {
    let v = match python_attribute(th, "defaultaction", false)? {
        Some(v) => v,
        None => state(th)
            .get_name(th, DEFAULT_ACTION)
            .unwrap_or(Value::NONE),
    };
    if v.as_str_obj().is_none() {
        return Err(th.type_error(format!(
            "_warnings.defaultaction must be a string, not '{}'",
            type_name(v)
        )));
    }
    Ok(v)
}

/// The registry of warnings that are given once per process.
///
/// # Errors
/// `TypeError` where `warnings.onceregistry` is not a dict.
pub fn once_registry<'a>(th: &Thread) -> PyResult<&'a Object<Dict>> {
    let v = match python_attribute(th, "onceregistry", false)? {
        Some(v) => v,
        None => state(th).get_name(th, ONCE).unwrap_or(Value::NONE),
    };
    match v.as_dict() {
        Some(d) => Ok(d),
        None => Err(th.type_error(format!(
            "_warnings.onceregistry must be a dict, not '{}'",
            type_name(v)
        ))),
    }
}
